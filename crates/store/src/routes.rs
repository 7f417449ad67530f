//! Routes with their versions and deployments. The client's JSON is kept to the letter.
//!
//! A version never changes; the database itself refuses to. Which version is deployed and which is the newest valid one
//! stand in the route's row, so that reading many routes is one join.
#![expect(
    clippy::too_many_arguments,
    reason = "actor, gateway, route and precondition are part of every write and of nothing else"
)]

mod draft;
mod live;
mod rows;
mod version;

pub use draft::Draft;
pub use live::LiveRoute;
pub use version::{Deployment, NewVersion, Version};

use route::ids::{GatewayId, RouteId, VersionId};
use serde_json::json;

use crate::db::{Connection, query, query_scalar};
use crate::error::{Error, OnConstraint, Result};
use crate::etag;
use crate::store::{Actor, Micros, Page, Store, missing};
use crate::write::{Deed, Write, new_id};

/// Routes. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call; [`Error::NotFound`] says
/// `gateway` where that is what is missing.
#[derive(Debug)]
pub struct Routes<'s>(pub(crate) &'s Store);

/// A route with its deployed version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Stays when the route is renamed.
    pub id: RouteId,
    /// The gateway it is in.
    pub gateway: GatewayId,
    /// Unique in the gateway.
    pub name: String,
    /// When it was created.
    pub created_at: Micros,
    /// Grows with every change of name, versions or deployment.
    pub modified_at: Micros,
    /// The deployed version.
    pub version: Option<Version>,
    /// The deployment that counts: the newest.
    pub deployment: Option<Deployment>,
    /// Newest valid version, deployed or not.
    pub latest_valid: Option<VersionId>,
    /// Strong, quoted: changes with name, deployment or versions.
    pub etag: String,
}

