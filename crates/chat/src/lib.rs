//! OpenAI-shaped requests, replies and streams, as bytes: found and spliced, never re-serialised. Pure.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    reason = "skeleton"
)]
use bytes::Bytes;
use std::borrow::Cow;
use std::ops::Range;

/// What one scan of a chat request finds.
#[derive(Debug)]
pub struct Head<'b> {
    pub model: Cow<'b, str>,
    /// Byte range of the `model` value in the body, quotes included.
    pub model_span: Range<usize>,
    pub stream: bool,
    /// `stream_options`: its byte range, and `include_usage` in it.
    pub stream_options: Option<(Range<usize>, Option<bool>)>,
    /// `max_completion_tokens`, else `max_tokens`.
    pub max_output_tokens: Option<u64>,
    pub has_tools: bool,
    pub has_images: bool,
    pub message_count: u64,
    /// Bytes of `messages` and `tools` as JSON; the input estimate is `input_tokens()`.
    pub input_bytes: u64,
    /// `n`: number of choices asked for (a cost hold multiplies by it).
    pub choices: u64,
}
impl Head<'_> {
    /// Estimate: one token for four bytes of `messages` and `tools`, rounded up (docs/limits.md).
    pub fn input_tokens(&self) -> u64 {
        self.input_bytes.div_ceil(4)
    }
}
/// Scans a whole JSON body once. Refuses: not an object, depth > 128, duplicate `model` (or other head key), wrong type of a head field, no `model`, no `messages`.
pub fn scan(body: &[u8]) -> Result<Head<'_>, HeadError> {
    todo!()
}
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{message}")]
pub struct HeadError {
    /// The field at fault, as in OpenAI's `param`.
    pub param: Option<&'static str>,
    pub message: String,
}

/// The body to send: the original bytes with `model` replaced and, when `include_usage`, `stream_options.include_usage: true` spliced in.
/// Segments of the original are shared, not copied.
#[derive(Clone, Debug)]
pub struct Spliced {
    pub parts: Vec<Bytes>,
    pub len: u64,
}
pub fn splice(body: &Bytes, head: &Head<'_>, model_json: &Bytes, include_usage: bool) -> Spliced {
    todo!()
}

/// Tokens in disjoint classes; their sum is what was processed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub audio_input: u64,
    pub output: u64,
    pub reasoning: u64,
    pub audio_output: u64,
}
impl Usage {
    /// From an OpenAI-shaped `usage` object (prompt_tokens, completion_tokens and their details). Saturating; `None` when there is none.
    pub fn from_openai(usage: &serde_json::value::RawValue) -> Option<Self> {
        todo!()
    }
    pub fn tokens_in(&self) -> u64 {
        self.input + self.cache_read + self.cache_write + self.audio_input
    }
    pub fn tokens_out(&self) -> u64 {
        self.output + self.reasoning + self.audio_output
    }
}

/// Splits a stream of bytes into SSE events. CR, LF, CRLF, BOM, comments, split UTF-8, `data:` without space; independent of where bytes are cut.
#[derive(Debug, Default)]
pub struct Events {/* private */}
impl Events {
    /// Feeds bytes; calls `each` with every complete event's raw bytes (its blank line included) and its joined data (empty for comments/pings).
    /// Errors when one event is larger than 16 MiB.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(Event<'_>)) -> Result<(), TooLarge> {
        todo!()
    }
    /// What is left over: bytes of an incomplete last event.
    pub fn rest(&self) -> &[u8] {
        todo!()
    }
}
#[derive(Debug)]
pub struct Event<'a> {
    pub raw: &'a [u8],
    pub name: Option<&'a str>,
    pub data: Cow<'a, [u8]>,
}
#[derive(Debug, thiserror::Error)]
#[error("an event of the stream is larger than 16 MiB")]
pub struct TooLarge;

/// What one event of a chat stream means.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Text, reasoning, tool call, audio, refusal or finish reason present: the first such event is the model's success.
    pub meaningful: bool,
    /// A non-null `error` (the raw JSON text of it).
    pub error: Option<String>,
    pub usage: Option<Usage>,
    /// `choices` is empty and `usage` present: the event that `include_usage` adds.
    pub usage_only: bool,
    pub done: bool,
    pub malformed: bool,
}
/// Reads an event's data (cheaply: a chunk whose kind is plain is not parsed into a tree).
pub fn chunk(data: &[u8]) -> Chunk {
    todo!()
}

/// Judges a complete 2xx reply body.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    Good {
        usage: Option<Usage>,
    },
    /** 200 with an error inside. */
    Error {
        message: String,
        raw: String,
    },
    /** Not a JSON object of a completion. */
    Broken {
        why: &'static str,
    },
}
pub fn reply(body: &[u8]) -> Reply {
    todo!()
}
/// Message of an error body in any of the provider shapes (`error.message`, `error`, `message`, `detail`, array of errors), at most 2 KiB, single line.
pub fn error_message(body: &[u8]) -> Option<String> {
    todo!()
}
