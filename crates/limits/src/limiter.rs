//! The limiter: admission and settlement.

mod people;
#[cfg(test)]
mod tests;
mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::bucket::{Bucket, Sent};
use crate::clock::Steady;
use crate::journal::Journal;
use crate::record::Event;
use crate::shards::{Locked, Shard, Shards};
use crate::{
    Admitted, Ask, Clock, Denied, Hold, Key, Millis, Permit, Refusal, Rule, Stats, Take, Usage,
};

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
        self.counting(key, rule).map(drop)
    }

    fn counting(&self, key: &Key, rule: &Rule) -> Result<Usage, Refusal> {
        let key = &*key.bounded();
        let shard = &mut *self.shards.lock(key);
        let (at, found) = self.check(shard, key, rule, 1)?;
        self.counted(shard, key, rule, at);
        Ok(found)
    }

    /// Holds `amount` when settled + held + amount ≤ limit.
    ///
    /// # Errors
    /// When it is not, or there is no memory for the bucket.
    pub fn hold(self: &Arc<Self>, key: &Key, rule: &Rule, amount: u64) -> Result<Permit, Refusal> {
        self.holding(key, rule, amount).map(|(permit, _)| permit)
    }

    fn holding(
        self: &Arc<Self>,
        key: &Key,
        rule: &Rule,
        amount: u64,
    ) -> Result<(Permit, Usage), Refusal> {
        let key = key.bounded().into_owned();
        let (hold, found) = {
            let shard = &mut *self.shards.lock(&key);
            let (at, found) = self.check(shard, &key, rule, amount)?;
            (self.held(shard, &key, rule, (at, amount)), found)
        };
        Ok((Permit::in_memory(Arc::clone(self), key, hold), found))
    }

    /// All or nothing; see [`crate::Limits::admit`].
    ///
    /// # Errors
    /// The first ask without room, or without memory for its bucket; nothing was taken.
    pub fn admit(self: &Arc<Self>, asks: &[Ask]) -> Result<Vec<Permit>, Denied> {
        self.admit_seeing(asks).map(|it| it.permits)
    }

    /// The same, and what was found; see [`crate::Limits::admit_seeing`].
    ///
    /// # Errors
    /// As [`Limiter::admit`].
    pub fn admit_seeing(self: &Arc<Self>, asks: &[Ask]) -> Result<Admitted, Denied> {
        let refused = |index| move |refusal| Denied::Refused { index, refusal };
        if let [ask] = asks {
            return match ask.take {
                Take::One => self.counting(&ask.key, &ask.rule).map(|it| (Vec::new(), it)),
                Take::Hold(amount) => {
                    self.holding(&ask.key, &ask.rule, amount).map(|(it, found)| (vec![it], found))
                }
            }
            .map(|(permits, found)| Admitted { permits, found: vec![found] })
            .map_err(refused(0));
        }
        let keys: Vec<_> = asks.iter().map(|it| it.key.bounded()).collect();
        let mut locked = self.shards.lock_all(&keys);
        let mut times = Vec::with_capacity(asks.len());
        let mut found = Vec::with_capacity(asks.len());
        for (index, (ask, key)) in asks.iter().zip(&keys).enumerate() {
            let shard = locked.shard(key);
            let at = self.check(shard, key, &ask.rule, ask.take.amount());
            let (at, usage) = at.map_err(refused(index))?;
            times.push(at);
            found.push(usage);
        }
        let taken = asks.iter().zip(&keys).zip(times);
        let permits = taken.filter_map(|((ask, key), at)| self.take(&mut locked, (ask, key), at));
        Ok(Admitted { permits: permits.collect(), found })
    }

    /// Takes what was found to have room.
    fn take(
        self: &Arc<Self>,
        locked: &mut Locked<'_>,
        (ask, key): (&Ask, &Key),
        at: Millis,
    ) -> Option<Permit> {
        let shard = locked.shard(key);
        // Making room for a later ask may have evicted it: there is nothing in it yet.
        self.shards.require(shard, key).learn(ask.rule.span());
        match ask.take {
            Take::One => {
                self.counted(shard, key, &ask.rule, at);
                None
            }
            Take::Hold(amount) => {
                let hold = self.held(shard, key, &ask.rule, (at, amount));
                Some(Permit::in_memory(Arc::clone(self), key.clone(), hold))
            }
        }
    }

    fn counted(&self, shard: &mut Shard, key: &Key, rule: &Rule, at: Millis) {
        if let Some(bucket) = shard.buckets.get_mut(key) {
            bucket.charge(at, at, 1);
        }
        if self.journal.is_some() {
            shard.remember(key, rule.span(), at);
        }
    }

    fn held(&self, shard: &mut Shard, key: &Key, rule: &Rule, (at, amount): (Millis, u64)) -> Hold {
        if let Some(bucket) = shard.buckets.get_mut(key) {
            bucket.hold(at, amount);
        }
        self.holds.fetch_add(1, Ordering::Relaxed);
        Hold { id: self.number(), at, amount, span: rule.span(), life: 0 }
    }

    /// The state, for metrics.
    pub fn stats(&self) -> Stats {
        Stats {
            buckets: self.shards.len(),
            holds: self.holds.load(Ordering::Relaxed),
            overrun: self.overrun.load(Ordering::Relaxed),
            journal_errors: self.journal.as_ref().map_or(0, Journal::errors),
            full: self.full.load(Ordering::Relaxed),
            ..Stats::default()
        }
    }

    /// For reading: what is in a bucket now.
    pub fn usage(&self, key: &Key, rule: &Rule) -> Usage {
        let key = &*key.bounded();
        let now = self.time.now();
        let shard = self.shards.lock(key);
        shard.buckets.get(key).map_or_else(Usage::default, |it| it.usage(now, rule.span()))
    }

    /// Whether there is room, for a bucket whose map is locked, which exists afterwards; the time to charge, and what there is already.
    fn check(
        &self,
        shard: &mut Shard,
        key: &Key,
        rule: &Rule,
        amount: u64,
    ) -> Result<(Millis, Usage), Refusal> {
        let now = self.time.now();
        if let Some(bucket) = shard.buckets.get_mut(key) {
            let longer = bucket.learn(rule.span());
            let admitted = bucket.admit(now, rule, amount);
            if longer && self.journal.is_some() {
                shard.unsaved.window(key, rule.span());
            }
            admitted
        } else {
            let mut bucket = Bucket::default();
            bucket.learn(rule.span());
            let admitted = bucket.admit(now, rule, amount)?;
            self.shards.insert(shard, key, bucket, now).ok_or_else(|| self.no_room(now, rule))?;
            Ok(admitted)
        }
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

    /// The call of a permit of this limiter is about to leave: from now on losing it charges it in full, also after a crash. The
    /// same as [`crate::mark_sent`], for who cannot wait.
    pub fn mark_sent(&self, permit: &mut Permit) {
        permit.mark_sent_in_memory();
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
