//! What a gateway can call, for the management API.

use super::known::{absent, has_what_it_needs};
use api::{Offer, ProviderOffered};
use proxy::catalog::{Gateway, Upstream};
use route::ProviderState;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The providers of a gateway and the rest of the table, and what models cost there.
pub(super) fn of(gateway: &Gateway) -> Offer {
    // By slug: a provider stands in the gateway under its aliases too.
    let mut all: BTreeMap<&str, ProviderOffered> =
        gateway.providers.values().map(|it| (&*it.endpoint.slug, offered(it))).collect();
    for row in providers::table() {
        all.entry(row.slug).or_insert_with(|| ProviderOffered {
            provider: row.slug.to_owned(),
            custom: false,
            formats: row.speaks.iter().map(|it| it.format.name()).collect(),
            not_in_routes: match absent(row.slug) {
                ProviderState::Unsupported(why) => Some(why),
                _ => None,
            },
            stored_keys: 0,
            server_key: false,
            ready: false,
        });
    }
    Offer { providers: all.into_values().collect(), prices: Arc::clone(&gateway.prices) }
}

fn offered(it: &Upstream) -> ProviderOffered {
    let endpoint = &it.endpoint;
    let speaks = endpoint.speaks();
    let why = endpoint.not_in_routes.clone().into_owned();
    let stored = it.keys.iter().filter(|it| it.alias().is_some()).count();
    ProviderOffered {
        provider: endpoint.slug.to_string(),
        custom: endpoint.slug.starts_with("custom-"),
        formats: speaks.iter().map(|it| it.format.name()).collect(),
        not_in_routes: speaks.is_empty().then_some(why),
        stored_keys: u32::try_from(stored).unwrap_or(u32::MAX),
        server_key: endpoint.key.is_some(),
        ready: !speaks.is_empty() && has_what_it_needs(it),
    }
}
