//! SQL behind domain values: one file per resource. No HTTP; returns domain values, never rows.
#![expect(
    clippy::todo,
    missing_docs,
    clippy::missing_errors_doc,
    unused_variables,
    clippy::unused_async,
    reason = "skeleton"
)]
use route::ids::{DeploymentId, GatewayId, RouteId, TokenId, VersionId};
use secrecy::SecretString;

/// Unix microseconds.
pub type Micros = i64;
#[derive(Clone, Debug)]
pub struct Store {/* private: writer pool of one connection, reader pool, sealer, clock */}
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0} not found")]
    NotFound(&'static str),
    #[error("{what} `{name}` already exists")]
    Exists { what: &'static str, name: String },
    /// `If-Match` did not match; holds the current ETag.
    #[error("stale")]
    Stale { etag: String },
    /// Used by deployed versions of these routes.
    #[error("in use")]
    InUse { routes: Vec<String> },
    #[error("the master key does not fit this database")]
    WrongMasterKey,
    #[error("the store cannot be reached")]
    Away(#[source] sqlx::Error),
    #[error("the store failed")]
    Broken(#[source] sqlx::Error),
    #[error("a stored secret cannot be opened")]
    Sealed,
}
pub type Result<T> = std::result::Result<T, Error>;
impl Store {
    /// Opens (creating the file and migrating, under a lock); checks the master key against the check value.
    pub async fn open(url: &str, master_key: &MasterKey) -> Result<Self> {
        todo!()
    }
    pub async fn close(&self) {
        todo!()
    }
    /// Raised by every management write; for polling.
    pub async fn revision(&self) -> Result<i64> {
        todo!()
    }
    pub fn gateways(&self) -> Gateways<'_> {
        Gateways(self)
    }
    pub fn routes(&self) -> Routes<'_> {
        Routes(self)
    }
    pub fn provider_configs(&self) -> ProviderConfigs<'_> {
        ProviderConfigs(self)
    }
    pub fn custom_providers(&self) -> CustomProviders<'_> {
        CustomProviders(self)
    }
    pub fn tokens(&self) -> Tokens<'_> {
        Tokens(self)
    }
    pub fn audit(&self) -> AuditLog<'_> {
        AuditLog(self)
    }
    pub fn logs(&self) -> Logs<'_> {
        Logs(self)
    }
    pub fn prices(&self) -> Prices<'_> {
        Prices(self)
    }
}
/// 32 bytes that seal provider keys (AES-256-GCM, a fresh data key a record, AAD = table|record|field|key id).
pub struct MasterKey {/* private, zeroized */}
impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(***)")
    }
}
impl MasterKey {
    /// 64 hex digits or base64 of 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        todo!()
    }
    pub fn generate() -> Self {
        todo!()
    }
    /// To write into the key file.
    pub fn to_hex(&self) -> SecretString {
        todo!()
    }
}
/// Who does it: written to versions, deployments and the audit log in the same transaction.
#[derive(Clone, Debug)]
pub struct Actor {
    /** Token id, "admin" or "local". */
    pub id: String,
    pub name: String,
}
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /** From 1. */
    pub page: u32,
    pub per_page: u32,
}

// ---- gateways ----
#[derive(Debug)]
pub struct Gateways<'s>(pub(crate) &'s Store);
/// `settings` is the documented gateway object's remaining fields as the client sent them (JSON object text); typed where we act.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub id: GatewayId,
    pub authentication: bool,
    pub collect_logs: bool,
    pub settings: String,
    pub is_default: bool,
    pub created_at: Micros,
    pub modified_at: Micros,
}
impl Gateways<'_> {
    pub async fn list(&self, search: Option<&str>, page: Page) -> Result<(Vec<Gateway>, u64)> {
        todo!()
    }
    pub async fn all(&self) -> Result<Vec<Gateway>> {
        todo!()
    }
    pub async fn get(&self, id: &GatewayId) -> Result<Gateway> {
        todo!()
    }
    pub async fn create(&self, actor: &Actor, gateway: NewGateway) -> Result<Gateway> {
        todo!()
    }
    pub async fn replace(&self, actor: &Actor, gateway: NewGateway) -> Result<Gateway> {
        todo!()
    }
    /// Deletes what is in it too; with deployed routes only when `force`.
    pub async fn delete(&self, actor: &Actor, id: &GatewayId, force: bool) -> Result<Gateway> {
        todo!()
    }
}
#[derive(Clone, Debug)]
pub struct NewGateway {
    pub id: GatewayId,
    pub authentication: bool,
    pub collect_logs: bool,
    pub settings: String,
}

