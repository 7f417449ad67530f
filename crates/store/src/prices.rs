//! Prices that override the catalogue's, for a gateway or the account, and every price that was ever set; and price lists that an
//! operator imported. What a price is, is the caller's business.

use route::ids::GatewayId;
use serde_json::json;

use crate::db::{Row, query};
use crate::error::{Error, OnConstraint, Result};
use crate::store::{Actor, Micros, Page, Store, missing};
use crate::write::{Deed, Write, new_id};

/// Price overrides. Every error besides [`crate::Error::Away`], [`crate::Error::Full`] and [`crate::Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct Prices<'s>(pub(crate) &'s Store);

/// The price of one model of one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceOverride {
    /// Where it holds; `None`: in the whole account, where the gateway has none.
    pub gateway: Option<GatewayId>,
    /// Slug of the provider.
    pub provider: String,
    /// The model as the provider calls it.
    pub model: String,
    /// JSON, as given.
    pub price: String,
    /// `UUIDv7` of the write that set it; empty for one that was set before versions were kept. Ignored when it is put.
    pub version: String,
    /// When it was set; 0 as above. Ignored when it is put.
    pub effective_from: Micros,
}

/// A price that was set, or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceEvent {
    /// `UUIDv7`: the version that records name.
    pub id: String,
    /// Where; `None`: in the whole account.
    pub gateway: Option<GatewayId>,
    /// Slug of the provider.
    pub provider: String,
    /// The model.
    pub model: String,
    /// JSON; `None`: taken back.
    pub price: Option<String>,
    /// Since when.
    pub effective_from: Micros,
    /// Who set it.
    pub set_by: String,
}

/// A price list that an operator imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceList {
    /// `UUIDv7`.
    pub id: String,
    /// As the list calls itself.
    pub version: String,
    /// The list.
    pub body: String,
    /// When it was imported.
    pub created_at: Micros,
    /// Who imported it.
    pub created_by: String,
}

