//! What prices a model: the shipped catalogue, the list an operator imported over it, the one refreshed from a file or URL over that, and
//! the overrides in the store.

use providers::{Catalogue, CostRule, ModelRule, Override, Overrides, PriceBook};
use route::ids::GatewayId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use tokio::sync::Notify;

/// Price lists beside the shipped one.
#[derive(Debug, Default)]
pub(crate) struct PriceLists {
    refreshed: Mutex<Option<Arc<Catalogue>>>,
    /// The newest import that has been read, by its id.
    imported: Mutex<Option<(String, Arc<Catalogue>)>>,
    changed: Notify,
}

impl PriceLists {
    /// From now on this list is laid over every other; whoever waits for [`PriceLists::changed`] is told.
    pub(crate) fn refresh(&self, list: Catalogue) {
        *self.refreshed.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(list));
        self.changed.notify_one();
    }

    /// Returns when a list has been refreshed.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// What a refreshed list is laid over.
    pub(crate) async fn below(&self, store: &Store) -> store::Result<Arc<Catalogue>> {
        let Some(id) = store.prices().newest_import().await? else {
            return Ok(Catalogue::shipped());
        };
        let known = self.imported.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, list)) = known.filter(|(known, _)| *known == id) {
            return Ok(list);
        }
        let Some(row) = store.prices().imported().await? else { return Ok(Catalogue::shipped()) };
        let list = if let Ok(list) = Catalogue::parse(row.body.as_bytes()) {
            Arc::new(list.over(Catalogue::shipped()))
        } else {
            tracing::error!(
                list = row.version,
                "an imported price list cannot be read, and is not used"
            );
            Catalogue::shipped()
        };
        let read = Some((row.id, Arc::clone(&list)));
        *self.imported.lock().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(list)
    }

    /// Everything in layers.
    pub(crate) async fn catalogue(&self, store: &Store) -> store::Result<Arc<Catalogue>> {
        let below = self.below(store).await?;
        let refreshed = self.refreshed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(match refreshed {
            Some(list) => Arc::new(list.as_ref().clone().over(below)),
            None => below,
        })
    }

    /// What prices models in every gateway that has no prices of its own.
    pub(crate) async fn shared(&self, store: &Store) -> store::Result<PriceBook> {
        Ok(PriceBook {
            gateway: Arc::default(),
            account: Arc::new(overrides(store, None).await?),
            custom: costs(store).await?.into(),
            catalogue: self.catalogue(store).await?,
        })
    }
}

/// Overrides of a gateway, or of the account.
pub(crate) async fn overrides(
    store: &Store,
    gateway: Option<&GatewayId>,
) -> store::Result<Overrides> {
    let mut all = Overrides::new();
    let place = gateway.map_or_else(|| "account".to_owned(), |it| format!("gateway {it}"));
    for row in store.prices().list(gateway).await? {
        match serde_json::from_str(&row.price) {
            Ok(price) => {
                let version = format!("override {} of {place}", row.version);
                let version = version.replace("  ", " ").into();
                all.insert((row.provider, row.model), Override { price, version });
            }
            Err(error) => {
                tracing::error!(%error, place, provider = row.provider, model = row.model, "a stored price cannot be read");
            }
        }
    }
    Ok(all)
}

/// Costs of custom providers that hold.
async fn costs(store: &Store) -> store::Result<Vec<CostRule>> {
    let rows = store.provider_costs().all().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let providers = store.custom_providers().all().await?;
    let slugs: HashMap<_, _> = providers.into_iter().map(|it| (it.id, it.slug)).collect();
    let rules = rows.iter().filter(|it| it.enable).filter_map(|row| {
        let slug = slugs.get(&row.provider_id)?;
        let price = match providers::provider_cost(&row.pricing) {
            Ok(price) => price,
            Err(error) => {
                tracing::error!(error, cost = row.id, "a stored cost cannot be read");
                return None;
            }
        };
        let version = format!("custom provider cost {} of {}", row.id, time(row.modified_at));
        Some(CostRule {
            provider: format!("custom-{slug}").into(),
            rule: match row.model_rule.as_str() {
                "starts-with" => ModelRule::StartsWith,
                "contains" => ModelRule::Contains,
                _ => ModelRule::Equals,
            },
            model: row.model.as_str().into(),
            price: Override { price, version: version.into() },
        })
    });
    Ok(rules.collect())
}

fn time(at: store::Micros) -> String {
    jiff::Timestamp::from_microsecond(at).map_or_else(|_| at.to_string(), |it| it.to_string())
}