// ---- routes, versions, deployments, drafts ----
#[derive(Debug)]
pub struct Routes<'s>(pub(crate) &'s Store);
/// A route with its deployed version.
#[derive(Clone, Debug)]
pub struct Route {
    pub id: RouteId,
    pub gateway: GatewayId,
    pub name: String,
    pub created_at: Micros,
    pub modified_at: Micros,
    pub version: Option<Version>,
    pub deployment: Option<Deployment>,
    /** Newest valid version, deployed or not. */
    pub latest_valid: Option<VersionId>,
    /** Strong, quoted: changes with name, deployment or versions. */
    pub etag: String,
}
#[derive(Clone, Debug)]
pub struct Version {
    pub id: VersionId,
    pub number: i64,
    /** The client's JSON text, to the letter. */
    pub elements: String,
    pub is_valid: bool,
    /** JSON array of problems. */
    pub problems: String,
    pub active: bool,
    pub created_at: Micros,
    pub created_by: String,
    pub comment: Option<String>,
}
#[derive(Clone, Debug)]
pub struct Deployment {
    pub id: DeploymentId,
    pub version: VersionId,
    pub created_at: Micros,
    pub created_by: String,
    pub comment: Option<String>,
}
#[derive(Clone, Debug)]
pub struct NewVersion {
    pub elements: String,
    pub is_valid: bool,
    pub problems: String,
    pub comment: Option<String>,
}
#[derive(Clone, Debug)]
pub struct Draft {
    pub elements: String,
    pub etag: String,
    pub modified_at: Micros,
    pub modified_by: String,
}
impl Routes<'_> {
    /// Newest first; the total.
    pub async fn list(&self, gateway: &GatewayId, page: Page) -> Result<(Vec<Route>, u64)> {
        todo!()
    }
    pub async fn get(&self, gateway: &GatewayId, id: &RouteId) -> Result<Route> {
        todo!()
    }
    /// Route, version 1 and its deployment in one transaction.
    pub async fn create(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        name: &str,
        version: NewVersion,
    ) -> Result<Route> {
        todo!()
    }
    /// Renames and/or adds a version and deploys it, in one transaction. `if_match`: `*` or ETags.
    pub async fn update(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        name: Option<&str>,
        version: Option<NewVersion>,
        if_match: Option<&str>,
    ) -> Result<Route> {
        todo!()
    }
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        if_match: Option<&str>,
    ) -> Result<Route> {
        todo!()
    }
    pub async fn versions(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        page: Page,
    ) -> Result<(Vec<Version>, u64)> {
        todo!()
    }
    pub async fn version(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        version: &VersionId,
    ) -> Result<Version> {
        todo!()
    }
    pub async fn create_version(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        version: NewVersion,
        if_match: Option<&str>,
    ) -> Result<(Route, Version)> {
        todo!()
    }
    pub async fn deployments(
        &self,
        gateway: &GatewayId,
        id: &RouteId,
        page: Page,
    ) -> Result<(Vec<Deployment>, u64)> {
        todo!()
    }
    pub async fn deploy(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        version: &VersionId,
        comment: Option<&str>,
        if_match: Option<&str>,
    ) -> Result<Route> {
        todo!()
    }
    pub async fn draft(&self, gateway: &GatewayId, id: &RouteId) -> Result<Option<Draft>> {
        todo!()
    }
    pub async fn put_draft(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &RouteId,
        elements: &str,
        if_match: Option<&str>,
    ) -> Result<Draft> {
        todo!()
    }
    /// For the catalog: every route of a gateway with its deployed and newest valid version.
    pub async fn live(&self, gateway: &GatewayId) -> Result<Vec<LiveRoute>> {
        todo!()
    }
    pub async fn live_one(&self, gateway: &GatewayId, id: &RouteId) -> Result<Option<LiveRoute>> {
        todo!()
    }
}
#[derive(Clone, Debug)]
pub struct LiveRoute {
    pub id: RouteId,
    pub name: String,
    pub deployed: Option<(VersionId, String)>,
    pub latest_valid: Option<(VersionId, String)>,
}

