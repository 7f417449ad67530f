//! From stored rows to values of the catalog.

mod caching;
mod limits;
mod versions;

use super::collectors::{self, Collectors};
use super::known::Having;
use super::prices::{self, PriceLists};
use crate::config::{ConfigError, ProviderSettings};
use access::{Digest, Token, Tokens};
use providers::{BadEndpoint, Catalogue, Endpoint, PriceBook};
use proxy::breaker::{Breakers, Policy};
use proxy::catalog::{Backoff, Caching, Catalog, Gateway, LiveRoute, Retry, Upstream, Version};
use proxy::cooldown::{self, Cooldowns};
use proxy::keys::{KeyLimit, StoredKey};
use route::ids::{AccountId, GatewayId, RouteId, VersionId};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use store::Store;

type Upstreams = HashMap<Box<str>, Arc<Upstream>>;

/// What the configuration decides about every gateway.
#[derive(Debug)]
pub(crate) struct Policies {
    /// `None`: no breakers.
    pub(crate) breaker: Option<Policy>,
    /// How long keys rest; `None`: never.
    pub(crate) cooldown: Option<cooldown::Policy>,
    /// Gateways without breakers.
    pub(crate) breaker_off: BTreeSet<String>,
    /// Custom providers may be on private addresses.
    pub(crate) allow_private_upstreams: bool,
    /// Other machines can reach the data plane, and open gateways are not allowed there: all ask for a token.
    pub(crate) close_all: bool,
    /// The admin token.
    pub(crate) admin: Digest,
}

/// Reads the store and builds what the data plane serves from.
#[derive(Debug)]
pub(crate) struct Builder {
    store: Store,
    account: AccountId,
    settings: ProviderSettings,
    policies: Policies,
    lists: PriceLists,
    cooldowns: Cooldowns,
    /// Providers of the table with what the configuration says, under every name.
    base: Upstreams,
    collectors: Arc<Collectors>,
}

/// What all gateways have in common.
#[derive(Debug)]
struct Shared {
    custom: Vec<Endpoint>,
    prices: PriceBook,
}

impl Builder {
    /// Fails when the configuration gives a provider a base URL that is none.
    pub(crate) fn new(
        store: Store,
        account: AccountId,
        settings: ProviderSettings,
        policies: Policies,
    ) -> Result<Self, ConfigError> {
        let cooldowns = Cooldowns::new(policies.cooldown);
        let base = base(&settings, &cooldowns)?;
        let lists = PriceLists::default();
        let collectors = Arc::default();
        Ok(Self { store, account, settings, policies, lists, cooldowns, base, collectors })
    }

    /// See [`Store::revision`].
    pub(crate) async fn revision(&self) -> store::Result<i64> {
        self.store.revision().await
    }

    /// See [`Store::changes`].
    pub(crate) fn changes(&self) -> store::Changes {
        self.store.changes()
    }

    /// Where the spans of gateways go.
    pub(crate) fn collectors(&self) -> &Arc<Collectors> {
        &self.collectors
    }

    /// Price lists beside the shipped one.
    pub(crate) fn lists(&self) -> &PriceLists {
        &self.lists
    }

    /// The prices in force, overrides aside.
    pub(crate) async fn catalogue(&self) -> store::Result<Arc<Catalogue>> {
        self.lists.catalogue(&self.store).await
    }

    /// Everything. Breakers and compiled versions of `old` are used again.
    pub(crate) async fn catalog(&self, old: Option<&Catalog>) -> store::Result<Catalog> {
        let shared = self.shared().await?;
        let mut gateways = HashMap::new();
        for row in self.store.gateways().all().await? {
            let old = old.and_then(|it| it.gateways.get(&row.id));
            let mut gateway = self.gateway(&row, &shared, old).await?;
            self.lay_routes(&mut gateway, old).await?;
            gateways.insert(row.id, Arc::new(gateway));
        }
        self.collectors.keep(|it| gateways.contains_key(it));
        Ok(Catalog { account: self.account.clone(), gateways, tokens: self.tokens().await? })
    }

