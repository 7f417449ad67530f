//! What is true of every request: foreign pages are kept out, panics become a 500, unknown paths and methods answer in the envelope,
//! and a write once begun is finished.

use crate::live::Api;
use crate::problem::Problem;
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use std::any::Any;

/// Refuses what a web page could send, before anything is read; pages of the configured origins get their CORS headers.
pub(crate) async fn keep_out_foreign(
    State(api): State<Api>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(foreign) = api.guard.check(request.headers()) {
        return Problem::foreign(&foreign).into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let origin = origin.filter(|it| it.to_str().is_ok_and(|it| api.guard.allows_origin(it)));
    let Some(origin) = origin else { return next.run(request).await };
    let asks_first = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if asks_first { preflight(request.headers()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
    response
}

/// What a browser is told when it asks whether it may. Any header goes, for the token is one; but for a page of another origin nothing
/// allows the cookie of a session, nor the header that a session needs.
fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let names = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    if let Some(names) = names.filter(|it| !crate::session::is_proof_in(it)) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    response
}

/// The two dialects are told apart by a request header, and caches must know; nothing here is for caches anyway.
pub(crate) async fn vary(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("X-Stainless-Lang"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Runs writes on their own task: a caller who hangs up between the store's commit and the publication must not leave
/// the data plane behind.
#[expect(
    clippy::disallowed_methods,
    reason = "the handler waits for the task; it outlives it only when the caller is gone"
)]
pub(crate) async fn finish_writes(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => Problem::internal(error).into_response(),
    }
}

/// The response to a panic.
#[expect(clippy::needless_pass_by_value, reason = "the layer wants this signature")]
pub(crate) fn after_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem::internal(format!("panic: {}", text.unwrap_or("without a message"))).into_response()
}

pub(crate) async fn no_such_path(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::no_such_path(uri.path())
}

pub(crate) async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    Problem::wrong_method(&method, uri.path())
}
