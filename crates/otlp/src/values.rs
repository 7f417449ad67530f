//! Values of attributes.

use crate::names;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource as Message;
use std::time::Duration;

/// What the spans and metrics of this process are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `service.name` and the rest, as text.
    pub attributes: Vec<(String, String)>,
}

impl Resource {
    pub(crate) fn message(&self) -> Message {
        let attributes = self.attributes.iter().map(|(name, it)| text(name, it)).collect();
        Message { attributes, ..Message::default() }
    }
}

fn pair(name: &str, value: Value) -> KeyValue {
    let value = Some(AnyValue { value: Some(value) });
    KeyValue { key: name.to_owned(), value, ..KeyValue::default() }
}

pub(crate) fn text(name: &str, value: &str) -> KeyValue {
    pair(name, Value::StringValue(value.to_owned()))
}

pub(crate) fn int(name: &str, value: u64) -> KeyValue {
    pair(name, Value::IntValue(i64::try_from(value).unwrap_or(i64::MAX)))
}

pub(crate) fn bool(name: &str, value: bool) -> KeyValue {
    pair(name, Value::BoolValue(value))
}

/// A list of one.
pub(crate) fn list(name: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.to_owned())) };
    pair(name, Value::ArrayValue(ArrayValue { values: vec![value] }))
}

/// Microseconds, in seconds as the conventions have it.
pub(crate) fn seconds(name: &str, us: u64) -> KeyValue {
    pair(name, Value::DoubleValue(Duration::from_micros(us).as_secs_f64()))
}

/// An amount in dollars, which is a number in the original's spans; inside, money is never one.
pub(crate) fn dollars(name: &str, nano: u64) -> Option<KeyValue> {
    const DOLLAR: u64 = 1_000_000_000;
    let text = format!("{}.{:09}", nano / DOLLAR, nano % DOLLAR);
    text.parse().ok().map(|it| pair(name, Value::DoubleValue(it)))
}

/// The provider by the conventions' name, and by the original's attribute with its slug.
pub(crate) fn provider(slug: &str) -> [KeyValue; 2] {
    let row = providers::find(slug).map(|it| it.trace_name).filter(|it| !it.is_empty());
    [text(names::PROVIDER, row.unwrap_or(slug)), text(names::MODEL_PROVIDER, slug)]
}

/// The caller's metadata, each under its own name as in the original; under `metadata.` where that is taken.
pub(crate) fn metadata(json: Option<&str>, taken: &[KeyValue]) -> Vec<KeyValue> {
    let map = json.and_then(|it| serde_json::from_str(it).ok());
    let map: serde_json::Map<String, serde_json::Value> = map.unwrap_or_default();
    let named = |name: String| {
        let is_taken = name.starts_with("gen_ai.") || taken.iter().any(|it| it.key == name);
        if is_taken { format!("metadata.{name}") } else { name }
    };
    map.into_iter().map(|(name, value)| plain(&named(name), &value)).collect()
}

/// What a limit was found at, under `pointsman.limit.`.
pub(crate) fn limit(state: Option<&serde_json::Value>) -> Vec<KeyValue> {
    let Some(serde_json::Value::Object(state)) = state else { return Vec::new() };
    let told = state.iter().filter(|(_, value)| !value.is_null());
    told.map(|(name, value)| plain(&format!("pointsman.limit.{name}"), value)).collect()
}

fn plain(name: &str, value: &serde_json::Value) -> KeyValue {
    match value {
        serde_json::Value::String(it) => text(name, it),
        serde_json::Value::Bool(it) => bool(name, *it),
        serde_json::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
            (Some(it), _) => pair(name, Value::IntValue(it)),
            (None, Some(it)) => pair(name, Value::DoubleValue(it)),
            (None, None) => text(name, &it.to_string()),
        },
        other => text(name, &other.to_string()),
    }
}

/// The name of a span; the model may be unknown.
pub(crate) fn joined(operation: &str, model: &str) -> String {
    if model.is_empty() { operation.to_owned() } else { format!("{operation} {model}") }
}
