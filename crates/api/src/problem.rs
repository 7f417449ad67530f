//! The one error of the API: a status and entries for the caller, a cause for the log.
//!
//! Handlers make it by the constructors below, so that they read as sentences. It is logged once, here, when it leaves.

pub(crate) mod codes;
mod entry;
mod stored;
#[cfg(test)]
mod tests;

pub(crate) use entry::{Entry, Place};

use axum::Json;
use axum::response::{IntoResponse, Response};
use codes::Code;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for the caller (`entries`, `etag`) and for the log (`cause`).
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    entries: Vec<Entry>,
    etag: Option<String>,
    retry: bool,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The envelope of every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// Always `false`.
    success: bool,
    errors: Vec<Entry>,
    messages: Vec<Entry>,
    /// Always `{}`.
    #[schema(value_type = Object)]
    result: Nothing,
}

/// `{}`.
#[derive(Debug, Serialize)]
struct Nothing {}

impl Problem {
    fn of(code: Code, message: impl Into<String>) -> Self {
        Self::with(code.status, vec![Entry::new(code, message)])
    }

    fn with(status: StatusCode, entries: Vec<Entry>) -> Self {
        Self { status, entries, etag: None, retry: true, cause: None }
    }

    /// One bad value, and where in the request it stood: `["body", "name"]`, `["query", "page"]`, `["params", "gateway_id"]`.
    pub(crate) fn invalid(place: &[&str], message: impl Into<String>) -> Self {
        let place = place.iter().map(|it| Place::Key((*it).to_owned())).collect();
        Self::invalid_at(place, message)
    }

    /// The same with a place that was found, not written.
    pub(crate) fn invalid_at(place: Vec<Place>, message: impl Into<String>) -> Self {
        Self::with(codes::INVALID.status, vec![Entry::new(codes::INVALID, message).at(place)])
    }

    /// A value with several things wrong, one entry each; a graph's warnings go to `messages`.
    pub(crate) fn all(problems: Vec<Entry>) -> Self {
        Self::with(codes::INVALID.status, problems)
    }

    /// A custom provider that cannot be kept.
    pub(crate) fn bad_provider(field: &str, message: impl Into<String>) -> Self {
        let place = vec![Place::Key("body".into()), Place::Key(field.into())];
        let entry = Entry::new(codes::PROVIDER_INVALID, message).at(place);
        Self::with(codes::PROVIDER_INVALID.status, vec![entry])
    }

    pub(crate) fn unauthenticated(message: &str) -> Self {
        Self::of(codes::UNAUTHENTICATED, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::of(codes::FORBIDDEN, message)
    }

    pub(crate) fn foreign(cause: &access::Foreign) -> Self {
        Self::of(codes::FOREIGN, cause.to_string())
    }

    pub(crate) fn gateway_not_found(id: &str) -> Self {
        Self::of(codes::NOT_FOUND, format!("gateway `{id}` not found"))
    }

    /// Anything but a route that is not there.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::of(codes::NOT_FOUND, format!("{what} not found"))
    }

    pub(crate) fn account_not_found(asked: &str, served: &str) -> Self {
        Self::of(
            codes::NO_SUCH_PATH,
            format!("this server has no account `{asked}`; its account is `{served}`"),
        )
    }

    pub(crate) fn no_such_path(path: &str) -> Self {
        Self::of(
            codes::NO_SUCH_PATH,
            format!("there is nothing at `{path}`; /openapi.json lists every path"),
        )
    }

    pub(crate) fn wrong_method(method: &http::Method, path: &str) -> Self {
        Self::of(codes::WRONG_METHOD, format!("`{path}` does not answer {method}"))
    }

    pub(crate) fn too_large(limit: usize) -> Self {
        Self::of(codes::TOO_LARGE, format!("the body is larger than {limit} bytes"))
    }

    pub(crate) fn not_json(message: impl Into<String>) -> Self {
        Self::of(codes::NOT_JSON, message)
    }

    /// Deployed routes need what was to be deleted.
    pub(crate) fn in_use(what: &str, routes: &[String]) -> Self {
        Self::of(
            codes::IN_USE,
            format!(
                "{what} is used by the deployed {} `{}`; deploy something else there, or delete with `?force=true`",
                if routes.len() == 1 { "route" } else { "routes" },
                routes.join("`, `")
            ),
        )
    }

    /// The write is in the store but the data plane could not take it over. Not to be repeated: a second try would find it there.
    pub(crate) fn stored_but_not_served(cause: String) -> Self {
        let message = "the change is stored, but this server could not start serving it; it will when it reloads. Do not send it again";
        let mut it = Self::of(codes::INTERNAL, message).because(cause);
        it.retry = false;
        it
    }

    /// What limits have counted is in a server that does not answer.
    pub(crate) fn counters_away() -> Self {
        Self::of(codes::COUNTERS_AWAY, "the server of shared limits does not answer; try again")
    }

    /// A fault of ours; the cause goes to the log and nowhere else.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::of(codes::INTERNAL, "this server failed to do that; its log says why").because(cause)
    }

    fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Some(cause) = &self.cause {
            tracing::error!(status = self.status.as_u16(), cause = %chain(cause.as_ref()), "management request failed");
        }
        let (messages, errors) = self.entries.into_iter().partition(Entry::is_warning);
        let failure = Failure { success: false, errors, messages, result: Nothing {} };
        let mut response = (self.status, Json(failure)).into_response();
        let headers = response.headers_mut();
        if let Some(etag) = self.etag.and_then(|it| HeaderValue::try_from(it).ok()) {
            headers.insert(header::ETAG, etag);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if !self.retry {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
        }
        response
    }
}

/// A cause and its own causes, for one log line.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |it| it.source())
        .fold(error.to_string(), |text, it| format!("{text}: {it}"))
}
