//! Time, passed in, and made to run in one direction only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Milliseconds since the Unix epoch.
pub type Millis = u64;

/// Where the limiter takes its time from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The time now.
    fn now(&self) -> Millis;
}

/// A clock this far behind what was seen before is taken as corrected, not as late: see [`Steady::now`].
pub(crate) const CORRECTION: Millis = 3_600_000;

/// A [`Clock`] that does not run backwards.
#[derive(Debug)]
pub(crate) struct Steady {
    clock: Arc<dyn Clock>,
    seen: AtomicU64,
}

impl Steady {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { seen: AtomicU64::new(clock.now()), clock }
    }

    /// The time, standing still while the clock is behind what it said before, so that a step back gives no room back early.
    ///
    /// A clock that falls back by more than [`CORRECTION`] had been wrong before; standing still until it catches up could block
    /// a limit for years. Its new time is taken at once, and a bucket moves what it holds "in the future" to now, where
    /// it counts for one more whole window.
    pub(crate) fn now(&self) -> Millis {
        let now = self.clock.now();
        let seen = self.seen.load(Ordering::Relaxed);
        if now > seen {
            self.seen.fetch_max(now, Ordering::Relaxed).max(now)
        } else if seen - now > CORRECTION {
            self.seen.store(now, Ordering::Relaxed);
            now
        } else {
            seen
        }
    }
}
