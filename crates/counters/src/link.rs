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

/// Why a connection is given up on which the marker is gone.
const EMPTY: &str = "the server has lost the limits; they are being restored";

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
    /// Counts answers: a server that gives any is busy, not away, and the questions behind them are not given up.
    answers: AtomicU64,
}

#[derive(Default)]
struct State {
    connection: Option<MultiplexedConnection>,
    /// Counts connections, so that a late failure of an old one does not end the new one.
    number: u64,
    /// What the server's marker said when the connection was made.
    mark: Vec<u8>,
    /// Why there is none, or what failed on it, as last told.
    told: Option<String>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { connection, number, mark, told } = self;
        let up = connection.is_some();
        f.debug_struct("State")
            .field("up", &up)
            .field("number", number)
            .field("mark", mark)
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
            answers: AtomicU64::new(0),
        })
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

    /// From now on questions go there. The mark is what the server's marker said.
    pub(crate) fn use_it(&self, mut connection: MultiplexedConnection, mark: Vec<u8>) {
        // From now on it is for `answer` to give up, which knows a busy server from one that is away.
        connection.set_response_timeout(self.patience * MOST * 2);
        let mut state = self.state();
        state.number += 1;
        state.connection = Some(connection);
        state.mark = mark;
        state.told = None;
        tracing::info!("the counters of shared limits answer");
    }

    /// Says why there is no connection, once for every reason.
    pub(crate) fn tell(&self, why: &str) {
        if self.is_news(why) {
            tracing::error!(
                why,
                "the counters of shared limits do not answer; limits let through or refuse as each is configured"
            );
        }
    }

    fn is_news(&self, why: &str) -> bool {
        let mut state = self.state();
        let news = state.told.as_deref() != Some(why);
        if news {
            state.told = Some(why.to_owned());
        }
        news
    }

    /// Runs a script on the connection there is. A server that is silent for too long, or answers wrongly, has lost its connection.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        call: &ScriptInvocation<'_>,
    ) -> Result<T, Unavailable> {
        let (mut connection, number) = self.current().ok_or(Unavailable)?;
        self.answer(number, call.invoke_async(&mut connection)).await
    }

    /// One step through the names of everything that the server has: the next cursor (0: that was all), and those that match.
    pub(crate) async fn scan(
        &self,
        cursor: u64,
        pattern: &[u8],
        step: usize,
    ) -> Result<(u64, Vec<Vec<u8>>), Unavailable> {
        let (mut connection, number) = self.current().ok_or(Unavailable)?;
        let mut question = redis::cmd("SCAN");
        question.arg(cursor).arg("MATCH").arg(pattern).arg("COUNT").arg(step);
        self.answer(number, question.query_async(&mut connection)).await
    }

    /// Asks the server for its marker, if there is a connection. One that does not answer, or whose marker is another than when the
    /// connection was made, has lost it.
    pub(crate) async fn look(&self, marker: &[u8]) {
        let Some((mut connection, number)) = self.current() else { return };
        let question = redis::cmd("GET").arg(marker).to_owned();
        let found = self.answer(number, question.query_async(&mut connection)).await;
        let is_same = |it: &Option<Vec<u8>>| it.as_ref() == Some(&self.state().mark);
        if found.is_ok_and(|it| !is_same(&it)) {
            self.drop_it(number, EMPTY);
        }
    }

    /// The connection and its number.
    fn current(&self) -> Option<(MultiplexedConnection, u64)> {
        let state = self.state();
        state.connection.clone().map(|it| (it, state.number))
    }

    async fn answer<T>(
        &self,
        number: u64,
        work: impl Future<Output = Result<T, RedisError>>,
    ) -> Result<T, Unavailable> {
        let heard = || self.answers.load(Ordering::Relaxed);
        match within(self.patience, heard, work).await {
            Some(Ok(reply)) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                return Ok(reply);
            }
            // The server is there; it is this one bucket that it cannot make sense of.
            Some(Err(error)) if matches!(error.code(), Some("ERR" | "WRONGTYPE")) => {
                self.answers.fetch_add(1, Ordering::Relaxed);
                let why = error.to_string();
                if self.is_news(&why) {
                    tracing::error!(
                        why,
                        "the server of shared limits cannot count in a bucket; its limits let through or refuse as each is configured"
                    );
                }
            }
            Some(Err(error)) => self.drop_it(number, &error.to_string()),
            None => self.drop_it(number, "no answer in time"),
        }
        Err(Unavailable)
    }

    /// Gives the connection of this number up, if it is still the one in use.
    fn drop_it(&self, number: u64, why: &str) {
        {
            let mut state = self.state();
            if state.number != number || state.connection.take().is_none() {
                return;
            }
        }
        self.tell(why);
        self.lost.notify_one();
    }

    /// A script has found that everything is lost: whatever connection there is, the next one brings back what was kept.
    pub(crate) fn server_is_empty(&self) {
        let number = self.state().number;
        self.drop_it(number, EMPTY);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
