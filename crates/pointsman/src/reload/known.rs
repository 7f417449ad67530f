//! What a compiler is told about a gateway.

use providers::{Auth, Endpoint, Feature};
use proxy::catalog::{Gateway, Upstream};
use route::{Known, Need, ProviderState};
use std::sync::Arc;

/// What a gateway of the catalog has, for routes that are being saved.
#[derive(Debug)]
pub(crate) struct Having(pub(super) Arc<Gateway>);

impl Known for Having {
    fn provider(&self, slug: &str) -> ProviderState {
        match self.0.providers.get(slug) {
            Some(it) if it.endpoint.speaks().is_empty() => {
                ProviderState::Unsupported(it.endpoint.not_in_routes.clone().into_owned())
            }
            Some(it) if has_what_it_needs(it) => ProviderState::Ready,
            Some(_) => ProviderState::NoKey,
            None => absent(slug),
        }
    }

    fn has_price(&self, provider: &str, model: &str) -> bool {
        self.is_free(provider) || self.0.prices.quote(provider, model).price.is_some()
    }

    fn has_model(&self, provider: &str, model: &str) -> bool {
        self.is_free(provider) || self.0.prices.knows(provider, model)
    }

    fn lacks(&self, provider: &str, model: &str, need: Need) -> bool {
        let feature = match need {
            Need::Tools => Feature::Tools,
            Need::Images => Feature::Images,
            Need::JsonSchema => Feature::JsonSchema,
            Need::Reasoning => Feature::Reasoning,
        };
        self.0.prices.quote(provider, model).capabilities.lacks(feature)
    }
}

impl Having {
    /// The gateway itself.
    pub(crate) fn gateway(&self) -> &Gateway {
        &self.0
    }

    fn is_free(&self, provider: &str) -> bool {
        self.0.providers.get(provider).is_some_and(|it| it.endpoint.built_in)
    }
}

/// Nobody knows whether a custom provider wants a key; its own fixed headers may hold one.
pub(super) fn has_what_it_needs(upstream: &Upstream) -> bool {
    let endpoint = &upstream.endpoint;
    !upstream.keys.is_empty()
        || endpoint.auth == Auth::None
        || endpoint.auth.is_ambient()
        || providers::find(&endpoint.slug).is_none_or(|it| it.keyless)
}

/// A provider of the table that no gateway has cannot be called as it is; any other name is unknown.
pub(super) fn absent(slug: &str) -> ProviderState {
    let Some(provider) = providers::find(slug) else { return ProviderState::Unknown };
    if !provider.not_in_routes.is_empty() {
        return ProviderState::Unsupported(provider.not_in_routes.to_owned());
    }
    match Endpoint::new(provider, None, None) {
        Err(error) => ProviderState::Unsupported(error.to_string()),
        Ok(_) => ProviderState::NoKey,
    }
}
