//! One bucket: what was charged when, and what is held. Pure: time is passed in, nothing is written.
//!
//! Charges are kept in *slots*. A slot is an amount and the time of its newest charge, and counts whole until that time has left
//! the window. That makes it independent of any rule: a bucket survives a change of limit, window or technique, and serves
//! several rules at once (a pinned version beside the deployed one) without ever counting too little for one of them.

mod saved;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::clock::CORRECTION;
use crate::{Look, Millis, Refusal, Rule, Span, Usage};

/// Charges of about the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The newest charge in it.
    pub(crate) last: Millis,
    pub(crate) amount: u64,
}

/// A hold whose call has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) at: Millis,
    pub(crate) amount: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    /// Oldest first.
    slots: VecDeque<Slot>,
    /// Geometries of the rules that used this bucket, newest use first.
    spans: Vec<Span>,
    held: u64,
    holds: u64,
    newest_hold: Millis,
    /// Open holds to be charged in full if this process dies, by hold id. Only filled when there is a journal.
    sent: BTreeMap<u64, Sent>,
    /// Counts of one slot that the journal does not have, and the rule they were made under.
    unsaved: Option<(Span, Slot)>,
    /// Every journal record of this bucket up to this number is in it.
    sequence: u64,
}

/// Where [`Bucket::remember`] put a count.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Remembered {
    /// It is the first unsaved one of its bucket.
    First,
    Joined,
    /// It began a new slot; what was unsaved of the former is here.
    Spilled(Span, Slot),
}

impl Bucket {
    /// Rules a bucket serves exactly at the same time. With more of them the least used one may see room return later than it
    /// should, never earlier.
    const RULES: usize = 4;
    /// Cells that a sliding window can touch, and one for a charge between two of them.
    const SLOTS_PER_RULE: usize = 66;

    /// Whether `amount` has room under `rule`, which the bucket has [learnt](Bucket::learn); the time the request is charged to, and
    /// what there is already.
    pub(crate) fn admit(
        &mut self,
        now: Millis,
        rule: &Rule,
        amount: u64,
    ) -> Result<(Millis, Usage), Refusal> {
        let now = self.align(now);
        let found = self.usage(now, rule.span());
        let Usage { settled, held } = found;
        let wanted = settled.checked_add(held).and_then(|used| used.checked_add(amount));
        if wanted.is_some_and(|wanted| wanted <= rule.limit) {
            Ok((now, found))
        } else {
            Err(self.refusal(now, rule, amount))
        }
    }

    /// What counts at `now`.
    pub(crate) fn usage(&self, now: Millis, span: Span) -> Usage {
        let since = span.since(self.newest().max(now));
        let counting = self.slots.iter().rev().take_while(|slot| slot.last >= since);
        let settled = counting.fold(0, |sum: u64, slot| sum.saturating_add(slot.amount));
        Usage { settled, held: self.held }
    }

    /// What counts at `now`, and when it leaves.
    pub(crate) fn look(&self, now: Millis, span: Span) -> Look {
        let since = span.since(self.newest().max(now));
        let oldest = self.slots.iter().find(|slot| slot.last >= since);
        Look {
            usage: self.usage(now, span),
            refills_at: oldest.map(|slot| span.leaves(slot.last)),
            reset_at: self.reset_at(now, span),
        }
    }

    /// Forgets what was counted and settled. What is held stays held, and is settled to its admission as ever.
    pub(crate) fn forget(&mut self) {
        self.slots.clear();
        self.unsaved = None;
    }

    /// When all that is used or held will have left.
    fn reset_at(&self, now: Millis, span: Span) -> Millis {
        let newest =
            if self.holds > 0 { self.newest().max(self.newest_hold) } else { self.newest() };
        span.leaves(newest).max(now)
    }

    /// Takes room; the caller has asked [`Bucket::admit`].
    pub(crate) fn hold(&mut self, at: Millis, amount: u64) {
        self.held = self.held.saturating_add(amount);
        self.holds += 1;
        self.newest_hold = at;
    }

    /// Gives a hold back without charging anything.
    pub(crate) fn release(&mut self, amount: u64) {
        self.held = self.held.saturating_sub(amount);
        self.holds = self.holds.saturating_sub(1);
    }

    /// The call of an open hold has left.
    pub(crate) fn mark_sent(&mut self, id: u64, sent: Sent) {
        self.sent.insert(id, sent);
    }

    /// The call of this hold is no longer under way.
    pub(crate) fn arrived(&mut self, id: u64) {
        self.sent.remove(&id);
    }

    /// Charges `amount` to `at`, which may be long ago: the slot of that time, if a window still has it.
    pub(crate) fn charge(&mut self, now: Millis, at: Millis, amount: u64) {
        let now = self.align(now);
        let at = at.min(now);
        if amount == 0 || at < self.retained(now) {
            return;
        }
        let index = self.slots.partition_point(|slot| slot.last < at);
        if let Some(slot) = self.slots.get_mut(index)
            && joins(&self.spans, slot.last, at)
        {
            slot.amount = slot.amount.saturating_add(amount);
        } else if let Some(slot) =
            index.checked_sub(1).and_then(|before| self.slots.get_mut(before))
            && joins(&self.spans, slot.last, at)
        {
            *slot = Slot { last: at, amount: slot.amount.saturating_add(amount) };
        } else {
            self.insert(now, index, Slot { last: at, amount });
        }
    }

