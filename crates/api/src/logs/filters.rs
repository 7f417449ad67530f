//! The `filters` of a query string, in every form in which clients send an array of objects, and what they mean.
//!
//! | form | who |
//! |---|---|
//! | `filters=[{"key":"cost","operator":"gt","value":[0.1]}]` | the dashboard, curl; one object may stand without its array, and the parameter be repeated |
//! | `filters.key=cost&filters.operator=gt&filters.value=0.1&filters.value=0.2&filters.key=…` | the generated SDKs |
//! | `filters.key=cost&filters.key=model&filters.operator=gt&filters.operator=eq&filters.value=0.1&filters.value=gpt-4o` | clients that put what has one name together, as PyPI's `cloudflare` does; each filter has one value |
//! | `filters[0][key]=cost&filters[0][operator]=gt&filters[0][value][]=0.1`, `filters[0].key=cost`, `filters[][key]=cost` | the `qs` family |

use super::values::{self, Raw};
use crate::problem::Problem;
use serde::Deserialize;
use serde_json::Value;

/// Filters of one request.
const MOST: usize = 32;
/// Values of one filter.
const MOST_VALUES: usize = 1000;

/// A filter as it was sent.
#[derive(Debug, Default, PartialEq)]
struct Sent {
    key: Option<String>,
    operator: Option<String>,
    values: Vec<Raw>,
    /// The last part that was read; parts of one filter that are not numbered are told apart by their order.
    last: Option<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Key,
    Operator,
    Value,
}

/// A filter as JSON.
#[derive(Debug, Deserialize)]
struct Json {
    key: String,
    operator: String,
    value: Value,
}

/// The filters among the parts of a query string.
pub(super) fn read(pairs: &[(String, String)]) -> Result<Vec<store::LogFilter>, Problem> {
    let mut sent: Vec<(Option<usize>, Sent)> = Vec::new();
    let mut together = Together::default();
    for (name, text) in pairs {
        let Some(rest) = name.strip_prefix("filters") else { continue };
        if rest.is_empty() || rest == "[]" {
            sent.extend(from_json(text)?.into_iter().map(|it| (None, it)));
            continue;
        }
        let Some((number, part)) = address(rest) else {
            let message = format!(
                "`{name}` is no part of a filter; a filter has `key`, `operator` and `value`, and all of them may be sent as one JSON array in `filters`"
            );
            return Err(Problem::invalid(&["query", name], message));
        };
        if number.is_none() {
            together.take(part, text);
        }
        let place = match number {
            Some(number) => sent.iter().position(|(it, _)| *it == Some(number)),
            None => sent.len().checked_sub(1).filter(|last| continues(sent.get(*last), part)),
        };
        let place = place.unwrap_or_else(|| {
            sent.push((number, Sent::default()));
            sent.len() - 1
        });
        if let Some((_, it)) = sent.get_mut(place) {
            it.take(part, text);
        }
    }
    if together.is_form {
        sent.retain(|(number, it)| number.is_some() || it.last.is_none());
        sent.extend(together.filters()?.into_iter().map(|it| (None, it)));
    }
    if sent.len() > MOST {
        let message =
            format!("there are {} filters; at most {MOST} can be asked for at once", sent.len());
        return Err(Problem::invalid(&["query", "filters"], message));
    }
    sent.into_iter().enumerate().map(|(at, (_, it))| it.checked(at)).collect()
}

/// Parts without numbers, by what they are.
#[derive(Default)]
struct Together<'q> {
    keys: Vec<&'q str>,
    operators: Vec<&'q str>,
    values: Vec<&'q str>,
    last: Option<Part>,
    /// A key follows a key, which it does in no other form.
    is_form: bool,
}

impl<'q> Together<'q> {
    fn take(&mut self, part: Part, text: &'q str) {
        self.is_form |= part == Part::Key && self.last == Some(Part::Key);
        self.last = Some(part);
        match part {
            Part::Key => self.keys.push(text),
            Part::Operator => self.operators.push(text),
            Part::Value => self.values.push(text),
        }
    }

