//! Providers that the operator added, for all gateways. Their fixed headers may hold keys and are sealed.

use secrecy::SecretString;
use serde_json::json;

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::{Error, OnConstraint, Result};
use crate::in_use;
use crate::sealer::Place;
use crate::store::{Actor, Micros, Page, Store};
use crate::write::{Deed, Write, new_id};

/// Custom providers. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call; reading fails with
/// [`Error::Sealed`] when stored headers cannot be opened.
#[derive(Debug)]
pub struct CustomProviders<'s>(pub(crate) &'s Store);

/// A custom provider.
#[derive(Clone, Debug)]
pub struct CustomProvider {
    /// `UUIDv7`.
    pub id: String,
    /// For display.
    pub name: String,
    /// Without the `custom-` prefix; unique.
    pub slug: String,
    /// As the provider's own SDK takes it.
    pub base_url: String,
    /// Name of what it speaks.
    pub dialect: String,
    /// Whether it may be called.
    pub enable: bool,
    /// JSON object of fixed headers, sealed at rest.
    pub headers: Option<SecretString>,
    /// beta, description, link, … as sent.
    pub rest: String,
    /// When it was created.
    pub created_at: Micros,
    /// When it was last updated.
    pub modified_at: Micros,
}

impl CustomProviders<'_> {
    /// Oldest first; and how many there are.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, page: Page) -> Result<(Vec<CustomProvider>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 =
            query_scalar("select count(*) from custom_providers").fetch_one(&mut tx).await?;
        let rows =
            query("select * from custom_providers order by created_at, id limit $1 offset $2")
                .bind(page.limit())
                .bind(page.offset())
                .fetch_all(&mut tx)
                .await?;
        let providers = rows.iter().map(|row| self.provider(row)).collect::<Result<_>>()?;
        Ok((providers, total.unsigned_abs()))
    }

    /// All of them, oldest first.
    ///
    /// # Errors
    /// None of its own.
    pub async fn all(&self) -> Result<Vec<CustomProvider>> {
        let mut tx = self.0.db.read().await?;
        let rows = query("select * from custom_providers order by created_at, id")
            .fetch_all(&mut tx)
            .await?;
        rows.iter().map(|row| self.provider(row)).collect()
    }

    /// The one with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, id: &str) -> Result<CustomProvider> {
        self.find(&mut *self.0.db.read().await?, id).await
    }

    /// Adds one; `id` and times are ignored.
    ///
    /// # Errors
    /// [`Error::Exists`] when the slug is taken.
    pub async fn create(&self, actor: &Actor, new: CustomProvider) -> Result<CustomProvider> {
        let mut write = self.0.write().await?;
        let id = new_id();
        query(
            "insert into custom_providers (id, name, slug, base_url, enable, headers, rest, created_at, modified_at, dialect) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        )
        .bind(&*id)
        .bind(new.name)
        .bind(&*new.slug)
        .bind(new.base_url)
        .bind(new.enable)
        .bind(self.sealed(&id, new.headers.as_ref()))
        .bind(new.rest)
        .bind(write.now)
        .bind(new.dialect)
        .execute(&mut write)
        .await
        .on_unique("custom provider", &new.slug)?;
        self.finish(write, actor, "custom_provider.create", &id).await
    }

    /// Changes the one with this id: `change` is given what is there while nobody else can write, so that no other change is undone.
    /// What it does to id and times is ignored.
    ///
    /// # Errors
    /// Those of `change`, and then nothing is changed; [`Error::NotFound`]; [`Error::Exists`] when the slug is taken; [`Error::InUse`]
    /// when it is another one, and a deployed version, in any gateway, calls the old one.
    pub async fn update<E: From<Error>>(
        &self,
        actor: &Actor,
        id: &str,
        change: impl FnOnce(&mut CustomProvider) -> std::result::Result<(), E> + Send,
    ) -> std::result::Result<CustomProvider, E> {
        let mut write = self.0.write().await?;
        let before = self.find(&mut write, id).await?;
        let mut new = before.clone();
        change(&mut new)?;
        if new.slug != before.slug {
            in_use::refuse_anywhere(&mut write, &[&format!("custom-{}", before.slug)]).await?;
        }
        Ok(self.replace(write, actor, &before, new).await?)
    }

    async fn replace(
        &self,
        mut write: Write,
        actor: &Actor,
        before: &CustomProvider,
        new: CustomProvider,
    ) -> Result<CustomProvider> {
        query(
            "update custom_providers set name = $2, slug = $3, base_url = $4, enable = $5, headers = $6, rest = $7, \
             modified_at = $8, dialect = $9 where id = $1",
        )
        .bind(&*before.id)
        .bind(new.name)
        .bind(&*new.slug)
        .bind(new.base_url)
        .bind(new.enable)
        .bind(self.sealed(&before.id, new.headers.as_ref()))
        .bind(new.rest)
        .bind(write.after(before.modified_at))
        .bind(new.dialect)
        .execute(&mut write)
        .await
        .on_unique("custom provider", &new.slug)?;
        self.finish(write, actor, "custom_provider.update", &before.id).await
    }

    /// Deletes one, whoever calls it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete(&self, actor: &Actor, id: &str) -> Result<CustomProvider> {
        let mut write = self.0.write().await?;
        let provider = self.find(&mut write, id).await?;
        remove(write, actor, provider).await
    }

    /// Deletes one unless a deployed version, in any gateway, calls it.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`].
    pub async fn delete_unused(&self, actor: &Actor, id: &str) -> Result<CustomProvider> {
        let mut write = self.0.write().await?;
        let provider = self.find(&mut write, id).await?;
        in_use::refuse_anywhere(&mut write, &[&format!("custom-{}", provider.slug)]).await?;
        remove(write, actor, provider).await
    }

    async fn finish(
        &self,
        mut write: Write,
        actor: &Actor,
        action: &'static str,
        id: &str,
    ) -> Result<CustomProvider> {
        let provider = self.find(&mut write, id).await?;
        write.commit(actor, deed(action, &provider)).await?;
        Ok(provider)
    }

    async fn find(&self, tx: &mut Connection, id: &str) -> Result<CustomProvider> {
        let row = query("select * from custom_providers where id = $1")
            .bind(id)
            .fetch_optional(tx)
            .await?;
        self.provider(&row.ok_or(Error::NotFound("custom provider"))?)
    }

    fn sealed(&self, id: &str, headers: Option<&SecretString>) -> Option<Vec<u8>> {
        headers.map(|it| self.0.sealer.seal(place(id), it))
    }

    fn provider(&self, row: &Row) -> Result<CustomProvider> {
        let id: String = row.get("id")?;
        let headers = row.get::<Option<Vec<u8>>>("headers")?;
        Ok(CustomProvider {
            headers: headers.map(|it| self.0.sealer.open(place(&id), &it)).transpose()?,
            id,
            name: row.get("name")?,
            slug: row.get("slug")?,
            base_url: row.get("base_url")?,
            dialect: row.get("dialect")?,
            enable: row.get("enable")?,
            rest: row.get("rest")?,
            created_at: row.get("created_at")?,
            modified_at: row.get("modified_at")?,
        })
    }
}

fn place(id: &str) -> Place<'_> {
    Place { table: "custom_providers", record: id, field: "headers" }
}

async fn remove(
    mut write: Write,
    actor: &Actor,
    provider: CustomProvider,
) -> Result<CustomProvider> {
    query("delete from custom_providers where id = $1")
        .bind(&*provider.id)
        .execute(&mut write)
        .await?;
    write.commit(actor, deed("custom_provider.delete", &provider)).await?;
    Ok(provider)
}

/// The base URL stays out: it may hold credentials.
fn deed<'a>(action: &'static str, provider: &'a CustomProvider) -> Deed<'a> {
    Deed {
        action,
        gateway: None,
        resource: &provider.id,
        detail: json!({"name": provider.name, "slug": provider.slug, "dialect": provider.dialect, "enable": provider.enable}),
    }
}
