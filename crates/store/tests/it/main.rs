//! The store on a real SQLite file and on a real PostgreSQL server: one suite, every test on both.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cognitive_complexity,
    clippy::too_many_lines,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, spawns what it lets race, tells a story from its beginning to its end, and what it measured"
)]

use std::path::Path;

use route::ids::GatewayId;
use sqlx::Connection as _;
use store::{Actor, AuditQuery, MasterKey, NewGateway, NewVersion, Page, Store};
use tempfile::TempDir;

mod analytics;
mod audit;
mod copy;
mod durability;
mod gateways;
mod limit_totals;
mod log_search;
mod log_texts;
mod logs;
mod nodes;
mod providers;
mod routes;
mod server;
mod sessions;
mod tokens;
mod wire;

const ALL: Page = Page { page: 1, per_page: 1000 };
const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// What a store may be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Database {
    Sqlite,
    Postgres,
}

/// Runs each of the named tests on either database.
macro_rules! on_each_database {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $test() { Box::pin(super::$test(crate::Database::Sqlite)).await })*
        }
        mod postgres {
            $(#[tokio::test] async fn $test() { Box::pin(super::$test(crate::Database::Postgres)).await })*
        }
    };
}
use on_each_database;

/// A store with the gateway `default`, on a database of its own.
struct Home {
    store: Store,
    gateway: GatewayId,
    url: String,
    /// Holds the files of SQLite, and goes with them.
    dir: TempDir,
}

impl Home {
    async fn new(database: Database) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = match database {
            Database::Sqlite => url(dir.path()),
            Database::Postgres => new_database().await,
        };
        let store = open(&url).await;
        let gateway = store.gateways().ensure_default(&me(), gateway("default")).await.unwrap().id;
        Self { store, gateway, url, dir }
    }

    /// As after the end of the process.
    async fn reopened(self) -> Self {
        self.store.close().await;
        Self { store: open(&self.url).await, ..self }
    }

    async fn route(&self, name: &str, elements: &str) -> store::Route {
        self.store.routes().create(&me(), &self.gateway, name, version(elements)).await.unwrap()
    }

    async fn raw(&self) -> Raw {
        Raw::open(&self.url).await
    }

    /// Where the request logs are.
    async fn log_raw(&self) -> Raw {
        Raw::open(&self.url.replace("pointsman.db", "pointsman-logs.db")).await
    }
}

/// A connection past the store, as an administrator with a shell has it.
enum Raw {
    Sqlite(sqlx::SqliteConnection),
    Postgres(sqlx::PgConnection),
}

impl Raw {
    async fn open(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            Self::Sqlite(sqlx::SqliteConnection::connect(url).await.unwrap())
        } else {
            Self::Postgres(sqlx::PgConnection::connect(url).await.unwrap())
        }
    }

    async fn execute(&mut self, sql: &str) -> sqlx::Result<u64> {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        Ok(match self {
            Self::Sqlite(it) => sql.execute(it).await?.rows_affected(),
            Self::Postgres(it) => sql.execute(it).await?.rows_affected(),
        })
    }

    async fn number(&mut self, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(it) => sqlx::query_scalar(sql).fetch_one(it).await.unwrap(),
            Self::Postgres(it) => sqlx::query_scalar(sql).fetch_one(it).await.unwrap(),
        }
    }

    async fn texts(&mut self, sql: &str) -> Vec<String> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(it) => sqlx::query_scalar(sql).fetch_all(it).await.unwrap(),
            Self::Postgres(it) => sqlx::query_scalar(sql).fetch_all(it).await.unwrap(),
        }
    }
}

/// The URL of a new, empty database on the test server.
async fn new_database() -> String {
    let server = std::env::var("POINTSMAN_TEST_POSTGRES_URL").expect(
        "POINTSMAN_TEST_POSTGRES_URL is not set: run this through `make unit` or `scripts/with-services`",
    );
    let name = format!("store_{}", uuid::Uuid::now_v7().simple());
    let mut raw = Raw::open(&server).await;
    raw.execute(&format!("create database {name}")).await.unwrap();
    let (server, _) = server.rsplit_once('/').unwrap();
    format!("{server}/{name}")
}

fn url(dir: &Path) -> String {
    format!("sqlite://{}", dir.join("pointsman.db").display())
}

async fn open(url: &str) -> Store {
    Store::open(url, &MasterKey::parse(KEY).unwrap()).await.unwrap()
}

fn me() -> Actor {
    Actor { id: "t1".into(), name: "Ada".into() }
}

fn of_gateway(id: &str) -> AuditQuery {
    AuditQuery { gateway: Some(id.into()), ..AuditQuery::default() }
}

fn gateway(id: &str) -> NewGateway {
    NewGateway {
        id: id.into(),
        authentication: false,
        collect_logs: true,
        settings: "{}".into(),
        collectors: None,
    }
}

fn version(elements: &str) -> NewVersion {
    NewVersion { elements: elements.into(), is_valid: true, problems: "[]".into(), comment: None }
}

fn calling(provider: &str) -> String {
    format!(r#"[{{"id":"m","type":"model","properties":{{"provider":"{provider}","model":"x"}}}}]"#)
}
