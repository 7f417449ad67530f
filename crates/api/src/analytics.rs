//! Requests summed up: of a gateway or of all by time and group, and by the edges of a route.

mod query;
mod view;

use crate::caller::{AtAccount, AtGateway, AtRoute};
use crate::live::Api;
use crate::paging::Asked;
use crate::reply::{Answer, Reply, Success};
use axum::extract::State;
use jiff::Timestamp;
use query::{AccountParameters, AnalyticsParameters, EdgeParameters, Pairs, Scope};
use route::ids::GatewayId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::{AnalyticsView, RouteAnalyticsView};

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(of_account))
        .routes(routes!(of_gateway))
        .routes(routes!(of_route))
}

/// Sum requests to all gateways up, by time and by what they have in common.
///
/// A token limited to gateways gets the sums of only those. Filters are parameters named like dimensions: `gateway=support`, `provider=openai`,
/// `metadata.team=red`.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/analytics", tag = "analytics",
    operation_id = "aig-get-account-analytics", params(AccountParameters, AnalyticsParameters), responses((status = 200, body = Success<AnalyticsView>)))]
async fn of_account(
    State(api): State<Api>,
    AtAccount { by }: AtAccount,
    Asked(pairs): Asked<Pairs>,
) -> Answer<Success<AnalyticsView>> {
    let asked = query::read(&pairs, Scope::Account, now(&api))?;
    let gateways = api.store.gateways().all().await?.into_iter().map(|it| it.id);
    let gateways: Vec<GatewayId> =
        gateways.filter(|it| by.token.allows_gateway(it.as_str())).collect();
    let answer = api.store.analytics().query_all(&gateways, &asked).await?;
    Ok(Reply::result(AnalyticsView::new(&asked, answer)))
}

/// Sum requests up, by time and by what they have in common.
///
/// Filters are parameters named like dimensions: `provider=openai`, `metadata.team=red`.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/analytics", tag = "analytics",
    operation_id = "aig-get-gateway-analytics", params(AnalyticsParameters), responses((status = 200, body = Success<AnalyticsView>)))]
async fn of_gateway(
    State(api): State<Api>,
    at: AtGateway,
    Asked(pairs): Asked<Pairs>,
) -> Answer<Success<AnalyticsView>> {
    let asked = query::read(&pairs, Scope::Gateway, now(&api))?;
    let answer = api.store.analytics().query(&at.gateway, &asked).await?;
    Ok(Reply::result(AnalyticsView::new(&asked, answer)))
}

/// Sum up what came through each output of a route's elements.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/analytics", tag = "analytics",
    operation_id = "aig-get-route-analytics", params(EdgeParameters), responses((status = 200, body = Success<RouteAnalyticsView>)))]
async fn of_route(
    State(api): State<Api>,
    at: AtRoute,
    Asked(pairs): Asked<Pairs>,
) -> Answer<Success<RouteAnalyticsView>> {
    api.store.routes().get(&at.gateway, &at.route).await?;
    let (asked, version) = query::read_of_route(&pairs, &at.route, now(&api))?;
    let analytics = api.store.analytics();
    let edges = analytics.edges(&at.gateway, &at.route, &asked).await?;
    let edges =
        edges.into_iter().filter(|it| version.as_ref().is_none_or(|want| *want == it.version));
    let whole = analytics.query(&at.gateway, &asked).await?;
    Ok(Reply::result(RouteAnalyticsView::new(&asked, &whole.total.total, edges.collect())))
}

fn now(api: &Api) -> Timestamp {
    let millis = i64::try_from(api.live.now_ms()).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or_default()
}
