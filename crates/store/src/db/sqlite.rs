//! One database file of SQLite: a single writing connection, a pool of reading ones.
//!
//! With one writer that says `BEGIN IMMEDIATE`, no transaction ever upgrades from reading to writing, so SQLite's
//! immediate "busy" of such an upgrade cannot happen; another process is waited for.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite, Transaction};

use super::migrate::{self, Applied, Migrations};
use crate::error::Result;

#[cfg(test)]
mod tests;

/// How long a statement waits for another process's write.
const BUSY: Duration = Duration::from_secs(3);
/// How long a call waits for a free connection.
const ACQUIRE: Duration = Duration::from_secs(5);
const READERS: u32 = 4;
/// Rows that a reading connection's thread may be ahead; the fewer, the more often two threads wake each other.
const ROW_BUFFER: usize = 500;

/// Bytes of a page where rows come by the hundred: every page written is two system calls, whatever its size.
const BULK_PAGE: u32 = 16 * 1024;
/// Pages that its writing connection keeps in memory (8 MiB): the ends of all indexes, so that a large transaction needs not write one
/// twice.
const BULK_CACHE_PAGES: &str = "512";
/// Pages in the write-ahead log (48 MiB) at which they are copied into the file: a page that changes with every transaction is copied once
/// in so many.
const BULK_CHECKPOINT_PAGES: &str = "3072";
/// Pages that each of its reading connections may keep in memory (64 MiB): an index of a million ids or tags, which a search for a part of
/// one looks through, for the number of logs and again for a page of them.
const BULK_READ_PAGES: &str = "4096";
/// Where a file keeps which migrations have run.
const MIGRATIONS: &str = "_sqlx_migrations";

/// What a committed transaction survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// The end of the process and a power cut.
    PowerCut,
    /// The end of the process; a power cut may take the last transactions, never the file.
    Crash,
}

/// A database file that is open.
#[derive(Clone, Debug)]
pub(crate) struct File {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl File {
    /// Opens the file, creating and migrating it; two processes that do so at once wait for each other.
    pub(crate) async fn open(
        file: &Path,
        durability: Durability,
        migrations: &Migrations,
    ) -> Result<(Self, Vec<Applied>)> {
        let (synchronous, page_size) = match durability {
            Durability::PowerCut => (SqliteSynchronous::Full, 4096),
            Durability::Crash => (SqliteSynchronous::Normal, BULK_PAGE),
        };
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .page_size(page_size)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let mut reading = options.clone().read_only(true).row_buffer_size(ROW_BUFFER);
        let mut writing = options;
        if durability == Durability::Crash {
            reading = reading.pragma("cache_size", BULK_READ_PAGES);
            writing = writing
                .pragma("cache_size", BULK_CACHE_PAGES)
                .pragma("wal_autocheckpoint", BULK_CHECKPOINT_PAGES);
        }
        let writer = pool(1).connect_with(writing).await?;
        let it = Self { writer, reader: pool(READERS).connect_lazy_with(reading) };
        let applied = it.migrate(migrations).await?;
        Ok((it, applied))
    }

    async fn migrate(&self, migrations: &Migrations) -> Result<Vec<Applied>> {
        let mut tx = self.write().await?;
        let applied = migrate::run(&mut *tx, migrations, migrations.sqlite, MIGRATIONS).await?;
        tx.commit().await?;
        Ok(applied)
    }

    /// Begins a transaction that may write; waits for the one before it.
    pub(super) async fn write(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Begins a reading transaction.
    pub(super) async fn read(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.reader.begin().await
    }

    /// Closes every connection; the writer last, since only it can fold the write-ahead log into the file.
    pub(super) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(is_usable(connection)))
}

/// Whether a connection that is given back can begin another transaction. SQLite ends a transaction by itself when its disk is full; it then
/// refuses to roll it back, and sqlx takes it for open for as long as the connection lives.
async fn is_usable(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    if connection.is_in_transaction() {
        // A rollback that is under way has ended once this is answered.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
