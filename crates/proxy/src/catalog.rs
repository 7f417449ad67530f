//! Everything a request needs to know, immutable: gateways, deployed routes with their plans, tokens.
use crate::breaker::Breaker;
use bytes::Bytes;
use route::ids::{AccountId, GatewayId, RouteId, VersionId};
use std::collections::HashMap;
use std::sync::Arc;

/// The whole, replaced by [`crate::Proxy::swap`]. Cheap to copy and change one gateway of.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub account: AccountId,
    pub gateways: HashMap<GatewayId, Arc<Gateway>>,
    pub tokens: Arc<access::Tokens>,
}
#[derive(Clone, Debug)]
pub struct Gateway {
    pub id: GatewayId,
    /// A token with Run is needed.
    pub authentication: bool,
    pub collect_logs: bool,
    /// Gateway-level defaults for what neither element nor header says.
    pub retry: Retry,
    pub routes: HashMap<Box<str>, Arc<LiveRoute>>,
    /// Every provider callable directly, by slug and alias (`custom-<slug>` too).
    pub providers: HashMap<Box<str>, Arc<Upstream>>,
    /// Breakers by (provider, model, key), shared across catalogs.
    pub breakers: Arc<crate::breaker::Breakers>,
    /// Price overrides of this gateway.
    pub prices: Arc<HashMap<(String, String), providers::Price>>,
}
#[derive(Clone, Copy, Debug, Default)]
pub struct Retry {
    pub max_attempts: Option<u32>,
    pub delay_ms: Option<u64>,
    pub backoff: Option<Backoff>,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    Constant,
    Linear,
    Exponential,
}
#[derive(Debug)]
pub struct LiveRoute {
    pub id: RouteId,
    pub name: Box<str>,
    pub deployed: Option<Arc<Version>>,
    pub latest: Option<Arc<Version>>,
}
#[derive(Debug)]
pub struct Version {
    pub id: VersionId,
    pub route: route::Route,
    /** By `Target::index`. */
    pub plans: Vec<Arc<Plan>>,
}
/// A provider of a gateway.
#[derive(Clone, Debug)]
pub struct Upstream {
    pub endpoint: Arc<providers::Endpoint>,
}
/// One model, ready to call: nothing is looked up or formatted per request.
#[derive(Debug)]
pub struct Plan {
    pub endpoint: Arc<providers::Endpoint>,
    pub model: Box<str>,
    /// The model as a JSON string.
    pub model_json: Bytes,
    pub price: Option<providers::Price>,
    pub max_output_tokens: Option<u64>,
    /// `None` when the gateway's breaker is off.
    pub breaker: Option<Arc<Breaker>>,
}
