//! Gateways: the scope of routes, keys, prices and logs.

use std::fmt;

use route::ids::GatewayId;
use secrecy::SecretString;
use serde_json::json;

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::{Error, OnConstraint, Result};
use crate::in_use;
use crate::sealer::Place;
use crate::store::{Actor, Micros, Page, Store};
use crate::write::{Deed, Write};

/// Gateways.
#[derive(Debug)]
pub struct Gateways<'s>(pub(crate) &'s Store);

/// A gateway as it is.
#[expect(
    clippy::struct_excessive_bools,
    reason = "three independent facts, each a field of the documented object"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Chosen by its owner.
    pub id: GatewayId,
    /// Whether callers need a token.
    pub authentication: bool,
    /// Whether requests are logged.
    pub collect_logs: bool,
    /// The documented gateway object's remaining fields as the client sent them (JSON object text).
    pub settings: String,
    /// Whether it is the one that exists from the start.
    pub is_default: bool,
    /// Where its spans go, sealed; see [`Gateways::collectors`].
    pub collectors: Option<Sealed>,
    /// When it was created.
    pub created_at: Micros,
    /// When it was last replaced; grows with every write.
    pub modified_at: Micros,
}

/// A secret as it is stored. A gateway is readable without it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}

/// A gateway as it shall be.
#[derive(Clone, Debug)]
pub struct NewGateway {
    /// Chosen by its owner.
    pub id: GatewayId,
    /// Whether callers need a token.
    pub authentication: bool,
    /// Whether requests are logged.
    pub collect_logs: bool,
    /// The documented gateway object's remaining fields as the client sent them (JSON object text).
    pub settings: String,
    /// Where its spans go: JSON text that is kept sealed, since headers may hold keys. `None`: nowhere of its own.
    pub collectors: Option<SecretString>,
}

/// Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call.
impl Gateways<'_> {
    /// Gateways whose id contains `search` (ASCII case ignored), by age, oldest first; and how many there are.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, search: Option<&str>, page: Page) -> Result<(Vec<Gateway>, u64)> {
        let search = search.unwrap_or_default().to_ascii_lowercase();
        let mut tx = self.0.db.read().await?;
        let total: i64 = query_scalar(
            "select count(*) from gateways where $1 = '' or replace(lower(id), $1, '') <> lower(id)",
        )
        .bind(&*search)
        .fetch_one(&mut tx)
        .await?;
        let rows = query(
            "select * from gateways where $1 = '' or replace(lower(id), $1, '') <> lower(id) \
             order by created_at, id limit $2 offset $3",
        )
        .bind(&*search)
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&mut tx)
        .await?;
        Ok((rows.iter().map(gateway).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
    }

    /// All gateways, oldest first.
    ///
    /// # Errors
    /// None of its own.
    pub async fn all(&self) -> Result<Vec<Gateway>> {
        let mut tx = self.0.db.read().await?;
        let rows =
            query("select * from gateways order by created_at, id").fetch_all(&mut tx).await?;
        Ok(rows.iter().map(gateway).collect::<sqlx::Result<_>>()?)
    }

    /// The gateway with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, id: &GatewayId) -> Result<Gateway> {
        let mut tx = self.0.db.read().await?;
        find(&mut tx, id).await?.ok_or(Error::NotFound("gateway"))
    }

    /// Creates a gateway; it starts without logs, even if one of this id had some.
    ///
    /// # Errors
    /// [`Error::Exists`].
    pub async fn create(&self, actor: &Actor, gateway: NewGateway) -> Result<Gateway> {
        let write = self.0.write().await?;
        self.insert(write, actor, gateway, false).await
    }

    /// The gateway that exists from the start: created as given when there is none of that id, else left as it is.
    ///
    /// # Errors
    /// None of its own.
    pub async fn ensure_default(&self, actor: &Actor, gateway: NewGateway) -> Result<Gateway> {
        let mut write = self.0.write().await?;
        if let Some(known) = find(&mut write, &gateway.id).await? {
            return Ok(known);
        }
        self.insert(write, actor, gateway, true).await
    }

    async fn insert(
        &self,
        mut write: Write,
        actor: &Actor,
        new: NewGateway,
        is_default: bool,
    ) -> Result<Gateway> {
        query(
            "insert into gateways (id, authentication, collect_logs, settings, is_default, created_at, modified_at, collectors) \
             values ($1, $2, $3, $4, $5, $6, $6, $7)",
        )
        .bind(new.id.as_str())
        .bind(new.authentication)
        .bind(new.collect_logs)
        .bind(new.settings)
        .bind(is_default)
        .bind(write.now)
        .bind(self.sealed(&new.id, new.collectors.as_ref()))
        .execute(&mut write)
        .await
        .on_unique("gateway", new.id.as_str())?;
        self.0.logs().forget(&new.id).await?;
        self.0.analytics().forget(&new.id).await?;
        let gateway = found(&mut write, &new.id).await?;
        write.commit(actor, deed("gateway.create", &gateway)).await?;
        Ok(gateway)
    }

    /// Replaces what the gateway says of itself: `new` is given what it says while nobody else can write, so that nothing it keeps is
    /// undone. The id stays as it is.
    ///
    /// # Errors
    /// Those of `new`, and then nothing is changed; [`Error::NotFound`].
    pub async fn replace<E: From<Error>>(
        &self,
        actor: &Actor,
        id: &GatewayId,
        new: impl FnOnce(&Gateway) -> std::result::Result<NewGateway, E> + Send,
    ) -> std::result::Result<Gateway, E> {
        let mut write = self.0.write().await?;
        let before = found(&mut write, id).await?;
        let after = new(&before)?;
        let collectors = self.sealed(id, after.collectors.as_ref());
        Ok(replace(write, actor, &before, (after, collectors)).await?)
    }

    /// Where the spans of a gateway go, opened.
    ///
    /// # Errors
    /// [`Error::Sealed`] alone.
    pub fn collectors(&self, gateway: &Gateway) -> Result<Option<SecretString>> {
        let Some(Sealed(sealed)) = &gateway.collectors else { return Ok(None) };
        self.0.sealer.open(place(&gateway.id), sealed).map(Some)
    }

    fn sealed(&self, id: &GatewayId, collectors: Option<&SecretString>) -> Option<Vec<u8>> {
        collectors.map(|it| self.0.sealer.seal(place(id), it))
    }

    /// Deletes the gateway and what is in it, logs included; with deployed routes only when `force`.
    ///
    /// # Errors
    /// [`Error::NotFound`], and [`Error::InUse`] with the deployed routes.
    pub async fn delete(&self, actor: &Actor, id: &GatewayId, force: bool) -> Result<Gateway> {
        let mut write = self.0.write().await?;
        let gateway = found(&mut write, id).await?;
        if !force {
            in_use::refuse(deployed(&mut write, id).await?)?;
        }
        query("delete from gateways where id = $1").bind(id.as_str()).execute(&mut write).await?;
        write.commit(actor, deed("gateway.delete", &gateway)).await?;
        self.forget_logs(id).await;
        Ok(gateway)
    }

    /// A failure is not the caller's: the gateway is gone, and what is left is deleted before its id is used again.
    async fn forget_logs(&self, id: &GatewayId) {
        let logs = self.0.logs().forget(id).await;
        let analytics = self.0.analytics().forget(id).await;
        if let Err(error) = logs.and(analytics) {
            tracing::warn!(gateway = %id, %error, "logs or analytics of a deleted gateway are still there");
        }
    }
}