impl Routes<'_> {
    /// Routes of a gateway, newest first; and how many there are.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn list(&self, gateway: &GatewayId, page: Page) -> Result<(Vec<Route>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 = query_scalar("select count(*) from routes where gateway_id = $1")
            .bind(gateway.as_str())
            .fetch_one(&mut tx)
            .await?;
        if total == 0
            && matches!(missing(&mut tx, gateway.as_str(), "").await, Error::NotFound("gateway"))
        {
            return Err(Error::NotFound("gateway"));
        }
        let rows = query(rows::route_where!(
            "r.gateway_id = $1 order by r.created_at desc, r.id desc limit $2 offset $3"
        ))
        .bind(gateway.as_str())
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&mut tx)
        .await?;
        Ok((rows.iter().map(rows::route).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
    }

    /// The route with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, gateway: &GatewayId, id: &RouteId) -> Result<Route> {
        find(&mut *self.0.db.read().await?, gateway, id).await
    }

    /// Creates route, version 1 and its deployment in one transaction. That the version is valid is the caller's to see to.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Exists`] when the gateway has a route of this name.
    pub async fn create(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        name: &str,
        version: NewVersion,
    ) -> Result<Route> {
        let mut write = self.0.write().await?;
        let id = RouteId::from(new_id());
        query(
            "insert into routes (id, gateway_id, name, created_at, modified_at) values ($1, $2, $3, $4, $4)",
        )
        .bind(id.as_str())
        .bind(gateway.as_str())
        .bind(name)
        .bind(write.now)
        .execute(&mut write)
        .await
        .on_unique("route", name)
        .on_foreign_key("gateway")?;
        let comment = version.comment.clone();
        let version = version::insert(&mut write, actor, &id, version).await?;
        version::deploy(&mut write, actor, &id, &version.id, comment).await?;
        let route = find(&mut write, gateway, &id).await?;
        write.commit(actor, route_deed("route.create", &route)).await?;
        Ok(route)
    }

    /// Renames and/or adds a version and deploys it, in one transaction. `if_match`: `*` or entity tags.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`]; [`Error::Exists`] when another route has the name.
    pub async fn update(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        name: Option<&str>,
        version: Option<NewVersion>,
        if_match: Option<&str>,
    ) -> Result<Route> {
        let mut write = self.0.write().await?;
        let before = matching(&mut write, gateway, id, if_match).await?;
        if let Some(name) = name {
            rename(&mut write, id, name).await?;
        }
        if let Some(version) = version {
            let comment = version.comment.clone();
            let version = version::insert(&mut write, actor, id, version).await?;
            version::deploy(&mut write, actor, id, &version.id, comment).await?;
        }
        touch(&mut write, id, before.modified_at).await?;
        let route = find(&mut write, gateway, id).await?;
        write.commit(actor, route_deed("route.update", &route)).await?;
        Ok(route)
    }

    /// Deletes the route with its versions, deployments and draft; returns what it was.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`].
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        if_match: Option<&str>,
    ) -> Result<Route> {
        let mut write = self.0.write().await?;
        let route = matching(&mut write, gateway, id, if_match).await?;
        query("delete from routes where id = $1").bind(id.as_str()).execute(&mut write).await?;
        write.commit(actor, route_deed("route.delete", &route)).await?;
        Ok(route)
    }

    /// Versions of a route, newest first; and how many there are.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn versions(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        page: Page,
    ) -> Result<(Vec<Version>, u64)> {
        let mut tx = self.0.db.read().await?;
        exists(&mut tx, gateway, id).await?;
        version::list(&mut tx, id, page).await
    }

    /// One version of a route.
    ///
    /// # Errors
    /// [`Error::NotFound`], of `route` or `version`.
    pub async fn version(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        version: &VersionId,
    ) -> Result<Version> {
        let mut tx = self.0.db.read().await?;
        exists(&mut tx, gateway, id).await?;
        version::find(&mut tx, id, version).await
    }

    /// Adds a version, valid or not, without deploying it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`].
    pub async fn create_version(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        version: NewVersion,
        if_match: Option<&str>,
    ) -> Result<(Route, Version)> {
        let mut write = self.0.write().await?;
        let before = matching(&mut write, gateway, id, if_match).await?;
        let version = version::insert(&mut write, actor, id, version).await?;
        touch(&mut write, id, before.modified_at).await?;
        let route = find(&mut write, gateway, id).await?;
        let deed = Deed {
            action: "version.create",
            gateway: Some(gateway),
            resource: version.id.as_str(),
            detail: json!({"route": id, "name": route.name, "number": version.number, "is_valid": version.is_valid}),
        };
        write.commit(actor, deed).await?;
        Ok((route, version))
    }

    /// Deployments of a route, newest first; and how many there are.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn deployments(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        page: Page,
    ) -> Result<(Vec<Deployment>, u64)> {
        let mut tx = self.0.db.read().await?;
        exists(&mut tx, gateway, id).await?;
        version::deployments(&mut tx, id, page).await
    }

    /// Deploys a version of the route; an older one is a rollback. That it is valid is the caller's to see to: versions
    /// never change, so what was read before the call still holds.
    ///
    /// # Errors
    /// [`Error::NotFound`], of `route` or `version`; [`Error::Stale`].
    pub async fn deploy(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        version: &VersionId,
        comment: Option<&str>,
        if_match: Option<&str>,
    ) -> Result<Route> {
        let mut write = self.0.write().await?;
        let before = matching(&mut write, gateway, id, if_match).await?;
        let version = version::find(&mut write, id, version).await?;
        let comment = comment.map(ToOwned::to_owned);
        let deployment = version::deploy(&mut write, actor, id, &version.id, comment).await?;
        touch(&mut write, id, before.modified_at).await?;
        let route = find(&mut write, gateway, id).await?;
        let deed = Deed {
            action: "deployment.create",
            gateway: Some(gateway),
            resource: deployment.as_str(),
            detail: json!({"route": id, "name": route.name, "version": version.id, "number": version.number}),
        };
        write.commit(actor, deed).await?;
        Ok(route)
    }

    /// The working draft of a route, if there is one.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn draft(&self, gateway: &GatewayId, id: &RouteId) -> Result<Option<Draft>> {
        let mut tx = self.0.db.read().await?;
        exists(&mut tx, gateway, id).await?;
        draft::find(&mut tx, id).await
    }

    /// Writes the working draft. Without `if_match` the last writer wins.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`], also when a condition is given and there is no draft yet.
    pub async fn put_draft(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        elements: &str,
        if_match: Option<&str>,
    ) -> Result<Draft> {
        let check = |before| etag::check(if_match, before);
        self.write_draft(actor, (gateway, id), elements, check).await
    }

    /// Writes the first working draft.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Stale`] when there is one already.
    pub async fn create_draft(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        elements: &str,
    ) -> Result<Draft> {
        self.write_draft(actor, (gateway, id), elements, etag::check_absent).await
    }

    /// Writes the working draft if `check` agrees to when the one that is there, if any, was written.
    async fn write_draft(
        &self,
        actor: &Actor,
        (gateway, id): (&GatewayId, &RouteId),
        elements: &str,
        check: impl FnOnce(Option<Micros>) -> Result<()>,
    ) -> Result<Draft> {
        let mut write = self.0.write().await?;
        exists(&mut write, gateway, id).await?;
        let before = draft::find(&mut write, id).await?.map(|it| it.modified_at);
        check(before)?;
        let draft = draft::put(&mut write, actor, id, elements, before).await?;
        let deed = Deed {
            action: "draft.update",
            gateway: Some(gateway),
            resource: id.as_str(),
            detail: json!({"bytes": elements.len()}),
        };
        write.commit(actor, deed).await?;
        Ok(draft)
    }

    /// For the catalog: every route of a gateway with its deployed and newest valid version, by name, in one query.
    /// An unknown gateway has none.
    ///
    /// # Errors
    /// None of its own.
    pub async fn live(&self, gateway: &GatewayId) -> Result<Vec<LiveRoute>> {
        live::all(&mut *self.0.db.read().await?, gateway).await
    }

    /// As [`Routes::live`], of one route; `None` when it is gone.
    ///
    /// # Errors
    /// None of its own.
    pub async fn live_one(&self, gateway: &GatewayId, id: &RouteId) -> Result<Option<LiveRoute>> {
        live::one(&mut *self.0.db.read().await?, gateway, id).await
    }
}

