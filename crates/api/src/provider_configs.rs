//! Stored provider keys of a gateway. A key goes in and never comes out.

use crate::body::Input;
use crate::caller::{AtGateway, Named};
use crate::live::{Api, Change};
use crate::paging::{Asked, ForceQuery, PageQuery, Paging};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{times, urls};
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update, delete))
}

/// A key to store.
#[derive(Deserialize, ToSchema)]
struct CreateProviderConfig {
    provider_slug: String,
    /// 1 to 64 letters, digits, `-` and `_`; a gateway has at most one of a name for a provider.
    alias: String,
    /// Whether this key is used when the request does not name one and no key of the provider has a weight.
    #[serde(default)]
    default_config: bool,
    weight: Option<Weight>,
    secret: Option<Secret>,
    /// Refused: there is no Secrets Store here.
    secret_id: Option<String>,
    /// Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
    rate_limit: Option<u32>,
    rate_limit_period: Option<Period>,
}

/// A new key for a stored one, another weight or another limit, or several of them.
#[derive(Deserialize, ToSchema)]
struct ChangeProviderConfig {
    secret: Option<Secret>,
    secret_id: Option<String>,
    /// What is not sent stays; `null` takes the weight away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Weight>)]
    weight: Given<Weight>,
    /// What is not sent stays; `null` takes the limit away, as 0 does.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    rate_limit: Given<u32>,
    rate_limit_period: Option<Period>,
}

/// What was sent, which may be `null`, or was not.
#[derive(Default)]
enum Given<T> {
    #[default]
    Not,
    As(Option<T>),
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(json: D) -> Result<Given<T>, D::Error> {
    Option::deserialize(json).map(Given::As)
}

/// A period in seconds, up to 366 days. Of a key without one it is 60.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "u64")]
#[schema(value_type = u32, minimum = 1, maximum = 31_622_400)]
struct Period(i64);

impl TryFrom<u64> for Period {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, Self::Error> {
        let longest = route::bounds::WINDOW_SECONDS;
        let period = i64::try_from(seconds).ok().filter(|_| (1..=longest).contains(&seconds));
        period.map(Self).ok_or_else(|| format!("a period is 1 to {longest} seconds"))
    }
}

impl Default for Period {
    fn default() -> Self {
        Self(60)
    }
}

/// A key's share of the provider's requests in this gateway: a whole number up to 1000000, beside the weights of the other keys. As soon
/// as one key has a weight, a key without has 1. 0: used only when a request names it.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "u64")]
#[schema(value_type = u32, minimum = 0, maximum = 1_000_000)]
struct Weight(u32);

impl TryFrom<u64> for Weight {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        let weight = u32::try_from(number).ok().filter(|it| *it <= 1_000_000);
        weight.map(Self).ok_or("a weight is a whole number from 0 to 1000000")
    }
}

impl From<Weight> for i64 {
    fn from(weight: Weight) -> Self {
        weight.0.into()
    }
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
    /// Its share of the provider's requests; `null`: it has none.
    weight: Option<i64>,
    /// The same as `id`: the key lives in this record.
    secret_id: String,
    /// The last characters of the key.
    secret_preview: String,
    /// Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
    rate_limit: Option<i64>,
    /// Seconds.
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
        weight: it.weight,
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

/// What a key for this provider is bound to: a custom provider's URL can be changed by others than the owner of the key.
async fn bound_to(api: &Api, slug: &str) -> Result<Option<String>, Problem> {
    let Some(custom) = slug.strip_prefix("custom-") else { return Ok(None) };
    let all = api.store.custom_providers().all().await?;
    Ok(all.into_iter().find(|it| it.slug == custom).map(|it| it.base_url))
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
        given_for: bound_to(&api, &new.provider_slug).await?,
        provider_slug: urls::canonical(&new.provider_slug).to_owned(),
        alias: new.alias,
        default_config: new.default_config,
        weight: new.weight.map(i64::from),
        secret,
        rate_limit: new.rate_limit.map(i64::from),
        rate_limit_period: new.rate_limit_period.unwrap_or_default().0,
    };
    let config = api.store.provider_configs().create(&at.by.actor(), &at.gateway, new).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    Ok(Reply::result(view(&api, config)))
}

/// Replace a stored provider key, its weight or its limit, or several of them; what is not sent stays.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{id}", tag = "provider keys",
    operation_id = "aig-config-update-providers", request_body = ChangeProviderConfig, responses((status = 200, body = Success<ProviderConfigView>)))]
async fn update(
    State(api): State<Api>,
    at: AtGateway,
    Named(id): Named,
    Input(new): Input<ChangeProviderConfig>,
) -> Answer<Success<ProviderConfigView>> {
    let configs = api.store.provider_configs();
    let weight = match new.weight {
        Given::Not => None,
        Given::As(weight) => Some(weight.map(i64::from)),
    };
    let rate_limit = match new.rate_limit {
        Given::Not => None,
        Given::As(limit) => Some(limit.map(i64::from)),
    };
    let rate_limit_period = new.rate_limit_period.map(|it| it.0);
    let keeps = weight.is_some() || rate_limit.is_some() || rate_limit_period.is_some();
    let secret = if new.secret.is_none() && new.secret_id.is_none() && keeps {
        None
    } else {
        let secret = the_secret(new.secret, new.secret_id.as_deref())?;
        let slug = configs.get(&at.gateway, &id).await?.provider_slug;
        Some(store::NewSecret { secret, given_for: bound_to(&api, &slug).await? })
    };
    let changed = store::ChangedProviderConfig { secret, weight, rate_limit, rate_limit_period };
    let config = configs.update(&at.by.actor(), &at.gateway, &id, changed).await?;
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
