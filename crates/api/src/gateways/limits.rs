//! What a gateway's settings say about its limits, as the data plane is told it.

use super::settings::Settings;
use route::{OnUnavailable, OnUnknownPrice, Technique};
use std::time::Duration;

/// The limits of a gateway that are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GatewayLimits {
    /// `rate_limiting_*`; `None`: off.
    pub rate: Option<RateLimit>,
    /// The enabled rules of `spend_limits`, in the order they are written.
    pub spend: Vec<SpendRule>,
}

/// So many requests in a window, whoever makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests, at least 1.
    pub limit: u64,
    /// Whole seconds, at least one.
    pub window: Duration,
    /// How the window moves.
    pub technique: Technique,
    /// When the counter cannot be asked.
    pub on_unavailable: OnUnavailable,
}

/// So much money in a window, for the calls it applies to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendRule {
    /// Eight hexadecimal digits, unique in the gateway: what is spent is kept under it.
    pub id: String,
    /// Nano-dollars, at least 1.
    pub limit: u64,
    /// Whole seconds, at least one.
    pub window: Duration,
    /// How the window moves.
    pub technique: Technique,
    /// By the model, as the provider names it or as `<provider>/<model>`.
    pub model: Option<Dimension>,
    /// By the provider's slug.
    pub provider: Option<Dimension>,
    /// By entries of the request's metadata, in the order of their keys.
    pub metadata: Vec<(String, Dimension)>,
    /// When the counter cannot be asked.
    pub on_unavailable: OnUnavailable,
    /// When a call it applies to has no known price.
    pub on_unknown_price: OnUnknownPrice,
}

impl SpendRule {
    /// Whether both apply to the same calls and keep them apart in the same way.
    pub(super) fn has_scope_of(&self, other: &Self) -> bool {
        (&self.model, &self.provider, &self.metadata)
            == (&other.model, &other.provider, &other.metadata)
    }
}

/// What a rule does with one property of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The rule applies only to these values, in one bucket for all of them.
    Filter(Vec<String>),
    /// Every value has a bucket of its own.
    Partition,
}

impl GatewayLimits {
    /// Reads them from the settings that [`store::Gateway`] keeps.
    ///
    /// # Errors
    /// They are not what this API writes.
    pub fn stored(settings: &str) -> Result<Self, String> {
        let settings: Settings = serde_json::from_str(settings).map_err(|it| it.to_string())?;
        settings.limits()
    }
}
