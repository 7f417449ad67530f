//! The store on a real SQLite file.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and spawns what it lets race"
)]

use std::path::Path;

use route::ids::GatewayId;
use store::{Actor, MasterKey, NewGateway, NewVersion, Page, Store};
use tempfile::TempDir;

mod durability;
mod gateways;
mod logs;
mod providers;
mod routes;
mod tokens;

const ALL: Page = Page { page: 1, per_page: 1000 };
const KEY: &str = "0707070707070707070707070707070707070707070707070707070707070707";

/// A store with the gateway `default`, in a folder that goes with it.
struct Home {
    store: Store,
    gateway: GatewayId,
    dir: TempDir,
}

impl Home {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path()).await;
        let gateway = store.gateways().ensure_default(&me(), gateway("default")).await.unwrap().id;
        Self { store, gateway, dir }
    }

    /// As after the end of the process.
    async fn reopened(self) -> Self {
        self.store.close().await;
        Self { store: open(self.dir.path()).await, ..self }
    }

    async fn route(&self, name: &str, elements: &str) -> store::Route {
        self.store.routes().create(&me(), &self.gateway, name, version(elements)).await.unwrap()
    }

    /// A connection past the store, as an administrator with a shell has it.
    async fn raw(&self) -> sqlx::SqlitePool {
        sqlx::SqlitePool::connect(&url(self.dir.path())).await.unwrap()
    }
}

fn url(dir: &Path) -> String {
    format!("sqlite://{}", dir.join("pointsman.db").display())
}

async fn open(dir: &Path) -> Store {
    Store::open(&url(dir), &MasterKey::parse(KEY).unwrap()).await.unwrap()
}

fn me() -> Actor {
    Actor { id: "t1".into(), name: "Ada".into() }
}

fn gateway(id: &str) -> NewGateway {
    NewGateway { id: id.into(), authentication: false, collect_logs: true, settings: "{}".into() }
}

fn version(elements: &str) -> NewVersion {
    NewVersion { elements: elements.into(), is_valid: true, problems: "[]".into(), comment: None }
}

fn calling(provider: &str) -> String {
    format!(r#"[{{"id":"m","type":"model","properties":{{"provider":"{provider}","model":"x"}}}}]"#)
}
