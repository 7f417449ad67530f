//! Rows of the three tables of a route, read into values.

use sqlx::Row as _;

use super::{Deployment, Route, Version};
use crate::db::Row;
use crate::etag;
use crate::store::Micros;

/// Routes with their deployment and deployed version, where the given condition holds.
macro_rules! route_where {
    ($condition:literal) => {
        concat!(
            "select r.id as route_id, r.gateway_id, r.name, r.created_at as route_created_at, r.modified_at, r.latest_valid_id, \
             v.id as version_id, v.number, v.elements, v.is_valid, v.problems, v.created_at, v.created_by, v.comment, \
             1 as active, \
             d.id as deployment_id, d.created_at as deployed_at, d.created_by as deployed_by, d.comment as deployed_because \
             from routes r left join deployments d on d.id = r.deployment_id left join versions v on v.id = d.version_id \
             where ",
            $condition
        )
    };
}

/// Versions, with whether they are deployed, where the given condition holds.
macro_rules! version_where {
    ($condition:literal) => {
        concat!(
            "select v.id as version_id, v.number, v.elements, v.is_valid, v.problems, v.created_at, v.created_by, v.comment, \
             d.id is not null as active \
             from versions v join routes r on r.id = v.route_id \
             left join deployments d on d.id = r.deployment_id and d.version_id = v.id where ",
            $condition
        )
    };
}

pub(super) use {route_where, version_where};

/// A row of [`route_where`].
pub(super) fn route(row: &Row) -> sqlx::Result<Route> {
    let modified_at: Micros = row.try_get("modified_at")?;
    let deployed = row.try_get::<Option<String>, _>("deployment_id")?.is_some();
    Ok(Route {
        id: row.try_get::<String, _>("route_id")?.into(),
        gateway: row.try_get::<String, _>("gateway_id")?.into(),
        name: row.try_get("name")?,
        created_at: row.try_get("route_created_at")?,
        modified_at,
        version: deployed.then(|| version(row)).transpose()?,
        deployment: deployed.then(|| deployment(row)).transpose()?,
        latest_valid: row.try_get::<Option<String>, _>("latest_valid_id")?.map(Into::into),
        etag: etag::of(modified_at),
    })
}

/// A row of [`version_where`] or [`route_where`].
pub(super) fn version(row: &Row) -> sqlx::Result<Version> {
    Ok(Version {
        id: row.try_get::<String, _>("version_id")?.into(),
        number: row.try_get("number")?,
        elements: row.try_get("elements")?,
        is_valid: row.try_get("is_valid")?,
        problems: row.try_get("problems")?,
        active: row.try_get("active")?,
        created_at: row.try_get("created_at")?,
        created_by: row.try_get("created_by")?,
        comment: row.try_get("comment")?,
    })
}

/// A row with a deployment's columns.
pub(super) fn deployment(row: &Row) -> sqlx::Result<Deployment> {
    Ok(Deployment {
        id: row.try_get::<String, _>("deployment_id")?.into(),
        version: row.try_get::<String, _>("version_id")?.into(),
        created_at: row.try_get("deployed_at")?,
        created_by: row.try_get("deployed_by")?,
        comment: row.try_get("deployed_because")?,
    })
}
