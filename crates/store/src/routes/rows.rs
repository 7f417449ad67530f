//! Rows of the three tables of a route, read into values.

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
             true as active, \
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
    let modified_at: Micros = row.get("modified_at")?;
    let deployed = row.get::<Option<String>>("deployment_id")?.is_some();
    Ok(Route {
        id: row.get::<String>("route_id")?.into(),
        gateway: row.get::<String>("gateway_id")?.into(),
        name: row.get("name")?,
        created_at: row.get("route_created_at")?,
        modified_at,
        version: deployed.then(|| version(row)).transpose()?,
        deployment: deployed.then(|| deployment(row)).transpose()?,
        latest_valid: row.get::<Option<String>>("latest_valid_id")?.map(Into::into),
        etag: etag::of(modified_at),
    })
}

/// A row of [`version_where`] or [`route_where`].
pub(super) fn version(row: &Row) -> sqlx::Result<Version> {
    Ok(Version {
        id: row.get::<String>("version_id")?.into(),
        number: row.get("number")?,
        elements: row.get("elements")?,
        is_valid: row.get("is_valid")?,
        problems: row.get("problems")?,
        active: row.get("active")?,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        comment: row.get("comment")?,
    })
}

/// A row with a deployment's columns.
pub(super) fn deployment(row: &Row) -> sqlx::Result<Deployment> {
    Ok(Deployment {
        id: row.get::<String>("deployment_id")?.into(),
        version: row.get::<String>("version_id")?.into(),
        created_at: row.get("deployed_at")?,
        created_by: row.get("deployed_by")?,
        comment: row.get("deployed_because")?,
    })
}
