//! Sums requests up in memory and, once a second, adds the sums to the store's: rows of the analytics cost a transaction a second, not one
//! a batch of logs. What is lost with the process is the last second.

use std::mem;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use store::{Store, Tally};
use telemetry::Record;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Between two additions.
const EVERY: Duration = Duration::from_secs(1);
/// Additions between two looks for what is too old.
const CLEANING: u32 = 600;
/// How often a tally that the store refuses, while it can be reached, is tried.
const TRIES: u32 = 3;

/// Requests that are not in the store's sums yet.
#[derive(Debug)]
pub(crate) struct Tallies {
    store: Store,
    open: Mutex<Tally>,
    /// Being added: one at a time, and not forgotten when the addition is given up from outside.
    adding: tokio::sync::Mutex<Option<Tally>>,
}

impl Tallies {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, open: Mutex::default(), adding: tokio::sync::Mutex::default() }
    }

    /// Counts records, as they will stand in the log: redacted.
    pub(crate) fn count(&self, records: &[Record]) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).count(records);
    }

    /// Adds what was counted, again and again, and deletes what is too old.
    pub(crate) async fn run(&self) {
        let mut every = interval(EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0_u32.. {
            every.tick().await;
            self.add().await;
            if round.is_multiple_of(CLEANING) {
                let now = jiff::Timestamp::now().as_second();
                if let Err(error) = self.store.analytics().forget_expired(now).await {
                    tracing::warn!(%error, "old analytics could not be deleted");
                }
            }
        }
    }

    /// Adds what was counted. While the store is away this goes on for as long as that lasts: so does the writer of logs, and nothing is
    /// counted meanwhile.
    pub(crate) async fn add(&self) {
        let mut adding = self.adding.lock().await;
        let mut refused = 0;
        loop {
            let left_over = adding.is_some();
            if !left_over {
                let open =
                    mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
                *adding = Some(open).filter(|it| it.records() > 0);
            }
            let Some(tally) = &*adding else { return };
            match self.store.analytics().add(tally).await {
                Ok(()) => {
                    *adding = None;
                    if !left_over {
                        return;
                    }
                }
                Err(error) if error.is_temporary() => sleep(EVERY).await,
                Err(error) => {
                    refused += 1;
                    if refused == TRIES {
                        let records = tally.records();
                        tracing::error!(%error, records, "requests are missing from the analytics");
                        *adding = None;
                        return;
                    }
                }
            }
        }
    }
}
