//! From what was asked to what is looked for: kinds, a range of numbers, and conditions on single logs.

use std::collections::HashSet;

use super::filter::{LogField, LogFilter, LogOperator, LogOrder, LogQuery, LogValue};
use super::gateways::{self, Known};
use super::kinds::{self, Kind};
use super::own::{Own, Shared};
use super::rows::first;
use super::test::{Column, Name, Such, Test, What, searched};
use super::walks::{self, Walk};
use crate::db::{Clause, Connection, query_scalar};
use crate::error::Result;

/// Logs that are found first and then looked at.
const FEW: usize = 1000;

/// What is looked for in one gateway.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) gateway: Known,
    /// Logs of all gateways.
    pub(super) all: u64,
    /// Only of these kinds.
    pub(super) kinds: Option<Vec<i64>>,
    /// Numbers in between.
    pub(super) after: Option<i64>,
    pub(super) before: Option<i64>,
    /// And all of these.
    pub(super) tests: Vec<Test>,
    /// Kinds that are equal in the order, from the first to the last; `None` when the order is not a matter of the kind.
    pub(super) groups: Option<Vec<Vec<i64>>>,
}

/// The plan; `None` when there is nothing to find.
pub(super) async fn plan(
    tx: &mut Connection,
    gateway: Known,
    asked: &LogQuery,
) -> Result<Option<Plan>> {
    let by_kind = is_by_kind(asked);
    let all = if by_kind { kinds::all(tx, gateway.number).await? } else { Vec::new() };
    let mut plan = Plan {
        gateway,
        all: gateways::all(tx).await?,
        kinds: None,
        after: asked.start.map(|it| first(ceil(it)).saturating_sub(1)),
        before: asked.end.map(|it| first(it.div_euclid(1000).saturating_add(1))),
        tests: Vec::new(),
        groups: None,
    };
    let mut kept: Vec<&Kind> = all.iter().collect();
    let mut filters = asked.filters.iter().peekable();
    while let Some(filter) = filters.next() {
        if let Some(value) = filters.next_if(|it| is_pair(filter, it)) {
            plan.entry(Some(filter.clone()), value.clone());
        } else {
            plan.filter(tx, filter, &mut kept).await?;
        }
    }
    plan.walks(tx, &asked.filters).await?;
    if let Some(search) = &asked.search {
        plan.search(tx, search, &mut kept).await?;
    }
    if !by_kind {
        return Ok(Some(plan));
    }
    plan.groups = groups(&kept, asked);
    if kept.is_empty() {
        return Ok(None);
    }
    if kept.len() < all.len() {
        plan.kinds = Some(kept.iter().map(|it| it.id).collect());
    }
    Ok(Some(plan))
}

impl Plan {
    /// One filter by itself; those on walks are taken together, in [`Plan::walks`].
    async fn filter(
        &mut self,
        tx: &mut Connection,
        filter: &LogFilter,
        kept: &mut Vec<&Kind>,
    ) -> Result<()> {
        if filter.field == LogField::MetadataValue {
            self.value(filter);
        } else if let Some(name) = name(filter.field) {
            self.named(tx, name, filter).await?;
        } else if filter.field == LogField::CreatedAt {
            self.time(filter);
        } else if let Some(column) = Column::of(filter.field) {
            self.tests.push(located(tx, What::of(column, filter)).await?);
        } else if !Walk::has(filter.field) {
            self.narrow(kept, filter);
        }
        Ok(())
    }

    fn entry(&mut self, key: Option<LogFilter>, value: LogFilter) {
        self.tests
            .push(Test { what: What::Entry(self.gateway.number, key, value), negated: false });
    }

    /// A filter on values of metadata, whatever their keys.
    fn value(&mut self, filter: &LogFilter) {
        let negated = filter.operator == LogOperator::Neq;
        self.tests
            .push(Test { what: What::Entry(self.gateway.number, None, filter.clone()), negated });
    }

