//! Stored rows: of some gateways and a time.

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;

use super::ask::Like;
use super::cells::Bucket;
use super::sums::{NUMBERS, Summing, counts_requests};
use super::views::View;
use super::write::TIMES;
use super::{AnalyticsQuery, Sums};
use crate::db::{Clause, Column, Connection, Row, query};
use crate::error::{Result, unreadable};

/// Gateways that a statement names.
const GATEWAYS: usize = 500;
/// Rows that are sought one by one, by gateway, time and key; if there may be more, all rows of the time are looked through.
const SOUGHT: usize = 20_000;
/// Keys that a statement names; more are one value.
const NAMED: usize = 500;

/// Rows of gateways and a time.
#[derive(Clone)]
pub(super) struct Range<'q> {
    gateways: Vec<&'q GatewayId>,
    bucket: Bucket,
    start: i64,
    end: i64,
}

/// What tells sums apart; at least one of these.
#[derive(Clone, Copy, Default)]
pub(super) struct By<'p> {
    pub(super) gateway: bool,
    pub(super) start: bool,
    /// Parts of the key, by their places in it.
    pub(super) parts: &'p [usize],
}

/// Sums of rows.
pub(super) struct Group {
    /// If they are told apart by it.
    pub(super) gateway: Option<String>,
    /// Unix seconds; 0 if they are not told apart by it.
    pub(super) start: i64,
    /// In the order asked for.
    pub(super) parts: Vec<Option<String>>,
    /// Of all these rows.
    pub(super) sums: Sums,
}

/// Bits of the low half of a number.
const HALF: u32 = 32;
const LOW: u64 = (1 << HALF) - 1;

/// What the sum of a column is asked for by. Where it may be too large for the database it is two columns: the sum of the low halves of the
/// numbers and that of the high ones.
fn sum_of(column: &str) -> String {
    let sum = |of: String| format!("cast(sum({of}) as bigint)");
    if counts_requests(column) {
        return sum(column.to_owned());
    }
    let halves = [format!("{column} & {LOW}"), format!("{column} >> {HALF}")];
    halves.map(sum).join(", ")
}

/// Reads the columns of a row one after the other.
struct Cells<'r> {
    row: &'r Row,
    at: usize,
}

impl<'r> Cells<'r> {
    fn of(row: &'r Row) -> Self {
        Self { row, at: 0 }
    }

    fn next<T: Column>(&mut self) -> Result<T> {
        let value = self.row.at(self.at)?;
        self.at = self.at.saturating_add(1);
        Ok(value)
    }

    /// What [`sum_of`] a column has asked for.
    fn sum_of(&mut self, column: &str) -> Result<u64> {
        let first = self.next::<i64>()?.unsigned_abs();
        if counts_requests(column) {
            return Ok(first);
        }
        let high = self.next::<i64>()?.unsigned_abs();
        Ok(high.saturating_mul(1 << HALF).saturating_add(first))
    }
}

impl By<'_> {
    /// Names and meanings of the columns.
    fn columns(self, tx: &Connection) -> Vec<(String, String)> {
        let gateway = self.gateway.then(|| ("gateway".to_owned(), "gateway_id".to_owned()));
        // An expression, which no index is in the order of: the one by age would be, and has the rows of all views in it.
        let start = self.start.then(|| ("time".to_owned(), "start + 0".to_owned()));
        let part = |(at, part)| (format!("part_{at}"), tx.member_of("key", part));
        let parts = self.parts.iter().copied().enumerate().map(part);
        gateway.into_iter().chain(start).chain(parts).collect()
    }
}

impl Group {
    /// Reads a row that has the columns of [`Range::sums`].
    fn read(row: &Row, by: By<'_>, reading: &mut Reading) -> Result<Self> {
        let mut cells = Cells::of(row);
        let gateway = by.gateway.then(|| cells.next()).transpose()?;
        let start = by.start.then(|| cells.next()).transpose()?.unwrap_or_default();
        let mut parts = Vec::with_capacity(by.parts.len());
        for _ in by.parts {
            let part = cells.next::<String>()?.replace('\0', r"\u0000");
            parts.push(serde_json::from_str(&part).map_err(unreadable)?);
        }
        let mut numbers = [0; NUMBERS.len()];
        for (number, column) in numbers.iter_mut().zip(NUMBERS) {
            *number = cells.sum_of(column)?;
        }
        let sums = reading.sums(numbers, &cells.next::<String>()?)?;
        Ok(Self { gateway, start, parts, sums })
    }
}

/// What is used again for each row.
#[derive(Default)]
struct Reading {
    times: Vec<u8>,
    summing: Summing,
}

impl Reading {
    fn sums(&mut self, numbers: [u64; NUMBERS.len()], times: &str) -> Result<Sums> {
        self.times.resize(times.len() / 2, 0);
        hex::decode_to_slice(times, &mut self.times).map_err(unreadable)?;
        self.summing.add(numbers, &self.times).ok_or_else(|| unreadable(TIMES))?;
        Ok(self.summing.take())
    }
}

/// That keys are like this.
pub(super) fn like(tx: &Connection, like: &Like) -> Clause {
    let mut clause = Clause::new(tx);
    match like {
        Like::Any => {}
        Like::Exactly(key) => clause.compare("key", "=", key.as_str()),
        Like::Between(from, to) => {
            clause.compare("key", ">=", from.as_str());
            clause.compare("key", "<", to.as_str());
        }
    }
    clause
}

