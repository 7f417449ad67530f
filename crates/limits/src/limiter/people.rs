//! What people ask of a limiter: who is near the limit, and a bucket begun anew.

use super::Limiter;
use crate::record::Entry;
use crate::{Key, Nearest, Rule, Survey, Surveyed, Usage};

/// Buckets looked at under one lock: some tens of microseconds.
const AT_ONCE: usize = 128;

impl Limiter {
    /// Looks at every bucket whose key begins as the survey says, one of 256 maps after the other. A map is locked only while its keys are
    /// listed and while a few buckets are looked at; what they allow is asked in between. To be called from a thread that may take its time.
    pub fn survey(&self, survey: &Survey) -> Surveyed {
        let now = self.time.now();
        let mut nearest = Nearest::new(survey);
        let mut keys = Vec::new();
        for map in self.shards.maps() {
            let begins = |it: &&Key| it.0.starts_with(&survey.prefix);
            keys.extend(map.lock().buckets.keys().filter(begins).cloned());
            let wanted =
                keys.drain(..).filter_map(|key| (survey.rule_of)(&key).map(|it| (key, it)));
            let wanted: Vec<(Key, Rule)> = wanted.collect();
            for few in wanted.chunks(AT_ONCE) {
                let seen: Vec<_> = {
                    let shard = map.lock();
                    // One may have gone since it was listed.
                    let look = |(key, rule): &(Key, Rule)| {
                        Some(shard.buckets.get(key)?.look(now, rule.span()))
                    };
                    few.iter().map(look).collect()
                };
                for ((key, rule), state) in few.iter().zip(seen) {
                    state.into_iter().for_each(|it| nearest.add(key, *rule, it));
                }
            }
        }
        nearest.finish(true)
    }

    /// Forgets what was counted and settled in a bucket, named as a survey names it; what counted until then under `rule`. Open holds stay
    /// held, and are settled to the time of their admission, after the reset too. It is as durable as a settlement.
    pub fn reset(&self, key: &Key, rule: &Rule) -> Usage {
        let now = self.time.now();
        let (before, sequence) = {
            let shard = &mut *self.shards.lock(key);
            let Some(bucket) = shard.buckets.get_mut(key) else { return Usage::default() };
            let before = bucket.usage(now, rule.span());
            bucket.forget();
            let sequence = self.number_for(bucket);
            shard.unsaved.forget(key);
            (before, sequence)
        };
        if let Some(journal) = &self.journal {
            journal.append(&[Entry::forgotten(sequence, key, rule.span())]);
        }
        before
    }
}
