//! Whether a request is traced, and where in the caller's trace it is.

use crate::asked::Asked;
use http::HeaderMap;
use telemetry::{Parent, Sampling, Trace, Tracer};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";
/// The original's own way to name the caller's trace.
const TRACE_ID: &str = "cf-aig-otel-trace-id";
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
    pub(crate) fn place(&self, asked: &Asked<'_>) -> Option<Trace> {
        if !self.everywhere && !asked.gateway.traced {
            return None;
        }
        let (parent, state) = caller(asked.headers);
        let trace = Trace::of(&asked.arrival.id, asked.arrival.seed, parent, self.sampling);
        Some(trace.in_state(state.as_deref()))
    }
}

/// What the caller says of its trace. Ids that are given one by one are meant for us, so they come first; what is malformed or given twice
/// says nothing.
fn caller(headers: &HeaderMap) -> (Option<Parent>, Option<String>) {
    if let Some(id) = only(headers, TRACE_ID) {
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
