//! The circuit breaker: after consecutive timeouts, 5xx or connect errors a (provider, model, key) is skipped for a while, then probed by one request.
use std::sync::Arc;

/// Thresholds; per gateway, or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    pub failures: u32,
    pub open_ms: u64,
}
/// Lock-free (atomics).
#[derive(Debug)]
pub struct Breaker {/* private */}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Closed,
    /** Half-open: this call is the probe. */
    Probe,
    Open {
        until_ms: u64,
    },
}
impl Breaker {
    pub fn check(&self, now_ms: u64) -> Verdict {
        todo!()
    }
    pub fn succeeded(&self) {
        todo!()
    }
    pub fn failed(&self, now_ms: u64) {
        todo!()
    }
    /// The probe ended without a verdict (client gone, caller's fault).
    pub fn abandoned(&self) {
        todo!()
    }
}
/// All breakers of a gateway; kept across catalog swaps so that a deployment does not close one.
#[derive(Debug)]
pub struct Breakers {/* private */}
impl Breakers {
    pub fn new(policy: Option<Policy>) -> Arc<Self> {
        todo!()
    }
    /// `None` when off.
    pub fn get(&self, provider: &str, model: &str, key: &str) -> Option<Arc<Breaker>> {
        todo!()
    }
}
