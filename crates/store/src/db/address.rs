//! What a database URL says.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;

use crate::error::{Error, Result};

/// Where the database is. Has no `Debug`: a URL of PostgreSQL holds a password.
pub(crate) enum Address {
    /// A file of SQLite.
    File(PathBuf),
    /// A PostgreSQL server and a database on it.
    Server(Box<PgConnectOptions>),
}

impl Address {
    /// Reads `sqlite://<file>`, `postgres://…` or `postgresql://…`. The error does not repeat the URL.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            return file(url).map(Self::File);
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Server(Box::new(PgConnectOptions::from_str(url)?)));
        }
        refuse("the database URL must start with sqlite:// or postgres://")
    }

    /// Where request logs go: `<file stem>-logs.<extension>` beside a file, the same database on a server.
    pub(crate) fn of_logs(&self) -> Self {
        match self {
            Self::File(file) => Self::File(log_file(file)),
            Self::Server(options) => Self::Server(options.clone()),
        }
    }
}

/// Refuses what is no file: several connections of one in-memory database would each see their own.
fn file(url: &str) -> Result<PathBuf> {
    let options = SqliteConnectOptions::from_str(url)?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return refuse("the database URL must name a file, not memory");
    }
    Ok(options.get_filename().to_owned())
}

fn refuse<T>(why: &'static str) -> Result<T> {
    Err(Error::Broken(sqlx::Error::Configuration(why.into())))
}

fn log_file(file: &Path) -> PathBuf {
    let mut name = file.file_stem().unwrap_or_default().to_owned();
    name.push("-logs");
    if let Some(extension) = file.extension() {
        name.push(".");
        name.push(extension);
    }
    file.with_file_name(name)
}
