//! Versions of a route: list, create, get. They never change, and creating one changes no traffic.

use crate::body::Input;
use crate::caller::{AtRoute, AtVersion, IfMatch};
use crate::graph::{self, Comment, Elements};
use crate::live::{Api, Change};
use crate::paging::{PageQuery, Paging};
use crate::problem::Entry;
use crate::reply::{Answer, DataListing, Reply, Success};
use crate::routes::Order;
use crate::routes::view::{Active, Data, RouteLite, VersionView};
use crate::times;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get))
}

/// `data` of the list.
#[derive(Debug, Serialize, ToSchema)]
struct Versions {
    versions: Vec<VersionView>,
    #[serde(flatten)]
    order: Order,
}

/// A new graph.
#[derive(Debug, Deserialize, ToSchema)]
struct CreateVersion {
    elements: Elements,
    comment: Option<Comment>,
}

/// The route, showing the new version.
#[derive(Debug, Serialize, ToSchema)]
struct CreatedVersion {
    #[serde(flatten)]
    route: RouteLite,
    version_id: String,
    /// `false`: kept, but it cannot be deployed; `messages` say why.
    is_valid: bool,
    comment: Option<String>,
}

/// One version.
#[derive(Debug, Serialize, ToSchema)]
struct VersionFull {
    /// The route's id.
    id: String,
    account_tag: String,
    gateway_id: String,
    name: String,
    elements: Elements,
    version_id: String,
    active: Active,
    data: Data,
    is_valid: bool,
    /// 1, 2, 3 … within the route (ours).
    number: i64,
    #[schema(format = DateTime)]
    created_at: String,
    /// Equal to `created_at`: versions do not change.
    #[schema(format = DateTime)]
    modified_at: String,
    /// Who made it (ours).
    created_by: String,
    comment: Option<String>,
}

/// List the versions of a route, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/versions", tag = "dynamic routing",
    operation_id = "aig-config-list-gateway-dynamic-route-versions", params(PageQuery), responses((status = 200, body = DataListing<Versions>)))]
async fn list(
    State(api): State<Api>,
    at: AtRoute,
    Paging(page): Paging,
) -> Answer<DataListing<Versions>> {
    let (versions, _) = api.store.routes().versions(&at.gateway, &at.route, page).await?;
    let view = |it| VersionView::of(it, at.by.dialect);
    let versions = versions.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Reply::data(Versions { versions, order: page.into() }))
}

/// Keep a new graph without deploying it. One with errors is kept as invalid, with the errors in `messages`.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/versions", tag = "dynamic routing",
    operation_id = "aig-config-post-gateway-dynamic-route-version", params(("if-match" = Option<String>, Header, description = "`*` or ETags; another state is a 412")), request_body = CreateVersion, responses((status = 200, body = Success<CreatedVersion>)))]
async fn create(
    State(api): State<Api>,
    at: AtRoute,
    if_match: IfMatch,
    Input(new): Input<CreateVersion>,
) -> Answer<Success<CreatedVersion>> {
    let (version, problems) =
        graph::check(&api, &at.gateway, &new.elements)?.into_version(new.comment)?;
    let actor = at.by.actor();
    let (route, version) = api
        .store
        .routes()
        .create_version(&actor, &at.gateway, &at.route, version, if_match.as_deref())
        .await?;
    api.publish(Change::Route(at.gateway, at.route)).await?;
    let created = CreatedVersion {
        route: RouteLite::showing(&route, api.account.as_str(), new.elements),
        version_id: version.id.to_string(),
        is_valid: version.is_valid,
        comment: version.comment,
    };
    Ok(Reply::noting(created, problems).etag(&route.etag))
}

/// Get one version; its problems are in `messages`.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/versions/{version_id}", tag = "dynamic routing",
    operation_id = "aig-config-get-gateway-dynamic-route-version", responses((status = 200, body = Success<VersionFull>)))]
async fn get(
    State(api): State<Api>,
    AtVersion { at, version }: AtVersion,
) -> Answer<Success<VersionFull>> {
    let route = api.store.routes().get(&at.gateway, &at.route).await?;
    let it = api.store.routes().version(&at.gateway, &at.route, &version).await?;
    let problems: Vec<Entry> = serde_json::from_str(&it.problems).unwrap_or_default();
    let full = VersionFull {
        id: route.id.to_string(),
        account_tag: api.account.to_string(),
        gateway_id: route.gateway.to_string(),
        name: route.name,
        elements: Elements::stored(&it.elements)?,
        version_id: it.id.to_string(),
        active: Active::of(it.active, at.by.dialect),
        data: Data::of(&it.elements, at.by.dialect)?,
        is_valid: it.is_valid,
        number: it.number,
        created_at: times::from_micros(it.created_at),
        modified_at: times::from_micros(it.created_at),
        created_by: it.created_by,
        comment: it.comment,
    };
    Ok(Reply::noting(full, problems).etag(&route.etag))
}
