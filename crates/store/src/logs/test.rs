//! Conditions on single logs, as SQL.

#[cfg(test)]
mod tests;

use super::filter::{LogField, LogFilter, LogOperator, LogValue};
use super::own::Own;
use super::rows::{SHIFT, first, step};
use super::tags;
use crate::db::{Clause, Value};

/// Ranges of one condition; of more, only the one that holds them all. SQLite takes no expression that is 1000 deep.
const RANGES: usize = 100;

/// How a condition is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As the logs that an index finds. On PostgreSQL always: its planner decides what to begin with.
    Set,
    /// As a look at the log at hand.
    Row,
}

/// Whether a column has one of these in it, ASCII case ignored.
fn contains(clause: &mut Clause, column: &str, parts: &[&str]) -> String {
    let like = if clause.is_postgres() { "ilike" } else { "like" };
    let one = |part: &&str| {
        let place = clause.bind(like_pattern(part));
        format!("{column} {like} {place} escape '\\'")
    };
    either(parts.iter().map(one))
}

/// Any of the terms; false when there is none.
fn either(terms: impl IntoIterator<Item = String>) -> String {
    let terms: Vec<_> = terms.into_iter().collect();
    if terms.is_empty() { "false".to_owned() } else { format!("({})", terms.join(" or ")) }
}

fn like_pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for it in part.chars() {
        if matches!(it, '\\' | '%' | '_') {
            pattern.push('\\');
        }
        pattern.push(it);
    }
    pattern.push('%');
    pattern
}

/// A column of `logs` that filters look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// The column of its order of magnitude.
    pub(super) step: Option<&'static str>,
    pub(super) index: Option<&'static str>,
    pub(super) nullable: bool,
}

impl Column {
    const fn number(name: &'static str, step: &'static str, index: &'static str) -> Self {
        Self { name, step: Some(step), index: Some(index), nullable: true }
    }

    pub(super) const fn of(field: LogField) -> Option<Self> {
        Some(match field {
            LogField::Id => Self { name: "id", step: None, index: None, nullable: false },
            LogField::EventId => {
                Self { name: "event_id", step: None, index: Some("logs_by_event"), nullable: true }
            }
            LogField::Feedback => Self {
                name: "feedback",
                step: None,
                index: Some("logs_by_feedback"),
                nullable: true,
            },
            LogField::Cost => Self::number("cost", "cost_step", "logs_by_cost"),
            LogField::Tokens => Self::number("tokens", "tokens_step", "logs_by_tokens"),
            LogField::TokensIn => Self::number("tokens_in", "tokens_in_step", "logs_by_tokens_in"),
            LogField::TokensOut => {
                Self::number("tokens_out", "tokens_out_step", "logs_by_tokens_out")
            }
            LogField::Duration => Self {
                nullable: false,
                ..Self::number("duration_ms", "duration_step", "logs_by_duration")
            },
            _ => return None,
        })
    }
}

/// A condition on a log, or, when `negated`, its contrary.
#[derive(Clone, Debug)]
pub(super) struct Test {
    pub(super) what: What,
    pub(super) negated: bool,
}

impl Test {
    /// As SQL, never null.
    pub(super) fn sql(&self, clause: &mut Clause, form: Form) -> String {
        let what = self.what.sql(clause, form);
        if self.negated { format!("not coalesce({what}, false)") } else { what }
    }

    /// Whether the logs that it is true of are few if it is, and can be found by it.
    pub(super) fn can_drive(&self) -> bool {
        let null = matches!(
            self.what,
            What::AnyOf(_, _, true) | What::Named(_, _, _, true) | What::Of(_, _, true)
        );
        !self.negated
            && !null
            && (self.what.index().is_some()
                || matches!(
                    self.what,
                    What::IdContains(_)
                        | What::Numbers(_)
                        | What::At(_)
                        | What::Entry(..)
                        | What::Found { .. }
                ))
    }
}

impl Test {
    /// Whether it names logs by their ids.
    pub(super) fn is_unique(&self) -> bool {
        !self.negated && matches!(&self.what, What::AnyOf(column, ..) if column.name == "id")
    }
}

/// A text that a log has at most one of, in a table where each is once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Agent,
    Token,
}

