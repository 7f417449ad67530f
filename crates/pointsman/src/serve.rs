//! Listening, and what answers where. The data plane's paths go straight to [`proxy::Proxy::handle`]; all others go
//! through a router.

mod accept;
mod patience;
mod plain;
mod ui;

pub(crate) use accept::{Listeners, bind, raise_file_limit};
pub(crate) use plain::{Health, Plain};

use axum::Router;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::Either;
use hyper::body::Incoming;
use proxy::Proxy;
use std::convert::Infallible;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A response body of either side.
pub(crate) type Body = Either<proxy::Body, axum::body::Body>;

/// What answers on one address.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The data plane.
    pub(crate) proxy: Arc<Proxy>,
    /// Everything that is not the data plane.
    pub(crate) router: Router,
    /// `/v1/…` is served here; the `ai/v1` twin is everywhere.
    pub(crate) data: bool,
    /// Set when the server is stopping.
    pub(crate) health: Arc<Health>,
}

impl Site {
    /// Answers one request.
    pub(crate) async fn answer(&self, mut request: Request<Incoming>) -> Response<Body> {
        name_host(&mut request);
        let path = request.uri().path();
        if (self.data && path.starts_with("/v1/")) || is_twin(path) {
            return self.proxy.handle(request).await.map(Either::Left);
        }
        if self.health.is_draining()
            && !path.starts_with("/healthz")
            && !path.starts_with("/readyz")
        {
            return draining().map(Either::Right);
        }
        let answered: Result<_, Infallible> = self.router.clone().oneshot(request).await;
        match answered {
            Ok(response) => response.map(Either::Right),
            Err(never) => match never {},
        }
    }
}

/// `/client/v4/accounts/{account}/ai/v1/…`: the data plane on the management API's base URL.
fn is_twin(path: &str) -> bool {
    let below = path.strip_prefix("/client/v4/accounts/").and_then(|it| it.split_once('/'));
    below.is_some_and(|(_, rest)| rest.starts_with("ai/v1/"))
}

/// HTTP/2 names the host in `:authority`; whoever checks it looks for `Host`.
fn name_host(request: &mut Request<Incoming>) {
    if request.headers().contains_key(header::HOST) {
        return;
    }
    let authority = request.uri().authority().map(|it| HeaderValue::try_from(it.as_str()));
    if let Some(Ok(host)) = authority {
        request.headers_mut().insert(header::HOST, host);
    }
}

fn draining() -> Response<axum::body::Body> {
    const BODY: &str = r#"{"success":false,"errors":[{"code":1000,"message":"the server is stopping; try again"}],"messages":[],"result":{}}"#;
    let mut response = Response::new(axum::body::Body::from(BODY));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

#[cfg(test)]
mod tests;
