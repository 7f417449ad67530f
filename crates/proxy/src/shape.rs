//! How an error is written, so that the client of a path makes its own exception of it.
use crate::reject::Row;
use http::StatusCode;
use serde_json::{Map, Value, json};

/// Whose errors they look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{"error": {"message", "type", "code", "param"}}`
    OpenAi,
    /// `{"type": "error", "error": {"type", "message"}, "request_id"}`
    Anthropic,
    /// `{"error": {"code", "message", "status"}}`
    Google,
    /// `{"message"}`, and the kind in a header.
    Aws,
    /// `{"error": [{"code", "message"}]}`, as the original's universal endpoint has it.
    Array,
}

/// What an error says, whatever its shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    pub(crate) row: &'a Row,
    pub(crate) message: &'a str,
    pub(crate) param: Option<&'a str>,
    /// Of the request.
    pub(crate) id: &'a str,
}

impl Shape {
    /// Of the provider's own API.
    pub(crate) fn of_provider(slug: &str) -> Self {
        let slug = providers::find(slug).map_or(slug, |it| it.slug);
        match slug {
            "anthropic" => Self::Anthropic,
            "google-ai-studio" | "google-vertex-ai" => Self::Google,
            "aws-bedrock" => Self::Aws,
            _ => Self::OpenAi,
        }
    }

    /// The members that clients of this shape read.
    pub(crate) fn members(self, said: &Said<'_>) -> Map<String, Value> {
        let Said { row, message, param, id } = said;
        let status = row.status;
        let body = match self {
            Self::OpenAi => json!({"error": {
                "message": message, "type": row.kind, "code": row.name, "param": param,
            }}),
            Self::Anthropic => json!({
                "type": "error",
                "error": {"type": anthropic(row), "message": message},
                "request_id": id,
            }),
            Self::Google => json!({"error": {
                "code": status.as_u16(), "message": message, "status": google(status),
            }}),
            Self::Aws => json!({"message": message}),
            Self::Array => json!({
                "error": [{"code": row.code, "message": message}], "result": [], "messages": [],
            }),
        };
        match body {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// The header that names the kind of error, and its value.
    pub(crate) fn header(self, status: StatusCode) -> Option<(&'static str, &'static str)> {
        (self == Self::Aws).then(|| ("x-amzn-errortype", aws(status)))
    }
}

/// Anthropic's types (<https://docs.anthropic.com/en/api/errors>).
fn anthropic(row: &Row) -> &'static str {
    match row.status {
        StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
        StatusCode::GATEWAY_TIMEOUT => "timeout_error",
        StatusCode::SERVICE_UNAVAILABLE => "overloaded_error",
        _ => row.kind,
    }
}

/// Google's names of statuses (<https://cloud.google.com/apis/design/errors>).
fn google(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        408 | 504 => "DEADLINE_EXCEEDED",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        501 => "UNIMPLEMENTED",
        502 | 503 => "UNAVAILABLE",
        _ => "INTERNAL",
    }
}

/// Names of Bedrock's exceptions (<https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>).
fn aws(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 | 403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        408 | 504 => "ModelTimeoutException",
        429 => "ThrottlingException",
        400..=499 => "ValidationException",
        503 => "ServiceUnavailableException",
        _ => "InternalServerException",
    }
}
