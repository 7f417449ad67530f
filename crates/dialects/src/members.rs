//! Members of JSON objects, read leniently: what is absent, null or of another type is not there.

use serde_json::{Map, Value};

/// A string member.
pub(crate) fn text<'v>(of: &'v Value, name: &str) -> Option<&'v str> {
    of.get(name).and_then(Value::as_str)
}

/// A string member, or nothing.
pub(crate) fn text_or_empty(of: &Value, name: &str) -> String {
    text(of, name).unwrap_or_default().to_owned()
}

/// An array member; nothing when absent.
pub(crate) fn list<'v>(of: &'v Value, name: &str) -> &'v [Value] {
    of.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A member that is there and not null.
pub(crate) fn present<'v>(of: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    of.get(name).filter(|it| !it.is_null())
}

/// Whether a member says nothing: null, or an empty list or object.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
