//! What the running process gives to the API: its store, its configuration, and the way to make a write visible.

use crate::ApiDialect;
use crate::limits::{BucketInUse, CountersAway, LimitsAsked, LimitsInUse};
use crate::offer::Offer;
use crate::problem::Problem;
use crate::simulation::{Simulate, Simulated, Unsound};
use route::ids::{AccountId, GatewayId, RouteId};
use std::pin::Pin;
use std::sync::Arc;

/// What the running process offers to the API.
pub trait Live: Send + Sync + std::fmt::Debug {
    /// What routes of this gateway are compiled against.
    fn known(&self, gateway: &GatewayId) -> Arc<dyn route::Known + Send + Sync>;
    /// Makes a write visible to the data plane of this node; returns when it is.
    ///
    /// # Errors
    /// Says why the data plane still serves what it served before.
    fn publish(
        &self,
        change: Change,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>>;
    /// The tokens in force.
    fn tokens(&self) -> Arc<access::Tokens>;
    /// Unix milliseconds.
    fn now_ms(&self) -> u64;
    /// Calls one model once, with a request as small as can be. The API itself calls no provider: the
    /// process does, with the keys, the checks of addresses and the judgement that real calls get.
    ///
    /// # Errors
    /// Says why there was no call to make: the gateway does not have the provider.
    fn try_model(
        &self,
        trial: Trial,
    ) -> Pin<Box<dyn Future<Output = Result<Tried, String>> + Send + '_>>;
    /// Walks a route with a request that is only imagined, as the data plane would. Calls no provider, and asks and counts in no limit.
    ///
    /// # Errors
    /// Production would refuse the request, or what is assumed is not in the route: each with its place in the body.
    fn simulate(
        &self,
        simulate: Simulate,
    ) -> Pin<Box<dyn Future<Output = Result<Simulated, Unsound>> + Send + '_>>;
    /// What this gateway can call.
    fn offer(&self, gateway: &GatewayId) -> Offer;
    /// The buckets of a gateway's limits that are in use.
    ///
    /// # Errors
    /// The counters do not answer.
    fn limits_in_use(
        &self,
        asked: LimitsAsked,
    ) -> Pin<Box<dyn Future<Output = Result<LimitsInUse, CountersAway>> + Send + '_>>;
    /// Forgets what a bucket of this gateway has counted and settled, wherever it is counted; the bucket as it was. `None`: its name is not
    /// that of a bucket of a limit in force.
    ///
    /// # Errors
    /// The counters do not answer: nobody knows whether it was done.
    fn reset_limit<'a>(
        &'a self,
        gateway: &'a GatewayId,
        bucket: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Option<BucketInUse>, CountersAway>> + Send + 'a>>;
}

/// A call that an operator wants to see made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Whose keys are used.
    pub gateway: GatewayId,
    /// The provider, as routes name it.
    pub provider: String,
    /// The model, as the provider names it.
    pub model: String,
}

/// How that call went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The provider's status, when there was a response.
    pub status: Option<u16>,
    /// Milliseconds until the answer was complete, or the call had failed.
    pub ms: u64,
    /// The key that was used, as logs name it.
    pub key_alias: String,
    /// What was wrong: a kind, and words for people without secrets. `None`: it answered.
    pub cause: Option<(&'static str, String)>,
}

/// What a management write has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A gateway, its keys or prices.
    Gateway(GatewayId),
    /// A gateway and everything in it was deleted.
    GatewayGone(GatewayId),
    /// A route: its name, versions or deployment, or that it is gone.
    Route(GatewayId, RouteId),
    /// Custom providers.
    Providers,
    /// Prices of the account or of custom providers.
    Prices,
    /// API tokens.
    Tokens,
}

/// Everything the handlers need; made by the binary.
#[derive(Clone, Debug)]
pub struct State {
    /// Where everything is kept.
    pub store: store::Store,
    /// The process around the API.
    pub live: Arc<dyn Live>,
    /// The one account served; any other in a path is a 404.
    pub account: AccountId,
    /// Which form of the two disputed fields callers get.
    pub dialect: ApiDialect,
    /// Refuses what a web page could send.
    pub guard: access::WebGuard,
    /// `http://127.0.0.1:8787`, for `GET …/url/{provider}`; `None`: from the Host header.
    pub public_url: Option<String>,
    /// Whether custom providers made through the API may point at private or loopback addresses.
    pub allow_private_upstreams: bool,
    /// Version of the program, for `/openapi.json`.
    pub version: &'static str,
}

/// The state as handlers share it.
pub(crate) type Api = Arc<State>;

impl State {
    /// Makes a stored write visible before it is answered ("read your writes").
    pub(crate) async fn publish(&self, change: Change) -> Result<(), Problem> {
        self.live.publish(change).await.map_err(Problem::stored_but_not_served)
    }
}
