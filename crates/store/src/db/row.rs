//! A row of either database, and the few types that its columns have.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Row as _, ValueRef as _};

use super::text;

/// A row.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<T: Column>(&self, column: &str) -> sqlx::Result<T> {
        T::of(self, column)
    }

    /// The value of the column at this place: sooner found than by its name.
    pub(crate) fn at<T: Column>(&self, place: usize) -> sqlx::Result<T> {
        T::of(self, place)
    }

    fn is_null(&self, at: impl Place) -> sqlx::Result<bool> {
        Ok(match self {
            Self::Sqlite(it) => it.try_get_raw(at)?.is_null(),
            Self::Postgres(it) => it.try_get_raw(at)?.is_null(),
        })
    }
}

/// Where in a row.
pub(crate) trait Place: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> + Copy {}

impl<T: ColumnIndex<SqliteRow> + ColumnIndex<PgRow> + Copy> Place for T {}

/// What a column may be read as.
pub(crate) trait Column: Sized {
    /// Reads it.
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self>;
}

impl Column for i64 {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        match row {
            Row::Sqlite(it) => it.try_get(at),
            Row::Postgres(it) => it.try_get(at),
        }
    }
}

impl Column for u16 {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        i64::of(row, at)?.try_into().map_err(|error| sqlx::Error::Decode(Box::new(error)))
    }
}

impl Column for bool {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        match row {
            Row::Sqlite(it) => it.try_get(at),
            Row::Postgres(it) => it.try_get(at),
        }
    }
}

impl Column for String {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        match row {
            Row::Sqlite(it) => it.try_get(at),
            Row::Postgres(it) => Ok(text::from_stored(it.try_get(at)?).into_owned()),
        }
    }
}

impl Column for Vec<u8> {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        match row {
            Row::Sqlite(it) => it.try_get(at),
            Row::Postgres(it) => it.try_get(at),
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn of(row: &Row, at: impl Place) -> sqlx::Result<Self> {
        if row.is_null(at)? { Ok(None) } else { T::of(row, at).map(Some) }
    }
}
