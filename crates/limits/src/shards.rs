//! All buckets, in maps that are locked one at a time, and never more of them than allowed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::bucket::{Bucket, Remembered, Slot};
use crate::key::Seeded;
use crate::{Key, Millis, Span};

/// Maps. Enough that a sweep or a snapshot of one holds up few requests, even with a million buckets.
const SHARDS: u64 = 256;
/// Buckets looked at in one sweep, so that a tick stays short.
const SWEEP: usize = 65_536;
/// Unsaved slots a map keeps between two ticks.
const SPILLED: usize = 65_536;

/// See the module.
#[derive(Debug)]
pub(crate) struct Shards {
    maps: Box<[Mutex<Shard>]>,
    seed: Seeded,
    buckets: AtomicU64,
    most: u64,
    next_sweep: AtomicUsize,
}

/// One of the maps.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) buckets: HashMap<Key, Bucket, Seeded>,
    /// Counts that the journal does not have yet.
    pub(crate) unsaved: Unsaved,
}

/// What a tick has to write.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    /// Buckets that keep an unsaved slot.
    pub(crate) keys: Vec<Key>,
    /// Unsaved slots that buckets have let go.
    pub(crate) spilled: Vec<(Key, Span, Slot)>,
    /// There were too many of them, because nobody ticks: only a snapshot has them.
    pub(crate) lost: bool,
}

impl Shards {
    pub(crate) fn new(most: u64) -> Self {
        let seed = Seeded::new();
        let shard =
            || Shard { buckets: HashMap::with_hasher(seed.clone()), unsaved: Unsaved::default() };
        Self {
            maps: (0..SHARDS).map(|_| Mutex::new(shard())).collect(),
            seed,
            buckets: AtomicU64::new(0),
            most,
            next_sweep: AtomicUsize::new(0),
        }
    }

    /// The map of this key.
    pub(crate) fn lock(&self, key: &Key) -> MutexGuard<'_, Shard> {
        self.lock_map(self.index(key))
    }

    /// The maps of these keys, each once. Always in the same order, so that two that lock several never wait for each other.
    pub(crate) fn lock_all(&self, keys: &[Cow<'_, Key>]) -> Locked<'_> {
        let mut indices: Vec<_> = keys.iter().map(|it| self.index(it)).collect();
        indices.sort_unstable();
        indices.dedup();
        let maps = indices.into_iter().map(|it| (it, self.lock_map(it))).collect();
        Locked { shards: self, maps }
    }

    fn index(&self, key: &Key) -> usize {
        // Neither the lowest bits nor the highest: inside a map those find the bucket.
        usize::try_from((self.seed.hash_one(key) >> 32) % SHARDS).unwrap_or_default()
    }

    fn lock_map(&self, index: usize) -> MutexGuard<'_, Shard> {
        lock(self.maps.get(index).expect("the remainder is below the number of maps"))
    }

    /// Every map, one after the other.
    pub(crate) fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Shard>> {
        self.maps.iter().map(lock)
    }

    /// Every map, none of them locked.
    pub(crate) fn maps(&self) -> impl Iterator<Item = Map<'_>> {
        self.maps.iter().map(Map)
    }

    /// Puts a restored bucket in.
    pub(crate) fn restore(&self, key: Key, bucket: Bucket) {
        if self.lock(&key).buckets.insert(key, bucket).is_none() {
            self.buckets.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Buckets in memory.
    pub(crate) fn len(&self) -> u64 {
        self.buckets.load(Ordering::Relaxed)
    }

    /// Puts a new bucket in, when there is room for it or can be made in this map.
    pub(crate) fn insert(
        &self,
        shard: &mut Shard,
        key: &Key,
        bucket: Bucket,
        now: Millis,
    ) -> Option<()> {
        if !self.reserve() {
            self.evict(shard, now);
            self.reserve().then_some(())?;
        }
        shard.buckets.insert(key.clone(), bucket);
        Some(())
    }

    /// The bucket of a key, made when it is not there, even beyond the allowed number: for what must not be forgotten.
    pub(crate) fn require<'s>(&self, shard: &'s mut Shard, key: &Key) -> &'s mut Bucket {
        match shard.buckets.entry(key.clone()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                self.buckets.fetch_add(1, Ordering::Relaxed);
                entry.insert(Bucket::default())
            }
        }
    }

    /// Evicts idle buckets, going on where the last sweep ended.
    pub(crate) fn sweep(&self, now: Millis) {
        let mut seen = 0;
        for _ in 0..self.maps.len() {
            let next = self.next_sweep.fetch_add(1, Ordering::Relaxed) % self.maps.len();
            let Some(map) = self.maps.get(next) else { continue };
            let shard = &mut *lock(map);
            seen += shard.buckets.len();
            self.evict(shard, now);
            if seen >= SWEEP {
                break;
            }
        }
    }

    fn evict(&self, shard: &mut Shard, now: Millis) {
        let before = shard.buckets.len();
        shard.buckets.retain(|_, bucket| !bucket.is_idle(now));
        if shard.buckets.len() < shard.buckets.capacity() / 4 {
            shard.buckets.shrink_to_fit();
        }
        let evicted = u64::try_from(before - shard.buckets.len()).unwrap_or_default();
        self.buckets.fetch_sub(evicted, Ordering::Relaxed);
    }

    fn reserve(&self) -> bool {
        let most = self.most;
        let more = |count| (count < most).then_some(count + 1);
        self.buckets.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

/// A map that can be locked.
#[derive(Debug)]
pub(crate) struct Map<'s>(&'s Mutex<Shard>);

impl Map<'_> {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Shard> {
        lock(self.0)
    }
}

/// Several maps, locked together.
#[derive(Debug)]
pub(crate) struct Locked<'s> {
    shards: &'s Shards,
    maps: Vec<(usize, MutexGuard<'s, Shard>)>,
}

impl Locked<'_> {
    /// The map of a key, which is one of those that were named.
    pub(crate) fn shard(&mut self, key: &Key) -> &mut Shard {
        let index = self.shards.index(key);
        let found = self.maps.iter_mut().find(|(it, _)| *it == index);
        &mut found.expect("the maps of all keys are locked").1
    }
}

impl Shard {
    /// Notes that a count of this bucket is not in the journal.
    pub(crate) fn remember(&mut self, key: &Key, span: Span, at: Millis) {
        match self.buckets.get_mut(key).map(|bucket| bucket.remember(span, at)) {
            Some(Remembered::First) => self.unsaved.keys.push(key.clone()),
            Some(Remembered::Spilled(span, slot)) => self.unsaved.spill(key, span, slot),
            Some(Remembered::Joined) | None => {}
        }
    }
}

impl Unsaved {
    /// Notes that a bucket has to keep more than before, for the journal to know after a crash: a charge of nothing.
    pub(crate) fn window(&mut self, key: &Key, span: Span) {
        self.spill(key, span, Slot { last: 0, amount: 0 });
    }

    /// What was counted in this bucket is not to be written any more; that it has to keep more still is.
    pub(crate) fn forget(&mut self, key: &Key) {
        self.spilled.retain(|(it, _, slot)| it != key || slot.amount == 0);
    }

    fn spill(&mut self, key: &Key, span: Span, slot: Slot) {
        if self.spilled.len() < SPILLED {
            self.spilled.push((key.clone(), span, slot));
        } else {
            self.lost = true;
        }
    }
}

/// A panic under a lock leaves counters as they are; refusing all traffic over it would be worse.
fn lock(map: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}
