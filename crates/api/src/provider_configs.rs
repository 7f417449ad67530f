//! Stored provider keys of a gateway. A key goes in and never comes out.

use crate::body::Input;
use crate::caller::{AtGateway, Named};
use crate::live::{Api, Change};
use crate::paging::{Asked, ForceQuery, PageQuery, Paging};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{times, urls, uses};
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(replace, delete))
}

/// A key to store.
#[derive(Deserialize, ToSchema)]
struct CreateProviderConfig {
    provider_slug: String,
    /// 1 to 64 letters, digits, `-` and `_`; a gateway has at most one of a name for a provider.
    alias: String,
    /// Whether this key is used when the request does not name one.
    #[serde(default)]
    default_config: bool,
    secret: Option<Secret>,
    /// Refused: there is no Secrets Store here.
    secret_id: Option<String>,
    #[schema(minimum = 0)]
    rate_limit: Option<u32>,
    #[schema(minimum = 1)]
    rate_limit_period: Option<u32>,
}

/// A new key for a stored one.
#[derive(Deserialize, ToSchema)]
struct ReplaceSecret {
    secret: Option<Secret>,
    secret_id: Option<String>,
}

/// A provider key: 1 to 8192 printable characters, as a header can carry them.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, min_length = 1, max_length = 8192)]
struct Secret(SecretString);

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits =
            (1..=8192).contains(&text.len()) && text.bytes().all(|it| (0x20..0x7f).contains(&it));
        if fits {
            Ok(Self(text.into()))
        } else {
            Err("a provider key is 1 to 8192 printable ASCII characters")
        }
    }
}

/// A stored key, without the key.
#[derive(Debug, Serialize, ToSchema)]
struct ProviderConfigView {
    id: String,
    account_tag: String,
    gateway_id: String,
    provider_slug: String,
    alias: String,
    default_config: bool,
    /// The same as `id`: the key lives in this record.
    secret_id: String,
    /// The last characters of the key.
    secret_preview: String,
    rate_limit: Option<i64>,
    rate_limit_period: i64,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

fn view(api: &Api, it: store::ProviderConfig) -> ProviderConfigView {
    ProviderConfigView {
        secret_id: it.id.clone(),
        id: it.id,
        account_tag: api.account.to_string(),
        gateway_id: it.gateway.to_string(),
        provider_slug: it.provider_slug,
        alias: it.alias,
        default_config: it.default_config,
        secret_preview: it.secret_preview,
        rate_limit: it.rate_limit,
        rate_limit_period: it.rate_limit_period,
        created_at: times::from_micros(it.created_at),
        modified_at: times::from_micros(it.modified_at),
    }
}

fn the_secret(secret: Option<Secret>, secret_id: Option<&str>) -> Result<SecretString, Problem> {
    match (secret, secret_id) {
        (_, Some(_)) => {
            let message = "there is no Secrets Store here; send the provider key itself in `secret`, it is kept encrypted";
            Err(Problem::invalid(&["body", "secret_id"], message))
        }
        (None, None) => Err(Problem::invalid(&["body", "secret"], "Required")),
        (Some(secret), None) => Ok(secret.0),
    }
}

/// List the stored provider keys, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs", tag = "provider keys",
    operation_id = "aig-config-list-providers", params(PageQuery), responses((status = 200, body = Listing<ProviderConfigView>)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    Paging(page): Paging,
) -> Answer<Listing<ProviderConfigView>> {
    let (configs, total) = api.store.provider_configs().list(&at.gateway, page).await?;
    Ok(Reply::list(configs.into_iter().map(|it| view(&api, it)).collect(), page, total))
}

/// Store a provider key, encrypted.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs", tag = "provider keys",
    operation_id = "aig-config-create-providers", request_body = CreateProviderConfig, responses((status = 200, body = Success<ProviderConfigView>)))]
async fn create(
    State(api): State<Api>,
    at: AtGateway,
    Input(new): Input<CreateProviderConfig>,
) -> Answer<Success<ProviderConfigView>> {
    let secret = the_secret(new.secret, new.secret_id.as_deref())?;
    if !urls::is_provider(&api, &new.provider_slug).await? {
        let message = format!("`{}` is not a provider of this server", new.provider_slug);
        return Err(Problem::invalid(&["body", "provider_slug"], message));
    }
    let fits = (1..=64).contains(&new.alias.len());
    if !fits || !new.alias.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it)) {
        return Err(Problem::invalid(
            &["body", "alias"],
            "an alias is 1 to 64 letters, digits, `-` and `_`",
        ));
    }
    let new = store::NewProviderConfig {
        provider_slug: uses::canonical(&new.provider_slug).to_owned(),
        alias: new.alias,
        default_config: new.default_config,
        secret,
        rate_limit: new.rate_limit.map(i64::from),
        rate_limit_period: i64::from(new.rate_limit_period.unwrap_or(60)),
    };
    let config = api.store.provider_configs().create(&at.by.actor(), &at.gateway, new).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    Ok(Reply::result(view(&api, config)))
}

/// Replace a stored provider key.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{id}", tag = "provider keys",
    operation_id = "aig-config-update-providers", request_body = ReplaceSecret, responses((status = 200, body = Success<ProviderConfigView>)))]
async fn replace(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
    Input(new): Input<ReplaceSecret>,
) -> Answer<Success<ProviderConfigView>> {
    let secret = the_secret(new.secret, new.secret_id.as_deref())?;
    let config = api
        .store
        .provider_configs()
        .replace_secret(&at.by.actor(), &at.gateway, &id, secret)
        .await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    Ok(Reply::result(view(&api, config)))
}

/// Delete a stored provider key. The last key of a provider that a deployed route calls goes only with `force=true`.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{id}", tag = "provider keys",
    operation_id = "aig-config-delete-providers", params(ForceQuery), responses((status = 200, body = Success<ProviderConfigView>)))]
async fn delete(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
    Asked(query): Asked<ForceQuery>,
) -> Answer<Success<ProviderConfigView>> {
    let configs = api.store.provider_configs();
    let actor = at.by.actor();
    let config = if query.force()? {
        configs.delete(&actor, &at.gateway, &id).await?
    } else {
        let slug = configs.get(&at.gateway, &id).await?.provider_slug;
        let aliases = providers::find(&slug).map_or(&[][..], |it| it.aliases);
        let deleted = configs.delete_unused(&actor, &at.gateway, &id, aliases).await;
        deleted
            .map_err(|it| Problem::not_deleted(&format!("the only stored key of `{slug}`"), it))?
    };
    api.publish(Change::Gateway(at.gateway)).await?;
    Ok(Reply::result(view(&api, config)))
}
