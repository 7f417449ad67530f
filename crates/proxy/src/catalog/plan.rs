//! One model, ready to call.
use super::Gateway;
use crate::breaker::Breaker;
use bytes::Bytes;
use std::sync::Arc;

/// A provider as a gateway has it.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Where and how it is called, with the key of this gateway.
    pub endpoint: Arc<providers::Endpoint>,
}

/// One model, ready to call: nothing is looked up or formatted per request.
#[derive(Debug)]
pub struct Plan {
    /// The provider.
    pub endpoint: Arc<providers::Endpoint>,
    /// The model, as the provider names it.
    pub model: Box<str>,
    /// The model as a JSON string.
    pub model_json: Bytes,
    /// The gateway's own price, else the shipped catalogue's; `None`: unknown.
    pub price: Option<providers::Price>,
    /// Another price for long prompts, when `price` is the catalogue's.
    pub long: Option<providers::LongContext>,
    /// What the catalogue says a reply may have at most.
    pub max_output_tokens: Option<u64>,
    /// `None` when the gateway's breaker is off.
    pub breaker: Option<Arc<Breaker>>,
}

impl Plan {
    /// Plans calls of `model` at `endpoint` with the prices and breakers of `gateway`.
    pub fn new(endpoint: &Arc<providers::Endpoint>, model: &str, gateway: &Gateway) -> Self {
        let key = endpoint.key.as_ref().map_or("", |it| &*it.alias);
        let shipped = providers::model(&endpoint.slug, model);
        let own = own_price(endpoint, model, gateway);
        Self {
            endpoint: Arc::clone(endpoint),
            model: model.into(),
            model_json: Bytes::from(serde_json::Value::from(model).to_string()),
            price: own.or_else(|| shipped.and_then(|it| it.price)),
            long: shipped.filter(|_| own.is_none()).and_then(|it| it.long),
            max_output_tokens: shipped.and_then(|it| it.max_output_tokens),
            breaker: gateway.breakers.get(&endpoint.slug, model, key),
        }
    }

    /// The price of a call with so many input tokens.
    pub(crate) fn price_at(&self, input_tokens: u64) -> Option<providers::Price> {
        let long = self.long.filter(|it| input_tokens > it.above);
        long.map(|it| it.price).or(self.price)
    }
}

/// The gateway's override.
fn own_price(
    endpoint: &providers::Endpoint,
    model: &str,
    gateway: &Gateway,
) -> Option<providers::Price> {
    if gateway.prices.is_empty() {
        return None;
    }
    gateway.prices.get(&(endpoint.slug.to_string(), model.to_owned())).copied()
}
