//! Dynamic routes: list, create, get, update, delete.

pub(crate) mod view;

use crate::body::Input;
use crate::caller::{AtGateway, AtRoute, IfMatch};
use crate::graph::{self, Comment, Elements};
use crate::live::{Api, Change};
use crate::paging::{PageQuery, Paging};
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, DataListing, Reply, Success};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::{RouteFull, RouteLite};

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// `data` of the list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Routes {
    routes: Vec<RouteFull>,
    #[serde(flatten)]
    order: Order,
}

/// How the three lists of dynamic routing say what they show.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Order {
    /// Always `created_at`.
    order_by: &'static str,
    /// Always `desc`.
    order_by_direction: &'static str,
    page: u32,
    per_page: u32,
}

impl From<store::Page> for Order {
    fn from(it: store::Page) -> Self {
        Self {
            order_by: "created_at",
            order_by_direction: "desc",
            page: it.page,
            per_page: it.per_page,
        }
    }
}

/// What a route is made of.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct CreateRoute {
    name: Name,
    elements: Elements,
    comment: Option<Comment>,
}

/// What may change: the name, the graph (a new version, deployed at once), or both.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UpdateRoute {
    name: Option<Name>,
    elements: Option<Elements>,
    comment: Option<Comment>,
}

/// 1 to 128 letters, digits, `-`, `_` and `.`; what callers write after `dynamic/`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9_.-]+$")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=128).contains(&text.len());
        if fits && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_.".contains(&it)) {
            return Ok(Self(text));
        }
        Err("a route's name is 1 to 128 letters, digits, `-`, `_` and `.`")
    }
}

/// The reply of an update: the route under `route`, the same fields beside it, and no `result`, because clients decode either.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Updated {
    /// Always `true`.
    success: bool,
    errors: Vec<Entry>,
    messages: Vec<Entry>,
    route: RouteFull,
    #[serde(flatten)]
    same: RouteFull,
}

/// List dynamic routes, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes", tag = "dynamic routing",
    operation_id = "aig-config-list-gateway-dynamic-routes", params(PageQuery), responses((status = 200, body = DataListing<Routes>)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    Paging(page): Paging,
) -> Answer<DataListing<Routes>> {
    let (routes, _) = api.store.routes().list(&at.gateway, page).await?;
    let view = |it| RouteFull::of(it, api.account.as_str(), at.by.dialect);
    let routes = routes.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Reply::data(Routes { routes, order: page.into() }))
}

/// Create a dynamic route; its version 1 is deployed at once.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes", tag = "dynamic routing",
    operation_id = "aig-config-post-gateway-dynamic-route", request_body = CreateRoute, responses((status = 200, body = Success<RouteFull>)))]
async fn create(
    State(api): State<Api>,
    at: AtGateway,
    Input(new): Input<CreateRoute>,
) -> Answer<Success<RouteFull>> {
    let (version, warnings) =
        graph::check(&api, &at.gateway, &new.elements)?.runnable()?.into_version(new.comment)?;
    let route =
        api.store.routes().create(&at.by.actor(), &at.gateway, &new.name.0, version).await?;
    api.publish(Change::Route(at.gateway, route.id.clone())).await?;
    let view = RouteFull::of(&route, api.account.as_str(), at.by.dialect)?;
    Ok(Reply::noting(view, warnings).etag(&route.etag))
}

/// Get a dynamic route with its deployed version.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}", tag = "dynamic routing",
    operation_id = "aig-config-get-gateway-dynamic-route", responses((status = 200, body = Success<RouteFull>)))]
async fn get(State(api): State<Api>, at: AtRoute) -> Answer<Success<RouteFull>> {
    let route = api.store.routes().get(&at.gateway, &at.route).await?;
    let view = RouteFull::of(&route, api.account.as_str(), at.by.dialect)?;
    Ok(Reply::result(view).etag(&route.etag))
}

/// Rename a dynamic route, or give it a new graph, or both.
#[utoipa::path(patch, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}", tag = "dynamic routing",
    operation_id = "aig-config-update-gateway-dynamic-route", params(("if-match" = Option<String>, Header, description = "`*` or ETags; another state is a 412")), request_body = UpdateRoute, responses((status = 200, body = Updated)))]
async fn update(
    State(api): State<Api>,
    at: AtRoute,
    if_match: IfMatch,
    Input(changes): Input<UpdateRoute>,
) -> Answer<Updated> {
    if changes.name.is_none() && changes.elements.is_none() {
        return Err(Problem::invalid(
            &["body"],
            "nothing to change: send `name`, `elements` or both",
        ));
    }
    let (version, warnings) = match changes.elements {
        None => (None, Vec::new()),
        Some(elements) => {
            let checked = graph::check(&api, &at.gateway, &elements)?.runnable()?;
            let (version, warnings) = checked.into_version(changes.comment)?;
            (Some(version), warnings)
        }
    };
    let name = changes.name.as_ref().map(|it| it.0.as_str());
    let actor = at.by.actor();
    let route = api
        .store
        .routes()
        .update(&actor, &at.gateway, &at.route, name, version, if_match.as_deref())
        .await?;
    api.publish(Change::Route(at.gateway, at.route)).await?;
    let view = RouteFull::of(&route, api.account.as_str(), at.by.dialect)?;
    let body = Updated {
        success: true,
        errors: Vec::new(),
        messages: warnings,
        route: view.clone(),
        same: view,
    };
    Ok(Reply::of(body).etag(&route.etag))
}

/// Delete a dynamic route with its versions and deployments.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}", tag = "dynamic routing",
    operation_id = "aig-config-delete-gateway-dynamic-route", params(("if-match" = Option<String>, Header, description = "`*` or ETags; another state is a 412")), responses((status = 200, body = Success<RouteLite>)))]
async fn delete(
    State(api): State<Api>,
    at: AtRoute,
    if_match: IfMatch,
) -> Answer<Success<RouteLite>> {
    let actor = at.by.actor();
    let route =
        api.store.routes().delete(&actor, &at.gateway, &at.route, if_match.as_deref()).await?;
    api.publish(Change::Route(at.gateway, at.route)).await?;
    let view = RouteLite::of(&route, api.account.as_str())?;
    Ok(Reply::result(view).etag(&route.etag))
}
