//! What one request gets. Built from a few starting points and changed by small modifiers:
//! `Script::stream(&["Hel", "lo"]).crlf().byte_by_byte()`.

mod formats;

use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;

/// What one request gets.
#[derive(Clone, Debug)]
pub struct Script {
    pub(crate) refuse: bool,
    /// Before the response head.
    pub(crate) delay: Delay,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Sent with `content-length`, in one piece; else chunked, a chunk a piece.
    pub(crate) fixed: bool,
    pub(crate) pieces: Vec<Piece>,
}

/// A wait before the response head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delay {
    No,
    For(Duration),
    /// Until the client leaves.
    Forever,
    /// The connection is closed instead.
    Reset,
}

/// A part of a response body.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    Data(Bytes),
    /// Sent only when the request asks for usage.
    Usage(Bytes),
    Wait(Duration),
    /// Nothing more, until the client leaves.
    Stall,
    /// The connection is closed in the middle of the body.
    Reset,
}

impl Script {
    fn new(status: u16, content_type: &str, pieces: Vec<Piece>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { refuse: false, delay: Delay::No, status, headers, fixed: true, pieces }
    }

    /// A status with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::raw(status, "application/json", body.to_string())
    }

    /// A status with any body.
    #[must_use]
    pub fn raw(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::new(status, content_type, vec![Piece::Data(body.into())])
    }

    /// A completion: 5 tokens in, 7 out.
    #[must_use]
    pub fn completion(text: &str) -> Self {
        Self::answer(&json!({"role": "assistant", "content": text, "refusal": null}), "stop")
    }

    /// A completion that calls a tool.
    #[must_use]
    pub fn tool_call(name: &str, arguments: &Value) -> Self {
        let call = json!({"id": "call_1", "type": "function",
            "function": {"name": name, "arguments": arguments.to_string()}});
        let message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
        Self::answer(&message, "tool_calls")
    }

    fn answer(message: &Value, finish: &str) -> Self {
        let choice =
            json!({"index": 0, "message": message, "logprobs": null, "finish_reason": finish});
        Self::json(
            200,
            &json!({"id": "chatcmpl-1", "object": "chat.completion",
            "created": 1_700_000_000, "model": "gpt-4o-mini-2024-07-18", "choices": [choice],
            "usage": usage(), "system_fingerprint": "fp_1"}),
        )
    }

    /// A stream: the role, a chunk a text, the finish reason, usage if asked for, `[DONE]`.
    #[must_use]
    pub fn stream(texts: &[&str]) -> Self {
        let deltas = texts.iter().map(|text| json!({"content": text}));
        Self::deltas(deltas, "stop")
    }

    /// A stream that calls a tool, its arguments in two parts.
    #[must_use]
    pub fn tool_call_stream(name: &str, arguments: [&str; 2]) -> Self {
        let [first, second] = arguments;
        let call = json!({"tool_calls": [{"index": 0, "id": "call_1", "type": "function",
            "function": {"name": name, "arguments": first}}]});
        let more = json!({"tool_calls": [{"index": 0, "function": {"arguments": second}}]});
        Self::deltas([call, more], "tool_calls")
    }

    fn deltas(deltas: impl IntoIterator<Item = Value>, finish: &str) -> Self {
        let role = json!({"role": "assistant", "content": "", "refusal": null});
        let mut pieces = vec![Piece::Data(event(&chunk(&role, &Value::Null)))];
        for delta in deltas {
            pieces.push(Piece::Data(event(&chunk(&delta, &Value::Null))));
        }
        pieces.push(Piece::Data(event(&chunk(&json!({}), &json!(finish)))));
        let mut last = chunk(&json!({}), &Value::Null);
        if let Some(members) = last.as_object_mut() {
            members.insert("choices".to_owned(), json!([]));
            members.insert("usage".to_owned(), usage());
        }
        pieces.push(Piece::Usage(event(&last)));
        pieces.push(Piece::Data(Bytes::from_static(b"data: [DONE]\n\n")));
        Self { fixed: false, ..Self::new(200, "text/event-stream; charset=utf-8", pieces) }
    }

    /// A stream of these bytes, a chunk a part.
    #[must_use]
    pub fn sse(parts: &[&str]) -> Self {
        let pieces = parts.iter().map(|it| Piece::Data(Bytes::copy_from_slice(it.as_bytes())));
        Self { fixed: false, ..Self::new(200, "text/event-stream", pieces.collect()) }
    }

    /// A stream of comments only, one every second, that never answers.
    #[must_use]
    pub fn pings() -> Self {
        let mut script = Self::sse(&[]);
        for _ in 0..3600 {
            script.pieces.push(Piece::Data(Bytes::from_static(b": ping\n\n")));
            script.pieces.push(Piece::Wait(Duration::from_secs(1)));
        }
        script
    }

    /// A status with an error as OpenAI writes it.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::error(status, &format!("scripted {status}"))
    }

    /// A status with an error message.
    #[must_use]
    pub fn error(status: u16, message: &str) -> Self {
        let error = json!({"message": message, "type": "scripted", "param": null, "code": null});
        Self::json(status, &json!({"error": error}))
    }

    /// 429 that asks to wait: the value of `Retry-After` as given, seconds or an HTTP date.
    #[must_use]
    pub fn rate_limited(retry_after: &str) -> Self {
        Self::status(429).header("retry-after", retry_after)
    }

    /// 200 with an error in JSON.
    #[must_use]
    pub fn error_in_200(message: &str) -> Self {
        Self { status: 200, ..Self::error(200, message) }
    }

    /// 200 with a page.
    #[must_use]
    pub fn html() -> Self {
        Self::raw(200, "text/html", "<!doctype html><title>Sign in</title><p>Please sign in.")
    }

    /// No connection: in memory the connect fails; a connection that exists already is closed.
    #[must_use]
    pub fn refuse() -> Self {
        Self { refuse: true, delay: Delay::Reset, ..Self::status(500) }
    }

    /// The request is read and the connection closed without a response.
    #[must_use]
    pub fn reset() -> Self {
        Self { delay: Delay::Reset, ..Self::status(500) }
    }

    /// The request is read and nothing comes back.
    #[must_use]
    pub fn stall() -> Self {
        Self { delay: Delay::Forever, ..Self::status(500) }
    }

    /// Adds a response header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(it, _)| it != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a response header away.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(it, _)| it != name);
        self
    }

    /// Waits before the response head.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = Delay::For(delay);
        self
    }

    /// Waits before each piece of the body but the first.
    #[must_use]
    pub fn paced(mut self, pause: Duration) -> Self {
        let mut pieces = Vec::with_capacity(self.pieces.len() * 2);
        for piece in self.pieces {
            if !pieces.is_empty() {
                pieces.push(Piece::Wait(pause));
            }
            pieces.push(piece);
        }
        self.pieces = pieces;
        self
    }

    /// Sends only the first pieces of the body (chunks of a stream), then closes the connection.
    #[must_use]
    pub fn reset_after(mut self, pieces: usize) -> Self {
        self.pieces.truncate(pieces);
        self.pieces.push(Piece::Reset);
        self
    }

    /// Sends only the first pieces of the body, then nothing until the client leaves.
    #[must_use]
    pub fn stall_after(mut self, pieces: usize) -> Self {
        self.pieces.truncate(pieces);
        self.pieces.push(Piece::Stall);
        self
    }

    /// Sends only the first pieces of the body and ends it as if it were complete.
    #[must_use]
    pub fn end_after(mut self, pieces: usize) -> Self {
        self.pieces.truncate(pieces);
        self
    }

    /// Sends only the first bytes of a body of one piece. Its `content-length` is that of the cut
    /// body, so that only the text itself shows the truncation.
    #[must_use]
    pub fn truncated(self, bytes: usize) -> Self {
        self.map_data(|data| vec![data.slice(..bytes.min(data.len()))])
    }

    /// Sends the body in chunks of one byte.
    #[must_use]
    pub fn byte_by_byte(mut self) -> Self {
        self.fixed = false;
        self.map_data(|data| (0..data.len()).map(|at| data.slice(at..=at)).collect())
    }

    /// Ends the lines of a stream with CRLF.
    #[must_use]
    pub fn crlf(self) -> Self {
        self.map_data(|data| {
            let text = String::from_utf8_lossy(&data).replace('\n', "\r\n");
            vec![Bytes::from(text)]
        })
    }

    fn map_data(mut self, change: impl Fn(Bytes) -> Vec<Bytes>) -> Self {
        let mut pieces = Vec::new();
        for piece in self.pieces {
            match piece {
                Piece::Data(data) => pieces.extend(change(data).into_iter().map(Piece::Data)),
                Piece::Usage(data) => pieces.extend(change(data).into_iter().map(Piece::Usage)),
                other => pieces.push(other),
            }
        }
        self.pieces = pieces;
        self
    }
}

fn usage() -> Value {
    json!({"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0}})
}

fn chunk(delta: &Value, finish: &Value) -> Value {
    let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish});
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000,
        "model": "gpt-4o-mini-2024-07-18", "system_fingerprint": "fp_1", "choices": [choice]})
}

fn event(data: &Value) -> Bytes {
    Bytes::from(format!("data: {data}\n\n"))
}