impl Prices<'_> {
    /// Those of a gateway, or of the account, by provider and model. An unknown gateway has none.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, gateway: Option<&GatewayId>) -> Result<Vec<PriceOverride>> {
        let mut tx = self.0.db.read().await?;
        let rows = match gateway {
            Some(gateway) => {
                query("select * from prices where gateway_id = $1 order by provider, model")
                    .bind(gateway.as_str())
                    .fetch_all(&mut tx)
                    .await?
            }
            None => {
                query("select * from account_prices order by provider, model")
                    .fetch_all(&mut tx)
                    .await?
            }
        };
        let price = |row: &Row| {
            Ok(PriceOverride {
                gateway: gateway.cloned(),
                provider: row.get("provider")?,
                model: row.get("model")?,
                price: row.get("price")?,
                version: row.get("version")?,
                effective_from: row.get("effective_from")?,
            })
        };
        Ok(rows.iter().map(price).collect::<sqlx::Result<_>>()?)
    }

    /// Sets the price, replacing the one that was, and returns it with its version.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] of the gateway.
    pub async fn put(&self, actor: &Actor, price: PriceOverride) -> Result<PriceOverride> {
        let mut write = self.0.write().await?;
        let price = PriceOverride { version: new_id(), effective_from: write.now, ..price };
        let put = match &price.gateway {
            Some(gateway) => query(
                "insert into prices (provider, model, price, version, effective_from, gateway_id) values ($1, $2, $3, $4, $5, $6) \
                 on conflict (gateway_id, provider, model) do update set price = excluded.price, version = excluded.version, \
                 effective_from = excluded.effective_from",
            )
            .bind(&*price.provider)
            .bind(&*price.model)
            .bind(&*price.price)
            .bind(&*price.version)
            .bind(price.effective_from)
            .bind(gateway.as_str()),
            None => query(
                "insert into account_prices (provider, model, price, version, effective_from) values ($1, $2, $3, $4, $5) \
                 on conflict (provider, model) do update set price = excluded.price, version = excluded.version, \
                 effective_from = excluded.effective_from",
            )
            .bind(&*price.provider)
            .bind(&*price.model)
            .bind(&*price.price)
            .bind(&*price.version)
            .bind(price.effective_from),
        };
        put.execute(&mut write).await.on_foreign_key("gateway")?;
        remember(&mut write, actor, &price, Some(&price.price)).await?;
        let resource = format!("{}/{}", price.provider, price.model);
        let deed = Deed {
            action: "price.put",
            gateway: price.gateway.as_ref(),
            resource: &resource,
            detail: json!({"price": price.price}),
        };
        write.commit(actor, deed).await?;
        Ok(price)
    }

    /// Goes back to the price that was overridden.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], of `gateway` or `price`.
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: Option<&GatewayId>,
        provider: &str,
        model: &str,
    ) -> Result<()> {
        let mut write = self.0.write().await?;
        let delete = match gateway {
            Some(gateway) => {
                query("delete from prices where provider = $1 and model = $2 and gateway_id = $3")
                    .bind(provider)
                    .bind(model)
                    .bind(gateway.as_str())
            }
            None => query("delete from account_prices where provider = $1 and model = $2")
                .bind(provider)
                .bind(model),
        };
        if delete.execute(&mut write).await? == 0 {
            return Err(match gateway {
                Some(gateway) => missing(&mut write, gateway.as_str(), "price").await,
                None => Error::NotFound("price"),
            });
        }
        let gone = PriceOverride {
            gateway: gateway.cloned(),
            provider: provider.to_owned(),
            model: model.to_owned(),
            price: String::new(),
            version: new_id(),
            effective_from: write.now,
        };
        remember(&mut write, actor, &gone, None).await?;
        let resource = format!("{provider}/{model}");
        let deed = Deed { action: "price.delete", gateway, resource: &resource, detail: json!({}) };
        write.commit(actor, deed).await
    }

    /// Every price that was set or taken back, in all gateways and the account, newest first; and how many there are.
    ///
    /// # Errors
    /// None of its own.
    pub async fn history(&self, page: Page) -> Result<(Vec<PriceEvent>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 = crate::db::query_scalar("select count(*) from price_history")
            .fetch_one(&mut tx)
            .await?;
        let rows = query(
            "select * from price_history order by effective_from desc, id desc limit $1 offset $2",
        )
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&mut tx)
        .await?;
        let event = |row: &Row| {
            Ok(PriceEvent {
                id: row.get("id")?,
                gateway: row.get::<Option<String>>("gateway_id")?.map(Into::into),
                provider: row.get("provider")?,
                model: row.get("model")?,
                price: row.get("price")?,
                effective_from: row.get("effective_from")?,
                set_by: row.get("set_by")?,
            })
        };
        Ok((rows.iter().map(event).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
    }

    /// Id of the newest imported list, if there is one.
    ///
    /// # Errors
    /// None of its own.
    pub async fn newest_import(&self) -> Result<Option<String>> {
        let mut tx = self.0.db.read().await?;
        let id = "select id from price_lists order by created_at desc, id desc limit 1";
        let row = query(id).fetch_optional(&mut tx).await?;
        Ok(row.map(|row| row.get("id")).transpose()?)
    }

    /// The newest imported list, if there is one.
    ///
    /// # Errors
    /// None of its own.
    pub async fn imported(&self) -> Result<Option<PriceList>> {
        let mut tx = self.0.db.read().await?;
        let row = query("select * from price_lists order by created_at desc, id desc limit 1")
            .fetch_optional(&mut tx)
            .await?;
        let list = |row: Row| {
            Ok::<_, sqlx::Error>(PriceList {
                id: row.get("id")?,
                version: row.get("version")?,
                body: row.get("body")?,
                created_at: row.get("created_at")?,
                created_by: row.get("created_by")?,
            })
        };
        Ok(row.map(list).transpose()?)
    }

    /// Imports a list: from now on it is the newest. Older ones stay.
    ///
    /// # Errors
    /// None of its own.
    pub async fn import(&self, actor: &Actor, version: &str, body: &str) -> Result<()> {
        let mut write = self.0.write().await?;
        query("insert into price_lists (id, version, body, created_at, created_by) values ($1, $2, $3, $4, $5)")
            .bind(new_id())
            .bind(version)
            .bind(body)
            .bind(write.now)
            .bind(&*actor.name)
            .execute(&mut write)
            .await?;
        let deed =
            Deed { action: "prices.import", gateway: None, resource: version, detail: json!({}) };
        write.commit(actor, deed).await
    }
}

/// Keeps what is set, for ever.
async fn remember(
    write: &mut Write,
    actor: &Actor,
    it: &PriceOverride,
    price: Option<&str>,
) -> Result<()> {
    query(
        "insert into price_history (id, gateway_id, provider, model, price, effective_from, set_by) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&*it.version)
    .bind(it.gateway.as_ref().map(GatewayId::as_str))
    .bind(&*it.provider)
    .bind(&*it.model)
    .bind(price)
    .bind(it.effective_from)
    .bind(&*actor.name)
    .execute(write)
    .await?;
    Ok(())
}
