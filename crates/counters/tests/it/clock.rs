//! A clock that a test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use limits::{Clock, Millis};

#[derive(Debug)]
pub(crate) struct Manual(AtomicU64);

impl Manual {
    pub(crate) fn at(now: Millis) -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(now)))
    }
    pub(crate) fn set(&self, now: Millis) {
        self.0.store(now, Ordering::SeqCst);
    }
    pub(crate) fn advance(&self, by: Millis) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for Manual {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
}
