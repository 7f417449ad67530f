//! A page of the logs that are found: looked for among the newest first, since what is frequent is found there soon.

use sqlx::AssertSqlSafe;

use super::filter::LogOrder;
use super::find::Lead;
use super::plan::Plan;
use super::test::What;
use crate::db::{Clause, Connection, query_scalar};
use crate::error::Result;
use crate::store::Page;

/// A page is looked for among the newest logs when one of so many fits, and then among one of so many of all logs.
const DENSE: u64 = 20;
/// The fewest and the most logs that are looked at there.
const NEAR: (u64, u64) = (64, 50_000);
/// When more than one of so many logs fits, all are walked through rather than those that fit put in order.
const SORTED: u64 = 10;

/// Which part of what is found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    pub(super) ascending: bool,
    pub(super) offset: u64,
    pub(super) limit: u64,
}

impl Slice {
    pub(super) fn of(page: Page, ascending: bool) -> Self {
        let offset = page.offset().unsigned_abs();
        Self { ascending, offset, limit: u64::from(page.per_page) }
    }
}

impl Plan {
    /// Numbers of logs in the order of time; `found` is how many there are.
    pub(super) async fn slice(
        &self,
        tx: &mut Connection,
        slice: Slice,
        found: u64,
    ) -> Result<Vec<i64>> {
        let wanted = slice.limit.min(found.saturating_sub(slice.offset));
        if wanted == 0 {
            return Ok(Vec::new());
        }
        let is_bare = self.kinds.is_none() && self.tests.is_empty();
        if matches!(tx, Connection::Postgres(_)) && !is_bare {
            return self.slice_planned(tx, slice, found).await;
        }
        if is_bare {
            return self.slice_by(tx, Lead::Walk, slice).await;
        }
        if found.saturating_mul(DENSE) >= self.gateway.logs {
            let near = self.slice_near(tx, slice).await?;
            if u64::try_from(near.len()).is_ok_and(|it| it == wanted) {
                return Ok(near);
            }
        }
        let lead = if found > self.gateway.logs / SORTED {
            Lead::Walk
        } else {
            match (&self.kinds, self.tests.as_slice()) {
                (Some(_), []) => Lead::Kinds,
                (None, [only]) if only.can_drive() => Lead::Test(0),
                (None, [only]) if only.is_unique() => Lead::Planner,
                (None, [_]) => Lead::Walk,
                _ => self.lead(tx).await?,
            }
        };
        self.slice_by(tx, lead, slice).await
    }

    /// On PostgreSQL, which takes what is asked for to be spread over all times: few logs are found before they are put in order, and
    /// many are looked for from where the first one may be.
    async fn slice_planned(
        &self,
        tx: &mut Connection,
        slice: Slice,
        found: u64,
    ) -> Result<Vec<i64>> {
        if found <= self.gateway.logs / SORTED {
            let mut clause = self.clause(tx, Lead::Planner);
            let (condition, order) = (clause.text(), if slice.ascending { "asc" } else { "desc" });
            let limit = clause.bind(signed(slice.limit));
            let offset = clause.bind(signed(slice.offset));
            let sql = format!(
                "select n from (select n from logs where {condition} offset 0) it order by n {order} limit {limit} offset {offset}"
            );
            let numbers = query_scalar(AssertSqlSafe(sql)).persistent(false);
            return Ok(numbers.bind_all(clause.values).fetch_all(tx).await?);
        }
        let mut near = self.clone();
        if let Some(edge) = self.edge(tx, slice).await? {
            near.from(edge, slice.ascending);
        }
        near.slice_by(tx, Lead::Walk, slice).await
    }

    /// Among the first logs from where the first one may be.
    async fn slice_near(&self, tx: &mut Connection, slice: Slice) -> Result<Vec<i64>> {
        let mut near = self.clone();
        if let Some(edge) = self.edge(tx, slice).await? {
            near.from(edge, slice.ascending);
        }
        let bare = Self { kinds: None, tests: Vec::new(), ..near.clone() };
        let offset = (self.gateway.logs / DENSE).clamp(NEAR.0, NEAR.1);
        let far = Slice { offset, limit: 1, ..slice };
        if let [far] = bare.slice_by(tx, Lead::Walk, far).await?.as_slice() {
            near.from(*far, !slice.ascending);
        }
        near.slice_by(tx, Lead::Walk, slice).await
    }

