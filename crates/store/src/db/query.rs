//! A statement with its values, for either database.

use std::marker::PhantomData;

use futures_util::TryStreamExt as _;
use sqlx::query::Query as Bound;
use sqlx::{Postgres, SqlSafeStr, SqlStr, Sqlite};

use super::row::Column;
use super::{Connection, Row, postgres, text};

/// A value of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// A statement.
#[must_use]
pub(crate) struct Query {
    sql: SqlStr,
    values: Vec<Value>,
    persistent: bool,
}

/// A statement whose rows have one column.
#[must_use]
pub(crate) struct ScalarQuery<T> {
    query: Query,
    column: PhantomData<T>,
}

/// A statement with `$1` placeholders. It is prepared once a connection, so its text should be one of few.
pub(crate) fn query(sql: impl SqlSafeStr) -> Query {
    Query { sql: sql.into_sql_str(), values: Vec::new(), persistent: true }
}

/// As [`query()`], for statements whose rows have one column.
pub(crate) fn query_scalar<T: Column>(sql: impl SqlSafeStr) -> ScalarQuery<T> {
    ScalarQuery { query: query(sql), column: PhantomData }
}

impl Query {
    /// The value of the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// The values of the next placeholders.
    pub(crate) fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// Whether the prepared statement is kept for the next time.
    pub(crate) fn persistent(self, persistent: bool) -> Self {
        Self { persistent, ..self }
    }

    /// Runs it; returns the number of rows that it touched.
    pub(crate) async fn execute(self, connection: &mut Connection) -> sqlx::Result<u64> {
        match connection {
            Connection::Sqlite(it) => {
                Ok(self.for_sqlite().execute(&mut **it).await?.rows_affected())
            }
            Connection::Postgres(it) => {
                let done = postgres::in_time(self.for_postgres().execute(&mut **it)).await?;
                Ok(done.rows_affected())
            }
        }
    }

    /// Every row.
    pub(crate) async fn fetch_all(self, connection: &mut Connection) -> sqlx::Result<Vec<Row>> {
        let mut all = Vec::new();
        let keep = |row| -> sqlx::Result<()> {
            all.push(row);
            Ok(())
        };
        self.for_each(connection, keep).await?;
        Ok(all)
    }

    /// Does something with each row as it comes.
    pub(crate) async fn for_each<E: From<sqlx::Error>>(
        self,
        connection: &mut Connection,
        mut work: impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        match connection {
            Connection::Sqlite(it) => {
                let mut rows = self.for_sqlite().fetch(&mut **it);
                while let Some(row) = rows.try_next().await? {
                    work(Row::Sqlite(row))?;
                }
            }
            Connection::Postgres(it) => {
                let mut rows = self.for_postgres().fetch(&mut **it);
                // A long answer is no silence: each row has its own time.
                while let Some(row) = postgres::in_time(rows.try_next()).await? {
                    work(Row::Postgres(row))?;
                }
            }
        }
        Ok(())
    }

    /// The row, if there is one.
    pub(crate) async fn fetch_optional(
        self,
        connection: &mut Connection,
    ) -> sqlx::Result<Option<Row>> {
        Ok(match connection {
            Connection::Sqlite(it) => {
                self.for_sqlite().fetch_optional(&mut **it).await?.map(Row::Sqlite)
            }
            Connection::Postgres(it) => {
                let row = self.for_postgres().fetch_optional(&mut **it);
                postgres::in_time(row).await?.map(Row::Postgres)
            }
        })
    }

    fn for_sqlite(self) -> Bound<'static, Sqlite, sqlx::sqlite::SqliteArguments> {
        let query = sqlx::query(self.sql).persistent(self.persistent);
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Int(it) => query.bind(it),
            Value::Bool(it) => query.bind(it),
            Value::Text(it) => query.bind(it),
            Value::Bytes(it) => query.bind(it),
        })
    }

    fn for_postgres(self) -> Bound<'static, Postgres, sqlx::postgres::PgArguments> {
        let query = sqlx::query(self.sql).persistent(self.persistent);
        self.values.into_iter().fold(query, |query, value| match value {
            Value::Int(it) => query.bind(it),
            Value::Bool(it) => query.bind(it),
            Value::Text(it) => query.bind(it.map(text::to_stored)),
            Value::Bytes(it) => query.bind(it),
        })
    }
}

impl<T: Column> ScalarQuery<T> {
    /// As [`Query::persistent`].
    pub(crate) fn persistent(self, persistent: bool) -> Self {
        Self { query: self.query.persistent(persistent), ..self }
    }

    /// The value of the next placeholder.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.query.values.push(value.into());
        self
    }

    /// The values of the next placeholders.
    pub(crate) fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.query.values.extend(values);
        self
    }

    /// The value of every row.
    pub(crate) async fn fetch_all(self, connection: &mut Connection) -> sqlx::Result<Vec<T>> {
        self.query.fetch_all(connection).await?.iter().map(|it| it.at(0)).collect()
    }

    /// The value of the row, if there is one.
    pub(crate) async fn fetch_optional(
        self,
        connection: &mut Connection,
    ) -> sqlx::Result<Option<T>> {
        self.query.fetch_optional(connection).await?.as_ref().map(|it| it.at(0)).transpose()
    }

    /// The value of the row that must be there.
    pub(crate) async fn fetch_one(self, connection: &mut Connection) -> sqlx::Result<T> {
        self.fetch_optional(connection).await?.ok_or(sqlx::Error::RowNotFound)
    }
}

impl From<i64> for Value {
    fn from(it: i64) -> Self {
        Self::Int(Some(it))
    }
}

impl From<Option<i64>> for Value {
    fn from(it: Option<i64>) -> Self {
        Self::Int(it)
    }
}

impl From<u16> for Value {
    fn from(it: u16) -> Self {
        Self::Int(Some(it.into()))
    }
}

impl From<bool> for Value {
    fn from(it: bool) -> Self {
        Self::Bool(Some(it))
    }
}

impl From<&str> for Value {
    fn from(it: &str) -> Self {
        Self::Text(Some(it.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(it: Option<&str>) -> Self {
        Self::Text(it.map(str::to_owned))
    }
}

impl From<String> for Value {
    fn from(it: String) -> Self {
        Self::Text(Some(it))
    }
}

impl From<Option<String>> for Value {
    fn from(it: Option<String>) -> Self {
        Self::Text(it)
    }
}

impl From<&[u8]> for Value {
    fn from(it: &[u8]) -> Self {
        Self::Bytes(Some(it.to_vec()))
    }
}

impl From<Vec<u8>> for Value {
    fn from(it: Vec<u8>) -> Self {
        Self::Bytes(Some(it))
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(it: Option<Vec<u8>>) -> Self {
        Self::Bytes(it)
    }
}
