//! Takes request records from the queue to the store, in batches. Nothing waits for it but the end of the process.

use crate::tallies::Tallies;
use std::sync::Arc;
use std::time::Duration;
use store::{Batch, Stops, Store};
use telemetry::{Metrics, Record, Records, Redaction};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Records written by one transaction. A transaction writes every page that it touched, and a record touches a page of every index: the
/// more records share them, the less there is to write.
const BATCH: usize = 1024;
/// After a batch that was not full: what comes meanwhile shares the next transaction. Long, because on a single core every transaction makes
/// some request wait; short enough that a row is listed well within a second.
const PAUSE: Duration = Duration::from_millis(200);
/// How often a batch that the store refuses, while it can be reached, is tried.
const TRIES: u32 = 3;
/// Between two tries while the store is away: it is used again soon after it is back.
const SLOWEST: Duration = Duration::from_secs(2);

/// What a writer needs.
#[derive(Debug)]
pub(crate) struct Writer {
    /// Where to.
    pub(crate) store: Store,
    /// Shows what is lost.
    pub(crate) metrics: Arc<Metrics>,
    /// What is taken out of every record before it is written.
    pub(crate) redaction: Arc<Redaction>,
    /// Gateways that take no more logs at some number.
    pub(crate) stops: watch::Receiver<Arc<Stops>>,
    /// Where they are counted, redacted as they are.
    pub(crate) tallies: Arc<Tallies>,
}

impl Writer {
    /// Writes until `stop`, then what is still in the queue, giving up at the first failure.
    pub(crate) async fn run(self, mut records: Records, stop: CancellationToken) {
        loop {
            let next = stop.run_until_cancelled(records.next_shared(BATCH)).await;
            let Some(Some(batch)) = next else { break };
            let full = batch.len() == BATCH;
            self.take(batch, &stop).await;
            if !full {
                stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
            }
        }
        while let Ok(Some(batch)) =
            tokio::time::timeout(Duration::from_millis(10), records.next_shared(BATCH)).await
        {
            self.take(batch, &stop).await;
        }
    }

    /// Redacts, counts, compresses and writes. All but the last take the processor for a while, so they are done where nobody waits.
    async fn take(&self, records: Vec<Arc<Record>>, stop: &CancellationToken) {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let (redaction, tallies) = (Arc::clone(&self.redaction), Arc::clone(&self.tallies));
        let prepared = tokio::task::spawn_blocking(move || {
            // Where spans have been made of one already, it is not copied.
            let mut records: Vec<_> = records.into_iter().map(Arc::unwrap_or_clone).collect();
            records.iter_mut().for_each(|it| redaction.apply(it));
            tallies.count(&records);
            Batch::of(records)
        });
        match prepared.await {
            Ok(Ok(batch)) => self.persist(batch, stop).await,
            Ok(Err(error)) => self.give_up(count, &error),
            Err(error) => self.give_up(count, &error),
        }
    }

    /// Tries until the store takes the batch. While the store is away, or its disk is full, this goes on for as long as it lasts: the queue
    /// fills up behind it, and what does not fit is dropped and counted there.
    async fn persist(&self, batch: Batch, stop: &CancellationToken) {
        let records = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let mut delay = Duration::from_millis(100);
        for tries in 1.. {
            let stops = Arc::clone(&self.stops.borrow());
            let error = match self.store.logs().append_batch(&batch, &stops).await {
                Ok(done) => {
                    // What an earlier try has written without saying so is written, too.
                    self.metrics.logs_written(records.saturating_sub(done.refused));
                    self.metrics.logs_refused(done.refused);
                    self.metrics.logs_stalled(false);
                    // Letting go of so many texts takes a while, too.
                    return drop(tokio::task::spawn_blocking(move || drop(batch)));
                }
                Err(error) => error,
            };
            self.metrics.logs_stalled(true);
            if stop.is_cancelled() || (!error.is_temporary() && tries >= TRIES) {
                return self.give_up(records, &error);
            }
            if tries == 1 {
                tracing::warn!(%error, "request records cannot be written, trying again");
            }
            stop.run_until_cancelled(tokio::time::sleep(delay)).await;
            delay = (delay * 2).min(SLOWEST);
        }
    }

    fn give_up(&self, records: u64, error: &(dyn std::error::Error + 'static)) {
        self.metrics.log_write_failed(records);
        self.metrics.logs_stalled(false);
        tracing::error!(error, records, "request records could not be written and are lost");
    }
}