    /// The first log that is of the kinds and of the walks, or one before it.
    async fn edge(&self, tx: &mut Connection, slice: Slice) -> Result<Option<i64>> {
        let kinds = self.kinds.as_ref().map(|it| ("kind", it));
        let walks = self.tests.iter().filter(|it| !it.negated).find_map(|it| match &it.what {
            What::Walks(ids, _) => Some(("walk", ids)),
            _ => None,
        });
        let (edge, order) = if slice.ascending { ("min", "asc") } else { ("max", "desc") };
        let mut first = None;
        for (column, ids) in kinds.into_iter().chain(walks) {
            let mut clause = Clause::new(tx);
            let ids = clause.rows(ids);
            let sql = format!(
                "select {edge}((select n from logs where {column} = ids.value order by n {order} limit 1)) from {ids}"
            );
            let edge = query_scalar::<Option<i64>>(AssertSqlSafe(sql)).bind_all(clause.values);
            let edge: Option<i64> = edge.fetch_one(tx).await?;
            first = match (first, edge) {
                (Some(one), Some(other)) if slice.ascending => Some(i64::max(one, other)),
                (Some(one), Some(other)) => Some(i64::min(one, other)),
                (first, edge) => first.or(edge),
            };
        }
        Ok(first)
    }

    /// Only from this number on, it included.
    fn from(&mut self, edge: i64, ascending: bool) {
        if ascending {
            let after = edge.saturating_sub(1);
            self.after = Some(self.after.map_or(after, |it| it.max(after)));
        } else {
            let before = edge.saturating_add(1);
            self.before = Some(self.before.map_or(before, |it| it.min(before)));
        }
    }

    async fn slice_by(&self, tx: &mut Connection, lead: Lead, slice: Slice) -> Result<Vec<i64>> {
        let order = if slice.ascending { "n asc" } else { "n desc" };
        self.numbers(tx, lead, slice, order).await
    }

    async fn numbers(
        &self,
        tx: &mut Connection,
        lead: Lead,
        slice: Slice,
        order: &str,
    ) -> Result<Vec<i64>> {
        let mut clause = self.clause(tx, lead);
        let condition = clause.text();
        let limit = clause.bind(signed(slice.limit));
        let offset = clause.bind(signed(slice.offset));
        let sql = format!(
            "select n from logs{} where {condition} order by {order} limit {limit} offset {offset}",
            self.hint(&clause, lead)
        );
        let is_kept = !clause.is_postgres();
        let numbers = query_scalar(AssertSqlSafe(sql)).persistent(is_kept).bind_all(clause.values);
        Ok(numbers.fetch_all(tx).await?)
    }

    /// As [`Plan::slice`], in any order.
    pub(super) async fn ordered(
        &self,
        tx: &mut Connection,
        mut slice: Slice,
        order: LogOrder,
    ) -> Result<Vec<i64>> {
        let Some(groups) = &self.groups else {
            let Some(column) = column(tx, order) else {
                let found = self.count(tx).await?;
                return self.slice(tx, slice, found).await;
            };
            let order = if slice.ascending {
                format!("{column} asc nulls first, n asc")
            } else {
                format!("{column} desc nulls last, n desc")
            };
            return self.numbers(tx, Lead::Walk.on(tx), slice, &order).await;
        };
        let mut numbers = Vec::new();
        for group in groups {
            let group = self.within(group.clone());
            let found = group.count(tx).await?;
            let part = group.slice(tx, slice, found).await?;
            let got = u64::try_from(part.len()).unwrap_or(u64::MAX);
            slice.offset = slice.offset.saturating_sub(found);
            slice.limit = slice.limit.saturating_sub(got);
            numbers.extend(part);
            if slice.limit == 0 {
                break;
            }
        }
        Ok(numbers)
    }
}

/// The model of a log.
const MODEL: &str = "(select case kind.loose when 0 then kind.model \
     else (select value from log_own own where own.n = logs.n and own.field = 3) end from log_kinds kind where kind.id = logs.kind)";

/// What logs are put in order by; `None` when that is their time.
fn column(connection: &Connection, order: LogOrder) -> Option<String> {
    let name = match order {
        // Some kinds leave it to their logs.
        LogOrder::Model if matches!(connection, Connection::Postgres(_)) => {
            return Some(format!("{MODEL} collate \"C\""));
        }
        LogOrder::Model => MODEL,
        LogOrder::Cost => "cost",
        LogOrder::TokensIn => "tokens_in",
        LogOrder::TokensOut => "tokens_out",
        LogOrder::Duration => "duration_ms",
        LogOrder::Feedback => "feedback",
        _ => return None,
    };
    Some(name.to_owned())
}

fn signed(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}
