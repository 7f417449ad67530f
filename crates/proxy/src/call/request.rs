//! What goes to the provider and what comes back to the client besides the body: allow-lists both
//! ways, so that a credential, a cookie or a hop-by-hop header cannot slip through unnoticed.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, RETRY_AFTER, USER_AGENT,
};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use providers::Endpoint;
use std::sync::LazyLock;

/// Headers of the caller that go on to every provider.
const FORWARDED: [HeaderName; 3] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Headers of the caller that go on to some provider.
pub(crate) static FORWARDED_TO_ANY: LazyLock<Vec<HeaderName>> = LazyLock::new(|| {
    let of_rows = providers::table().iter().flat_map(|it| it.forwards);
    let mut all: Vec<_> = of_rows.map(|it| HeaderName::from_static(it)).collect();
    all.extend(FORWARDED);
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

/// The request for the provider, complete but for its signature.
pub(super) fn build(
    endpoint: &Endpoint,
    uri: &Uri,
    caller: &HeaderMap,
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
        if let Some(value) = caller.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    for name in endpoint.forwards {
        if let Some(value) = caller.get(*name) {
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
