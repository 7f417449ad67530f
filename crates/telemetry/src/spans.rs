//! A second queue, of finished requests whose trace is exported: like that of the log, it never makes a request wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

use crate::{Metrics, Record};

/// Bytes the queue may hold, whatever its capacity in records.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Why spans are not exported, as a label of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanLoss {
    /// Requests ended faster than spans were made of them.
    Queue,
    /// A collector is slower than spans come, or away.
    Buffer,
    /// A collector did not take them, nor would it another time.
    Refused,
    /// A collector could not be reached, for as long as it was tried.
    Away,
}

impl SpanLoss {
    /// The label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Buffer => "buffer",
            Self::Refused => "refused",
            Self::Away => "away",
        }
    }
}

/// The sending side; cheap to clone.
#[derive(Clone, Debug)]
pub struct Tracer {
    sender: mpsc::Sender<Arc<Record>>,
    bytes: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
}

/// The receiving side.
#[derive(Debug)]
pub struct Traced {
    receiver: mpsc::Receiver<Arc<Record>>,
    bytes: Arc<AtomicUsize>,
}

/// A queue of at most `capacity` requests and 16 MiB.
#[must_use]
pub fn spans(capacity: usize, metrics: Arc<Metrics>) -> (Tracer, Traced) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    let bytes = Arc::new(AtomicUsize::new(0));
    (Tracer { sender, bytes: Arc::clone(&bytes), metrics }, Traced { receiver, bytes })
}

impl Tracer {
    /// Hands a request over, or drops and counts it when the queue is full. Never waits.
    pub fn push(&self, record: Arc<Record>) {
        let weight = record.weight();
        let before = self.bytes.fetch_add(weight, Ordering::Relaxed);
        let fits =
            before.saturating_add(weight) <= MAX_BYTES && self.sender.try_send(record).is_ok();
        if !fits {
            self.bytes.fetch_sub(weight, Ordering::Relaxed);
            self.metrics.spans_dropped(SpanLoss::Queue, 1);
        }
    }
}

impl Traced {
    /// A request that is there already.
    pub fn take(&mut self) -> Option<Arc<Record>> {
        let record = self.receiver.try_recv().ok()?;
        self.bytes.fetch_sub(record.weight(), Ordering::Relaxed);
        Some(record)
    }

    /// Waits for a request; `None` when every tracer is gone and the queue is empty.
    pub async fn next(&mut self) -> Option<Arc<Record>> {
        let record = self.receiver.recv().await?;
        self.bytes.fetch_sub(record.weight(), Ordering::Relaxed);
        Some(record)
    }
}
