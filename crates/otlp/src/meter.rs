//! The way of the process's metrics to a collector: all of them, once in a while.
//!
//! Sums count from the start of the process, so that an export that fails loses nothing: the next one has it all. Nothing waits and nothing is
//! tried twice.

use crate::families::{self, Period};
use crate::reply::{self, Outcome};
use crate::target::{Signal, Target};
use crate::values::Resource;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use providers::Client;
use std::sync::Arc;
use std::time::Duration;
use telemetry::Metrics;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// What is exported, where to, and how often.
#[derive(Debug)]
pub struct Metering {
    /// Over HTTP/2 if the target is a server of gRPC, else over HTTP/1.1.
    pub client: Client,
    /// What is exported, and where exports are counted.
    pub metrics: Arc<Metrics>,
    /// What the metrics are of.
    pub resource: Resource,
    /// The collector.
    pub target: Target,
    /// Between two exports.
    pub every: Duration,
    /// Of one export.
    pub timeout: Duration,
}

/// Exports metrics.
#[derive(Debug)]
pub struct Meter<F> {
    metering: Metering,
    /// Milliseconds since 1970.
    now_ms: F,
    /// When counting began, in nanoseconds.
    since: u64,
    /// It has been told that the collector does not take them.
    told: bool,
}

impl<F: Fn() -> u64> Meter<F> {
    /// What has been counted is of the time from now on. `now_ms` is the time in milliseconds since 1970.
    pub fn new(metering: Metering, now_ms: F) -> Self {
        let since = nanos(now_ms());
        Self { metering, now_ms, since, told: false }
    }

    /// Exports until `stop`, and once more then.
    pub async fn run(mut self, stop: CancellationToken) {
        let every = self.metering.every;
        while stop.run_until_cancelled(sleep(every)).await.is_some() {
            stop.run_until_cancelled(self.export()).await;
        }
        self.export().await;
    }

    async fn export(&mut self) {
        let Metering { client, metrics, target, .. } = &self.metering;
        let body = reply::written(&self.message(), target.encoding);
        let sending = reply::send(client, target, Signal::Metrics, body);
        let outcome = timeout(self.metering.timeout, sending).await;
        let outcome = outcome.unwrap_or_else(|_| Outcome::late());
        metrics.metric_export(match outcome {
            Outcome::Taken { refused: 0 } => "taken",
            Outcome::Taken { .. } => "partly",
            Outcome::Refused { .. } => "refused",
            Outcome::Later { .. } => "away",
        });
        self.tell(&outcome);
    }

    fn message(&self) -> ExportMetricsServiceRequest {
        let Metering { metrics, resource, .. } = &self.metering;
        let period = Period { since: self.since, until: nanos((self.now_ms)()) };
        let metrics = families::metrics(&metrics.encode(), period);
        let scope = Some(reply::scope());
        let scope_metrics = vec![ScopeMetrics { scope, metrics, ..ScopeMetrics::default() }];
        let resource = Some(resource.message());
        let all = ResourceMetrics { resource, scope_metrics, ..ResourceMetrics::default() };
        ExportMetricsServiceRequest { resource_metrics: vec![all] }
    }

    /// A failure once, until metrics are taken again.
    fn tell(&mut self, outcome: &Outcome) {
        let collector = self.metering.target.host();
        let why = failure(outcome);
        match (why, std::mem::replace(&mut self.told, why.is_some())) {
            (Some(why), false) => refuses(collector, why),
            (None, true) => tracing::info!(collector, "a collector takes metrics again"),
            (Some(_), true) | (None, false) => {}
        }
    }
}

fn refuses(collector: &str, why: &str) {
    tracing::warn!(collector, why, "a collector does not take all metrics");
}

/// Why not all was taken.
fn failure(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Taken { refused: 0 } => None,
        Outcome::Taken { .. } => Some("it refused some of them"),
        Outcome::Refused { why } | Outcome::Later { why, .. } => Some(why),
    }
}

fn nanos(ms: u64) -> u64 {
    ms.saturating_mul(1_000_000)
}
