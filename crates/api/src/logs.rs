//! Request logs: list, get, what was asked and answered, what people say of it, delete.

mod change;
mod filters;
mod query;
mod raw;
mod values;
mod view;

use crate::caller::{AtGateway, Named};
use crate::live::Api;
use crate::paging::{Asked, only};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use axum::extract::State;
use query::{DeleteQuery, LogQuery, Pairs};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use view::{LogDetailView, LogView};

pub(crate) use view::MetaView;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, delete))
        .routes(routes!(get))
        .routes(routes!(metadata_keys))
        .merge(change::router())
        .merge(raw::router())
}

/// List the requests of a gateway, newest first unless asked otherwise.
///
/// Several filters must all be fulfilled; of the values of one, any is enough.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs", tag = "logs",
    operation_id = "aig-config-list-gateway-logs", params(LogQuery), responses((status = 200, body = Listing<LogView>)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    Asked(pairs): Asked<Pairs>,
    Asked(query): Asked<LogQuery>,
) -> Answer<Listing<LogView>> {
    let page = query.page()?;
    let meta = query.wants_meta()?;
    let query = query.read(&pairs)?;
    let logs = api.store.logs();
    let (found, total) = logs.list(&at.gateway, &query, page).await?;
    let reply = Reply::list(found.into_iter().map(LogView::from).collect(), page, total);
    if !meta {
        return Ok(reply);
    }
    let ranges = logs.ranges(&at.gateway, &query).await?;
    Ok(reply.with_meta(MetaView::from(ranges)))
}

/// Get one request with the path it took, and the beginnings of what was asked and answered.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}", tag = "logs",
    operation_id = "aig-config-get-gateway-log-detail", responses((status = 200, body = Success<LogDetailView>)))]
async fn get(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
) -> Answer<Success<LogDetailView>> {
    let log = api.store.logs().get(&at.gateway, &id).await?;
    let payload = api.store.logs().payload(&at.gateway, &id).await?;
    Ok(Reply::result(LogDetailView::new(log, payload.as_ref())))
}

/// Keys of metadata, in the order of their bytes.
#[derive(Debug, Serialize, ToSchema)]
struct MetadataKeysView {
    /// At most 1000.
    keys: Vec<String>,
    /// Whether these are all.
    complete: bool,
}

/// List the keys that the metadata of a gateway's logs has, without their values.
///
/// One may be listed for an hour after the last log with it has gone.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/metadata-keys", tag = "logs",
    operation_id = "aig-config-list-gateway-log-metadata-keys", responses((status = 200, body = Success<MetadataKeysView>)))]
async fn metadata_keys(State(api): State<Api>, at: AtGateway) -> Answer<Success<MetadataKeysView>> {
    let store::MetadataKeys { keys, complete } =
        api.store.logs().metadata_keys(&at.gateway).await?;
    Ok(Reply::result(MetadataKeysView { keys, complete }))
}

/// How many logs were deleted.
#[derive(Debug, Serialize, ToSchema)]
struct DeletedView {
    deleted: u64,
}

/// Delete the requests that fit, the oldest first unless asked otherwise, at most `limit` of them.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs", tag = "logs",
    operation_id = "aig-config-delete-gateway-logs", params(DeleteQuery), responses((status = 200, body = Success<DeletedView>)))]
async fn delete(
    State(api): State<Api>,
    at: AtGateway,
    Asked(pairs): Asked<Pairs>,
    Asked(query): Asked<DeleteQuery>,
) -> Answer<Success<DeletedView>> {
    let limit = query.limit()?;
    let query = query.read(&pairs)?;
    let deleted = api.store.logs().delete(&at.by.actor(), &at.gateway, &query, limit).await?;
    Ok(Reply::result(DeletedView { deleted }))
}

/// A direction that may be absent: whether it is from the smallest to the largest.
fn ascending(name: &str, text: Option<&str>, default: bool) -> Result<bool, Problem> {
    only(name, text, &["asc", "desc"])?;
    Ok(text.map_or(default, |it| it == "asc"))
}
