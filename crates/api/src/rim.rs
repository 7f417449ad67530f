//! What is true of every request: foreign pages are kept out, panics become a 500, unknown paths and methods answer in the envelope,
//! and a write once begun is finished.

use crate::live::Api;
use crate::problem::Problem;
use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, header};
use std::any::Any;

/// Refuses what a web page could send (design: `Host` and `Origin` are checked before anything is read).
pub(crate) async fn keep_out_foreign(
    State(api): State<Api>,
    request: Request,
    next: Next,
) -> Response {
    match api.guard.check(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(foreign) => Problem::foreign(&foreign).into_response(),
    }
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