impl Name {
    /// The column of `logs` with its id.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Token => "token",
        }
    }

    pub(super) const fn index(self) -> &'static str {
        match self {
            Self::Agent => "logs_by_agent",
            Self::Token => "logs_by_token",
        }
    }

    /// Where it is, as far as it follows `from`; its column is `value`.
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Agent => "log_texts where key is null and",
            Self::Token => "log_tokens where",
        }
    }
}

/// What logs are found by that do not share it with others, or share it in many texts.
#[derive(Clone, Debug)]
pub(super) enum Such {
    /// A value of metadata has this in it, or a model or a key that it has of its own.
    Search(String),
    /// What it has of its own is such.
    Own(Own, LogFilter),
}

/// What a [`Test`] is about.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// One of the values, or absent where `null` is among them.
    AnyOf(Column, Vec<LogValue>, bool),
    Less(Column, LogValue),
    Greater(Column, LogValue),
    Contains(Column, Vec<String>),
    /// With one of these in its id. Ids are of lower case.
    IdContains(Vec<String>),
    /// One of these.
    Numbers(Vec<i64>),
    /// Created in one of these milliseconds.
    At(Vec<i64>),
    /// In this gateway, of a user agent or token that is such, or of none.
    Named(Name, i64, LogFilter, bool),
    /// Of one of these user agents or tokens, or of none.
    Of(Name, Vec<i64>, bool),
    /// Of one of these walks; the second ones are all others of the gateway.
    Walks(Vec<i64>, Vec<i64>),
    /// In this gateway, with an entry of metadata whose key and value are such.
    Entry(i64, Option<LogFilter>, LogFilter),
    /// In this gateway, of one of these kinds or walks, as the column says, or with what is such.
    Found {
        column: &'static str,
        gateway: i64,
        ids: Vec<i64>,
        such: Such,
    },
}

impl What {
    /// A filter on a column.
    pub(super) fn of(column: Column, filter: &LogFilter) -> Test {
        let values = filter.values.clone();
        let text = |it: LogValue| if let LogValue::Text(it) = it { Some(it) } else { None };
        let mut ordered: Vec<_> = values.into_iter().filter(|it| *it != LogValue::Null).collect();
        ordered.sort();
        ordered.dedup();
        let none = Self::AnyOf(column, Vec::new(), false);
        let what = match filter.operator {
            LogOperator::Eq | LogOperator::Neq => {
                let null = column.nullable && filter.values.contains(&LogValue::Null);
                Self::AnyOf(column, ordered, null)
            }
            LogOperator::Contains => {
                let parts = ordered.into_iter().filter_map(text);
                if column.name == "id" {
                    Self::IdContains(parts.map(|it| it.to_ascii_lowercase()).collect())
                } else {
                    Self::Contains(column, parts.collect())
                }
            }
            LogOperator::Lt => ordered.pop().map_or(none, |it| Self::Less(column, it)),
            LogOperator::Gt => {
                ordered.into_iter().next().map_or(none, |it| Self::Greater(column, it))
            }
        };
        Test { what, negated: filter.operator == LogOperator::Neq }
    }

