//! Lets old request logs go: beyond a gateway's number, and beyond its age. In small batches with pauses, beside the traffic.

use std::sync::Arc;
use std::time::Duration;

use store::{Gateway, Keep, Stops, Store};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::clock::SystemClock;

/// Between two batches that are deleted: records are written meanwhile.
const PAUSE: Duration = Duration::from_millis(20);
/// How often names that no log has any more are forgotten.
const SWEEP: Duration = Duration::from_secs(60 * 60);
const DAY_MS: u64 = 86_400_000;

/// Keeps the logs of all gateways within their bounds.
#[derive(Debug)]
pub(crate) struct Keeper {
    /// Whose logs.
    pub(crate) store: Store,
    /// Days after which logs go in gateways that do not say; `None`: never.
    pub(crate) days: Option<u64>,
    /// How often gateways are looked at: a changed setting is in force after that.
    pub(crate) every: Duration,
    /// Tells the writer which gateways stop.
    pub(crate) stops: watch::Sender<Arc<Stops>>,
}

impl Keeper {
    /// Goes on until it is dropped.
    pub(crate) async fn run(self) {
        let mut every = interval(self.every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut swept = Instant::now();
        loop {
            every.tick().await;
            let sweep = swept.elapsed() >= SWEEP;
            if sweep {
                swept = Instant::now();
            }
            if let Err(error) = self.look(sweep).await {
                tracing::debug!(%error, "request logs cannot be let go now");
            }
        }
    }

    async fn look(&self, sweep: bool) -> store::Result<()> {
        let gateways = self.store.gateways().all().await?;
        let bounds: Vec<_> = gateways.iter().map(|it| (it, bounds(it))).collect();
        let stops = bounds.iter().filter(|(_, it)| it.stops);
        let stops: Stops = stops.map(|(gateway, it)| (gateway.id.clone(), it.most)).collect();
        self.stops.send_if_modified(|known| {
            let new = **known != stops;
            if new {
                *known = Arc::new(stops);
            }
            new
        });
        for (gateway, bounds) in bounds {
            let deleted = self.let_go(gateway, &bounds).await?;
            if deleted > 0 {
                tracing::debug!(gateway = %gateway.id, deleted, "old request logs were let go");
            }
        }
        while sweep && self.store.logs().sweep().await? {
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Deletes what is beyond the bounds of a gateway; says how much.
    async fn let_go(&self, gateway: &Gateway, bounds: &api::LogKeeping) -> store::Result<u64> {
        let since = |days: u64| SystemClock::now_ms().saturating_sub(days.saturating_mul(DAY_MS));
        let keep = Keep {
            most: (!bounds.stops).then_some(bounds.most),
            since_ms: bounds.days.or(self.days).map(since),
        };
        let mut deleted = 0;
        loop {
            match self.store.logs().keep(&gateway.id, &keep).await? {
                0 => return Ok(deleted),
                some => deleted += some,
            }
            sleep(PAUSE).await;
        }
    }
}

/// What the gateway says, or, of settings that cannot be read, the defaults: nothing is deleted by mistake.
fn bounds(gateway: &Gateway) -> api::LogKeeping {
    api::LogKeeping::stored(&gateway.settings).unwrap_or_else(|error| {
        tracing::error!(gateway = %gateway.id, error, "settings of a gateway cannot be read: its logs are kept");
        api::LogKeeping { most: u64::MAX, stops: false, days: None }
    })
}
