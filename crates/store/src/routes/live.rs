//! What the data plane needs of a route, and nothing more.

use route::ids::{GatewayId, RouteId, VersionId};

use crate::db::{Connection, Row, query};
use crate::error::Result;

/// A route as the catalog wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRoute {
    /// Stays when the route is renamed.
    pub id: RouteId,
    /// Unique in the gateway.
    pub name: String,
    /// The deployed version and its elements.
    pub deployed: Option<(VersionId, String)>,
    /// The newest valid version, deployed or not, and its elements.
    pub latest_valid: Option<(VersionId, String)>,
}

/// The elements of the newest valid version are left out where it is the deployed one.
macro_rules! live_where {
    ($condition:literal) => {
        concat!(
            "select r.id, r.name, v.id as deployed_id, v.elements as deployed_elements, l.id as latest_id, \
             case when l.id = v.id then null else l.elements end as latest_elements \
             from routes r left join deployments d on d.id = r.deployment_id left join versions v on v.id = d.version_id \
             left join versions l on l.id = r.latest_valid_id where ",
            $condition
        )
    };
}

pub(super) async fn all(tx: &mut Connection, gateway: &GatewayId) -> Result<Vec<LiveRoute>> {
    let rows = query(live_where!("r.gateway_id = $1 order by r.name"))
        .bind(gateway.as_str())
        .fetch_all(tx)
        .await?;
    Ok(rows.iter().map(live_route).collect::<sqlx::Result<_>>()?)
}

pub(super) async fn one(
    tx: &mut Connection,
    gateway: &GatewayId,
    id: &RouteId,
) -> Result<Option<LiveRoute>> {
    let row = query(live_where!("r.gateway_id = $1 and r.id = $2"))
        .bind(gateway.as_str())
        .bind(id.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(row.as_ref().map(live_route).transpose()?)
}

fn live_route(row: &Row) -> sqlx::Result<LiveRoute> {
    let deployed = version(row, "deployed_id", "deployed_elements")?;
    let same = row.get::<Option<String>>("latest_elements")?.is_none();
    let latest_valid = match row.get::<Option<String>>("latest_id")? {
        Some(_) if same => deployed.clone(),
        _ => version(row, "latest_id", "latest_elements")?,
    };
    Ok(LiveRoute {
        id: row.get::<String>("id")?.into(),
        name: row.get("name")?,
        deployed,
        latest_valid,
    })
}

fn version(row: &Row, id: &str, elements: &str) -> sqlx::Result<Option<(VersionId, String)>> {
    let Some(id) = row.get::<Option<String>>(id)? else { return Ok(None) };
    Ok(Some((id.into(), row.get(elements)?)))
}
