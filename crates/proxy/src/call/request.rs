//! What goes to the provider and what comes back to the client besides the body: allow-lists both
//! ways, so that a credential, a cookie or a hop-by-hop header cannot slip through unnoticed.

use super::passage::Passage;
use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING,
    CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, IF_MATCH,
    IF_NONE_MATCH, LAST_MODIFIED, RANGE, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use providers::Endpoint;
use std::sync::LazyLock;
use telemetry::Trace;

/// Headers of the caller that go on to every provider.
const FORWARDED: [HeaderName; 3] =
    [HeaderName::from_static("x-request-id"), TRACEPARENT, TRACESTATE];
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Headers that choose who pays. The caller's go on only with the caller's own key: with the gateway's they would charge whom the
/// operator did not choose.
const PAYERS: [&str; 3] = ["openai-organization", "openai-project", "x-goog-user-project"];

/// Headers of the caller that go on to some provider or into a record.
pub(crate) static KEPT_OF_CALLER: LazyLock<Vec<HeaderName>> = LazyLock::new(|| {
    let of_rows = providers::table().iter().flat_map(|it| it.forwards);
    let mut all: Vec<_> = of_rows.map(|it| HeaderName::from_static(it)).collect();
    all.extend(FORWARDED);
    all.extend(PASSED);
    all.push(USER_AGENT);
    all.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
    all.dedup();
    all
});

/// Headers of every provider that go back, besides `x-ratelimit-*`.
const RETURNED: [HeaderName; 6] = [
    CONTENT_TYPE,
    CACHE_CONTROL,
    RETRY_AFTER,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("openai-processing-ms"),
    HeaderName::from_static("openai-version"),
];

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
const OURSELVES: HeaderValue =
    HeaderValue::from_static(concat!("pointsman/", env!("CARGO_PKG_VERSION")));

/// What the caller sent, as far as it may go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent<'a> {
    pub(super) headers: &'a HeaderMap,
    /// The call is made with the caller's own key.
    pub(super) own_key: bool,
    /// The trace that this request records its part of, and the span of the attempt. `None`: the caller's own headers go on unchanged,
    /// as from anybody who takes no part.
    pub(super) trace: Option<(&'a Trace, [u8; 8])>,
}

impl Sent<'_> {
    /// Says from where in the trace the provider is called.
    fn place(&self, headers: &mut HeaderMap) {
        let Some((trace, span)) = self.trace else { return };
        if let Ok(place) = HeaderValue::try_from(trace.header(span)) {
            headers.insert(TRACEPARENT, place);
        }
        // The state of another trace means nothing in this one.
        match trace.state.as_deref().map(HeaderValue::from_str) {
            Some(Ok(state)) => headers.insert(TRACESTATE, state),
            _ => headers.remove(TRACESTATE),
        };
    }
}

/// The request for the provider, complete but for its signature.
pub(super) fn build(
    endpoint: &Endpoint,
    uri: &Uri,
    caller: Sent<'_>,
    stream: bool,
    body: chat::Spliced,
) -> Request<providers::Spliced> {
    let mut request = Request::new(providers::Spliced::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri.clone();
    let headers = request.headers_mut();
    headers.reserve(12);
    for (name, value) in endpoint.wants {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    for name in FORWARDED {
        if let Some(value) = caller.headers.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    caller.place(headers);
    for name in endpoint.forwards.iter().filter(|it| caller.own_key || !PAYERS.contains(it)) {
        if let Some(value) = caller.headers.get(*name) {
            headers.insert(HeaderName::from_static(name), value.clone());
        }
    }
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(ACCEPT, if stream { EVENTS } else { JSON });
    headers.insert(ACCEPT_ENCODING, IDENTITY);
    headers.insert(USER_AGENT, OURSELVES);
    for (name, value) in &endpoint.headers {
        headers.insert(name, value.clone());
    }
    request
}

/// Headers of the caller that go on with a call that is passed through.
const PASSED: [HeaderName; 7] = [
    ACCEPT,
    CONTENT_TYPE,
    IF_MATCH,
    IF_NONE_MATCH,
    RANGE,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("prefer"),
];

/// Headers of the provider that come back with it.
const PASSED_BACK: [HeaderName; 9] = [
    ACCEPT_RANGES,
    CONTENT_DISPOSITION,
    CONTENT_LANGUAGE,
    CONTENT_LENGTH,
    CONTENT_RANGE,
    ETAG,
    LAST_MODIFIED,
    HeaderName::from_static("request-id"),
    HeaderName::from_static("retry-after-ms"),
];

/// The request of a call that is passed through, complete but for its signature.
pub(super) fn passed(
    endpoint: &Endpoint,
    passage: &Passage<'_>,
    caller: Sent<'_>,
    body: Bytes,
) -> Request<providers::Spliced> {
    let len = u64::try_from(body.len()).unwrap_or(u64::MAX);
    let parts = if body.is_empty() { Vec::new() } else { vec![body] };
    let mut request =
        build(endpoint, &passage.native.uri, caller, false, chat::Spliced { parts, len });
    *request.method_mut() = passage.method.clone();
    let headers = request.headers_mut();
    for name in [ACCEPT, CONTENT_TYPE] {
        headers.remove(name);
    }
    for name in PASSED {
        for value in caller.headers.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    request
}

/// The headers of its answer that the client may see, with room for ours. An encoded body goes back as it came.
pub(super) fn passed_back(endpoint: &Endpoint, from: &HeaderMap) -> HeaderMap {
    let mut headers = returned(endpoint, from);
    for name in PASSED_BACK.into_iter().chain([CONTENT_ENCODING]) {
        if let Some(value) = from.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers
}

/// The provider's headers that the client may see, with room for ours.
pub(super) fn returned(endpoint: &Endpoint, from: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(24);
    for (name, value) in from {
        let of_all = RETURNED.contains(name) || name.as_str().starts_with("x-ratelimit-");
        if of_all || endpoint.returns.iter().any(|it| matches(it, name.as_str())) {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// Whether a header is one of the list, where `*` at the end stands for any rest.
fn matches(listed: &str, name: &str) -> bool {
    match listed.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == listed,
    }
}
