//! What many requests have in common: one row a combination, so that filters on it are decided once a combination and not once a request.

use sha2::{Digest as _, Sha256};
use telemetry::Record;

use super::filter::{LogField, LogFilter, LogOrder, LogValue};
use super::own::{Own, Shared};
use crate::db::{Connection, Row, Value, query};
use crate::error::{Result, unreadable};

/// Columns of [`INSERT`].
pub(super) const COLUMNS: usize = 13;

pub(super) const INSERT: &str = "insert into log_kinds (id, gateway, provider, model, request_type, request_content_type, \
     response_content_type, success, cached, authentication, compat, metadata_keys, loose) values ";

/// A combination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) id: i64,
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) request_type: String,
    pub(super) request_content_type: String,
    pub(super) response_content_type: String,
    pub(super) flags: Flags,
    pub(super) metadata_keys: Vec<String>,
    pub(super) loose: Loose,
}

/// What a kind leaves to its logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loose {
    /// Nothing.
    No,
    /// Model and content types; they have no metadata.
    WithoutKeys,
    /// Model, content types and keys of metadata.
    WithKeys,
}

/// Its yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own")]
pub(super) struct Flags {
    pub(super) success: bool,
    pub(super) cached: bool,
    pub(super) authentication: bool,
    pub(super) compat: bool,
}

impl Kind {
    /// That of a record in a gateway; `metadata_keys` are in order.
    pub(super) fn of(gateway: i64, it: &Record, metadata_keys: Vec<String>) -> Self {
        let mut kind = Self {
            id: 0,
            provider: it.provider.clone(),
            model: it.model.clone(),
            request_type: it.entry.kind.clone(),
            request_content_type: essence(&it.entry.request_content_type),
            response_content_type: essence(&it.entry.response_content_type),
            flags: Flags {
                success: it.success,
                cached: it.cached,
                authentication: it.entry.authenticated,
                compat: it.entry.compat,
            },
            metadata_keys,
            loose: Loose::No,
        };
        kind.identify(gateway);
        kind
    }

    /// Leaves to the log what callers have a say in; returns what that has of its own from now on.
    pub(super) fn loosen(&mut self, gateway: i64) -> Vec<(Own, String)> {
        use std::mem::take;
        let mut own = vec![
            (Own::Model, take(&mut self.model)),
            (Own::RequestContentType, take(&mut self.request_content_type)),
            (Own::ResponseContentType, take(&mut self.response_content_type)),
        ];
        own.extend(self.describe(gateway, Loose::WithKeys));
        own
    }

    /// Gives it other keys of metadata; returns those that the log has of its own.
    pub(super) fn set_keys(&mut self, gateway: i64, keys: Vec<String>) -> Vec<(Own, String)> {
        self.metadata_keys = keys;
        self.describe(gateway, self.loose)
    }

    fn describe(&mut self, gateway: i64, loose: Loose) -> Vec<(Own, String)> {
        let mut own = Vec::new();
        self.loose = loose;
        if loose != Loose::No {
            let keys = std::mem::take(&mut self.metadata_keys);
            self.loose = if keys.is_empty() { Loose::WithoutKeys } else { Loose::WithKeys };
            own.extend(keys.into_iter().map(|it| (Own::MetadataKey, it)));
        }
        self.identify(gateway);
        own
    }

    fn identify(&mut self, gateway: i64) {
        let flags = self.flags;
        let flags = [flags.success, flags.cached, flags.authentication, flags.compat];
        let mut flags = flags.map(u8::from).to_vec();
        flags.extend((self.loose != Loose::No).then_some(self.loose as u8));
        let texts = [
            &self.provider,
            &self.model,
            &self.request_type,
            &self.request_content_type,
            &self.response_content_type,
        ];
        let texts = texts.into_iter().chain(&self.metadata_keys);
        let texts: Vec<_> = texts.map(String::as_str).collect();
        self.id = identity(gateway, &flags, &texts);
    }

    /// The values of [`INSERT`].
    pub(super) fn values(&self, gateway: i64) -> [Value; COLUMNS] {
        [
            self.id.into(),
            gateway.into(),
            self.provider.as_str().into(),
            self.model.as_str().into(),
            self.request_type.as_str().into(),
            self.request_content_type.as_str().into(),
            self.response_content_type.as_str().into(),
            self.flags.success.into(),
            self.flags.cached.into(),
            self.flags.authentication.into(),
            self.flags.compat.into(),
            keys_text(&self.metadata_keys).into(),
            i64::from(self.loose as u8).into(),
        ]
    }