    /// Of few texts the ids are looked up once, and on PostgreSQL before a statement is planned: how frequent they are is known then.
    async fn named(&mut self, tx: &mut Connection, name: Name, filter: &LogFilter) -> Result<()> {
        let (positive, negated) = positive(filter);
        let (gateway, absent) = (self.gateway.number, positive.takes(None));
        let mut clause = Clause::new(tx);
        let ids = name.ids(&mut clause, gateway, &positive);
        let ids = format!("select id from {ids} it limit {}", FEW + 1);
        let ids = query_scalar::<i64>(sqlx::AssertSqlSafe(ids)).bind_all(clause.values);
        let ids = ids.fetch_all(tx).await?;
        let what = if ids.len() > FEW {
            What::Named(name, gateway, positive, absent)
        } else {
            What::Of(name, ids, absent)
        };
        self.tests.push(Test { what, negated });
        Ok(())
    }

    /// Keeps the kinds, or walks, whose logs may fulfil a filter. Where some leave that to their logs, these are looked at.
    fn narrow<S: Shared>(&mut self, kept: &mut Vec<&S>, filter: &LogFilter) {
        kept.retain(|it| it.takes(filter) != Some(false));
        let is_open = kept.iter().any(|it| it.takes(filter).is_none());
        let Some(own) = Own::of(filter.field).filter(|_| is_open) else { return };
        let (positive, negated) = positive(filter);
        let ids = kept.iter().filter(|it| it.takes(&positive) == Some(true)).map(|it| it.id());
        let (column, gateway, ids) = (S::COLUMN, self.gateway.number, ids.collect());
        let what = What::Found { column, gateway, ids, such: Such::Own(own, positive) };
        self.tests.push(Test { what, negated });
    }

    /// Filters on the way that requests went.
    async fn walks(&mut self, tx: &mut Connection, filters: &[LogFilter]) -> Result<()> {
        let filters: Vec<_> = filters.iter().filter(|it| Walk::has(it.field)).collect();
        if filters.is_empty() {
            return Ok(());
        }
        let all = walks::all(tx, self.gateway.number).await?;
        let mut kept: Vec<&Walk> = all.iter().collect();
        for filter in filters {
            self.narrow(&mut kept, filter);
        }
        if kept.len() < all.len() || all.is_empty() {
            let kept: HashSet<i64> = kept.iter().map(|it| it.id).collect();
            let ids = all.iter().map(|it| it.id);
            let (these, others) = ids.partition(|it| kept.contains(it));
            let what = What::Walks(these, others);
            self.tests.push(Test { what, negated: false });
        }
        Ok(())
    }

    fn time(&mut self, filter: &LogFilter) {
        let mut ms: Vec<_> = filter
            .values
            .iter()
            .filter_map(|it| match it {
                LogValue::Int(it) => Some(*it),
                _ => None,
            })
            .collect();
        ms.sort_unstable();
        ms.dedup();
        let none = Test { what: What::At(Vec::new()), negated: false };
        match (filter.operator, ms.as_slice()) {
            (LogOperator::Gt, [least, ..]) => {
                let after = first(least.saturating_add(1)).saturating_sub(1);
                self.after = Some(self.after.map_or(after, |it| it.max(after)));
            }
            (LogOperator::Lt, [.., most]) => {
                let before = first(*most);
                self.before = Some(self.before.map_or(before, |it| it.min(before)));
            }
            (LogOperator::Eq | LogOperator::Neq, _) => {
                let negated = filter.operator == LogOperator::Neq;
                self.tests.push(Test { what: What::At(ms), negated });
            }
            _ => self.tests.push(none),
        }
    }

