//! The one face of limits: whoever asks does not know where the counters are.

use std::pin::Pin;
use std::sync::Arc;

use crate::{Hold, Key, Limiter, Permit, Refusal, Rule, Stats, Usage};

/// One thing asked of one bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The bucket.
    pub key: Key,
    /// What it allows.
    pub rule: Rule,
    /// What is wanted of it.
    pub take: Take,
}

/// What is taken from a bucket when there is room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Counts one, never given back.
    One,
    /// Holds so much, to be settled with what was really used.
    Hold(u64),
}

impl Take {
    /// How much room it needs.
    #[must_use]
    pub fn amount(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Hold(amount) => amount,
        }
    }
}

/// What was taken, and what was there before.
#[derive(Debug)]
pub struct Admitted {
    /// One for every [`Take::Hold`], in order.
    pub permits: Vec<Permit>,
    /// What each bucket had before, in the order of the asks.
    pub found: Vec<Usage>,
}

/// Why nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A limit has no room.
    #[error("ask {index}: {refusal}")]
    Refused {
        /// Which of the asks: the first that has no room.
        index: usize,
        /// What it says.
        refusal: Refusal,
    },
    /// Nobody knows whether there is room.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The counters cannot be asked now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the counters of limits do not answer")]
pub struct Unavailable;

/// A future of a boxed kind, for [`Counters`].
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Counters outside this process, shared with others.
pub trait Counters: Send + Sync + std::fmt::Debug {
    /// As [`Limits::admit_seeing`].
    fn admit_seeing<'a>(&'a self, asks: &'a [Ask]) -> Boxed<'a, Result<Admitted, Denied>>;

    /// As [`Limits::admit`].
    fn admit<'a>(&'a self, asks: &'a [Ask]) -> Boxed<'a, Result<Vec<Permit>, Denied>> {
        Box::pin(async move { Ok(self.admit_seeing(asks).await?.permits) })
    }

    /// From now on these holds are charged in full when their holder dies.
    fn mark_sent<'a>(&'a self, holds: &'a [(&'a Key, Hold)]) -> Boxed<'a, Result<(), Unavailable>>;

    /// Ends a hold: `real` is charged to its admission; `None`: it is given back, its call never left. Does not wait and does not
    /// fail: what cannot be told now is told later.
    fn end(&self, key: &Key, hold: Hold, real: Option<u64>);

    /// The state, for metrics.
    fn stats(&self) -> Stats;
}

/// Counts and holds, in this process or shared by many. A clone is a handle to the same counters.
#[derive(Clone, Debug)]
pub struct Limits(Place);

#[derive(Clone, Debug)]
enum Place {
    Memory(Arc<Limiter>),
    Shared(Arc<dyn Counters>),
}

impl From<Arc<Limiter>> for Limits {
    fn from(limiter: Arc<Limiter>) -> Self {
        Self(Place::Memory(limiter))
    }
}

impl Limits {
    /// Limits that other processes share.
    #[must_use]
    pub fn shared(counters: Arc<dyn Counters>) -> Self {
        Self(Place::Shared(counters))
    }

    /// All or nothing, in one atomic decision: when every ask has room, all are taken and there is one permit for every
    /// [`Take::Hold`], in order. The keys of one decision differ. Counters in memory decide without waiting.
    ///
    /// # Errors
    /// The first ask without room; nothing was taken.
    pub async fn admit(&self, asks: &[Ask]) -> Result<Vec<Permit>, Denied> {
        self.admit_seeing(asks).await.map(|it| it.permits)
    }

    /// The same, and what the buckets had before, which the decision has read anyway.
    ///
    /// # Errors
    /// As [`Limits::admit`].
    pub async fn admit_seeing(&self, asks: &[Ask]) -> Result<Admitted, Denied> {
        match &self.0 {
            Place::Memory(limiter) => limiter.admit_seeing(asks),
            Place::Shared(counters) => counters.admit_seeing(asks).await,
        }
    }

    /// The state, for metrics.
    #[must_use]
    pub fn stats(&self) -> Stats {
        match &self.0 {
            Place::Memory(limiter) => limiter.stats(),
            Place::Shared(counters) => counters.stats(),
        }
    }
}