    pub(super) fn read(row: &Row) -> Result<Self> {
        let keys: String = row.get("metadata_keys")?;
        Ok(Self {
            id: row.get("kind")?,
            provider: row.get("provider")?,
            model: row.get("model")?,
            request_type: row.get("request_type")?,
            request_content_type: row.get("request_content_type")?,
            response_content_type: row.get("response_content_type")?,
            flags: Flags {
                success: row.get("success")?,
                cached: row.get("cached")?,
                authentication: row.get("authentication")?,
                compat: row.get("compat")?,
            },
            metadata_keys: serde_json::from_str(&keys).map_err(unreadable)?,
            loose: match row.get::<i64>("loose")? {
                0 => Loose::No,
                1 => Loose::WithoutKeys,
                _ => Loose::WithKeys,
            },
        })
    }

    /// Whether a search for text in lower case finds all requests of this kind. What they have of their own is not looked at.
    pub(super) fn has(&self, search: &str) -> bool {
        let mut texts = [&self.provider, &self.model].into_iter().chain(&self.metadata_keys);
        texts.any(|it| it.to_ascii_lowercase().contains(search))
    }

    /// Its place in an order; nothing when that is not a matter of the kind, or left to its logs.
    pub(super) fn place(&self, order: LogOrder) -> Option<LogValue> {
        Some(match order {
            LogOrder::Provider => LogValue::Text(self.provider.clone()),
            LogOrder::Model if self.loose == Loose::No => LogValue::Text(self.model.clone()),
            LogOrder::Success => LogValue::Bool(self.flags.success),
            LogOrder::Cached => LogValue::Bool(self.flags.cached),
            _ => return None,
        })
    }
}

impl Shared for Kind {
    const COLUMN: &'static str = "kind";

    fn id(&self) -> i64 {
        self.id
    }

    fn takes(&self, filter: &LogFilter) -> Option<bool> {
        match (self.loose, filter.field) {
            (Loose::No, _) | (Loose::WithoutKeys, LogField::MetadataKey) => {}
            (
                _,
                LogField::Model
                | LogField::RequestContentType
                | LogField::ResponseContentType
                | LogField::MetadataKey,
            ) => return None,
            _ => {}
        }
        let text = |it: &String| filter.takes(Some(&LogValue::Text(it.clone())));
        let flag = |it: bool| filter.takes(Some(&LogValue::Bool(it)));
        Some(match filter.field {
            LogField::Provider => text(&self.provider),
            LogField::Model => text(&self.model),
            LogField::RequestType => text(&self.request_type),
            LogField::RequestContentType => text(&self.request_content_type),
            LogField::ResponseContentType => text(&self.response_content_type),
            LogField::Success => flag(self.flags.success),
            LogField::Cached => flag(self.flags.cached),
            LogField::Authentication => flag(self.flags.authentication),
            LogField::Compatibility => flag(self.flags.compat),
            LogField::MetadataKey => filter.takes_any(&self.metadata_keys),
            LogField::Absent => filter.takes(None),
            LogField::Never => flag(false),
            _ => false,
        })
    }
}

/// Every kind that a gateway has.
pub(super) async fn all(tx: &mut Connection, gateway: i64) -> Result<Vec<Kind>> {
    let rows = query(
        "select id as kind, provider, model, request_type, request_content_type, response_content_type, \
         success, cached, authentication, compat, metadata_keys, loose from log_kinds where gateway = $1",
    );
    rows.bind(gateway).fetch_all(tx).await?.iter().map(Kind::read).collect()
}

/// 64 bits that stand for a combination of texts in one gateway.
pub(super) fn identity(gateway: i64, flags: &[u8], texts: &[&str]) -> i64 {
    let mut hash = Sha256::new();
    hash.update(gateway.to_le_bytes());
    hash.update(flags);
    for it in texts {
        hash.update(it.len().to_le_bytes());
        hash.update(it);
    }
    let hash: [u8; 32] = hash.finalize().into();
    let first = hash.first_chunk().copied().unwrap_or_default();
    i64::from_le_bytes(first)
}

/// Without parameters: a boundary is another one in each request.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn keys_text(keys: &[String]) -> String {
    serde_json::Value::from(keys).to_string()
}
