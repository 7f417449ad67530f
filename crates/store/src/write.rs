//! A management write: one transaction that cannot be committed without its entry in the audit log.

use std::ops::{Deref, DerefMut};

use route::ids::GatewayId;
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Connection, Tx, query};
use crate::error::Result;
use crate::store::{Actor, Micros, Store};

/// Where other nodes are told that there is a new revision.
pub(crate) const CHANNEL: &str = "pointsman";

/// A writing transaction; dropped without [`Write::commit`], it changes nothing.
#[derive(Debug)]
pub(crate) struct Write {
    tx: Tx,
    /// When it began: the time of everything written in it.
    pub(crate) now: Micros,
}

/// What was done, for the audit log; no secrets.
#[derive(Debug)]
pub(crate) struct Deed<'a> {
    pub(crate) action: &'static str,
    pub(crate) gateway: Option<&'a GatewayId>,
    /// Id of the thing it was done to.
    pub(crate) resource: &'a str,
    pub(crate) detail: Value,
}

impl Store {
    /// Begins with the revision: it is the row at which the writers of all nodes wait for each other, so revisions are committed in
    /// their order, and what is read in a write stays so until its end.
    pub(crate) async fn write(&self) -> Result<Write> {
        let mut tx = self.db.write().await?;
        query("update revision set value = value + 1").execute(&mut tx).await?;
        Ok(Write { tx, now: jiff::Timestamp::now().as_microsecond() })
    }
}

impl Store {
    /// Writes into the audit log what is done elsewhere, and changes nothing that other nodes need to know.
    pub(crate) async fn note(&self, actor: &Actor, deed: Deed<'_>) -> Result<()> {
        let tx = self.db.write().await?;
        let mut write = Write { tx, now: jiff::Timestamp::now().as_microsecond() };
        write.enter(actor, deed).await?;
        write.tx.commit().await
    }
}

impl Write {
    /// Extends the audit log, commits, and says so to the other nodes.
    pub(crate) async fn commit(mut self, actor: &Actor, deed: Deed<'_>) -> Result<()> {
        self.enter(actor, deed).await?;
        self.tx.announce(CHANNEL).await?;
        self.tx.commit().await
    }

    async fn enter(&mut self, actor: &Actor, deed: Deed<'_>) -> Result<()> {
        query(
            "insert into audit (id, at, actor_id, actor_name, action, gateway_id, resource, detail) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new_id())
        .bind(self.now)
        .bind(&*actor.id)
        .bind(&*actor.name)
        .bind(deed.action)
        .bind(deed.gateway.map(GatewayId::as_str))
        .bind(deed.resource)
        .bind(deed.detail.to_string())
        .execute(&mut self.tx)
        .await?;
        Ok(())
    }

    /// A time for `modified_at` that is later than the one it replaces, whatever the clock says.
    pub(crate) fn after(&self, before: Micros) -> Micros {
        self.now.max(before.saturating_add(1))
    }
}

impl Deref for Write {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        &self.tx
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.tx
    }
}

/// A new id: `UUIDv7`, lower case.
pub(crate) fn new_id() -> String {
    Uuid::now_v7().to_string()
}
