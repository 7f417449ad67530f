//! The management API: Cloudflare's v4 REST, plus ours. Never calls a provider, never touches limiter counters.
#![expect(clippy::todo, missing_docs, unused_variables, reason = "skeleton")]
use route::ids::{AccountId, GatewayId, RouteId};
use std::sync::Arc;

/// What the running process offers to the API.
pub trait Live: Send + Sync + std::fmt::Debug {
    /// What routes of this gateway are compiled against.
    fn known(&self, gateway: &GatewayId) -> Arc<dyn route::Known + Send + Sync>;
    /// Makes a write visible to the data plane of this node; returns when it is.
    fn publish(
        &self,
        change: Change,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;
    /// The tokens in force.
    fn tokens(&self) -> Arc<access::Tokens>;
    fn now_ms(&self) -> u64;
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /** A gateway, its keys or prices. */
    Gateway(GatewayId),
    GatewayGone(GatewayId),
    Route(GatewayId, RouteId),
    /** Custom providers. */
    Providers,
    Tokens,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiDialect {
    Auto,
    Reference,
    Live,
}
#[derive(Clone, Debug)]
pub struct State {
    pub store: store::Store,
    pub live: Arc<dyn Live>,
    pub account: AccountId,
    pub dialect: ApiDialect,
    pub guard: access::WebGuard,
    pub metrics: Arc<telemetry::Metrics>,
    /// `http://127.0.0.1:8787`, for `GET …/url/{provider}`; `None`: from the Host header.
    pub public_url: Option<String>,
    pub allow_private_upstreams: bool,
    /// Management requests without a token are refused; there is no open mode.
    pub version: &'static str,
}
/// Everything below `/client/v4`, `/openapi.json`; the binary adds health, metrics and the data plane.
pub fn router(state: State) -> axum::Router {
    todo!()
}
/// The OpenAPI document, as JSON text.
pub fn openapi() -> String {
    todo!()
}
