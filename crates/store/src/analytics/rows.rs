//! Stored rows: of some gateways and a time.

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;

use super::AnalyticsQuery;
use super::ask::Like;
use super::cells::Bucket;
use super::sums::NUMBERS;
use super::views::View;
use crate::db::{Connection, Row, Value, query};
use crate::error::Result;

/// Gateways that a statement names.
const GATEWAYS: usize = 500;

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
    pub(super) fn keys(keys: &[&str]) -> Self {
        let mut condition = Self::default();
        condition.is_one_of("key", keys);
        condition
    }

    /// And of these times.
    pub(super) fn starts(&mut self, starts: impl Iterator<Item = i64>) {
        let starts: Vec<_> = starts.map(|it| it.to_string()).collect();
        self.sql.push_str(&format!(" and start in ({})", starts.join(",")));
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

    /// How many gateways.
    pub(super) fn gateways(&self) -> usize {
        self.gateways.len()
    }

    /// The beginnings of its buckets.
    pub(super) fn starts(&self) -> impl Iterator<Item = i64> + Clone {
        (self.start..self.end).step_by(usize::try_from(self.bucket.seconds()).unwrap_or(1))
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

    /// Rows that are like this.
    pub(super) async fn rows(
        &self,
        tx: &mut Connection,
        view: View,
        condition: &Condition,
    ) -> Result<Vec<Row>> {
        let columns = format!("gateway_id, start, key, {}, times", NUMBERS.join(", "));
        self.select(tx, (view, condition), [&columns, ""]).await
    }

    /// By key, the requests of rows that are like this, and their `size`; a gateway that is not told apart is an empty text.
    pub(super) async fn sizes(
        &self,
        tx: &mut Connection,
        view: View,
        condition: &Condition,
        Sizes { of, by_gateway }: Sizes,
    ) -> Result<Vec<Row>> {
        let sum = |column| format!("cast(sum({column}) as bigint)");
        let (requests, size) = (sum("requests"), sum(of));
        let (gateway, by) = match by_gateway {
            true => ("gateway_id", "gateway_id, key"),
            false => ("'' as gateway_id", "key"),
        };
        let columns = format!("{gateway}, key, {requests} as requests, {size} as size");
        self.select(tx, (view, condition), [&columns, &format!(" group by {by}")]).await
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
