//! Everything that is counted, with a fixed set of labels: nothing a caller sends becomes a label value.

use crate::record::Times;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

mod logs;
mod names;
mod traffic;

use crate::spans::SpanLoss;
use logs::Logs;
use names::{Name, Names};
pub use traffic::Operation;
use traffic::Traffic;

#[cfg(test)]
mod tests;

/// Every metric of the process; names begin with `pointsman_`.
pub struct Metrics {
    registry: Registry,
    /// Of gateways and providers.
    names: Names,
    traffic: Traffic,
    requests: Family<ByGateway, Counter>,
    duration: Histogram,
    attempts: Family<ByProvider, Counter>,
    key_cooldowns: Family<ByReason, Counter>,
    in_flight: Gauge,
    limit_refused: Family<ByKind, Counter>,
    cache: Family<ByEvent, Counter>,
    cache_bytes: Gauge<u64, AtomicU64>,
    usage_inconsistent: Family<Provider, Counter>,
    cost_stated: Family<Provider, Counter>,
    stated_above: Family<Provider, Counter>,
    stated_below: Family<Provider, Counter>,
    logs: Logs,
    spans_exported: Counter,
    spans_dropped: Family<ByReasonOnly, Counter>,
    span_exports_failed: Counter,
    metric_exports: Family<ByOutcome, Counter>,
    buckets: Gauge<u64, AtomicU64>,
    holds: Gauge<u64, AtomicU64>,
    overrun: Counter<u64, AtomicU64>,
    journal_errors: Counter<u64, AtomicU64>,
    unanswered: Counter<u64, AtomicU64>,
    lapsed: Counter<u64, AtomicU64>,
    counters_up: Gauge,
}

