//! What models of custom providers cost. What a price is, is the caller's business.

use serde_json::json;

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::{Error, OnConstraint, Result};
use crate::store::{Actor, Micros, Page, Store};
use crate::write::{Deed, Write, new_id};

/// Costs of custom providers. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct ProviderCosts<'s>(pub(crate) &'s Store);

/// What some models of a custom provider cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderCost {
    /// `UUIDv7`.
    pub id: String,
    /// Id of the custom provider.
    pub provider_id: String,
    /// A model's name or a part of one.
    pub model: String,
    /// How `model` is meant.
    pub model_rule: String,
    /// JSON, as given.
    pub pricing: String,
    /// Whether it holds.
    pub enable: bool,
    /// When it was created.
    pub created_at: Micros,
    /// When it was last updated: with the id, its version.
    pub modified_at: Micros,
}

impl ProviderCosts<'_> {
    /// Oldest first; and how many there are.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, page: Page) -> Result<(Vec<ProviderCost>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 =
            query_scalar("select count(*) from custom_provider_costs").fetch_one(&mut tx).await?;
        let rows =
            query("select * from custom_provider_costs order by created_at, id limit $1 offset $2")
                .bind(page.limit())
                .bind(page.offset())
                .fetch_all(&mut tx)
                .await?;
        Ok((rows.iter().map(cost).collect::<Result<_>>()?, total.unsigned_abs()))
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// None of its own.
    pub async fn all(&self) -> Result<Vec<ProviderCost>> {
        let mut tx = self.0.db.read().await?;
        let rows = query("select * from custom_provider_costs order by created_at, id")
            .fetch_all(&mut tx)
            .await?;
        rows.iter().map(cost).collect()
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, id: &str) -> Result<ProviderCost> {
        find(&mut *self.0.db.read().await?, id).await
    }

    /// Adds one; `id` and times are ignored.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the custom provider.
    pub async fn create(&self, actor: &Actor, new: ProviderCost) -> Result<ProviderCost> {
        let mut write = self.0.write().await?;
        let id = new_id();
        query(
            "insert into custom_provider_costs (id, provider_id, model, model_rule, pricing, enable, created_at, modified_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $7)",
        )
        .bind(&*id)
        .bind(new.provider_id)
        .bind(new.model)
        .bind(new.model_rule)
        .bind(new.pricing)
        .bind(new.enable)
        .bind(write.now)
        .execute(&mut write)
        .await
        .on_foreign_key("custom provider")?;
        finish(write, actor, "provider_cost.create", &id).await
    }

    /// Changes the one with this id: `change` is given what is there while nobody else can write, so that no other change is undone.
    /// What it does to id, provider and times is ignored.
    ///
    /// # Errors
    /// Those of `change`, and then nothing is changed; [`Error::NotFound`].
    pub async fn update<E: From<Error>>(
        &self,
        actor: &Actor,
        id: &str,
        change: impl FnOnce(&mut ProviderCost) -> std::result::Result<(), E> + Send,
    ) -> std::result::Result<ProviderCost, E> {
        let mut write = self.0.write().await?;
        let mut cost = find(&mut write, id).await?;
        let before = cost.modified_at;
        change(&mut cost)?;
        Ok(replace(write, actor, (id, before), cost).await?)
    }

    /// Deletes one.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete(&self, actor: &Actor, id: &str) -> Result<ProviderCost> {
        let mut write = self.0.write().await?;
        let gone = find(&mut write, id).await?;
        query("delete from custom_provider_costs where id = $1")
            .bind(id)
            .execute(&mut write)
            .await?;
        write.commit(actor, deed("provider_cost.delete", &gone)).await?;
        Ok(gone)
    }
}

/// Writes the new state of one, of which the id and the time of its last change are given.
async fn replace(
    mut write: Write,
    actor: &Actor,
    (id, before): (&str, Micros),
    new: ProviderCost,
) -> Result<ProviderCost> {
    query(
        "update custom_provider_costs set model = $2, model_rule = $3, pricing = $4, enable = $5, modified_at = $6 where id = $1",
    )
    .bind(id)
    .bind(new.model)
    .bind(new.model_rule)
    .bind(new.pricing)
    .bind(new.enable)
    .bind(write.after(before))
    .execute(&mut write)
    .await?;
    finish(write, actor, "provider_cost.update", id).await
}

async fn finish(
    mut write: Write,
    actor: &Actor,
    action: &'static str,
    id: &str,
) -> Result<ProviderCost> {
    let cost = find(&mut write, id).await?;
    write.commit(actor, deed(action, &cost)).await?;
    Ok(cost)
}

async fn find(tx: &mut Connection, id: &str) -> Result<ProviderCost> {
    let row = query("select * from custom_provider_costs where id = $1")
        .bind(id)
        .fetch_optional(tx)
        .await?;
    cost(&row.ok_or(Error::NotFound("provider cost"))?)
}

fn cost(row: &Row) -> Result<ProviderCost> {
    Ok(ProviderCost {
        id: row.get("id")?,
        provider_id: row.get("provider_id")?,
        model: row.get("model")?,
        model_rule: row.get("model_rule")?,
        pricing: row.get("pricing")?,
        enable: row.get("enable")?,
        created_at: row.get("created_at")?,
        modified_at: row.get("modified_at")?,
    })
}

fn deed<'a>(action: &'static str, it: &'a ProviderCost) -> Deed<'a> {
    Deed {
        action,
        gateway: None,
        resource: &it.id,
        detail: json!({"provider": it.provider_id, "model": it.model, "model_rule": it.model_rule, "pricing": it.pricing, "enable": it.enable}),
    }
}
