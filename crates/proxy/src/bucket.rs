//! Names the bucket that a limit counts a request in.
//!
//! The bucket of a rate element is (gateway, route id, element id, limit type, key field, typed key value). One of the gateway itself has
//! no route id, which no route lacks: (gateway, –, spend rule or –, limit type, partition fields, typed values). Each part is preceded by
//! its length, so that no value can pose as another one; the limiter bounds long names itself. Limit and window are not in it: changing
//! them keeps the bucket.
use limits::Key;
use route::ids::{GatewayId, RouteId};
use route::{LimitType, Quota, Value};
use std::borrow::{Borrow, Cow};
use std::sync::Arc;

/// Everything of a bucket's name that is known before a request comes.
#[derive(Clone, Debug)]
pub(crate) struct Bucket(Key);

impl Bucket {
    pub(crate) fn new(gateway: &GatewayId, route: &RouteId, element: &str, quota: &Quota) -> Self {
        let kind = match quota.limit_type {
            LimitType::Count => "count",
            LimitType::Cost => "cost",
        };
        let field = quota.key.as_ref().map(ToString::to_string).unwrap_or_default();
        Self::of_parts(&[gateway.as_str(), route.as_str(), element, kind, &field])
    }

    /// The name that begins with these parts.
    pub(crate) fn of_parts(parts: &[&str]) -> Self {
        let mut name = Vec::with_capacity(96);
        for part in parts {
            push(&mut name, part.as_bytes());
        }
        Self(Key(name.into()))
    }

    /// The one bucket of a limit without a key.
    pub(crate) fn shared(&self) -> Key {
        self.0.clone()
    }

    /// The bucket of one key value; a missing value counts as the empty text.
    pub(crate) fn of(&self, value: Option<&Value<'_>>) -> Key {
        self.of_all([value])
    }

    /// The bucket of these values; a missing one counts as the empty text. Without any it is the shared one.
    pub(crate) fn of_all<'v, V: Borrow<Value<'v>>>(
        &self,
        values: impl IntoIterator<Item = Option<V>>,
    ) -> Key {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return self.shared();
        }
        let mut name = Vec::with_capacity(self.0.0.len() + 48);
        name.extend_from_slice(&self.0.0);
        for value in values {
            let (tag, text) =
                value.as_ref().map_or((b't', Cow::Borrowed("")), |it| typed(it.borrow()));
            name.push(tag);
            push(&mut name, text.as_bytes());
        }
        Key(Arc::from(name))
    }
}

/// A key value as it is told to the caller.
pub(crate) fn shown(value: &Value<'_>) -> String {
    /// A longer one is cut.
    const LONGEST: usize = 64;
    let text = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(it) => it.to_string(),
        Value::Number(it) => it.to_string(),
        Value::Text(it) => it.chars().take(LONGEST).collect(),
        Value::Other(it) => it.to_string(),
    };
    text.chars().take(LONGEST).collect()
}

/// A length, then the bytes.
fn push(name: &mut Vec<u8>, part: &[u8]) {
    name.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
    name.extend_from_slice(part);
}

/// A letter for the type and a text that is equal for equal values: `10`, `10.0` and `1e1` are one number, `"10"` is another value.
pub(crate) fn typed<'v>(value: &'v Value<'_>) -> (u8, Cow<'v, str>) {
    match value {
        Value::Null => (b'n', Cow::Borrowed("")),
        Value::Bool(it) => (b'b', Cow::Borrowed(if *it { "true" } else { "false" })),
        Value::Number(it) => (b'd', Cow::Owned(number(it))),
        Value::Text(it) => (b't', Cow::Borrowed(it)),
        Value::Other(it) => (b'j', Cow::Owned(it.to_string())),
    }
}

/// `Display` of a float writes whole numbers without a point, as integers are.
fn number(it: &serde_json::Number) -> String {
    match (it.is_f64(), it.as_f64()) {
        (true, Some(0.0)) => "0".to_owned(),
        (true, Some(float)) => float.to_string(),
        _ => it.to_string(),
    }
}

#[cfg(test)]
mod tests;
