//! A bucket, as it is told.

use crate::money::Dollars;
use crate::simulation::Amount;
use crate::times;
use route::ids::GatewayId;
use route::{LimitType, Technique};
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// A bucket of a limit that is in force.
#[derive(Clone, Debug, PartialEq)]
pub struct BucketInUse {
    /// Names it; opaque.
    pub id: String,
    /// Whose limit it is.
    pub owner: LimitOwner,
    /// What chose it; empty: the limit has one bucket.
    pub key: Vec<BucketKey>,
    /// What is counted.
    pub counts: LimitType,
    /// Requests or nano-dollars.
    pub limit: u64,
    /// Counted and settled in the window, in the same unit.
    pub settled: u64,
    /// Held by calls under way.
    pub held: u64,
    /// Seconds.
    pub window: u64,
    /// How the window moves.
    pub technique: Technique,
    /// When the oldest of what is settled leaves the window: Unix milliseconds.
    pub refills_at: Option<u64>,
    /// When all that is used or held now will have left.
    pub resets_at: Option<u64>,
}

/// Where a limit is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LimitOwner {
    /// The gateway's limit of requests.
    Gateway,
    /// A spend rule of the gateway.
    SpendRule {
        /// Its id.
        rule_id: String,
    },
    /// A rate element of a route.
    Element {
        /// Id of the route.
        route_id: String,
        /// Name of the route.
        route: String,
        /// Id of the element.
        element: String,
        /// The version that the limit is read from: of those with this element the newest. Absent: the deployed one.
        #[serde(skip_serializing_if = "Option::is_none")]
        version_id: Option<String>,
    },
    /// A stored key of a provider.
    ProviderKey {
        /// Slug of the provider.
        provider: String,
        /// Alias of the key.
        alias: String,
    },
}

impl LimitOwner {
    /// For the audit log: what was changed.
    pub(super) fn named(&self, gateway: &GatewayId) -> String {
        match self {
            Self::Gateway => gateway.to_string(),
            Self::SpendRule { rule_id } => rule_id.clone(),
            Self::Element { route, element, .. } => format!("{route}/{element}"),
            Self::ProviderKey { provider, alias } => format!("{provider}/{alias}"),
        }
    }
}

/// A value that chose a bucket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BucketKey {
    /// Where it was read: `metadata.user`, `request.key`, `model`.
    pub field: String,
    /// What was read; the empty text when there was nothing. Lists and objects are their JSON as text.
    pub value: Value,
    /// Of `request.key`, for administrators: the name of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Only the beginning is known: names of buckets are kept up to a length.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(value_type = Option<bool>)]
    pub cut: bool,
}

/// A bucket in use.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BucketView {
    /// Names it, for `limits/reset`; opaque.
    bucket: String,
    /// Where the limit is written.
    owner: LimitOwner,
    /// The values that chose the bucket; empty: the limit has one for all.
    key: Vec<BucketKey>,
    /// `requests` or `dollars`: the unit of the four amounts.
    unit: &'static str,
    #[schema(value_type = f64)]
    limit: Amount,
    /// Settled and held together.
    #[schema(value_type = f64)]
    used: Amount,
    /// What was counted, and what calls in the window have cost.
    #[schema(value_type = f64)]
    settled: Amount,
    /// What calls under way may cost.
    #[schema(value_type = f64)]
    held: Amount,
    /// `used` by `limit`, to four places, rounded down; above 1 when calls have cost more than was held for them.
    #[schema(value_type = f64)]
    share: Option<Box<RawValue>>,
    /// Seconds.
    window: u64,
    /// `sliding` or `fixed`.
    technique: &'static str,
    /// When room begins to return: the oldest of what is settled leaves the window. `null`: there is nothing but holds, which no clock ends.
    #[schema(format = DateTime)]
    refills_at: Option<String>,
    /// When all that is used or held now will have left the window; `null`: nothing is.
    #[schema(format = DateTime)]
    resets_at: Option<String>,
}

impl From<BucketInUse> for BucketView {
    fn from(it: BucketInUse) -> Self {
        let amount = |number| match it.counts {
            LimitType::Count => Amount::Count(number),
            LimitType::Cost => Amount::Cost(Dollars(number)),
        };
        let used = it.settled.saturating_add(it.held);
        Self {
            bucket: it.id,
            owner: it.owner,
            key: it.key,
            unit: match it.counts {
                LimitType::Count => "requests",
                LimitType::Cost => "dollars",
            },
            limit: amount(it.limit),
            used: amount(used),
            settled: amount(it.settled),
            held: amount(it.held),
            share: share(used, it.limit),
            window: it.window,
            technique: match it.technique {
                Technique::Sliding => "sliding",
                Technique::Fixed => "fixed",
            },
            refills_at: it.refills_at.map(times::from_millis),
            resets_at: it.resets_at.map(times::from_millis),
        }
    }
}

impl BucketView {
    /// Leaves the names of tokens out.
    pub(super) fn forget_tokens(&mut self) {
        self.key.iter_mut().for_each(|it| it.name = None);
    }
}

/// To four places, rounded down: what is not full does not look so.
fn share(used: u64, limit: u64) -> Option<Box<RawValue>> {
    let parts = u128::from(used) * 10_000 / u128::from(limit.max(1));
    RawValue::from_string(format!("{}.{:04}", parts / 10_000, parts % 10_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn a_share_is_never_rounded_up() {
        for (used, limit, text) in [
            (0, 10, "0.0000"),
            (99_999, 100_000, "0.9999"),
            (3, 3, "1.0000"),
            (130, 100, "1.3000"),
            (5, 0, "5.0000"),
            (u64::MAX, u64::MAX, "1.0000"),
        ] {
            assert_eq!(share(used, limit).unwrap().get(), text);
        }
    }
}