    /// The index with which the logs that it is true of are found; nothing where there is none, or a log is found by its number.
    pub(super) const fn index(&self) -> Option<&'static str> {
        match self {
            Self::AnyOf(column, ..)
            | Self::Less(column, _)
            | Self::Greater(column, _)
            | Self::Contains(column, _) => column.index,
            Self::Named(name, ..) | Self::Of(name, ..) => Some(name.index()),
            Self::Walks(..) => Some("logs_by_walk"),
            Self::IdContains(_)
            | Self::Numbers(_)
            | Self::At(_)
            | Self::Entry(..)
            | Self::Found { .. } => None,
        }
    }

    /// The column that is not null in the index, if it may be null elsewhere.
    pub(super) fn present(&self) -> Option<&'static str> {
        match self {
            Self::AnyOf(column, ..)
            | Self::Less(column, _)
            | Self::Greater(column, _)
            | Self::Contains(column, _)
                if column.nullable =>
            {
                Some(column.step.unwrap_or(column.name))
            }
            Self::Named(name, ..) | Self::Of(name, ..) => Some(name.column()),
            _ => None,
        }
    }

    /// Only where there is a user agent or token, and whether it was true elsewhere.
    pub(super) fn without_absent(mut self) -> (Self, bool) {
        let null = match &mut self {
            Self::Named(.., null) | Self::Of(.., null) => std::mem::take(null),
            _ => false,
        };
        (self, null)
    }

    /// As SQL; absent is false.
    pub(super) fn sql(&self, clause: &mut Clause, form: Form) -> String {
        match self {
            Self::AnyOf(column, values, null) => any_of(clause, *column, values, *null),
            Self::Less(column, it) => compare(clause, *column, "<", it),
            Self::Greater(column, it) => compare(clause, *column, ">", it),
            Self::Contains(column, parts) => {
                let parts: Vec<_> = parts.iter().map(String::as_str).collect();
                contains(clause, column.name, &parts)
            }
            Self::IdContains(parts) if form == Form::Set && !clause.is_postgres() => {
                let ids = Self::ids(clause, parts);
                format!("n in (select n from {ids})")
            }
            Self::IdContains(parts) => {
                let parts: Vec<_> = parts.iter().map(String::as_str).collect();
                contains(clause, "id", &parts)
            }
            Self::Numbers(all) => clause.among("n", all),
            Self::At(ms) if form == Form::Set => at(clause, ms),
            Self::At(ms) => clause.among(&format!("(n >> {SHIFT})"), ms),
            Self::Named(name, gateway, filter, null) => {
                let (ids, column) = (name.ids(clause, *gateway, filter), name.column());
                let absent = if *null { format!(" or {column} is null") } else { String::new() };
                format!("({column} in {ids}{absent})")
            }
            Self::Of(name, ids, null) => {
                let (one, column) = (clause.among(name.column(), ids), name.column());
                let absent = if *null { format!(" or {column} is null") } else { String::new() };
                format!("({one}{absent})")
            }
            Self::Walks(ids, _) => clause.among("walk", ids),
            Self::Entry(..) if form == Form::Set => {
                let tags = tags::of_texts(&self.texts(clause), "");
                format!("n in ({tags})")
            }
            Self::Entry(..) => {
                let texts = self.texts(clause);
                tags::has_text(clause, &texts)
            }
            Self::Found { column, ids, .. } if form == Form::Set => {
                let (shared, others) = (clause.among(column, ids), self.others(clause, ""));
                format!("n in (select n from logs where {shared} union all {others})")
            }
            Self::Found { column, ids, .. } => {
                let (shared, others) = (clause.among(column, ids), self.others(clause, ""));
                format!("({shared} or n in ({others}))")
            }
        }
    }

    /// Which texts an entry, or a search, may be found by.
    pub(super) fn texts(&self, clause: &mut Clause) -> String {
        let mut terms = vec!["key is not null".to_owned()];
        match self {
            Self::Entry(gateway, key, value) => {
                terms.push(format!("gateway = {}", clause.bind(*gateway)));
                terms.extend(key.as_ref().map(|it| text_test(clause, "key", it)));
                terms.push(text_test(clause, "value", value));
            }
            Self::Found { gateway, such: Such::Search(search), .. } => {
                terms.push(format!("gateway = {}", clause.bind(*gateway)));
                terms.push(contains(clause, "value", &[search.as_str()]));
            }
            _ => {}
        }
        terms.join(" and ")
    }

    /// What a [`What::Found`] finds beside its kinds or walks: numbers of logs, a log maybe several times; `bounds` are conditions on them.
    pub(super) fn others(&self, clause: &mut Clause, bounds: &str) -> String {
        match self {
            Self::Found { gateway, such: Such::Own(own, filter), .. } => {
                let (gateway, field) = (clause.bind(*gateway), clause.bind(own.number()));
                let value = text_test(clause, "value", filter);
                format!(
                    "select n from log_own where gateway = {gateway} and field = {field} and {value}{bounds}"
                )
            }
            Self::Found { gateway, such: Such::Search(search), .. } => {
                let tags = tags::of_texts(&self.texts(clause), bounds);
                let own = searched(clause, *gateway, search);
                format!("{tags} union all select n from log_own where {own}{bounds}")
            }
            _ => tags::of_texts(&self.texts(clause), bounds),
        }
    }

    /// On SQLite, the logs of all gateways with one of these in their ids, from the index of ids alone: a fifth of the time that the table
    /// takes.
    pub(super) fn ids(clause: &mut Clause, parts: &[String]) -> String {
        let one = |part: &String| format!("instr(id, {}) > 0", clause.bind(part.as_str()));
        let any = either(parts.iter().map(one));
        format!("logs indexed by sqlite_autoindex_logs_1 where id >= '' and {any}")
    }
}

