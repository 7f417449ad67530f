//! What the store says, as the caller hears it.

use super::Problem;
use super::codes::{self, Code};

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        match error {
            E::NotFound(what) => Self::of(missing(what), format!("{what} not found")),
            E::Exists { what, name } => {
                Self::of(taken(what), format!("{what} `{name}` already exists"))
            }
            E::Stale { etag } => Self::stale(etag),
            E::InUse { routes } => Self::in_use("it", &routes),
            E::Away(cause) => {
                Self::of(codes::AWAY, "the database cannot be reached; try again").because(cause)
            }
            E::Full(cause) => {
                Self::of(codes::FULL, "the disk of the database is full: nothing was changed; free space there and try again").because(cause)
            }
            other => Self::internal(other),
        }
    }
}

impl Problem {
    /// A deletion that failed, perhaps because deployed routes need `what`.
    pub(crate) fn not_deleted(what: &str, error: store::Error) -> Self {
        match error {
            store::Error::InUse { routes } => Self::in_use(what, &routes),
            other => other.into(),
        }
    }

    fn stale(etag: String) -> Self {
        if etag.is_empty() {
            return Self::of(codes::STALE, "`If-Match` does not match: there is nothing there yet");
        }
        let message = format!(
            "the condition is not true: it was made or changed in between. Its ETag is now {etag}"
        );
        let mut it = Self::of(codes::STALE, message);
        it.etag = Some(etag);
        it
    }
}

fn missing(what: &str) -> Code {
    match what {
        "route" | "version" | "deployment" | "draft" => codes::ROUTE_NOT_FOUND,
        "custom provider" => codes::PROVIDER_NOT_FOUND,
        _ => codes::NOT_FOUND,
    }
}

fn taken(what: &str) -> Code {
    match what {
        "route" => codes::ROUTE_EXISTS,
        "custom provider" => codes::PROVIDER_EXISTS,
        _ => codes::INVALID,
    }
}
