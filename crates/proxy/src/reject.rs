//! A request refused or failed, as the caller sees it: status, number, and a body that the SDKs of its way in turn into their own
//! exceptions ([`Shape`]).
//!
//! The rows below are the whole table (docs/errors-data-plane.md); only a failed route chooses its status at run time.
use crate::Body;
use crate::load::Slot;
use crate::respond;
use crate::serve::Arrival;
use crate::shape::{Said, Shape};
use crate::trace::TRACE_ID;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::time::Duration;
use telemetry::Trace;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) status: StatusCode,
    /// `errors[0].code`: Cloudflare's number where it has one.
    pub(crate) code: u16,
    /// `error.type`, as OpenAI groups errors.
    pub(crate) kind: &'static str,
    /// `error.code`: stable, for programs.
    pub(crate) name: &'static str,
}

const fn row(status: StatusCode, code: u16, kind: &'static str, name: &'static str) -> Row {
    Row { status, code, kind, name }
}

/// What the body of a refusal is.
pub(crate) const JSON: &str = "application/json";

const INVALID: &str = "invalid_request_error";

pub(crate) const NO_GATEWAY: Row = row(StatusCode::BAD_REQUEST, 2001, INVALID, "gateway_not_found");
pub(crate) const LIMITED: Row =
    row(StatusCode::TOO_MANY_REQUESTS, 2003, "rate_limit_error", "rate_limit_exceeded");
pub(crate) const FAILED: Row = row(StatusCode::BAD_GATEWAY, 2005, "api_error", "no_model_answered");
pub(crate) const NO_PROVIDER: Row =
    row(StatusCode::BAD_REQUEST, 2008, INVALID, "provider_not_found");
pub(crate) const UNAUTHORIZED: Row =
    row(StatusCode::UNAUTHORIZED, 2009, "authentication_error", "unauthorized");
pub(crate) const FORBIDDEN: Row = row(StatusCode::FORBIDDEN, 2009, "permission_error", "forbidden");
pub(crate) const MALFORMED: Row = row(StatusCode::BAD_REQUEST, 2019, INVALID, "invalid_request");
pub(crate) const SLOW: Row = row(StatusCode::REQUEST_TIMEOUT, 2019, INVALID, "request_timeout");
pub(crate) const TOO_LARGE: Row =
    row(StatusCode::PAYLOAD_TOO_LARGE, 2019, INVALID, "request_too_large");
pub(crate) const MEDIA_TYPE: Row =
    row(StatusCode::UNSUPPORTED_MEDIA_TYPE, 2019, INVALID, "unsupported_media_type");
pub(crate) const SPENT: Row =
    row(StatusCode::TOO_MANY_REQUESTS, 2045, "rate_limit_error", "spend_limit_exceeded");
pub(crate) const NO_SUCH_PATH: Row =
    row(StatusCode::NOT_FOUND, 7000, "not_found_error", "path_not_found");
pub(crate) const METHOD: Row =
    row(StatusCode::METHOD_NOT_ALLOWED, 7000, INVALID, "method_not_allowed");
pub(crate) const NO_ROUTE: Row =
    row(StatusCode::NOT_FOUND, 7005, "not_found_error", "route_not_found");
pub(crate) const NOT_SERVED: Row =
    row(StatusCode::NOT_IMPLEMENTED, 7012, "api_error", "not_implemented");
pub(crate) const BUSY: Row = row(StatusCode::SERVICE_UNAVAILABLE, 7010, "api_error", "busy");
pub(crate) const INTERNAL: Row =
    row(StatusCode::INTERNAL_SERVER_ERROR, 7011, "api_error", "internal_error");

/// How long a caller that found no room is asked to wait.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// What the caller is told instead of an answer.
#[derive(Debug)]
pub(crate) struct Reject {
    row: Row,
    message: Box<str>,
    param: Option<&'static str>,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    walked: Option<Box<Walked>>,
    /// There is a record of it.
    recorded: Option<Box<Recorded>>,
}

/// The record of a refusal.
#[derive(Debug)]
struct Recorded {
    /// That of a step is not that of the whole request.
    id: String,
    /// Of the trace, if there is one.
    trace: Option<String>,
}

/// How far the request got: the `pointsman` member. Present once a route or model was resolved; then the error is final.
#[derive(Debug, Serialize)]
pub(crate) struct Walked {
    pub(crate) route: Option<String>,
    pub(crate) version: Option<String>,
    /// The elements walked; an empty list when no route was found.
    pub(crate) path: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<Limit>,
    /// For the response headers.
    #[serde(skip)]
    pub(crate) headers: Vec<(&'static str, HeaderValue)>,
}

/// The limit that refused.
#[derive(Debug, Serialize)]
pub(crate) struct Limit {
    /// What kind of refusal it is ([`crate::RefusalKind`]).
    pub(crate) kind: &'static str,
    /// A rate element of the route; `None`: a limit of the gateway itself.
    pub(crate) element: Option<String>,
    /// A spend rule of the gateway.
    pub(crate) rule: Option<String>,
    /// `count` or `cost`.
    #[serde(rename = "type")]
    pub(crate) counts: &'static str,
    /// The fields that name the bucket, and their values in this request.
    pub(crate) key: Option<String>,
    pub(crate) value: Option<String>,
    /// The call that a spend rule was asked for.
    pub(crate) provider: Option<String>,
    pub(crate) model: Option<String>,
    /// Requests as a number, or US dollars as decimal text, which is exact.
    pub(crate) limit: Value,
    /// `null` when nobody knows.
    pub(crate) remaining: Value,
    /// Seconds.
    pub(crate) window: u64,
    /// `sliding` or `fixed`.
    pub(crate) technique: &'static str,
    /// Unix milliseconds; `null` when nobody knows.
    pub(crate) reset_at: Option<u64>,
    /// Seconds, as in `Retry-After`.
    pub(crate) retry_after: u64,
}

impl Reject {
    pub(crate) fn new(row: Row, message: impl Into<String>) -> Self {
        Self {
            row,
            message: message.into().into_boxed_str(),
            param: None,
            retry_after: None,
            allow: None,
            walked: None,
            recorded: None,
        }
    }

