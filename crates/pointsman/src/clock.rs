//! The time of day, read here and passed to everything that wants it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl SystemClock {
    /// Unix milliseconds; 0 for a clock set before 1970.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    pub(crate) fn now_ms() -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

impl limits::Clock for SystemClock {
    fn now(&self) -> limits::Millis {
        Self::now_ms()
    }
}

impl proxy::Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        Self::now_ms()
    }
}
