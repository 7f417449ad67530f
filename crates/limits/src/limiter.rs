//! The limiter: admission and settlement.

#[cfg(test)]
mod tests;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::bucket::{Bucket, Sent};
use crate::clock::Steady;
use crate::journal::Journal;
use crate::permit::Hold;
use crate::record::Event;
use crate::shards::{Shard, Shards};
use crate::{Clock, Key, Millis, Permit, Refusal, Rule, Stats, Usage};

/// What a limiter may take of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most buckets in memory at once. A request that would need one more is refused with [`Refusal::full`]; a bucket that still
    /// counts is never forgotten.
    pub buckets: u64,
}

impl Default for Bounds {
    /// A million buckets.
    fn default() -> Self {
        Self { buckets: 1_000_000 }
    }
}

/// In-process counters.
#[derive(Debug)]
pub struct Limiter {
    shards: Shards,
    time: Steady,
    journal: Option<Journal>,
    /// The next number for a hold or an event.
    next: AtomicU64,
    holds: AtomicU64,
    overrun: AtomicU64,
    full: AtomicU64,
}

impl Limiter {
    /// Not persisted.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Arc<Self> {
        Self::in_memory_within(clock, Bounds::default())
    }

    /// Not persisted, with bounds of the caller's choice.
    pub fn in_memory_within(clock: Arc<dyn Clock>, bounds: Bounds) -> Arc<Self> {
        Arc::new(Self::new(clock, bounds))
    }

    fn new(clock: Arc<dyn Clock>, bounds: Bounds) -> Self {
        Self {
            shards: Shards::new(bounds.buckets),
            time: Steady::new(clock),
            journal: None,
            next: AtomicU64::new(1),
            holds: AtomicU64::new(0),
            overrun: AtomicU64::new(0),
            full: AtomicU64::new(0),
        }
    }

    /// Counts one: atomically admitted, never given back.
    ///
    /// # Errors
    /// When settled + held + 1 is above the limit, or there is no memory for the bucket.
    pub fn count(&self, key: &Key, rule: &Rule) -> Result<(), Refusal> {
        let key = &*key.bounded();
        self.admit(key, rule, 1, |shard, now| {
            if let Some(bucket) = shard.buckets.get_mut(key) {
                bucket.charge(now, now, 1);
            }
            if self.journal.is_some() {
                shard.remember(key, rule.span(), now);
            }
        })?;
        Ok(())
    }

    /// Holds `amount` when settled + held + amount ≤ limit.
    ///
    /// # Errors
    /// When it is not, or there is no memory for the bucket.
    pub fn hold(self: &Arc<Self>, key: &Key, rule: &Rule, amount: u64) -> Result<Permit, Refusal> {
        let key = key.bounded().into_owned();
        let at = self.admit(&key, rule, amount, |shard, now| {
            if let Some(bucket) = shard.buckets.get_mut(&key) {
                bucket.hold(now, amount);
            }
        })?;
        self.holds.fetch_add(1, Ordering::Relaxed);
        let hold = Hold { id: self.number(), at, amount, span: rule.span() };
        Ok(Permit::new(Arc::clone(self), key, hold))
    }

    /// The state, for metrics.
    pub fn stats(&self) -> Stats {
        Stats {
            buckets: self.shards.len(),
            holds: self.holds.load(Ordering::Relaxed),
            overrun: self.overrun.load(Ordering::Relaxed),
            journal_errors: self.journal.as_ref().map_or(0, Journal::errors),
            full: self.full.load(Ordering::Relaxed),
        }
    }

    /// For reading: what is in a bucket now.
    pub fn usage(&self, key: &Key, rule: &Rule) -> Usage {
        let key = &*key.bounded();
        let now = self.time.now();
        let shard = self.shards.lock(key);
        shard.buckets.get(key).map_or_else(Usage::default, |it| it.usage(now, rule.span()))
    }

    /// One decision under one lock: `take` runs when there is room, at the time charged.
    fn admit(
        &self,
        key: &Key,
        rule: &Rule,
        amount: u64,
        take: impl FnOnce(&mut Shard, Millis),
    ) -> Result<Millis, Refusal> {
        let now = self.time.now();
        let shard = &mut *self.shards.lock(key);
        let at = if let Some(bucket) = shard.buckets.get_mut(key) {
            let longer = bucket.learn(rule.span());
            let admitted = bucket.admit(now, rule, amount);
            if longer && self.journal.is_some() {
                shard.unsaved.window(key, rule.span());
            }
            admitted?
        } else {
            let mut bucket = Bucket::default();
            bucket.learn(rule.span());
            let at = bucket.admit(now, rule, amount)?;
            self.shards.insert(shard, key, bucket, now).ok_or_else(|| self.no_room(now, rule))?;
            at
        };
        take(shard, at);
        Ok(at)
    }

    fn no_room(&self, now: Millis, rule: &Rule) -> Refusal {
        self.full.fetch_add(1, Ordering::Relaxed);
        Refusal {
            limit: rule.limit,
            settled: 0,
            held: 0,
            remaining: 0,
            retry_after: Duration::from_secs(1),
            reset_at: now,
            full: true,
        }
    }

    /// The call of a hold is about to leave; when this returns the end of the process cannot hide it.
    pub(crate) fn sent(&self, key: &Key, hold: &Hold) {
        let Some(journal) = &self.journal else { return };
        let sequence = {
            let shard = &mut *self.shards.lock(key);
            let bucket = self.shards.require(shard, key);
            bucket.mark_sent(hold.id, Sent { at: hold.at, amount: hold.amount });
            self.number_for(bucket)
        };
        journal.append(&[hold.entry(Event::Sent, sequence, key, hold.amount)]);
    }

    /// Gives a hold back whose call never left.
    pub(crate) fn release(&self, key: &Key, hold: &Hold) {
        let shard = &mut *self.shards.lock(key);
        self.shards.require(shard, key).release(hold.amount);
        self.holds.fetch_sub(1, Ordering::Relaxed);
    }

    /// Ends a hold: `real` is charged to its admission.
    pub(crate) fn settle(&self, key: &Key, hold: &Hold, real: u64) {
        let now = self.time.now();
        let sequence = {
            let shard = &mut *self.shards.lock(key);
            let bucket = self.shards.require(shard, key);
            bucket.learn(hold.span);
            bucket.release(hold.amount);
            bucket.arrived(hold.id);
            bucket.charge(now, hold.at, real);
            self.number_for(bucket)
        };
        if let Some(journal) = &self.journal {
            journal.append(&[hold.entry(Event::Settled, sequence, key, real)]);
        }
        self.holds.fetch_sub(1, Ordering::Relaxed);
        let overrun = real.saturating_sub(hold.amount);
        let add = |sum: u64| Some(sum.saturating_add(overrun));
        self.overrun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or_default();
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The number of an event that has just been put into `bucket`, whose lock is held: so a snapshot of the bucket with this
    /// number has this event and all before it.
    fn number_for(&self, bucket: &mut Bucket) -> u64 {
        let sequence = self.number();
        bucket.advance(sequence);
        sequence
    }
}
