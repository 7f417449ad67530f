//! Stored rows: of some gateways and a time.

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;

use super::ask::Like;
use super::cells::Bucket;
use super::sums::{NUMBERS, Summing};
use super::views::View;
use super::write::TIMES;
use super::{AnalyticsOrder, AnalyticsQuery, Sums};
use crate::db::{Connection, Row, Value, query};
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

/// What rows must be like, with the values of its placeholders.
#[derive(Clone, Default)]
pub(super) struct Condition {
    sql: String,
    values: Vec<Value>,
}

/// The size of keys: the sum of such a column, of each gateway or of all together.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) of: &'static str,
    pub(super) by_gateway: bool,
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

/// How much there is of a key.
pub(super) struct Size {
    /// An empty text when gateways are not told apart.
    pub(super) gateway: String,
    pub(super) key: String,
    pub(super) requests: u64,
    /// The sum asked for.
    pub(super) size: u64,
}

/// Bits of the low half of a number.
const HALF: u32 = 32;
const LOW: u64 = (1 << HALF) - 1;

/// Two columns for the sum of one: that of the low halves of its numbers and that of the high ones, since the sum itself may be too large
/// for the database.
fn halves(column: &str) -> String {
    format!("cast(sum({column} & {LOW}) as bigint), cast(sum({column} >> {HALF}) as bigint)")
}

/// The sum whose halves begin there.
fn whole(row: &Row, at: usize) -> Result<u64> {
    let (low, high) = (row.at::<i64>(at)?, row.at::<i64>(at.saturating_add(1))?);
    Ok(high.unsigned_abs().saturating_mul(1 << HALF).saturating_add(low.unsigned_abs()))
}

impl Sizes {
    /// By which the groups of a question are chosen.
    pub(super) fn of(asked: &AnalyticsQuery) -> Self {
        Self { of: asked.order.column(), by_gateway: asked.is_by_gateway() }
    }
}

