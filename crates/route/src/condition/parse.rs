//! From the JSON of `properties.conditions` to a [`Condition`], telling everything that is wrong with it.

use super::{Bound, Condition, List, Relation, Test};
use crate::compile::bounds;
use crate::field::Field;
use crate::json::Json;
use crate::problem::{At, Code, Problems};
use regex::{Regex, RegexBuilder};

/// The operators that stand on a field.
const ON_FIELDS: &str = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $regex, $contains, $startsWith, $endsWith and $not";

/// Reads a condition; `patterns` is how many the route may still have. `None`: it has problems, and all of them have been told.
pub(crate) fn parse(
    json: &Json,
    at: &At<'_>,
    patterns: &mut usize,
    problems: &mut Problems,
) -> Option<Condition> {
    let mut parser = Parser { problems, patterns, tests: 0, values: 0 };
    let condition = parser.condition(json, at, 0);
    if parser.tests > bounds::CONDITION_TESTS || parser.values > bounds::CONDITION_VALUES {
        let message = format!(
            "This condition has {} operators and {} listed values; at most {} and {} are allowed.",
            parser.tests,
            parser.values,
            bounds::CONDITION_TESTS,
            bounds::CONDITION_VALUES
        );
        problems.push(Code::LargeCondition, at, message);
        return None;
    }
    condition
}

struct Parser<'p> {
    problems: &'p mut Problems,
    /// Patterns that may still be built.
    patterns: &'p mut usize,
    /// Operators and groups seen.
    tests: usize,
    /// Values seen in lists.
    values: usize,
}

