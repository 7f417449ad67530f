//! One model, ready to call.
use super::{Gateway, Spend};
use crate::breaker::Breaker;
use bytes::Bytes;
use chat::Format;
use providers::Way;
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
    /// How the model is called there, a format each; the first is what others are translated to.
    pub ways: Arc<[Way]>,
    /// The model, as the provider names it.
    pub model: Box<str>,
    /// The model as a JSON string.
    pub model_json: Bytes,
    /// What it costs, and who says so.
    pub quote: providers::Quote,
    /// What counts the tokens of its input beforehand.
    pub scale: tokens::Scale,
    /// `None` when the gateway's breaker is off.
    pub breaker: Option<Arc<Breaker>>,
    /// The gateway's spend rules that are for this model, as far as metadata does not decide.
    pub spend: Box<[Spend]>,
}

impl Plan {
    /// Plans calls of `model` at `endpoint` with the prices and breakers of `gateway`.
    pub fn new(endpoint: &Arc<providers::Endpoint>, model: &str, gateway: &Gateway) -> Self {
        let key = endpoint.key.as_ref().map_or("", |it| &*it.alias);
        Self {
            endpoint: Arc::clone(endpoint),
            ways: endpoint.ways(model),
            model: model.into(),
            model_json: Bytes::from(serde_json::Value::from(model).to_string()),
            scale: tokens::Scale::of(&endpoint.slug, model),
            quote: gateway.prices.quote(&endpoint.slug, model),
            breaker: gateway.breakers.get(&endpoint.slug, model, key),
            spend: Spend::of(&gateway.limits, &gateway.id, (&endpoint.slug, model)),
        }
    }

    /// How to serve a caller that speaks `from`: in the same format where the provider has it, else
    /// in the one it is translated to. `None`: not at all.
    pub fn way(&self, from: Format) -> Option<&Way> {
        self.ways.iter().find(|it| it.format == from).or_else(|| {
            let is_of_embeddings = from.is_of_embeddings();
            self.ways.iter().find(|it| it.format.is_of_embeddings() == is_of_embeddings)
        })
    }
}