impl Default for Sizes {
    fn default() -> Self {
        Self { of: AnalyticsOrder::Requests.column(), by_gateway: false }
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
        let mut columns = 0..;
        let mut next = || columns.next().unwrap_or_default();
        let gateway = by.gateway.then(|| row.at(next())).transpose()?;
        let start = by.start.then(|| row.at(next())).transpose()?.unwrap_or_default();
        let mut parts = Vec::with_capacity(by.parts.len());
        for _ in by.parts {
            let part = row.at::<String>(next())?.replace('\0', r"\u0000");
            parts.push(serde_json::from_str(&part).map_err(unreadable)?);
        }
        let mut numbers = [0; NUMBERS.len()];
        for number in &mut numbers {
            *number = whole(row, next())?;
            next();
        }
        let sums = reading.sums(numbers, &row.at::<String>(next())?)?;
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

impl Condition {
    pub(super) fn of(like: &Like) -> Self {
        let mut condition = Self::default();
        match like {
            Like::Any => {}
            Like::Exactly(key) => condition.and(" and key = ", key.as_str()),
            Like::Between(from, to) => {
                condition.and(" and key >= ", from.as_str());
                condition.and(" and key < ", to.as_str());
            }
        }
        condition
    }

    /// And with all of these texts in the key, or texts that are like them: the rest is for who reads the rows.
    pub(super) fn holding(mut self, texts: impl Iterator<Item = String>) -> Self {
        for text in texts {
            // What has a meaning in a pattern, or might escape one, is any character.
            self.and(" and key like ", format!("%{}%", text.replace(['%', '_', '\\'], "_")));
        }
        self
    }

    /// One of these keys.
    pub(super) fn keys(tx: &Connection, keys: &[&str]) -> Self {
        let mut condition = Self::default();
        if (1..=NAMED).contains(&keys.len()) {
            condition.is_one_of("key", keys);
        } else {
            condition.values.push(serde_json::Value::from(keys).to_string().into());
            condition.sql = format!(" and key in ({})", tx.texts_of("$1"));
        }
        condition
    }

    /// What stands before a value, and the value.
    fn and(&mut self, text: &str, value: impl Into<Value>) {
        self.values.push(value.into());
        self.sql.push_str(&format!("{text}${}", self.values.len()));
    }

    fn is_one_of(&mut self, column: &str, values: &[&str]) {
        let mut before = format!(" and {column} in (");
        for value in values {
            self.and(&before, *value);
            ",".clone_into(&mut before);
        }
        self.sql.push(')');
    }
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
    pub(super) fn sought(&self, mut condition: Condition, keys: usize) -> Condition {
        let starts =
            (self.start..self.end).step_by(usize::try_from(self.bucket.seconds()).unwrap_or(1));
        let each = keys.saturating_mul(self.gateways.len());
        if starts.clone().count().saturating_mul(each) <= SOUGHT {
            let starts: Vec<_> = starts.map(|it| it.to_string()).collect();
            condition.sql.push_str(&format!(" and start in ({})", starts.join(",")));
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
        condition: &Condition,
        by: By<'_>,
    ) -> Result<Vec<Group>> {
        let columns = by.columns(tx);
        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let groups = format!(" group by {}", names.join(", "));
        let columns = columns.iter().map(|(name, what)| format!("{what} as {name}"));
        let numbers = NUMBERS.iter().map(|it| halves(it));
        let columns: Vec<_> = columns.chain(numbers).collect();
        let columns = format!("{}, {} as times", columns.join(", "), tx.hex_of_all("times"));
        let rows = self.select(tx, (view, condition), [&columns, &groups]).await?;
        let mut reading = Reading::default();
        rows.iter().map(|it| Group::read(it, by, &mut reading)).collect()
    }

    /// How much there is of each key in rows that are like this.
    pub(super) async fn sizes(
        &self,
        tx: &mut Connection,
        view: View,
        condition: &Condition,
        Sizes { of, by_gateway }: Sizes,
    ) -> Result<Vec<Size>> {
        let (gateway, groups) = match by_gateway {
            true => ("gateway_id", " group by gateway_id, key"),
            false => ("''", " group by key"),
        };
        let columns = format!("{gateway}, key, {}, {}", halves("requests"), halves(of));
        let rows = self.select(tx, (view, condition), [&columns, groups]).await?;
        let read = |row: &Row| {
            let (gateway, key) = (row.at(0)?, row.at(1)?);
            Ok(Size { gateway, key, requests: whole(row, 2)?, size: whole(row, 4)? })
        };
        rows.iter().map(read).collect()
    }

    async fn select(
        &self,
        tx: &mut Connection,
        (view, condition): (View, &Condition),
        [columns, end]: [&str; 2],
    ) -> Result<Vec<Row>> {
        let mut all = Vec::new();
        for gateways in self.gateways.chunks(GATEWAYS) {
            let Condition { sql, values } = self.placed(view, gateways, condition.clone());
            let few = values.len() <= 7;
            let sql = format!("select {columns} from log_rollups where {sql}{end}");
            let rows = query(AssertSqlSafe(sql)).persistent(few).bind_all(values);
            let rows = rows.fetch_all(tx).await?;
            if all.is_empty() {
                all = rows;
            } else {
                all.extend(rows);
            }
        }
        Ok(all)
    }

    /// What is wanted, and where.
    fn placed(&self, view: View, gateways: &[&GatewayId], condition: Condition) -> Condition {
        let mut at = condition;
        at.and(" and view = ", view.number());
        at.and(" and bucket = ", self.bucket.seconds());
        at.and(" and start >= ", self.start);
        at.and(" and start < ", self.end);
        match gateways {
            [one] => at.and(" and gateway_id = ", one.as_str()),
            many => {
                let many: Vec<_> = many.iter().map(|it| it.as_str()).collect();
                at.is_one_of("gateway_id", &many);
            }
        }
        if let Some(rest) = at.sql.strip_prefix(" and ") {
            at.sql = rest.to_owned();
        }
        at
    }
}