    /// One gateway as it is now; its routes are not read again if `old` has them.
    pub(crate) async fn gateway_by_id(
        &self,
        id: &GatewayId,
        old: &Catalog,
    ) -> store::Result<Option<Gateway>> {
        let row = match self.store.gateways().get(id).await {
            Ok(row) => row,
            Err(store::Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let shared = self.shared().await?;
        let old = old.gateways.get(id);
        let mut gateway = self.gateway(&row, &shared, old).await?;
        match old {
            Some(old) => gateway = gateway.adopt_routes(old),
            None => self.lay_routes(&mut gateway, None).await?,
        }
        Ok(Some(gateway))
    }

    /// A gateway that has nothing stored: what a route could be compiled against before its gateway is there.
    pub(crate) fn bare(&self, id: &GatewayId) -> Gateway {
        bare(id.clone(), self.base.clone())
    }

    /// One route as it is now; `None` when it is gone.
    pub(crate) async fn route(
        &self,
        gateway: &Gateway,
        id: &RouteId,
    ) -> store::Result<Option<LiveRoute>> {
        let Some(row) = self.store.routes().live_one(&gateway.id, id).await? else {
            return Ok(None);
        };
        let old = gateway.routes.values().find(|it| it.id == *id);
        Ok(Some(live_route(gateway, row, old.map(Arc::as_ref))))
    }

    /// A version that is neither deployed nor the newest, for a caller who pins it.
    pub(crate) async fn pinned(
        &self,
        gateway: &Gateway,
        route: &RouteId,
        version: &VersionId,
    ) -> Option<Arc<Version>> {
        let row = self.store.routes().version(&gateway.id, route, version).await;
        match row {
            Ok(row) if row.is_valid => compile(gateway, route, row.id, &row.elements),
            Ok(_) | Err(store::Error::NotFound(_)) => None,
            Err(error) => {
                tracing::warn!(%error, %route, %version, "a pinned version could not be loaded");
                None
            }
        }
    }

    /// Every token, the admin's included.
    pub(crate) async fn tokens(&self) -> store::Result<Arc<Tokens>> {
        let stored = self.store.tokens().all().await?;
        let mut by_digest: HashMap<_, _> =
            stored.into_iter().map(|(digest, token)| (digest, Arc::new(token))).collect();
        by_digest.insert(self.policies.admin, Arc::new(Token::admin()));
        Ok(Arc::new(Tokens { by_digest }))
    }

    async fn lay_routes(
        &self,
        gateway: &mut Gateway,
        old: Option<&Arc<Gateway>>,
    ) -> store::Result<()> {
        let rows = self.store.routes().live(&gateway.id).await?;
        let old = old.iter().flat_map(|it| it.routes.values());
        let old: HashMap<&RouteId, &LiveRoute> = old.map(|it| (&it.id, it.as_ref())).collect();
        let routes = rows.into_iter().map(|row| {
            let old = old.get(&row.id).copied();
            let route = live_route(gateway, row, old);
            (Arc::clone(&route.name), Arc::new(route))
        });
        gateway.routes = routes.collect();
        Ok(())
    }

    /// A gateway without its routes.
    async fn gateway(
        &self,
        row: &store::Gateway,
        shared: &Shared,
        old: Option<&Arc<Gateway>>,
    ) -> store::Result<Gateway> {
        if self.policies.close_all && !row.authentication {
            tracing::warn!(gateway = %row.id, "this gateway is open, but on a public address it asks for a token");
        }
        let breakers = match old {
            Some(old) => Arc::clone(&old.breakers),
            None => self.breakers(&row.id),
        };
        Ok(Gateway {
            id: row.id.clone(),
            authentication: row.authentication || self.policies.close_all,
            collect_logs: row.collect_logs,
            collect_log_payloads: keeps_payloads(&row.settings),
            traced: self.put_collectors(row),
            retry: retry(&row.settings),
            caching: caching::of(row),
            limits: Arc::new(limits::of(&row.id, &row.settings)),
            routes: HashMap::new(),
            providers: self.upstreams(&row.id, &shared.custom).await?,
            breakers,
            prices: Arc::new(PriceBook {
                gateway: Arc::new(prices::overrides(&self.store, Some(&row.id)).await?),
                ..shared.prices.clone()
            }),
        })
    }

    /// Whether the gateway has collectors of its own. Those that cannot be opened are as good as absent, loudly.
    fn put_collectors(&self, row: &store::Gateway) -> bool {
        let stored = self.store.gateways().collectors(row).unwrap_or_else(|error| {
            tracing::error!(%error, gateway = %row.id, "the collectors of this gateway are not used");
            None
        });
        let public_only = !self.policies.allow_private_upstreams;
        let targets = stored.map(|it| collectors::read(&it, &row.id, public_only));
        let targets = targets.unwrap_or_default();
        let traced = !targets.is_empty();
        self.collectors.put(&row.id, targets);
        traced
    }

    fn breakers(&self, gateway: &GatewayId) -> Arc<Breakers> {
        let off = self.policies.breaker_off.contains(gateway.as_str());
        Breakers::new(self.policies.breaker.filter(|_| !off))
    }

    /// What the gateway can call: the table and the custom providers, each with the gateway's own keys before the configured one.
    async fn upstreams(
        &self,
        gateway: &GatewayId,
        custom: &[Endpoint],
    ) -> store::Result<Upstreams> {
        let mut stored = self.stored_keys(gateway).await?;
        let mut all = self.base.clone();
        for (slug, keys) in stored.extract_if(|slug, _| !slug.starts_with("custom-")) {
            let slug = providers::find(&slug).map_or(slug.as_str(), |it| it.slug);
            let Some(upstream) = all.get(slug) else { continue };
            let endpoint = Arc::clone(&upstream.endpoint);
            let keys = keys.into_iter().map(|it| it.key).collect();
            lay(&mut all, Upstream::new(endpoint, keys, &self.cooldowns));
        }
        for endpoint in custom {
            let keys = stored.remove(&*endpoint.slug).unwrap_or_default();
            let keys = keys.into_iter().filter(|it| it.is_for(endpoint, gateway));
            let keys: Vec<_> = keys.map(|it| it.key).collect();
            lay(&mut all, Upstream::new(Arc::new(endpoint.clone()), keys, &self.cooldowns));
        }
        Ok(all)
    }

    /// By provider; the default one first, then the oldest. Keys that cannot be opened are as good as absent, loudly.
    async fn stored_keys(&self, gateway: &GatewayId) -> store::Result<HashMap<String, Vec<Bound>>> {
        let rows = match self.store.provider_configs().open_all(gateway).await {
            Ok(rows) => rows,
            Err(error @ store::Error::Sealed) => {
                tracing::error!(%error, %gateway, "the stored provider keys of this gateway are not used");
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        let mut keys: HashMap<_, Vec<_>> = HashMap::new();
        for (row, secret) in rows {
            let limit = key_limit(&row);
            let key = StoredKey {
                alias: row.alias.into(),
                secret,
                weight: row.weight.and_then(|it| u32::try_from(it).ok()),
                is_default: row.default_config,
                limit,
            };
            let given_for = row.given_for;
            keys.entry(row.provider_slug).or_default().push(Bound { key, given_for });
        }
        Ok(keys)
    }

    async fn shared(&self) -> store::Result<Shared> {
        Ok(Shared { custom: self.custom().await?, prices: self.lists.shared(&self.store).await? })
    }

    async fn custom(&self) -> store::Result<Vec<Endpoint>> {
        let rows = self.store.custom_providers().all().await?;
        Ok(rows.iter().filter(|it| it.enable).filter_map(|it| self.custom_endpoint(it)).collect())
    }

    fn custom_endpoint(&self, row: &store::CustomProvider) -> Option<Endpoint> {
        let slug = format!("custom-{}", row.slug);
        let Some(dialect) = providers::dialect(&row.dialect) else {
            let dialect = &*row.dialect;
            tracing::error!(
                provider = slug,
                dialect,
                "a custom provider speaks what is not known here"
            );
            return None;
        };
        let public_only = !self.policies.allow_private_upstreams;
        let mut endpoint = match Endpoint::speaking(dialect, &slug, &row.base_url, public_only) {
            Ok(endpoint) => endpoint,
            Err(error) => {
                tracing::error!(%error, "a custom provider cannot be used");
                return None;
            }
        };
        endpoint.key = self.settings.custom_key(&slug, &row.base_url);
        endpoint.headers = row.headers.as_ref().map(|it| headers(it, &slug)).unwrap_or_default();
        Some(endpoint)
    }
}

/// What a route can be compiled against without a store: the table, and the configuration's keys.
pub(crate) fn having(settings: &ProviderSettings) -> Result<Having, ConfigError> {
    let base = base(settings, &Cooldowns::new(None))?;
    Ok(Having(Arc::new(bare(GatewayId::from(""), base))))
}

fn bare(id: GatewayId, providers: Upstreams) -> Gateway {
    Gateway {
        id,
        authentication: true,
        collect_logs: false,
        collect_log_payloads: false,
        traced: false,
        retry: Retry::default(),
        caching: Caching::default(),
        limits: Arc::default(),
        routes: HashMap::new(),
        providers,
        breakers: Breakers::new(None),
        prices: Arc::default(),
    }
}

/// How often a stored key may be used; 0 is no limit, as it is for a gateway.
fn key_limit(row: &store::ProviderConfig) -> Option<KeyLimit> {
    let attempts = u64::try_from(row.rate_limit?).ok().filter(|it| *it > 0)?;
    let seconds = u64::try_from(row.rate_limit_period).unwrap_or_default().max(1);
    Some(KeyLimit::new(&row.gateway, &row.id, attempts, Duration::from_secs(seconds)))
}

/// A stored key and the server it was given for.
#[derive(Debug)]
struct Bound {
    key: StoredKey,
    given_for: Option<String>,
}

impl Bound {
    /// Whether the key may be sent there: a custom provider's URL may have been changed by somebody who does not have the key.
    fn is_for(&self, endpoint: &Endpoint, gateway: &GatewayId) -> bool {
        let given_for = self.given_for.as_deref().unwrap_or_default();
        let is_for = providers::same_origin(given_for, endpoint.base());
        if !is_for {
            let (provider, alias) = (&*endpoint.slug, &*self.key.alias);
            tracing::warn!(%gateway, provider, alias, "a stored key was given for another server and is not used; give it again");
        }
        is_for
    }
}

/// Puts a provider in under every name.
fn lay(all: &mut Upstreams, upstream: Upstream) {
    let upstream = Arc::new(upstream);
    let slug = upstream.endpoint.slug.clone();
    for alias in providers::find(&slug).map_or(&[][..], |it| it.aliases) {
        all.insert((*alias).into(), Arc::clone(&upstream));
    }
    all.insert(slug, upstream);
}

fn base(settings: &ProviderSettings, cooldowns: &Cooldowns) -> Result<Upstreams, ConfigError> {
    let mut all = HashMap::new();
    for provider in providers::table() {
        let key = settings.key(provider);
        let mut lay = |endpoint| {
            lay(&mut all, Upstream::new(Arc::new(endpoint), Vec::new(), cooldowns));
        };
        match Endpoint::new(provider, settings.base_url(provider), key.clone()) {
            Ok(endpoint) => lay(endpoint),
            Err(BadEndpoint::NoBaseUrl(_)) => {
                if let Some(endpoint) = Endpoint::without_base(provider, key) {
                    lay(endpoint);
                }
            }
            Err(error @ BadEndpoint::BadBaseUrl(..)) => {
                let place = providers::Provider::base_url_variable(provider.slug);
                return Err(ConfigError::new(&place, error.to_string()));
            }
        }
    }
    Ok(all)
}

fn headers(sealed: &SecretString, slug: &str) -> Vec<(http::HeaderName, http::HeaderValue)> {
    let parsed: Result<HashMap<String, String>, _> = serde_json::from_str(sealed.expose_secret());
    let Ok(all) = parsed else {
        tracing::error!(provider = slug, "the fixed headers of a custom provider cannot be read");
        return Vec::new();
    };
    let usable = all.into_iter().filter_map(|(name, value)| {
        let name = http::HeaderName::try_from(name).ok()?;
        let mut value = http::HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    });
    usable.collect()
}

/// What a gateway's settings say about retries.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct RetrySettings {
    retry_max_attempts: Option<u32>,
    retry_delay: Option<u64>,
    retry_backoff: Option<String>,
}

/// Whether payloads are kept: unless the settings say otherwise.
fn keeps_payloads(settings: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Said {
        collect_log_payloads: Option<bool>,
    }
    let said: Option<Said> = serde_json::from_str(settings).ok();
    said.and_then(|it| it.collect_log_payloads).unwrap_or(true)
}

fn retry(settings: &str) -> Retry {
    let it: RetrySettings = serde_json::from_str(settings).unwrap_or_default();
    Retry {
        max_attempts: it.retry_max_attempts,
        delay_ms: it.retry_delay,
        backoff: it.retry_backoff.and_then(|it| match it.as_str() {
            "constant" => Some(Backoff::Constant),
            "linear" => Some(Backoff::Linear),
            "exponential" => Some(Backoff::Exponential),
            _ => None,
        }),
    }
}

fn live_route(gateway: &Gateway, row: store::LiveRoute, old: Option<&LiveRoute>) -> LiveRoute {
    let version = |found: Option<(VersionId, String)>| {
        let (id, elements) = found?;
        let known = old.and_then(|it| it.deployed.iter().chain(&it.latest).find(|it| it.id == id));
        match known {
            Some(known) => Some(Arc::new(known.replan(gateway))),
            None => compile(gateway, &row.id, id, &elements),
        }
    };
    let deployed = version(row.deployed);
    let latest = match (&deployed, row.latest_valid) {
        (Some(deployed), Some((id, _))) if deployed.id == id => Some(Arc::clone(deployed)),
        (_, latest) => version(latest),
    };
    LiveRoute::new(row.id.clone(), &row.name, deployed, latest)
}

/// Compiles what was checked when it was saved.
fn compile(
    gateway: &Gateway,
    route: &RouteId,
    id: VersionId,
    elements: &str,
) -> Option<Arc<Version>> {
    let compiled = match route::RouteSpec::parse(elements) {
        Ok(spec) => route::compile(&spec, &route::Judged),
        Err(problems) => route::Compiled { route: None, problems },
    };
    let Some(graph) = compiled.route else {
        let problems =
            compiled.problems.iter().map(|it| it.message.as_str()).collect::<Vec<_>>().join("; ");
        tracing::error!(%route, version = %id, problems, "a stored version does not compile and is not served");
        return None;
    };
    Some(Arc::new(Version::new(id, graph, route, gateway)))
}

#[cfg(test)]
mod tests;
