//! Entries in a Redis or Valkey server. One that is away has nothing and takes nothing.

use crate::key::{Key, hex};
use bytes::Bytes;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, Script};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// For a new connection, its greeting included.
const CONNECT: Duration = Duration::from_secs(1);
/// For an entry to be taken.
const SLOW: Duration = Duration::from_secs(5);
/// Between two looks for a server that is away.
const PAUSE: Duration = Duration::from_millis(500);
/// Bytes of entries on their way at the same time; what comes on top is not kept.
const ON_THE_WAY: usize = 64 * 1024 * 1024;
/// What an entry occupies beside its bytes, roughly: its name thrice, and its places in three tables.
const OVERHEAD: usize = 512;

/// The URL cannot be used. It is not repeated: it may hold a password.
#[derive(Debug, thiserror::Error)]
#[error(
    "not the URL of a Redis or Valkey server, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0"
)]
pub struct BadUrl;

/// A server. Dropped, it is not looked for any more.
#[derive(Debug)]
pub struct Remote {
    shared: Arc<Shared>,
    /// Names begin with it. All have the same `{…}`, since one script touches several.
    prefix: Box<str>,
    /// For an entry asked for.
    patience: Duration,
    /// What all entries may occupy, of all nodes.
    most: u64,
    put: Script,
    tasks: TaskTracker,
    end: CancellationToken,
}

struct Shared {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    lost: Notify,
    found: Notify,
    on_the_way: AtomicUsize,
    /// That it refuses entries has been told, of this connection.
    told: AtomicBool,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("up", &self.current().is_some()).finish_non_exhaustive()
    }
}

impl Remote {
    /// Begins to look for the server, inside a runtime, and does not wait for it. Deployments with different spaces do not see each
    /// other's entries; an entry is waited for as long as `patience` at most, and all of a space occupy no more than `most` bytes.
    ///
    /// # Errors
    /// The URL is not one.
    pub fn open(url: &str, space: &str, patience: Duration, most: u64) -> Result<Self, BadUrl> {
        let client = Client::open(url).map_err(|_| BadUrl)?;
        let shared = Arc::new(Shared {
            client,
            connection: Mutex::default(),
            lost: Notify::new(),
            found: Notify::new(),
            on_the_way: AtomicUsize::new(0),
            told: AtomicBool::new(false),
        });
        let (tasks, end) = (TaskTracker::new(), CancellationToken::new());
        let looking = Arc::clone(&shared).look(end.clone());
        tasks.spawn(looking);
        let prefix = format!("{{pointsman:{space}}}:cache:").into();
        let put = Script::new(include_str!("scripts/put.lua"));
        Ok(Self { shared, prefix, patience, most, put, tasks, end })
    }

    /// Resolves when there is a connection.
    pub async fn ready(&self) {
        loop {
            let found = self.shared.found.notified();
            if self.shared.current().is_some() {
                return;
            }
            found.await;
        }
    }

    pub(crate) async fn get(&self, key: &Key) -> Option<Bytes> {
        let mut connection = self.shared.current()?;
        let question = redis::cmd("GET").arg(self.name(&hex(&key.id))).to_owned();
        match timeout(self.patience, question.query_async::<Option<Vec<u8>>>(&mut connection)).await
        {
            Ok(Ok(entry)) => entry.map(Bytes::from),
            Ok(Err(error)) => {
                self.shared.failed(&error);
                None
            }
            Err(_) => {
                self.shared.lose("no answer in time");
                None
            }
        }
    }

    /// Gives an entry to the server, later; whether it is on its way.
    pub(crate) fn put(&self, key: &Key, entry: &Bytes, (stays_ms, ends_ms): (u64, u64)) -> bool {
        let Some(mut connection) = self.shared.current() else { return false };
        let size = entry.len();
        if self.shared.on_the_way.fetch_add(size, Ordering::Relaxed) + size > ON_THE_WAY {
            self.shared.on_the_way.fetch_sub(size, Ordering::Relaxed);
            return false;
        }
        let (id, script) = (hex(&key.id), self.put.clone());
        let keys = [self.name(&id), self.name("ends"), self.name("sizes")];
        let (entry, most, prefix) = (entry.clone(), self.most, self.prefix.clone());
        let shared = Arc::clone(&self.shared);
        self.tasks.spawn(async move {
            let mut order = script.prepare_invoke();
            for key in keys {
                order.key(key);
            }
            order.arg(id).arg(&entry[..]).arg(stays_ms).arg(ends_ms).arg(size + OVERHEAD);
            order.arg(most).arg(&*prefix);
            match timeout(SLOW, order.invoke_async::<i64>(&mut connection)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => shared.failed(&error),
                Err(_) => shared.lose("an entry was not taken in time"),
            }
            shared.on_the_way.fetch_sub(size, Ordering::Relaxed);
        });
        true
    }

    pub(crate) async fn close(&self, within: Duration) {
        self.end.cancel();
        self.tasks.close();
        // What is not taken by then is not kept.
        let _late = timeout(within, self.tasks.wait()).await;
    }

    /// An entry is named by what who asks and what is asked are digested to.
    fn name(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        self.end.cancel();
    }
}

impl Shared {
    /// Has a connection whenever there can be one, until the end.
    async fn look(self: Arc<Self>, end: CancellationToken) {
        let looking = async {
            let mut told = false;
            loop {
                match self.connect().await {
                    Ok(connection) => {
                        *self.state() = Some(connection);
                        self.told.store(false, Ordering::Relaxed);
                        self.found.notify_waiters();
                        tracing::info!("the server of the cache answers");
                        told = false;
                        self.lost.notified().await;
                    }
                    Err(error) => {
                        if !told {
                            tracing::warn!(%error, "the server of the cache does not answer; nothing is kept and nothing is found until it does");
                            told = true;
                        }
                        sleep(PAUSE).await;
                    }
                }
            }
        };
        end.run_until_cancelled(looking).await;
    }

    async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(CONNECT));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
        connection.map(|mut it| {
            it.set_response_timeout(SLOW);
            it
        })
    }

    fn current(&self) -> Option<MultiplexedConnection> {
        self.state().clone()
    }

    /// A question was answered with an error; a connection that broke is one no more.
    fn failed(&self, error: &RedisError) {
        if error.is_io_error() || error.is_connection_dropped() || error.is_unrecoverable_error() {
            self.lose(&error.to_string());
        } else if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(%error, "the server of the cache refuses entries");
        }
    }

    fn lose(&self, why: &str) {
        if self.state().take().is_some() {
            tracing::warn!(why, "the server of the cache does not answer");
            self.lost.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, Option<MultiplexedConnection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
