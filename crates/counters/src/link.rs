//! The connection: there is one or there is none, and it is looked for until there is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use limits::Unavailable;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, ScriptInvocation};
use tokio::sync::Notify;

use crate::thread::{MOST, within};

/// For a new connection, its greeting included.
const CONNECT: Duration = Duration::from_secs(1);
/// Commands that may wait for the socket.
const PIPELINE: usize = 1024;

/// Why there are no shared counters. No message repeats the URL: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL cannot be used.
    #[error(
        "not the URL of a Redis or Valkey server, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0"
    )]
    BadUrl,
    /// The system gives no thread.
    #[error("no thread for the shared limits")]
    NoThread(#[source] std::io::Error),
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Link {
    client: Client,
    /// How long the server may be silent while it owes answers.
    patience: Duration,
    state: Mutex<State>,
    /// Somebody has found the connection dead.
    pub(crate) lost: Notify,
    unanswered: AtomicU64,
    /// Counts answers: a server that gives any is busy, not away, and the questions behind them are not given up.
    answers: AtomicU64,
}

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a late failure of an old one does not end the new one.
    number: u64,
    /// Why there is none, as last told.
    told: Option<String>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { connection, number, told } = self;
        let up = connection.is_some();
        f.debug_struct("State")
            .field("up", &up)
            .field("number", number)
            .field("told", told)
            .finish()
    }
}

impl Link {
    pub(crate) fn new(url: &str, patience: Duration) -> Result<Self, Error> {
        let client = Client::open(url).map_err(|_| Error::BadUrl)?;
        Ok(Self {
            client,
            patience,
            state: Mutex::default(),
            lost: Notify::new(),
            unanswered: AtomicU64::new(0),
            answers: AtomicU64::new(0),
        })
    }

    /// Questions that were not answered.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    pub(crate) fn is_up(&self) -> bool {
        self.state().connection.is_some()
    }

    /// Opens a connection, which nobody uses before [`Link::use_it`].
    pub(crate) async fn connect(&self) -> Result<MultiplexedConnection, RedisError> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(CONNECT))
            .set_pipeline_buffer_size(PIPELINE);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }

    pub(crate) fn use_it(&self, mut connection: MultiplexedConnection) {
        // From now on it is for `run` to give up, which knows a busy server from one that is away.
        connection.set_response_timeout(self.patience * MOST * 2);
        let mut state = self.state();
        state.number += 1;
        state.connection = Some(connection);
        state.told = None;
        tracing::info!("the counters of shared limits answer");
    }

    /// Says why there is no connection, once for every reason.
    pub(crate) fn tell(&self, why: &str) {
        let mut state = self.state();
        if state.told.as_deref() != Some(why) {
            tracing::error!(
                why,
                "the counters of shared limits do not answer; limits let through or refuse as each is configured"
            );
            state.told = Some(why.to_owned());
        }
    }

    /// Runs a script on the connection there is. A server that is silent for too long, or answers wrongly, has lost its connection.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        call: &ScriptInvocation<'_>,
    ) -> Result<T, Unavailable> {
        let found = {
            let state = self.state();
            state.connection.clone().map(|it| (it, state.number))
        };
        let Some((mut connection, number)) = found else {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            return Err(Unavailable);
        };
        let heard = || self.answers.load(Ordering::Relaxed);
        match within(self.patience, heard, call.invoke_async(&mut connection)).await {
            Some(Ok(reply)) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                Ok(reply)
            }
            Some(Err(error)) => Err(self.drop_it(number, &error.to_string())),
            None => Err(self.drop_it(number, "no answer in time")),
        }
    }

    /// Gives the connection of this number up.
    fn drop_it(&self, number: u64, why: &str) -> Unavailable {
        self.unanswered.fetch_add(1, Ordering::Relaxed);
        {
            let mut state = self.state();
            if state.number == number {
                state.connection = None;
            }
        }
        self.tell(why);
        self.lost.notify_one();
        Unavailable
    }

    /// Gives up whatever connection there is.
    pub(crate) fn distrust(&self, why: &str) {
        let number = self.state().number;
        let _unavailable = self.drop_it(number, why);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