    /// Notes a count that the journal does not have yet.
    pub(crate) fn remember(&mut self, span: Span, at: Millis) -> Remembered {
        let one = Slot { last: at, amount: 1 };
        match self.unsaved.replace((span, one)) {
            None => Remembered::First,
            Some((former, slot)) if former == span && joins(&self.spans, slot.last, at) => {
                let amount = slot.amount.saturating_add(1);
                self.unsaved = Some((span, Slot { last: at.max(slot.last), amount }));
                Remembered::Joined
            }
            Some((former, slot)) => Remembered::Spilled(former, slot),
        }
    }

    /// What the journal does not have, to be written now.
    pub(crate) fn take_unsaved(&mut self) -> Option<(Span, Slot)> {
        self.unsaved.take()
    }

    /// Adds the geometry of a rule, or moves it to the front. The longest is never forgotten: it says what must be kept.
    /// Whether a bucket that knew some has to keep more from now on.
    pub(crate) fn learn(&mut self, span: Span) -> bool {
        if self.spans.first() == Some(&span) {
            return false;
        }
        let longer = !self.spans.is_empty() && span.window > self.horizon();
        self.spans.retain(|known| *known != span);
        if self.spans.len() >= Self::RULES {
            let longest = self.horizon();
            let victim = self.spans.iter().rposition(|known| known.window < longest);
            self.spans.remove(victim.unwrap_or(self.spans.len() - 1));
        }
        self.spans.reserve_exact(1);
        self.spans.insert(0, span);
        longer
    }

    /// Whether nothing in it can count any more.
    pub(crate) fn is_idle(&mut self, now: Millis) -> bool {
        let now = self.align(now);
        let retained = self.retained(now);
        self.holds == 0
            && self.sent.is_empty()
            && self.slots.back().is_none_or(|slot| slot.last < retained)
    }

    /// The time for this bucket: not before its newest charge; see [`crate::clock::Steady::now`] for a clock far behind that.
    fn align(&mut self, now: Millis) -> Millis {
        let newest = self.newest();
        if newest.saturating_sub(now) <= CORRECTION {
            return newest.max(now);
        }
        for slot in &mut self.slots {
            slot.last = slot.last.min(now);
        }
        now
    }

    fn newest(&self) -> Millis {
        self.slots.back().map_or(0, |slot| slot.last)
    }

    fn horizon(&self) -> Millis {
        self.spans.iter().map(|span| span.window).max().unwrap_or(1)
    }

    /// The earliest time that any rule seen may still ask for, whatever its technique.
    fn retained(&self, now: Millis) -> Millis {
        now.saturating_sub(self.horizon() - 1)
    }

    fn insert(&mut self, now: Millis, index: usize, slot: Slot) {
        self.slots.insert(index, slot);
        let retained = self.retained(now);
        while self.slots.front().is_some_and(|slot| slot.last < retained) {
            self.slots.pop_front();
        }
        if self.slots.len() > Self::SLOTS_PER_RULE * self.spans.len().max(1) {
            self.merge(now);
        }
    }

    /// Joins neighbours that no rule tells apart: for each, both have left its window or are of one cell.
    fn merge(&mut self, now: Millis) {
        let mut merged: VecDeque<Slot> = VecDeque::with_capacity(self.slots.len());
        for slot in self.slots.drain(..) {
            match merged.back_mut() {
                Some(former)
                    if self.spans.iter().all(|span| {
                        slot.last < span.since(now) || span.joins(former.last, slot.last)
                    }) =>
                {
                    *former =
                        Slot { last: slot.last, amount: former.amount.saturating_add(slot.amount) };
                }
                _ => merged.push_back(slot),
            }
        }
        self.slots = merged;
    }

    fn refusal(&self, now: Millis, rule: &Rule, amount: u64) -> Refusal {
        let span = rule.span();
        let Usage { settled, held } = self.usage(now, span);
        Refusal {
            limit: rule.limit,
            settled,
            held,
            remaining: rule.limit.saturating_sub(settled).saturating_sub(held),
            retry_after: self.retry_after(now, rule, amount),
            reset_at: self.reset_at(now, span),
            full: false,
        }
    }

    fn retry_after(&self, now: Millis, rule: &Rule, amount: u64) -> Duration {
        let span = rule.span();
        let Some(room) = rule.limit.checked_sub(amount) else {
            return Duration::from_millis(span.window);
        };
        let Some(room) = room.checked_sub(self.held) else {
            return Duration::from_secs(1);
        };
        let mut used = self.usage(now, span).settled;
        let since = span.since(now);
        for slot in self.slots.iter().filter(|slot| slot.last >= since) {
            used = used.saturating_sub(slot.amount);
            if used <= room {
                return Duration::from_millis(span.leaves(slot.last).saturating_sub(now).max(1));
            }
        }
        Duration::from_millis(1)
    }
}

fn joins(spans: &[Span], one: Millis, other: Millis) -> bool {
    spans.iter().all(|span| span.joins(one, other))
}
