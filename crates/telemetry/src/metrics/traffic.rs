//! Where time, tokens and money go.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::Provider;
use super::names::{Name, Names};
use crate::record::Times;

/// Models that have series of their own; catalogues list a few thousand, and nobody calls them all.
const MOST_MODELS: usize = 1000;

/// What is measured of answers.
#[derive(Debug)]
pub(super) struct Traffic {
    models: Names,
    overhead: Histogram,
    upstream: Histogram,
    first_token: Family<Provider, Histogram>,
    tokens: Family<ByKind, Counter>,
    cost: Family<ByModel, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByModel {
    provider: Name,
    model: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    provider: Name,
    model: Name,
    kind: &'static str,
}

/// From 50 µs to about 3 s.
fn short() -> Histogram {
    Histogram::new(exponential_buckets(0.000_05, 2.0, 17))
}

/// From 10 ms to about 5 min.
fn long() -> Histogram {
    Histogram::new(exponential_buckets(0.01, 2.0, 16))
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            models: Names::at_most(MOST_MODELS),
            overhead: short(),
            upstream: long(),
            first_token: Family::new_with_constructor(long),
            tokens: Family::default(),
            cost: Family::default(),
        }
    }
}

impl Traffic {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "gateway_overhead_seconds",
            "Of the time to the first byte of an answer, what was spent in this process",
            self.overhead.clone(),
        );
        registry.register(
            "upstream_seconds",
            "Of the time to the first byte of an answer, what was spent waiting for providers",
            self.upstream.clone(),
        );
        registry.register(
            "time_to_first_token_seconds",
            "From admission to the first byte of a streamed answer, by provider",
            self.first_token.clone(),
        );
        registry.register(
            "tokens",
            "Tokens of billed calls, by provider, model of the price catalogue or `other`, and kind",
            self.tokens.clone(),
        );
        registry.register(
            "cost_nanodollars",
            "Cost of billed calls where it is known, by provider, and model of the price catalogue or `other`",
            self.cost.clone(),
        );
    }

    pub(super) fn times(&self, times: &Times) {
        self.overhead.observe(Duration::from_micros(times.gateway_us).as_secs_f64());
        self.upstream.observe(Duration::from_micros(times.upstream_us).as_secs_f64());
    }

    pub(super) fn first_token(&self, provider: Name, seconds: f64) {
        self.first_token.get_or_create(&Provider { provider }).observe(seconds);
    }

    pub(super) fn billed(
        &self,
        (provider, model): (Name, Option<&str>),
        usage: &chat::Usage,
        cost: Option<u64>,
    ) {
        let model = model.map_or_else(|| self.models.other(), |it| self.models.of(it));
        for (kind, tokens) in [
            ("input", usage.tokens_in().saturating_sub(usage.cache_read)),
            ("cached_input", usage.cache_read),
            ("output", usage.tokens_out()),
        ] {
            if tokens > 0 {
                let (provider, model) = (provider.clone(), model.clone());
                self.tokens.get_or_create(&ByKind { provider, model, kind }).inc_by(tokens);
            }
        }
        if let Some(cost) = cost {
            self.cost.get_or_create(&ByModel { provider, model }).inc_by(cost);
        }
    }
}
