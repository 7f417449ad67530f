//! What the unit tests share: a gateway and requests made of a word.

mod gateway;

pub(crate) use gateway::Gateway;

use crate::{Facts, Field, Known, Need, ProviderState, Route, RouteSpec, Value, compile};
use std::borrow::Cow;

/// A request that offers nothing.
pub(crate) struct NoFacts;

impl Facts for NoFacts {
    fn get(&self, _: &Field) -> Option<Value<'_>> {
        None
    }
}

/// A request with one text.
pub(crate) struct Text(pub(crate) &'static str, pub(crate) &'static str);

impl Facts for Text {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        (field.to_string() == self.0).then_some(Value::Text(Cow::Borrowed(self.1)))
    }
}

/// A route that must compile.
pub(crate) fn route(elements: &str) -> Route {
    let compiled = compile(&RouteSpec::parse(elements).expect("a graph"), &Gateway);
    compiled.route.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}
