//! Where limits are counted: in this process, or in a server that many nodes share.

use crate::clock::SystemClock;
use crate::config::{Config, ConfigError};
use counters::{Broken, Keeper, Options, Shared, Total};
use limits::{Boxed, Key, Limiter, Limits, Rule, Survey, Surveyed, Unavailable, Usage};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{LimitTotal, Store};
use tokio::runtime::Handle;

/// For the last settlements to reach the server of shared limits.
const LAST_ENDS: Duration = Duration::from_secs(5);

/// The counters of this node.
#[derive(Clone, Debug)]
pub(crate) enum Counting {
    /// In memory, journalled into the data folder.
    Alone(Arc<Limiter>),
    /// In Redis or Valkey.
    Shared(Arc<Shared>),
}

impl Counting {
    /// Opens the counters that the configuration names. A server of shared limits is not waited for: until it answers, limits are as
    /// when it is away.
    pub(crate) fn open(config: &Config, dir: &Path, store: &Store) -> Result<Self, ConfigError> {
        let Some(url) = &config.limits.redis_url else {
            let limiter = Limiter::open(dir, Arc::new(SystemClock)).map_err(|error| {
                ConfigError::new("data_dir", format!("the limits cannot be restored: {error}"))
            })?;
            return Ok(Self::Alone(limiter));
        };
        let options = Options {
            lease: config.limits.lease,
            patience: config.limits.patience,
            keeper: Some(Arc::new(InStore { store: store.clone(), handle: Handle::current() })),
            ..Options::new(config.account.as_str())
        };
        let shared = Shared::open(secrecy::ExposeSecret::expose_secret(url), options);
        shared.map(Self::Shared).map_err(|error| ConfigError::new("redis_url", error.to_string()))
    }

    /// What requests ask.
    pub(crate) fn limits(&self) -> Limits {
        match self {
            Self::Alone(limiter) => Arc::clone(limiter).into(),
            Self::Shared(shared) => Limits::shared(Arc::clone(shared) as _),
        }
    }

    /// Who is near the limit, where looking holds up no request.
    pub(crate) async fn survey(&self, survey: Survey) -> Result<Surveyed, Unavailable> {
        match self {
            Self::Alone(limiter) => {
                let limiter = Arc::clone(limiter);
                let looking = tokio::task::spawn_blocking(move || limiter.survey(&survey));
                looking.await.map_err(|_| Unavailable)
            }
            Self::Shared(shared) => shared.survey(survey).await,
        }
    }

    /// Forgets what a bucket has counted and settled; what that was.
    pub(crate) async fn reset(&self, key: &Key, rule: &Rule) -> Result<Usage, Unavailable> {
        match self {
            Self::Alone(limiter) => Ok(limiter.reset(key, rule)),
            Self::Shared(shared) => shared.reset(key, rule).await,
        }
    }

    /// Whether all nodes count together.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::Shared(_))
    }

    /// Once a second: lets counters in memory save and forget.
    pub(crate) async fn tick(&self) -> io::Result<()> {
        match self {
            Self::Alone(limiter) => on_disk(limiter, Limiter::tick).await,
            Self::Shared(_) => Ok(()),
        }
    }

    /// At the end: what was counted and settled is where it outlives this process.
    pub(crate) async fn finish(&self) -> io::Result<()> {
        match self {
            Self::Alone(limiter) => on_disk(limiter, Limiter::flush).await,
            Self::Shared(shared) => shared.close(LAST_ENDS).await,
        }
    }

    /// The state, for metrics.
    pub(crate) fn state(&self) -> telemetry::LimitState {
        let stats = self.limits().stats();
        telemetry::LimitState {
            buckets: stats.buckets,
            holds: stats.holds,
            overrun: stats.overrun,
            journal_errors: stats.journal_errors,
            unanswered: stats.unanswered,
            lapsed: stats.lapsed,
            away: stats.away,
        }
    }
}

/// Does slow work of the limiter where it holds up no request.
async fn on_disk(limiter: &Arc<Limiter>, work: fn(&Limiter) -> io::Result<()>) -> io::Result<()> {
    let limiter = Arc::clone(limiter);
    tokio::task::spawn_blocking(move || work(&limiter)).await.map_err(io::Error::other)?
}

/// Settled totals in the database. The limits' thread has a runtime of its own; connections of the store belong to this one.
#[derive(Debug)]
struct InStore {
    store: Store,
    handle: Handle,
}

impl InStore {
    fn here<T: Send + 'static>(
        &self,
        work: impl Future<Output = store::Result<T>> + Send + 'static,
    ) -> Boxed<'_, Result<T, Broken>> {
        let working = self.handle.spawn(work);
        Box::pin(async move { Ok(working.await??) })
    }
}

impl Keeper for InStore {
    fn save(&self, totals: Vec<Total>) -> Boxed<'_, Result<(), Broken>> {
        let store = self.store.clone();
        let kept = |it: Total| LimitTotal {
            key: it.key,
            state: it.state,
            expires_at: micros(it.expires_at),
        };
        let totals: Vec<_> = totals.into_iter().map(kept).collect();
        self.here(async move { store.limit_totals().save(&totals).await })
    }

    fn load<'a>(&'a self, after: &'a [u8], most: usize) -> Boxed<'a, Result<Vec<Total>, Broken>> {
        let (store, after) = (self.store.clone(), after.to_vec());
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        self.here(async move {
            let totals = store.limit_totals().load(&after, most).await?;
            let total = |it: LimitTotal| Total {
                key: it.key,
                state: it.state,
                expires_at: it.expires_at.max(0).unsigned_abs() / 1000,
            };
            Ok(totals.into_iter().map(total).collect())
        })
    }

    fn forget(&self) -> Boxed<'_, Result<(), Broken>> {
        let store = self.store.clone();
        self.here(async move { store.limit_totals().forget_expired().await })
    }
}

fn micros(ms: u64) -> store::Micros {
    i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1000)
}
