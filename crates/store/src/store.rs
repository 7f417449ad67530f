//! The store itself: opened once, cloned freely, one accessor a resource.

use std::sync::Arc;

use secrecy::SecretString;

use crate::db::{
    Address, Applied, Connection, Db, Durability, File, Migrations, Server, query, query_scalar,
};
use crate::error::{Error, Result};
use crate::logs::LogState;
use crate::sealer::{Place, Sealer};
use crate::{
    Analytics, AuditLog, CustomProviders, Gateways, LimitTotals, Logs, MasterKey, Prices,
    ProviderConfigs, ProviderCosts, Routes, Sessions, Tokens,
};

/// Unix microseconds.
pub type Micros = i64;

/// Who does it: written to versions, deployments and the audit log in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Token id, `admin` or `local`.
    pub id: String,
    /// For display.
    pub name: String,
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub page: u32,
    /// How many a page; 0 asks for the total only.
    pub per_page: u32,
}

impl Page {
    pub(crate) fn limit(self) -> i64 {
        i64::from(self.per_page)
    }

    pub(crate) fn offset(self) -> i64 {
        i64::from(self.page.saturating_sub(1)).saturating_mul(self.limit())
    }
}

/// Tables that are in one database, and how they are kept.
struct Set {
    /// On SQLite.
    durability: Durability,
    /// On PostgreSQL, at most.
    connections: u32,
    migrations: Migrations,
}

/// One step of a folder of migrations.
macro_rules! step {
    ($number:literal, $name:literal, $file:literal) => {
        ($number, $name, include_str!(concat!("../migrations/", $file)))
    };
}

const MANAGEMENT: Set = Set {
    durability: Durability::PowerCut,
    connections: 6,
    migrations: Migrations {
        name: "management",
        table: "_sqlx_migrations",
        sqlite: &[
            step!(1, "start", "sqlite/management/0001_start.sql"),
            step!(2, "limit totals", "sqlite/management/0002_limit_totals.sql"),
            step!(3, "prices", "sqlite/management/0003_prices.sql"),
            step!(4, "keys", "sqlite/management/0004_keys.sql"),
            step!(5, "custom dialects", "sqlite/management/0005_custom_dialects.sql"),
            step!(6, "collectors", "sqlite/management/0006_collectors.sql"),
            step!(7, "audit filters", "sqlite/management/0007_audit_filters.sql"),
            step!(8, "ended sessions", "sqlite/management/0008_ended_sessions.sql"),
        ],
        postgres: &[
            step!(1, "start", "postgres/management/0001_start.sql"),
            step!(2, "limit totals", "postgres/management/0002_limit_totals.sql"),
            step!(3, "prices", "postgres/management/0003_prices.sql"),
            step!(4, "keys", "postgres/management/0004_keys.sql"),
            step!(5, "custom dialects", "postgres/management/0005_custom_dialects.sql"),
            step!(6, "collectors", "postgres/management/0006_collectors.sql"),
            step!(7, "audit filters", "postgres/management/0007_audit_filters.sql"),
            step!(8, "ended sessions", "postgres/management/0008_ended_sessions.sql"),
        ],
    },
};

const LOGS: Set = Set {
    durability: Durability::Crash,
    connections: 3,
    migrations: Migrations {
        name: "logs",
        table: "_sqlx_logs_migrations",
        sqlite: &[
            step!(1, "start", "sqlite/logs/0001_start.sql"),
            step!(2, "search", "sqlite/logs/0002_search.sql"),
            step!(3, "rollups", "sqlite/logs/0003_rollups.sql"),
            step!(4, "latest tags", "sqlite/logs/0004_latest_tags.sql"),
            step!(5, "sweeps", "sqlite/logs/0005_sweeps.sql"),
            step!(6, "walks", "sqlite/logs/0006_walks.sql"),
            step!(7, "loose kinds", "sqlite/logs/0007_loose_kinds.sql"),
        ],
        postgres: &[
            step!(1, "start", "postgres/logs/0001_start.sql"),
            step!(2, "search", "postgres/logs/0002_search.sql"),
            step!(3, "rollups", "postgres/logs/0003_rollups.sql"),
            step!(4, "latest tags", "postgres/logs/0004_latest_tags.sql"),
            step!(5, "sweeps", "postgres/logs/0005_sweeps.sql"),
            step!(6, "walks", "postgres/logs/0006_walks.sql"),
            step!(7, "loose kinds", "postgres/logs/0007_loose_kinds.sql"),
        ],
    },
};

/// The value sealed with the master key to know it again.
const CHECK: Place<'static> = Place { table: "facts", record: "master_key", field: "value" };

/// Everything that outlives the process, except limits. A clone is a handle to the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) log_db: Db,
    pub(crate) log_state: Arc<LogState>,
    pub(crate) sealer: Sealer,
}

