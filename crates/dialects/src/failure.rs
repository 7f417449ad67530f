//! The events that end a stream that broke, in the protocol of the stream.

use chat::Format;
use serde_json::{Map, Value, json};

/// Nobody knows of it by the name of what broke.
const KIND: &str = "upstream_error";
const CODE: &str = "stream_broken";

/// What of a stream had been sent when it broke; only Responses repeat it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Begun {
    /// The number of the next event.
    next: u64,
    /// The response as far as it had come.
    response: Map<String, Value>,
}

impl Begun {
    /// All of the response is known.
    pub(crate) fn written(next: u64, response: Map<String, Value>) -> Self {
        Self { next, response }
    }

    /// Of a stream that passed through: the last `sequence_number`, and the id of the response.
    #[must_use]
    pub fn seen(last: Option<u64>, id: Option<&str>) -> Self {
        let members = [
            ("id", json!(id)),
            ("object", json!("response")),
            ("status", Value::Null),
            ("error", Value::Null),
            ("incomplete_details", Value::Null),
            ("output", json!([])),
            ("usage", Value::Null),
        ];
        Self {
            next: last.map_or(0, |it| it.saturating_add(1)),
            response: members.into_iter().map(|(name, it)| (name.to_owned(), it)).collect(),
        }
    }
}

/// The last events of a caller's stream of this format: what happened.
#[must_use]
pub fn failure(format: Format, begun: Begun, complaint: &str) -> String {
    match format {
        // Anthropic's clients know `api_error`.
        Format::Messages => {
            let error = json!({"type": "api_error", "message": complaint});
            named("error", &json!({"type": "error", "error": error}))
        }
        Format::Responses => responses(begun, complaint),
        Format::Gemini => {
            let error = json!({"code": 502, "message": complaint, "status": "UNAVAILABLE"});
            unnamed(&json!({"error": error}))
        }
        _ => unnamed(&json!({"error": error(complaint)})),
    }
}

/// As `OpenAI`'s clients read it, also in an `error` event of Responses.
fn error(complaint: &str) -> Value {
    json!({"message": complaint, "type": KIND, "param": null, "code": CODE})
}

/// `OpenAI`'s own clients stop at `error`; others wait for the end of the response, which has failed.
fn responses(Begun { next, mut response }: Begun, complaint: &str) -> String {
    let error = json!({
        "type": "error",
        "sequence_number": next,
        "code": CODE,
        "message": complaint,
        "param": null,
        "error": error(complaint),
    });
    response.insert("status".to_owned(), json!("failed"));
    let why = json!({"code": "server_error", "message": complaint});
    response.insert("error".to_owned(), why);
    let failed = json!({
        "type": "response.failed",
        "sequence_number": next.saturating_add(1),
        "response": response,
    });
    named("error", &error) + &named("response.failed", &failed)
}

fn named(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn unnamed(data: &Value) -> String {
    format!("data: {data}\n\n")
}
