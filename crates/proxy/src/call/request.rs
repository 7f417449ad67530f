//! What goes to the provider and what comes back to the client besides the body: allow-lists both
//! ways, so that a credential, a cookie or a hop-by-hop header cannot slip through unnoticed.

use http::header::{ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, USER_AGENT};
use http::{HeaderName, HeaderValue, Method, Request};
use providers::Endpoint;
use secrecy::SecretString;

/// Headers of the caller that go on.
pub(crate) const FORWARDED: [HeaderName; 4] = [
    HeaderName::from_static("openai-beta"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Headers of the provider that go back, besides `x-ratelimit-*`.
const RETURNED: [HeaderName; 5] = [
    CONTENT_TYPE,
    CACHE_CONTROL,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("openai-processing-ms"),
    HeaderName::from_static("openai-version"),
];

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
const OURSELVES: HeaderValue =
    HeaderValue::from_static(concat!("pointsman/", env!("CARGO_PKG_VERSION")));

/// The request for the provider.
pub(super) fn build(
    endpoint: &Endpoint,
    key: Option<&SecretString>,
    caller: &HeaderMap,
    stream: bool,
    body: chat::Spliced,
) -> Request<providers::Spliced> {
    let mut request = Request::new(providers::Spliced::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = endpoint.chat_uri.clone();
    let headers = request.headers_mut();
    headers.reserve(12);
    for name in FORWARDED {
        if let Some(value) = caller.get(&name) {
            headers.insert(name, value.clone());
        }
    }
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(ACCEPT, if stream { EVENTS } else { JSON });
    headers.insert(ACCEPT_ENCODING, IDENTITY);
    headers.insert(USER_AGENT, OURSELVES);
    for (name, value) in &endpoint.headers {
        headers.insert(name, value.clone());
    }
    if let Some((name, value)) = key.and_then(|it| endpoint.auth.header(it)) {
        headers.insert(name, value);
    }
    request
}

/// The provider's headers that the client may see, with room for ours.
pub(super) fn returned(from: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(24);
    for (name, value) in from {
        if RETURNED.contains(name) || name.as_str().starts_with("x-ratelimit-") {
            headers.append(name, value.clone());
        }
    }
    headers
}
