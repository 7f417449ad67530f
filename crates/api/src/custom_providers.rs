//! Custom providers of the account: any base URL that speaks a dialect we know, callable as `custom-<slug>`.

mod trial;

use crate::body::Input;
use crate::caller::{AtAccount, Named};
use crate::live::{Api, Change};
use crate::paging::{Asked, ForceQuery, PageQuery, Paging};
use crate::problem::{Entry, Problem};
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{times, upstream};
use axum::extract::State;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::mem;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Of providers made without one, as all were before there was a choice.
const DEFAULT_DIALECT: &str = "openai";

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .merge(trial::router())
}

/// What a client may send. Only `base_url`, `dialect`, `headers` and `enable` have an effect; the rest is kept for display.
#[derive(Deserialize, ToSchema)]
struct Changes {
    /// Required when creating.
    name: Option<String>,
    /// 1 to 64 lower-case letters, digits and `-`. Required when creating.
    slug: Option<String>,
    /// What the SDK of its dialect takes as its base URL. Required when creating.
    #[schema(example = "https://llm.example.com/v1")]
    base_url: Option<String>,
    /// What it speaks, and so where its key goes: `openai` (the default), `responses`, `anthropic`, `gemini`, `cohere`, `converse`.
    dialect: Option<String>,
    enable: Option<bool>,
    /// A JSON object of fixed headers, as text of at most 8192 bytes. Kept encrypted; values are never returned.
    headers: Option<String>,
    beta: Option<bool>,
    description: Option<String>,
    link: Option<String>,
    logo: Option<String>,
    position: Option<i64>,
    curl_example: Option<String>,
    js_example: Option<String>,
}

/// For display only.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
struct Display {
    beta: Option<bool>,
    description: Option<String>,
    link: Option<String>,
    logo: Option<String>,
    position: Option<i64>,
    curl_example: Option<String>,
    js_example: Option<String>,
}

/// A custom provider.
#[derive(Debug, Serialize, ToSchema)]
struct CustomProviderView {
    id: String,
    account_tag: String,
    name: String,
    slug: String,
    base_url: String,
    dialect: String,
    enable: bool,
    /// Names of the fixed headers, values hidden.
    headers: Option<String>,
    #[serde(flatten)]
    display: Display,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    modified_at: String,
}

fn view(api: &Api, it: &store::CustomProvider) -> CustomProviderView {
    CustomProviderView {
        id: it.id.clone(),
        account_tag: api.account.to_string(),
        name: it.name.clone(),
        slug: it.slug.clone(),
        base_url: it.base_url.clone(),
        dialect: it.dialect.clone(),
        enable: it.enable,
        headers: it.headers.as_ref().and_then(|it| names_only(it.expose_secret())),
        display: serde_json::from_str(&it.rest).unwrap_or_default(),
        created_at: times::from_micros(it.created_at),
        modified_at: times::from_micros(it.modified_at),
    }
}

fn names_only(headers: &str) -> Option<String> {
    let headers: BTreeMap<String, String> = serde_json::from_str(headers).ok()?;
    let hidden: BTreeMap<_, _> = headers.keys().map(|name| (name, "***")).collect();
    serde_json::to_string(&hidden).ok()
}

fn required(name: &str, it: Option<String>) -> Result<String, Problem> {
    it.ok_or_else(|| Problem::bad_provider(name, "Required"))
}

fn checked_name(name: String) -> Result<String, Problem> {
    let length = name.chars().count();
    if (1..=128).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(Problem::bad_provider("name", "a name is 1 to 128 characters"))
}

fn checked_slug(slug: String) -> Result<String, Problem> {
    let slug = slug.strip_prefix("custom-").map(str::to_owned).unwrap_or(slug);
    let fits = (1..=64).contains(&slug.len());
    if fits && slug.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-') {
        return Ok(slug);
    }
    Err(Problem::bad_provider("slug", "a slug is 1 to 64 lower-case letters, digits and `-`"))
}

