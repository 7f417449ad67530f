//! Keys, operators and values of filters: what they are called, and what may be compared with what.

use serde_json::Value;
use store::{LogField, LogFilter, LogOperator, LogValue};

/// A value as it was sent.
#[derive(Debug, PartialEq)]
pub(super) enum Raw {
    /// In a query string, which has nothing but text; empty stands for `null`, as the SDKs send it.
    Text(String),
    /// In JSON.
    Json(Value),
}

/// What a key's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// A number with so many decimal places.
    Number(u32),
    Flag,
    Time,
}

/// Every key. The last five are ours.
pub(super) const KEYS: [&str; 29] = [
    "id",
    "created_at",
    "request_content_type",
    "response_content_type",
    "request_type",
    "success",
    "cached",
    "provider",
    "model",
    "model_type",
    "cost",
    "tokens",
    "tokens_in",
    "tokens_out",
    "duration",
    "feedback",
    "event_id",
    "metadata.key",
    "metadata.value",
    "authentication",
    "wholesale",
    "compatibilityMode",
    "dlp_action",
    "user_agent",
    "route",
    "version",
    "element",
    "edge",
    "token",
];

/// Every operator.
pub(super) const OPERATORS: [&str; 5] = ["eq", "neq", "contains", "lt", "gt"];

fn field(key: &str) -> Option<(LogField, Kind)> {
    Some(match key {
        "id" => (LogField::Id, Kind::Text),
        "created_at" => (LogField::CreatedAt, Kind::Time),
        "request_content_type" => (LogField::RequestContentType, Kind::Text),
        "response_content_type" => (LogField::ResponseContentType, Kind::Text),
        "request_type" => (LogField::RequestType, Kind::Text),
        "success" => (LogField::Success, Kind::Flag),
        "cached" => (LogField::Cached, Kind::Flag),
        "provider" => (LogField::Provider, Kind::Text),
        "model" => (LogField::Model, Kind::Text),
        "model_type" | "dlp_action" => (LogField::Absent, Kind::Text),
        "cost" => (LogField::Cost, Kind::Number(9)),
        "tokens" => (LogField::Tokens, Kind::Number(0)),
        "tokens_in" => (LogField::TokensIn, Kind::Number(0)),
        "tokens_out" => (LogField::TokensOut, Kind::Number(0)),
        "duration" => (LogField::Duration, Kind::Number(0)),
        "feedback" => (LogField::Feedback, Kind::Number(0)),
        "event_id" => (LogField::EventId, Kind::Text),
        "metadata.key" => (LogField::MetadataKey, Kind::Text),
        "metadata.value" => (LogField::MetadataValue, Kind::Text),
        "authentication" => (LogField::Authentication, Kind::Flag),
        "wholesale" => (LogField::Never, Kind::Flag),
        "compatibilityMode" => (LogField::Compatibility, Kind::Flag),
        "user_agent" => (LogField::UserAgent, Kind::Text),
        "route" => (LogField::Route, Kind::Text),
        "version" => (LogField::Version, Kind::Text),
        "element" => (LogField::Element, Kind::Text),
        "edge" => (LogField::Edge, Kind::Text),
        "token" => (LogField::Token, Kind::Text),
        _ => return None,
    })
}

fn operator(name: &str) -> Option<LogOperator> {
    Some(match name {
        "eq" => LogOperator::Eq,
        "neq" => LogOperator::Neq,
        "contains" => LogOperator::Contains,
        "lt" => LogOperator::Lt,
        "gt" => LogOperator::Gt,
        _ => return None,
    })
}

