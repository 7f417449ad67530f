//! How the store fails, and which of it is the caller's doing.

use sqlx::postgres::PgDatabaseError;

/// What a call of the store ends with.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call of the store failed; nothing was changed, unless a server was lost at the very moment of the commit.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing: `gateway`, `route`, `version`, `provider config`, …
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Something of this kind already has the name.
    #[error("{what} `{name}` already exists")]
    Exists {
        /// The kind of thing, as in [`Error::NotFound`].
        what: &'static str,
        /// The name that is taken.
        name: String,
    },
    /// `If-Match` named no current state.
    #[error("it was changed in between; its ETag is now {etag}")]
    Stale {
        /// The current entity tag, quoted; empty for a draft that does not exist yet.
        etag: String,
    },
    /// Deployed versions of routes need it.
    #[error("in use by the deployed version of: {}", routes.join(", "))]
    InUse {
        /// Names of the routes; `<gateway>/<name>` where it may be of any gateway.
        routes: Vec<String>,
    },
    /// Secrets in this database were sealed with another master key.
    #[error("the master key does not fit this database")]
    WrongMasterKey,
    /// The database does not answer, is locked, or cannot be written: try again later.
    #[error("the store cannot be reached")]
    Away(#[source] sqlx::Error),
    /// The disk of the database is full: try again when there is room. What is there can still be read.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// The database answered what it should not: a defect, or a damaged or foreign database.
    #[error("the store failed")]
    Broken(#[source] sqlx::Error),
    /// A stored secret cannot be opened: its bytes were changed or moved from another record.
    #[error("a stored secret cannot be opened")]
    Sealed,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_full(&error) {
            Self::Full(error)
        } else if is_away(&error) {
            Self::Away(error)
        } else {
            Self::Broken(error)
        }
    }
}

impl Error {
    /// Nothing is wrong with what was asked: it may do another time.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Away(_) | Self::Full(_))
    }
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError as E;
        match error {
            E::Execute(cause) | E::ExecuteMigration(cause, _) => cause.into(),
            other => Self::Broken(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

/// A stored column that does not hold what this program writes there.
pub(crate) fn unreadable(
    cause: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
) -> Error {
    Error::Broken(sqlx::Error::Decode(cause.into()))
}

/// PostgreSQL's `disk_full`, and SQLite's, extended or not.
fn is_full(error: &sqlx::Error) -> bool {
    let sqlx::Error::Database(it) = error else { return false };
    it.code().is_some_and(|code| match it.try_downcast_ref::<PgDatabaseError>() {
        Some(_) => code == "53100",
        None => code.parse::<i32>().is_ok_and(|code| code & 0xff == 13),
    })
}

fn is_away(error: &sqlx::Error) -> bool {
    use sqlx::Error as E;
    match error {
        E::Io(_)
        | E::Tls(_)
        | E::Protocol(_)
        | E::PoolTimedOut
        | E::PoolClosed
        | E::WorkerCrashed => true,
        E::BeginFailed => true,
        E::Database(it) => it.code().is_some_and(|code| match code.len() {
            5 if it.try_downcast_ref::<PgDatabaseError>().is_some() => is_away_state(&code),
            _ => is_away_code(&code),
        }),
        _ => false,
    }
}

/// PostgreSQL: cannot be reached or logged in to (08, 28), is short of something (53), gave up what took too long or stood in the way of
/// another (25P03, 25P04, 40, 55P03, 57014), cannot be written (25006), was told to stop or is starting (57P01 to 57P03), or cannot read its disk (58).
fn is_away_state(code: &str) -> bool {
    const STATES: [&str; 8] =
        ["25006", "25P03", "25P04", "55P03", "57014", "57P01", "57P02", "57P03"];
    let class = code.get(..2).unwrap_or_default();
    matches!(class, "08" | "28" | "40" | "53" | "58") || STATES.contains(&code)
}

/// SQLite's busy, locked, read-only, I/O error and cannot-open, extended or not.
fn is_away_code(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 14))
}

/// Turns the refusal of a constraint into the error it stands for, at the statement that may break it.
pub(crate) trait OnConstraint<T> {
    /// For a name that is taken.
    fn on_unique(self, what: &'static str, name: &str) -> Result<T>;
    /// For a parent that does not exist.
    fn on_foreign_key(self, parent: &'static str) -> Result<T>;
}

impl<T, E: Into<Error>> OnConstraint<T> for std::result::Result<T, E> {
    fn on_unique(self, what: &'static str, name: &str) -> Result<T> {
        self.map_err(|error| match error.into() {
            Error::Broken(sqlx::Error::Database(it)) if it.is_unique_violation() => {
                Error::Exists { what, name: name.to_owned() }
            }
            other => other,
        })
    }

    fn on_foreign_key(self, parent: &'static str) -> Result<T> {
        self.map_err(|error| match error.into() {
            Error::Broken(sqlx::Error::Database(it)) if it.is_foreign_key_violation() => {
                Error::NotFound(parent)
            }
            other => other,
        })
    }
}
