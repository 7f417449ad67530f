//! The data plane: from a chat request to the answer of the model that a route chose. No SQL: it reads an immutable [`Catalog`].
#![expect(
    clippy::todo,
    missing_docs,
    unused_variables,
    dead_code,
    clippy::unused_async,
    reason = "skeleton"
)]
pub mod breaker;
mod bucket;
pub mod call;
pub mod catalog;
mod respond;

pub use catalog::Catalog;
use std::sync::Arc;

pub type Body = http_body_util::combinators::BoxBody<bytes::Bytes, std::io::Error>;

/// Time, passed in. Unix milliseconds for records and limits; waiting uses tokio's clock (virtual in tests).
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now_ms(&self) -> u64;
}

/// Loads a pinned version that the catalog does not hold (the one exception to "no SQL"); implemented by the binary, cached here (bounded).
pub trait PinnedVersions: Send + Sync + std::fmt::Debug {
    fn load<'a>(
        &'a self,
        gateway: &'a route::ids::GatewayId,
        route: &'a route::ids::RouteId,
        version: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Option<Arc<catalog::Version>>> + Send + 'a>>;
}
#[derive(Debug)]
pub struct Settings {
    /// 64 MiB.
    pub max_body: usize,
    pub max_in_flight: usize,
    pub guard: access::WebGuard,
    /// The default of a model element: 120 s, 60 s between chunks.
    pub first_byte: std::time::Duration,
    pub idle: std::time::Duration,
    /// Tokens held for an answer when neither request nor catalogue says (docs/limits.md): 4096.
    pub default_output_tokens: u64,
}
#[derive(Debug)]
pub struct Proxy {/* private: ArcSwap<Catalog>, call::Context, limiter, recorder, metrics, … */}
#[derive(Debug)]
pub struct Parts {
    pub settings: Settings,
    pub catalog: Catalog,
    pub client: providers::Client,
    pub limiter: Arc<limits::Limiter>,
    pub recorder: telemetry::Recorder,
    pub metrics: Arc<telemetry::Metrics>,
    pub clock: Arc<dyn Clock>,
    pub pinned: Arc<dyn PinnedVersions>,
    /// Makes the seed of a request's dice and its UUIDv7 id.
    pub entropy: fn() -> u64,
}
impl Proxy {
    pub fn new(parts: Parts) -> Arc<Self> {
        todo!()
    }
    /// The catalog in force.
    pub fn catalog(&self) -> Arc<Catalog> {
        todo!()
    }
    /// Changes the catalog atomically: two changes at the same time both happen. `change` may run more than once.
    pub fn update(&self, change: impl FnMut(&Catalog) -> Catalog) {
        todo!()
    }
    /// Replaced whole; requests under way keep theirs.
    pub fn swap(&self, catalog: Catalog) {
        todo!()
    }
    /// Serves `/v1/…` and the `/client/v4/accounts/{account}/ai/v1/…` twin. Never fails: every error is a response.
    pub async fn handle<B>(self: &Arc<Self>, request: http::Request<B>) -> http::Response<Body>
    where
        B: http_body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        todo!()
    }
    /// No new requests (503), for shutdown; resolves when none is in flight.
    pub fn drain(&self) {
        todo!()
    }
    pub fn in_flight(&self) -> usize {
        todo!()
    }
}
