//! One entry of `errors` or `messages`.

use super::codes::{self, Code};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A code, a sentence, and where in the request the cause stands.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, ToSchema)]
pub(crate) struct Entry {
    /// See `docs/errors.md`.
    pub(crate) code: u32,
    pub(crate) message: String,
    /// `["body", "elements", 2, "outputs", "true"]`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    path: Vec<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<GraphProblem>,
}

/// The same place as a JSON pointer below the body (RFC 6901).
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, ToSchema)]
struct Source {
    /// `/elements/2/outputs/true`.
    pointer: String,
}

/// What the route compiler says of an element; codes in `docs/problems.md`.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, ToSchema)]
struct GraphProblem {
    code: String,
    element: Option<String>,
    /// `error` or `warning`.
    severity: String,
}

/// One step of a path.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, ToSchema)]
#[serde(untagged)]
pub(crate) enum Place {
    /// A key of an object.
    Key(String),
    /// A position in an array, from 0.
    Index(usize),
}

impl Entry {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code: code.number,
            message: message.into(),
            path: Vec::new(),
            source: None,
            problem: None,
        }
    }

    pub(super) fn at(mut self, place: Vec<Place>) -> Self {
        self.source = pointer(&place).map(|pointer| Source { pointer });
        self.path = place;
        self
    }

    /// Something the caller should know about a request that succeeded.
    pub(crate) fn note(place: &[&str], message: impl Into<String>) -> Self {
        let place = place.iter().map(|it| Place::Key((*it).to_owned())).collect();
        Self::invalid(place, message)
    }

    /// One of several things wrong with a body, and where it stands.
    pub(crate) fn invalid(place: Vec<Place>, message: impl Into<String>) -> Self {
        Self::new(codes::INVALID, message).at(place)
    }

    /// Whether it is advice of the route compiler, not a reason to refuse.
    pub(super) fn is_warning(&self) -> bool {
        self.problem.as_ref().is_some_and(|it| it.severity == route::Severity::Warning.as_str())
    }

    /// The reply of `tokens/verify` carries this number with good news.
    pub(crate) fn good_news(message: &str) -> Self {
        Self::new(codes::UNAUTHENTICATED, message)
    }
}

impl From<&route::Problem> for Entry {
    fn from(it: &route::Problem) -> Self {
        let head = ["body", "elements"].map(|key| Place::Key(key.into()));
        let rest = it.path.iter().map(|segment| match segment {
            route::Segment::Key(key) => Place::Key(key.clone()),
            route::Segment::Index(index) => Place::Index(*index),
        });
        let mut entry = Self::new(codes::INVALID, it.message.clone())
            .at(head.into_iter().chain(rest).collect());
        entry.problem = Some(GraphProblem {
            code: it.code.as_str().into(),
            element: it.element.clone(),
            severity: it.severity().as_str().into(),
        });
        entry
    }
}

/// Only what stands in the body has a pointer.
fn pointer(place: &[Place]) -> Option<String> {
    let (Place::Key(first), rest) = place.split_first()? else { return None };
    (first == "body").then(|| {
        rest.iter().fold(String::new(), |text, it| match it {
            Place::Key(key) => format!("{text}/{}", key.replace('~', "~0").replace('/', "~1")),
            Place::Index(index) => format!("{text}/{index}"),
        })
    })
}
