//! From the record of a request to its spans: one of the request, and below it one of every attempt to call a model.

use crate::names;
use crate::path::{self, Attempt, Element};
use crate::values::{self, bool, dollars, int, joined, list, seconds, text};
use bytes::Bytes;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::{Event, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, SpanFlags, Status};
use telemetry::{Entry, Record, Trace};

#[cfg(test)]
mod tests;

/// Most bytes of a prompt or a completion; collectors take messages of a few megabytes, of many spans.
const LONGEST_CONTENT: usize = 64 * 1024;

/// The provider of a request that got to none.
const NOBODY: &str = "unknown";

/// Whether spans tell what was asked and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Never.
    Never,
    /// Of requests whose payload is logged.
    Logged,
}

/// The spans of a request, the request's own first; none when it is in no trace.
#[must_use]
pub fn spans(record: &Record, content: Content) -> Vec<Span> {
    made(record, content, Omitted::default())
}

/// What has been left out of a record because it is longer than spans tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Omitted(bool);

/// Leaves out of a record what its spans will not tell, so that nobody has to look through it for what rules take out.
pub(crate) fn shorten(record: &mut Record, content: Content) -> Omitted {
    if content == Content::Never {
        record.payload = None;
    }
    let Some(payload) = &mut record.payload else { return Omitted::default() };
    let request = payload.request.len() > LONGEST_CONTENT;
    let response = payload.response.iter().map(Bytes::len).sum::<usize>() > LONGEST_CONTENT;
    if request {
        payload.request = Bytes::new();
    }
    if response {
        payload.response = Vec::new();
    }
    Omitted(request || response)
}

/// The spans of a request that has been shortened.
pub(crate) fn made(record: &Record, content: Content, omitted: Omitted) -> Vec<Span> {
    let Some(trace) = &record.trace else { return Vec::new() };
    let path = path::read(&record.path);
    let made = Made { record, trace, omitted };
    let mut request = made.request(content);
    let mut attempts = Vec::new();
    for (step, element) in path.iter().filter(|it| it.attempts.is_some()).enumerate() {
        for (nth, attempt) in element.attempts.iter().flatten().enumerate() {
            let at = Call { element, attempt, step, nth };
            if attempt.was_made() {
                attempts.push(made.attempt(&at));
            } else {
                request.events.push(made.skipped(&at));
            }
        }
    }
    request.events.extend(path.iter().flat_map(|it| made.asked_for(it)));
    request.events.extend(path.iter().filter_map(|it| made.passed(it)));
    request.events.sort_by_key(|it| it.time_unix_nano);
    if let [only] = &mut *attempts {
        only.attributes.extend(made.usage());
    }
    attempts.insert(0, request);
    attempts
}

/// An attempt and where it stands.
struct Call<'p> {
    element: &'p Element,
    attempt: &'p Attempt,
    step: usize,
    nth: usize,
}

struct Made<'r> {
    record: &'r Record,
    trace: &'r Trace,
    omitted: Omitted,
}

