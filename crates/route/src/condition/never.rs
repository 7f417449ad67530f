//! Whether a condition can ever hold. Sound and not complete: "never" is only said when no request whatever could satisfy the condition.
//!
//! The condition is taken apart into literals (a test of a field, or its opposite) that must hold together and choices of which one arm must hold. It can
//! never hold when two literals about one field exclude each other, or when a choice has no arm left.

use super::{Bound, Condition, List, Relation, Test, order};
use crate::fact::Value;
use crate::field::{Field, RequestField};
use serde_json::Value as Json;
use std::borrow::Cow;

/// No request satisfies it.
pub(crate) fn never(condition: &Condition) -> bool {
    impossible(&[], Goal::Condition(condition, true))
}

/// Every request satisfies it.
pub(crate) fn always(condition: &Condition) -> bool {
    impossible(&[], Goal::Condition(condition, false))
}

/// Something that must hold, or with `false` must not.
#[derive(Clone, Copy)]
enum Goal<'c> {
    Condition(&'c Condition, bool),
    Tests(&'c Field, &'c [Test], bool),
    Test(Literal<'c>),
}

#[derive(Clone, Copy)]
struct Literal<'c> {
    field: &'c Field,
    test: &'c Test,
    holds: bool,
}

/// What must hold together, and what of which one must.
#[derive(Default)]
struct Parts<'c> {
    literals: Vec<Literal<'c>>,
    choices: Vec<Vec<Goal<'c>>>,
}

fn impossible(given: &[Literal<'_>], goal: Goal<'_>) -> bool {
    let mut parts = Parts { literals: given.to_vec(), choices: Vec::new() };
    parts.add(goal);
    let Parts { literals, choices } = parts;
    let new = literals.get(given.len()..).unwrap_or_default();
    // a field is looked at once, however many of the new literals are about it
    let first = |at: usize, field| new.iter().take(at).all(|it| it.field != field);
    new.iter().enumerate().any(|(at, it)| first(at, it.field) && conflict(it.field, &literals))
        || choices.iter().any(|arms| arms.iter().all(|arm| impossible(&literals, *arm)))
}

impl<'c> Parts<'c> {
    fn add(&mut self, goal: Goal<'c>) {
        match goal {
            Goal::Condition(Condition::Not(part), holds) => self.add(Goal::Condition(part, !holds)),
            Goal::Condition(Condition::Field(field, tests), holds) => {
                self.add(Goal::Tests(field, tests, holds));
            }
            Goal::Condition(Condition::All(parts), holds) => {
                self.add_each(parts.iter().map(|it| Goal::Condition(it, holds)), holds);
            }
            Goal::Condition(Condition::Any(parts), holds) => {
                self.add_each(parts.iter().map(|it| Goal::Condition(it, holds)), !holds);
            }
            Goal::Tests(field, tests, holds) => {
                self.add_each(
                    tests.iter().map(|test| Goal::Test(Literal { field, test, holds })),
                    holds,
                );
            }
            Goal::Test(Literal { field, test: Test::Not(tests), holds }) => {
                self.add(Goal::Tests(field, tests, !holds));
            }
            Goal::Test(literal) => self.literals.push(literal),
        }
    }

    /// All of these, or one of these.
    fn add_each(&mut self, goals: impl ExactSizeIterator<Item = Goal<'c>>, all: bool) {
        if all || goals.len() == 1 {
            goals.for_each(|it| self.add(it));
        } else {
            self.choices.push(goals.collect());
        }
    }
}

/// Whether the literals about `field` exclude each other.
fn conflict(field: &Field, literals: &[Literal<'_>]) -> bool {
    let about: Vec<Literal<'_>> = literals.iter().filter(|it| it.field == field).copied().collect();
    let pairs = || {
        about.iter().enumerate().flat_map(|(at, a)| about.iter().skip(at + 1).map(move |b| (a, b)))
    };
    if pairs().any(|(a, b)| apart(a, b) || (a.holds != b.holds && twins(a.test, b.test))) {
        return true;
    }
    let domain = Kinds::of(field);
    let possible = about.iter().fold(domain, |kinds, it| kinds.and(it.kinds()));
    if possible == Kinds::NONE || (possible == Kinds::MISSING && !fits(None, field, &about)) {
        return true;
    }
    let closed = candidates(field).or_else(|| about.iter().find_map(Literal::candidates));
    closed.is_some_and(|values| {
        !values.iter().any(|it| possible.has(Kinds::of_value(it)) && fits(Some(it), field, &about))
    })
}

fn fits(value: Option<&Value<'_>>, field: &Field, literals: &[Literal<'_>]) -> bool {
    let header = matches!(field, Field::Header(_));
    literals.iter().all(|it| it.test.holds(value, header) == it.holds)
}

/// Whether two literals are bounds with nothing between them.
fn apart(a: &Literal<'_>, b: &Literal<'_>) -> bool {
    let (Test::Ordered(above, low), Test::Ordered(below, high)) = (a.test, b.test) else {
        return false;
    };
    if !a.holds || !b.holds {
        return false;
    }
    let empty = |above: Relation, low: &Bound, below: Relation, high: &Bound| {
        let upward = matches!(above, Relation::More | Relation::MoreOrEqual);
        let downward = matches!(below, Relation::Less | Relation::LessOrEqual);
        let strict = above == Relation::More || below == Relation::Less;
        let low = match low {
            Bound::Number(it) => Value::Number(it.clone()),
            Bound::Text(it) => Value::Text(Cow::Borrowed(it)),
        };
        let order = order(&low, high, false);
        upward && downward && order.is_some_and(|it| it.is_gt() || (it.is_eq() && strict))
    };
    empty(*above, low, *below, high) || empty(*below, high, *above, low)
}

/// Whether two tests are the same one.
fn twins(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Ordered(a, x), Test::Ordered(b, y)) => a == b && x == y,
        (Test::Matches(a), Test::Matches(b)) => a.as_str() == b.as_str(),
        (Test::Contains(a), Test::Contains(b)) => a == b,
        (Test::StartsWith(a), Test::StartsWith(b)) | (Test::EndsWith(a), Test::EndsWith(b)) => {
            a == b
        }
        _ => false,
    }
}

