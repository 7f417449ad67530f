//! Windows, counts and money holds under an opaque key. Knows no routes, money units or HTTP: a key and a `u64` amount.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    reason = "skeleton"
)]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Milliseconds since the Unix epoch.
pub type Millis = u64;
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> Millis;
}

/// Names a bucket; the caller decides what is in it. Kept whole (no hash collisions between tenants).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub Arc<[u8]>);
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub limit: u64,
    pub window: Duration,
    pub technique: Technique,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technique {
    Sliding,
    Fixed,
}

/// In-process counters.
#[derive(Debug)]
pub struct Limiter {/* private */}
impl Limiter {
    /// Not persisted: for tests.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Arc<Self> {
        todo!()
    }
    /// With a journal in `dir` (`limits.journal`, `limits.snapshot`); restores what is there.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>) -> std::io::Result<Arc<Self>> {
        todo!()
    }
    /// Counts one: atomically admitted, never given back.
    pub fn count(&self, key: &Key, rule: &Rule) -> Result<(), Refusal> {
        todo!()
    }
    /// Holds `amount` when settled + held + amount ≤ limit.
    pub fn hold(self: &Arc<Self>, key: &Key, rule: &Rule, amount: u64) -> Result<Permit, Refusal> {
        todo!()
    }
    /// Once a second, by the owner: evicts idle buckets, writes counts, compacts the journal.
    pub fn tick(&self) -> std::io::Result<()> {
        todo!()
    }
    /// At shutdown.
    pub fn flush(&self) -> std::io::Result<()> {
        todo!()
    }
    pub fn stats(&self) -> Stats {
        todo!()
    }
    /// For reading: what is in a bucket now.
    pub fn usage(&self, key: &Key, rule: &Rule) -> Usage {
        todo!()
    }
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub settled: u64,
    pub held: u64,
}
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub buckets: u64,
    pub holds: u64,
    /** Sum of max(0, real − hold). */
    pub overrun: u64,
    pub journal_errors: u64,
}
/// Why not: what the limit has and when room returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub limit: u64,
    pub settled: u64,
    pub held: u64,
    pub remaining: u64,
    /** Until this request may be admitted, if nothing else comes; at least 1 ms. */
    pub retry_after: Duration,
    pub reset_at: Millis,
}
/// Room taken. Dropped unsettled: released when nothing was sent, else charged in full.
#[derive(Debug)]
pub struct Permit {/* private */}
impl Permit {
    /// The call is about to leave: from now on losing this permit charges it in full (also after a crash).
    pub fn mark_sent(&mut self) {
        todo!()
    }
    pub fn held(&self) -> u64 {
        todo!()
    }
    /// Charges what was really used, to the admission time; durable when this returns.
    pub fn settle(self, real: u64) {
        todo!()
    }
    pub fn release(self) {
        todo!()
    }
}
