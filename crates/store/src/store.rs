//! The store itself: opened once, cloned freely, one accessor a resource.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;
use sqlx::sqlite::SqliteConnectOptions;

use crate::db::{Connection, Db, Durability, Migrations};
use crate::error::{Error, Result};
use crate::sealer::{Place, Sealer};
use crate::{
    AuditLog, CustomProviders, Gateways, Logs, MasterKey, Prices, ProviderConfigs, Routes, Tokens,
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

const MANAGEMENT: Migrations =
    &[(1, "start", include_str!("../migrations/sqlite/management/0001_start.sql"))];
const LOGS: Migrations = &[(1, "start", include_str!("../migrations/sqlite/logs/0001_start.sql"))];

/// The value sealed with the master key to know it again.
const CHECK: Place<'static> = Place { table: "facts", record: "master_key", field: "value" };

/// Everything that outlives the process, except limits. A clone is a handle to the same store.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) log_db: Db,
    pub(crate) sealer: Sealer,
}

impl Store {
    /// Opens `sqlite://<file>`, creating and migrating it and, beside it, `<file stem>-logs.<extension>`.
    ///
    /// # Errors
    /// [`Error::WrongMasterKey`] when another key sealed this database; [`Error::Broken`] with a configuration error when
    /// the URL is not that of an SQLite file, or when a newer version of the program has migrated the file.
    pub async fn open(url: &str, master_key: &MasterKey) -> Result<Self> {
        let file = file_of(url)?;
        let db = Db::open(&file, Durability::PowerCut, MANAGEMENT).await?;
        let log_db = Db::open(&log_file(&file), Durability::Crash, LOGS).await?;
        let store = Self { db, log_db, sealer: Sealer::new(master_key) };
        if let Err(error) = store.check_master_key().await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    async fn check_master_key(&self) -> Result<()> {
        let mut tx = self.db.write().await?;
        let known: Option<Vec<u8>> = sqlx::query_scalar("select value from facts where name = $1")
            .bind(CHECK.record)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(value) = known {
            self.sealer.open(CHECK, &value).map_err(|_| Error::WrongMasterKey)?;
            return Ok(());
        }
        let value = self.sealer.seal(CHECK, &SecretString::from("pointsman"));
        sqlx::query("insert into facts (name, value) values ($1, $2)")
            .bind(CHECK.record)
            .bind(value)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Closes every connection, folding the write-ahead logs into their files. Later calls fail with [`Error::Away`].
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
        Ok(sqlx::query_scalar("select value from revision").fetch_one(&mut *tx).await?)
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

    /// Prices that override the catalogue's.
    #[must_use]
    pub fn prices(&self) -> Prices<'_> {
        Prices(self)
    }
}

/// Refuses what is no file: several connections of one in-memory database would each see their own.
fn file_of(url: &str) -> Result<PathBuf> {
    let refuse = |why: &str| Err(Error::Broken(sqlx::Error::Configuration(why.into())));
    if !url.starts_with("sqlite:") {
        return refuse("the database URL must start with sqlite://");
    }
    let options = SqliteConnectOptions::from_str(url)?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return refuse("the database URL must name a file, not memory");
    }
    Ok(options.get_filename().to_owned())
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

/// The error of something that was not found in a gateway: which of the two is missing.
pub(crate) async fn missing(tx: &mut Connection, gateway: &str, what: &'static str) -> Error {
    let known = sqlx::query_scalar::<_, i64>("select count(*) from gateways where id = $1")
        .bind(gateway)
        .fetch_one(tx)
        .await;
    match known {
        Ok(0) => Error::NotFound("gateway"),
        Ok(_) => Error::NotFound(what),
        Err(error) => error.into(),
    }
}