impl<'c> Literal<'c> {
    /// The only values that satisfy it, when they are few.
    fn candidates(&self) -> Option<Vec<Value<'c>>> {
        match (self.test, self.holds) {
            (Test::Equal(it), true) | (Test::NotEqual(it), false) => Some(vec![value(it)]),
            (Test::OneOf(it), true) | (Test::NoneOf(it), false) => Some(it.values()),
            _ => None,
        }
    }

    /// The kinds of values that may satisfy it.
    fn kinds(&self) -> Kinds {
        let header = matches!(self.field, Field::Header(_));
        match (self.test, self.holds) {
            (Test::Exists(wanted), holds) if *wanted == holds => Kinds::PRESENT,
            (Test::Exists(_), _) => Kinds::MISSING,
            (Test::Ordered(_, Bound::Number(_)), true) if !header => Kinds::NUMBER,
            (
                Test::Ordered(..) | Test::Matches(_) | Test::StartsWith(_) | Test::EndsWith(_),
                true,
            ) => Kinds::TEXT,
            (Test::Contains(Json::String(_)), true) => Kinds::TEXT.or(Kinds::OTHER),
            (Test::Contains(_), true) => Kinds::OTHER,
            (Test::Equal(_) | Test::OneOf(_), true)
            | (Test::NotEqual(_) | Test::NoneOf(_), false) => Kinds::PRESENT,
            _ => Kinds::ANY,
        }
    }
}

impl List {
    fn values(&self) -> Vec<Value<'_>> {
        let texts = self.texts.iter().map(|it| Value::Text(Cow::Borrowed(it)));
        texts.chain(self.others.iter().map(value)).collect()
    }
}

fn value(json: &Json) -> Value<'_> {
    match json {
        Json::Null => Value::Null,
        Json::Bool(it) => Value::Bool(*it),
        Json::Number(it) => Value::Number(it.clone()),
        Json::String(it) => Value::Text(Cow::Borrowed(it)),
        Json::Array(_) | Json::Object(_) => Value::Other(json.clone()),
    }
}

/// Every value of a field that has few.
fn candidates(field: &Field) -> Option<Vec<Value<'static>>> {
    let numbers =
        |it: std::ops::RangeInclusive<u8>| it.map(|it| Value::Number(it.into())).collect();
    match field {
        Field::Request(RequestField::Hour) => Some(numbers(0..=23)),
        Field::Request(RequestField::Weekday) => Some(numbers(1..=7)),
        Field::Request(RequestField::Stream | RequestField::HasTools | RequestField::HasImages) => {
            Some(vec![Value::Bool(false), Value::Bool(true)])
        }
        _ => None,
    }
}

/// A set of kinds of values, missing among them.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Kinds(u8);

impl Kinds {
    const NONE: Self = Self(0);
    const NULL: Self = Self(1);
    const BOOL: Self = Self(2);
    const NUMBER: Self = Self(4);
    const TEXT: Self = Self(8);
    const OTHER: Self = Self(16);
    const MISSING: Self = Self(32);
    const PRESENT: Self = Self(31);
    const ANY: Self = Self(63);

    fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.and(other) != Self::NONE
    }

    /// What a field can be.
    fn of(field: &Field) -> Self {
        use RequestField as F;
        match field {
            Field::Metadata(_) | Field::Body(_) => Self::ANY,
            Field::Header(_) | Field::Request(F::Key) => Self::TEXT.or(Self::MISSING),
            Field::Request(F::InputTokens | F::MaxOutputTokens | F::MessageCount) => {
                Self::NUMBER.or(Self::MISSING)
            }
            Field::Request(F::Hour | F::Weekday) => Self::NUMBER,
            Field::Request(F::Stream | F::HasTools | F::HasImages) => Self::BOOL,
        }
    }

    fn of_value(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOL,
            Value::Number(_) => Self::NUMBER,
            Value::Text(_) => Self::TEXT,
            Value::Other(_) => Self::OTHER,
        }
    }
}
