//! Sums requests up in memory and adds the sums to the store's about once a second: rows of the analytics cost a transaction a second, not one
//! a batch of logs. What is lost with the process is what was counted since the last addition.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Store, Tally};
use telemetry::{Metrics, Record, Records};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// Between two additions, at least.
const EVERY: Duration = Duration::from_secs(1);
/// Between two additions, at most.
const SELDOM: Duration = Duration::from_secs(15);
/// An addition takes no more than one part in so many of the time: when many combinations are seen, it is done less often, and what comes
/// meanwhile shares its rows.
const SHARE: u32 = 20;
/// Between two looks for what is too old.
const CLEANING: Duration = Duration::from_secs(600);
/// How often a tally that the store refuses, while it can be reached, is tried.
const TRIES: u32 = 3;
/// Before the second try; before each that follows, twice as long as before the last one.
const SOONEST: Duration = Duration::from_millis(100);
/// Between two tries, at most.
const SLOWEST: Duration = Duration::from_secs(2);
/// Records without a log that are counted at once: few, as nothing else happens meanwhile on this thread.
const BATCH: usize = 64;

/// Requests that are not in the store's sums yet.
#[derive(Debug)]
pub(crate) struct Tallies {
    store: Store,
    metrics: Arc<Metrics>,
    open: Mutex<Tally>,
    /// Being added: one at a time, and not forgotten when the addition is given up from outside.
    adding: tokio::sync::Mutex<Option<Tally>>,
}

impl Tallies {
    pub(crate) fn new(store: Store, metrics: Arc<Metrics>) -> Self {
        Self { store, metrics, open: Mutex::default(), adding: tokio::sync::Mutex::default() }
    }

    /// Counts records, as they will stand in the log: redacted.
    pub(crate) fn count(&self, records: &[Record]) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).count(records);
    }

    /// Counts what is not logged, adds what was counted, again and again, and deletes what is too old, until `stop`; then counts what is left.
    pub(crate) async fn run(self: Arc<Self>, mut unlogged: Records, stop: CancellationToken) {
        stop.run_until_cancelled(Box::pin(self.work(&mut unlogged))).await;
        while let Ok(Some(batch)) =
            timeout(Duration::from_millis(10), unlogged.next_batch(BATCH)).await
        {
            self.count(&batch);
        }
    }

    async fn work(&self, unlogged: &mut Records) {
        let (mut addition, mut cleaning) = (Instant::now(), Instant::now());
        loop {
            tokio::select! {
                Some(batch) = unlogged.next_batch(BATCH) => self.count(&batch),
                () = sleep_until(addition) => {
                    let begun = Instant::now();
                    self.add().await;
                    addition = Instant::now() + (begun.elapsed() * SHARE).clamp(EVERY, SELDOM);
                    if cleaning <= begun {
                        cleaning = begun + CLEANING;
                        self.clean().await;
                    }
                }
            }
        }
    }

    async fn clean(&self) {
        let now = jiff::Timestamp::now().as_second();
        if let Err(error) = self.store.analytics().forget_expired(now).await {
            tracing::warn!(%error, "old analytics could not be deleted");
        }
    }

    /// Adds what was counted. While the store is away this goes on for as long as that lasts: so does the writer of logs, and nothing is
    /// counted meanwhile.
    pub(crate) async fn add(&self) {
        let mut adding = self.adding.lock().await;
        loop {
            let left_over = adding.is_some();
            if !left_over {
                let open =
                    mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
                *adding = Some(open).filter(|it| it.records() > 0);
            }
            let Some(tally) = &*adding else { return };
            self.persist(tally).await;
            *adding = None;
            if !left_over {
                return;
            }
        }
    }

    /// Tries until the store takes it, or has refused it so often that it is given up.
    async fn persist(&self, tally: &Tally) {
        let (mut refused, mut pause) = (0, SOONEST);
        while let Err(error) = self.store.analytics().add(tally).await {
            refused += u32::from(!error.is_temporary());
            if refused == TRIES {
                let records = tally.records();
                tracing::error!(%error, records, "requests are missing from the analytics");
                self.metrics.analytics_lost(u64::try_from(records).unwrap_or(u64::MAX));
                return;
            }
            sleep(pause).await;
            pause = (pause * 2).min(SLOWEST);
        }
    }
}
