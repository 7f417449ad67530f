//! The record of a request that is refused before anything is asked: what it calls is unknown, it is no request, or it is too large.
//!
//! Only a caller that was let in leaves one. Whoever was not is counted, no more: else anybody could fill the log.
use crate::directives::Directives;
use crate::entry::WayIn;
use crate::finish::size;
use crate::metadata::Metadata;
use crate::place::{Native, Operation};
use crate::record::{cut, entry, payload, text};
use crate::reject::{JSON, Reject};
use crate::respond;
use crate::visit::Visit;
use http::header::USER_AGENT;
use telemetry::{Entry, Payload, Record};

/// What the log calls the provider of a request that got to none.
const NOBODY: &str = "unknown";

/// The way in of an operation that asks a model; `None`: it only looks at something, which is not recorded when it succeeds either.
pub(crate) fn way_in<'a>(operation: &Operation<'a>) -> Option<WayIn<'a>> {
    match operation {
        Operation::Ask(format) => Some(WayIn::of(*format)),
        Operation::Native(Native { path, .. }) => Some(WayIn::native(path)),
        Operation::Universal => Some(WayIn { path: "", kind: "universal", compat: false }),
        Operation::CountTokens | Operation::Models | Operation::Model(_) => None,
    }
}

impl Visit<'_> {
    /// Counts a refusal, and records it as the caller wants it, unless a run has.
    pub(crate) fn turned_away(&self, way: Option<WayIn<'_>>, reject: Reject) -> Reject {
        if reject.is_recorded() {
            return reject.recorded(&self.arrival.id);
        }
        let calls = &self.proxy.calls;
        let took_ms = calls.clock.now_ms().saturating_sub(self.arrival.at_ms);
        let status = reject.status().as_u16();
        calls.metrics.request(self.gateway.id.as_str(), status, respond::seconds(took_ms));
        let (logs, payloads) = self.collects();
        if let Some(way) = way {
            let record = self.unwalked(way, &reject, payloads && logs, took_ms);
            let recorder = &self.proxy.recorder;
            if logs { recorder.push(record) } else { recorder.count(record) }
        }
        reject.recorded(&self.arrival.id)
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
        let read = self.body.get();
        let body = read.cloned().unwrap_or_default();
        let answer = reject.body(arrival);
        let metadata = Metadata::read(headers, caller.token.as_ref());
        let glance = chat::glance(&body);
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
            request_size: size(body.len()),
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
