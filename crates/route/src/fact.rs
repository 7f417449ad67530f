//! What a request offers to conditions, keys and limits.

use crate::exact;
use crate::field::Field;
use crate::scan::unescape;
use serde_json::Number;
use std::borrow::Cow;

/// A value read from a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// JSON `null`, which is not the same as missing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text; every header is one.
    Text(Cow<'a, str>),
    /// An array or object.
    Other(serde_json::Value),
}

impl<'a> Value<'a> {
    /// Reads one JSON value. A string without escapes is borrowed; only arrays, objects and strings with escapes allocate.
    /// `None`: not JSON, not UTF-8, or a number beyond what an `f64` holds.
    #[must_use]
    pub fn from_json(text: &'a [u8]) -> Option<Self> {
        let text = text.trim_ascii();
        match text {
            b"null" => Some(Self::Null),
            b"true" => Some(Self::Bool(true)),
            b"false" => Some(Self::Bool(false)),
            [b'"', inner @ .., b'"'] => unescape(inner).map(Self::Text),
            [b'{' | b'[', ..] => serde_json::from_slice(text).ok().map(Self::Other),
            _ => exact::number(std::str::from_utf8(text).ok()?).map(Self::Number),
        }
    }
}

impl<'a> From<&'a serde_json::Value> for Value<'a> {
    fn from(value: &'a serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(it) => Self::Bool(*it),
            serde_json::Value::Number(it) => Self::Number(it.clone()),
            serde_json::Value::String(it) => Self::Text(Cow::Borrowed(it)),
            other => Self::Other(other.clone()),
        }
    }
}

impl From<&Value<'_>> for serde_json::Value {
    fn from(value: &Value<'_>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(it) => Self::Bool(*it),
            Value::Number(it) => Self::Number(it.clone()),
            Value::Text(it) => Self::String(it.to_string()),
            Value::Other(it) => it.clone(),
        }
    }
}

/// What a request offers; asked only for fields that some condition, key or limit of the route mentions. `None`: missing.
pub trait Facts {
    /// The value of a field, looked up when asked.
    fn get(&self, field: &Field) -> Option<Value<'_>>;
}
