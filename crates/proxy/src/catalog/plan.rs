//! One model, ready to call.
use super::{Gateway, Spend};
use crate::cooldown::Cooldowns;
use crate::keys::{Held, Seat, StoredKey};
use crate::metadata::Metadata;
use bytes::Bytes;
use chat::Format;
use providers::{Auth, KeyUse, Way};
use route::OnUnknownPrice;
use std::sync::Arc;

/// A provider as a gateway has it.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Where and how it is called.
    pub endpoint: Arc<providers::Endpoint>,
    /// The keys that it may be called with; none: a caller's own, or without.
    pub keys: Arc<[Held]>,
}

impl Upstream {
    /// A provider with the keys stored in the gateway; without any, with the one that the operator configured for the endpoint.
    pub fn new(
        endpoint: Arc<providers::Endpoint>,
        stored: Vec<StoredKey>,
        cooldowns: &Cooldowns,
    ) -> Self {
        let slug = &endpoint.slug;
        let mut keys: Vec<_> =
            stored.into_iter().map(|it| Held::stored(slug, it, cooldowns)).collect();
        if keys.is_empty() {
            keys.extend(endpoint.key.as_ref().map(|it| Held::only(slug, it, cooldowns)));
        }
        Self { endpoint, keys: keys.into() }
    }

    /// The same place with those of its keys that may go where a caller's path leads. Without any, only the caller's own may, and without
    /// that nobody signs in with what the surroundings of the process have unless that may go there too.
    pub(crate) fn within(&self, may: &KeyUse, callers_own: Option<&str>) -> Self {
        let keys: Arc<[Held]> =
            self.keys.iter().filter(|it| may.admits(Some(&it.key))).cloned().collect();
        let mut endpoint = self.endpoint.as_ref().clone();
        endpoint.key = endpoint.key.filter(|it| may.admits(Some(it)));
        let nobody = keys.is_empty() && callers_own.is_none() && !may.admits(None);
        if endpoint.auth.is_ambient() && nobody {
            endpoint.auth = Auth::None;
        }
        Self { endpoint: Arc::new(endpoint), keys }
    }

    /// A place for every key, or one for none, with the breakers of `gateway` for `model`.
    fn seats(&self, model: &str, gateway: &Gateway) -> Box<[Seat]> {
        let breaker = |key: &str| gateway.breakers.get(&self.endpoint.slug, model, key);
        if self.keys.is_empty() {
            return Box::new([Seat { held: None, breaker: breaker("") }]);
        }
        let seat = |it: &Held| Seat { held: Some(it.clone()), breaker: breaker(&it.key.alias) };
        self.keys.iter().map(seat).collect()
    }
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
    /// The keys to call it with, at least one place.
    pub seats: Box<[Seat]>,
    /// The gateway's spend rules that are for this model, as far as metadata does not decide.
    pub spend: Box<[Spend]>,
}

impl Plan {
    /// Plans calls of `model` at `upstream` with the prices and breakers of `gateway`.
    pub fn new(upstream: &Upstream, model: &str, gateway: &Gateway) -> Self {
        let endpoint = &upstream.endpoint;
        Self {
            endpoint: Arc::clone(endpoint),
            ways: endpoint.ways(model),
            model: model.into(),
            model_json: Bytes::from(serde_json::Value::from(model).to_string()),
            scale: tokens::Scale::of(&endpoint.slug, model),
            quote: gateway.prices.quote(&endpoint.slug, model),
            seats: upstream.seats(model, gateway),
            spend: Spend::of(&gateway.limits, &gateway.id, (&endpoint.slug, Some(model))),
        }
    }

    /// The same for a call whose model may be any: every rule that is for some model of the provider is for it.
    pub(crate) fn of_any_model(self, gateway: &Gateway) -> Self {
        let provider = (&*self.endpoint.slug, None);
        Self { spend: Spend::of(&gateway.limits, &gateway.id, provider), ..self }
    }

    /// The spend rules that are for a call with this metadata and do not let it be made while its price is unknown.
    pub(crate) fn want_price(&self, metadata: &Metadata<'_>) -> impl Iterator<Item = &Spend> {
        let wants = |it: &&Spend| it.rule.on_unknown_price == OnUnknownPrice::Refuse;
        self.spend.iter().filter(wants).filter(|it| it.is_for(metadata))
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
