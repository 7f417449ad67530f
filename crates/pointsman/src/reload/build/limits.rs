//! A gateway's limits: from its settings to the data plane.

use limits::{Rule, Technique};
use proxy::catalog::{Dimension, GatewayLimits, RateLimit, SpendRule};
use route::ids::GatewayId;
use std::sync::Arc;
use std::time::Duration;

/// What the settings of this gateway limit. Settings that cannot be read limit nothing, loudly: the API stores none.
pub(super) fn of(gateway: &GatewayId, settings: &str) -> GatewayLimits {
    let stored = match api::GatewayLimits::stored(settings) {
        Ok(stored) => stored,
        Err(error) => {
            tracing::error!(%gateway, error, "the limits of a gateway cannot be read and are not in force");
            return GatewayLimits::default();
        }
    };
    let rate = stored.rate.map(|it| {
        let rule = rule(it.limit, it.window, it.technique);
        RateLimit::new(gateway, rule, it.on_unavailable)
    });
    GatewayLimits { rate, spend: stored.spend.into_iter().map(|it| Arc::new(spend(it))).collect() }
}

fn spend(it: api::SpendRule) -> SpendRule {
    SpendRule {
        id: it.id.into(),
        rule: rule(it.limit, it.window, it.technique),
        model: it.model.map(dimension),
        provider: it.provider.map(dimension),
        metadata: it.metadata.into_iter().map(|(key, it)| (key.into(), dimension(it))).collect(),
        on_unavailable: it.on_unavailable,
        on_unknown_price: it.on_unknown_price,
    }
}

fn dimension(it: api::Dimension) -> Dimension {
    match it {
        api::Dimension::Filter(values) => {
            Dimension::Filter(values.into_iter().map(Into::into).collect())
        }
        api::Dimension::Partition => Dimension::Partition,
    }
}

fn rule(limit: u64, window: Duration, technique: route::Technique) -> Rule {
    let technique = match technique {
        route::Technique::Sliding => Technique::Sliding,
        route::Technique::Fixed => Technique::Fixed,
    };
    Rule { limit, window, technique }
}
