//! Calling one model element: attempts with timeouts, retries and backoff, judged until the first
//! meaningful byte; then the relay.
//!
//! One executor for plain replies and streams, so that neither can skip what the other does. An
//! answer is *committed* when it is known to be one: a plain reply when it is complete, a stream at
//! its first meaningful event. Before that, everything that goes wrong is an attempt's [`Cause`],
//! and is retried or left to the element's `fallback`. After that there is no way back, and none
//! in the types: a [`Live`] answer can only be relayed or collected, and when it breaks it says so
//! in the client's protocol instead of ending as if it were whole.
//!
//! Dropping the future of [`call`], or the body of a relay, drops the connection to the provider at
//! that moment and ends the retries.

mod attempt;
mod choice;
mod fault;
mod flow;
mod foreseen;
mod live;
mod meter;
mod outgoing;
mod passage;
mod question;
pub(crate) mod request;
mod resets;
mod room;
mod secrets;
mod skim;
mod source;
mod wait;
mod watch;

pub use foreseen::Keys;
pub(crate) use foreseen::foreseen;
pub use live::{Ending, EndingKind, Finish, Live};
pub use passage::{Passage, Refusal};
pub use question::Question;
pub use room::Room;

use crate::breaker::Pass;
use crate::catalog::{Backoff, Plan};
use crate::notes::micros;
use attempt::{Progress, Sender};
use bytes::Bytes;
use choice::{Choice, Taken};
use fault::{Fault, Health, Kind};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Most bytes of a plain reply that are held back before it is sent on; and of a collected stream.
pub(crate) const MAX_BUFFERED: usize = 8 * 1024 * 1024;

/// What calls need from the process.
#[derive(Clone, Debug)]
pub struct Context {
    /// The one sender.
    pub client: providers::Client,
    /// For `Retry-After` dates and breakers.
    pub clock: Arc<dyn crate::Clock>,
    /// Where attempts are counted.
    pub metrics: Arc<telemetry::Metrics>,
    /// For what is kept of answers while they are relayed.
    pub room: Arc<Room>,
    /// For the limits of keys.
    pub limits: limits::Limits,
}

/// How long, how often, how soon again.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Until the answer is committed, an attempt: connecting, TLS, headers and body included.
    pub first_byte: Duration,
    /// `first_byte` is the caller's own wish, so running out of it says nothing of the provider.
    pub hurried: bool,
    /// Between chunks, after that.
    pub idle: Duration,
    /// Besides the first attempt.
    pub retries: u32,
    /// Before the first retry; 200 ms unless headers or gateway say otherwise.
    pub delay: Duration,
    /// How the delay grows, to at most 5 s. Half of it is jitter.
    pub backoff: Backoff,
}

/// One model element to be called, or one model directly.
#[derive(Debug)]
pub struct Call<'a> {
    /// Whom to call.
    pub plan: &'a Plan,
    /// What the caller asks.
    pub question: &'a Question<'a>,
    /// Of the request: replies whose provider gives none have it.
    pub id: &'a str,
    /// The caller's headers; only an allow-list goes on.
    pub headers: &'a http::HeaderMap,
    /// Used when the plan has no key (direct calls only).
    pub caller_key: Option<&'a str>,
    /// The alias of the stored key to use; `None`: whichever is its turn.
    pub named_key: Option<&'a str>,
    /// Timeouts and retries.
    pub policy: Policy,
    /// Usage is wanted upstream even when the client did not ask for it.
    pub want_usage: bool,
    /// Of the jitter.
    pub seed: u64,
    /// When the request was let in: attempts are placed in time from there.
    pub begun: Instant,
    /// The call is passed through to the provider's own API; `None`: it is a question for a model.
    pub passage: Option<Passage<'a>>,
    /// The request's place in a distributed trace, and which of its model calls this is; `None`: nobody traces.
    pub trace: Option<(&'a telemetry::Trace, usize)>,
}

