//! The record of a request that is refused before anything is asked: what it calls is unknown, it is no request, or it is too large.
//!
//! Only a caller that was let in leaves one in the log. Whoever was not is counted and told as a span, no more: else anybody could fill it.
use crate::catalog::Gateway;
use crate::directives::Directives;
use crate::entry::WayIn;
use crate::finish::size;
use crate::metadata::Metadata;
use crate::place::{Native, Operation};
use crate::record::{cut, entry, payload, text};
use crate::reject::{JSON, Reject};
use crate::respond;
use crate::serve::Arrival;
use crate::visit::Visit;
use crate::{Body, Proxy};
use http::header::USER_AGENT;
use http::{HeaderMap, Response};
use std::sync::Arc;
use telemetry::{Entry, Payload, Record};

/// What the log calls the provider of a request that got to none.
const NOBODY: &str = "unknown";

/// Somebody at the door of a gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stranger<'a> {
    pub(crate) proxy: &'a Proxy,
    pub(crate) gateway: &'a Gateway,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) arrival: &'a Arrival,
}

impl Stranger<'_> {
    /// Counts one that is not let in, and tells it as a span of which a stranger decides little: the way in and who it says to be.
    pub(crate) fn turned_away(&self, way: Option<WayIn<'_>>, reject: Reject) -> Reject {
        let Self { proxy, gateway, headers, arrival } = *self;
        let took_ms = proxy.calls.clock.now_ms().saturating_sub(arrival.at_ms);
        let status = reject.status().as_u16();
        proxy.calls.metrics.request(gateway.id.as_str(), status, respond::seconds(took_ms));
        let Some(way) = way else { return reject };
        let Some(trace) = proxy.place(gateway, headers, arrival) else { return reject };
        let record = Arc::new(Record {
            provider: NOBODY.to_owned(),
            status,
            cause: Some(reject.name().to_owned()),
            duration_ms: took_ms,
            user_agent: text(headers, &USER_AGENT),
            entry: Entry { kind: way.kind.to_owned(), ..Entry::default() },
            trace: Some(trace),
            ..Record::new(arrival.id.clone(), gateway.id.clone(), arrival.at_ms)
        });
        proxy.tell_spans(&record);
        reject.recorded(&arrival.id, record.trace.as_ref())
    }
}

/// The way in of an operation that asks a model; `None`: it only looks at what is here, which is not recorded when it succeeds either.
pub(crate) fn way_in<'a>(operation: &Operation<'a>) -> Option<WayIn<'a>> {
    match operation {
        Operation::Ask(format) => Some(WayIn::of(*format)),
        Operation::Native(Native { path, .. }) => Some(WayIn::native(path)),
        Operation::Universal => Some(WayIn::UNIVERSAL),
        Operation::CountTokens => Some(WayIn::COUNT),
        Operation::Models | Operation::Model(_) => None,
    }
}

impl Visit<'_> {
    /// Counts a refusal, and records it as the caller wants it, unless a run has.
    pub(crate) fn turned_away(&self, way: Option<WayIn<'_>>, reject: Reject) -> Reject {
        if reject.is_recorded() {
            return reject.recorded(&self.arrival.id, None);
        }
        let calls = &self.proxy.calls;
        let took_ms = calls.clock.now_ms().saturating_sub(self.arrival.at_ms);
        let status = reject.status().as_u16();
        calls.metrics.request(self.gateway.id.as_str(), status, respond::seconds(took_ms));
        let (logs, payloads) = self.collects();
        let Some(way) = way else { return reject.recorded(&self.arrival.id, None) };
        let trace = self.proxy.place(self.gateway, self.headers, self.arrival);
        let record = self.unwalked(way, &reject, payloads && logs, took_ms);
        let record = Arc::new(Record { trace, ..record });
        self.proxy.tell_spans(&record);
        let reject = reject.recorded(&self.arrival.id, record.trace.as_ref());
        if logs {
            self.proxy.recorder.push(record);
        } else {
            self.proxy.recorder.count(record);
        }
        reject
    }

    /// Counts a request that only looked at what is here.
    pub(crate) fn looked(&self, response: Response<Body>) -> Response<Body> {
        let calls = &self.proxy.calls;
        let took_ms = calls.clock.now_ms().saturating_sub(self.arrival.at_ms);
        let (gateway, status) = (self.gateway.id.as_str(), response.status().as_u16());
        calls.metrics.request(gateway, status, respond::seconds(took_ms));
        response
    }

    /// Whether there is a record and a payload: the headers say, as far as they can be meant, else the gateway.
    fn collects(&self) -> (bool, bool) {
        let (logs, payloads) = Directives::collecting(self.headers);
        (
            logs.unwrap_or(self.gateway.collect_logs),
            payloads.unwrap_or(self.gateway.collect_log_payloads),
        )
    }

    fn unwalked(&self, way: WayIn<'_>, reject: &Reject, payloads: bool, took_ms: u64) -> Record {
        let Self { gateway, caller, headers, arrival, .. } = *self;
        let request_size = self.body.get().map_or(0, |it| size(it.len()));
        let read = self.body.get().filter(|_| !way.holds_keys());
        let answer = reject.body(arrival);
        let metadata = Metadata::read(headers, caller.token.as_ref());
        let glance = read.and_then(|it| chat::glance(it));
        let model = glance.as_ref().and_then(|it| it.model.clone().name());
        Record {
            token: caller.token.as_ref().map(|it| it.id.clone()),
            provider: NOBODY.to_owned(),
            model: model.map_or_else(String::new, |it| cut(&it).to_owned()),
            status: reject.status().as_u16(),
            streamed: glance.is_some_and(|it| it.stream),
            cause: Some(reject.name().to_owned()),
            metadata: metadata.ok().and_then(|it| it.json()),
            duration_ms: took_ms,
            request_size,
            response_size: size(answer.len()),
            user_agent: text(headers, &USER_AGENT),
            entry: Entry { response_content_type: JSON.to_owned(), ..entry(way, headers, caller) },
            payload: payloads.then(|| {
                let read = read.map(payload).unwrap_or_default();
                Box::new(Payload { response: vec![answer], response_complete: true, ..read })
            }),
            ..Record::new(arrival.id.clone(), gateway.id.clone(), arrival.at_ms)
        }
    }
}
