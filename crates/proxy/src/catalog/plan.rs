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
        Self {
            endpoint: Arc::clone(endpoint),
            model: model.into(),
            model_json: Bytes::from(serde_json::Value::from(model).to_string()),
            price: price(endpoint, model, gateway).or_else(|| shipped.and_then(|it| it.price)),
            max_output_tokens: shipped.and_then(|it| it.max_output_tokens),
            breaker: gateway.breakers.get(&endpoint.slug, model, key),
        }
    }
}

/// What is known of the price without the shipped catalogue: the gateway's override; and `echo` is free.
fn price(
    endpoint: &providers::Endpoint,
    model: &str,
    gateway: &Gateway,
) -> Option<providers::Price> {
    let free = (endpoint.dialect == providers::Dialect::Echo).then_some(providers::Price::FREE);
    if gateway.prices.is_empty() {
        return free;
    }
    gateway.prices.get(&(endpoint.slug.to_string(), model.to_owned())).copied().or(free)
}