/// What happened, attempt by attempt, and how it ended.
#[derive(Debug)]
pub struct Called {
    /// In order. A retry that the breaker forbade is an attempt with the cause `breaker`; one that found every key at rest, or at its
    /// limit, has the cause `cooldown`.
    pub attempts: Vec<Attempt>,
    /// The answer, or the last failure that says something about the provider.
    pub result: Result<Answered, Failure>,
}

/// One attempt.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Slug of the provider.
    pub provider: Box<str>,
    /// The model, as the provider names it.
    pub model: Box<str>,
    /// It is a model of the price catalogue, whose names are known and few.
    pub listed: bool,
    /// Somebody was to be asked: the model was not merely chosen.
    pub called: bool,
    /// Which key was used, as logs may call it: `stored:default`, `env`, `caller`, `none`.
    pub key_alias: Box<str>,
    /// The response's status, when there was a response.
    pub status: Option<u16>,
    /// Milliseconds until it was committed or failed.
    pub ms: u64,
    /// When it began, in microseconds from [`Call::begun`].
    pub at_us: u64,
    /// The same as `ms` in microseconds.
    pub us: u64,
    /// Microseconds until the head of the response came, if it did.
    pub first_byte_us: Option<u64>,
    /// `None`: it answered.
    pub cause: Option<Cause>,
    /// What the failed attempt reported as used, if anything: it is billed.
    pub usage: Option<chat::Reported>,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// One of `timeout`, `dns`, `connect`, `tls`, `private`, `reset`, `status`, `broken_body`,
    /// `error_in_200`, `breaker`, `cooldown`, `no_key`, `no_alias`, `unsupported`.
    pub kind: &'static str,
    /// For people; the provider's message inside, keys removed.
    pub message: String,
    /// The request may have left the process, so it may have been billed.
    pub sent: bool,
}

/// The last failure, for the final error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The provider's status, when it answered.
    pub status: Option<u16>,
    /// Nothing meaningful came in time.
    pub timeout: bool,
    /// It was one request too many: the provider says so, or said so of every key a moment ago.
    pub limited: bool,
    /// Why, for people and machines.
    pub cause: Cause,
    /// The provider, or the breaker, asks to wait.
    pub retry_after: Option<Duration>,
    /// What the provider said, of a call that is passed through.
    pub refusal: Option<Box<Refusal>>,
}

/// An answer.
#[derive(Debug)]
pub enum Answered {
    /// Complete, judged good.
    Plain {
        /// 2xx.
        status: http::StatusCode,
        /// Those the client may see.
        headers: http::HeaderMap,
        /// The provider's bytes.
        body: Bytes,
        /// What was used, when the reply says so.
        usage: Option<chat::Reported>,
        /// Why the model stopped, when the reply says so.
        finish: Option<chat::FinishReason>,
    },
    /// Committed: a stream after its first meaningful event, or a plain body beyond 8 MiB.
    Stream(Live),
}

/// Calls, and calls again where that can help. Never waits longer than the policy allows. Another key is tried at once, and is no retry.
pub async fn call(cx: &Context, call: Call<'_>) -> Called {
    let mut sender = Sender::new(cx, &call);
    let mut choice = match Choice::new(&call) {
        Ok(choice) => choice,
        Err(fault) => {
            let attempt = noted(cx, &call, &sender, Noted::skipped(&fault, &call));
            return Called { attempts: vec![attempt], result: Err(fault.into_failure()) };
        }
    };
    sender.hold(choice.first());
    let mut dice = route::Dice::seeded(call.seed);
    let mut attempts = Vec::with_capacity(1);
    let mut last: Option<Fault> = None;
    let mut retries = 0;
    loop {
        let taken = match choice.take(cx).await {
            Ok(taken) => taken,
            Err(fault) => {
                attempts.push(noted(cx, &call, &sender, Noted::skipped(&fault, &call)));
                // What the provider said before is worth more than that it is skipped now.
                let fault = last.unwrap_or(fault);
                return Called { attempts, result: Err(fault.into_failure()) };
            }
        };
        let position = taken.position;
        sender.nth = attempts.len();
        let (attempt, result) = one(cx, &call, &mut sender, taken).await;
        attempts.push(attempt);
        let fault = match result {
            Ok(answered) => return Called { attempts, result: Ok(answered) },
            Err(fault) => {
                if choice.failed(cx, position, &fault) {
                    last = Some(fault);
                    continue;
                }
                retries += 1;
                if let Some(delay) = wait::before_retry(&fault, retries, &call.policy, &mut dice) {
                    tokio::time::sleep(delay).await;
                    choice.waited();
                    last = Some(fault);
                    continue;
                }
                fault
            }
        };
        return Called { attempts, result: Err(fault.into_failure()) };
    }
}