impl Store {
    /// Opens `sqlite://<file>`, creating it and, beside it, `<file stem>-logs.<extension>`; or `postgres://…`, where everything is in
    /// the one database that the URL names. Migrates what is older than this program.
    ///
    /// # Errors
    /// [`Error::WrongMasterKey`] when another key sealed this database; [`Error::Away`] when the server cannot be reached;
    /// [`Error::Broken`] with a configuration error when the URL is none of these, or when a newer version of the program has migrated
    /// the database.
    pub async fn open(url: &str, master_key: &MasterKey) -> Result<Self> {
        let address = Address::parse(url)?;
        let (db, _) = open(&address, &MANAGEMENT).await?;
        let (log_db, _) = open(&address.of_logs(), &LOGS).await?;
        let log_state = Arc::new(LogState::new());
        let store = Self { db, log_db, log_state, sealer: Sealer::new(master_key) };
        if let Err(error) = store.check_master_key().await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Seals the check value with the first key that opens the database. Of several nodes one is first.
    async fn check_master_key(&self) -> Result<()> {
        let mut tx = self.db.write().await?;
        let mut known = check_value(&mut tx).await?;
        if known.is_none() {
            let value = self.sealer.seal(CHECK, &SecretString::from("pointsman"));
            query("insert into facts (name, value) values ($1, $2) on conflict (name) do nothing")
                .bind(CHECK.record)
                .bind(value)
                .execute(&mut tx)
                .await?;
            known = check_value(&mut tx).await?;
        }
        let known = known.unwrap_or_default();
        self.sealer.open(CHECK, &known).map_err(|_| Error::WrongMasterKey)?;
        tx.commit().await
    }

    /// Closes every connection, folding the write-ahead logs of SQLite into their files. Later calls fail with [`Error::Away`].
    pub async fn close(&self) {
        self.log_db.close().await;
        self.db.close().await;
    }

    /// Raised by every management write; for polling.
    ///
    /// # Errors
    /// [`Error::Away`] and [`Error::Broken`] as every call of the store.
    pub async fn revision(&self) -> Result<i64> {
        let mut tx = self.db.read().await?;
        Ok(query_scalar("select value from revision").fetch_one(&mut tx).await?)
    }

    /// Gateways: what a route, a key and a log belong to.
    #[must_use]
    pub fn gateways(&self) -> Gateways<'_> {
        Gateways(self)
    }

    /// Routes with their versions, deployments and drafts.
    #[must_use]
    pub fn routes(&self) -> Routes<'_> {
        Routes(self)
    }

    /// Stored provider keys.
    #[must_use]
    pub fn provider_configs(&self) -> ProviderConfigs<'_> {
        ProviderConfigs(self)
    }

    /// Providers that the operator added.
    #[must_use]
    pub fn custom_providers(&self) -> CustomProviders<'_> {
        CustomProviders(self)
    }

    /// Sessions of browsers.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// API tokens.
    #[must_use]
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }

    /// What was done, by whom.
    #[must_use]
    pub fn audit(&self) -> AuditLog<'_> {
        AuditLog(self)
    }

    /// Request logs.
    #[must_use]
    pub fn logs(&self) -> Logs<'_> {
        Logs(self)
    }

    /// Requests summed up.
    #[must_use]
    pub fn analytics(&self) -> Analytics<'_> {
        Analytics(self)
    }

    /// What limits have counted.
    #[must_use]
    pub fn limit_totals(&self) -> LimitTotals<'_> {
        LimitTotals(self)
    }

    /// What models of custom providers cost.
    #[must_use]
    pub fn provider_costs(&self) -> ProviderCosts<'_> {
        ProviderCosts(self)
    }

    /// Prices that override the catalogue's.
    #[must_use]
    pub fn prices(&self) -> Prices<'_> {
        Prices(self)
    }
}

/// Host and port of the server that a URL names; nothing for a file, and for what is no URL.
#[must_use]
pub fn server(url: &str) -> Option<String> {
    match Address::parse(url).ok()? {
        Address::File(_) => None,
        Address::Server(it) => Some(format!("{}:{}", it.get_host(), it.get_port())),
    }
}

/// Migrates the database of a URL, as [`Store::open`] does, and says what was missing.
///
/// # Errors
/// As [`Store::open`], except for the master key, which it does not need.
pub async fn migrate(url: &str) -> Result<Vec<Applied>> {
    let address = Address::parse(url)?;
    let (db, mut applied) = open(&address, &MANAGEMENT).await?;
    db.close().await;
    let (log_db, more) = open(&address.of_logs(), &LOGS).await?;
    log_db.close().await;
    applied.extend(more);
    Ok(applied)
}

async fn open(address: &Address, set: &Set) -> Result<(Db, Vec<Applied>)> {
    Ok(match address {
        Address::File(file) => {
            let (db, applied) = File::open(file, set.durability, &set.migrations).await?;
            (Db::Sqlite(db), applied)
        }
        Address::Server(options) => {
            let (db, applied) = Server::open(options, set.connections, &set.migrations).await?;
            (Db::Postgres(db), applied)
        }
    })
}

async fn check_value(tx: &mut Connection) -> Result<Option<Vec<u8>>> {
    let value = query_scalar("select value from facts where name = $1").bind(CHECK.record);
    Ok(value.fetch_optional(tx).await?)
}

/// The error of something that was not found in a gateway: which of the two is missing.
pub(crate) async fn missing(tx: &mut Connection, gateway: &str, what: &'static str) -> Error {
    let known = query_scalar::<i64>("select count(*) from gateways where id = $1")
        .bind(gateway)
        .fetch_one(tx)
        .await;
    match known {
        Ok(0) => Error::NotFound("gateway"),
        Ok(_) => Error::NotFound(what),
        Err(error) => error.into(),
    }
}
