//! The management API: Cloudflare's v4 REST for gateways, routes, versions, deployments, keys and tokens, plus ours.
//!
//! One file per resource; a handler checks its input, makes one write through [`store`], publishes it through [`Live`] and answers with a
//! view of its own. It never calls a provider itself and never touches limiter counters (a test call is made, and limits are looked at and reset, by the process
//! around it, see [`Live`]). The reference is `docs/api.md`, the codes are in `docs/errors.md`.
#![expect(unused_qualifications, reason = "utoipa's `params(…)` expands to a qualified call")]

mod analytics;
mod audit;
mod body;
mod caller;
mod custom_providers;
mod deployments;
mod dialect;
mod drafts;
mod gateways;
mod graph;
mod limits;
mod live;
mod logs;
mod money;
mod offer;
mod openapi;
mod paging;
mod prices;
mod problem;
mod provider_configs;
mod provider_costs;
mod reply;
mod rim;
mod router;
mod routes;
mod session;
mod simulation;
mod times;
mod tokens;
mod upstream;
mod urls;
mod versions;

pub use dialect::ApiDialect;
pub use gateways::{Caching, Dimension, GatewayLimits, LogKeeping, RateLimit, SpendRule};
pub use limits::{BucketInUse, BucketKey, CountersAway, LimitOwner, LimitsAsked, LimitsInUse};
pub use live::{Change, Live, State, Trial, Tried};
pub use money::Dollars;
pub use offer::{Offer, ProviderOffered};
pub use openapi::openapi;
pub use router::router;
pub use simulation::{
    Amount, Assumed, Chosen, Distribution, Edge, LimitAsked, ModelAsked, Passed, Read, Sample,
    SampleRequest, Share, Simulate, Simulated, Unsound,
};
