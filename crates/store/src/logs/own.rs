//! What logs of a gateway with very many kinds or walks have of their own: what those that are made from then on leave to them.
//!
//! Callers and graphs have a say in how many kinds and walks there are, and filters look at each. So their number is bounded, and what
//! is beyond shares only what admins bound: providers, routes, versions and flags.

use super::filter::{LogField, LogFilter};

/// How many kinds and how many walks a gateway may have until new ones leave the rest to their logs.
pub(super) const MOST: u64 = 4096;

pub(super) const INSERT: &str = "insert into log_own (n, gateway, field, value) values ";

/// What many logs have in common.
pub(super) trait Shared {
    /// The column of `logs` that names it.
    const COLUMN: &'static str;

    fn id(&self) -> i64;

    /// Whether its logs fulfil a filter; nothing when each of them has its own.
    fn takes(&self, filter: &LogFilter) -> Option<bool>;
}

/// What a log may have of its own. Their numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Own {
    Element = 1,
    Edge = 2,
    Model = 3,
    RequestContentType = 4,
    ResponseContentType = 5,
    MetadataKey = 6,
}

impl Own {
    pub(super) const fn of(field: LogField) -> Option<Self> {
        Some(match field {
            LogField::Element => Self::Element,
            LogField::Edge => Self::Edge,
            LogField::Model => Self::Model,
            LogField::RequestContentType => Self::RequestContentType,
            LogField::ResponseContentType => Self::ResponseContentType,
            LogField::MetadataKey => Self::MetadataKey,
            _ => return None,
        })
    }

    /// As it is stored.
    pub(super) const fn number(self) -> i64 {
        self as i64
    }
}
