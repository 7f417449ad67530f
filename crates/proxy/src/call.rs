//! Calling one model element: attempts with timeouts, retries and backoff, judged until the first meaningful byte; then the relay.
use crate::catalog::{Backoff, Plan};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;

/// What calls need from the process.
#[derive(Clone, Debug)]
pub struct Context {
    pub client: providers::Client,
    pub clock: Arc<dyn crate::Clock>,
    pub metrics: Arc<telemetry::Metrics>,
}
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Until the first meaningful byte, an attempt.
    pub first_byte: Duration,
    /// Between chunks.
    pub idle: Duration,
    pub retries: u32,
    /// 200 ms exponential to 5 s unless headers or gateway say otherwise; jitter always (from the dice).
    pub delay: Duration,
    pub backoff: Backoff,
}
#[derive(Debug)]
pub struct Call<'a> {
    pub plan: &'a Plan,
    /// The caller's body and its head.
    pub body: &'a Bytes,
    pub head: &'a chat::Head<'a>,
    /// The caller's headers; only an allow-list goes on.
    pub headers: &'a http::HeaderMap,
    /// Used instead of the plan's key when that is `None` (direct calls only).
    pub caller_key: Option<&'a str>,
    pub policy: Policy,
    /// Usage is wanted upstream even when the client did not ask for it.
    pub want_usage: bool,
    pub seed: u64,
}
/// What happened, attempt by attempt, and how it ended.
#[derive(Debug)]
pub struct Called {
    pub attempts: Vec<Attempt>,
    pub result: Result<Answered, Failure>,
}
#[derive(Clone, Debug)]
pub struct Attempt {
    pub provider: Box<str>,
    pub model: Box<str>,
    pub key_alias: Box<str>,
    pub status: Option<u16>,
    pub ms: u64,
    /// Milliseconds to the first meaningful byte, when it came.
    pub first_byte_ms: Option<u64>,
    /// `None`: it answered. Stable kind (`timeout`, `connect`, `dns`, `tls`, `reset`, `status`, `broken_body`, `error_in_200`, `breaker`, `no_key`, …).
    pub cause: Option<Cause>,
    /// What the failed attempt reported as used, if anything: it is billed.
    pub usage: Option<chat::Usage>,
}
#[derive(Clone, Debug)]
pub struct Cause {
    pub kind: &'static str,
    /** For people; secrets removed; the provider's message inside. */
    pub message: String,
    /** It left the process, so it may have been billed. */
    pub sent: bool,
}
/// The last failure, for the final error.
#[derive(Clone, Debug)]
pub struct Failure {
    pub status: Option<u16>,
    pub timeout: bool,
    pub cause: Cause,
    /** The provider asked to wait. */
    pub retry_after: Option<Duration>,
}
#[derive(Debug)]
pub enum Answered {
    /// Complete, judged good.
    Plain {
        status: http::StatusCode,
        headers: http::HeaderMap,
        body: Bytes,
        usage: Option<chat::Usage>,
    },
    /// Committed: a stream after its first meaningful event, or a plain body beyond 8 MiB.
    Stream(Live),
}
/// A committed stream.
#[derive(Debug)]
pub struct Live {
    pub status: http::StatusCode,
    pub headers: http::HeaderMap, /* private: held bytes, upstream body, decoder, idle timeout, withhold_usage */
}
/// How a committed stream ended.
#[derive(Clone, Debug)]
pub struct Ending {
    pub kind: EndingKind,
    pub usage: Option<chat::Usage>,
    pub bytes: u64,
    /** Bytes of content seen, to estimate output when no usage came. */
    pub content_bytes: u64,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndingKind {
    Complete,
    Broken(String),
    ClientGone,
}
impl Live {
    /// The body for the client. `finish` runs exactly once, before the last byte is released, or when the body is dropped. On a broken
    /// upstream an in-band error event (OpenAI shape: `data: {"error": {…}}`) ends the stream, without `[DONE]`.
    pub fn relay(self, finish: Box<dyn FnOnce(Ending) + Send>) -> crate::Body {
        todo!()
    }
    /// Reads to the end (bounded to 8 MiB, then cut with an error), for a success that leads to another model.
    pub async fn collect(self) -> (Bytes, Ending) {
        todo!()
    }
}
/// Calls; never panics, never waits longer than the policy allows. Dropping the future cancels the upstream call and the retries.
pub async fn call(cx: &Context, call: Call<'_>) -> Called {
    todo!()
}
