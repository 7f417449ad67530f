//! What was asked and answered, as it was: no envelope.

use crate::caller::{AtGateway, Named};
use crate::live::Api;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};
use store::{LogBody, Side};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(request)).routes(routes!(response))
}

/// Whether all of it was kept.
const COMPLETE: HeaderName = HeaderName::from_static("pointsman-complete");

/// Get the body of the request as the caller sent it.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}/request", tag = "logs",
    operation_id = "aig-config-get-gateway-log-request", responses((status = 200, content_type = "application/json", body = Object)))]
async fn request(api: State<Api>, at: AtGateway, id: Named) -> Result<Response, Problem> {
    body(api, at, id, Side::Request).await
}

/// Get the body of the response as the caller got it; an answer in parts as `text/event-stream`.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}/response", tag = "logs",
    operation_id = "aig-config-get-gateway-log-response", responses((status = 200, content_type = "application/json", body = Object)))]
async fn response(api: State<Api>, at: AtGateway, id: Named) -> Result<Response, Problem> {
    body(api, at, id, Side::Response).await
}

async fn body(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
    side: Side,
) -> Result<Response, Problem> {
    let what = match side {
        Side::Request => "request",
        Side::Response => "response",
    };
    let LogBody { bytes, complete, content_type } =
        api.store.logs().body(&at.gateway, &id, side).await?;
    let Some(body) = bytes else {
        return Err(Problem::not_found(&format!(
            "the {what} of log `{id}` was not kept: payloads were not logged; it is"
        )));
    };
    if body.is_empty() && !complete {
        return Err(Problem::not_found(&format!(
            "the {what} of log `{id}` was too large to be kept; it is"
        )));
    }
    let complete = HeaderValue::from_static(if complete { "true" } else { "false" });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(harmless(&content_type))),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (COMPLETE, complete),
    ];
    Ok((headers, body).into_response())
}

/// What a browser does nothing with: a caller, or a model, may have called its text a web page.
fn harmless(content_type: &str) -> &'static str {
    match content_type {
        "" | "application/json" => "application/json",
        "text/event-stream" => "text/event-stream",
        _ => "application/octet-stream",
    }
}
