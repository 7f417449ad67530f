//! Tokens: what one may do, until when and where; and the table that finds one by its secret.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

#[cfg(test)]
mod tests;

/// SHA-256 of a token's secret. A secret of ours is 256 random bits, so a plain hash is right and costs under a microsecond.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of a secret as the caller sends it.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(***)")
    }
}

/// What every generated secret begins with, so that people, scanners and we recognise one.
pub const PREFIX: &str = "pmn_";

/// A new secret: [`PREFIX`] and 43 base64url characters.
#[must_use]
pub fn new_secret() -> SecretString {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What a token may do; on the wire the names of Cloudflare's permission groups.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Permission {
    /// Read the management API.
    #[serde(rename = "AI Gateway Read")]
    Read,
    /// Change everything; implies [`Permission::Read`], [`Permission::Pin`] and [`Permission::CustomCost`].
    #[serde(rename = "AI Gateway Write")]
    Write,
    /// Call models.
    #[serde(rename = "AI Gateway Run")]
    Run,
    /// Pin `dynamic/<name>@<version>`.
    #[serde(rename = "AI Gateway Pin")]
    Pin,
    /// Have `cf-aig-custom-cost` honoured.
    #[serde(rename = "AI Gateway Custom Cost")]
    CustomCost,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 5] = [Self::Read, Self::Write, Self::Run, Self::Pin, Self::CustomCost];

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "AI Gateway Read",
            Self::Write => "AI Gateway Write",
            Self::Run => "AI Gateway Run",
            Self::Pin => "AI Gateway Pin",
            Self::CustomCost => "AI Gateway Custom Cost",
        }
    }
}

/// A token without its secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// Id, as in the management API.
    pub id: String,
    /// Chosen by whoever made it.
    pub name: String,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// Unix milliseconds; `None`: never.
    pub expires_at: Option<u64>,
    /// Ids of the gateways it is for; `None`: all.
    pub gateways: Option<BTreeSet<String>>,
    /// Names or ids of the routes it may call; `None`: all, and models directly too.
    pub routes: Option<BTreeSet<String>>,
    /// Fixed metadata; overrides the caller's `cf-aig-metadata`, so that a limit by user cannot be dodged.
    pub metadata: BTreeMap<String, Scalar>,
}

/// A flat metadata value.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A JSON number, as written.
    Number(serde_json::Number),
    /// A string.
    Text(String),
}

impl Token {
    /// The admin token of the configuration: may do everything, everywhere, for ever.
    #[must_use]
    pub fn admin() -> Self {
        Self {
            id: "admin".into(),
            name: "admin".into(),
            permissions: Permission::ALL.into(),
            expires_at: None,
            gateways: None,
            routes: None,
            metadata: BTreeMap::new(),
        }
    }

    /// Whether it has the permission, by itself or because Write implies it.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        let implied =
            matches!(permission, Permission::Read | Permission::Pin | Permission::CustomCost);
        self.permissions.contains(&permission)
            || (implied && self.permissions.contains(&Permission::Write))
    }

    /// Whether its time is over; it is at the very millisecond of `expires_at`.
    #[must_use]
    pub fn expired(&self, now_ms: u64) -> bool {
        self.expires_at.is_some_and(|it| it <= now_ms)
    }

    /// Whether it is for this gateway.
    #[must_use]
    pub fn allows_gateway(&self, id: &str) -> bool {
        self.gateways.as_ref().is_none_or(|it| it.contains(id))
    }

    /// Whether it may call this route, named either way.
    #[must_use]
    pub fn allows_route(&self, name: &str, id: &str) -> bool {
        self.routes.as_ref().is_none_or(|it| it.contains(name) || it.contains(id))
    }
}

/// Every token, by digest; immutable, replaced whole.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// Expired ones included: they are told apart from unknown ones.
    pub by_digest: HashMap<Digest, Arc<Token>>,
}

impl Tokens {
    /// The token with this secret. What is looked up is the secret's hash, so the time taken says nothing about any secret.
    #[must_use]
    pub fn find(&self, secret: &str) -> Option<&Arc<Token>> {
        self.of(Digest::of(secret))
    }

    /// The token of this digest; expired ones too.
    #[must_use]
    pub fn of(&self, digest: Digest) -> Option<&Arc<Token>> {
        let (found, token) = self.by_digest.get_key_value(&digest)?;
        bool::from(found.0.ct_eq(&digest.0)).then_some(token)
    }
}
