//! SQL behind domain values: one file per resource. No HTTP; returns domain values, never rows.
//!
//! Everything a management write acknowledges survives `kill -9` and a power cut; every such write is one transaction
//! that also extends the audit log and raises the [revision](Store::revision). With SQLite, request logs live in a file of their own
//! and never hold up a management write (`docs/decisions/0003-logs-in-their-own-file.md`).
//!
//! SQL is written once for SQLite and PostgreSQL, with `$1` placeholders; what is different is in `db` and `migrations/`
//! (`docs/decisions/0004-postgresql-and-sqlite-behind-one-store.md`).

mod analytics;
mod audit;
mod changes;
mod copy;
mod custom_providers;
mod db;
mod error;
mod etag;
mod gateways;
mod in_use;
mod limit_totals;
mod logs;
mod master_key;
mod prices;
mod provider_configs;
mod provider_costs;
mod routes;
mod sealer;
mod sessions;
mod store;
mod tokens;
mod write;

pub use analytics::{
    Analytics, AnalyticsAnswer, AnalyticsDimension, AnalyticsOrder, AnalyticsQuery, Apart, Bucket,
    Counted, Edge, Histogram, PERCENTILE_ERROR, Series, Sums, Tally,
};
pub use audit::{AuditEntry, AuditLog, AuditNames, AuditQuery};
pub use changes::Changes;
pub use copy::{Copied, CopyError, copy};
pub use custom_providers::{CustomProvider, CustomProviders};
pub use db::Applied;
pub use error::{Error, Result};
pub use gateways::{Gateway, Gateways, NewGateway, Sealed};
pub use limit_totals::{LimitTotal, LimitTotals};
pub use logs::{
    Appended, Batch, Keep, LogBody, LogChange, LogField, LogFilter, LogOperator, LogOrder,
    LogQuery, LogRanges, LogValue, Logs, MOST_KEYS, MetadataKeys, Set, Side, Stops, StoredLog,
};
pub use master_key::MasterKey;
pub use prices::{PriceEvent, PriceList, PriceOverride, Prices};
pub use provider_configs::{
    ChangedProviderConfig, NewProviderConfig, NewSecret, ProviderConfig, ProviderConfigs,
};
pub use provider_costs::{ProviderCost, ProviderCosts};
pub use routes::{Deployment, Draft, LiveRoute, NewVersion, Route, Routes, Version};
pub use sessions::{Session, Sessions};
pub use store::{Actor, Micros, Page, Store, migrate, server};
pub use tokens::{StoredToken, Tokens};
