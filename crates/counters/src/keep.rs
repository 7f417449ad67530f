//! What has been settled, kept where it outlives the server.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use limits::{Boxed, Key, Millis, Rule};

use crate::Broken;

/// What a bucket has settled, in a form that only the scripts read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    /// Names the bucket.
    pub key: Vec<u8>,
    /// The state.
    pub state: Vec<u8>,
    /// When nothing of it can count any more, in the server's time. Of two states of a bucket the newer one has the later end, whoever
    /// read them and whenever they are saved.
    pub expires_at: Millis,
}

/// Where totals are kept. Called from the limits' own thread.
pub trait Keeper: Send + Sync + std::fmt::Debug {
    /// Replaces what is kept under these keys.
    fn save(&self, totals: Vec<Total>) -> Boxed<'_, Result<(), Broken>>;

    /// Up to `most` of those that still live, in the order of their keys, after this one.
    fn load<'a>(&'a self, after: &'a [u8], most: usize) -> Boxed<'a, Result<Vec<Total>, Broken>>;

    /// Forgets those of which nothing can count any more.
    fn forget(&self) -> Boxed<'_, Result<(), Broken>>;
}

/// Buckets with a shorter window are not kept: they would be empty before anybody had put them back.
pub(crate) const KEPT_FROM_MS: u64 = 60_000;

/// Most buckets noted at the same time.
const MOST: usize = 262_144;

/// Buckets that have changed since they were saved.
#[derive(Debug, Default)]
pub(crate) struct Changed(Mutex<HashSet<Key>>);

impl Changed {
    /// Notes a bucket. One that finds no place, because nothing could be saved for long, is noted when it changes again.
    pub(crate) fn note(&self, key: &Key, rule_window_ms: u64) {
        self.note_stored(&key.bounded(), rule_window_ms);
    }

    /// The same of a key in the form in which it is stored.
    pub(crate) fn note_stored(&self, key: &Key, rule_window_ms: u64) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rule_window_ms >= KEPT_FROM_MS && keys.len() < MOST && !keys.contains(key) {
            keys.insert(key.clone());
        }
    }

    pub(crate) fn note_rule(&self, key: &Key, rule: &Rule) {
        self.note(key, rule.span().window);
    }

    /// Those that were noted, in the form in which they are stored.
    pub(crate) fn take(&self) -> Vec<Key> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *keys).into_iter().collect()
    }
}