    async fn search(
        &mut self,
        tx: &mut Connection,
        search: &str,
        kept: &mut Vec<&Kind>,
    ) -> Result<()> {
        let folded = search.to_ascii_lowercase();
        let found: Vec<_> = kept.iter().filter(|it| it.has(&folded)).map(|it| it.id).collect();
        let such = Such::Search(search.to_owned());
        let what = What::Found { column: "kind", gateway: self.gateway.number, ids: found, such };
        let mut clause = Clause::new(tx);
        let texts = what.texts(&mut clause);
        let own = searched(&mut clause, self.gateway.number, search);
        let any = format!(
            "select cast(1 as bigint) where exists (select 1 from log_texts where {texts}) or exists (select 1 from log_own where {own})"
        );
        let any = query_scalar::<i64>(sqlx::AssertSqlSafe(any)).bind_all(clause.values);
        if any.fetch_optional(tx).await?.is_some() {
            self.tests.push(Test { what, negated: false });
        } else {
            kept.retain(|it| it.has(&folded));
        }
        Ok(())
    }

    /// The same, in kinds of one group.
    pub(super) fn within(&self, kinds: Vec<i64>) -> Self {
        Self { kinds: Some(kinds), groups: None, ..self.clone() }
    }
}

/// A part of an id that few ids have is looked for once, on SQLite, and not for the number of logs and again for a page of them.
async fn located(tx: &mut Connection, test: Test) -> Result<Test> {
    let What::IdContains(parts) = &test.what else { return Ok(test) };
    let mut clause = Clause::new(tx);
    if clause.is_postgres() {
        return Ok(test);
    }
    let sql = format!("select n from {} limit {}", What::ids(&mut clause, parts), FEW + 1);
    let found = query_scalar::<i64>(sqlx::AssertSqlSafe(sql)).bind_all(clause.values);
    let found = found.fetch_all(tx).await?;
    Ok(if found.len() > FEW { test } else { Test { what: What::Numbers(found), ..test } })
}

/// Whether kinds decide it. Where they do not, they need not be read: callers have a say in how many there are.
fn is_by_kind(asked: &LogQuery) -> bool {
    use LogField::{CreatedAt, MetadataValue};
    use LogOrder::{Cached, Model, Provider, Success};
    let by_log = |it: &LogFilter| {
        matches!(it.field, MetadataValue | CreatedAt)
            || name(it.field).is_some()
            || Walk::has(it.field)
            || Column::of(it.field).is_some()
    };
    asked.search.is_some()
        || matches!(asked.order, Provider | Model | Success | Cached)
        || !asked.filters.iter().all(by_log)
}

const fn name(field: LogField) -> Option<Name> {
    match field {
        LogField::UserAgent => Some(Name::Agent),
        LogField::Token => Some(Name::Token),
        _ => None,
    }
}

/// A filter without the `not` in it, and whether there was one.
fn positive(filter: &LogFilter) -> (LogFilter, bool) {
    let negated = filter.operator == LogOperator::Neq;
    let operator = if negated { LogOperator::Eq } else { filter.operator };
    (LogFilter { operator, ..filter.clone() }, negated)
}

/// A condition on a key and one on the value of the same entry.
fn is_pair(key: &LogFilter, value: &LogFilter) -> bool {
    let positive = |it: &LogFilter| {
        matches!(it.operator, LogOperator::Eq | LogOperator::Contains)
            && !it.values.contains(&LogValue::Null)
    };
    key.field == LogField::MetadataKey
        && value.field == LogField::MetadataValue
        && positive(key)
        && positive(value)
}

fn groups(kinds: &[&Kind], asked: &LogQuery) -> Option<Vec<Vec<i64>>> {
    let mut places: Vec<(LogValue, i64)> =
        kinds.iter().map(|it| Some((it.place(asked.order)?, it.id))).collect::<Option<_>>()?;
    if asked.order == LogOrder::CreatedAt {
        return None;
    }
    places.sort();
    if !asked.ascending {
        places.reverse();
    }
    let groups = places.chunk_by(|one, other| one.0 == other.0);
    Some(groups.map(|it| it.iter().map(|(_, id)| *id).collect()).collect())
}

fn ceil(micros: i64) -> i64 {
    micros.div_euclid(1000).saturating_add(i64::from(micros.rem_euclid(1000) > 0))
}
