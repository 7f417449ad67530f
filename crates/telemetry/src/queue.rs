//! A queue that never makes a request wait: bounded in records and bytes; what does not fit is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

use crate::{Metrics, Record};

#[cfg(test)]
mod tests;

/// What the queue may hold. What is being written counts no more: at most as much again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// At least 1.
    pub records: usize,
    /// With their payloads.
    pub bytes: usize,
}

/// Why a record did not fit, as a label of the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLoss {
    /// As many records waited as may.
    Records,
    /// Those that waited, and this one, are larger than they may be.
    Bytes,
}

impl LogLoss {
    pub(crate) const ALL: [Self; 2] = [Self::Records, Self::Bytes];

    /// The label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Bytes => "bytes",
        }
    }
}

/// The sending side; cheap to clone. What is handed over may be shared with a [`Tracer`](crate::Tracer): nobody copies a record while a request
/// waits.
#[derive(Clone, Debug)]
pub struct Recorder {
    logged: Lane,
    /// What is counted without a log.
    unlogged: Option<Lane>,
    metrics: Arc<Metrics>,
}

/// One queue, seen from where records are put into it.
#[derive(Clone, Debug)]
struct Lane {
    sender: mpsc::Sender<Arc<Record>>,
    bytes: Arc<AtomicUsize>,
    most_bytes: usize,
}

/// The receiving side: batches for a sink.
#[derive(Debug)]
pub struct Records {
    receiver: mpsc::Receiver<Arc<Record>>,
    bytes: Arc<AtomicUsize>,
}

/// A queue of at most so much.
#[must_use]
pub fn queue(capacity: Capacity, metrics: Arc<Metrics>) -> (Recorder, Records) {
    let (logged, records) = lane(capacity);
    (Recorder { logged, unlogged: None, metrics }, records)
}

fn lane(capacity: Capacity) -> (Lane, Records) {
    let (sender, receiver) = mpsc::channel(capacity.records.max(1));
    let bytes = Arc::new(AtomicUsize::new(0));
    let records = Records { receiver, bytes: Arc::clone(&bytes) };
    (Lane { sender, bytes, most_bytes: capacity.bytes }, records)
}

impl Lane {
    /// Gives the record back, and says why, when it does not fit.
    fn push(&self, record: Arc<Record>) -> Result<(), (LogLoss, Arc<Record>)> {
        let weight = record.weight();
        let before = self.bytes.fetch_add(weight, Ordering::Relaxed);
        let pushed = if before.saturating_add(weight) > self.most_bytes {
            Err((LogLoss::Bytes, record))
        } else {
            self.sender.try_send(record).map_err(|it| (LogLoss::Records, it.into_inner()))
        };
        if pushed.is_err() {
            self.bytes.fetch_sub(weight, Ordering::Relaxed);
        }
        pushed
    }
}

impl Recorder {
    /// With a second queue, of at most so many records: of what is counted only, because its caller wants no log, or because there is no room
    /// for one. They have nothing of the caller's in them: see [`Record::bare`].
    #[must_use]
    pub fn counting(self, records: usize) -> (Self, Records) {
        let (unlogged, records) = lane(Capacity { records, bytes: usize::MAX });
        (Self { unlogged: Some(unlogged), ..self }, records)
    }

    /// Hands a record over, to be logged and counted. When the queue is full it is only [counted](Self::count). Never waits.
    pub fn push(&self, record: impl Into<Arc<Record>>) {
        if let Err((why, record)) = self.logged.push(record.into()) {
            self.metrics.log_dropped(why);
            self.count(record);
        }
    }

    /// Hands a record over, to be counted without a log. Never waits: when the queue is full, it is missing from the analytics.
    pub fn count(&self, record: impl Into<Arc<Record>>) {
        let Some(unlogged) = &self.unlogged else { return };
        let record = Arc::unwrap_or_clone(record.into());
        if unlogged.push(Arc::new(record.bare())).is_err() {
            self.metrics.analytics_lost(1);
        }
    }

    /// Records waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.logged.sender.max_capacity() - self.logged.sender.capacity()
    }

    /// What they occupy.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.logged.bytes.load(Ordering::Relaxed)
    }
}

impl Records {
    /// Waits for records and takes up to `max`; `None` when every recorder is gone and the queue is empty.
    pub async fn next_batch(&mut self, max: usize) -> Option<Vec<Record>> {
        let shared = self.next_shared(max).await?;
        Some(shared.into_iter().map(Arc::unwrap_or_clone).collect())
    }

    /// The same, of records that somebody else may still read. To have one alone may take a copy, so this is for whoever takes it where
    /// nobody waits.
    pub async fn next_shared(&mut self, max: usize) -> Option<Vec<Arc<Record>>> {
        let mut batch = Vec::new();
        if self.receiver.recv_many(&mut batch, max.max(1)).await == 0 {
            return None;
        }
        let weight = batch.iter().map(|it| it.weight()).sum();
        self.bytes.fetch_sub(weight, Ordering::Relaxed);
        Some(batch)
    }
}
