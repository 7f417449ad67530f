//! The database: a file of SQLite or a PostgreSQL server, spoken to in one SQL. Knows no table.
//!
//! Statements are written once, with `$1` placeholders, and run on either through [`query()`] and [`query_scalar`]; what the two do
//! differently is in [`sqlite`], [`postgres`] and the migrations (`docs/decisions/0004-postgresql-and-sqlite-behind-one-store.md`).

mod address;
mod clause;
mod migrate;
mod postgres;
mod query;
mod row;
mod sqlite;
mod text;

use std::fmt;
use std::ops::{Deref, DerefMut};

use sqlx::Transaction;

pub(crate) use address::Address;
pub(crate) use clause::Clause;
pub(crate) use migrate::Migrations;
pub(crate) use postgres::{Notices, Server};
pub(crate) use query::{Value, query, query_scalar};
pub(crate) use row::{Column, Row};
pub(crate) use sqlite::{Durability, File};

pub use migrate::Applied;

use crate::error::Result;

/// A database that is open; a clone is a handle to the same connections.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite(File),
    Postgres(Server),
}

/// A connection that is in a transaction.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, sqlx::Sqlite>),
    Postgres(postgres::Session),
}

/// A transaction; rolled back when dropped.
#[derive(Debug)]
pub(crate) struct Tx(Connection);

impl Db {
    /// Begins a transaction that may write. On SQLite it waits for the one before it; on PostgreSQL writers meet at the rows.
    pub(crate) async fn write(&self) -> Result<Tx> {
        Ok(Tx(match self {
            Self::Sqlite(it) => Connection::Sqlite(it.write().await?),
            Self::Postgres(it) => Connection::Postgres(it.write().await?),
        }))
    }

    /// Begins a reading transaction: every statement in it sees the same state.
    pub(crate) async fn read(&self) -> Result<Tx> {
        Ok(Tx(match self {
            Self::Sqlite(it) => Connection::Sqlite(it.read().await?),
            Self::Postgres(it) => Connection::Postgres(it.read().await?),
        }))
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(it) => it.close().await,
            Self::Postgres(it) => it.close().await,
        }
    }
}

impl Tx {
    /// Tells whoever listens on the channel once this is committed. SQLite has nobody who could.
    pub(crate) async fn announce(&mut self, channel: &'static str) -> Result<()> {
        if matches!(self.0, Connection::Postgres(_)) {
            query("select pg_notify($1, '')").bind(channel).execute(&mut self.0).await?;
        }
        Ok(())
    }

    /// Makes everything done in it last.
    pub(crate) async fn commit(self) -> Result<()> {
        match self.0 {
            Connection::Sqlite(it) => it.commit().await?,
            Connection::Postgres(it) => it.commit().await?,
        }
        Ok(())
    }
}

impl Connection {
    /// The beginning of an `insert into …` whose transaction is given up when it fails, and which has no `on conflict` behind it. SQLite
    /// would write down each page before it touches it, to be able to go on from where the statement began.
    pub(crate) fn insert_whole(&self, insert: &str) -> String {
        match self {
            Self::Sqlite(_) => insert.replacen("insert", "insert or fail", 1),
            Self::Postgres(_) => insert.to_owned(),
        }
    }

    /// The JSON text of a member of an array that a column holds as JSON text; NUL may be in it as it is.
    pub(crate) fn member_of(&self, column: &str, at: usize) -> String {
        match self {
            Self::Sqlite(_) => format!("{column} -> '$[{at}]'"),
            Self::Postgres(_) => {
                format!("cast(cast({} as json) -> {at} as text)", text::without_escaped_nul(column))
            }
        }
    }

    /// The texts of an expression in all rows of a group; those of several expressions of one statement stand in the same order.
    pub(crate) fn all_of(&self, expression: &str, separator: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("group_concat({expression}, '{separator}')"),
            Self::Postgres(_) => {
                format!("string_agg(cast({expression} as text), '{separator}')")
            }
        }
    }

    /// Hexadecimal digits of the bytes of a column.
    pub(crate) fn hex_of(&self, column: &str) -> String {
        match self {
            Self::Sqlite(_) => format!("hex({column})"),
            Self::Postgres(_) => format!("encode({column}, 'hex')"),
        }
    }

    /// The placeholders of a `values` list. SQLite takes `$1` for a name and looks for it among all names before it: a thousand of them
    /// cost several times what their rows do.
    pub(crate) fn placeholders(&self, rows: usize, columns: usize) -> String {
        let row = |row: usize| {
            let places = (row * columns..(row + 1) * columns).map(|it| match self {
                Self::Sqlite(_) => "?".to_owned(),
                Self::Postgres(_) => format!("${}", it + 1),
            });
            format!("({})", places.collect::<Vec<_>>().join(","))
        };
        match self {
            Self::Sqlite(_) => vec![row(0); rows].join(","),
            Self::Postgres(_) => (0..rows).map(row).collect::<Vec<_>>().join(","),
        }
    }
}

impl Deref for Tx {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Connection::Sqlite",
            Self::Postgres(_) => "Connection::Postgres",
        })
    }
}
