//! What happened: the log record of one request, its place in a distributed trace, the bounded queues it goes through, and metrics.
//!
//! Writes nowhere itself: whoever owns the receiving side of the queue hands batches to a sink.

mod hex;
mod metrics;
mod queue;
mod record;
mod redact;
mod spans;
mod trace;

pub use metrics::{LimitState, Metrics, Operation};
pub use queue::{Capacity, LogLoss, Recorder, Records, queue};
pub use record::{Charge, Costs, Entry, Payload, Record, Times, Trace, was_called};
pub use redact::{BadRule, REDACTED, Redaction};
pub use spans::{SpanLoss, Traced, Tracer, spans};
pub use trace::{Parent, Sampling};
