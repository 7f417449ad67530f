//! Who may do what: API tokens, their permissions and limits, and the places where a request carries one.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    reason = "skeleton"
)]
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// SHA-256 of a token's secret (256 random bits, so a plain hash is right).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Digest(pub [u8; 32]);
impl Digest {
    pub fn of(secret: &str) -> Self {
        todo!()
    }
}
/// `pmn_` + 43 base64url characters.
pub fn new_secret() -> SecretString {
    todo!()
}

#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Permission {
    #[serde(rename = "AI Gateway Read")]
    Read,
    #[serde(rename = "AI Gateway Write")]
    Write,
    #[serde(rename = "AI Gateway Run")]
    Run,
    /** May pin `dynamic/name@version` (Write implies it). */
    #[serde(rename = "AI Gateway Pin")]
    Pin,
    /** `cf-aig-custom-cost` is honoured (Write implies it). */
    #[serde(rename = "AI Gateway Custom Cost")]
    CustomCost,
}
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub id: String,
    pub name: String,
    pub permissions: BTreeSet<Permission>,
    /// Unix milliseconds.
    pub expires_at: Option<u64>,
    /// `None`: all.
    pub gateways: Option<BTreeSet<String>>,
    /// Route names or ids; `None`: all, and direct model calls too.
    pub routes: Option<BTreeSet<String>>,
    /// Overrides the caller's `cf-aig-metadata`.
    pub metadata: BTreeMap<String, Scalar>,
}
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
}
impl Token {
    /// The admin token of the configuration: everything.
    pub fn admin() -> Self {
        todo!()
    }
    pub fn may(&self, permission: Permission) -> bool {
        todo!()
    } // Write implies Read, Pin and CustomCost; admin has all
    pub fn expired(&self, now_ms: u64) -> bool {
        todo!()
    }
    pub fn allows_gateway(&self, id: &str) -> bool {
        todo!()
    }
    pub fn allows_route(&self, name: &str, id: &str) -> bool {
        todo!()
    }
}
/// Every token, by digest; immutable, replaced whole.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub by_digest: HashMap<Digest, std::sync::Arc<Token>>,
}
impl Tokens {
    pub fn find(&self, secret: &str) -> Option<&std::sync::Arc<Token>> {
        todo!()
    }
}

/// What the credential headers of a request say (design 3: `cf-aig-authorization`, `Authorization: Bearer`, `x-api-key`, `x-goog-api-key`, `api-key`, `X-Auth-Key`).
#[derive(Debug)]
pub enum Credential<'h> {
    /// One of them is a token we know.
    Ours {
        token: std::sync::Arc<Token>,
        /** With the token in `cf-aig-authorization`, another header may hold the caller's provider key. */
        provider_key: Option<&'h str>,
    },
    /// `cf-aig-authorization` (or, without it, the only credential) is not a token we know. On an open gateway it is the caller's provider key when not in `cf-aig-authorization`.
    Unknown {
        provider_key: Option<&'h str>,
    },
    None,
}
/// A value that is a token of ours is never a provider key.
pub fn credential<'h>(headers: &'h http::HeaderMap, tokens: &Tokens) -> Credential<'h> {
    todo!()
}

/// Refuses what a web page could send: foreign `Origin`, unexpected `Host` (DNS rebinding). See design 3.
#[derive(Clone, Debug, Default)]
pub struct WebGuard {
    pub hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    /** Any Host is fine when the address is public and authentication is on. */
    pub any_host: bool,
}
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Foreign {
    #[error("this server is not called `{0}`; …")]
    Host(String),
    #[error("requests from the web origin `{0}` are not allowed; list it in cors_origins")]
    Origin(String),
}
impl WebGuard {
    pub fn check(&self, headers: &http::HeaderMap) -> Result<(), Foreign> {
        todo!()
    }
}
