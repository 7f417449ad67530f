//! Conditions: a typed predicate tree over fields, made from a Mongo-style expression.
//!
//! How an expression is read, from the outside in:
//!
//! | written | means |
//! | --- | --- |
//! | `{"a": …, "b": …}` | everything listed must hold |
//! | `{"a": {"$gt": 1, "$lt": 5}}` | every operator must hold |
//! | `{"a": "x"}` | `{"a": {"$eq": "x"}}` |
//! | `{"$and": […]}`, `{"$or": […]}`, `{"$nor": […]}` | all, any, none of the conditions in the list |
//! | `{"$not": {…}}` at the top | the condition does not hold |
//! | `{"a": {"$not": {"$gt": 1}}}` | not (every operator holds); also true when `a` is missing |
//!
//! A group beside fields is one more thing that must hold; nothing is ever ignored. Comparison is typed: values of different types are never equal
//! and never in order. The one conversion: `$gt $gte $lt $lte` with a number read a *header* that is a JSON number as that number. On a
//! mismatch of types, and on a missing field, every operator is false except `$ne`, `$nin` and `$exists: false`; `$not` and `$nor` turn that round.
//! Texts are ordered by their UTF-8 bytes, that is by code point.

use crate::exact;
use crate::fact::{Facts, Value};
use crate::field::Field;
use regex::Regex;
use serde_json::Value as Json;
use std::cmp::Ordering;

mod never;
mod parse;

pub(crate) use never::{always, never};
pub(crate) use parse::parse;

/// A predicate over a request.
#[derive(Debug)]
pub(crate) enum Condition {
    /// All hold.
    All(Box<[Condition]>),
    /// At least one holds.
    Any(Box<[Condition]>),
    /// It does not hold.
    Not(Box<Condition>),
    /// All tests hold of one field, which is looked up once.
    Field(Field, Box<[Test]>),
}

/// One operator with its operand.
#[derive(Debug)]
pub(crate) enum Test {
    Equal(Json),
    NotEqual(Json),
    Ordered(Relation, Bound),
    OneOf(List),
    NoneOf(List),
    Exists(bool),
    Matches(Regex),
    Contains(Json),
    StartsWith(Box<str>),
    EndsWith(Box<str>),
    /// Not all of these hold.
    Not(Box<[Test]>),
}

/// `$gt`, `$gte`, `$lt`, `$lte`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    More,
    MoreOrEqual,
    Less,
    LessOrEqual,
}

impl Relation {
    /// Whether a value that stands to the operand as `order` satisfies the relation.
    fn admits(self, order: Ordering) -> bool {
        match self {
            Self::More => order.is_gt(),
            Self::MoreOrEqual => order.is_ge(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
        }
    }
}

/// What has an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    Number(serde_json::Number),
    Text(Box<str>),
}

/// The operand of `$in` and `$nin`: texts sorted, to be found by halving; the rest as it stands.
#[derive(Debug, PartialEq)]
pub(crate) struct List {
    texts: Box<[Box<str>]>,
    others: Box<[Json]>,
}

impl List {
    fn new(items: Vec<Json>) -> Self {
        let (mut texts, mut others) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Json::String(text) => texts.push(text.into_boxed_str()),
                other => others.push(other),
            }
        }
        texts.sort_unstable();
        Self { texts: texts.into(), others: others.into() }
    }

    fn has(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Text(text) => self.texts.binary_search_by(|it| (**it).cmp(text)).is_ok(),
            other => self.others.iter().any(|it| equal(it, other)),
        }
    }
}

impl Condition {
    /// Whether it holds of a request.
    pub(crate) fn holds(&self, facts: &dyn Facts) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|it| it.holds(facts)),
            Self::Any(parts) => parts.iter().any(|it| it.holds(facts)),
            Self::Not(part) => !part.holds(facts),
            Self::Field(field, tests) => {
                let value = facts.get(field);
                let header = matches!(field, Field::Header(_));
                tests.iter().all(|it| it.holds(value.as_ref(), header))
            }
        }
    }

    /// Calls `see` with every field that is read.
    pub(crate) fn each_field<'c>(&'c self, see: &mut dyn FnMut(&'c Field)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|it| it.each_field(see)),
            Self::Not(part) => part.each_field(see),
            Self::Field(field, _) => see(field),
        }
    }
}

impl Test {
    /// Whether it holds of a value, or of a missing one. `header`: the value comes from a header.
    fn holds(&self, value: Option<&Value<'_>>, header: bool) -> bool {
        let Some(value) = value else {
            return match self {
                Self::NotEqual(_) | Self::NoneOf(_) | Self::Exists(false) => true,
                Self::Not(tests) => !tests.iter().all(|it| it.holds(None, header)),
                _ => false,
            };
        };
        match self {
            Self::Equal(operand) => equal(operand, value),
            Self::NotEqual(operand) => !equal(operand, value),
            Self::Ordered(relation, bound) => {
                order(value, bound, header).is_some_and(|it| relation.admits(it))
            }
            Self::OneOf(list) => list.has(value),
            Self::NoneOf(list) => !list.has(value),
            Self::Exists(wanted) => *wanted,
            Self::Matches(pattern) => text(value).is_some_and(|it| pattern.is_match(it)),
            Self::Contains(operand) => contains(value, operand),
            Self::StartsWith(start) => text(value).is_some_and(|it| it.starts_with(&**start)),
            Self::EndsWith(end) => text(value).is_some_and(|it| it.ends_with(&**end)),
            Self::Not(tests) => !tests.iter().all(|it| it.holds(Some(value), header)),
        }
    }
}

fn text<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Equality of type and value; numbers by value, arrays item by item, objects whatever their order.
fn equal(operand: &Json, value: &Value<'_>) -> bool {
    match (operand, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(a), Value::Bool(b)) => a == b,
        (Json::Number(a), Value::Number(b)) => exact::compare(a, b).is_eq(),
        (Json::String(a), Value::Text(b)) => a == b,
        (Json::Array(_) | Json::Object(_), Value::Other(b)) => same(operand, b),
        _ => false,
    }
}

/// As [`equal`], between two trees.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => exact::compare(a, b).is_eq(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// How a value stands to a bound; `None` when they have no order.
fn order(value: &Value<'_>, bound: &Bound, header: bool) -> Option<Ordering> {
    match (value, bound) {
        (Value::Number(a), Bound::Number(b)) => Some(exact::compare(a, b)),
        (Value::Text(a), Bound::Number(b)) if header => {
            exact::number(a).map(|it| exact::compare(&it, b))
        }
        (Value::Text(a), Bound::Text(b)) => Some((**a).cmp(&**b)),
        _ => None,
    }
}

fn contains(value: &Value<'_>, operand: &Json) -> bool {
    match (value, operand) {
        (Value::Text(text), Json::String(part)) => text.contains(part.as_str()),
        (Value::Other(Json::Array(items)), _) => items.iter().any(|it| same(operand, it)),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
