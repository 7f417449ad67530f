//! Keeps the catalog in step with the store: a management write is applied before it is answered; what another process has
//! written is announced by PostgreSQL and, announced or not, found by polling the revision.
//!
//! One task does all reading and swapping, in order; so of two writes to one route the later one wins here as well.

mod build;
mod collectors;
mod known;
mod limits;
mod live;
mod offer;
mod prices;

pub(crate) use build::{Builder, Policies, having};
pub(crate) use collectors::Collectors;
pub(crate) use live::{Pinned, Publisher};
pub(crate) use prices::{PriceLists, overrides};

use api::Change;
use proxy::Proxy;
use route::ids::{GatewayId, RouteId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use store::Changes;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior, sleep_until};
use tokio_util::sync::CancellationToken;

/// A write to apply, and where to say that it is.
#[derive(Debug)]
pub(crate) struct Job {
    change: Change,
    done: oneshot::Sender<Result<(), String>>,
}

/// The task that owns reloading.
#[derive(Debug)]
pub(crate) struct Reloader {
    builder: Arc<Builder>,
    proxy: Arc<Proxy>,
    jobs: mpsc::Receiver<Job>,
    /// The revision that the catalog is known to hold: asked for before the catalog was read, so that a write which was committed
    /// in the meantime is a newer one and is found by the next look.
    revision: i64,
    changes: Changes,
    /// When to look because of an announcement.
    due: Option<Instant>,
    /// Until when announcements wait.
    rest: Instant,
    reachable: Arc<AtomicBool>,
    /// The vocabularies for counting tokens are unpacked, or being unpacked.
    warm: bool,
}

/// How long an unannounced write may go unseen.
const POLL: Duration = Duration::from_secs(1);
/// Between two readings because of announcements, at least: writes that come close together are read together.
const SPACING: Duration = Duration::from_millis(200);
/// And at least so many times what the last reading took: many writes to a large store must not keep this process reading.
const SHARE: u32 = 4;

/// No revision: the next look reads everything.
const UNKNOWN: i64 = -1;

impl Reloader {
    /// `revision` is the store's from before the first catalog was read; `reachable` is kept for the readiness report.
    pub(crate) fn new(
        builder: Arc<Builder>,
        proxy: Arc<Proxy>,
        jobs: mpsc::Receiver<Job>,
        revision: i64,
        reachable: Arc<AtomicBool>,
    ) -> Self {
        let changes = builder.changes();
        let rest = Instant::now();
        Self { builder, proxy, jobs, revision, changes, due: None, rest, reachable, warm: false }
    }

    /// Works until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.warm_up();
            tokio::select! {
                () = stop.cancelled() => return,
                Some(job) = self.jobs.recv() => {
                    let result = self.apply(&job.change).await.map_err(|error| error.to_string());
                    // Whoever asked may have gone; the change is applied all the same.
                    let _gone = job.done.send(result);
                }
                () = self.builder.lists().changed() => self.reprice().await,
                () = self.changes.next() => {
                    self.due.get_or_insert(self.rest);
                }
                () = until(self.due) => {
                    self.look().await;
                }
                _ = poll.tick() => {
                    let unannounced = self.due.is_none();
                    if self.look().await && unannounced {
                        self.changes.distrust();
                    }
                }
            }
        }
    }

    /// Unpacks the vocabularies beside everything else as soon as a request may need them; who holds no money does not pay for them.
    fn warm_up(&mut self) {
        if !self.warm && self.proxy.catalog().holds_money() {
            self.warm = true;
            tokio::task::spawn_blocking(tokens::warm);
        }
    }

    async fn apply(&self, change: &Change) -> store::Result<()> {
        match change {
            Change::Gateway(id) => self.apply_gateway(id).await?,
            Change::GatewayGone(id) => self.forget(id),
            Change::Route(gateway, route) => self.apply_route(gateway, route).await?,
            Change::Providers | Change::Prices => self.reload().await?,
            Change::Tokens => {
                let tokens = self.builder.tokens().await?;
                self.proxy.update(|it| it.with_tokens(Arc::clone(&tokens)));
            }
        }
        Ok(())
    }

    async fn apply_gateway(&self, id: &GatewayId) -> store::Result<()> {
        match self.builder.gateway_by_id(id, &self.proxy.catalog()).await? {
            Some(gateway) => self.proxy.update(|it| it.with_gateway(gateway.clone())),
            None => self.forget(id),
        }
        Ok(())
    }

    fn forget(&self, id: &GatewayId) {
        self.proxy.update(|it| it.without_gateway(id));
        self.builder.collectors().keep(|it| it != id);
    }

    async fn apply_route(&self, gateway: &GatewayId, id: &RouteId) -> store::Result<()> {
        let catalog = self.proxy.catalog();
        let Some(gateway) = catalog.gateways.get(gateway) else {
            return self.apply_gateway(gateway).await;
        };
        let next = match self.builder.route(gateway, id).await? {
            Some(route) => gateway.with_route(route),
            None => gateway.without_route(id),
        };
        self.proxy.update(|it| it.with_gateway(next.clone()));
        Ok(())
    }

    /// Serves a refreshed price list; should the store not be readable now, once it is.
    async fn reprice(&mut self) {
        if let Err(error) = self.reload().await {
            tracing::warn!(%error, "refreshed prices are not served yet");
            self.revision = UNKNOWN;
        }
    }

    async fn reload(&self) -> store::Result<()> {
        let catalog = self.builder.catalog(Some(&self.proxy.catalog())).await?;
        self.proxy.swap(catalog);
        Ok(())
    }

    /// Reads everything again when the revision has moved, and says whether it has: cheap, since versions that are the same are not
    /// compiled again.
    async fn look(&mut self) -> bool {
        self.due = None;
        let started = Instant::now();
        let moved = match self.builder.revision().await {
            Ok(revision) if revision == self.revision => Ok(false),
            Ok(revision) => self.reload().await.map(|()| {
                self.revision = revision;
                true
            }),
            Err(error) => Err(error),
        };
        if matches!(moved, Ok(true)) {
            self.rest = Instant::now() + (started.elapsed() * SHARE).clamp(SPACING, POLL);
        }
        let was_reachable = self.reachable.swap(moved.is_ok(), Ordering::Relaxed);
        if moved.is_ok() != was_reachable {
            tell(moved.as_ref().err());
        }
        moved.unwrap_or(false)
    }
}

/// Waits for ever when there is no time.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// Whether the store can be read has changed.
fn tell(error: Option<&store::Error>) {
    let state = error.map_or_else(
        || "the store is back".to_owned(),
        |it| format!("the store cannot be read, serving the last catalog: {it}"),
    );
    tracing::warn!("{state}");
}
