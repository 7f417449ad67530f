//! What the limiter tells its caller.

use std::time::Duration;

use crate::Millis;

/// Why a request was not admitted: what the limit has, and when room returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("limit of {limit} reached: {settled} settled, {held} held, {remaining} left")]
pub struct Refusal {
    /// The rule's limit.
    pub limit: u64,
    /// What counts as used in the window.
    pub settled: u64,
    /// What requests under way have taken.
    pub held: u64,
    /// What a smaller request could still have: `limit - settled - held`.
    pub remaining: u64,
    /// The earliest this amount may be admitted if nothing else comes, at least 1 ms. Holds are taken as staying; where they alone
    /// stand in the way it is 1 s, since no clock tells when a call ends. A whole window when the amount is above the limit.
    pub retry_after: Duration,
    /// When all that is used or held now will have left the window.
    pub reset_at: Millis,
    /// The bucket does not exist and there is no memory for another ([`crate::Bounds::buckets`]): not the limit refused, but the
    /// limiter, and whoever asked decides whether that means open or closed.
    pub full: bool,
}

/// What is in a bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Counts and settled amounts that count in the window.
    pub settled: u64,
    /// The sum of open holds.
    pub held: u64,
}

/// The limiter's state, for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Buckets in memory.
    pub buckets: u64,
    /// Open holds.
    pub holds: u64,
    /// Sum of max(0, real − hold) over settlements since the start.
    pub overrun: u64,
    /// Failed writes to the journal since the start.
    pub journal_errors: u64,
    /// Requests refused since the start because there was no memory for their bucket.
    pub full: u64,
    /// Questions that shared counters did not answer since the start.
    pub unanswered: u64,
    /// Holds of this process whose lease had ended before they were settled.
    pub lapsed: u64,
    /// Shared counters cannot be asked now.
    pub away: bool,
}
