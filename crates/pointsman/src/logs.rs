//! Takes request records from the queue to the store, in batches. Nothing waits for it but the end of the process.

use std::sync::Arc;
use std::time::Duration;
use store::Store;
use telemetry::{Metrics, Record, Records};
use tokio_util::sync::CancellationToken;

/// Records written by one transaction: few enough that they are still in the processor's cache when they are written, many enough that
/// the transaction itself costs little.
const BATCH: usize = 256;
/// After a batch that was not full: what comes meanwhile shares the next transaction. Long, because on a single core every transaction makes
/// some request wait; short enough that a row is listed well within a second.
const PAUSE: Duration = Duration::from_millis(200);
/// How often a batch that the store refuses, while it can be reached, is tried.
const TRIES: u32 = 3;
/// Between two tries while the store is away: it is used again soon after it is back.
const SLOWEST: Duration = Duration::from_secs(2);

/// Writes until `stop`, then what is still in the queue, giving up at the first failure.
pub(crate) async fn write(
    store: Store,
    mut records: Records,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) {
    loop {
        let next = stop.run_until_cancelled(records.next_batch(BATCH)).await;
        let Some(Some(batch)) = next else { break };
        let full = batch.len() == BATCH;
        persist(&store, &batch, &metrics, &stop).await;
        if !full {
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }
    while let Ok(Some(batch)) =
        tokio::time::timeout(Duration::from_millis(10), records.next_batch(BATCH)).await
    {
        persist(&store, &batch, &metrics, &stop).await;
    }
}

/// Tries until the store takes the batch. While the store is away this goes on for as long as it lasts: the queue fills up
/// behind it, and what does not fit is dropped and counted there.
async fn persist(store: &Store, batch: &[Record], metrics: &Metrics, stop: &CancellationToken) {
    let mut delay = Duration::from_millis(100);
    for tries in 1.. {
        let Err(error) = store.logs().append(batch).await else { return };
        let away = matches!(error, store::Error::Away(_));
        if stop.is_cancelled() || (!away && tries >= TRIES) {
            return give_up(batch, metrics, &error);
        }
        if tries == 1 {
            tracing::warn!(%error, "request records cannot be written, trying again");
        }
        stop.run_until_cancelled(tokio::time::sleep(delay)).await;
        delay = (delay * 2).min(SLOWEST);
    }
}

fn give_up(batch: &[Record], metrics: &Metrics, error: &store::Error) {
    let records = u64::try_from(batch.len()).unwrap_or(u64::MAX);
    metrics.log_write_failed(records);
    tracing::error!(%error, records, "request records could not be written and are lost");
}
