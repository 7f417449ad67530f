//! What becomes of log records on their way to the store: every one is written, dropped, refused, lost, or waits; and what the analytics lack.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{ByReasonOnly, Metrics};
use crate::queue::LogLoss;

/// What is counted of log records.
#[derive(Debug)]
pub(super) struct Logs {
    written: Counter,
    dropped: Family<ByReasonOnly, Counter>,
    failed: Counter,
    refused: Counter,
    analytics_lost: Counter,
    stalled: Gauge,
    waiting: Gauge<u64, AtomicU64>,
    waiting_bytes: Gauge<u64, AtomicU64>,
}

impl Default for Logs {
    fn default() -> Self {
        let it = Self {
            written: Counter::default(),
            dropped: Family::default(),
            failed: Counter::default(),
            refused: Counter::default(),
            analytics_lost: Counter::default(),
            stalled: Gauge::default(),
            waiting: Gauge::default(),
            waiting_bytes: Gauge::default(),
        };
        // Shown from the start, so that the first loss is an increase.
        for why in LogLoss::ALL {
            drop(it.dropped.get_or_create(&label(why)));
        }
        it
    }
}

fn label(why: LogLoss) -> ByReasonOnly {
    ByReasonOnly { reason: why.as_str() }
}

impl Logs {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("logs_written", "Log records that the store took", self.written.clone());
        registry.register(
            "logs_dropped",
            "Log records dropped because the queue was full, by what it was full of",
            self.dropped.clone(),
        );
        registry.register(
            "logs_failed",
            "Log records lost because the store failed",
            self.failed.clone(),
        );
        registry.register(
            "logs_refused",
            "Log records not kept because their gateway has as many as it may",
            self.refused.clone(),
        );
        registry.register(
            "analytics_lost",
            "Requests missing from the analytics",
            self.analytics_lost.clone(),
        );
        registry.register(
            "logs_stalled",
            "1 while log records wait for a database that does not take them",
            self.stalled.clone(),
        );
        registry.register("logs_waiting", "Log records in the queue", self.waiting.clone());
        registry.register(
            "logs_waiting_bytes",
            "What the log records in the queue occupy",
            self.waiting_bytes.clone(),
        );
    }
}

impl Metrics {
    /// The store took so many records.
    pub fn logs_written(&self, records: u64) {
        self.logs.written.inc_by(records);
    }

    /// One record did not fit into the queue.
    pub fn log_dropped(&self, why: LogLoss) {
        self.logs.dropped.get_or_create(&label(why)).inc();
    }

    /// Records dropped so far.
    #[must_use]
    pub fn logs_dropped(&self) -> u64 {
        LogLoss::ALL.iter().map(|it| self.logs.dropped.get_or_create(&label(*it)).get()).sum()
    }

    /// Records that the store would not take.
    pub fn log_write_failed(&self, records: u64) {
        self.logs.failed.inc_by(records);
    }

    /// Records lost so far because the store would not take them.
    #[must_use]
    pub fn logs_failed(&self) -> u64 {
        self.logs.failed.get()
    }

    /// Records that their gateway has no room for.
    pub fn logs_refused(&self, records: u64) {
        self.logs.refused.inc_by(records);
    }

    /// So many requests are not in the analytics.
    pub fn analytics_lost(&self, requests: u64) {
        self.logs.analytics_lost.inc_by(requests);
    }

    /// Whether the store does not take records now.
    pub fn logs_stalled(&self, stalled: bool) {
        self.logs.stalled.set(i64::from(stalled));
    }

    /// Whether the store did not take the last records.
    #[must_use]
    pub fn are_logs_stalled(&self) -> bool {
        self.logs.stalled.get() > 0
    }

    /// Records in the queue now, and what they occupy.
    pub fn logs_waiting(&self, records: u64, bytes: u64) {
        self.logs.waiting.set(records);
        self.logs.waiting_bytes.set(bytes);
    }
}
