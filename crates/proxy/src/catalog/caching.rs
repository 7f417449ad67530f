//! What a gateway says about answers that are kept.
use std::time::Duration;

/// The cache settings of a gateway (`cache_ttl`, `cache_invalidate_on_update`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caching {
    /// How long an answer is kept when the request does not say; `None`: it is not.
    pub ttl: Option<Duration>,
    /// Answers are found as long as this stays: the time at which the gateway was made or, if updates are to invalidate, last replaced.
    pub generation: i64,
}
