//! A queue that never makes a request wait: bounded in records and bytes; what does not fit is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc;

use crate::{Metrics, Record};

#[cfg(test)]
mod tests;

/// Bytes the queue may hold, whatever its capacity in records.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The sending side; cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder {
    sender: mpsc::Sender<Box<Record>>,
    bytes: Arc<AtomicUsize>,
    metrics: Arc<Metrics>,
}

/// The receiving side: batches for a sink.
#[derive(Debug)]
pub struct Records {
    receiver: mpsc::Receiver<Box<Record>>,
    bytes: Arc<AtomicUsize>,
}

/// A queue of at most `capacity` records and 16 MiB.
#[must_use]
pub fn queue(capacity: usize, metrics: Arc<Metrics>) -> (Recorder, Records) {
    let (sender, receiver) = mpsc::channel(capacity.max(1));
    let bytes = Arc::new(AtomicUsize::new(0));
    (Recorder { sender, bytes: Arc::clone(&bytes), metrics }, Records { receiver, bytes })
}

impl Recorder {
    /// Hands a record over, or drops and counts it when the queue is full. Never waits.
    pub fn push(&self, record: Record) {
        let weight = record.weight();
        let before = self.bytes.fetch_add(weight, Ordering::Relaxed);
        let fits = before.saturating_add(weight) <= MAX_BYTES
            && self.sender.try_send(Box::new(record)).is_ok();
        if !fits {
            self.bytes.fetch_sub(weight, Ordering::Relaxed);
            self.metrics.log_dropped();
        }
    }

    /// Records waiting.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
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
