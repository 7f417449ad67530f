//! Deployments of a route: list, create. Deploying an older version is the rollback.

use crate::body::Input;
use crate::caller::{AtRoute, IfMatch};
use crate::graph::{self, Comment, Elements};
use crate::live::{Api, Change};
use crate::paging::{PageQuery, Paging};
use crate::reply::{Answer, DataListing, Reply, Success};
use crate::routes::Order;
use crate::routes::view::{DeploymentView, RouteLite};
use axum::extract::State;
use route::ids::VersionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create))
}

/// `data` of the list.
#[derive(Debug, Serialize, ToSchema)]
struct Deployments {
    deployments: Vec<DeploymentView>,
    #[serde(flatten)]
    order: Order,
}

/// Which version to make live.
#[derive(Debug, Deserialize, ToSchema)]
struct CreateDeployment {
    version_id: String,
    comment: Option<Comment>,
}

/// The route, showing the version now live.
#[derive(Debug, Serialize, ToSchema)]
struct Deployed {
    #[serde(flatten)]
    route: RouteLite,
    deployment_id: Option<String>,
    version_id: String,
}

/// List the deployments of a route, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/deployments", tag = "dynamic routing",
    operation_id = "aig-config-list-gateway-dynamic-route-deployments", params(PageQuery), responses((status = 200, body = DataListing<Deployments>)))]
async fn list(
    State(api): State<Api>,
    at: AtRoute,
    Paging(page): Paging,
) -> Answer<DataListing<Deployments>> {
    let (deployments, _) = api.store.routes().deployments(&at.gateway, &at.route, page).await?;
    let deployments = deployments.iter().map(DeploymentView::from).collect();
    Ok(Reply::data(Deployments { deployments, order: page.into() }))
}

/// Make a version live. It is compiled again against what the gateway has now; one with errors is refused with all of them.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/deployments", tag = "dynamic routing",
    operation_id = "aig-config-post-gateway-dynamic-route-deployment", params(("if-match" = Option<String>, Header, description = "`*` or ETags; another state is a 412")), request_body = CreateDeployment, responses((status = 200, body = Success<Deployed>)))]
async fn create(
    State(api): State<Api>,
    at: AtRoute,
    if_match: IfMatch,
    Input(new): Input<CreateDeployment>,
) -> Answer<Success<Deployed>> {
    let version = VersionId::from(new.version_id);
    let stored = api.store.routes().version(&at.gateway, &at.route, &version).await?;
    let elements = Elements::stored(&stored.elements)?;
    let warnings = graph::check(&api, &at.gateway, &elements)?.runnable()?.problems();
    let comment = new.comment.as_ref().map(|it| it.0.as_str());
    let actor = at.by.actor();
    let route = api
        .store
        .routes()
        .deploy(&actor, &at.gateway, &at.route, &version, comment, if_match.as_deref())
        .await?;
    api.publish(Change::Route(at.gateway, at.route)).await?;
    let deployed = Deployed {
        route: RouteLite::of(&route, api.account.as_str())?,
        deployment_id: route.deployment.as_ref().map(|it| it.id.to_string()),
        version_id: version.to_string(),
    };
    Ok(Reply::noting(deployed, warnings).etag(&route.etag))
}
