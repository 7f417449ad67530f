//! Finding logs: how many there are, and a page of them.
//!
//! On PostgreSQL its planner decides how. SQLite has no statistics here and is told: one condition is counted in the index made for it;
//! of several, the rarest leads, or every log is looked at when none is rare. A page is looked for among the newest logs first, since
//! what is frequent is found there soon.

use sqlx::AssertSqlSafe;

use super::LogRanges;
use super::filter::{LogFilter, LogOrder, LogValue};
use super::plan::Plan;
use super::rows::step;
use super::tags;
use super::test::{Clause, Column, Form, Name, Test, What, bound, int};
use crate::db::{Connection, query, query_scalar};
use crate::error::Result;
use crate::store::Page;

/// A page is looked for among the newest logs when one of so many fits, and then among one of so many of all logs.
const DENSE: u64 = 20;
/// The fewest and the most logs that are looked at there.
const NEAR: (u64, u64) = (64, 50_000);
/// A condition leads when one of so many logs fits, or fewer.
const RARE: u64 = 8;
/// When more than one of so many logs fits, all are walked through rather than those that fit put in order.
const SORTED: u64 = 10;

/// How logs are found on SQLite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    /// One after the other.
    Walk,
    /// By their kind.
    Kinds,
    /// By this test.
    Test(usize),
    /// As the planner wants.
    Planner,
}

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
    /// How many there are.
    pub(super) async fn count(&self, tx: &mut Connection) -> Result<u64> {
        let is_bare = self.kinds.is_none() && self.tests.is_empty();
        if matches!(tx, Connection::Postgres(_)) && (!is_bare || self.is_bounded()) {
            return self.count_by(tx, Lead::Planner).await;
        }
        match (&self.kinds, self.tests.as_slice()) {
            (None, []) => self.count_all(tx).await,
            (Some(_), []) => self.count_by(tx, Lead::Kinds).await,
            (None, [only]) => self.count_test(tx, only).await,
            _ => {
                let lead = self.lead(tx).await?;
                self.count_by(tx, lead).await
            }
        }
    }

    /// Of any kind, in the range of time.
    async fn count_all(&self, tx: &mut Connection) -> Result<u64> {
        if !self.is_bounded() {
            return Ok(self.gateway.logs);
        }
        self.count_in(tx, "logs_by_gateway", |_| None).await
    }

    const fn is_bounded(&self) -> bool {
        self.after.is_some() || self.before.is_some()
    }

    async fn count_by(&self, tx: &mut Connection, lead: Lead) -> Result<u64> {
        let clause = self.clause(tx, lead);
        let sql = format!("select count(*) from logs{} where {}", self.hint(lead), clause.text());
        count(tx, sql, clause).await
    }

    /// Those for which a condition is true, in its index.
    async fn count_in(
        &self,
        tx: &mut Connection,
        index: &str,
        condition: impl FnOnce(&mut Clause) -> Option<String>,
    ) -> Result<u64> {
        let mut clause = Clause::new(tx);
        if !matches!(index, "logs_by_kind" | "logs_by_walk" | "logs_by_agent" | "logs_by_token") {
            let gateway = clause.bind(self.gateway.number);
            clause.term(format!("gateway = {gateway}"));
        }
        self.bound(&mut clause);
        if let Some(term) = condition(&mut clause) {
            clause.term(term);
        }
        let sql = format!("select count(*) from logs indexed by {index} where {}", clause.text());
        count(tx, sql, clause).await
    }

    /// The logs of a plan whose only condition this is.
    async fn count_test(&self, tx: &mut Connection, test: &Test) -> Result<u64> {
        let found = match &test.what {
            What::AnyOf(column, values, null) => {
                if let Some(index) = column.index {
                    self.count_values(tx, index, column, (values, *null)).await?
                } else {
                    let found = Test { what: test.what.clone(), negated: false };
                    let found = Self { tests: vec![found], ..self.clone() };
                    found.count_by(tx, Lead::Planner).await?
                }
            }
            What::Contains(Column { index: Some(index), .. }, _) => {
                let present = test.what.present().unwrap_or("id");
                let has = |it: &mut Clause| {
                    Some(format!("{present} is not null and {}", test.what.sql(it, Form::Set)))
                };
                self.count_in(tx, index, has).await?
            }
            What::Less(column, it) => self.count_beyond(tx, *column, ("<", it)).await?,
            What::Greater(column, it) => self.count_beyond(tx, *column, (">", it)).await?,
            What::Named(name, _, filter, null) => {
                self.count_named(tx, (*name, filter), *null).await?
            }
            What::Walks(ids, others) => self.count_walks(tx, ids, others).await?,
            What::Entry(..) => self.count_entries(tx, &test.what).await?,
            What::Found { column, ids, .. } => {
                self.count_found(tx, &test.what, (column, ids)).await?
            }
            What::IdContains(_) | What::Numbers(_) | What::At(_) => {
                self.count_ids(tx, &test.what).await?
            }
            What::Contains(..) => {
                return self.count_by(tx, Lead::Walk).await;
            }
        };
        if test.negated { Ok(self.count_all(tx).await?.saturating_sub(found)) } else { Ok(found) }
    }

    async fn count_values(
        &self,
        tx: &mut Connection,
        index: &str,
        column: &Column,
        (values, null): (&[LogValue], bool),
    ) -> Result<u64> {
        let mut sum = 0;
        for value in values {
            sum += self.count_in(tx, index, |it| Some(equal(it, column, value))).await?;
        }
        if null {
            let known = format!("{} is not null", column.step.unwrap_or(column.name));
            let known = self.count_in(tx, index, |_| Some(known)).await?;
            sum += self.count_all(tx).await?.saturating_sub(known);
        }
        Ok(sum)
    }

    /// Numbers of the same order of magnitude are looked at, those of others only counted.
    async fn count_beyond(
        &self,
        tx: &mut Connection,
        column: Column,
        (sign, it): (&str, &LogValue),
    ) -> Result<u64> {
        let Column { name: column, step: Some(steps), index: Some(index), .. } = column else {
            return self.count_by(tx, Lead::Planner).await;
        };
        let near = |clause: &mut Clause| {
            let (step, value) = (clause.bind(step(int(it))), clause.bind(bound(it)));
            Some(format!("{steps} = {step} and {column} {sign} {value}"))
        };
        let far = |clause: &mut Clause| {
            let step = clause.bind(step(int(it)));
            Some(format!("{steps} {sign} {step}"))
        };
        Ok(self.count_in(tx, index, near).await? + self.count_in(tx, index, far).await?)
    }

    /// When there is no other gateway, the index of ids has all that is to be known.
    async fn count_ids(&self, tx: &mut Connection, what: &What) -> Result<u64> {
        match what {
            What::IdContains(parts) if self.gateway.logs == self.all => {
                let mut clause = Clause::new(tx);
                let ids = What::ids(&mut clause, parts);
                let sql = format!("select count(*) from {ids}{}", self.bounds(&mut clause));
                count(tx, sql, clause).await
            }
            _ => {
                let found = Test { what: what.clone(), negated: false };
                let found = Self { kinds: None, tests: vec![found], ..self.clone() };
                found.count_by(tx, Lead::Test(0)).await
            }
        }
    }

    /// Where they are nearly all, the others are counted.
    async fn count_walks(&self, tx: &mut Connection, ids: &[i64], others: &[i64]) -> Result<u64> {
        let of = |ids: &[i64], it: &mut Clause| Some(format!("walk in {}", it.ids(ids)));
        if others.len() >= ids.len() / 4 {
            return self.count_in(tx, "logs_by_walk", |it| of(ids, it)).await;
        }
        let others = self.count_in(tx, "logs_by_walk", |it| of(others, it)).await?;
        Ok(self.count_all(tx).await?.saturating_sub(others))
    }

    async fn count_named(
        &self,
        tx: &mut Connection,
        (name, filter): (Name, &LogFilter),
        null: bool,
    ) -> Result<u64> {
        let (column, gateway) = (name.column(), self.gateway.number);
        let of = |it: &mut Clause| Some(format!("{column} in {}", name.ids(it, gateway, filter)));
        let with = self.count_in(tx, name.index(), of).await?;
        if !null {
            return Ok(with);
        }
        let known = |clause: &mut Clause| {
            let (table, gateway) = (name.table(), clause.bind(gateway));
            Some(format!("{column} in (select id from {table} gateway = {gateway})"))
        };
        let known = self.count_in(tx, name.index(), known).await?;
        Ok(with + self.count_all(tx).await?.saturating_sub(known))
    }

    /// Those of the kinds or walks, and those of others that are found besides.
    async fn count_found(
        &self,
        tx: &mut Connection,
        what: &What,
        (column, ids): (&str, &[i64]),
    ) -> Result<u64> {
        let of = |it: &mut Clause| Some(format!("{column} in {}", it.ids(ids)));
        let shared = self.count_in(tx, &format!("logs_by_{column}"), of).await?;
        let mut clause = Clause::new(tx);
        let bounds = self.bounds(&mut clause);
        let others = what.others(&mut clause, &bounds);
        let sql = if ids.is_empty() {
            format!("select count(distinct n) from ({others}) other")
        } else {
            let ids = clause.ids(ids);
            format!(
                "select count(distinct other.n) from ({others}) other cross join logs where logs.n = other.n and logs.{column} not in {ids}"
            )
        };
        Ok(shared + count(tx, sql, clause).await?)
    }

    async fn count_entries(&self, tx: &mut Connection, what: &What) -> Result<u64> {
        let mut clause = Clause::new(tx);
        let texts = what.texts(&mut clause);
        let keys = format!("select count(distinct key) from log_texts where {texts}");
        let keys = query_scalar::<i64>(AssertSqlSafe(keys)).bind_all(clause.values.clone());
        // A key is in a log once; of several keys, several may be in one.
        let once = keys.fetch_one(tx).await? <= 1;
        let bounds = self.bounds(&mut clause);
        let sql = if once {
            tags::count(&texts, &bounds)
        } else {
            format!("select count(distinct n) from ({}) tag", tags::of_texts(&texts, &bounds))
        };
        count(tx, sql, clause).await
    }

    /// What leads when there are several conditions.
    async fn lead(&self, tx: &mut Connection) -> Result<Lead> {
        let mut best = (Lead::Walk, self.gateway.logs / RARE);
        if self.kinds.is_some() {
            let kinds = Self { tests: Vec::new(), ..self.clone() };
            let found = kinds.count_by(tx, Lead::Kinds).await?;
            if found <= best.1 {
                best = (Lead::Kinds, found);
            }
        }
        for (at, test) in self.tests.iter().enumerate().filter(|(_, it)| it.can_drive()) {
            let found = self.count_test(tx, test).await?;
            if found <= best.1 {
                best = (Lead::Test(at), found);
            }
        }
        Ok(best.0)
    }

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
        if matches!(tx, Connection::Postgres(_)) {
            return self.slice_by(tx, Lead::Planner, slice).await;
        }
        if self.kinds.is_none() && self.tests.is_empty() {
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
            let ids = clause.bind(serde_json::Value::from(ids.as_slice()).to_string());
            let sql = format!(
                "select {edge}((select n from logs where {column} = ids.value order by n {order} limit 1)) from json_each({ids}) ids"
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
            self.hint(lead)
        );
        let numbers = query_scalar(AssertSqlSafe(sql)).bind_all(clause.values);
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
            let lead =
                if matches!(tx, Connection::Postgres(_)) { Lead::Planner } else { Lead::Walk };
            return self.numbers(tx, lead, slice, &order).await;
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

    /// The extent of their numbers.
    pub(super) async fn ranges(&self, tx: &mut Connection) -> Result<LogRanges> {
        let postgres = matches!(tx, Connection::Postgres(_));
        let lead = if postgres { Lead::Planner } else { Lead::Walk };
        let clause = self.clause(tx, lead);
        let columns = ["cost", "duration_ms", "tokens_in", "tokens_out", "tokens"];
        let extent = |it: &str| format!("min({it}) as min_{it}, max({it}) as max_{it}");
        let extents = columns.map(extent).join(", ");
        let sql = format!("select {extents} from logs{} where {}", self.hint(lead), clause.text());
        let row = query(AssertSqlSafe(sql)).bind_all(clause.values).fetch_optional(tx).await?;
        let Some(row) = row else { return Ok(LogRanges::default()) };
        let range = |it: &str| {
            let least: Option<i64> = row.get(&format!("min_{it}"))?;
            Ok::<_, sqlx::Error>(least.zip(row.get(&format!("max_{it}"))?))
        };
        Ok(LogRanges {
            cost: range("cost")?,
            duration: range("duration_ms")?,
            tokens_in: range("tokens_in")?,
            tokens_out: range("tokens_out")?,
            tokens: range("tokens")?,
        })
    }

    fn clause(&self, connection: &Connection, lead: Lead) -> Clause {
        let mut clause = Clause::new(connection);
        if lead != Lead::Kinds {
            let gateway = clause.bind(self.gateway.number);
            // Without statistics the gateway looks as rare to SQLite as an id.
            let sign = if lead == Lead::Planner && !clause.is_postgres() { "+" } else { "" };
            clause.term(format!("{sign}gateway = {gateway}"));
        }
        self.bound(&mut clause);
        if let Some(kinds) = &self.kinds {
            let ids = clause.ids(kinds);
            clause.term(format!("kind in {ids}"));
        }
        for (at, test) in self.tests.iter().enumerate() {
            let leads = lead == Lead::Test(at);
            let form = if leads || clause.is_postgres() { Form::Set } else { Form::Row };
            let term = test.sql(&mut clause, form);
            clause.term(term);
            // What an index leaves out must be seen to be left out here.
            if let Some(column) = test.what.present().filter(|_| leads) {
                clause.term(format!("{column} is not null"));
            }
        }
        clause
    }

    fn bound(&self, clause: &mut Clause) {
        for term in self.edges(clause) {
            clause.term(term);
        }
    }

    /// The range of numbers, to follow another condition.
    fn bounds(&self, clause: &mut Clause) -> String {
        self.edges(clause).iter().map(|it| format!(" and {it}")).collect()
    }

    fn edges(&self, clause: &mut Clause) -> Vec<String> {
        let edges = [(">", self.after), ("<", self.before)].into_iter();
        let edge =
            |(sign, edge): (_, Option<i64>)| Some(format!("n {sign} {}", clause.bind(edge?)));
        edges.filter_map(edge).collect()
    }

    /// Which index SQLite takes.
    fn hint(&self, lead: Lead) -> String {
        let index = match lead {
            Lead::Planner => return String::new(),
            Lead::Kinds => "logs_by_kind",
            Lead::Test(at) => match self.tests.get(at).and_then(|it| it.what.index()) {
                Some(index) => index,
                None => return " not indexed".to_owned(),
            },
            Lead::Walk if self.kinds.is_none() && self.tests.is_empty() => "logs_by_gateway",
            // A gateway with few of all logs is found in its index, one with most of them is looked for.
            Lead::Walk if self.gateway.logs.saturating_mul(4) < self.all => "logs_by_gateway",
            Lead::Walk => return " not indexed".to_owned(),
        };
        format!(" indexed by {index}")
    }
}

/// The model of a log.
const MODEL: &str = "(select case kind.loose when 0 then kind.model \
     else (select value from log_own own where own.n = logs.n and own.field = 3) end from log_kinds kind where kind.id = logs.kind)";

fn equal(clause: &mut Clause, column: &Column, value: &LogValue) -> String {
    let place = clause.bind(bound(value));
    let term = format!("{} = {place}", column.name);
    let Some(name) = column.step else { return term };
    let step = clause.bind(step(int(value)));
    format!("{name} = {step} and {term}")
}

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

async fn count(tx: &mut Connection, sql: String, clause: Clause) -> Result<u64> {
    let count = query_scalar::<i64>(AssertSqlSafe(sql)).bind_all(clause.values);
    Ok(count.fetch_one(tx).await?.unsigned_abs())
}

fn signed(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}
