//! All paths in one place.

use crate::live::{Api, State};
use crate::{
    analytics, audit, custom_providers, deployments, drafts, gateways, limits, logs, offer,
    openapi, prices, provider_configs, provider_costs, rim, routes, session, simulation, tokens,
    urls, versions,
};
use axum::Router;
use axum::body::Bytes;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing;
use http::header;
use std::sync::{Arc, LazyLock};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

/// Where the API stands.
pub(crate) const PREFIX: &str = "/client/v4";

/// Everything below `/client/v4`, `/session` and `/openapi.json`; the binary adds health, metrics and the data plane.
pub fn router(state: State) -> Router {
    let version = state.version;
    // Made when it is first asked for: it takes a while and some megabytes, which most processes never need.
    let document = Arc::new(LazyLock::new(move || Bytes::from(openapi::document(version))));
    let api: Api = Arc::new(state);
    let below: Router<Api> = operations().into();
    let below = below.fallback(rim::no_such_path).method_not_allowed_fallback(rim::wrong_method);
    Router::new()
        .nest(PREFIX, below)
        .merge(session::router())
        .route(
            "/openapi.json",
            routing::get(async move || {
                ([(header::CONTENT_TYPE, "application/json")], Bytes::clone(&document))
            }),
        )
        .layer(from_fn(rim::finish_writes))
        .layer(from_fn_with_state(Arc::clone(&api), session::renew))
        .layer(CatchPanicLayer::custom(rim::after_panic))
        .layer(from_fn(rim::vary))
        .layer(from_fn_with_state(Arc::clone(&api), rim::keep_out_foreign))
        .with_state(api)
}

/// One line a resource.
pub(crate) fn operations() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::head())
        .merge(routes::router())
        .merge(versions::router())
        .merge(deployments::router())
        .merge(drafts::router())
        .merge(simulation::router())
        .merge(gateways::router())
        .merge(provider_configs::router())
        .merge(prices::router())
        .merge(provider_costs::router())
        .merge(logs::router())
        .merge(analytics::router())
        .merge(limits::router())
        .merge(offer::router())
        .merge(urls::router())
        .merge(custom_providers::router())
        .merge(audit::router())
        .merge(tokens::router())
}
