//! What people ask: who is near the limit, and a bucket begun anew. Never on a request's way: names are looked for by `SCAN`, which takes the
//! server a part of a millisecond at a time, and no decision keeps an index for it.

use std::collections::HashSet;
use std::sync::Arc;

use limits::{Key, Look, Millis, Nearest, Rule, Survey, Surveyed, Unavailable, Usage};

use super::{Core, Shared};
use crate::scripts::number;

/// Names that the server looks at in one step.
const STEP: usize = 1000;
/// Steps of one survey: a million names, be they of limits or not.
const STEPS: usize = 1000;
/// Buckets read in one script.
const BATCH: usize = 64;
/// Buckets read in one survey.
const BUCKETS: usize = 100_000;

impl Shared {
    /// Looks at the buckets whose keys begin as the survey says: at a million of the server's names and at 100,000 buckets at most
    /// ([`Surveyed::whole`] says whether that was all). One survey at a time.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn survey(&self, survey: Survey) -> Result<Surveyed, Unavailable> {
        let core = Arc::clone(&self.core);
        let looking = self.thread.run(async move { core.survey(survey).await });
        looking.await.map_err(|_| Unavailable)?
    }

    /// As [`limits::Limiter::reset`], for all nodes. What is kept elsewhere of the bucket is replaced within a saving.
    ///
    /// # Errors
    /// The server does not answer: nobody knows whether it was done.
    pub async fn reset(&self, key: &Key, rule: &Rule) -> Result<Usage, Unavailable> {
        let (core, key, rule) = (Arc::clone(&self.core), key.clone(), *rule);
        let resetting = self.thread.run(async move { core.reset(key, rule).await });
        resetting.await.map_err(|_| Unavailable)?
    }
}

impl Core {
    async fn survey(&self, survey: Survey) -> Result<Surveyed, Unavailable> {
        let _surveying = self.surveying.lock().await;
        let pattern = self.names.pattern(&survey.prefix);
        let (mut cursor, mut seen, mut nearest) = (0, HashSet::new(), Nearest::new(&survey));
        for _ in 0..STEPS {
            let (next, names) = self.link.scan(cursor, &pattern, STEP).await?;
            let mut wanted = Vec::new();
            for name in names {
                let Some(key) = self.names.key_of(&name).map(Key::new) else { continue };
                let Some(rule) = (survey.rule_of)(&key) else { continue };
                // A step may tell again what an earlier one has told.
                if seen.insert(key.clone()) {
                    wanted.push((key, rule));
                }
            }
            for some in wanted.chunks(BATCH) {
                self.look_at(some, &mut nearest).await?;
            }
            cursor = next;
            if cursor == 0 || seen.len() >= BUCKETS {
                break;
            }
        }
        Ok(nearest.finish(cursor == 0))
    }

    async fn look_at(
        &self,
        buckets: &[(Key, Rule)],
        nearest: &mut Nearest,
    ) -> Result<(), Unavailable> {
        let mut call = self.scripts.look.prepare_invoke();
        call.arg(self.given_time()).arg(self.lease());
        for (key, rule) in buckets {
            let span = rule.span();
            call.key(&self.names.all_stored(&key.0)[..]);
            number(&mut call, span.window);
            number(&mut call, span.cell);
        }
        let reply: Vec<i64> = self.link.run(&call).await?;
        for ((key, rule), answer) in buckets.iter().zip(reply.chunks_exact(4)) {
            let [settled, held, refills, reset] = *answer else { continue };
            let refills: Millis = refills.unsigned_abs();
            let usage = Usage { settled: settled.unsigned_abs(), held: held.unsigned_abs() };
            let state = Look {
                usage,
                refills_at: (refills > 0).then_some(refills),
                reset_at: reset.unsigned_abs(),
            };
            nearest.add(key, *rule, state);
        }
        Ok(())
    }

    async fn reset(&self, key: Key, rule: Rule) -> Result<Usage, Unavailable> {
        let span = rule.span();
        let mut call = self.scripts.reset.prepare_invoke();
        call.key(self.names.marker()).key(&self.names.all_stored(&key.0)[..]);
        call.arg(self.given_time()).arg(self.lease());
        number(&mut call, span.window);
        number(&mut call, span.cell);
        let reply: Vec<i64> = self.link.run(&call).await?;
        let [settled, held] = *reply else {
            self.link.server_is_empty();
            return Err(Unavailable);
        };
        self.changed.note_stored(&key, span.window);
        Ok(Usage { settled: settled.unsigned_abs(), held: held.unsigned_abs() })
    }
}
