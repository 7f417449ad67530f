//! Whether a request is traced, and where in the caller's trace it is.

use crate::Proxy;
use crate::catalog::Gateway;
use crate::serve::Arrival;
use http::HeaderMap;
use std::sync::Arc;
use telemetry::{Parent, Record, Sampling, Trace, Tracer};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
/// In the response: the id of the trace.
pub(crate) const TRACE_ID: &str = "cf-aig-trace-id";
/// The original's own way to name the caller's trace.
const CALLERS_ID: &str = "cf-aig-otel-trace-id";
const PARENT_SPAN_ID: &str = "cf-aig-otel-parent-span-id";

/// Where spans are made of finished requests, and of which.
#[derive(Clone, Debug)]
pub struct Tracing {
    /// Takes finished requests.
    pub tracer: Tracer,
    /// Which of them.
    pub sampling: Sampling,
    /// Those of every gateway, because the server has a collector. Otherwise those of gateways that have collectors of their own.
    pub everywhere: bool,
}

impl Tracing {
    /// The request's place in the caller's trace, else in one of its own.
    fn place(&self, gateway: &Gateway, headers: &HeaderMap, arrival: &Arrival) -> Option<Trace> {
        if !self.everywhere && !gateway.traced {
            return None;
        }
        let (parent, state) = caller(headers);
        let trace = Trace::of(&arrival.id, arrival.seed, parent, self.sampling);
        Some(trace.in_state(state.as_deref()))
    }
}

impl Proxy {
    /// Where a request of this gateway is in its caller's trace, or in one of its own; `None`: nobody traces.
    pub(crate) fn place(
        &self,
        gateway: &Gateway,
        headers: &HeaderMap,
        arrival: &Arrival,
    ) -> Option<Trace> {
        self.tracing.as_ref()?.place(gateway, headers, arrival)
    }

    /// Hands a finished request on to be told as spans, if its trace is taken.
    pub(crate) fn tell_spans(&self, record: &Arc<Record>) {
        let taken = record.trace.as_ref().is_some_and(|it| it.sampled);
        if let Some(tracing) = self.tracing.as_ref().filter(|_| taken) {
            tracing.tracer.push(Arc::clone(record));
        }
    }
}

/// What the caller says of its trace. Ids that are given one by one are meant for us, so they come first; what is malformed or given twice
/// says nothing.
fn caller(headers: &HeaderMap) -> (Option<Parent>, Option<String>) {
    if let Some(id) = only(headers, CALLERS_ID) {
        let parent = Parent::of_ids(id, only(headers, PARENT_SPAN_ID));
        if parent.is_some() {
            return (parent, None);
        }
    }
    let parent = only(headers, TRACEPARENT).and_then(Parent::of_w3c);
    // A state without a parent is of no trace.
    let state = parent.is_some().then(|| {
        let all: Vec<_> =
            headers.get_all(TRACESTATE).iter().filter_map(|it| it.to_str().ok()).collect();
        all.join(",")
    });
    (parent, state)
}

fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let value = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(value)
}