/// And with all of these texts in the key, or texts that are like them: the rest is for who reads the rows.
pub(super) fn holding(mut clause: Clause, texts: impl Iterator<Item = String>) -> Clause {
    for text in texts {
        // What has a meaning in a pattern, or might escape one, is any character.
        let pattern = format!("%{}%", text.replace(['%', '_', '\\'], "_"));
        clause.compare("key", "like", pattern);
    }
    clause
}

/// One of these keys.
pub(super) fn among(tx: &Connection, keys: &[&str]) -> Clause {
    let mut clause = Clause::new(tx);
    let among = match keys.len() {
        1..=NAMED => one_of(&mut clause, "key", keys),
        _ => clause.among_texts("key", keys),
    };
    clause.term(among);
    clause
}

fn one_of(clause: &mut Clause, column: &str, values: &[&str]) -> String {
    format!("{column} in ({})", clause.bind_all(values.iter().map(|it| (*it).into())))
}

impl<'q> Range<'q> {
    pub(super) fn new(gateways: &'q [GatewayId], asked: &AnalyticsQuery) -> Self {
        let bucket = asked.bucket;
        let end = bucket.start(asked.end.saturating_sub(1)).saturating_add(bucket.seconds());
        let gateways = gateways.iter().filter(|it| asked.wants(it)).collect();
        Self { gateways, bucket, start: bucket.start(asked.start), end }
    }

    /// The same time of fewer gateways.
    pub(super) fn only(&self, gateways: impl Fn(&GatewayId) -> bool) -> Self {
        let gateways = self.gateways.iter().copied().filter(|it| gateways(it)).collect();
        Self { gateways, ..self.clone() }
    }

    /// A condition on so many keys, or stretches of keys, so that each is sought at each time; if they are not too many.
    pub(super) fn sought(&self, mut condition: Clause, keys: usize) -> Clause {
        let starts =
            (self.start..self.end).step_by(usize::try_from(self.bucket.seconds()).unwrap_or(1));
        let each = keys.saturating_mul(self.gateways.len());
        if starts.clone().count().saturating_mul(each) <= SOUGHT {
            let starts: Vec<_> = starts.map(|it| it.to_string()).collect();
            condition.term(format!("start in ({})", starts.join(",")));
        }
        condition
    }

    /// The same time in as few pieces of whole buckets as there are rows for.
    pub(super) fn pieces(&self, view: View) -> Vec<Self> {
        let piece = |bucket, start, end| Range { bucket, start, end, ..self.clone() };
        // What is folded differs by the length of time.
        let longer = self.bucket.longer().filter(|it| view.is_of(*it) && !view.is_bounded());
        let Some(longer) = longer else { return vec![self.clone()] };
        let from = longer.start(self.start.saturating_add(longer.seconds()).saturating_sub(1));
        let to = longer.start(self.end);
        if from >= to {
            return vec![self.clone()];
        }
        let mut pieces = piece(longer, from, to).pieces(view);
        pieces.push(piece(self.bucket, self.start, from));
        pieces.push(piece(self.bucket, to, self.end));
        pieces.retain(|it| it.start < it.end);
        pieces
    }

    /// Sums of the rows that are like this.
    pub(super) async fn sums(
        &self,
        tx: &mut Connection,
        view: View,
        condition: &Clause,
        by: By<'_>,
    ) -> Result<Vec<Group>> {
        let columns = by.columns(tx);
        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let groups = format!(" group by {}", names.join(", "));
        let columns = columns.iter().map(|(name, what)| format!("{what} as {name}"));
        let numbers = NUMBERS.iter().map(|it| sum_of(it));
        let columns: Vec<_> = columns.chain(numbers).collect();
        let times = tx.all_of(&tx.hex_of("times"), "");
        let columns = format!("{}, {times} as times", columns.join(", "));
        let (mut reading, mut all) = (Reading::default(), Vec::new());
        let read = |row: &Row| {
            all.push(Group::read(row, by, &mut reading)?);
            Ok(())
        };
        self.select(tx, (view, condition), [&columns, &groups], read).await?;
        Ok(all)
    }

    /// Reads these columns of the rows that are like this; `end` says how they are grouped.
    pub(super) async fn select(
        &self,
        tx: &mut Connection,
        (view, condition): (View, &Clause),
        [columns, end]: [&str; 2],
        mut read: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        for gateways in self.gateways.chunks(GATEWAYS) {
            let clause = self.placed(view, gateways, condition.clone());
            let few = clause.values.len() <= 7;
            let sql = format!("select {columns} from log_rollups where {}{end}", clause.text());
            let rows = query(AssertSqlSafe(sql)).persistent(few).bind_all(clause.values);
            rows.for_each(tx, |row| read(&row)).await?;
        }
        Ok(())
    }

    /// What is wanted, and where.
    fn placed(&self, view: View, gateways: &[&GatewayId], mut clause: Clause) -> Clause {
        clause.compare("view", "=", view.number());
        clause.compare("bucket", "=", self.bucket.seconds());
        clause.compare("start", ">=", self.start);
        clause.compare("start", "<", self.end);
        if let [one] = gateways {
            clause.compare("gateway_id", "=", one.as_str());
        } else {
            let gateways: Vec<_> = gateways.iter().map(|it| it.as_str()).collect();
            let among = one_of(&mut clause, "gateway_id", &gateways);
            clause.term(among);
        }
        clause
    }
}
