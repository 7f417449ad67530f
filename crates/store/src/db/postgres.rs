//! One database on a PostgreSQL server.
//!
//! The server may be gone, or packets to it may be swallowed without a word; a call of the store must fail soon all the same, and the
//! next one must work as soon as the server is back. So everything that is awaited has a limit, a connection is tested before it is
//! used, and one that does not answer when it is given back is thrown away.

mod session;

use std::io;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _, PgConnection};
use tokio::time::timeout;

pub(crate) use session::Session;

use super::migrate::{self, Applied, Migrations};
use crate::error::Result;

/// How long a call waits for a connection, a new one included.
const ACQUIRE: Duration = Duration::from_millis(1500);
/// How long the server may say nothing to a statement; with [`ACQUIRE`] under the five seconds in which a management call is answered.
const STATEMENT: Duration = Duration::from_secs(3);
/// How long a connection that is given back may take to roll back, and to answer.
const RELEASE: Duration = Duration::from_secs(1);
/// How long the first connection may take.
const CONNECT: Duration = Duration::from_secs(4);

/// The server's own limits, so that what nobody waits for any more ends there too, and a node that vanished in a transaction does not
/// hold up the others. A statement is not compiled: that takes longer than any of these runs. That there is nothing to roll back is not
/// worth a warning.
const SESSION: &str = "set statement_timeout = '10s'; set lock_timeout = '2s'; set idle_in_transaction_session_timeout = '5s'; set jit = off; set client_min_messages = 'error'";
/// Tests a connection before it is used: one to a server that has become a standby would read old rows and could not write, while a new
/// one may find the server that leads now.
const LEADS: &str = "select not pg_is_in_recovery()";
/// A migration takes as long as it takes; other nodes that start at the same time wait for it.
const MIGRATING: &str = "set client_min_messages = 'warning'; set lock_timeout = '120s'";
/// The advisory lock under which migrations run: `pointsm` in ASCII.
const LOCK: i64 = 0x0070_6f69_6e74_736d;

/// The name that the server shows connections under, unless the URL gives one.
const APPLICATION: &str = "pointsman";

/// A database on a server that is open.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pool: PgPool,
}

impl Server {
    /// Connects and migrates; programs that do so at once wait for each other.
    pub(crate) async fn open(
        options: &PgConnectOptions,
        connections: u32,
        migrations: &Migrations,
    ) -> Result<(Self, Vec<Applied>)> {
        let named = options.get_application_name().is_some();
        let options = options.clone();
        let options = if named { options } else { options.application_name(APPLICATION) };
        let mut first = limited(CONNECT, options.connect()).await?;
        let applied = migrate(&mut first, migrations).await?;
        limited(RELEASE, first.close()).await?;
        Ok((Self { pool: pool(connections).connect_lazy_with(options) }, applied))
    }

    /// Begins a transaction that may write.
    pub(super) async fn write(&self) -> sqlx::Result<Session> {
        Session::begin(&self.pool, "begin").await
    }

    /// Begins a reading transaction.
    pub(super) async fn read(&self) -> sqlx::Result<Session> {
        Session::begin(&self.pool, "begin isolation level repeatable read read only").await
    }

    /// A connection that hears what is said on a channel.
    pub(crate) async fn listen(&self, channel: &'static str) -> sqlx::Result<Notices> {
        let single = pool(1).connect_lazy_with((*self.pool.connect_options()).clone());
        let mut listener = limited(ACQUIRE, PgListener::connect_with(&single)).await?;
        listener.eager_reconnect(false);
        limited(STATEMENT, listener.listen(channel)).await?;
        Ok(Notices(listener))
    }

    /// Closes every connection.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What is said on a channel.
pub(crate) struct Notices(PgListener);

impl Notices {
    /// Waits for the next one. After an error nothing comes any more: listen anew.
    pub(crate) async fn next(&mut self) -> sqlx::Result<()> {
        match self.0.try_recv().await? {
            Some(_) => Ok(()),
            None => Err(sqlx::Error::Io(io::ErrorKind::ConnectionAborted.into())),
        }
    }
}

async fn migrate(connection: &mut PgConnection, set: &Migrations) -> Result<Vec<Applied>> {
    limited(STATEMENT, sqlx::raw_sql(MIGRATING).execute(&mut *connection)).await?;
    let mut tx = limited(STATEMENT, connection.begin()).await?;
    sqlx::query("select pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *tx).await?;
    let applied = migrate::run(&mut *tx, set, set.postgres, set.table).await?;
    tx.commit().await?;
    Ok(applied)
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(async move { sqlx::query_scalar(LEADS).fetch_one(connection).await })
        })
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(SESSION).execute(connection).await.map(drop) })
        })
        .after_release(|connection, _| {
            Box::pin(
                async move { sqlx::raw_sql("rollback").execute(connection).await.map(|_| true) },
            )
        })
}

/// Ends what hears nothing for longer than a statement may.
pub(super) async fn in_time<T>(work: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    limited(STATEMENT, work).await
}

async fn limited<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    let late = || sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"));
    timeout(limit, work).await.unwrap_or_else(|_| Err(late()))
}
