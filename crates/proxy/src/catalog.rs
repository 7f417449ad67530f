//! Everything a request needs to know, immutable: gateways, routes with their plans, tokens.
//!
//! Made once per management write and replaced whole ([`crate::Proxy::update`]); a request keeps the one it was admitted under.
//! Replacing one route or one gateway shares everything else. Knows no storage: the binary reads rows and builds these values.
mod caching;
mod limits;
mod plan;
mod version;

pub use caching::Caching;
pub use limits::{Dimension, GatewayLimits, RateLimit, Spend, SpendRule};
pub use plan::{Plan, Upstream};
pub use version::{LiveRoute, Version};

use route::ids::{AccountId, GatewayId, RouteId};
use std::collections::HashMap;
use std::sync::Arc;

/// The whole. Cheap to copy and change one gateway of.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The account served; a request for another one is refused.
    pub account: AccountId,
    /// Every gateway, by id.
    pub gateways: HashMap<GatewayId, Arc<Gateway>>,
    /// Every API token.
    pub tokens: Arc<access::Tokens>,
}

impl Catalog {
    /// The same catalog with this gateway put in, or in place of the one of the same id.
    #[must_use]
    pub fn with_gateway(&self, gateway: Gateway) -> Self {
        let mut next = self.clone();
        next.gateways.insert(gateway.id.clone(), Arc::new(gateway));
        next
    }

    /// The same catalog without this gateway.
    #[must_use]
    pub fn without_gateway(&self, id: &GatewayId) -> Self {
        let mut next = self.clone();
        next.gateways.remove(id);
        next
    }

    /// Whether a request may have to be counted in tokens before it is sent: some gateway has a spend rule, or some
    /// route a cost limit.
    #[must_use]
    pub fn holds_money(&self) -> bool {
        if self.gateways.values().any(|it| !it.limits.spend.is_empty()) {
            return true;
        }
        let routes = self.gateways.values().flat_map(|it| it.routes.values());
        let versions = routes.flat_map(|it| it.deployed.iter().chain(&it.latest));
        let mut quotas = versions.flat_map(|it| it.route.quotas());
        quotas.any(|it| it.limit_type == route::LimitType::Cost)
    }

    /// The same catalog with other tokens.
    #[must_use]
    pub fn with_tokens(&self, tokens: Arc<access::Tokens>) -> Self {
        Self { tokens, ..self.clone() }
    }
}

/// A gateway: its settings, the providers it can call, and its routes by name.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent settings of a gateway")]
pub struct Gateway {
    /// Its slug, as in URLs.
    pub id: GatewayId,
    /// A token with Run is needed.
    pub authentication: bool,
    /// Whether requests are recorded when `cf-aig-collect-log` does not say.
    pub collect_logs: bool,
    /// Whether what is asked and answered is kept with the record, when `cf-aig-collect-log-payload` does not say.
    pub collect_log_payloads: bool,
    /// It has collectors of its own, which its requests are told to.
    pub traced: bool,
    /// Defaults for what neither element nor header says.
    pub retry: Retry,
    /// How long answers are kept.
    pub caching: Caching,
    /// What it limits by itself.
    pub limits: Arc<GatewayLimits>,
    /// Every route, deployed or not, by name.
    pub routes: HashMap<Arc<str>, Arc<LiveRoute>>,
    /// Every provider callable directly, by slug and alias (`custom-<slug>` too).
    pub providers: HashMap<Box<str>, Arc<Upstream>>,
    /// Breakers by (provider, model, key), shared across catalogs.
    pub breakers: Arc<crate::breaker::Breakers>,
    /// What models cost in this gateway.
    pub prices: Arc<providers::PriceBook>,
}

impl Gateway {
    /// The plan for one model of one provider; `None` when this gateway does not have the provider.
    pub fn plan(&self, provider: &str, model: &str) -> Option<Plan> {
        self.providers.get(provider).map(|it| Plan::new(it, model, self))
    }

    /// The same gateway with this route put in, or in place of the one of the same id (whatever its name was). No other route is touched.
    #[must_use]
    pub fn with_route(&self, route: LiveRoute) -> Self {
        let mut next = self.without_route(&route.id);
        next.routes.insert(Arc::clone(&route.name), Arc::new(route));
        next
    }

    /// The same gateway without the route of this id.
    #[must_use]
    pub fn without_route(&self, id: &RouteId) -> Self {
        let mut next = self.clone();
        next.routes.retain(|_, it| it.id != *id);
        next
    }

    /// This gateway (new keys, providers or prices) with the routes of `old`: planned again, not compiled again.
    #[must_use]
    pub fn adopt_routes(mut self, old: &Self) -> Self {
        let routes = old
            .routes
            .iter()
            .map(|(name, it)| (Arc::clone(name), Arc::new(it.replan(&self))))
            .collect();
        self.routes = routes;
        self
    }
}

/// Retry defaults of a gateway (`retry_max_attempts`, `retry_delay`, `retry_backoff`).
#[derive(Clone, Copy, Debug, Default)]
pub struct Retry {
    /// Attempts in all, the first included.
    pub max_attempts: Option<u32>,
    /// Milliseconds before the first retry.
    pub delay_ms: Option<u64>,
    /// How the delay grows.
    pub backoff: Option<Backoff>,
}

/// How the delay between attempts grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same.
    Constant,
    /// By one delay an attempt.
    Linear,
    /// Doubling.
    Exponential,
}