impl Made<'_> {
    /// A time of the request, in nanoseconds; `us` is microseconds after admission.
    fn at(&self, us: u64) -> u64 {
        let admitted = self.record.created_at_ms.saturating_mul(1_000_000);
        admitted.saturating_add(us.saturating_mul(1000))
    }

    fn end(&self) -> u64 {
        self.at(self.record.duration_ms.saturating_mul(1000))
    }

    fn span(&self, id: [u8; 8], parent: Option<[u8; 8]>) -> Span {
        let of_caller = id == self.trace.span && parent.is_some();
        let remote = if of_caller { SpanFlags::ContextIsRemoteMask as i32 } else { 0 };
        let flags =
            i32::from(self.trace.sampled) | SpanFlags::ContextHasIsRemoteMask as i32 | remote;
        Span {
            trace_id: self.trace.trace_id.to_vec(),
            span_id: id.to_vec(),
            parent_span_id: parent.map(|it| it.to_vec()).unwrap_or_default(),
            trace_state: self.trace.state.as_deref().unwrap_or_default().to_owned(),
            flags: flags.unsigned_abs(),
            ..Span::default()
        }
    }

    /// What is done, by the conventions; `None` of a provider's own API, which nobody reads here, of a list of steps, and of what asks no model.
    fn operation(&self) -> Option<&'static str> {
        match self.record.entry.kind.as_str() {
            "native" | "universal" | "unknown" | Entry::COUNT_TOKENS => None,
            "embeddings" => Some("embeddings"),
            _ => Some("chat"),
        }
    }

    /// What the caller named; empty when nobody knows, because the request was refused before it was read.
    fn asked(&self) -> String {
        let Record { route, provider, model, .. } = self.record;
        match route {
            Some((_, name)) => format!("dynamic/{name}"),
            // It got to no provider: the model is as the body names it.
            None if provider == NOBODY => model.clone(),
            None => format!("{provider}/{model}"),
        }
    }

    fn request(&self, content: Content) -> Span {
        let record = self.record;
        let failed = !record.success && !(400..500).contains(&record.status);
        let mut span = Span {
            name: joined(self.operation().unwrap_or(&record.entry.kind), &self.asked()),
            kind: SpanKind::Server.into(),
            start_time_unix_nano: self.at(0),
            end_time_unix_nano: self.end(),
            status: failed.then(|| error(record.cause.as_deref())),
            ..self.span(self.trace.span, self.trace.parent)
        };
        span.attributes = self.of_request();
        span.attributes.extend(self.usage());
        if content == Content::Logged {
            span.attributes.extend(self.content());
        }
        let metadata = values::metadata(record.metadata.as_deref(), &span.attributes);
        span.attributes.extend(metadata);
        span
    }

    fn of_request(&self) -> Vec<KeyValue> {
        let Record { gateway, id, route, version, step, entry, .. } = self.record;
        let mut all = vec![text(names::GATEWAY, gateway.as_str()), text(names::LOG_ID, id)];
        let asked = self.asked();
        all.extend((!asked.is_empty()).then(|| text(names::REQUEST_MODEL, &asked)));
        all.push(bool(names::REQUEST_STREAM, self.record.streamed));
        all.push(int(names::STATUS, u64::from(self.record.status)));
        all.extend(self.operation().map(|it| text(names::OPERATION, it)));
        if let Some((_, name)) = route {
            all.push(text(names::ROUTE, name));
        }
        all.extend(version.as_ref().map(|it| text(names::VERSION, it.as_str())));
        if self.record.success {
            all.push(text(names::RESPONSE_MODEL, &self.record.model));
            all.push(int(names::STEP, u64::from(*step)));
        }
        if self.record.provider != NOBODY {
            all.extend(values::provider(&self.record.provider));
        }
        if self.record.cached {
            all.push(bool(names::CACHED, true));
        }
        all.extend(entry.event_id.as_ref().map(|it| text(names::EVENT_ID, it)));
        all.extend(self.record.user_agent.as_ref().map(|it| text(names::USER_AGENT, it)));
        all.extend(self.record.cause.as_ref().map(|it| text(names::ERROR, it)));
        all.extend(self.record.finish.as_ref().map(|it| list(names::FINISH_REASONS, it)));
        all
    }

    /// Tokens and cost of everything billed.
    fn usage(&self) -> Vec<KeyValue> {
        let mut all = Vec::new();
        if let Some(usage) = &self.record.usage {
            all.push(int(names::INPUT_TOKENS, usage.tokens_in()));
            all.push(int(names::OUTPUT_TOKENS, usage.tokens_out()));
            let written = usage.cache_write.saturating_add(usage.cache_write_1h);
            for (name, tokens) in [
                (names::CACHE_READ, usage.cache_read),
                (names::CACHE_CREATION, written),
                (names::REASONING, usage.reasoning),
            ] {
                all.extend((tokens > 0).then(|| int(name, tokens)));
            }
        }
        all.extend(self.record.cost.and_then(|it| dollars(names::COST, it)));
        all
    }

    /// What was asked and answered, as far as the log has it.
    fn content(&self) -> Vec<KeyValue> {
        let Some(payload) = &self.record.payload else { return Vec::new() };
        let response = payload.response.concat();
        let all = [(names::PROMPT, &payload.request[..]), (names::COMPLETION, &response[..])];
        let told = all.iter().filter(|(_, it)| !it.is_empty() && it.len() <= LONGEST_CONTENT);
        let mut told: Vec<_> =
            told.map(|(name, it)| text(name, &String::from_utf8_lossy(it))).collect();
        if self.omitted.0 || all.iter().any(|(_, it)| it.len() > LONGEST_CONTENT) {
            told.push(bool(names::OMITTED, true));
        }
        told
    }

    fn attempt(&self, call: &Call<'_>) -> Span {
        let Call { element, attempt, step, nth } = *call;
        let answered = attempt.cause.is_none();
        // The last answer goes on to its last byte.
        let is_last = answered && usize::try_from(self.record.step) == Ok(step);
        let ended = self.at(attempt.at_us.saturating_add(attempt.us));
        let ended = if is_last { ended.max(self.end()) } else { ended };
        let mut attributes = vec![
            text(names::REQUEST_MODEL, &attempt.model),
            bool(names::REQUEST_STREAM, self.record.streamed),
            text(names::ELEMENT, &element.element),
            int(names::ATTEMPT, u64::try_from(nth).unwrap_or(u64::MAX)),
        ];
        attributes.extend(self.operation().map(|it| text(names::OPERATION, it)));
        attributes.extend(values::provider(&attempt.provider));
        attributes.extend(attempt.status.map(|it| int(names::STATUS, u64::from(it))));
        attributes.extend(attempt.key.as_ref().map(|it| text(names::KEY, it)));
        attributes.extend(attempt.first_byte_us.map(|it| seconds(names::FIRST_CHUNK, it)));
        attributes.extend(attempt.cause.as_ref().map(|it| text(names::ERROR, it)));
        Span {
            name: joined(self.operation().unwrap_or(&self.record.entry.kind), &attempt.model),
            kind: SpanKind::Client.into(),
            start_time_unix_nano: self.at(attempt.at_us),
            end_time_unix_nano: ended,
            attributes,
            status: (!answered).then(|| error(attempt.cause.as_deref())),
            ..self.span(self.trace.attempt(step, nth), Some(self.trace.span))
        }
    }

    /// A model that was not called after all.
    fn skipped(&self, call: &Call<'_>) -> Event {
        let Call { element, attempt, .. } = *call;
        let mut attributes = vec![
            text(names::ELEMENT, &element.element),
            text(names::REQUEST_MODEL, &attempt.model),
            text(names::MODEL_PROVIDER, &attempt.provider),
        ];
        attributes.extend(attempt.cause.as_ref().map(|it| text(names::CAUSE, it)));
        attributes.extend(element.rule.as_ref().map(|it| text(names::RULE, it)));
        self.event(names::EVENT_SKIPPED, self.at(attempt.at_us), attributes)
    }

    /// A limit that was asked, or an answer that was kept.
    fn passed(&self, element: &Element) -> Option<Event> {
        let name = match element.kind.as_str() {
            "rate" | "rate_limit" => names::EVENT_LIMIT,
            _ if element.cached => names::EVENT_CACHE,
            _ => return None,
        };
        let mut attributes = vec![
            text(names::ELEMENT, &element.element),
            text(names::ELEMENT_TYPE, &element.kind),
            text(names::OUTCOME, &element.outcome),
        ];
        attributes.extend(values::limit(element.limit.as_ref()));
        Some(self.event(name, self.at(element.at_us.unwrap_or_default()), attributes))
    }

    /// The gateway's own limits that were asked before a model was called; whether they let it be called is in their state.
    fn asked_for(&self, element: &Element) -> impl Iterator<Item = Event> {
        // That of a direct call is reached when the request is let in.
        let at = self.at(element.at_us.unwrap_or_default());
        element.limits.iter().map(move |limit| {
            let mut attributes = vec![
                text(names::ELEMENT, &element.element),
                text(names::ELEMENT_TYPE, &element.kind),
            ];
            attributes.extend(values::limit(Some(limit)));
            self.event(names::EVENT_LIMIT, at, attributes)
        })
    }

    fn event(&self, name: &str, at: u64, attributes: Vec<KeyValue>) -> Event {
        let time_unix_nano = at.clamp(self.at(0), self.end());
        Event { time_unix_nano, name: name.to_owned(), attributes, dropped_attributes_count: 0 }
    }
}

fn error(cause: Option<&str>) -> Status {
    Status { code: StatusCode::Error.into(), message: cause.unwrap_or_default().to_owned() }
}
