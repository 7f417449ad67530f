//! Price overrides of a gateway and of the account (ours): dollars per token, kept as whole pico-dollars.

use crate::body::Input;
use crate::caller::{AtAccount, AtGateway, Holder};
use crate::live::{Api, Change};
use crate::money;
use crate::paging::{Asked, PageQuery, Paging, cut};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{times, urls};
use axum::extract::State;
use providers::Price;
use route::ids::GatewayId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, put, delete))
        .routes(routes!(list_account, put_account, delete_account))
        .routes(routes!(history))
}

/// What a model of a provider costs here.
#[derive(Debug, Deserialize, ToSchema)]
struct PutPrice {
    provider: String,
    model: String,
    #[schema(value_type = String, example = "0.00000015")]
    input: Dollars,
    #[schema(value_type = String, example = "0.0000006")]
    output: Dollars,
    /// Default: as `input`.
    #[schema(value_type = Option<String>)]
    cache_read: Option<Dollars>,
    /// Default: as `input`.
    #[schema(value_type = Option<String>)]
    cache_write: Option<Dollars>,
    /// Default: as `cache_write`.
    #[schema(value_type = Option<String>)]
    cache_write_1h: Option<Dollars>,
    /// Default: as `input`.
    #[schema(value_type = Option<String>)]
    audio_input: Option<Dollars>,
    /// Default: as `input`.
    #[schema(value_type = Option<String>)]
    image_input: Option<Dollars>,
    /// Default: as `output`.
    #[schema(value_type = Option<String>)]
    reasoning: Option<Dollars>,
    /// Default: as `output`.
    #[schema(value_type = Option<String>)]
    audio_output: Option<Dollars>,
    /// Default: as `output`.
    #[schema(value_type = Option<String>)]
    image_output: Option<Dollars>,
}

/// Dollars per token, a decimal string or a number; read digit by digit, rounded up to whole pico-dollars.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Box<RawValue>")]
struct Dollars(u64);

impl TryFrom<Box<RawValue>> for Dollars {
    type Error = String;

    fn try_from(json: Box<RawValue>) -> Result<Self, String> {
        let text = json.get().trim_matches('"');
        providers::pico(text).map(Self).ok_or_else(|| {
            format!("`{text}` is not a price in dollars per token, such as \"0.00000015\"")
        })
    }
}

/// A price override, in dollars per token.
#[derive(Debug, Serialize, ToSchema)]
struct PriceView {
    provider: String,
    model: String,
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
    /// What the records of requests it priced name; empty for one from before versions were kept.
    version: String,
    /// Since when it holds.
    #[schema(format = DateTime)]
    effective_from: String,
}

fn view(it: &store::PriceOverride) -> Result<PriceView, Problem> {
    let price: Price = serde_json::from_str(&it.price).map_err(Problem::internal)?;
    Ok(PriceView {
        provider: it.provider.clone(),
        model: it.model.clone(),
        input: money::dollars_from_pico(price.input),
        output: money::dollars_from_pico(price.output),
        cache_read: money::dollars_from_pico(price.cache_read),
        cache_write: money::dollars_from_pico(price.cache_write),
        cache_write_1h: money::dollars_from_pico(price.cache_write_1h),
        audio_input: money::dollars_from_pico(price.audio_input),
        image_input: money::dollars_from_pico(price.image_input),
        reasoning: money::dollars_from_pico(price.reasoning),
        audio_output: money::dollars_from_pico(price.audio_output),
        image_output: money::dollars_from_pico(price.image_output),
        version: it.version.clone(),
        effective_from: times::from_micros(it.effective_from),
    })
}

/// Which override.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PriceQuery {
    provider: Option<String>,
    model: Option<String>,
}

/// List the price overrides of a gateway.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/prices", tag = "prices (ours)",
    operation_id = "list-prices", params(PageQuery), responses((status = 200, body = Listing<PriceView>)))]
async fn list(
    State(api): State<Api>,
    at: AtGateway,
    Paging(page): Paging,
) -> Answer<Listing<PriceView>> {
    let (prices, total) = cut(api.store.prices().list(Some(&at.gateway)).await?, page);
    let prices = prices.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Reply::list(prices, page, total))
}

/// Set the price of a model in this gateway; it replaces the catalogue's.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/prices", tag = "prices (ours)",
    operation_id = "put-price", request_body = PutPrice, responses((status = 200, body = Success<PriceView>)))]
async fn put(
    State(api): State<Api>,
    at: AtGateway,
    Input(new): Input<PutPrice>,
) -> Answer<Success<PriceView>> {
    let price = new.over(&api, Some(at.gateway.clone())).await?;
    let price = api.store.prices().put(&at.by.actor(), price).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    view(&price).map(Reply::result)
}

impl PutPrice {
    /// What is to be kept, after a look at it.
    async fn over(
        self,
        api: &Api,
        gateway: Option<GatewayId>,
    ) -> Result<store::PriceOverride, Problem> {
        if !urls::is_provider(api, &self.provider).await? {
            let message = format!("`{}` is not a provider of this server", self.provider);
            return Err(Problem::invalid(&["body", "provider"], message));
        }
        let model = &self.model;
        if model.is_empty() || model.len() > 256 || model.chars().any(char::is_control) {
            let message = "a model's name is 1 to 256 bytes without control characters";
            return Err(Problem::invalid(&["body", "model"], message));
        }
        Ok(store::PriceOverride {
            gateway,
            price: serde_json::to_string(&self.price()).map_err(Problem::internal)?,
            provider: urls::canonical(&self.provider).to_owned(),
            model: self.model,
            version: String::new(),
            effective_from: 0,
        })
    }

