//! Price overrides of a gateway (ours): dollars per token, kept as whole pico-dollars.

use crate::body::Input;
use crate::caller::AtGateway;
use crate::live::{Api, Change};
use crate::money;
use crate::paging::{Asked, PageQuery, Paging, cut};
use crate::problem::Problem;
use crate::reply::{Answer, Listing, Reply, Success};
use crate::{urls, uses};
use axum::extract::State;
use providers::Price;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, put, delete))
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
    let (prices, total) = cut(api.store.prices().list(&at.gateway).await?, page);
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
    if !urls::is_provider(&api, &new.provider).await? {
        let message = format!("`{}` is not a provider of this server", new.provider);
        return Err(Problem::invalid(&["body", "provider"], message));
    }
    if new.model.is_empty() || new.model.len() > 256 || new.model.chars().any(char::is_control) {
        let message = "a model's name is 1 to 256 bytes without control characters";
        return Err(Problem::invalid(&["body", "model"], message));
    }
    let price = store::PriceOverride {
        gateway: at.gateway.clone(),
        price: serde_json::to_string(&new.price()).map_err(Problem::internal)?,
        provider: uses::canonical(&new.provider).to_owned(),
        model: new.model,
    };
    api.store.prices().put(&at.by.actor(), price.clone()).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    view(&price).map(Reply::result)
}

impl PutPrice {
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
    let required =
        |name, it: Option<String>| it.ok_or_else(|| Problem::invalid(&["query", name], "Required"));
    let provider = required("provider", query.provider)?;
    let model = required("model", query.model)?;
    let provider = uses::canonical(&provider);
    let prices = api.store.prices().list(&at.gateway).await?;
    let deleted = prices.iter().find(|it| it.provider == provider && it.model == model);
    let deleted = deleted.ok_or_else(|| Problem::not_found("price"))?;
    api.store.prices().delete(&at.by.actor(), &at.gateway, provider, &model).await?;
    api.publish(Change::Gateway(at.gateway)).await?;
    view(deleted).map(Reply::result)
}