// ---- provider keys ----
#[derive(Debug)]
pub struct ProviderConfigs<'s>(pub(crate) &'s Store);
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    pub id: String,
    pub gateway: GatewayId,
    pub provider_slug: String,
    pub alias: String,
    pub default_config: bool,
    pub rate_limit: Option<i64>,
    pub rate_limit_period: i64,
    /** Last four characters, for display. */
    pub secret_preview: String,
    pub created_at: Micros,
    pub modified_at: Micros,
}
#[derive(Debug)]
pub struct NewProviderConfig {
    pub provider_slug: String,
    pub alias: String,
    pub default_config: bool,
    pub secret: SecretString,
    pub rate_limit: Option<i64>,
    pub rate_limit_period: i64,
}
impl ProviderConfigs<'_> {
    pub async fn list(
        &self,
        gateway: &GatewayId,
        page: Page,
    ) -> Result<(Vec<ProviderConfig>, u64)> {
        todo!()
    }
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<ProviderConfig> {
        todo!()
    }
    pub async fn create(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        new: NewProviderConfig,
    ) -> Result<ProviderConfig> {
        todo!()
    }
    pub async fn replace_secret(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
        secret: SecretString,
    ) -> Result<ProviderConfig> {
        todo!()
    }
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
    ) -> Result<ProviderConfig> {
        todo!()
    }
    /// For the catalog: opened.
    pub async fn open_all(
        &self,
        gateway: &GatewayId,
    ) -> Result<Vec<(ProviderConfig, SecretString)>> {
        todo!()
    }
}
// ---- custom providers (account level) ----
#[derive(Debug)]
pub struct CustomProviders<'s>(pub(crate) &'s Store);
#[derive(Clone, Debug)]
pub struct CustomProvider {
    pub id: String,
    pub name: String,
    /** Without the `custom-` prefix. */
    pub slug: String,
    pub base_url: String,
    pub enable: bool,
    /** JSON object of fixed headers, sealed at rest. */
    pub headers: Option<SecretString>,
    /** beta, description, link, … as sent. */
    pub rest: String,
    pub created_at: Micros,
    pub modified_at: Micros,
}
impl CustomProviders<'_> {
    pub async fn list(&self, page: Page) -> Result<(Vec<CustomProvider>, u64)> {
        todo!()
    }
    pub async fn all(&self) -> Result<Vec<CustomProvider>> {
        todo!()
    }
    pub async fn get(&self, id: &str) -> Result<CustomProvider> {
        todo!()
    }
    /// `id`, times are ignored.
    pub async fn create(&self, actor: &Actor, new: CustomProvider) -> Result<CustomProvider> {
        todo!()
    }
    pub async fn update(&self, actor: &Actor, new: CustomProvider) -> Result<CustomProvider> {
        todo!()
    }
    pub async fn delete(&self, actor: &Actor, id: &str) -> Result<CustomProvider> {
        todo!()
    }
}
// ---- tokens ----
#[derive(Debug)]
pub struct Tokens<'s>(pub(crate) &'s Store);
#[derive(Clone, Debug)]
pub struct StoredToken {
    pub token: access::Token,
    pub created_at: Micros,
    pub created_by: String,
    /** First characters of the secret, for display. */
    pub prefix: String,
}
impl Tokens<'_> {
    /// Returns the secret once; only its hash is kept.
    pub async fn create(
        &self,
        actor: &Actor,
        token: access::Token,
    ) -> Result<(StoredToken, SecretString)> {
        todo!()
    }
    pub async fn list(&self, page: Page) -> Result<(Vec<StoredToken>, u64)> {
        todo!()
    }
    pub async fn get(&self, id: &TokenId) -> Result<StoredToken> {
        todo!()
    }
    pub async fn revoke(&self, actor: &Actor, id: &TokenId) -> Result<StoredToken> {
        todo!()
    }
    pub async fn all(&self) -> Result<Vec<(access::Digest, access::Token)>> {
        todo!()
    }
}
// ---- audit ----
#[derive(Debug)]
pub struct AuditLog<'s>(pub(crate) &'s Store);
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub id: String,
    pub at: Micros,
    pub actor: Actor,
    /** "route.create", "deployment.create", … */
    pub action: String,
    pub gateway: Option<String>,
    pub resource: String,
    /** JSON, no secrets. */
    pub detail: String,
}
impl AuditLog<'_> {
    pub async fn list(&self, gateway: Option<&str>, page: Page) -> Result<(Vec<AuditEntry>, u64)> {
        todo!()
    }
}
// ---- request logs ----
#[derive(Debug)]
pub struct Logs<'s>(pub(crate) &'s Store);
impl Logs<'_> {
    /// One multi-row insert.
    pub async fn append(&self, batch: &[telemetry::Record]) -> Result<()> {
        todo!()
    }
    pub async fn list(
        &self,
        gateway: &GatewayId,
        query: &LogQuery,
        page: Page,
    ) -> Result<(Vec<telemetry::Record>, u64)> {
        todo!()
    }
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<telemetry::Record> {
        todo!()
    }
}
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    pub ascending: bool,
    pub success: Option<bool>,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub start: Option<Micros>,
    pub end: Option<Micros>,
}
// ---- price overrides per gateway ----
#[derive(Debug)]
pub struct Prices<'s>(pub(crate) &'s Store);
/// Decimal text dollars per token → pico-dollars is the api's business; here integers, JSON of `providers::Price`.
#[derive(Clone, Debug)]
pub struct PriceOverride {
    pub gateway: GatewayId,
    pub provider: String,
    pub model: String,
    pub price: String,
}
impl Prices<'_> {
    pub async fn list(&self, gateway: &GatewayId) -> Result<Vec<PriceOverride>> {
        todo!()
    }
    pub async fn put(&self, actor: &Actor, price: PriceOverride) -> Result<()> {
        todo!()
    }
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        provider: &str,
        model: &str,
    ) -> Result<()> {
        todo!()
    }
}