    fn price(&self) -> Price {
        let or = |it: Option<Dollars>, side: Dollars| it.unwrap_or(side).0;
        let cache_write = self.cache_write.unwrap_or(self.input);
        Price {
            input: self.input.0,
            cache_read: or(self.cache_read, self.input),
            cache_write: cache_write.0,
            cache_write_1h: or(self.cache_write_1h, cache_write),
            audio_input: or(self.audio_input, self.input),
            image_input: or(self.image_input, self.input),
            output: self.output.0,
            reasoning: or(self.reasoning, self.output),
            audio_output: or(self.audio_output, self.output),
            image_output: or(self.image_output, self.output),
        }
    }
}

/// Delete a price override; the catalogue's price is back.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/prices", tag = "prices (ours)",
    operation_id = "delete-price", params(PriceQuery), responses((status = 200, body = Success<PriceView>)))]
async fn delete(
    State(api): State<Api>,
    at: AtGateway,
    Asked(query): Asked<PriceQuery>,
) -> Answer<Success<PriceView>> {
    let gateway = Some(at.gateway.clone());
    let deleted = take_back(&api, &at.by, gateway.as_ref(), query).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    view(&deleted).map(Reply::result)
}

async fn take_back(
    api: &Api,
    by: &Holder,
    gateway: Option<&GatewayId>,
    query: PriceQuery,
) -> Result<store::PriceOverride, Problem> {
    let required =
        |name, it: Option<String>| it.ok_or_else(|| Problem::invalid(&["query", name], "Required"));
    let provider = required("provider", query.provider)?;
    let model = required("model", query.model)?;
    let provider = urls::canonical(&provider);
    let prices = api.store.prices().list(gateway).await?;
    let deleted = prices.into_iter().find(|it| it.provider == provider && it.model == model);
    let deleted = deleted.ok_or_else(|| Problem::not_found("price"))?;
    api.store.prices().delete(&by.actor(), gateway, provider, &model).await?;
    Ok(deleted)
}

/// List the price overrides of the account; a gateway's own come before them.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/prices", tag = "prices (ours)",
    operation_id = "list-account-prices", params(PageQuery), responses((status = 200, body = Listing<PriceView>)))]
async fn list_account(
    State(api): State<Api>,
    _by: AtAccount,
    Paging(page): Paging,
) -> Answer<Listing<PriceView>> {
    let (prices, total) = cut(api.store.prices().list(None).await?, page);
    let prices = prices.iter().map(view).collect::<Result<_, _>>()?;
    Ok(Reply::list(prices, page, total))
}

/// Set the price of a model in every gateway that has none of its own.
#[utoipa::path(put, path = "/accounts/{account_id}/ai-gateway/prices", tag = "prices (ours)",
    operation_id = "put-account-price", request_body = PutPrice, responses((status = 200, body = Success<PriceView>)))]
async fn put_account(
    State(api): State<Api>,
    by: AtAccount,
    Input(new): Input<PutPrice>,
) -> Answer<Success<PriceView>> {
    let by = by.unlimited()?;
    let price = new.over(&api, None).await?;
    let price = api.store.prices().put(&by.actor(), price).await?;
    api.publish(Change::Prices).await?;
    view(&price).map(Reply::result)
}

/// Delete a price override of the account; the catalogue's price is back.
#[utoipa::path(delete, path = "/accounts/{account_id}/ai-gateway/prices", tag = "prices (ours)",
    operation_id = "delete-account-price", params(PriceQuery), responses((status = 200, body = Success<PriceView>)))]
async fn delete_account(
    State(api): State<Api>,
    by: AtAccount,
    Asked(query): Asked<PriceQuery>,
) -> Answer<Success<PriceView>> {
    let by = by.unlimited()?;
    let deleted = take_back(&api, &by, None, query).await?;
    api.publish(Change::Prices).await?;
    view(&deleted).map(Reply::result)
}

/// A price that was set or taken back.
#[derive(Debug, Serialize, ToSchema)]
struct PriceEventView {
    /// What the records of requests it priced name.
    version: String,
    /// `null`: the whole account.
    gateway_id: Option<String>,
    provider: String,
    model: String,
    /// Whole pico-dollars per token, by class; `null`: taken back.
    #[schema(value_type = Option<Object>)]
    pico_dollars: Option<Box<RawValue>>,
    #[schema(format = DateTime)]
    effective_from: String,
    set_by: String,
}

/// Every price override that was ever set or taken back, newest first.
#[utoipa::path(get, path = "/accounts/{account_id}/ai-gateway/prices/history", tag = "prices (ours)",
    operation_id = "list-price-history", params(PageQuery), responses((status = 200, body = Listing<PriceEventView>)))]
async fn history(
    State(api): State<Api>,
    by: AtAccount,
    Paging(page): Paging,
) -> Answer<Listing<PriceEventView>> {
    by.unlimited()?;
    let (events, total) = api.store.prices().history(page).await?;
    let event = |it: store::PriceEvent| PriceEventView {
        version: it.id,
        gateway_id: it.gateway.map(|it| it.to_string()),
        provider: it.provider,
        model: it.model,
        pico_dollars: it.price.and_then(|it| RawValue::from_string(it).ok()),
        effective_from: times::from_micros(it.effective_from),
        set_by: it.set_by,
    };
    Ok(Reply::list(events.into_iter().map(event).collect(), page, total))
}
