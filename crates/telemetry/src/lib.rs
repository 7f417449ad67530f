//! What happened: the log record of one request, the bounded queue it goes through, and metrics.
//!
//! Writes nowhere itself: whoever owns the receiving side of the queue hands batches to a sink.

mod metrics;
mod queue;
mod record;

pub use metrics::{LimitState, Metrics};
pub use queue::{Recorder, Records, queue};
pub use record::{Costs, Entry, Payload, Record, Times, Trace};