    /// The request is at fault; `param` names the field or header.
    pub(crate) fn malformed(message: impl Into<String>, param: Option<&'static str>) -> Self {
        Self { param, ..Self::new(MALFORMED, message) }
    }

    /// No room, or the door is closed.
    pub(crate) fn busy(draining: bool) -> Self {
        let message = if draining {
            "this server is shutting down; try again"
        } else {
            "too many requests are under way; try again shortly"
        };
        Self::new(BUSY, message).after(Some(BUSY_WAIT))
    }

    /// Says which method is right (`Allow`).
    pub(crate) fn allow(self, method: &'static str) -> Self {
        Self { allow: Some(method), ..self }
    }

    /// Asks the caller to wait.
    pub(crate) fn after(self, wait: Option<Duration>) -> Self {
        Self { retry_after: wait, ..self }
    }

    /// Names the field or header at fault.
    pub(crate) fn at(self, param: &'static str) -> Self {
        Self { param: Some(param), ..self }
    }

    /// Tells how far the request got, which makes the error final: SDKs are told not to run the walk again.
    pub(crate) fn walked(self, walked: Walked) -> Self {
        Self { walked: Some(Box::new(walked)), ..self }
    }

    /// It has been counted and, if it is to be, recorded: by the run that failed, or where it was refused.
    pub(crate) fn is_recorded(&self) -> bool {
        self.recorded.is_some() || self.walked.is_some()
    }

    /// From now on it has been, under this id and in this trace, unless it was under another one.
    pub(crate) fn recorded(mut self, id: &str, trace: Option<&Trace>) -> Self {
        self.recorded.get_or_insert_with(|| {
            Box::new(Recorded { id: id.to_owned(), trace: trace.map(Trace::trace_id) })
        });
        self
    }

    /// Stable, for programs.
    pub(crate) fn name(&self) -> &'static str {
        self.row.name
    }

    /// The gateway's own limit of requests refused, which it would again.
    pub(crate) fn is_by_gateway(&self) -> bool {
        let limit = self.walked.as_ref().and_then(|it| it.limit.as_ref());
        limit.is_some_and(|it| it.counts == "count" && it.element.is_none() && it.rule.is_none())
    }

    /// The field or header at fault, if it is one.
    pub(crate) fn param(&self) -> Option<&'static str> {
        self.param
    }

    /// In words.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The same in other words.
    pub(crate) fn saying(self, message: String) -> Self {
        Self { message: message.into_boxed_str(), ..self }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.row.status
    }

    /// The response; `slot` is given back when it has been sent.
    pub(crate) fn into_response(
        self,
        shape: Shape,
        id: &str,
        slot: Option<Slot>,
    ) -> Response<Body> {
        let id = self.recorded.as_ref().map_or(id, |it| &it.id);
        let mut response = Response::new(respond::whole(self.json(shape, id), slot));
        *response.status_mut() = self.row.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert("cf-aig-log-id", respond::text(id));
        if let Some(trace) = self.recorded.as_ref().and_then(|it| it.trace.as_ref()) {
            headers.insert(TRACE_ID, respond::text(trace));
        }
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        if let Some((name, kind)) = shape.header(self.row.status) {
            headers.insert(name, HeaderValue::from_static(kind));
        }
        if let Some(method) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(method));
        }
        if let Some(walked) = self.walked {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
            headers.extend(
                walked
                    .headers
                    .into_iter()
                    .map(|(name, it)| (http::HeaderName::from_static(name), it)),
            );
        }
        response
    }

    /// The body that the caller of this request gets.
    pub(crate) fn body(&self, arrival: &Arrival) -> Bytes {
        self.json(arrival.shape, &arrival.id)
    }

    fn json(&self, shape: Shape, id: &str) -> Bytes {
        let nowhere = Told::Nowhere { route: (), version: (), path: [] };
        let said = Said { row: &self.row, message: &self.message, param: self.param, id };
        let body = Wire {
            error: shape.members(&said),
            success: false,
            errors: [Numbered { code: self.row.code, message: &self.message }],
            pointsman: self.walked.as_deref().map_or(nowhere, Told::Walked),
        };
        Bytes::from(serde_json::to_vec(&body).unwrap_or_default())
    }
}

/// Whole seconds, rounded up: a caller that waits so long finds room.
pub(crate) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[derive(Serialize)]
struct Wire<'a> {
    #[serde(flatten)]
    error: Map<String, Value>,
    success: bool,
    errors: [Numbered<'a>; 1],
    pointsman: Told<'a>,
}

/// The same members, whether a route was found or not.
#[derive(Serialize)]
#[serde(untagged)]
enum Told<'a> {
    Walked(&'a Walked),
    Nowhere { route: (), version: (), path: [(); 0] },
}

#[derive(Serialize)]
struct Numbered<'a> {
    code: u16,
    message: &'a str,
}

#[cfg(test)]
mod tests;