impl Name {
    /// Ids of those that are such.
    pub(super) fn ids(self, clause: &mut Clause, gateway: i64, filter: &LogFilter) -> String {
        let (gateway, value) = (clause.bind(gateway), text_test(clause, "value", filter));
        format!("(select id from {} gateway = {gateway} and {value})", self.table())
    }
}

/// What of `log_own` a search looks at.
pub(super) fn searched(clause: &mut Clause, gateway: i64, search: &str) -> String {
    let (model, key) = (Own::Model.number(), Own::MetadataKey.number());
    let (gateway, value) = (clause.bind(gateway), contains(clause, "value", &[search]));
    format!("gateway = {gateway} and field in ({model}, {key}) and {value}")
}

/// Created in one of these milliseconds, in order: ranges of numbers.
fn at(clause: &mut Clause, ms: &[i64]) -> String {
    let range = |clause: &mut Clause, from: i64, to: i64| {
        let (from, to) = (clause.bind(first(from)), clause.bind(first(to.saturating_add(1))));
        format!("(n >= {from} and n < {to})")
    };
    if let ([least, .., most], true) = (ms, ms.len() > RANGES) {
        let range = range(clause, *least, *most);
        let one = clause.among(&format!("(n >> {SHIFT})"), ms);
        return format!("({range} and {one})");
    }
    either(ms.iter().map(|it| range(clause, *it, *it)))
}

fn any_of(clause: &mut Clause, column: Column, values: &[LogValue], null: bool) -> String {
    let mut terms = Vec::new();
    if !values.is_empty() {
        let mut term = String::new();
        if let Some(name) = column.step {
            let steps = clause.bind_all(values.iter().map(|it| step(int(it)).into()));
            term = format!("{name} in ({steps}) and ");
        }
        let places = clause.bind_all(values.iter().map(bound));
        terms.push(format!("({term}{} in ({places}))", column.name));
    }
    terms.extend(null.then(|| format!("{} is null", column.name)));
    either(terms)
}

fn compare(clause: &mut Clause, column: Column, sign: &str, it: &LogValue) -> String {
    let place = clause.bind(bound(it));
    let term = format!("{} {sign} {place}", column.name);
    let Some(name) = column.step else { return term };
    let place = clause.bind(step(int(it)));
    format!("({name} {sign}= {place} and {term})")
}

/// A filter on a column of a table of texts, but `neq`.
fn text_test(clause: &mut Clause, column: &str, filter: &LogFilter) -> String {
    let texts = filter.values.iter().filter_map(|it| match it {
        LogValue::Text(it) => Some(it.as_str()),
        _ => None,
    });
    let texts: Vec<_> = texts.collect();
    match filter.operator {
        LogOperator::Contains => return contains(clause, column, &texts),
        LogOperator::Lt => return beyond(clause, column, "<", texts.iter().max()),
        LogOperator::Gt => return beyond(clause, column, ">", texts.iter().min()),
        LogOperator::Eq | LogOperator::Neq => {}
    }
    let one = |text: &&str| {
        let place = clause.bind(*text);
        if column == "value" {
            // The index has the beginning of a value only: it may be long.
            let start = clause.bind(text.chars().take(64).collect::<String>());
            format!("(substr(value, 1, 64) = {start} and value = {place})")
        } else {
            format!("{column} = {place}")
        }
    };
    either(texts.iter().map(one))
}

fn beyond(clause: &mut Clause, column: &str, sign: &str, text: Option<&&str>) -> String {
    either(text.map(|it| format!("{column} {sign} {}", clause.bind(*it))))
}

/// A value of a filter as one of a statement.
pub(super) fn bound(it: &LogValue) -> Value {
    match it {
        LogValue::Null => Value::Int(None),
        LogValue::Bool(it) => (*it).into(),
        LogValue::Int(it) => (*it).into(),
        LogValue::Text(it) => it.as_str().into(),
    }
}

/// The number that a value is.
pub(super) const fn int(it: &LogValue) -> i64 {
    match it {
        LogValue::Int(it) => *it,
        _ => 0,
    }
}
