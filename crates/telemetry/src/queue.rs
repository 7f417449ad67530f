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

/// The sending side; cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder {
    sender: mpsc::Sender<Box<Record>>,
    bytes: Arc<AtomicUsize>,
    most_bytes: usize,
    metrics: Arc<Metrics>,
}

/// The receiving side: batches for a sink.
#[derive(Debug)]
pub struct Records {
    receiver: mpsc::Receiver<Box<Record>>,
    bytes: Arc<AtomicUsize>,
}

/// A queue of at most so much.
#[must_use]
pub fn queue(capacity: Capacity, metrics: Arc<Metrics>) -> (Recorder, Records) {
    let (sender, receiver) = mpsc::channel(capacity.records.max(1));
    let bytes = Arc::new(AtomicUsize::new(0));
    let records = Records { receiver, bytes: Arc::clone(&bytes) };
    (Recorder { sender, bytes, most_bytes: capacity.bytes, metrics }, records)
}

impl Recorder {
    /// Hands a record over, or drops and counts it when the queue is full. Never waits.
    pub fn push(&self, record: Record) {
        let weight = record.weight();
        let before = self.bytes.fetch_add(weight, Ordering::Relaxed);
        let pushed = if before.saturating_add(weight) > self.most_bytes {
            Err(LogLoss::Bytes)
        } else {
            self.sender.try_send(Box::new(record)).map_err(|_| LogLoss::Records)
        };
        if let Err(why) = pushed {
            self.bytes.fetch_sub(weight, Ordering::Relaxed);
            self.metrics.log_dropped(why);
        }
    }

    /// Records waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    /// What they occupy.
    #[must_use]
    pub fn waiting_bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Records {
    /// Waits for records and takes up to `max`; `None` when every recorder is gone and the queue is empty.
    pub async fn next_batch(&mut self, max: usize) -> Option<Vec<Record>> {
        let mut boxes = Vec::new();
        if self.receiver.recv_many(&mut boxes, max.max(1)).await == 0 {
            return None;
        }
        let batch: Vec<Record> = boxes.into_iter().map(|it| *it).collect();
        let weight = batch.iter().map(Record::weight).sum();
        self.bytes.fetch_sub(weight, Ordering::Relaxed);
        Some(batch)
    }
}
