//! The append-only audit log: written by every management write, read here. The database itself refuses to change it.

use crate::db::{Row, query, query_scalar};
use crate::error::Result;
use crate::store::{Actor, Micros, Page, Store};
use crate::write::Deed;
use route::ids::GatewayId;
use serde_json::Value;

/// The audit log.
#[derive(Debug)]
pub struct AuditLog<'s>(pub(crate) &'s Store);

/// One management write.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// `UUIDv7`.
    pub id: String,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: Actor,
    /// `route.create`, `deployment.create`, …
    pub action: String,
    /// The gateway it was done in, if in one.
    pub gateway: Option<String>,
    /// Id of what it was done to.
    pub resource: String,
    /// JSON object: what is good to know about it; no secrets.
    pub detail: String,
}

impl AuditLog<'_> {
    /// Entries of one gateway, or of all, newest first; and how many there are.
    ///
    /// # Errors
    /// [`crate::Error::Away`] and [`crate::Error::Broken`].
    pub async fn list(&self, gateway: Option<&str>, page: Page) -> Result<(Vec<AuditEntry>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 =
            query_scalar("select count(*) from audit where $1 is null or gateway_id = $1")
                .bind(gateway)
                .fetch_one(&mut tx)
                .await?;
        let rows = query(
            "select id, at, actor_id, actor_name, action, gateway_id, resource, detail from audit \
             where $1 is null or gateway_id = $1 order by number desc limit $2 offset $3",
        )
        .bind(gateway)
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&mut tx)
        .await?;
        let entries = rows.iter().map(entry).collect::<sqlx::Result<_>>()?;
        Ok((entries, total.unsigned_abs()))
    }

    /// Notes that somebody has reset a bucket of a limit, which is counted elsewhere. `detail`: which, and what it had.
    ///
    /// # Errors
    /// [`crate::Error::Away`], [`crate::Error::Full`] and [`crate::Error::Broken`].
    pub async fn limit_reset(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        resource: &str,
        detail: Value,
    ) -> Result<()> {
        let deed = Deed { action: "limit.reset", gateway: Some(gateway), resource, detail };
        self.0.note(actor, deed).await
    }
}

fn entry(row: &Row) -> sqlx::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row.get("at")?,
        actor: Actor { id: row.get("actor_id")?, name: row.get("actor_name")? },
        action: row.get("action")?,
        gateway: row.get("gateway_id")?,
        resource: row.get("resource")?,
        detail: row.get("detail")?,
    })
}