/// A filter, or what is wrong with it.
pub(super) fn filter(key: &str, name: &str, values: Vec<Raw>) -> Result<LogFilter, String> {
    let (field, kind) =
        field(key).ok_or_else(|| format!("`key` is `{key}`; it may be `{}`", KEYS.join("`, `")))?;
    let operator = operator(name)
        .ok_or_else(|| format!("`operator` is `{name}`; it may be `{}`", OPERATORS.join("`, `")))?;
    let ordered = matches!(operator, LogOperator::Lt | LogOperator::Gt);
    let applies = match kind {
        Kind::Text => !(ordered && field == LogField::MetadataValue),
        Kind::Number(_) | Kind::Time => operator != LogOperator::Contains,
        Kind::Flag => matches!(operator, LogOperator::Eq | LogOperator::Neq),
    };
    if !applies {
        return Err(format!("`operator` `{name}` does not apply to `{key}`"));
    }
    let mut read = Vec::new();
    for value in values {
        let text = text(value).map_err(|it| format!("`value` has {it}"))?;
        let Some(text) = text else {
            let equality = matches!(operator, LogOperator::Eq | LogOperator::Neq);
            if !equality || field == LogField::MetadataValue {
                return Err(format!("`value` has `null`, which `{key}` `{name}` is never true of"));
            }
            read.push(LogValue::Null);
            continue;
        };
        let value = match kind {
            Kind::Text => Some(LogValue::Text(text)),
            Kind::Flag => Some(LogValue::Bool(flag(key, &text)?)),
            Kind::Number(digits) => {
                let number = decimal(&text, digits)
                    .ok_or_else(|| format!("`value` of `{key}` is `{text}`, which is no number"))?;
                number.compared(operator)
            }
            Kind::Time => time(&text)
                .ok_or_else(|| {
                    format!("`value` of `{key}` is `{text}`, which is no time; write it as 2027-01-31T12:00:00Z, or in Unix milliseconds")
                })?
                .compared(operator),
        };
        read.extend(value);
    }
    Ok(LogFilter { field, operator, values: read })
}

/// The text of a value; `None` is `null`.
fn text(value: Raw) -> Result<Option<String>, &'static str> {
    Ok(match value {
        Raw::Text(it) => Some(it).filter(|it| !it.is_empty()),
        Raw::Json(Value::Null) => None,
        Raw::Json(Value::String(it)) => Some(it),
        Raw::Json(it @ (Value::Bool(_) | Value::Number(_))) => Some(it.to_string()),
        Raw::Json(Value::Array(_) | Value::Object(_)) => {
            return Err("an array or object in it; it may have text, numbers, booleans and null");
        }
    })
}

fn flag(key: &str, text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(format!("`value` of `{key}` is `{text}`, which is neither `true` nor `false`")),
    }
}

/// A number in the smallest unit, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scaled {
    pub(super) floor: i64,
    /// Nothing was lost.
    pub(super) exact: bool,
}

impl Scaled {
    pub(super) const fn ceil(self) -> i64 {
        if self.exact { self.floor } else { self.floor.saturating_add(1) }
    }

    /// The whole number that stands for this one in a comparison; nothing equals what is not whole.
    fn compared(self, operator: LogOperator) -> Option<LogValue> {
        match operator {
            LogOperator::Lt => Some(LogValue::Int(self.ceil())),
            LogOperator::Gt => Some(LogValue::Int(self.floor)),
            _ => self.exact.then_some(LogValue::Int(self.floor)),
        }
    }
}

/// A decimal number, also with an exponent, times 10^`digits`. Beyond 64 bits it is the largest or smallest there is.
pub(super) fn decimal(text: &str, digits: u32) -> Option<Scaled> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    if whole.is_empty() || !all().all(|it| it.is_ascii_digit()) || mantissa.len() > 400 {
        return None;
    }
    let kept = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(digits);
    let (mut number, mut exact) = (0_i128, true);
    for (at, digit) in (0_i64..).zip(all()) {
        if at < kept {
            number = number.saturating_mul(10).saturating_add(i128::from(digit - b'0'));
        } else {
            exact &= digit == b'0';
        }
    }
    let missing = kept.saturating_sub(i64::try_from(all().count()).ok()?);
    for _ in 0..missing.clamp(0, 40) {
        number = number.saturating_mul(10);
    }
    if negative {
        number = -number - i128::from(!exact);
    }
    let floor = i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX });
    Some(Scaled { floor, exact })
}

/// A time in Unix milliseconds.
pub(super) fn time(text: &str) -> Option<Scaled> {
    if let Some(ms) = decimal(text, 0) {
        return Some(ms);
    }
    let stamp: jiff::Timestamp = text.parse().ok()?;
    let nanos = stamp.as_nanosecond();
    let floor = i64::try_from(nanos.div_euclid(1_000_000)).ok()?;
    Some(Scaled { floor, exact: nanos.rem_euclid(1_000_000) == 0 })
}
