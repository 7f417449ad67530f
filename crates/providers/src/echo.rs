//! The built-in provider for trying routes out and for tests: answers from the process, no key, no
//! network, cost 0. It is no language model, and says so in `system_fingerprint`.
//!
//! `echo` repeats the last user message; `echo-slow` does so with 100 ms between words; `echo-fail`
//! answers 500. The responses have the form of OpenAI's, plain and streamed, usage included.

use crate::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The models there are.
pub const MODELS: [&str; 3] = ["echo", "echo-slow", "echo-fail"];

const PAUSE: Duration = Duration::from_millis(100);
const FINGERPRINT: &str = "pointsman-builtin-echo";

/// Answers a chat request as a provider would over the wire. `body` is the request's JSON.
#[must_use]
pub fn answer(model: &str, body: &[u8], stream: bool) -> Response<Body> {
    let pause = match model {
        "echo" => Duration::ZERO,
        "echo-slow" => PAUSE,
        "echo-fail" => {
            let message = "the built-in echo provider fails on purpose for the model echo-fail";
            return refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error", None, message);
        }
        _ => {
            let message =
                format!("the built-in echo provider has no model {model:?}, only {MODELS:?}");
            let code = Some("model_not_found");
            return refusal(StatusCode::NOT_FOUND, "invalid_request_error", code, &message);
        }
    };
    match Echo::new(model, body) {
        Ok(echo) if stream => echo.streamed(pause),
        Ok(echo) => echo.plain(pause),
        Err(why) => refusal(StatusCode::BAD_REQUEST, "invalid_request_error", None, &why),
    }
}

/// What is to be said.
struct Echo {
    id: String,
    created: u64,
    model: String,
    text: String,
    input_tokens: u64,
    asks_usage: bool,
}

impl Echo {
    fn new(model: &str, body: &[u8]) -> Result<Self, String> {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let head = chat::scan(body).map_err(|error| error.to_string())?;
        let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        Ok(Self {
            id: format!("chatcmpl-echo-{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            created: now(),
            model: model.to_owned(),
            text: last_user_text(&value),
            input_tokens: head.input_tokens(),
            asks_usage: head.asks_usage(),
        })
    }

    fn usage(&self) -> Value {
        let output = u64::try_from(self.text.len()).unwrap_or(u64::MAX).div_ceil(4);
        json!({
            "prompt_tokens": self.input_tokens,
            "completion_tokens": output,
            "total_tokens": self.input_tokens.saturating_add(output),
        })
    }

    fn object(&self, kind: &str, choices: &Value) -> Value {
        json!({
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "system_fingerprint": FINGERPRINT,
            "choices": choices,
        })
    }

    fn plain(&self, pause: Duration) -> Response<Body> {
        let message = json!({"role": "assistant", "content": self.text, "refusal": null});
        let choice =
            json!([{"index": 0, "message": message, "logprobs": null, "finish_reason": "stop"}]);
        let mut reply = self.object("chat.completion", &choice);
        if let Value::Object(members) = &mut reply {
            members.insert("usage".to_owned(), self.usage());
        }
        let gaps = u32::try_from(words(&self.text).count().saturating_sub(1)).unwrap_or(u32::MAX);
        let pieces = vec![(pause * gaps, reply.to_string())];
        respond(StatusCode::OK, "application/json", pieces)
    }

    fn streamed(&self, pause: Duration) -> Response<Body> {
        let mut pieces =
            vec![(Duration::ZERO, self.delta(&json!({"role": "assistant", "content": ""}), None))];
        for (index, word) in words(&self.text).enumerate() {
            let wait = if index == 0 { Duration::ZERO } else { pause };
            pieces.push((wait, self.delta(&json!({"content": word}), None)));
        }
        pieces.push((Duration::ZERO, self.delta(&json!({}), Some("stop"))));
        if self.asks_usage {
            let chunk = self.object("chat.completion.chunk", &json!([]));
            pieces.push((Duration::ZERO, self.event(chunk, self.usage())));
        }
        pieces.push((Duration::ZERO, "data: [DONE]\n\n".to_owned()));
        respond(StatusCode::OK, "text/event-stream; charset=utf-8", pieces)
    }

    fn delta(&self, delta: &Value, finish_reason: Option<&str>) -> String {
        let choice =
            json!([{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish_reason}]);
        self.event(self.object("chat.completion.chunk", &choice), Value::Null)
    }

    /// A chunk as an event; like OpenAI's it has a `usage` only when that was asked for.
    fn event(&self, mut chunk: Value, usage: Value) -> String {
        if let Value::Object(members) = &mut chunk
            && self.asks_usage
        {
            members.insert("usage".to_owned(), usage);
        }
        format!("data: {chunk}\n\n")
    }
}

/// Words with the white space after them; together they are the text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
}

/// The text of the last user message, its text parts joined by line feeds.
fn last_user_text(body: &Value) -> String {
    let messages = body.get("messages").and_then(Value::as_array);
    let last = messages.into_iter().flatten().rfind(|it| it.get("role") == Some(&json!("user")));
    match last.and_then(|it| it.get("content")) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|it| it.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => "(the built-in echo found no user message to repeat)".to_owned(),
    }
}

fn refusal(status: StatusCode, kind: &str, code: Option<&str>, message: &str) -> Response<Body> {
    let error = json!({"error": {"message": message, "type": kind, "param": null, "code": code}});
    respond(status, "application/json", vec![(Duration::ZERO, error.to_string())])
}

/// A response whose pieces come after the given waits.
fn respond(
    status: StatusCode,
    content_type: &'static str,
    pieces: Vec<(Duration, String)>,
) -> Response<Body> {
    let mut response = Response::new(body(pieces));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

fn body(pieces: Vec<(Duration, String)>) -> Body {
    if pieces.iter().all(|(wait, _)| wait.is_zero()) && pieces.len() == 1 {
        let text = pieces.into_iter().map(|(_, text)| text).collect::<String>();
        return Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed();
    }
    let frames = stream::unfold(pieces.into_iter(), |mut pieces| async move {
        let (wait, text) = pieces.next()?;
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        Some((Ok(Frame::data(Bytes::from(text))), pieces))
    });
    StreamBody::new(frames).boxed()
}

/// Seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    reason = "stands for a remote provider, whose clock is its own; nothing is decided by it"
)]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map(|it| it.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
