//! The gateway of `docs/problems.md`, and requests made of pairs.

#[path = "../../src/testing/gateway.rs"]
mod known;

pub(crate) use known::Gateway;

use route::{Compiled, Facts, Field, Known, Need, ProviderState, Route, RouteSpec, Value, compile};

/// Compiles what must at least be a graph.
pub(crate) fn compiled(elements: &str) -> Compiled {
    compile(&RouteSpec::parse(elements).expect("a graph"), &Gateway)
}

/// Compiles what must be a good graph.
pub(crate) fn route(elements: &str) -> Route {
    let compiled = compiled(elements);
    compiled.route.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

/// A request as pairs of a field and a JSON value.
pub(crate) struct Request(Vec<(Field, serde_json::Value)>);

impl Request {
    pub(crate) fn of(pairs: &[(&str, serde_json::Value)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(name, value)| (Field::parse(name).expect("a field"), value.clone()))
                .collect(),
        )
    }
}

impl Facts for Request {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        let (_, value) = self.0.iter().find(|(it, _)| it == field)?;
        Some(match value {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(it) => Value::Bool(*it),
            serde_json::Value::Number(it) => Value::Number(it.clone()),
            serde_json::Value::String(it) => Value::Text(it.as_str().into()),
            other => Value::Other(other.clone()),
        })
    }
}
