//! The record of a count of tokens, and of one whose caller left before it came.
use super::COUNTED;
use crate::asked::Asked;
use crate::call::Attempt;
use crate::catalog::Plan;
use crate::finish::{CLIENT_GONE, GONE, size};
use crate::job::Job;
use crate::kept;
use crate::record::{entry, payload, text};
use crate::reject::JSON;
use crate::trace::TRACE_ID;
use crate::trail::{Made, Trail};
use crate::{Body, Proxy, respond};
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderValue, Response};
use route::ElementIx;
use std::sync::Arc;
use telemetry::{Entry, Payload, Record, Trace};

/// A count under way. However it ends, it leaves one record.
pub(super) struct Counting<'a> {
    pub(super) proxy: &'a Arc<Proxy>,
    pub(super) asked: &'a Asked<'a>,
    pub(super) job: &'a Job,
    /// The model it is for.
    pub(super) plan: &'a Plan,
    /// And its element, in a route.
    pub(super) element: Option<ElementIx>,
    /// How the provider was asked to count.
    pub(super) attempts: Vec<Attempt>,
    pub(super) trace: Option<Trace>,
    ended: bool,
}

impl<'a> Counting<'a> {
    pub(super) fn new(
        proxy: &'a Arc<Proxy>,
        asked: &'a Asked<'a>,
        job: &'a Job,
        (element, plan): (Option<ElementIx>, &'a Plan),
    ) -> Self {
        let trace = proxy.place(asked.gateway, asked.headers, asked.arrival);
        Self { proxy, asked, job, plan, element, attempts: Vec::new(), trace, ended: false }
    }

    /// Gives the count to the caller; `by` says who counted.
    pub(super) fn answer(mut self, body: Bytes, by: &'static str) -> Response<Body> {
        self.end(200, None, Some(&body));
        let mut response = respond::json(body, self.asked.arrival);
        let headers = response.headers_mut();
        headers.insert(COUNTED, HeaderValue::from_static(by));
        if let Some(trace) = &self.trace {
            headers.insert(TRACE_ID, respond::text(&trace.trace_id()));
        }
        response
    }

    fn end(&mut self, status: u16, cause: Option<&str>, answer: Option<&Bytes>) {
        self.ended = true;
        let (asked, calls) = (self.asked, &self.proxy.calls);
        let took_ms = calls.clock.now_ms().saturating_sub(asked.arrival.at_ms);
        calls.metrics.request(asked.gateway.id.as_str(), status, respond::seconds(took_ms));
        let (route, version) = self.job.route();
        let record = Arc::new(Record {
            route,
            version,
            token: asked.caller.token.as_ref().map(|it| it.id.clone()),
            seed: Some(asked.arrival.seed),
            path: self.path(),
            provider: self.plan.endpoint.slug.to_string(),
            model: self.plan.model.to_string(),
            status,
            success: cause.is_none(),
            cause: cause.map(str::to_owned),
            cost: Some(0),
            metadata: asked.metadata.json(),
            duration_ms: took_ms,
            first_byte_ms: answer.map(|_| took_ms),
            request_size: size(asked.question.body.len()),
            response_size: answer.map_or(0, |it| size(it.len())),
            user_agent: text(asked.headers, &USER_AGENT),
            entry: Entry {
                response_content_type: answer.map_or("", |_| JSON).to_owned(),
                ..entry(asked.way, asked.headers, asked.caller)
            },
            trace: self.trace.clone(),
            payload: asked.keeps_payload().then(|| {
                let response = kept::join(answer.map(std::slice::from_ref).unwrap_or_default());
                let asked = payload(asked.question.body);
                Box::new(Payload { response, response_complete: answer.is_some(), ..asked })
            }),
            ..Record::new(asked.arrival.id.clone(), asked.gateway.id.clone(), asked.arrival.at_ms)
        });
        self.proxy.tell_spans(&record);
        if asked.collects_log() {
            self.proxy.recorder.push(record);
        } else {
            self.proxy.recorder.count(record);
        }
    }

    /// The element of the model, if somebody was asked. Nothing else was walked as a request walks it: no limit was asked.
    fn path(&mut self) -> String {
        if self.attempts.is_empty() {
            return "[]".to_owned();
        }
        let attempts = std::mem::take(&mut self.attempts);
        let made = [Made { element: self.element, attempts, rule: None, cached: false }];
        let version = None;
        let trail = Trail { version, steps: &[], made: &made, log: None, messages: false };
        trail.json_at(self.job.version().zip(self.element))
    }
}

impl Drop for Counting<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.end(CLIENT_GONE, Some(GONE), None);
        }
    }
}
