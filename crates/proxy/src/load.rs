//! How many requests are under way, and whether new ones are taken.
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// The count, its bound, and the door.
#[derive(Debug)]
pub(crate) struct Load {
    in_flight: AtomicUsize,
    max: usize,
    draining: AtomicBool,
    emptied: Notify,
    metrics: Arc<telemetry::Metrics>,
}

/// A place among the requests under way; given back when its last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    _held: Arc<Held>,
}

#[derive(Debug)]
struct Held(Arc<Load>);

impl Load {
    pub(crate) fn new(max: usize, metrics: Arc<telemetry::Metrics>) -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            max,
            draining: AtomicBool::new(false),
            emptied: Notify::new(),
            metrics,
        }
    }

    /// `None` when there is no room, or no new requests are taken.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Slot> {
        let before = self.in_flight.fetch_add(1, Ordering::SeqCst);
        self.metrics.in_flight(1);
        // Made first, so that a refused request leaves by the same door.
        let slot = Slot { _held: Arc::new(Held(Arc::clone(self))) };
        (before < self.max && !self.draining()).then_some(slot)
    }

    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst)
    }

    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::SeqCst)
    }

    /// Resolves when nothing is under way.
    pub(crate) async fn idle(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.in_flight() == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.metrics.in_flight(-1);
        if self.0.in_flight.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}