impl Parser<'_> {
    /// An object of fields and groups.
    fn condition(&mut self, json: &Json, at: &At<'_>, depth: usize) -> Option<Condition> {
        let Json::Object(members) = json else {
            crate::spec::expected("object", json, at, self.problems);
            return None;
        };
        if members.is_empty() {
            return self.tell(
                Code::EmptyCondition,
                at,
                "An empty condition says nothing. Write at least one field in it.",
            );
        }
        if depth == bounds::CONDITION_DEPTH {
            let message =
                format!("Conditions may be nested {} levels deep.", bounds::CONDITION_DEPTH);
            return self.tell(Code::LargeCondition, at, message);
        }
        let read: Vec<_> = members
            .iter()
            .map(|(name, value)| {
                let at = at.key(name);
                if name.starts_with('$') {
                    self.group(name, value, &at, depth + 1)
                } else {
                    self.field(name, value, &at, depth + 1)
                }
            })
            .collect();
        all(read)
    }

    /// `$and`, `$or`, `$nor` and `$not` at the top.
    fn group(&mut self, name: &str, value: &Json, at: &At<'_>, depth: usize) -> Option<Condition> {
        self.tests += 1;
        match name {
            "$and" => self.list(name, value, at, depth).map(Condition::All),
            "$or" => self.list(name, value, at, depth).map(Condition::Any),
            "$nor" => self
                .list(name, value, at, depth)
                .map(|it| Condition::Not(Box::new(Condition::Any(it)))),
            "$not" => self.condition(value, at, depth).map(|it| Condition::Not(Box::new(it))),
            _ => {
                let message = format!(
                    "`{name}` does not stand here. Between conditions there are $and, $or, $nor and $not; on a field there are {ON_FIELDS}."
                );
                self.tell(Code::UnknownOperator, at, message)
            }
        }
    }

    fn list(
        &mut self,
        name: &str,
        value: &Json,
        at: &At<'_>,
        depth: usize,
    ) -> Option<Box<[Condition]>> {
        let Json::Array(items) = value else {
            return self.operand(name, "a list of conditions", value, at);
        };
        if items.is_empty() {
            return self.tell(
                Code::EmptyCondition,
                at,
                format!("`{name}` needs at least one condition."),
            );
        }
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.condition(item, &at.index(index), depth))
            .collect();
        read.into_iter().collect()
    }

    fn field(&mut self, name: &str, value: &Json, at: &At<'_>, depth: usize) -> Option<Condition> {
        let field = match Field::parse(name) {
            Ok(field) => Some(field),
            Err(error) => self.tell(error.code(), at, error.to_string()),
        };
        let tests = match value {
            Json::Object(_) => self.tests(value, at, depth),
            bare => {
                self.tests += 1;
                self.value("$eq", bare, at).map(|it| [Test::Equal(it)].into())
            }
        };
        Some(Condition::Field(field?, tests?))
    }

    /// An object of operators.
    fn tests(&mut self, value: &Json, at: &At<'_>, depth: usize) -> Option<Box<[Test]>> {
        let Json::Object(members) = value else {
            return self.operand("$not", "an object of operators", value, at);
        };
        if members.is_empty() {
            let message =
                "An empty object says nothing. Write an operator in it, such as {\"$eq\": …}.";
            return self.tell(Code::EmptyCondition, at, message);
        }
        if depth >= bounds::CONDITION_DEPTH {
            let message =
                format!("Conditions may be nested {} levels deep.", bounds::CONDITION_DEPTH);
            return self.tell(Code::LargeCondition, at, message);
        }
        let read: Vec<_> = members
            .iter()
            .map(|(name, operand)| self.test(name, operand, &at.key(name), depth + 1))
            .collect();
        read.into_iter().collect()
    }

    fn test(&mut self, name: &str, operand: &Json, at: &At<'_>, depth: usize) -> Option<Test> {
        self.tests += 1;
        Some(match name {
            "$eq" => Test::Equal(self.value(name, operand, at)?),
            "$ne" => Test::NotEqual(self.value(name, operand, at)?),
            "$gt" => Test::Ordered(Relation::More, self.bound(name, operand, at)?),
            "$gte" => Test::Ordered(Relation::MoreOrEqual, self.bound(name, operand, at)?),
            "$lt" => Test::Ordered(Relation::Less, self.bound(name, operand, at)?),
            "$lte" => Test::Ordered(Relation::LessOrEqual, self.bound(name, operand, at)?),
            "$in" => Test::OneOf(self.values(name, operand, at)?),
            "$nin" => Test::NoneOf(self.values(name, operand, at)?),
            "$exists" => match operand {
                Json::Bool(wanted) => Test::Exists(*wanted),
                other => return self.operand(name, "true or false", other, at),
            },
            "$regex" => Test::Matches(self.pattern(operand, at)?),
            "$contains" => Test::Contains(self.value(name, operand, at)?),
            "$startsWith" => Test::StartsWith(self.text(name, operand, at)?.into()),
            "$endsWith" => Test::EndsWith(self.text(name, operand, at)?.into()),
            "$not" => Test::Not(self.tests(operand, at, depth)?),
            _ => {
                let message = format!(
                    "`{name}` is not an operator that stands on a field. There are {ON_FIELDS}."
                );
                return self.tell(Code::UnknownOperator, at, message);
            }
        })
    }

    fn value(&mut self, name: &str, operand: &Json, at: &At<'_>) -> Option<serde_json::Value> {
        let value = operand.to_value();
        if value.is_none() {
            let message =
                format!("`{name}` has a number here that is beyond what a 64-bit float holds.");
            return self.tell(Code::BadOperand, at, message);
        }
        value
    }

    fn values(&mut self, name: &str, operand: &Json, at: &At<'_>) -> Option<List> {
        let Json::Array(items) = operand else {
            return self.operand(name, "a list of values", operand, at);
        };
        self.values += items.len();
        let read: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.value(name, item, &at.index(index)))
            .collect();
        read.into_iter().collect::<Option<_>>().map(List::new)
    }

    fn bound(&mut self, name: &str, operand: &Json, at: &At<'_>) -> Option<Bound> {
        match self.value(name, operand, at)? {
            serde_json::Value::Number(number) => Some(Bound::Number(number)),
            serde_json::Value::String(text) => Some(Bound::Text(text.into())),
            _ => self.operand(name, "a number or a string", operand, at),
        }
    }

    fn text<'j>(&mut self, name: &str, operand: &'j Json, at: &At<'_>) -> Option<&'j str> {
        match operand {
            Json::Text(text) => Some(text),
            other => self.operand(name, "a string", other, at),
        }
    }

    fn pattern(&mut self, operand: &Json, at: &At<'_>) -> Option<Regex> {
        let text = self.text("$regex", operand, at)?;
        // building a pattern is the costliest thing a few bytes of JSON can ask for
        let Some(left) = self.patterns.checked_sub(1) else {
            let message =
                format!("A route may have {} patterns, and this is one more.", bounds::PATTERNS);
            return self.tell(Code::LargeCondition, at, message);
        };
        *self.patterns = left;
        if text.len() > bounds::PATTERN_BYTES {
            let message = format!(
                "This pattern has {} bytes; at most {} are allowed.",
                text.len(),
                bounds::PATTERN_BYTES
            );
            return self.tell(Code::BadPattern, at, message);
        }
        let built = RegexBuilder::new(text)
            .size_limit(bounds::PATTERN_PROGRAM_BYTES)
            .dfa_size_limit(bounds::PATTERN_PROGRAM_BYTES)
            .build();
        match built {
            Ok(pattern) => Some(pattern),
            Err(regex::Error::CompiledTooBig(_)) => {
                let message = "This pattern is too costly: make its counted repetitions smaller.";
                self.tell(Code::BadPattern, at, message)
            }
            Err(error) => {
                // the last line says what; those above draw where, which needs a fixed-width font
                let text = error.to_string();
                let what = text
                    .lines()
                    .last()
                    .unwrap_or_default()
                    .trim_start_matches("error: ")
                    .to_owned();
                let message = format!(
                    "This is not a pattern of the linear-time engine (no look-around, no back-references): {what}."
                );
                self.tell(Code::BadPattern, at, message)
            }
        }
    }

    fn operand<T>(&mut self, name: &str, wanted: &str, found: &Json, at: &At<'_>) -> Option<T> {
        let message = format!("`{name}` takes {wanted}, not {}.", describe(found));
        self.tell(Code::BadOperand, at, message)
    }

    fn tell<T>(&mut self, code: Code, at: &At<'_>, message: impl Into<String>) -> Option<T> {
        self.problems.push(code, at, message);
        None
    }
}

fn describe(found: &Json) -> &'static str {
    match found {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::Text(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}

/// One condition that holds when all do.
fn all(parts: Vec<Option<Condition>>) -> Option<Condition> {
    let mut parts: Vec<_> = parts.into_iter().collect::<Option<_>>()?;
    match parts.len() {
        1 => parts.pop(),
        _ => Some(Condition::All(parts.into())),
    }
}
