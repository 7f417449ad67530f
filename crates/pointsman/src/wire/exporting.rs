//! What makes and exports spans, and what exports metrics.

use super::client;
use crate::clock::SystemClock;
use crate::config::{Config, ConfigError, Measured};
use crate::reload::Collectors;
use otlp::{Content, Encoding, Exporter, Meter, Metering, Options, Resource, Target};
use providers::Http;
use route::ids::GatewayId;
use std::sync::Arc;
use telemetry::{Metrics, Traced, Tracer};

/// Requests whose spans are to be made; this takes no longer than a moment.
const QUEUE: usize = 4096;

/// Makes spans, and is told which gateways have collectors.
pub(super) type Exporting = Exporter<Box<dyn Fn(&GatewayId) -> Arc<[Arc<Target>]> + Send>>;

/// The queue that leads to it.
pub(super) fn queue(metrics: &Arc<Metrics>) -> (Tracer, Traced) {
    telemetry::spans(QUEUE, Arc::clone(metrics))
}

/// As configured.
pub(super) fn exporter(
    config: &Config,
    metrics: &Arc<Metrics>,
    collectors: Arc<Collectors>,
) -> Result<Exporting, ConfigError> {
    let tracing = &config.tracing;
    let options = Options {
        clients: [client(config, Http::One)?, client(config, Http::Two)?],
        metrics: Arc::clone(metrics),
        resource: Resource { attributes: tracing.resource.clone() },
        content: if tracing.content { Content::Logged } else { Content::Never },
        redaction: Arc::clone(&config.records.redaction),
        everywhere: tracing.target.clone().map(Arc::new),
        delay: tracing.delay,
        timeout: tracing.timeout,
    };
    Ok(Exporter::new(options, Box::new(move |gateway| collectors.of(gateway))))
}

/// Exports metrics by the clock of the machine.
pub(super) type OwnMeter = Meter<fn() -> u64>;

/// The metrics' way to their collector; `None`: they have none.
pub(super) fn meter(
    config: &Config,
    metrics: &Arc<Metrics>,
) -> Result<Option<OwnMeter>, ConfigError> {
    let Some(Measured { target, every, timeout }) = &config.tracing.metrics else {
        return Ok(None);
    };
    let http = if target.encoding == Encoding::Grpc { Http::Two } else { Http::One };
    let metering = Metering {
        client: client(config, http)?,
        metrics: Arc::clone(metrics),
        resource: Resource { attributes: config.tracing.resource.clone() },
        target: target.clone(),
        every: *every,
        timeout: *timeout,
    };
    Ok(Some(Meter::new(metering, SystemClock::now_ms)))
}
