//! Finding logs: how many there are, and by which way.
//!
//! On PostgreSQL its planner decides how, once it has seen the values: its statements are planned each time. SQLite has no statistics here
//! and is told: one condition is counted in the index made for it; of several, the rarest leads, or every log is looked at when none is
//! rare.

use sqlx::AssertSqlSafe;

use super::LogRanges;
use super::filter::LogValue;
use super::plan::Plan;
use super::rows::step;
use super::tags;
use super::test::{Column, Form, Name, Test, What, bound, int};
use crate::db::{Clause, Connection, query, query_scalar};
use crate::error::Result;

/// A condition leads when one of so many logs fits, or fewer.
const RARE: u64 = 8;

/// How logs are found on SQLite; on PostgreSQL only whether every log is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// One after the other.
    Walk,
    /// By their kind.
    Kinds,
    /// By this test.
    Test(usize),
    /// As the planner wants.
    Planner,
}

impl Lead {
    /// On PostgreSQL nothing is told.
    pub(super) const fn on(self, connection: &Connection) -> Self {
        match connection {
            Connection::Postgres(_) => Self::Planner,
            Connection::Sqlite(_) => self,
        }
    }
}

impl Plan {
    /// How many there are.
    pub(super) async fn count(&self, tx: &mut Connection) -> Result<u64> {
        match (&self.kinds, self.tests.as_slice()) {
            (None, []) => self.count_all(tx).await,
            (Some(_), []) => self.count_by(tx, Lead::Kinds).await,
            (None, [only]) => self.count_test(tx, only).await,
            _ if matches!(tx, Connection::Postgres(_)) => self.count_by(tx, Lead::Planner).await,
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
        let lead = lead.on(tx);
        let clause = self.clause(tx, lead);
        let sql = format!(
            "select count(*) from logs{} where {}",
            self.hint(&clause, lead),
            clause.text()
        );
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
        let hint =
            if clause.is_postgres() { String::new() } else { format!(" indexed by {index}") };
        let sql = format!("select count(*) from logs{hint} where {}", clause.text());
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
            What::Named(name, ..) | What::Of(name, ..) => {
                self.count_named(tx, *name, &test.what).await?
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
            What::IdContains(parts)
                if self.gateway.logs == self.all && matches!(tx, Connection::Sqlite(_)) =>
            {
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
        let of = |ids: &[i64], it: &mut Clause| Some(it.among("walk", ids));
        if others.len() >= ids.len() / 4 {
            return self.count_in(tx, "logs_by_walk", |it| of(ids, it)).await;
        }
        let others = self.count_in(tx, "logs_by_walk", |it| of(others, it)).await?;
        Ok(self.count_all(tx).await?.saturating_sub(others))
    }

    async fn count_named(&self, tx: &mut Connection, name: Name, what: &What) -> Result<u64> {
        let (what, null) = what.clone().without_absent();
        let with = self.count_in(tx, name.index(), |it| Some(what.sql(it, Form::Set))).await?;
        if !null {
            return Ok(with);
        }
        let known = |clause: &mut Clause| {
            let (column, table) = (name.column(), name.table());
            let gateway = clause.bind(self.gateway.number);
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
        let of = |it: &mut Clause| Some(it.among(column, ids));
        let shared = self.count_in(tx, &format!("logs_by_{column}"), of).await?;
        let mut clause = Clause::new(tx);
        let bounds = self.bounds(&mut clause);
        let others = what.others(&mut clause, &bounds);
        let sql = if ids.is_empty() {
            format!("select count(distinct n) from ({others}) other")
        } else {
            let shared = clause.among(&format!("logs.{column}"), ids);
            format!(
                "select count(distinct other.n) from ({others}) other cross join logs where logs.n = other.n and not ({shared})"
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
    pub(super) async fn lead(&self, tx: &mut Connection) -> Result<Lead> {
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

    /// The extent of their numbers.
    pub(super) async fn ranges(&self, tx: &mut Connection) -> Result<LogRanges> {
        let lead = Lead::Walk.on(tx);
        let clause = self.clause(tx, lead);
        let columns = ["cost", "duration_ms", "tokens_in", "tokens_out", "tokens"];
        let extent = |it: &str| format!("min({it}) as min_{it}, max({it}) as max_{it}");
        let extents = columns.map(extent).join(", ");
        let sql = format!(
            "select {extents} from logs{} where {}",
            self.hint(&clause, lead),
            clause.text()
        );
        let row = query(AssertSqlSafe(sql)).persistent(!clause.is_postgres());
        let row = row.bind_all(clause.values).fetch_optional(tx).await?;
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

    pub(super) fn clause(&self, connection: &Connection, lead: Lead) -> Clause {
        let mut clause = Clause::new(connection);
        let is_dear = self.tests.iter().any(|it| matches!(it.what, What::Found { .. }));
        let is_single = usize::from(self.kinds.is_some()) + self.tests.len() == 1 && !is_dear;
        // PostgreSQL repeats a dear condition for every row of another that looks rare, as one does whose values are known.
        clause.as_tables = clause.is_postgres() && !is_single;
        if lead != Lead::Kinds && !(clause.is_postgres() && is_single && self.is_of_gateway()) {
            let gateway = clause.bind(self.gateway.number);
            // Without statistics the gateway looks as rare to SQLite as an id.
            let sign = if lead == Lead::Planner && !clause.is_postgres() { "+" } else { "" };
            clause.term(format!("{sign}gateway = {gateway}"));
        }
        self.bound(&mut clause);
        if let Some(kinds) = &self.kinds {
            let kinds = clause.among("kind", kinds);
            clause.term(kinds);
        }
        for (at, test) in self.tests.iter().enumerate() {
            let leads = lead == Lead::Test(at);
            let is_set = leads || (clause.is_postgres() && lead != Lead::Walk);
            let form = if is_set { Form::Set } else { Form::Row };
            let term = test.sql(&mut clause, form);
            clause.term(term);
            // What an index leaves out must be seen to be left out here.
            if let Some(column) = test.what.present().filter(|_| leads) {
                clause.term(format!("{column} is not null"));
            }
        }
        clause
    }

    /// Whether something that is asked for is of this gateway only. PostgreSQL then need not look at the log for that.
    fn is_of_gateway(&self) -> bool {
        let shared = |it: &Test| match it.what {
            What::Walks(..) => true,
            What::Named(.., null) | What::Of(.., null) => !null,
            _ => false,
        };
        self.kinds.is_some() || self.tests.iter().any(|it| !it.negated && shared(it))
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
    pub(super) fn hint(&self, clause: &Clause, lead: Lead) -> String {
        if clause.is_postgres() {
            return String::new();
        }
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

fn equal(clause: &mut Clause, column: &Column, value: &LogValue) -> String {
    let place = clause.bind(bound(value));
    let term = format!("{} = {place}", column.name);
    let Some(name) = column.step else { return term };
    let step = clause.bind(step(int(value)));
    format!("{name} = {step} and {term}")
}

async fn count(tx: &mut Connection, sql: String, clause: Clause) -> Result<u64> {
    let is_kept = !clause.is_postgres();
    let count = query_scalar::<i64>(AssertSqlSafe(sql)).persistent(is_kept);
    let count = count.bind_all(clause.values);
    Ok(count.fetch_one(tx).await?.unsigned_abs())
}
