//! Stored provider keys: sealed in the database, opened only for the catalog.

use route::ids::GatewayId;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::{Error, OnConstraint, Result};
use crate::in_use;
use crate::sealer::Place;
use crate::store::{Actor, Micros, Page, Store, missing};
use crate::write::{Deed, Write, new_id};

/// Stored provider keys. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct ProviderConfigs<'s>(pub(crate) &'s Store);

/// A stored key, without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// `UUIDv7`.
    pub id: String,
    /// The gateway it is in.
    pub gateway: GatewayId,
    /// The provider it is for.
    pub provider_slug: String,
    /// Tells keys of one provider apart.
    pub alias: String,
    /// Whether it is used where no alias is named and no key of the provider has a weight; at most one of a provider.
    pub default_config: bool,
    /// Its share of the provider's traffic; `None`: nobody has said.
    pub weight: Option<i64>,
    /// The base URL of the custom provider that it was given for; `None`: a provider of the table.
    pub given_for: Option<String>,
    /// Requests allowed in a period, if limited; 0: any number.
    pub rate_limit: Option<i64>,
    /// The period in seconds.
    pub rate_limit_period: i64,
    /// Last four characters, for display; empty when the key is shorter than 20 characters.
    pub secret_preview: String,
    /// When it was created.
    pub created_at: Micros,
    /// When its secret, its weight or its limit was last replaced.
    pub modified_at: Micros,
}

/// A key to store.
#[derive(Debug)]
pub struct NewProviderConfig {
    /// The provider it is for.
    pub provider_slug: String,
    /// Tells keys of one provider apart; empty: `default`.
    pub alias: String,
    /// Whether it is used where no alias is named; it then takes this over from the one that was.
    pub default_config: bool,
    /// Its share of the provider's traffic, if it has one.
    pub weight: Option<i64>,
    /// The base URL of the custom provider that it is for; `None`: a provider of the table.
    pub given_for: Option<String>,
    /// The key.
    pub secret: SecretString,
    /// Requests allowed in a period, if limited; 0: any number.
    pub rate_limit: Option<i64>,
    /// The period in seconds.
    pub rate_limit_period: i64,
}

/// What is to be changed about a stored key; what is `None` stays.
#[derive(Debug, Default)]
pub struct ChangedProviderConfig {
    /// Another key.
    pub secret: Option<NewSecret>,
    /// Another share of the traffic, or none (`Some(None)`).
    pub weight: Option<Option<i64>>,
    /// Another number of requests allowed in a period, or any (`Some(None)`).
    pub rate_limit: Option<Option<i64>>,
    /// Another period, in seconds.
    pub rate_limit_period: Option<i64>,
}

/// Another key for a stored one.
#[derive(Debug)]
pub struct NewSecret {
    /// The key.
    pub secret: SecretString,
    /// The base URL of the custom provider that it is for; `None`: a provider of the table.
    pub given_for: Option<String>,
}

