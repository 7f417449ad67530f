//! Windows, counts and money holds under an opaque key: in-process counters and their journal.
//!
//! Knows no routes, money units or HTTP: a [`Key`] names a bucket, a [`Rule`] says how much of it may be used in which window,
//! and amounts are plain `u64`. [`Limits`] is what a request asks; behind it is a [`Limiter`] in this process, or [`Counters`] that many
//! share. The limiter is synchronous and meant to be called from async code: every section under a lock is short, and only
//! [`Limiter::tick`] and [`Limiter::flush`] do slow I/O. What a user may rely on is written in `docs/limits.md`.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use limits::{Clock, Key, Limiter, Millis, Rule, Technique};
//!
//! #[derive(Debug)]
//! struct Noon;
//! impl Clock for Noon {
//!     fn now(&self) -> Millis { 12 * 3_600_000 }
//! }
//!
//! let limiter = Limiter::in_memory(Arc::new(Noon));
//! let key = Key::new(b"support/per-user/ada");
//! let budget = Rule { limit: 100, window: Duration::from_secs(60), technique: Technique::Sliding };
//!
//! let permit = limiter.hold(&key, &budget, 80).expect("the bucket is empty");
//! assert_eq!(limiter.hold(&key, &budget, 30).expect_err("80 of 100 are held").remaining, 20);
//! permit.settle(65);
//! assert_eq!(limiter.usage(&key, &budget).settled, 65);
//! ```
mod bucket;
mod clock;
mod journal;
mod key;
mod limiter;
mod limits;
mod outcome;
mod permit;
mod record;
mod rule;
mod shards;
mod survey;

pub use clock::{Clock, Millis};
pub use key::Key;
pub use limiter::{Bounds, Limiter};
pub use limits::{Admitted, Ask, Boxed, Counters, Denied, Limits, Take, Unavailable};
pub use outcome::{Refusal, Stats, Usage};
pub use permit::{Hold, Permit, mark_sent};
pub use rule::{Rule, Span, Technique};
pub use survey::{Look, Nearest, RuleOf, Seen, Survey, Surveyed};
