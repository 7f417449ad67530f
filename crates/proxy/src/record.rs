//! The record of a request: what is known at the head of its response.
use crate::asked::Asked;
use crate::caller::Caller;
use crate::catalog::Plan;
use crate::entry::WayIn;
use crate::finish::size;
use crate::kept;
use crate::run::Run;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName};
use route::{Decision, Field};
use std::sync::Arc;
use telemetry::{Entry, Payload, Record};

/// The caller's own name for its request.
const EVENT_ID: &str = "cf-aig-event-id";
/// Most bytes of a text that a caller chose and a log keeps.
const LONGEST: usize = 256;
/// Most bytes of one side of a payload that a log keeps, as in the original
/// (<https://developers.cloudflare.com/ai-gateway/reference/limits/>).
pub(crate) const MOST_PAYLOAD: usize = 10_000_000;

impl Run<'_> {
    /// What is known at the head of the response.
    pub(crate) fn record(&self, plan: Option<&Arc<Plan>>, step: usize) -> Record {
        let asked = self.asked;
        let (route, version) = self.job.route();
        let now_ms = self.proxy.calls.clock.now_ms();
        let record = Record {
            route,
            version,
            token: asked.caller.token.as_ref().map(|it| it.id.clone()),
            seed: Some(asked.arrival.seed),
            path: self.trail(false).json(),
            provider: plan.map_or_else(String::new, |it| it.endpoint.slug.to_string()),
            model: plan.map_or_else(String::new, |it| it.model.to_string()),
            step: u32::try_from(step).unwrap_or(u32::MAX),
            streamed: asked.question.head.stream,
            custom_cost: self.bill.is_custom(),
            first_byte_ms: plan.map(|_| now_ms.saturating_sub(asked.arrival.at_ms)),
            request_size: size(asked.question.body.len()),
            times: self.notes.times(),
            trace: self.trace.clone(),
            // Sums leave out what only counts tokens.
            entry: Entry { kind: asked.way.kind.to_owned(), ..Entry::default() },
            payload: asked.keeps_payload().then(|| Box::new(payload(asked.question.body))),
            ..Record::new(asked.arrival.id.clone(), asked.gateway.id.clone(), asked.arrival.at_ms)
        };
        if asked.is_told(self.trace.as_ref()) { self.told_in(record) } else { record }
    }

    /// With what only a log and a span have room for: a record that is just counted has nothing of the caller's.
    fn told_in(&self, record: Record) -> Record {
        let asked = self.asked;
        Record {
            metadata: asked.metadata.json(),
            user_agent: text(asked.headers, &USER_AGENT),
            entry: entry(asked.way, asked.headers, asked.caller),
            decision: self.decision(),
            ..record
        }
    }

    /// What the way through the route was decided on. Of the body, only what is kept anyway.
    fn decision(&self) -> Option<String> {
        let (walk, log) = (self.walk.as_ref()?, self.notes.log()?);
        let whole = self.asked.keeps_payload();
        let keeps = |field: &Field| whole || !matches!(field, Field::Body(_));
        let decision = Decision::of(walk, self.asked.arrival.seed, &log.reads, keeps);
        serde_json::to_string(&decision).ok()
    }
}

impl Asked<'_> {
    /// Whether what was asked and answered is kept: the header says, else the gateway; never of a request that is not recorded.
    pub(crate) fn keeps_payload(&self) -> bool {
        let said = self.directives.collect_payload;
        self.collects_log() && said.unwrap_or(self.gateway.collect_log_payloads)
    }
}

/// How a caller came in, as the log tells it.
pub(crate) fn entry(way: WayIn<'_>, headers: &HeaderMap, caller: &Caller<'_>) -> Entry {
    Entry {
        path: cut(way.path).to_owned(),
        kind: way.kind.to_owned(),
        compat: way.compat,
        authenticated: caller.token.is_some(),
        event_id: text(headers, &HeaderName::from_static(EVENT_ID)),
        request_content_type: text(headers, &CONTENT_TYPE).unwrap_or_default(),
        response_content_type: String::new(),
    }
}

/// What was asked, as far as a log keeps it.
pub(crate) fn payload(body: &Bytes) -> Payload {
    let fits = body.len() <= MOST_PAYLOAD;
    let request = if fits { kept::own(body) } else { Bytes::new() };
    Payload { request, request_complete: fits, ..Payload::default() }
}

/// A header's text, cut to a length that a log can bear.
pub(crate) fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let value = value.get(..LONGEST).unwrap_or(value);
    Some(String::from_utf8_lossy(value).into_owned())
}

/// A text, cut to a length that a log can bear.
pub(crate) fn cut(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or(text)
}