impl ProviderConfigs<'_> {
    /// Keys of a gateway, oldest first; and how many there are.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the gateway.
    pub async fn list(
        &self,
        gateway: &GatewayId,
        page: Page,
    ) -> Result<(Vec<ProviderConfig>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 =
            query_scalar("select count(*) from provider_configs where gateway_id = $1")
                .bind(gateway.as_str())
                .fetch_one(&mut tx)
                .await?;
        if total == 0
            && matches!(missing(&mut tx, gateway.as_str(), "").await, Error::NotFound("gateway"))
        {
            return Err(Error::NotFound("gateway"));
        }
        let rows = query(
            "select * from provider_configs where gateway_id = $1 order by created_at, id limit $2 offset $3",
        )
        .bind(gateway.as_str())
        .bind(page.limit())
        .bind(page.offset())
        .fetch_all(&mut tx)
        .await?;
        Ok((rows.iter().map(config).collect::<sqlx::Result<_>>()?, total.unsigned_abs()))
    }

    /// Keys of one provider in all gateways, by gateway, oldest first.
    ///
    /// # Errors
    /// None of its own.
    pub async fn of_provider(&self, provider: &str) -> Result<Vec<ProviderConfig>> {
        let mut tx = self.0.db.read().await?;
        let rows = query(
            "select * from provider_configs where provider_slug = $1 order by gateway_id, created_at, id",
        )
        .bind(provider)
        .fetch_all(&mut tx)
        .await?;
        Ok(rows.iter().map(config).collect::<sqlx::Result<_>>()?)
    }

    /// The key with this id, without its secret.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<ProviderConfig> {
        find(&mut *self.0.db.read().await?, gateway, id).await
    }

    /// Stores a key.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the gateway; [`Error::Exists`] when the provider has a key with this alias.
    pub async fn create(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        new: NewProviderConfig,
    ) -> Result<ProviderConfig> {
        let mut write = self.0.write().await?;
        let id = new_id();
        if new.default_config {
            give_up_default(&mut write, gateway, &new.provider_slug).await?;
        }
        self.insert(&mut write, gateway, &id, &new).await?;
        let config = find(&mut write, gateway, &id).await?;
        write.commit(actor, deed("provider_config.create", &config)).await?;
        Ok(config)
    }

    async fn insert(
        &self,
        write: &mut Write,
        gateway: &GatewayId,
        id: &str,
        new: &NewProviderConfig,
    ) -> Result<()> {
        let alias = if new.alias.is_empty() { "default" } else { &new.alias };
        let now = write.now;
        query(
            "insert into provider_configs (id, gateway_id, provider_slug, alias, default_config, secret, secret_preview, \
             rate_limit, rate_limit_period, created_at, modified_at, weight, given_for) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12)",
        )
        .bind(id)
        .bind(gateway.as_str())
        .bind(&*new.provider_slug)
        .bind(alias)
        .bind(new.default_config)
        .bind(self.0.sealer.seal(place(id), &new.secret))
        .bind(preview(&new.secret))
        .bind(new.rate_limit)
        .bind(new.rate_limit_period)
        .bind(now)
        .bind(new.weight)
        .bind(new.given_for.as_deref())
        .execute(write)
        .await
        .on_unique("provider config", alias)
        .on_foreign_key("gateway")?;
        Ok(())
    }

    /// Replaces the secret of a key, its weight, its limit, or several of them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn update(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
        changed: ChangedProviderConfig,
    ) -> Result<ProviderConfig> {
        let mut write = self.0.write().await?;
        let before = find(&mut write, gateway, id).await?;
        query(
            "update provider_configs set weight = $2, modified_at = $3, rate_limit = $4, rate_limit_period = $5 where id = $1",
        )
        .bind(id)
        .bind(changed.weight.unwrap_or(before.weight))
        .bind(write.after(before.modified_at))
        .bind(changed.rate_limit.unwrap_or(before.rate_limit))
        .bind(changed.rate_limit_period.unwrap_or(before.rate_limit_period))
        .execute(&mut write)
        .await?;
        if let Some(NewSecret { secret, given_for }) = changed.secret {
            query(
                "update provider_configs set secret = $2, secret_preview = $3, given_for = $4 where id = $1",
            )
            .bind(id)
            .bind(self.0.sealer.seal(place(id), &secret))
            .bind(preview(&secret))
            .bind(given_for.as_deref())
            .execute(&mut write)
            .await?;
        }
        let after = find(&mut write, gateway, id).await?;
        write.commit(actor, deed("provider_config.update", &after)).await?;
        Ok(after)
    }

    /// Deletes a key, whoever uses it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
    ) -> Result<ProviderConfig> {
        let mut write = self.0.write().await?;
        let config = find(&mut write, gateway, id).await?;
        remove(write, actor, config).await
    }

    /// Deletes a key unless it is the last one of its provider and a deployed version calls the provider, by its own slug
    /// or one of `aliases`.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`].
    pub async fn delete_unused(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
        aliases: &[&str],
    ) -> Result<ProviderConfig> {
        let mut write = self.0.write().await?;
        let config = find(&mut write, gateway, id).await?;
        if is_last(&mut write, &config).await? {
            let slugs: Vec<&str> =
                aliases.iter().copied().chain([config.provider_slug.as_str()]).collect();
            in_use::refuse_in_gateway(&mut write, gateway.as_str(), &slugs).await?;
        }
        remove(write, actor, config).await
    }

    /// For the catalog: opened; by provider, the default first, then the oldest.
    ///
    /// # Errors
    /// [`Error::Sealed`] when one of them cannot be opened.
    pub async fn open_all(
        &self,
        gateway: &GatewayId,
    ) -> Result<Vec<(ProviderConfig, SecretString)>> {
        let mut tx = self.0.db.read().await?;
        let rows = query(
            "select * from provider_configs where gateway_id = $1 \
             order by provider_slug, default_config desc, created_at, id",
        )
        .bind(gateway.as_str())
        .fetch_all(&mut tx)
        .await?;
        rows.iter().map(|row| self.open(row)).collect()
    }

    fn open(&self, row: &Row) -> Result<(ProviderConfig, SecretString)> {
        let config = config(row)?;
        let secret = self.0.sealer.open(place(&config.id), &row.get::<Vec<u8>>("secret")?)?;
        Ok((config, secret))
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "provider_configs", record: id, field: "secret" }
}

