//! Prices of a gateway that override the catalogue's. What a price is, is the caller's business.

use route::ids::GatewayId;
use serde_json::json;

use crate::db::query;
use crate::error::{OnConstraint, Result};
use crate::store::{Actor, Store, missing};
use crate::write::Deed;

/// Price overrides. Every error besides [`crate::Error::Away`] and [`crate::Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct Prices<'s>(pub(crate) &'s Store);

/// The price of one model of one provider in one gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceOverride {
    /// Where it holds.
    pub gateway: GatewayId,
    /// Slug of the provider.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: String,
    /// JSON, as given.
    pub price: String,
}

impl Prices<'_> {
    /// By provider and model. An unknown gateway has none.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, gateway: &GatewayId) -> Result<Vec<PriceOverride>> {
        let mut tx = self.0.db.read().await?;
        let rows = query(
            "select provider, model, price from prices where gateway_id = $1 order by provider, model",
        )
        .bind(gateway.as_str())
        .fetch_all(&mut tx)
        .await?;
        let price = |row: &crate::db::Row| {
            Ok(PriceOverride {
                gateway: gateway.clone(),
                provider: row.get("provider")?,
                model: row.get("model")?,
                price: row.get("price")?,
            })
        };
        Ok(rows.iter().map(price).collect::<sqlx::Result<_>>()?)
    }

    /// Sets the price, replacing the one that was.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] of the gateway.
    pub async fn put(&self, actor: &Actor, price: PriceOverride) -> Result<()> {
        let mut write = self.0.write().await?;
        query(
            "insert into prices (gateway_id, provider, model, price) values ($1, $2, $3, $4) \
             on conflict (gateway_id, provider, model) do update set price = excluded.price",
        )
        .bind(price.gateway.as_str())
        .bind(&*price.provider)
        .bind(&*price.model)
        .bind(&*price.price)
        .execute(&mut write)
        .await
        .on_foreign_key("gateway")?;
        let resource = format!("{}/{}", price.provider, price.model);
        let deed = Deed {
            action: "price.put",
            gateway: Some(&price.gateway),
            resource: &resource,
            detail: json!({"price": price.price}),
        };
        write.commit(actor, deed).await
    }

    /// Goes back to the catalogue's price.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], of `gateway` or `price`.
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        provider: &str,
        model: &str,
    ) -> Result<()> {
        let mut write = self.0.write().await?;
        let done =
            query("delete from prices where gateway_id = $1 and provider = $2 and model = $3")
                .bind(gateway.as_str())
                .bind(provider)
                .bind(model)
                .execute(&mut write)
                .await?;
        if done == 0 {
            return Err(missing(&mut write, gateway.as_str(), "price").await);
        }
        let resource = format!("{provider}/{model}");
        let deed = Deed {
            action: "price.delete",
            gateway: Some(gateway),
            resource: &resource,
            detail: json!({}),
        };
        write.commit(actor, deed).await
    }
}
