//! The circuit breaker: after consecutive timeouts, 5xx or connection errors a (provider, model,
//! key) is skipped for a while, then probed by one request.
//!
//! So a dead primary does not cost every request its timeout. The key is part of the name because
//! quotas and outages belong to an account, not to a place in a route. A breaker answers the walk
//! from outside (the element takes its `fallback`); the walk itself knows nothing of it.
//!
//! ```text
//!            `failures` in a row                 the time is over: one probe
//!  Closed ───────────────────────► Open ───────────────────────────────────► Probing
//!    ▲                              ▲  ◄──── the probe was abandoned ──────────┤ │
//!    │                              └─────── the probe failed: twice as long ──┘ │
//!    └──────────────────────────────── the probe succeeded ──────────────────────┘
//! ```

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Thresholds of a gateway's breakers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Failures in a row that open it; 0 counts as 1.
    pub failures: u32,
    /// Milliseconds it stays open the first time. Each failed probe doubles that, up to
    /// [`Policy::MAX_OPEN_MS`] (or to this, when it is longer).
    pub open_ms: u64,
}

impl Policy {
    /// A breaker is probed at least once a minute.
    pub const MAX_OPEN_MS: u64 = 60_000;

    /// How long it stays open after `trips` openings in a row.
    fn open_for(self, trips: u64) -> u64 {
        let doublings = u32::try_from(trips.saturating_sub(1)).unwrap_or(u32::MAX);
        let factor = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        self.open_ms.saturating_mul(factor).min(Self::MAX_OPEN_MS.max(self.open_ms))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self { failures: 5, open_ms: 10_000 }
    }
}

/// One breaker. Lock-free: its whole state is one word.
#[derive(Debug)]
pub struct Breaker {
    policy: Policy,
    word: AtomicU64,
}

/// The breaker is open: the call is to be skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Unix milliseconds at which the next probe may go; already past while a probe is under way.
    pub until_ms: u64,
}

/// The right to make one call. Dropped without a verdict (the client left, the answer said nothing
/// about the provider's health) it changes nothing, except that a probe's place is free again.
#[derive(Debug)]
#[must_use]
pub struct Pass<'b> {
    breaker: &'b Breaker,
    probe: bool,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, word: AtomicU64::new(State::FRESH.pack()) }
    }

    /// Asks to make a call. Of all that ask when the open time is over, exactly one gets through.
    ///
    /// # Errors
    /// It is open, or a probe is under way.
    pub fn admit(&self, now_ms: u64) -> Result<Pass<'_>, Open> {
        let mut probe = false;
        self.change(|state| {
            probe = matches!(state.phase, Phase::Open { until_ms } if until_ms <= now_ms);
            let Phase::Open { until_ms } = state.phase else { return None };
            probe.then_some(State { phase: Phase::Probing { until_ms }, ..state })
        });
        if probe {
            return Ok(Pass { breaker: self, probe });
        }
        match self.state().phase {
            Phase::Closed { .. } => Ok(Pass { breaker: self, probe }),
            Phase::Open { until_ms } | Phase::Probing { until_ms } => Err(Open { until_ms }),
        }
    }

    fn succeeded(&self, probe: bool) {
        self.change(|state| match state.phase {
            Phase::Closed { failures: 0 } => None,
            Phase::Closed { .. } => Some(State::FRESH),
            // A call from before it opened says nothing about now.
            Phase::Open { .. } | Phase::Probing { .. } => probe.then_some(State::FRESH),
        });
    }

    fn failed(&self, probe: bool, now_ms: u64) {
        let enough = u64::from(self.policy.failures.max(1));
        self.change(|state| match state.phase {
            Phase::Closed { failures } if failures + 1 < enough => {
                Some(State { phase: Phase::Closed { failures: failures + 1 }, ..state })
            }
            Phase::Closed { .. } => Some(self.opened(state, now_ms)),
            Phase::Probing { .. } if probe => Some(self.opened(state, now_ms)),
            Phase::Open { .. } | Phase::Probing { .. } => None,
        });
    }

    fn opened(&self, state: State, now_ms: u64) -> State {
        let trips = (state.trips + 1).min(MAX_TRIPS);
        let until_ms = now_ms.saturating_add(self.policy.open_for(trips)).min(MAX_PAYLOAD);
        State { trips, phase: Phase::Open { until_ms } }
    }

    fn abandoned(&self) {
        self.change(|state| match state.phase {
            Phase::Probing { until_ms } => Some(State { phase: Phase::Open { until_ms }, ..state }),
            Phase::Closed { .. } | Phase::Open { .. } => None,
        });
    }

    fn state(&self) -> State {
        State::unpack(self.word.load(Ordering::Acquire))
    }

    /// Changes the state, unless `next` says that there is nothing to change.
    fn change(&self, mut next: impl FnMut(State) -> Option<State>) {
        // An `Err` is the state that needed no change.
        let _unchanged = self.word.fetch_update(Ordering::AcqRel, Ordering::Acquire, |word| {
            next(State::unpack(word)).map(State::pack)
        });
    }

    fn is_fresh(&self) -> bool {
        self.state() == State::FRESH
    }
}