fn checked_url(api: &Api, url: &str) -> Result<String, Problem> {
    upstream::base_url(url, api.allow_private_upstreams)
        .map_err(|message| Problem::bad_provider("base_url", message))
}

fn checked_dialect(name: String) -> Result<String, Problem> {
    if providers::dialect(&name).is_some() {
        return Ok(name);
    }
    let known = providers::DIALECTS.join("`, `");
    Err(Problem::bad_provider("dialect", format!("a dialect is one of `{known}`")))
}

fn checked_headers(text: String) -> Result<SecretString, Problem> {
    let bad = |message: &str| Problem::bad_provider("headers", message);
    if text.len() > 8192 {
        return Err(bad("the headers are longer than 8192 bytes"));
    }
    let headers: BTreeMap<String, String> = serde_json::from_str(&text)
        .map_err(|_| bad("`headers` is the text of a JSON object of strings"))?;
    for (name, value) in &headers {
        let valid =
            http::HeaderName::try_from(name).is_ok() && http::HeaderValue::try_from(value).is_ok();
        if !valid {
            return Err(bad(&format!("`{}` is not a header we can send", name.escape_debug())));
        }
    }
    Ok(text.into())
}

impl Changes {
    /// Lays what was sent over what was there.
    fn over(self, it: &mut store::CustomProvider) -> Result<(), Problem> {
        it.enable = self.enable.unwrap_or(it.enable);
        if let Some(dialect) = self.dialect {
            it.dialect = checked_dialect(dialect)?;
        }
        if let Some(headers) = self.headers {
            it.headers = if headers.is_empty() { None } else { Some(checked_headers(headers)?) };
        }
        let before: Display = serde_json::from_str(&it.rest).unwrap_or_default();
        let after = Display {
            beta: self.beta.or(before.beta),
            description: self.description.or(before.description),
            link: self.link.or(before.link),
            logo: self.logo.or(before.logo),
            position: self.position.or(before.position),
            curl_example: self.curl_example.or(before.curl_example),
            js_example: self.js_example.or(before.js_example),
        };
        it.rest = serde_json::to_string(&after).map_err(Problem::internal)?;
        Ok(())
    }
}

/// List custom providers, oldest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/custom-providers", tag = "custom providers",
    operation_id = "list-custom-providers", params(PageQuery), responses((status = 200, body = Listing<CustomProviderView>)))]
async fn list(
    State(api): State<Api>,
    _by: AtAccount,
    Paging(page): Paging,
) -> Answer<Listing<CustomProviderView>> {
    let (all, total) = api.store.custom_providers().list(page).await?;
    Ok(Reply::list(all.iter().map(|it| view(&api, it)).collect(), page, total))
}

/// Add a custom provider.
#[utoipa::path(post, path = "/accounts/{account_id}/ai-gateway/custom-providers", tag = "custom providers",
    operation_id = "create-custom-provider", request_body = Changes, responses((status = 200, body = Success<CustomProviderView>)))]
async fn create(
    State(api): State<Api>,
    by: AtAccount,
    Input(mut new): Input<Changes>,
) -> Answer<Success<CustomProviderView>> {
    let by = by.unlimited()?;
    let mut provider = store::CustomProvider {
        id: String::new(),
        name: checked_name(required("name", new.name.take())?)?,
        slug: checked_slug(required("slug", new.slug.take())?)?,
        base_url: checked_url(&api, &required("base_url", new.base_url.take())?)?,
        dialect: DEFAULT_DIALECT.to_owned(),
        enable: true,
        headers: None,
        rest: "{}".into(),
        created_at: 0,
        modified_at: 0,
    };
    new.over(&mut provider)?;
    let provider = api.store.custom_providers().create(&by.actor(), provider).await?;
    api.publish(Change::Providers).await?;
    Ok(Reply::result(view(&api, &provider)))
}

/// Get a custom provider.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/custom-providers/{id}", tag = "custom providers",
    operation_id = "get-custom-provider", responses((status = 200, body = Success<CustomProviderView>)))]
