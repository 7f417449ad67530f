//! `GET …/url/{provider}`: the base URL under which this server answers for a provider.

use crate::caller::{AtGateway, Named};
use crate::live::Api;
use crate::problem::Problem;
use crate::reply::{Answer, Reply, Success};
use axum::extract::State;
use http::{HeaderMap, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get))
}

/// The URL a client of that provider takes as its base; `compat` is the OpenAI-compatible one.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/url/{provider}", tag = "gateways",
    operation_id = "aig-config-get-gateway-url", responses((status = 200, body = Success<String>)))]
async fn get(
    State(api): State<Api>,
    at: AtGateway,
    Named(provider): Named,
    headers: HeaderMap,
) -> Answer<Success<String>> {
    if provider != "compat" && !is_provider(&api, &provider).await? {
        return Err(Problem::invalid(
            &["params", "provider"],
            format!("`{provider}` is not a provider of this server"),
        ));
    }
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok()).unwrap_or("localhost");
    let origin = api.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    let origin = origin.trim_end_matches('/');
    Ok(Reply::result(format!("{origin}/v1/{}/{}/{provider}", api.account, at.gateway)))
}

/// The slug a provider is kept under: its own one when an alias was written.
pub(crate) fn canonical(slug: &str) -> &str {
    providers::find(slug).map_or(slug, |it| it.slug)
}

/// A row of the provider table, or `custom-<slug>` of a custom provider.
pub(crate) async fn is_provider(api: &Api, slug: &str) -> Result<bool, Problem> {
    let Some(custom) = slug.strip_prefix("custom-") else {
        return Ok(providers::find(slug).is_some());
    };
    let all = api.store.custom_providers().all().await?;
    Ok(all.iter().any(|it| it.slug == custom))
}
