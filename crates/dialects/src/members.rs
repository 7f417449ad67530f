//! Members of JSON objects, read leniently: what is absent, null or of another type is not there.

use serde_json::{Map, Value};

/// What has members, if it is an object at all.
pub(crate) trait Members {
    /// The member of this name.
    fn member(&self, name: &str) -> Option<&Value>;
}

impl Members for Value {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

impl Members for Map<String, Value> {
    fn member(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }
}

/// A string member.
pub(crate) fn text<'v>(of: &'v impl Members, name: &str) -> Option<&'v str> {
    of.member(name).and_then(Value::as_str)
}

/// A string member, or nothing.
pub(crate) fn text_or_empty(of: &Value, name: &str) -> String {
    text(of, name).unwrap_or_default().to_owned()
}

/// An array member; nothing when absent.
pub(crate) fn list<'v>(of: &'v impl Members, name: &str) -> &'v [Value] {
    of.member(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A member that is there and not null.
pub(crate) fn present<'v>(of: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    of.get(name).filter(|it| !it.is_null())
}

/// The message of an error object, or of an error that is only a string.
pub(crate) fn message_of(error: &Value) -> String {
    let message = error.get("message").unwrap_or(error);
    message.as_str().map_or_else(|| message.to_string(), str::to_owned)
}

/// Whether a member says nothing, where an empty string says something.
pub(crate) fn is_nothing(value: &Value) -> bool {
    !value.is_string() && crate::reading::is_nothing(value)
}