async fn replace(
    mut write: Write,
    actor: &Actor,
    before: &Gateway,
    (new, collectors): (NewGateway, Option<Vec<u8>>),
) -> Result<Gateway> {
    query(
        "update gateways set authentication = $2, collect_logs = $3, settings = $4, modified_at = $5, collectors = $6 \
         where id = $1",
    )
    .bind(before.id.as_str())
    .bind(new.authentication)
    .bind(new.collect_logs)
    .bind(new.settings)
    .bind(write.after(before.modified_at))
    .bind(collectors)
    .execute(&mut write)
    .await?;
    let after = found(&mut write, &before.id).await?;
    write.commit(actor, deed("gateway.update", &after)).await?;
    Ok(after)
}

fn place(id: &GatewayId) -> Place<'_> {
    Place { table: "gateways", record: id.as_str(), field: "collectors" }
}

async fn find(tx: &mut Connection, id: &GatewayId) -> Result<Option<Gateway>> {
    let row =
        query("select * from gateways where id = $1").bind(id.as_str()).fetch_optional(tx).await?;
    Ok(row.as_ref().map(gateway).transpose()?)
}

async fn found(tx: &mut Connection, id: &GatewayId) -> Result<Gateway> {
    find(tx, id).await?.ok_or(Error::NotFound("gateway"))
}

/// Names of the deployed routes.
async fn deployed(tx: &mut Connection, id: &GatewayId) -> Result<Vec<String>> {
    Ok(query_scalar(
        "select name from routes where gateway_id = $1 and deployment_id is not null order by name",
    )
    .bind(id.as_str())
    .fetch_all(tx)
    .await?)
}

fn deed<'a>(action: &'static str, gateway: &'a Gateway) -> Deed<'a> {
    Deed {
        action,
        gateway: Some(&gateway.id),
        resource: gateway.id.as_str(),
        detail: json!({"authentication": gateway.authentication, "collect_logs": gateway.collect_logs}),
    }
}

fn gateway(row: &Row) -> sqlx::Result<Gateway> {
    Ok(Gateway {
        id: row.get::<String>("id")?.into(),
        authentication: row.get("authentication")?,
        collect_logs: row.get("collect_logs")?,
        settings: row.get("settings")?,
        is_default: row.get("is_default")?,
        collectors: row.get::<Option<Vec<u8>>>("collectors")?.map(Sealed),
        created_at: row.get("created_at")?,
        modified_at: row.get("modified_at")?,
    })
}
