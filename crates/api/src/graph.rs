//! From the client's `elements` to what the store keeps: parsed, compiled, with every problem; the text itself untouched.

use crate::live::Api;
use crate::problem::{Entry, Problem};
use route::ids::GatewayId;
use route::{RouteSpec, Severity};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// The client's JSON array of elements, to the letter.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Elements(Box<RawValue>);

impl Elements {
    pub(crate) fn text(&self) -> &str {
        self.0.get()
    }

    /// From the store, which keeps what was checked once.
    pub(crate) fn stored(text: &str) -> Result<Self, Problem> {
        RawValue::from_string(text.to_owned()).map(Self).map_err(Problem::internal)
    }
}

impl PartialSchema for Elements {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        let output = ObjectBuilder::new().property("elementId", text()).required("elementId");
        let kinds = ["start", "conditional", "percentage", "rate", "rate_limit", "model", "end"];
        let element = ObjectBuilder::new()
            .property("id", text())
            .property("type", text().enum_values(Some(kinds)))
            .property(
                "outputs",
                ObjectBuilder::new().additional_properties(Some(Schema::from(output))),
            )
            .property("properties", ObjectBuilder::new())
            .required("id")
            .required("type")
            .description(Some(
                "An element of the graph; docs/words.md and docs/problems.md describe it",
            ));
        ArrayBuilder::new().items(RefOr::T(Schema::from(element))).into()
    }
}

impl ToSchema for Elements {}

/// A graph and what the compiler says of it.
#[derive(Debug)]
pub(crate) struct Checked {
    elements: String,
    problems: Vec<Entry>,
    is_valid: bool,
}

/// Compiles against what the gateway has now. Refuses only what is not a graph at all.
pub(crate) fn check(
    api: &Api,
    gateway: &GatewayId,
    elements: &Elements,
) -> Result<Checked, Problem> {
    let text = elements.text();
    let spec = RouteSpec::parse(text).map_err(|problems| Problem::all(entries(&problems)))?;
    let compiled = route::compile(&spec, api.live.known(gateway).as_ref());
    Ok(Checked {
        elements: text.to_owned(),
        problems: entries(&compiled.problems),
        is_valid: compiled.route.is_some(),
    })
}

/// Everything that is wrong with a graph, whether it is one at all.
pub(crate) fn problems(api: &Api, gateway: &GatewayId, elements: &Elements) -> (bool, Vec<Entry>) {
    match RouteSpec::parse(elements.text()) {
        Ok(spec) => {
            let compiled = route::compile(&spec, api.live.known(gateway).as_ref());
            (compiled.route.is_some(), entries(&compiled.problems))
        }
        Err(problems) => (false, entries(&problems)),
    }
}

/// A graph that can be walked, and its warnings.
pub(crate) fn walkable(
    elements: &str,
    known: &dyn route::Known,
) -> Result<(route::Route, Vec<Entry>), Problem> {
    let spec = RouteSpec::parse(elements).map_err(|problems| Problem::all(entries(&problems)))?;
    let compiled = route::compile(&spec, known);
    let problems = entries(&compiled.problems);
    match compiled.route {
        Some(route) => Ok((route, problems)),
        None => Err(Problem::all(problems)),
    }
}

/// Errors first: they are what a client shows when it shows one.
fn entries(problems: &[route::Problem]) -> Vec<Entry> {
    let of = |severity: Severity| problems.iter().filter(move |it| it.severity() == severity);
    of(Severity::Error).chain(of(Severity::Warning)).map(Entry::from).collect()
}

impl Checked {
    /// Refuses a graph with errors; what is left are warnings.
    pub(crate) fn runnable(self) -> Result<Self, Problem> {
        if self.is_valid { Ok(self) } else { Err(Problem::all(self.problems)) }
    }

    /// What the store keeps, and what the caller is told.
    pub(crate) fn into_version(
        self,
        comment: Option<Comment>,
    ) -> Result<(store::NewVersion, Vec<Entry>), Problem> {
        let version = store::NewVersion {
            elements: self.elements,
            is_valid: self.is_valid,
            problems: serde_json::to_string(&self.problems).map_err(Problem::internal)?,
            comment: comment.map(|it| it.0),
        };
        Ok((version, self.problems))
    }

    pub(crate) fn problems(self) -> Vec<Entry> {
        self.problems
    }
}

/// Why a version or deployment was made: up to 1024 characters of text.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, max_length = 1024)]
pub(crate) struct Comment(pub(crate) String);

impl TryFrom<String> for Comment {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > 1024 || text.contains('\0') {
            return Err("a comment is at most 1024 characters, none of them NUL");
        }
        Ok(Self(text))
    }
}