impl Pass<'_> {
    /// The provider answered: nothing is wrong with it.
    pub fn succeeded(mut self) {
        self.breaker.succeeded(std::mem::take(&mut self.probe));
    }

    /// Timeout, 5xx or connection error.
    pub fn failed(mut self, now_ms: u64) {
        self.breaker.failed(std::mem::take(&mut self.probe), now_ms);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.abandoned();
        }
    }
}

/// What the word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    /// Openings since it was last closed.
    trips: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Closed { failures: u64 },
    Open { until_ms: u64 },
    Probing { until_ms: u64 },
}

/// The payload has 56 bits, trips 6, the phase 2.
const MAX_PAYLOAD: u64 = (1 << 56) - 1;
const MAX_TRIPS: u64 = (1 << 6) - 1;

impl State {
    const FRESH: Self = Self { trips: 0, phase: Phase::Closed { failures: 0 } };

    fn pack(self) -> u64 {
        let (phase, payload) = match self.phase {
            Phase::Closed { failures } => (0, failures),
            Phase::Open { until_ms } => (1, until_ms),
            Phase::Probing { until_ms } => (2, until_ms),
        };
        phase << 62 | self.trips.min(MAX_TRIPS) << 56 | payload.min(MAX_PAYLOAD)
    }

    fn unpack(word: u64) -> Self {
        let payload = word & MAX_PAYLOAD;
        let phase = match word >> 62 {
            0 => Phase::Closed { failures: payload },
            1 => Phase::Open { until_ms: payload },
            _ => Phase::Probing { until_ms: payload },
        };
        Self { trips: word >> 56 & MAX_TRIPS, phase }
    }
}

/// All breakers of a gateway; kept across catalogs, so that a deployment does not close one.
#[derive(Debug)]
pub struct Breakers {
    policy: Option<Policy>,
    all: Mutex<HashMap<Box<str>, Arc<Breaker>>>,
}

/// From this many on, breakers that nobody holds are forgotten when a new one is needed: callers
/// name models freely on direct calls.
const SWEEP_AT: usize = 4096;

impl Breakers {
    /// `None`: breakers are off.
    #[must_use]
    pub fn new(policy: Option<Policy>) -> Arc<Self> {
        Arc::new(Self { policy, all: Mutex::default() })
    }

    /// The breaker of a (provider, model, name of key); the same one each time. `None` when off.
    #[must_use]
    pub fn get(&self, provider: &str, model: &str, key: &str) -> Option<Arc<Breaker>> {
        let policy = self.policy?;
        let name = [provider, model, key].join("\n");
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(&*name) {
            return Some(Arc::clone(found));
        }
        if all.len() >= SWEEP_AT {
            all.retain(|_, it| Arc::strong_count(it) > 1 || !it.is_fresh());
        }
        if all.len() >= SWEEP_AT {
            all.retain(|_, it| Arc::strong_count(it) > 1);
        }
        let new = Arc::new(Breaker::new(policy));
        all.insert(name.into(), Arc::clone(&new));
        Some(new)
    }
}

#[cfg(test)]
mod tests;
