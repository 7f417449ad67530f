//! The event that ends a stream that broke, in the protocol of the stream.

use super::watch::Seen;
use bytes::Bytes;
use chat::Format;
use serde_json::{Value, json};

/// Nobody knows of it by the name of what broke.
const KIND: &str = "upstream_error";
const CODE: &str = "stream_broken";

/// The last event: what happened, after `begin`, which ends an event that was begun.
pub(super) fn event(format: Format, seen: &Seen, begin: &str, complaint: &str) -> Bytes {
    let events = match format {
        Format::Messages => named("error", &messages(complaint)),
        Format::Responses => responses(seen, complaint),
        Format::Gemini => {
            let error = json!({"code": 502, "message": complaint, "status": "UNAVAILABLE"});
            unnamed(&json!({"error": error}))
        }
        _ => unnamed(&json!({"error": error(complaint)})),
    };
    Bytes::from(format!("{begin}{events}"))
}

fn error(complaint: &str) -> Value {
    json!({"message": complaint, "type": KIND, "param": null, "code": CODE})
}

/// Anthropic's: its clients know `api_error`.
fn messages(complaint: &str) -> Value {
    json!({"type": "error", "error": {"type": "api_error", "message": complaint}})
}

/// OpenAI's own clients stop at `error`; others wait for the end of the response, which has failed.
fn responses(seen: &Seen, complaint: &str) -> String {
    let next = seen.sequence.map_or(0, |it| it.saturating_add(1));
    let error = json!({
        "type": "error",
        "sequence_number": next,
        "code": CODE,
        "message": complaint,
        "param": null,
        "error": error(complaint),
    });
    let failed = json!({
        "type": "response.failed",
        "sequence_number": next.saturating_add(1),
        "response": {
            "id": seen.response_id,
            "object": "response",
            "status": "failed",
            "error": {"code": "server_error", "message": complaint},
            "incomplete_details": null,
            "output": [],
            "usage": null,
        },
    });
    named("error", &error) + &named("response.failed", &failed)
}

fn named(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn unnamed(data: &Value) -> String {
    format!("data: {data}\n\n")
}