/// The state of the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitState {
    /// Buckets in memory.
    pub buckets: u64,
    /// Open holds of this process.
    pub holds: u64,
    /// Nano-dollars that calls of this process cost beyond their holds since the start.
    pub overrun: u64,
    /// Failed writes to the journal since the start.
    pub journal_errors: u64,
    /// Questions that shared counters did not answer since the start.
    pub unanswered: u64,
    /// Holds of this process whose lease ended before they were settled, since the start.
    pub lapsed: u64,
    /// Shared counters cannot be asked now.
    pub away: bool,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByGateway {
    gateway: Name,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByProvider {
    provider: Name,
    cause: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    provider: Name,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReasonOnly {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Provider {
    provider: Name,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByEvent {
    event: &'static str,
}

impl Metrics {
    /// All at zero.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let mut it = Self {
            registry: Registry::with_prefix("pointsman"),
            names: Names::default(),
            traffic: Traffic::default(),
            requests: Family::default(),
            duration: Histogram::new(exponential_buckets(0.001, 2.0, 18)),
            attempts: Family::default(),
            key_cooldowns: Family::default(),
            in_flight: Gauge::default(),
            limit_refused: Family::default(),
            cache: Family::default(),
            cache_bytes: Gauge::default(),
            usage_inconsistent: Family::default(),
            cost_stated: Family::default(),
            stated_above: Family::default(),
            stated_below: Family::default(),
            logs: Logs::default(),
            spans_exported: Counter::default(),
            spans_dropped: Family::default(),
            span_exports_failed: Counter::default(),
            metric_exports: Family::default(),
            buckets: Gauge::default(),
            holds: Gauge::default(),
            overrun: Counter::default(),
            journal_errors: Counter::default(),
            unanswered: Counter::default(),
            lapsed: Counter::default(),
            counters_up: Gauge::default(),
        };
        it.register_traffic();
        it.traffic.register(&mut it.registry);
        it.register_cost();
        it.register_health();
        Arc::new(it)
    }

    fn register_traffic(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "requests",
            "Requests ended, by gateway and class of status",
            self.requests.clone(),
        );
        registry.register(
            "request_duration_seconds",
            "From admission to the last byte",
            self.duration.clone(),
        );
        registry.register(
            "attempts",
            "Upstream attempts, by provider and cause of failure (`ok` for success)",
            self.attempts.clone(),
        );
        registry.register(
            "key_cooldowns",
            "Times a provider key began to rest, by provider and the status that it rests after",
            self.key_cooldowns.clone(),
        );
        registry.register("in_flight", "Requests being served", self.in_flight.clone());
        registry.register(
            "limit_refusals",
            "Requests or calls a limit refused, by the kind of refusal",
            self.limit_refused.clone(),
        );
        registry.register(
            "cache_events",
            "What became of looks into the cache of answers, and of answers that were to be kept",
            self.cache.clone(),
        );
        registry.register(
            "cache_bytes",
            "Bytes that answers kept in this process occupy",
            self.cache_bytes.clone(),
        );
    }

    fn register_cost(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "usage_inconsistent",
            "Replies whose token counts do not add up, by provider",
            self.usage_inconsistent.clone(),
        );
        registry.register(
            "cost_stated",
            "Calls whose provider stated their cost and whose price is known, by provider",
            self.cost_stated.clone(),
        );
        registry.register(
            "cost_stated_above_nanodollars",
            "Sum of what providers stated beyond the cost by our prices, by provider",
            self.stated_above.clone(),
        );
        registry.register(
            "cost_stated_below_nanodollars",
            "Sum of what our prices cost beyond what providers stated, by provider",
            self.stated_below.clone(),
        );
    }

    fn register_health(&mut self) {
        self.logs.register(&mut self.registry);
        let registry = &mut self.registry;
        registry.register(
            "otlp_spans_exported",
            "Spans that a collector took",
            self.spans_exported.clone(),
        );
        registry.register(
            "otlp_spans_dropped",
            "Spans that no collector got, by reason; of a full queue, requests",
            self.spans_dropped.clone(),
        );
        registry.register(
            "otlp_exports_failed",
            "Exports to a collector that failed, whether they are tried again or not",
            self.span_exports_failed.clone(),
        );
        registry.register(
            "otlp_metric_exports",
            "Exports of these metrics to a collector, by what came of it",
            self.metric_exports.clone(),
        );
        registry.register("limit_buckets", "Limit buckets in memory", self.buckets.clone());
        registry.register("limit_holds", "Holds not settled yet", self.holds.clone());
        registry.register(
            "limit_overrun_nanodollars",
            "Sum of real cost beyond its hold",
            self.overrun.clone(),
        );
        registry.register(
            "limit_journal_errors",
            "Writes to the limit journal that failed",
            self.journal_errors.clone(),
        );
        self.register_shared_limits();
    }

    fn register_shared_limits(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "limit_unanswered",
            "Questions that the counters of shared limits did not answer",
            self.unanswered.clone(),
        );
        registry.register(
            "limit_holds_lapsed",
            "Holds whose lease ended before they were settled",
            self.lapsed.clone(),
        );
        registry.register(
            "limit_counters_up",
            "1 while the counters of limits can be asked",
            self.counters_up.clone(),
        );
    }

    /// OpenMetrics text, as `/metrics` serves it.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        text::encode(&mut out, &self.registry).expect("writing to a string does not fail");
        out
    }

    /// A request ended. `gateway` is an existing gateway's id, never what a caller merely named.
    pub fn request(&self, gateway: &str, status: u16, seconds: f64) {
        self.requests
            .get_or_create(&ByGateway { gateway: self.names.of(gateway), status: class(status) })
            .inc();
        self.duration.observe(seconds);
    }

    /// An attempt ended; `cause` is its stable kind, `ok` for success. `provider` is a slug of the table or `custom-…`.
    pub fn attempt(&self, provider: &str, cause: &'static str) {
        self.attempts.get_or_create(&ByProvider { provider: self.label(provider), cause }).inc();
    }

    /// A provider key began to rest; `reason` is one of `401`, `402`, `403`, `429`.
    pub fn key_cooldown(&self, provider: &str, reason: &'static str) {
        self.key_cooldowns
            .get_or_create(&ByReason { provider: self.label(provider), reason })
            .inc();
    }

    /// A provider's token counts did not add up.
    pub fn usage_inconsistent(&self, provider: &str) {
        self.usage_inconsistent.get_or_create(&Provider { provider: self.label(provider) }).inc();
    }

    /// A provider stated what a call cost, and our prices say what it cost; both in nano-dollars.
    pub fn cost_stated(&self, provider: &str, stated: u64, ours: u64) {
        let provider = Provider { provider: self.label(provider) };
        self.cost_stated.get_or_create(&provider).inc();
        self.stated_above.get_or_create(&provider).inc_by(stated.saturating_sub(ours));
        self.stated_below.get_or_create(&provider).inc_by(ours.saturating_sub(stated));
    }

    /// A limit refused; `kind` is one of a closed set: `count`, `cost`, `gateway_rate`, `spend`, `full`, `unavailable`, `price_unknown`.
    pub fn limit_refused(&self, kind: &'static str) {
        self.limit_refused.get_or_create(&ByKind { kind }).inc();
    }

    /// Something happened at the cache of answers; `event` is one of a closed set: `hit`, `joined` (the same question was being asked),
    /// `miss`, `bypass`, and of answers that were to be kept `store`, `not_stored`.
    pub fn cache(&self, event: &'static str) {
        self.cache.get_or_create(&ByEvent { event }).inc();
    }

    /// What answers kept in this process occupy now.
    pub fn cache_bytes(&self, bytes: u64) {
        self.cache_bytes.set(bytes);
    }

    /// A request began (+1) or ended (−1).
    pub fn in_flight(&self, delta: i64) {
        self.in_flight.inc_by(delta);
    }

    /// Where the time of an answered request went.
    pub fn times(&self, times: &Times) {
        self.traffic.times(times);
    }

    /// The first byte of a streamed answer went out, so many seconds after admission. `provider` is as for [`Metrics::attempt`].
    pub fn first_token(&self, provider: &str, operation: &'static str, seconds: f64) {
        self.traffic.first_token(self.label(provider), operation, seconds);
    }

    /// A request that a model was called for ended, so many seconds after admission; the model is the last one called.
    pub fn served(&self, what: &Operation<'_>, seconds: f64) {
        self.traffic.served(self.label(what.provider), what, seconds);
    }

    /// An attempt to call a model ended, with the last byte of its answer or a failure.
    pub fn called(&self, what: &Operation<'_>, seconds: f64) {
        self.traffic.called(self.label(what.provider), what, seconds);
    }

    /// A call was billed: what it used, and what it cost in nano-dollars if that is known.
    pub fn billed(&self, what: &Operation<'_>, usage: &chat::Usage, cost: Option<u64>) {
        self.traffic.billed(self.label(what.provider), what, usage, cost);
    }

    /// A collector took so many spans.
    pub fn spans_exported(&self, spans: u64) {
        self.spans_exported.inc_by(spans);
    }

    /// So many spans are lost; when the queue was full, requests whose spans were not made.
    pub fn spans_dropped(&self, why: SpanLoss, spans: u64) {
        self.spans_dropped.get_or_create(&ByReasonOnly { reason: why.as_str() }).inc_by(spans);
    }

    /// An export failed; it may be tried again.
    pub fn span_export_failed(&self) {
        self.span_exports_failed.inc();
    }

    /// These metrics were exported: `outcome` is one of a closed set: `taken`, `partly`, `refused`, `away`.
    pub fn metric_export(&self, outcome: &'static str) {
        self.metric_exports.get_or_create(&ByOutcome { outcome }).inc();
    }

    /// A slug of the table, or `custom`: operators name those providers.
    fn label(&self, provider: &str) -> Name {
        self.names.of(if provider.starts_with("custom-") { "custom" } else { provider })
    }

    /// The state of the limits, set by their owner once a second.
    pub fn limits(&self, state: &LimitState) {
        self.buckets.set(state.buckets);
        self.holds.set(state.holds);
        raise(&self.overrun, state.overrun);
        raise(&self.journal_errors, state.journal_errors);
        raise(&self.unanswered, state.unanswered);
        raise(&self.lapsed, state.lapsed);
        self.counters_up.set(i64::from(!state.away));
    }
}

/// What is counted elsewhere, and never goes back.
fn raise(counter: &Counter<u64, AtomicU64>, to: u64) {
    counter.inner().fetch_max(to, Ordering::Relaxed);
}

/// `2xx` and so on.
fn class(status: u16) -> &'static str {
    match status {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
