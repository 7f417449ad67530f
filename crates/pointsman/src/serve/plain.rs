//! Health, readiness, metrics and the front page: what the binary answers by itself.

use access::{Credential, Permission, WebGuard};
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use proxy::Proxy;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use telemetry::Metrics;

use super::ui;
use crate::clock::SystemClock;

/// What readiness is made of.
#[derive(Debug, Default)]
pub(crate) struct Health {
    draining: AtomicBool,
    /// Whether the last look at the store succeeded; reported, and no reason not to be ready.
    pub(crate) store: Arc<AtomicBool>,
}

impl Health {
    /// From now on the server is not ready.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether the server is stopping.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// What the handlers need.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    /// Ready or not.
    pub(crate) health: Arc<Health>,
    /// What `/metrics` shows.
    pub(crate) metrics: Arc<Metrics>,
    /// Holds the tokens.
    pub(crate) proxy: Arc<Proxy>,
    /// Keeps web pages out.
    pub(crate) guard: WebGuard,
    /// Other machines can reach this address: metrics need a token.
    pub(crate) public: bool,
}

impl Plain {
    /// `/healthz` and `/readyz`; where management is served the web application and `/metrics`, else a page at `/`.
    pub(crate) fn router(self, management: bool) -> Router {
        let router = Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(readiness));
        let router = match ui::router().filter(|_| management) {
            Some(application) => router.merge(application),
            None => router.route("/", get(move || async move { front_page(management) })),
        };
        let router = if management { router.route("/metrics", get(metrics)) } else { router };
        router.with_state(self)
    }
}

async fn readiness(State(plain): State<Plain>) -> Response {
    let (status, state) = if plain.health.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    };
    let store = if plain.health.store.load(Ordering::Relaxed) { "reachable" } else { "away" };
    let metrics = &plain.metrics;
    let logs = serde_json::json!({
        "state": if metrics.are_logs_stalled() { "stalled" } else { "written" },
        "dropped": metrics.logs_dropped(),
        "failed": metrics.logs_failed(),
    });
    let body = serde_json::json!({ "status": state, "store": store, "logs": logs });
    (status, axum::Json(body)).into_response()
}

async fn metrics(State(plain): State<Plain>, headers: HeaderMap) -> Response {
    if let Err(foreign) = plain.guard.check(&headers) {
        return (StatusCode::FORBIDDEN, format!("{foreign}\n")).into_response();
    }
    if plain.public && !may_read(&plain, &headers) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (
            StatusCode::UNAUTHORIZED,
            challenge,
            "metrics need a token with AI Gateway Read\n",
        )
            .into_response();
    }
    const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, TYPE)], plain.metrics.encode()).into_response()
}

fn may_read(plain: &Plain, headers: &HeaderMap) -> bool {
    match access::credential(headers, &plain.proxy.catalog().tokens) {
        Credential::Ours { token, .. } => {
            token.may(Permission::Read) && !token.expired(SystemClock::now_ms())
        }
        Credential::Unknown { .. } | Credential::None => false,
    }
}

/// What stands at `/` without the web application; `management`: it would stand there.
fn front_page(management: bool) -> Response {
    const PAGE: &str = include_str!("front_page.html");
    const BUILD: &str = "<p>The web application is not in this binary: with Node 20 or later, <code>make ui</code> and build it again.</p>";
    let page = PAGE.replace("{version}", env!("CARGO_PKG_VERSION"));
    let page = page.replace("{build}", if management { BUILD } else { "" });
    ui::guarded(Html(page).into_response())
}
