//! Where time, tokens and money go.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

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
    first_token: Family<ByOperation, Histogram>,
    served: Family<ByOutcome, Histogram>,
    calls: Family<ByOutcome, Histogram>,
    tokens: Family<ByKind, Counter>,
    call_tokens: Family<ByUse, Histogram>,
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

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOperation {
    provider: Name,
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    provider: Name,
    model: Name,
    operation: &'static str,
    cause: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByUse {
    provider: Name,
    model: Name,
    operation: &'static str,
    kind: &'static str,
}

/// What was done, and by whom: the labels of what is measured of calls.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// A slug of the table or `custom-…`.
    pub provider: &'a str,
    /// A model of the price catalogue; `None`: it is none.
    pub model: Option<&'a str>,
    /// `chat`, `embeddings` or `native`.
    pub name: &'static str,
    /// The stable kind of what failed; `None`: nothing did.
    pub cause: Option<&'static str>,
}

/// From 1 to about 67 million, as the conventions for generative AI have it.
fn amounts() -> Histogram {
    Histogram::new(exponential_buckets(1.0, 4.0, 14))
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
            served: Family::new_with_constructor(long),
            calls: Family::new_with_constructor(long),
            tokens: Family::default(),
            call_tokens: Family::new_with_constructor(amounts),
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
            "From admission to the first byte of a streamed answer, by provider and operation",
            self.first_token.clone(),
        );
        registry.register(
            "tokens",
            "Tokens of billed calls, by provider, model of the price catalogue or `other`, and kind",
            self.tokens.clone(),
        );
        registry.register(
            "served_duration_seconds",
            "From admission to the last byte of requests that a model was called for, by the last one called, and cause of failure (`ok` for success)",
            self.served.clone(),
        );
        registry.register(
            "call_duration_seconds",
            "Attempts to call a model, to the last byte of the answer or to the failure, by cause of failure (`ok` for success)",
            self.calls.clone(),
        );
        registry.register(
            "call_tokens",
            "Tokens of one billed call, by provider, model of the price catalogue or `other`, and whether they went in or came out",
            self.call_tokens.clone(),
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

    pub(super) fn first_token(&self, provider: Name, operation: &'static str, seconds: f64) {
        self.first_token.get_or_create(&ByOperation { provider, operation }).observe(seconds);
    }

    pub(super) fn served(&self, provider: Name, what: &Operation<'_>, seconds: f64) {
        self.served.get_or_create(&self.outcome(provider, what)).observe(seconds);
    }

    pub(super) fn called(&self, provider: Name, what: &Operation<'_>, seconds: f64) {
        self.calls.get_or_create(&self.outcome(provider, what)).observe(seconds);
    }

    fn outcome(&self, provider: Name, what: &Operation<'_>) -> ByOutcome {
        ByOutcome {
            provider,
            model: self.model(what),
            operation: what.name,
            cause: what.cause.unwrap_or("ok"),
        }
    }

    fn model(&self, what: &Operation<'_>) -> Name {
        what.model.map_or_else(|| self.models.other(), |it| self.models.of(it))
    }

    pub(super) fn billed(
        &self,
        provider: Name,
        what: &Operation<'_>,
        usage: &chat::Usage,
        cost: Option<u64>,
    ) {
        let (model, operation) = (self.model(what), what.name);
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
        for (kind, tokens) in [("input", usage.tokens_in()), ("output", usage.tokens_out())] {
            if tokens > 0 {
                let (provider, model) = (provider.clone(), model.clone());
                let labels = ByUse { provider, model, operation, kind };
                self.call_tokens.get_or_create(&labels).observe(float(tokens));
            }
        }
        if let Some(cost) = cost {
            self.cost.get_or_create(&ByModel { provider, model }).inc_by(cost);
        }
    }
}

/// A number of tokens, which histograms take as a float; what is beyond 32 bits no call has.
fn float(tokens: u64) -> f64 {
    u32::try_from(tokens).unwrap_or(u32::MAX).into()
}
