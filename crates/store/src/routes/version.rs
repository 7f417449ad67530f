//! Versions, which never change, and deployments, which point at them.

use route::ids::{DeploymentId, RouteId, VersionId};

use super::rows;
use crate::db::{Connection, query, query_scalar};
use crate::error::{Error, Result};
use crate::store::{Actor, Micros, Page};
use crate::write::{Write, new_id};

/// One immutable version of a route's graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Never used for another.
    pub id: VersionId,
    /// From 1, in the order of creation.
    pub number: i64,
    /// The client's JSON text, to the letter.
    pub elements: String,
    /// Whether it compiled without an error when it was made.
    pub is_valid: bool,
    /// JSON array of problems, as given.
    pub problems: String,
    /// Whether it is the deployed one.
    pub active: bool,
    /// When it was made.
    pub created_at: Micros,
    /// Name of who made it.
    pub created_by: String,
    /// What they said about it.
    pub comment: Option<String>,
}

/// One act of making a version live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Never used for another.
    pub id: DeploymentId,
    /// What was deployed.
    pub version: VersionId,
    /// When.
    pub created_at: Micros,
    /// Name of who did it.
    pub created_by: String,
    /// What they said about it.
    pub comment: Option<String>,
}

/// A version to be.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The client's JSON text.
    pub elements: String,
    /// Whether it compiles without an error.
    pub is_valid: bool,
    /// JSON array of problems.
    pub problems: String,
    /// What its maker says about it.
    pub comment: Option<String>,
}

pub(super) async fn insert(
    write: &mut Write,
    actor: &Actor,
    route: &RouteId,
    new: NewVersion,
) -> Result<Version> {
    let id = VersionId::from(new_id());
    let now = write.now;
    query(
        "insert into versions (id, route_id, number, elements, is_valid, problems, created_at, created_by, comment) \
         values ($1, $2, (select coalesce(max(number), 0) + 1 from versions where route_id = $2), $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.as_str())
    .bind(route.as_str())
    .bind(new.elements)
    .bind(new.is_valid)
    .bind(new.problems)
    .bind(now)
    .bind(&*actor.name)
    .bind(new.comment)
    .execute(write)
    .await?;
    if new.is_valid {
        query("update routes set latest_valid_id = $2 where id = $1")
            .bind(route.as_str())
            .bind(id.as_str())
            .execute(write)
            .await?;
    }
    find(write, route, &id).await
}

/// Makes the version the deployed one.
pub(super) async fn deploy(
    write: &mut Write,
    actor: &Actor,
    route: &RouteId,
    version: &VersionId,
    comment: Option<String>,
) -> Result<DeploymentId> {
    let id = DeploymentId::from(new_id());
    let now = write.now;
    query(
        "insert into deployments (id, route_id, number, version_id, created_at, created_by, comment) \
         values ($1, $2, (select coalesce(max(number), 0) + 1 from deployments where route_id = $2), $3, $4, $5, $6)",
    )
    .bind(id.as_str())
    .bind(route.as_str())
    .bind(version.as_str())
    .bind(now)
    .bind(&*actor.name)
    .bind(comment)
    .execute(write)
    .await?;
    query("update routes set deployment_id = $2 where id = $1")
        .bind(route.as_str())
        .bind(id.as_str())
        .execute(write)
        .await?;
    Ok(id)
}

pub(super) async fn find(tx: &mut Connection, route: &RouteId, id: &VersionId) -> Result<Version> {
    let row = query(rows::version_where!("v.route_id = $1 and v.id = $2"))
        .bind(route.as_str())
        .bind(id.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(rows::version(&row.ok_or(Error::NotFound("version"))?)?)
}

pub(super) async fn list(
    tx: &mut Connection,
    route: &RouteId,
    page: Page,
) -> Result<(Vec<Version>, u64)> {
    let total: i64 = query_scalar("select count(*) from versions where route_id = $1")
        .bind(route.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let rows =
        query(rows::version_where!("v.route_id = $1 order by v.number desc limit $2 offset $3"))
            .bind(route.as_str())
            .bind(page.limit())
            .bind(page.offset())
            .fetch_all(&mut *tx)
            .await?;
    Ok((rows.iter().map(rows::version).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
}

pub(super) async fn deployments(
    tx: &mut Connection,
    route: &RouteId,
    page: Page,
) -> Result<(Vec<Deployment>, u64)> {
    let total: i64 = query_scalar("select count(*) from deployments where route_id = $1")
        .bind(route.as_str())
        .fetch_one(&mut *tx)
        .await?;
    let rows = query(
        "select id as deployment_id, version_id, created_at as deployed_at, created_by as deployed_by, \
         comment as deployed_because from deployments where route_id = $1 order by number desc limit $2 offset $3",
    )
    .bind(route.as_str())
    .bind(page.limit())
    .bind(page.offset())
    .fetch_all(&mut *tx)
    .await?;
    Ok((rows.iter().map(rows::deployment).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
}
