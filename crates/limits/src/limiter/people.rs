//! What people ask of a limiter: who is near the limit, and a bucket begun anew.

use super::Limiter;
use crate::record::Entry;
use crate::{Key, Nearest, Rule, Survey, Surveyed, Usage};

impl Limiter {
    /// Looks at every bucket whose key begins as the survey says, one map after the other: a request waits for one of 256 maps at most. To be
    /// called from a thread that may take its time.
    pub fn survey(&self, survey: &Survey) -> Surveyed {
        let now = self.time.now();
        let mut nearest = Nearest::new(survey);
        for shard in self.shards.each() {
            let wanted = shard.buckets.iter().filter(|(key, _)| key.0.starts_with(&survey.prefix));
            for (key, bucket) in wanted {
                if let Some(rule) = (survey.rule_of)(key) {
                    nearest.add(key, rule, bucket.look(now, rule.span()));
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