    /// The first of each make a filter, and so on.
    fn filters(self) -> Result<Vec<Sent>, Problem> {
        let Self { keys, operators, values, .. } = self;
        if operators.len() != keys.len() || values.len() != keys.len() {
            let message = format!(
                "there are {} `filters.key`, {} `filters.operator` and {} `filters.value`, so which belong together cannot be told; send all filters as one JSON array in `filters`",
                keys.len(),
                operators.len(),
                values.len()
            );
            return Err(Problem::invalid(&["query", "filters"], message));
        }
        let parts = keys.into_iter().zip(operators).zip(values);
        let filter = |((key, operator), value)| {
            let mut sent = Sent::default();
            sent.take(Part::Key, key);
            sent.take(Part::Operator, operator);
            sent.take(Part::Value, value);
            sent
        };
        Ok(parts.map(filter).collect())
    }
}

/// Whether a part that has no number belongs to this filter.
fn continues(last: Option<&(Option<usize>, Sent)>, part: Part) -> bool {
    let Some((None, it)) = last else { return false };
    match (it.last, part) {
        (None, _) => false,
        (_, Part::Key) => it.key.is_none(),
        (_, Part::Operator) => it.operator.is_none(),
        (last, Part::Value) => it.values.is_empty() || last == Some(Part::Value),
    }
}

/// What follows `filters`: the number of the filter, if it has one, and which part of it.
fn address(rest: &str) -> Option<(Option<usize>, Part)> {
    let plain = rest.replace(']', "").replace('[', ".");
    let mut steps = plain.strip_prefix('.')?.split('.').peekable();
    let first = *steps.peek()?;
    let number = first.parse().ok();
    if number.is_some() || first.is_empty() {
        steps.next();
    }
    let part = match steps.next()? {
        "key" => Part::Key,
        "operator" => Part::Operator,
        "value" => Part::Value,
        _ => return None,
    };
    let place = steps.next();
    let fits = match (part, place) {
        (_, None) => true,
        (Part::Value, Some(it)) => it.is_empty() || it.parse::<usize>().is_ok(),
        (Part::Key | Part::Operator, Some(_)) => false,
    };
    (fits && steps.next().is_none()).then_some((number, part))
}

fn from_json(text: &str) -> Result<Vec<Sent>, Problem> {
    let wrong = |what: String| Problem::invalid(&["query", "filters"], what);
    let value: Value =
        serde_json::from_str(text).map_err(|it| wrong(format!("`filters` is not JSON: {it}")))?;
    let all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    let one = |(at, value): (usize, Value)| {
        let json: Json = serde_json::from_value(value).map_err(|it| {
            wrong(format!("filter {at} is not an object with `key`, `operator` and `value`: {it}"))
        })?;
        let values = match json.value {
            Value::Array(all) => all,
            one => vec![one],
        };
        Ok(Sent {
            key: Some(json.key),
            operator: Some(json.operator),
            values: values.into_iter().map(Raw::Json).collect(),
            last: None,
        })
    };
    all.into_iter().enumerate().map(one).collect()
}

impl Sent {
    fn take(&mut self, part: Part, text: &str) {
        self.last = Some(part);
        match part {
            Part::Key => self.key = Some(text.to_owned()),
            Part::Operator => self.operator = Some(text.to_owned()),
            Part::Value => self.values.push(Raw::Text(text.to_owned())),
        }
    }

    fn checked(self, at: usize) -> Result<store::LogFilter, Problem> {
        let wrong =
            |what: String| Problem::invalid(&["query", "filters"], format!("filter {at}: {what}"));
        let key = self.key.ok_or_else(|| wrong("it has no `key`".to_owned()))?;
        let operator = self.operator.ok_or_else(|| wrong("it has no `operator`".to_owned()))?;
        match self.values.len() {
            0 => return Err(wrong("it has no `value`".to_owned())),
            1..=MOST_VALUES => {}
            many => {
                return Err(wrong(format!(
                    "it has {many} values; at most {MOST_VALUES} are taken"
                )));
            }
        }
        values::filter(&key, &operator, self.values).map_err(wrong)
    }
}

#[cfg(test)]
mod tests;