async fn get(
    State(api): State<Api>,
    _by: AtAccount,
    Named(id): Named,
) -> Answer<Success<CustomProviderView>> {
    let provider = api.store.custom_providers().get(&id).await?;
    Ok(Reply::result(view(&api, &provider)))
}

/// Change a custom provider; what is not sent stays. `headers: ""` removes them; a slug that a deployed route calls stays.
#[utoipa::path(patch, path = "/accounts/{account_id}/ai-gateway/custom-providers/{id}", tag = "custom providers",
    operation_id = "update-custom-provider", request_body = Changes, responses((status = 200, body = Success<CustomProviderView>)))]
async fn update(
    State(api): State<Api>,
    by: AtAccount,
    Named(id): Named,
    Input(mut changes): Input<Changes>,
) -> Answer<Success<CustomProviderView>> {
    let by = by.unlimited()?;
    let name = changes.name.take().map(checked_name).transpose()?;
    let slug = changes.slug.take().map(checked_slug).transpose()?;
    let url = changes.base_url.take().map(|it| checked_url(&api, &it)).transpose()?;
    let change = |provider: &mut store::CustomProvider| {
        if let Some(url) = url {
            headers_stay_where_they_were(provider, &url, changes.headers.as_deref())?;
            provider.base_url = url;
        }
        provider.name = name.unwrap_or_else(|| mem::take(&mut provider.name));
        provider.slug = slug.unwrap_or_else(|| mem::take(&mut provider.slug));
        changes.over(provider)
    };
    let provider = api.store.custom_providers().update(&by.actor(), &id, change).await?;
    api.publish(Change::Providers).await?;
    let notes = keys_left_behind(&api, &provider).await?;
    Ok(Reply::noting(view(&api, &provider), notes))
}

/// Delete a custom provider. One that a deployed route calls goes only with `force=true`.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/custom-providers/{id}", tag = "custom providers",
    operation_id = "delete-custom-provider", params(ForceQuery), responses((status = 200, body = Success<CustomProviderView>)))]
async fn delete(
    State(api): State<Api>,
    by: AtAccount,
    Named(id): Named,
    Asked(query): Asked<ForceQuery>,
) -> Answer<Success<CustomProviderView>> {
    let by = by.unlimited()?;
    let all = api.store.custom_providers();
    let provider = if query.force()? {
        all.delete(&by.actor(), &id).await?
    } else {
        let deleted = all.delete_unused(&by.actor(), &id).await;
        deleted.map_err(|it| Problem::not_deleted("this custom provider", it))?
    };
    api.publish(Change::Providers).await?;
    Ok(Reply::result(view(&api, &provider)))
}

/// Fixed headers may hold a key: they do not follow to another server unseen.
fn headers_stay_where_they_were(
    provider: &store::CustomProvider,
    url: &str,
    sent: Option<&str>,
) -> Result<(), Problem> {
    let moves = !providers::same_origin(&provider.base_url, url);
    if !moves || provider.headers.is_none() || sent.is_some() {
        return Ok(());
    }
    let message = format!(
        "the fixed headers were given for {}; to point elsewhere send them again, or `\"\"` to drop them",
        provider.base_url
    );
    Err(Problem::bad_provider("headers", message))
}

/// Stored keys that were given for another server than the provider is on now; they are not used.
async fn keys_left_behind(
    api: &Api,
    provider: &store::CustomProvider,
) -> Result<Vec<Entry>, Problem> {
    let slug = format!("custom-{}", provider.slug);
    let keys = api.store.provider_configs().of_provider(&slug).await?;
    let elsewhere = keys.iter().filter_map(|key| {
        let given_for = key.given_for.as_deref()?;
        (!providers::same_origin(given_for, &provider.base_url)).then(|| {
            let message = format!(
                "the key `{}` in the gateway `{}` was given for {given_for} and is not sent to {}; give it again",
                key.alias, key.gateway, provider.base_url
            );
            Entry::note(&["body", "base_url"], message)
        })
    });
    Ok(elsewhere.collect())
}
