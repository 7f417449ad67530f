//! Tasks besides those of connections: reloading, the limiter's second, the writer of request records.

use super::{LAST_WRITES, Plane};
use crate::config::Records;
use crate::counting::Counting;
use crate::keeping::Keeper;
use crate::logs::Writer;
use crate::refresh::Refresher;
use crate::reload::Reloader;
use crate::tallies::Tallies;
use cache::Cache;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use telemetry::{Metrics, Recorder};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks, and the two signals that end them.
#[derive(Debug)]
pub(super) struct Background {
    tasks: TaskTracker,
    /// Ends reloading and ticking.
    housekeeping: CancellationToken,
    /// Ends the writer of request records and the exporters of spans and metrics, once they have handed on what they have.
    writing: CancellationToken,
    /// Answers that are kept, some of which may be on their way to a server.
    cache: Option<Arc<Cache>>,
    /// Requests that are not in the analytics yet.
    tallies: Arc<Tallies>,
}

impl Background {
    /// Starts them all.
    pub(super) fn start(
        plane: Plane,
        store: Store,
        records: &Records,
        reloader: Reloader,
        refresher: Option<Refresher>,
    ) -> Self {
        let it = Self {
            tasks: TaskTracker::new(),
            housekeeping: CancellationToken::new(),
            writing: CancellationToken::new(),
            cache: plane.cache.clone(),
            tallies: Arc::new(Tallies::new(store.clone(), Arc::clone(&plane.metrics))),
        };
        it.tasks.spawn(reloader.run(it.housekeeping.clone()));
        if let Some(refresher) = refresher {
            let housekeeping = it.housekeeping.clone();
            let refreshing = Box::pin(refresher.run());
            it.tasks.spawn(async move { housekeeping.run_until_cancelled(refreshing).await });
        }
        let ticking = tick(plane.counting, plane.cache, plane.recorder, Arc::clone(&plane.metrics));
        let housekeeping = it.housekeeping.clone();
        it.tasks.spawn(async move { housekeeping.run_until_cancelled(ticking).await });
        it.tasks.spawn(plane.exporter.run(plane.traced, it.writing.clone()));
        if let Some(meter) = plane.meter {
            it.tasks.spawn(meter.run(it.writing.clone()));
        }
        let tallies = Arc::clone(&it.tallies);
        it.tasks.spawn(Box::pin(tallies.run(plane.unlogged, it.writing.clone())));
        let (stops, stopping) = watch::channel(Arc::default());
        let keeper =
            Keeper { store: store.clone(), days: records.days, every: records.cleaning, stops };
        let housekeeping = it.housekeeping.clone();
        let keeping = Box::pin(keeper.run());
        it.tasks.spawn(async move { housekeeping.run_until_cancelled(keeping).await });
        let writer = Writer {
            store,
            metrics: plane.metrics,
            redaction: Arc::clone(&records.redaction),
            stops: stopping,
            tallies: Arc::clone(&it.tallies),
        };
        it.tasks.spawn(writer.run(plane.records, it.writing.clone()));
        it
    }

    /// Ends them: limits are saved, then what is left of the request records is written.
    pub(super) async fn finish(self, counting: &Counting) -> Result<(), String> {
        self.housekeeping.cancel();
        let saved = counting.finish().await;
        if let Some(cache) = &self.cache {
            cache.close(LAST_WRITES).await;
        }
        self.writing.cancel();
        self.tasks.close();
        let last = async {
            self.tasks.wait().await;
            self.tallies.add().await;
        };
        let written = timeout(LAST_WRITES, last).await;
        saved.map_err(|error| format!("the limits could not be saved: {error}"))?;
        written.map_err(|_| {
            "request records, spans or metrics are lost: the store or a collector does not take them"
                .to_owned()
        })
    }
}

/// Once a second: lets the limits save and forget, and shows its state, the cache's and the queue's in the metrics.
async fn tick(
    counting: Counting,
    cache: Option<Arc<Cache>>,
    recorder: Recorder,
    metrics: Arc<Metrics>,
) {
    let mut every = interval(Duration::from_secs(1));
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut saved = true;
    loop {
        every.tick().await;
        let outcome = counting.tick().await;
        if outcome.is_ok() != saved {
            saved = !saved;
            tell(outcome);
        }
        metrics.limits(&counting.state());
        metrics.cache_bytes(cache.as_ref().map_or(0, |it| it.size()));
        metrics.logs_waiting(wide(recorder.waiting()), wide(recorder.waiting_bytes()));
    }
}

/// Whether the counts of the limits can be saved has changed.
fn tell(saved: io::Result<()>) {
    let text = saved.map_or_else(
        |error| format!("the counts of the limits cannot be saved: {error}"),
        |()| "the counts of the limits are saved again".to_owned(),
    );
    tracing::warn!("{text}");
}

fn wide(it: usize) -> u64 {
    u64::try_from(it).unwrap_or(u64::MAX)
}