/// So few characters of a long secret help to tell keys apart and not to guess them.
fn preview(secret: &SecretString) -> String {
    let secret = secret.expose_secret();
    let characters = secret.chars().count();
    if characters < 20 { String::new() } else { secret.chars().skip(characters - 4).collect() }
}

async fn find(tx: &mut Connection, gateway: &GatewayId, id: &str) -> Result<ProviderConfig> {
    let row = query("select * from provider_configs where gateway_id = $1 and id = $2")
        .bind(gateway.as_str())
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    match row {
        Some(row) => Ok(config(&row)?),
        None => Err(missing(tx, gateway.as_str(), "provider config").await),
    }
}

async fn give_up_default(write: &mut Write, gateway: &GatewayId, provider: &str) -> Result<()> {
    query(
        "update provider_configs set default_config = $3 where gateway_id = $1 and provider_slug = $2",
    )
    .bind(gateway.as_str())
    .bind(provider)
    .bind(false)
    .execute(write)
    .await?;
    Ok(())
}

async fn is_last(write: &mut Write, config: &ProviderConfig) -> Result<bool> {
    let keys: i64 = query_scalar(
        "select count(*) from provider_configs where gateway_id = $1 and provider_slug = $2",
    )
    .bind(config.gateway.as_str())
    .bind(&*config.provider_slug)
    .fetch_one(write)
    .await?;
    Ok(keys == 1)
}

async fn remove(mut write: Write, actor: &Actor, config: ProviderConfig) -> Result<ProviderConfig> {
    query("delete from provider_configs where id = $1")
        .bind(&*config.id)
        .execute(&mut write)
        .await?;
    write.commit(actor, deed("provider_config.delete", &config)).await?;
    Ok(config)
}

fn deed<'a>(action: &'static str, config: &'a ProviderConfig) -> Deed<'a> {
    Deed {
        action,
        gateway: Some(&config.gateway),
        resource: &config.id,
        detail: json!({
            "provider_slug": config.provider_slug,
            "alias": config.alias,
            "default_config": config.default_config,
            "weight": config.weight,
            "rate_limit": config.rate_limit,
            "rate_limit_period": config.rate_limit_period,
        }),
    }
}

fn config(row: &Row) -> sqlx::Result<ProviderConfig> {
    Ok(ProviderConfig {
        id: row.get("id")?,
        gateway: row.get::<String>("gateway_id")?.into(),
        provider_slug: row.get("provider_slug")?,
        alias: row.get("alias")?,
        default_config: row.get("default_config")?,
        weight: row.get("weight")?,
        given_for: row.get("given_for")?,
        rate_limit: row.get("rate_limit")?,
        rate_limit_period: row.get("rate_limit_period")?,
        secret_preview: row.get("secret_preview")?,
        created_at: row.get("created_at")?,
        modified_at: row.get("modified_at")?,
    })
}