/// One attempt: sends with the key taken, within the time, and tells the breaker and the metrics.
async fn one(
    cx: &Context,
    call: &Call<'_>,
    sender: &mut Sender<'_>,
    taken: Taken<'_>,
) -> (Attempt, Result<Answered, Fault>) {
    let start = Instant::now();
    let mut progress = Progress::default();
    let Taken { seat, pass, .. } = taken;
    sender.hold(seat.held.as_ref().map(|it| &it.key));
    let result = within(call.policy.first_byte, sender, &mut progress).await;
    tell(pass, health(&result, &call.policy), cx.clock.now_ms());
    let (at, took) = (start.duration_since(call.begun), start.elapsed());
    let fault = result.as_ref().err();
    let attempt = noted(cx, call, sender, Noted { fault, at, took, progress, called: true });
    (attempt, result)
}

/// What is to be noted of an attempt.
struct Noted<'a> {
    /// `None`: it answered.
    fault: Option<&'a Fault>,
    /// From [`Call::begun`].
    at: Duration,
    took: Duration,
    progress: Progress,
    called: bool,
}

impl<'a> Noted<'a> {
    fn skipped(fault: &'a Fault, call: &Call<'_>) -> Self {
        let (at, took) = (call.begun.elapsed(), Duration::ZERO);
        Self { fault: Some(fault), at, took, progress: Progress::default(), called: false }
    }
}

fn noted(cx: &Context, call: &Call<'_>, sender: &Sender<'_>, noted: Noted<'_>) -> Attempt {
    let Noted { fault, at, took, progress, called } = noted;
    let cause = fault.map(Fault::cause);
    cx.metrics.attempt(&call.plan.endpoint.slug, cause.as_ref().map_or("ok", |it| it.kind));
    Attempt {
        provider: call.plan.endpoint.slug.clone(),
        model: call.plan.model.clone(),
        listed: call.plan.quote.listed,
        called,
        key_alias: sender.key_alias().into(),
        status: progress.status,
        ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        at_us: micros(at),
        us: micros(took),
        first_byte_us: progress
            .head_at
            .map(|it| micros(it.duration_since(call.begun).saturating_sub(at))),
        usage: progress.usage.filter(|_| cause.is_some()),
        cause,
    }
}

/// An attempt, cut off when its time is over.
async fn within(
    time: Duration,
    sender: &Sender<'_>,
    progress: &mut Progress,
) -> Result<Answered, Fault> {
    match tokio::time::timeout(time, sender.attempt(progress)).await {
        Ok(result) => result.map_err(|fault| sender.redacted(fault)),
        Err(_) => {
            Err(progress.refused.take().unwrap_or_else(|| Fault::timeout(time, progress.status)))
        }
    }
}

/// What an attempt says of its provider.
fn health(result: &Result<Answered, Fault>, policy: &Policy) -> Health {
    match result {
        Ok(_) => Health::Up,
        Err(fault) if fault.kind == Kind::Timeout && policy.hurried => Health::Unknown,
        Err(fault) => fault.kind.health(),
    }
}

fn tell(pass: Option<Pass<'_>>, health: Health, now_ms: u64) {
    let Some(pass) = pass else { return };
    match health {
        Health::Up => pass.succeeded(),
        Health::Down => pass.failed(now_ms),
        Health::Unknown => drop(pass),
    }
}