async fn find(tx: &mut Connection, gateway: &GatewayId, id: &RouteId) -> Result<Route> {
    let row = query(rows::route_where!("r.gateway_id = $1 and r.id = $2"))
        .bind(gateway.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    match row {
        Some(row) => Ok(rows::route(&row)?),
        None => Err(missing(tx, gateway.as_str(), "route").await),
    }
}

/// The route as it is, if the precondition holds.
async fn matching(
    write: &mut Write,
    gateway: &GatewayId,
    id: &RouteId,
    if_match: Option<&str>,
) -> Result<Route> {
    let route = find(write, gateway, id).await?;
    etag::check(if_match, Some(route.modified_at))?;
    Ok(route)
}

async fn exists(tx: &mut Connection, gateway: &GatewayId, id: &RouteId) -> Result<()> {
    let known: i64 = query_scalar("select count(*) from routes where gateway_id = $1 and id = $2")
        .bind(gateway.as_str())
        .bind(id.as_str())
        .fetch_one(&mut *tx)
        .await?;
    if known == 0 { Err(missing(tx, gateway.as_str(), "route").await) } else { Ok(()) }
}

async fn rename(write: &mut Write, id: &RouteId, name: &str) -> Result<()> {
    query("update routes set name = $2 where id = $1")
        .bind(id.as_str())
        .bind(name)
        .execute(write)
        .await
        .on_unique("route", name)?;
    Ok(())
}

async fn touch(write: &mut Write, id: &RouteId, before: Micros) -> Result<()> {
    let after = write.after(before);
    query("update routes set modified_at = $2 where id = $1")
        .bind(id.as_str())
        .bind(after)
        .execute(write)
        .await?;
    Ok(())
}

fn route_deed<'a>(action: &'static str, route: &'a Route) -> Deed<'a> {
    Deed {
        action,
        gateway: Some(&route.gateway),
        resource: route.id.as_str(),
        detail: json!({
            "name": route.name,
            "version": route.version.as_ref().map(|it| &it.id),
            "deployment": route.deployment.as_ref().map(|it| &it.id),
        }),
    }
}
