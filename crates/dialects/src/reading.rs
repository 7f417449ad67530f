//! What the decoders of callers' requests have in common: typed access to members, with what is wrong by name.

use crate::loss::{Loss, Refused};
use crate::request::{Part, Request, Rest, Source, Weight};
use serde_json::{Map, Number, Value};

/// What a decoder meets on the way through a body.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    wrong: Vec<Loss>,
    rest: Vec<Rest>,
}

impl Reading {
    /// The body is not what its format says here. `why` is a clause: `is not a string`.
    pub(crate) fn wrong(&mut self, at: impl Into<String>, why: impl Into<String>) {
        self.wrong.push(Loss { field: at.into(), why: why.into() });
    }

    /// A member without a place in the neutral form; null and empty ones say nothing.
    pub(crate) fn rest(&mut self, field: impl Into<String>, value: &Value, weight: Weight) {
        if !is_nothing(value) {
            self.keep(field, value, weight);
        }
    }

    /// The same of a member that says something by being there.
    pub(crate) fn keep(&mut self, field: impl Into<String>, value: &Value, weight: Weight) {
        self.rest.push(Rest { field: field.into(), value: value.clone(), weight });
    }

    /// The request, with what had no place in it.
    pub(crate) fn into_request(self, mut request: Request) -> Result<Request, Refused> {
        if !self.wrong.is_empty() {
            return Err(Refused { losses: self.wrong });
        }
        request.rest.extend(self.rest);
        Ok(request)
    }

    pub(crate) fn text(&mut self, at: &str, value: &Value) -> Option<String> {
        self.some(at, value.as_str().map(str::to_owned), "is not a string")
    }

    pub(crate) fn flag(&mut self, at: &str, value: &Value) -> Option<bool> {
        self.some(at, value.as_bool(), "is neither true nor false")
    }

    pub(crate) fn count(&mut self, at: &str, value: &Value) -> Option<u64> {
        self.some(at, value.as_u64(), "is not a whole number of at least 0")
    }

    pub(crate) fn number(&mut self, at: &str, value: &Value) -> Option<Number> {
        self.some(at, value.as_number().cloned(), "is not a number")
    }

    pub(crate) fn object<'v>(
        &mut self,
        at: &str,
        value: &'v Value,
    ) -> Option<&'v Map<String, Value>> {
        self.some(at, value.as_object(), "is not an object")
    }

    /// The elements of a list, each with its path.
    pub(crate) fn list<'v>(&mut self, at: &str, value: &'v Value) -> Vec<(String, &'v Value)> {
        let list = self.some(at, value.as_array(), "is not a list").into_iter().flatten();
        list.enumerate().map(|(n, it)| (format!("{at}[{n}]"), it)).collect()
    }

    /// What is said: a string, or a list of parts that `part` reads.
    pub(crate) fn content(
        &mut self,
        at: &str,
        value: &Value,
        part: fn(&mut Self, &str, &Value) -> Option<Part>,
    ) -> Vec<Part> {
        if let Some(text) = value.as_str() {
            return vec![Part::text(at, text)];
        }
        let parts = self.list(at, value);
        parts.into_iter().filter_map(|(at, it)| part(self, &at, it)).collect()
    }

    /// A list of strings.
    pub(crate) fn texts(&mut self, at: &str, value: &Value) -> Vec<String> {
        let list = self.list(at, value);
        list.into_iter().filter_map(|(at, it)| self.text(&at, it)).collect()
    }

    /// A member that must be there.
    pub(crate) fn required<'v>(
        &mut self,
        at: &str,
        map: &'v Map<String, Value>,
        name: &str,
    ) -> Option<&'v Value> {
        let found = map.get(name).filter(|it| !it.is_null());
        if found.is_none() {
            self.wrong(format!("{at}.{name}"), "is missing");
        }
        found
    }

    /// A string that must be there.
    pub(crate) fn required_text(
        &mut self,
        at: &str,
        map: &Map<String, Value>,
        name: &str,
    ) -> Option<String> {
        let value = self.required(at, map, name)?;
        self.text(&format!("{at}.{name}"), value)
    }

    fn some<T>(&mut self, at: &str, found: Option<T>, why: &str) -> Option<T> {
        if found.is_none() {
            self.wrong(at, why);
        }
        found
    }
}

/// Null, or an empty list, object or string: as if it were not there.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A URL, taken apart when it is a `data:` URL in base64.
///
/// # Errors
/// It is a `data:` URL in another encoding: a clause.
pub(crate) fn source(url: &str) -> Result<Source, &'static str> {
    let Some(data) = url.strip_prefix("data:") else { return Ok(Source::Url(url.to_owned())) };
    let taken = data.split_once(',').and_then(|(head, data)| {
        let media_type = head.strip_suffix(";base64")?;
        Some(Source::Base64 { media_type: media_type.to_owned(), data: data.to_owned() })
    });
    taken.ok_or("is a data URL that is not in base64")
}

/// The `data:` URL of bytes in base64.
pub(crate) fn data_url(media_type: &str, data: &str) -> String {
    format!("data:{media_type};base64,{data}")
}
