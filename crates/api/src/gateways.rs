//! Gateways: list, create, get, replace, delete.

mod caching;
mod collectors;
mod limits;
mod settings;
mod spend;

pub use caching::Caching;
pub use limits::{Dimension, GatewayLimits, RateLimit, SpendRule};

use crate::body::Input;
use crate::caller::{AtAccount, AtGateway};
use crate::live::{Api, Change};
use crate::paging::{Asked, ForceQuery, PageQuery, Paging, cut};
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{times, urls};
use axum::extract::State;
use collectors::Rules;
use route::ids::GatewayId;
use serde::{Deserialize, Serialize};
use settings::{FullSettings, Settings};

pub use settings::LogKeeping;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, replace, delete))
}

/// A gateway with every documented field.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
struct GatewayView {
    id: String,
    account_id: String,
    account_tag: String,
    is_default: bool,
    authentication: bool,
    collect_logs: bool,
    #[serde(flatten)]
    settings: FullSettings,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

fn view(api: &Api, it: &store::Gateway) -> GatewayView {
    let settings: Settings = serde_json::from_str(&it.settings).unwrap_or_default();
    GatewayView {
        id: it.id.to_string(),
        account_id: api.account.to_string(),
        account_tag: api.account.to_string(),
        is_default: it.is_default,
        authentication: it.authentication,
        collect_logs: it.collect_logs,
        settings: settings.full(),
        created_at: times::from_micros(it.created_at),
        modified_at: times::from_micros(it.modified_at),
    }
}

/// Which gateways.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct GatewayQuery {
    /// Part of the id.
    search: Option<String>,
}

/// List gateways, oldest first; a token limited to gateways sees only those.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways", tag = "gateways",
    operation_id = "aig-config-list-gateway", params(PageQuery, GatewayQuery), responses((status = 200, body = Listing<GatewayView>)))]
async fn list(
    State(api): State<Api>,
    AtAccount { by }: AtAccount,
    Paging(page): Paging,
    Asked(query): Asked<GatewayQuery>,
) -> Answer<Listing<GatewayView>> {
    let search = query.search.as_deref().filter(|it| !it.is_empty());
    let (gateways, total) = if by.token.gateways.is_none() {
        api.store.gateways().list(search, page).await?
    } else {
        let (all, _) =
            api.store.gateways().list(search, store::Page { page: 1, per_page: u32::MAX }).await?;
        cut(all.into_iter().filter(|it| by.token.allows_gateway(it.id.as_str())).collect(), page)
    };
    Ok(Reply::list(gateways.iter().map(|it| view(&api, it)).collect(), page, total))
}

/// Create a gateway.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways", tag = "gateways",
    operation_id = "aig-config-create-gateway", request_body = Settings, responses((status = 200, body = Success<GatewayView>)))]
async fn create(
    State(api): State<Api>,
    AtAccount { by }: AtAccount,
    Input(new): Input<Settings>,
) -> Answer<Success<GatewayView>> {
    let id = checked_id(new.id.clone())?;
    if !by.token.allows_gateway(id.as_str()) {
        return Err(Problem::forbidden(format!(
            "the token is limited to other gateways than `{id}`"
        )));
    }
    let gateway = checked(&api, new, id, None)?;
    let gateway = api.store.gateways().create(&by.actor(), gateway).await?;
    api.publish(Change::Gateway(gateway.id.clone())).await?;
    let notes = notes(&api, &gateway).await?;
    Ok(Reply::noting(view(&api, &gateway), notes))
}

/// Get a gateway.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", tag = "gateways",
    operation_id = "aig-config-fetch-gateway", responses((status = 200, body = Success<GatewayView>)))]
async fn get(State(api): State<Api>, at: AtGateway) -> Answer<Success<GatewayView>> {
    let gateway = api.store.gateways().get(&at.gateway).await?;
    Ok(Reply::result(view(&api, &gateway)))
}

/// Replace the settings of a gateway; what is not sent gets its default, except `authentication`, which stays.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", tag = "gateways",
    operation_id = "aig-config-update-gateway", request_body = Settings, responses((status = 200, body = Success<GatewayView>)))]
async fn replace(
    State(api): State<Api>,
    at: AtGateway,
    Input(new): Input<Settings>,
) -> Answer<Success<GatewayView>> {
    let change = |before: &store::Gateway| checked(&api, new, before.id.clone(), Some(before));
    let gateway = api.store.gateways().replace(&at.by.actor(), &at.gateway, change).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    let notes = notes(&api, &gateway).await?;
    Ok(Reply::noting(view(&api, &gateway), notes))
}

/// Delete a gateway with its routes, keys, prices and logs. One with deployed routes goes only with `force=true`.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}", tag = "gateways",
    operation_id = "aig-config-delete-gateway", params(ForceQuery), responses((status = 200, body = Success<GatewayView>)))]
async fn delete(
    State(api): State<Api>,
    at: AtGateway,
    Asked(query): Asked<ForceQuery>,
) -> Answer<Success<GatewayView>> {
    let deleted = api.store.gateways().delete(&at.by.actor(), &at.gateway, query.force()?).await;
    let gateway =
        deleted.map_err(|it| Problem::not_deleted(&format!("gateway `{}`", at.gateway), it))?;
    api.publish(Change::GatewayGone(at.gateway)).await?;
    Ok(Reply::result(view(&api, &gateway)))
}

fn checked_id(id: Option<String>) -> Result<GatewayId, Problem> {
    let place = ["body", "id"];
    let id = id.ok_or_else(|| Problem::invalid(&place, "Required"))?;
    let fits = (1..=64).contains(&id.len());
    if fits && id.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)) {
        return Ok(id.into());
    }
    Err(Problem::invalid(&place, "a gateway's id is 1 to 64 letters, digits, `-` and `_`"))
}

/// The gateway to write. `before` is what it replaces.
fn checked(
    api: &Api,
    mut new: Settings,
    id: GatewayId,
    before: Option<&store::Gateway>,
) -> Result<store::NewGateway, Problem> {
    if new.id.as_ref().is_some_and(|it| it != id.as_str()) {
        return Err(Problem::invalid(&["body", "id"], "a gateway's id cannot be changed"));
    }
    // Those that cannot be opened cannot be kept either.
    let kept = before.and_then(|it| api.store.gateways().collectors(it).ok().flatten());
    let rules = Rules { before: kept, allow_private: api.allow_private_upstreams };
    let (shown, collectors) = rules.check(new.otel.take().unwrap_or_default())?;
    new.otel = Some(shown);
    let new = new.checked(before.map(|it| it.settings.as_str()))?;
    Ok(store::NewGateway {
        authentication: new
            .authentication
            .unwrap_or_else(|| before.is_none_or(|it| it.authentication)),
        collect_logs: new.collect_logs.unwrap_or(true),
        settings: serde_json::to_string(&new).map_err(Problem::internal)?,
        collectors,
        id,
    })
}

/// What the owner of a gateway that was written should know.
async fn notes(api: &Api, gateway: &store::Gateway) -> Result<Vec<Entry>, Problem> {
    let settings: Settings = serde_json::from_str(&gateway.settings).map_err(Problem::internal)?;
    let mut notes = settings.notes();
    for provider in settings.providers_named() {
        if !urls::is_provider(api, &provider).await? {
            let message = format!(
                "a spend rule is for `{provider}`, which is no provider of this server: it matches nothing as long as there is none"
            );
            notes.push(Entry::note(&["body", "spend_limits"], message));
        }
    }
    Ok(notes)
}
