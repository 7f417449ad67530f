//! What happened: the log record of one request, the bounded queue it goes through, and metrics. Writes nowhere itself.
#![expect(clippy::todo, missing_docs, unused_variables, reason = "skeleton")]
use route::ids::{GatewayId, RouteId, VersionId};

/// One finished request, without payload.
#[derive(Clone, Debug)]
pub struct Record {
    /// UUIDv7, lower case.
    pub id: String,
    pub gateway: GatewayId,
    pub created_at_ms: u64,
    pub route: Option<(RouteId, String)>,
    pub version: Option<VersionId>,
    pub token: Option<String>,
    pub seed: Option<u64>,
    /// JSON: `[{"element","type","outcome","attempts":[…]}]` as in errors (design 4).
    pub path: String,
    pub provider: String,
    pub model: String,
    /// Index of the model element that answered.
    pub step: u32,
    pub status: u16,
    pub success: bool,
    pub streamed: bool,
    pub cause: Option<String>,
    pub usage: Option<chat::Usage>,
    /// Nano-dollars; `None`: price unknown.
    pub cost: Option<u64>,
    pub custom_cost: bool,
    /// JSON object of the caller's metadata.
    pub metadata: Option<String>,
    pub duration_ms: u64,
    pub first_byte_ms: Option<u64>,
    pub request_size: u64,
    pub response_size: u64,
    pub user_agent: Option<String>,
}
/// The sending side of the bounded queue: never waits; what does not fit is dropped and counted.
#[derive(Clone, Debug)]
pub struct Recorder {/* private: tokio mpsc Sender<Box<Record>>, Arc<Metrics> */}
/// The receiving side: batches for a sink.
#[derive(Debug)]
pub struct Records {/* private */}
pub fn queue(capacity: usize, metrics: std::sync::Arc<Metrics>) -> (Recorder, Records) {
    todo!()
}
impl Recorder {
    pub fn push(&self, record: Record) {
        todo!()
    }
}
impl Records {
    /// Up to `max` records; `None` when every recorder is gone and the queue is empty.
    pub async fn next_batch(&mut self, max: usize) -> Option<Vec<Record>> {
        todo!()
    }
}

/// Everything counted, with a fixed label set. Prefix `pointsman_`.
#[derive(Debug)]
pub struct Metrics {/* private: prometheus-client registry and families */}
impl Metrics {
    pub fn new() -> std::sync::Arc<Self> {
        todo!()
    }
    /// OpenMetrics text.
    pub fn encode(&self) -> String {
        todo!()
    }
    pub fn request(&self, gateway: &str, status: u16, seconds: f64) {
        todo!()
    }
    pub fn attempt(&self, provider: &str, cause: &'static str) {
        todo!()
    }
    pub fn limit_refused(&self, limit_type: &'static str) {
        todo!()
    }
    pub fn logs_dropped(&self) -> u64 {
        todo!()
    }
    pub fn log_write_failed(&self, records: u64) {
        todo!()
    }
    pub fn in_flight(&self, delta: i64) {
        todo!()
    }
    /// Set by the owner each second from `limits::Stats`.
    pub fn limits(&self, buckets: u64, holds: u64, overrun_nanodollars: u64, journal_errors: u64) {
        todo!()
    }
}
