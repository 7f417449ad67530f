//! What a gateway can call (ours): its providers with where their keys come from, and the models that are known with what they cost.

use crate::caller::AtGateway;
use crate::live::Api;
use crate::money;
use crate::paging::{Asked, PageQuery, Paging, cut, only};
use crate::reply::{Answer, Listing, Reply};
use crate::urls;
use axum::extract::State;
use providers::{LongContext, ModelRule, Price, PriceBook};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_providers)).routes(routes!(list_models))
}

/// What a gateway can call, and what that costs there.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Every provider that can be called or could be, given a key.
    pub providers: Vec<ProviderOffered>,
    /// Who says what a model costs.
    pub prices: Arc<PriceBook>,
}

/// A provider as a gateway has it. No key and no part of one.
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProviderOffered {
    /// As routes name it.
    pub provider: String,
    /// Made through the API, not one of the table.
    pub custom: bool,
    /// The formats that it is spoken to in, in routes.
    pub formats: Vec<&'static str>,
    /// Why it cannot be called in routes; `null`: it can.
    pub not_in_routes: Option<String>,
    /// Keys stored in this gateway. As long as there are any, the server's is not used.
    pub stored_keys: u32,
    /// The server has a key for it, from its environment or its configuration file.
    pub server_key: bool,
    /// A route can call it: with one of these keys, or because it needs none.
    pub ready: bool,
}

/// List the providers of a gateway, by name: which have keys here, and which have one in the server's environment or configuration file. Never
/// the keys.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/providers", tag = "providers (ours)",
    operation_id = "list-providers", params(PageQuery), responses((status = 200, body = Listing<ProviderOffered>)))]
async fn list_providers(
    State(api): State<Api>,
    at: AtGateway,
    Paging(page): Paging,
) -> Answer<Listing<ProviderOffered>> {
    let mut all = api.live.offer(&at.gateway).providers;
    all.sort_by(|a, b| a.provider.cmp(&b.provider));
    let (providers, total) = cut(all, page);
    Ok(Reply::list(providers, page, total))
}

/// Which models.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ModelQuery {
    /// Only of this provider.
    provider: Option<String>,
    /// Only models with this in their name, in whatever case.
    search: Option<String>,
    /// Only for these calls: `chat`, `responses` or `embeddings`. A model of which nobody has said it is for `chat`.
    mode: Option<String>,
}

/// A model that somebody has heard of: the catalogue, or whoever has set a price for it.
#[derive(Debug, Serialize, ToSchema)]
struct ModelView {
    provider: String,
    model: String,
    /// What its tokens cost in this gateway; `null`: nobody knows.
    price: Option<PriceClasses>,
    /// Another price of whole requests with long prompts.
    long: Option<LongView>,
    /// Who says what it costs, and in which version, as request logs name it.
    price_version: String,
    /// The price was set in this gateway or account, or for a custom provider; it is not the catalogue's.
    is_override: bool,
    /// Most tokens it reads.
    context: Option<u64>,
    /// Most tokens it writes in one reply.
    max_output_tokens: Option<u64>,
    /// `chat`, `responses` or `embeddings`; `null`: nobody has said.
    mode: Option<&'static str>,
    /// Features it is known to have.
    can: Vec<&'static str>,
    /// Features it is known not to have.
    cannot: Vec<&'static str>,
}

/// Dollars per token, by class.
#[derive(Debug, Serialize, ToSchema)]
struct PriceClasses {
    input: String,
    output: String,
    cache_read: String,
    cache_write: String,
    cache_write_1h: String,
    audio_input: String,
    image_input: String,
    reasoning: String,
    audio_output: String,
    image_output: String,
}

/// The price of a request with a long prompt.
#[derive(Debug, Serialize, ToSchema)]
struct LongView {
    /// It holds for requests with more input tokens than this.
    above: u64,
    price: PriceClasses,
}

impl From<Price> for PriceClasses {
    fn from(it: Price) -> Self {
        let dollars = money::dollars_from_pico;
        Self {
            input: dollars(it.input),
            output: dollars(it.output),
            cache_read: dollars(it.cache_read),
            cache_write: dollars(it.cache_write),
            cache_write_1h: dollars(it.cache_write_1h),
            audio_input: dollars(it.audio_input),
            image_input: dollars(it.image_input),
            reasoning: dollars(it.reasoning),
            audio_output: dollars(it.audio_output),
            image_output: dollars(it.image_output),
        }
    }
}

impl From<LongContext> for LongView {
    fn from(it: LongContext) -> Self {
        Self { above: it.above, price: it.price.into() }
    }
}

impl ModelView {
    fn of(prices: &PriceBook, (provider, model): (String, String)) -> Self {
        let quote = prices.quote(&provider, &model);
        let (can, cannot) = quote.capabilities.names();
        Self {
            price: quote.price.map(PriceClasses::from),
            long: quote.long.map(LongView::from),
            price_version: quote.version.to_string(),
            is_override: quote.is_override,
            context: quote.context,
            max_output_tokens: quote.max_output_tokens,
            mode: quote.mode.map(providers::Mode::as_str),
            can,
            cannot,
            provider,
            model,
        }
    }
}

/// List the models that are known, by provider and name, with what they cost in this gateway and what they can do. A model that is not listed can
/// be called all the same.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/models", tag = "providers (ours)",
    operation_id = "list-models", params(PageQuery, ModelQuery), responses((status = 200, body = Listing<ModelView>)))]
async fn list_models(
    State(api): State<Api>,
    at: AtGateway,
    Paging(page): Paging,
    Asked(query): Asked<ModelQuery>,
) -> Answer<Listing<ModelView>> {
    only("mode", query.mode.as_deref(), &providers::Mode::ALL.map(providers::Mode::as_str))?;
    let offer = api.live.offer(&at.gateway);
    let (names, total) = cut(known(&offer, &query), page);
    let models = names.into_iter().map(|it| ModelView::of(&offer.prices, it)).collect();
    Ok(Reply::list(models, page, total))
}

/// Provider and model of those that fit, in their order.
fn known(offer: &Offer, query: &ModelQuery) -> Vec<(String, String)> {
    let prices = &offer.prices;
    let provider = query.provider.as_deref().map(urls::canonical);
    let search = query.search.as_deref().unwrap_or_default().to_lowercase();
    let is_wanted = |it: &str| provider.is_none_or(|want| want == it);
    let here = offer.providers.iter().map(|it| &*it.provider);
    let all: BTreeSet<&str> = here.chain(providers::table().iter().map(|it| it.slug)).collect();
    let mut names = BTreeSet::new();
    for slug in all.into_iter().filter(|it| is_wanted(it)) {
        let listed = prices.catalogue.models(slug);
        names.extend(listed.into_iter().map(|model| (slug.to_owned(), model.to_owned())));
    }
    let set = prices.gateway.keys().chain(prices.account.keys());
    names.extend(set.filter(|(slug, _)| is_wanted(slug)).cloned());
    let costs = prices.custom.iter().filter(|it| it.rule == ModelRule::Equals);
    let costs = costs.filter(|it| is_wanted(&it.provider));
    names.extend(costs.map(|it| (it.provider.to_string(), it.model.to_string())));
    let fits = |(provider, model): &(String, String)| {
        let is_mode = query.mode.as_deref().is_none_or(|want| {
            prices.quote(provider, model).mode.unwrap_or_default().as_str() == want
        });
        is_mode && model.to_lowercase().contains(&search)
    };
    names.into_iter().filter(fits).collect()
}
