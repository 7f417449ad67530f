//! API tokens. Of a secret only its hash and a prefix for display are kept.

use access::{Digest, Token};
use route::ids::TokenId;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::{Error, Result, unreadable};
use crate::store::{Actor, Micros, Page, Store};
use crate::write::{Deed, new_id};

/// API tokens. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct Tokens<'s>(pub(crate) &'s Store);

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredToken {
    /// What it may do.
    pub token: Token,
    /// When it was created.
    pub created_at: Micros,
    /// Name of who created it.
    pub created_by: String,
    /// First characters of the secret, for display.
    pub prefix: String,
}

/// `pmn_` and four characters, 24 of the secret's 256 bits.
const PREFIX: usize = 8;

impl Tokens<'_> {
    /// Creates a token with a new id (`token.id` is ignored). Returns the secret once; only its hash is kept.
    ///
    /// # Errors
    /// None of its own.
    pub async fn create(&self, actor: &Actor, token: Token) -> Result<(StoredToken, SecretString)> {
        let mut write = self.0.write().await?;
        let id = new_id();
        let secret = access::new_secret();
        let prefix: String = secret.expose_secret().chars().take(PREFIX).collect();
        query(
            "insert into tokens (id, name, digest, prefix, permissions, expires_at, gateways, routes, metadata, created_at, \
             created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&*id)
        .bind(token.name)
        .bind(Digest::of(secret.expose_secret()).0.to_vec())
        .bind(prefix)
        .bind(text(&token.permissions))
        .bind(token.expires_at.map(|it| i64::try_from(it).unwrap_or(i64::MAX)))
        .bind(token.gateways.as_ref().map(text))
        .bind(token.routes.as_ref().map(text))
        .bind(text(&token.metadata))
        .bind(write.now)
        .bind(&*actor.name)
        .execute(&mut write)
        .await?;
        let stored = find(&mut write, &id).await?;
        write.commit(actor, deed("token.create", &stored.token)).await?;
        Ok((stored, secret))
    }

    /// Newest first; and how many there are. Expired ones are among them.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(&self, page: Page) -> Result<(Vec<StoredToken>, u64)> {
        let mut tx = self.0.db.read().await?;
        let total: i64 = query_scalar("select count(*) from tokens").fetch_one(&mut tx).await?;
        let rows =
            query("select * from tokens order by created_at desc, id desc limit $1 offset $2")
                .bind(page.limit())
                .bind(page.offset())
                .fetch_all(&mut tx)
                .await?;
        Ok((rows.iter().map(stored).collect::<Result<_>>()?, total.unsigned_abs()))
    }

    /// The token with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn get(&self, id: &TokenId) -> Result<StoredToken> {
        find(&mut *self.0.db.read().await?, id.as_str()).await
    }

    /// Deletes a token; it opens nothing from then on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn revoke(&self, actor: &Actor, id: &TokenId) -> Result<StoredToken> {
        let mut write = self.0.write().await?;
        let stored = find(&mut write, id.as_str()).await?;
        query("delete from tokens where id = $1").bind(id.as_str()).execute(&mut write).await?;
        write.commit(actor, deed("token.revoke", &stored.token)).await?;
        Ok(stored)
    }

    /// Every token with the digest of its secret, for whoever authenticates.
    ///
    /// # Errors
    /// None of its own.
    pub async fn all(&self) -> Result<Vec<(Digest, Token)>> {
        let mut tx = self.0.db.read().await?;
        let rows = query("select * from tokens").fetch_all(&mut tx).await?;
        rows.iter().map(|row| Ok((digest(row)?, stored(row)?.token))).collect()
    }
}

async fn find(tx: &mut Connection, id: &str) -> Result<StoredToken> {
    let row = query("select * from tokens where id = $1").bind(id).fetch_optional(tx).await?;
    stored(&row.ok_or(Error::NotFound("token"))?)
}

fn deed<'a>(action: &'static str, token: &'a Token) -> Deed<'a> {
    Deed {
        action,
        gateway: None,
        resource: &token.id,
        detail: json!({
            "name": token.name,
            "permissions": token.permissions,
            "expires_at": token.expires_at,
            "gateways": token.gateways,
            "routes": token.routes,
        }),
    }
}

fn digest(row: &Row) -> Result<Digest> {
    let bytes: Vec<u8> = row.get("digest")?;
    Ok(Digest(bytes.as_slice().try_into().map_err(unreadable)?))
}

fn stored(row: &Row) -> Result<StoredToken> {
    let token = Token {
        id: row.get("id")?,
        name: row.get("name")?,
        permissions: value(&row.get::<String>("permissions")?)?,
        expires_at: row.get::<Option<i64>>("expires_at")?.map(i64::unsigned_abs),
        gateways: optional(row, "gateways")?,
        routes: optional(row, "routes")?,
        metadata: value(&row.get::<String>("metadata")?)?,
    };
    Ok(StoredToken {
        token,
        created_at: row.get("created_at")?,
        created_by: row.get("created_by")?,
        prefix: row.get("prefix")?,
    })
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("sets and maps with text keys are JSON")
}

fn optional<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    row.get::<Option<String>>(column)?.as_deref().map(value).transpose()
}

fn value<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(unreadable)
}
