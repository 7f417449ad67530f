//! `cf-aig-metadata`: what the caller says about its request, overridden by what its token says.
use crate::directives::{bad, single};
use crate::reject::Reject;
use access::{Scalar, Token};
use http::HeaderMap;
use route::Value;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::sync::Arc;

const HEADER: &str = "cf-aig-metadata";
/// Entries a header may have, as in the original.
const MOST: usize = 5;

/// The entries of a request.
#[derive(Debug, Default)]
pub(crate) struct Metadata<'h> {
    /// The header as it came.
    raw: Option<&'h str>,
    given: Vec<(String, Scalar)>,
    token: Option<Arc<Token>>,
}

impl<'h> Metadata<'h> {
    /// Reads the header: a flat JSON object of strings, numbers and booleans.
    pub(crate) fn read(headers: &'h HeaderMap, token: Option<&Arc<Token>>) -> Result<Self, Reject> {
        let raw = single(headers, HEADER)?;
        let given =
            raw.map(entries).transpose().map_err(|why| bad(HEADER, why))?.unwrap_or_default();
        let token = token.filter(|it| !it.metadata.is_empty()).cloned();
        Ok(Self { raw, given, token })
    }

    /// An entry; the token's own come first, so that a limit by user cannot be dodged.
    pub(crate) fn get(&self, key: &str) -> Option<Value<'_>> {
        let fixed = self.token.as_ref().and_then(|it| it.metadata.get(key));
        let given = || self.given.iter().find(|(it, _)| it == key).map(|(_, value)| value);
        fixed.or_else(given).map(|it| match it {
            Scalar::Bool(it) => Value::Bool(*it),
            Scalar::Number(it) => Value::Number(it.clone()),
            Scalar::Text(it) => Value::Text(Cow::Borrowed(it)),
        })
    }

    /// For the log: one JSON object, `None` when there are no entries.
    pub(crate) fn json(&self) -> Option<String> {
        let Some(token) = &self.token else { return self.raw.map(str::to_owned) };
        let given = self.given.iter().map(|(key, value)| (key.as_str(), value));
        let fixed = token.metadata.iter().map(|(key, value)| (key.as_str(), value));
        serde_json::to_string(&given.chain(fixed).collect::<std::collections::BTreeMap<_, _>>())
            .ok()
    }
}

fn entries(text: &str) -> Result<Vec<(String, Scalar)>, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let entries = json.deserialize_map(Entries).and_then(|it| json.end().map(|()| it));
    entries.map_err(|it| format!("must be a flat JSON object of at most {MOST} entries: {it}"))
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = Vec<(String, Scalar)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries: Self::Value = Vec::with_capacity(MOST);
        while let Some(key) = map.next_key::<String>()? {
            let value = match map.next_value()? {
                serde_json::Value::Bool(it) => Scalar::Bool(it),
                serde_json::Value::Number(it) => Scalar::Number(it),
                serde_json::Value::String(it) => Scalar::Text(it),
                _ => {
                    return Err(A::Error::custom(format_args!(
                        "`{key}` is not a string, number or boolean"
                    )));
                }
            };
            if entries.iter().any(|(it, _)| *it == key) {
                return Err(A::Error::custom(format_args!("`{key}` is given twice")));
            }
            if entries.len() == MOST {
                return Err(A::Error::custom("there are more"));
            }
            entries.push((key, value));
        }
        Ok(entries)
    }
}
