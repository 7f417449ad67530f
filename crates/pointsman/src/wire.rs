//! Turns the configuration into objects, starts them, and stops them in order.

mod background;
mod exporting;
mod sites;

use crate::clock::SystemClock;
use crate::config::{CachePlace, Config, ConfigError, Net};
use crate::counting::Counting;
use crate::entropy;
use crate::first_start::{Admin, Greeting, Home, Lock};
use crate::refresh::Refresher;
use crate::reload::{Builder, Pinned, Policies, Publisher, Reloader};
use crate::serve::{self, Health, Listeners};
use background::Background;
use cache::Cache;
use providers::Http;
use proxy::{Catalog, Proxy};
use route::ids::{AccountId, GatewayId};
use secrecy::{ExposeSecret as _, SecretString};
use sites::{Addresses, Sites, guard};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::{Actor, NewGateway, Store};
use telemetry::{Metrics, Recorder};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The gateway that exists from the start.
const DEFAULT_GATEWAY: &str = "default";
/// Management writes that may wait for the reloader.
const JOBS: usize = 256;
/// How long a request waits for an answer that may be kept in Redis.
const CACHE_PATIENCE: Duration = Duration::from_millis(100);
/// Requests that wait to be counted without a log: of a few seconds, at the rate that a core can take.
const UNLOGGED: usize = 20_000;
/// For request records and the store, each, after everything else has ended.
const LAST_WRITES: Duration = Duration::from_secs(5);

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    listeners: Listeners,
    proxy: Arc<Proxy>,
    counting: Counting,
    store: Store,
    health: Arc<Health>,
    background: Background,
    drain: Duration,
    _lock: Lock,
}

/// A bound socket and the address it got.
type Bound = (TcpListener, SocketAddr);

/// What everything else is made of.
struct Ground {
    store: Store,
    admin: Admin,
    builder: Arc<Builder>,
    catalog: Catalog,
    /// The store's revision before the catalog was read.
    revision: i64,
}

/// The data plane and what it was given.
struct Plane {
    proxy: Arc<Proxy>,
    counting: Counting,
    cache: Option<Arc<Cache>>,
    metrics: Arc<Metrics>,
    recorder: Recorder,
    records: telemetry::Records,
    /// Requests that are counted without a log.
    unlogged: telemetry::Records,
    exporter: exporting::Exporting,
    traced: telemetry::Traced,
    meter: Option<exporting::OwnMeter>,
}

/// Who did it, in the audit log: whoever can run the program.
pub(crate) fn local() -> Actor {
    Actor { id: "local".to_owned(), name: "command line".to_owned() }
}

/// Opens the configured store.
pub(crate) async fn open_store(config: &Config, home: &Home) -> Result<Store, ConfigError> {
    let url = database_url(config, home);
    let key = home.master_key(&config.data)?;
    match Store::open(url.expose_secret(), &key.key).await {
        Ok(store) => Ok(store),
        Err(store::Error::WrongMasterKey) => {
            key.forget();
            let what = "does not fit this database; give the key it was made with, or put its master.key back";
            Err(ConfigError::new("master_key", what))
        }
        Err(error) => Err(not_opened(&url, &error)),
    }
}

/// The configured database, else the file in the data folder.
pub(crate) fn database_url(config: &Config, home: &Home) -> SecretString {
    let default = || format!("sqlite://{}", home.dir().join("pointsman.db").display()).into();
    config.data.database_url.clone().unwrap_or_else(default)
}

/// Why the database of this URL cannot be opened; its password is not told.
pub(crate) fn not_opened(url: &SecretString, error: &store::Error) -> ConfigError {
    let server = store::server(url.expose_secret());
    match (error, server) {
        (store::Error::Away(_), Some(server)) => {
            ConfigError::unreachable(&format!("the database on {server}"), chain(error))
        }
        _ => ConfigError::new("the database", chain(error)),
    }
}

impl Server {
    /// Starts everything and greets on standard output. `sample`: with `dynamic/hello` on `echo`.
    pub(crate) async fn start(config: Config, sample: bool) -> Result<Self, ConfigError> {
        for warning in &config.warnings {
            tracing::warn!("{warning}");
        }
        let home = Home::open(&config.data)?;
        let first = home.is_new();
        let lock = home.lock()?;
        let data = bind("listen", config.net.listen)?;
        let admin = config.net.admin.map(|it| bind("admin_listen", it)).transpose()?;
        let ground = lay_ground(&config, &home, sample).await?;
        let addresses = (data.1, admin.as_ref().map(|(_, address)| *address));
        let authentication = ground.asks_for_token();
        let Ground { store, admin: token, builder, catalog, revision } = ground;

        let pinned = Pinned::new(Arc::clone(&builder));
        let counting = Counting::open(&config, home.dir(), &store)?;
        let plane = plane(&config, counting, catalog, &pinned, addresses)?;
        pinned.serve(&plane.proxy);
        let health = Arc::new(Health::default());
        health.store.store(true, Ordering::Relaxed);

        let (jobs, waiting) = mpsc::channel(JOBS);
        let publisher = Publisher::new(&builder, &plane.proxy, &plane.counting, jobs);
        let refresher =
            Refresher::new(&config.prices, client(&config, Http::One)?, Arc::clone(&builder));
        let reloader = Reloader::new(
            builder,
            Arc::clone(&plane.proxy),
            waiting,
            revision,
            Arc::clone(&health.store),
        );
        let sites = Sites {
            config: &config,
            plane: &plane,
            store: &store,
            health: &health,
            publisher: Arc::new(publisher),
        };
        let listeners = sites.open(data, admin);
        let (proxy, counting) = (Arc::clone(&plane.proxy), plane.counting.clone());
        let background =
            Background::start(plane, store.clone(), &config.records, reloader, refresher);

        home.keep(&token)?;
        let admin_url = addresses.1.map(url);
        let data_url = url(addresses.0);
        let greeting = Greeting {
            url: &data_url,
            admin_url: admin_url.as_deref(),
            token: token.fresh.as_ref(),
            first,
            authentication,
            account: &config.account,
            model: if sample { "dynamic/hello" } else { "echo/echo" },
        };
        greet(&greeting);
        let drain = config.bounds.drain;
        Ok(Self { listeners, proxy, counting, store, health, background, drain, _lock: lock })
    }

    /// Ends in order: no new requests; those under way, within the limit; then limits, request records, store.
    pub(crate) async fn stop(self) {
        self.health.drain();
        self.proxy.drain();
        let in_flight = self.proxy.in_flight();
        tracing::info!(in_flight, "stopping");
        let cut = !self.listeners.drain(self.drain).await;
        let unsaved = self.background.finish(&self.counting).await;
        let open = timeout(LAST_WRITES, self.store.close()).await.is_err();
        tell_failures([
            cut.then(|| "requests under way were cut off at the drain limit".to_owned()),
            unsaved.err(),
            open.then(|| "the store could not be closed in time".to_owned()),
        ]);
    }
}

fn tell_failures(failures: [Option<String>; 3]) {
    for failure in failures.into_iter().flatten() {
        tracing::error!("{failure}");
    }
}

fn bind(setting: &str, address: SocketAddr) -> Result<Bound, ConfigError> {
    let bound = serve::bind(address).and_then(|it| Ok((it.local_addr()?, it)));
    let (address, listener) = bound.map_err(|error| {
        ConfigError::new(setting, format!("cannot listen on {address}: {error}"))
    })?;
    Ok((listener, address))
}

async fn lay_ground(config: &Config, home: &Home, sample: bool) -> Result<Ground, ConfigError> {
    let store = open_store(config, home).await?;
    let admin = home.admin(config.admin_token.as_ref())?;
    let broken = |error: store::Error| ConfigError::new("the database", chain(&error));
    let revision = store.revision().await.map_err(broken)?;
    found_default(&store, config, sample).await.map_err(broken)?;
    refuse_open(&store, config).await?;
    let policies = Policies {
        breaker: config.calls.breaker,
        cooldown: config.calls.cooldown,
        breaker_off: config.calls.breaker_off.clone(),
        allow_private_upstreams: config.calls.allow_private_upstreams,
        close_all: closes_all(&config.net),
        admin: admin.digest,
    };
    let account = AccountId::from(config.account.as_str());
    let builder =
        Arc::new(Builder::new(store.clone(), account, config.providers.clone(), policies)?);
    let catalog = builder.catalog(None).await.map_err(broken)?;
    Ok(Ground { store, admin, builder, catalog, revision })
}

impl Ground {
    fn asks_for_token(&self) -> bool {
        self.catalog.gateways.get(DEFAULT_GATEWAY).is_none_or(|it| it.authentication)
    }
}

/// The gateway that exists from the start: open on an address that only this machine can reach.
async fn found_default(store: &Store, config: &Config, sample: bool) -> store::Result<()> {
    let new = NewGateway {
        id: GatewayId::from(DEFAULT_GATEWAY),
        authentication: is_public(config.net.listen),
        collect_logs: true,
        settings: "{}".to_owned(),
        collectors: None,
    };
    let gateway = store.gateways().ensure_default(&local(), new).await?;
    if !sample {
        return Ok(());
    }
    let version = store::NewVersion {
        elements: SAMPLE.trim().to_owned(),
        is_valid: true,
        problems: "[]".to_owned(),
        comment: Some("the sample of `serve --sample`".to_owned()),
    };
    match store.routes().create(&local(), &gateway.id, "hello", version).await {
        Ok(_) | Err(store::Error::Exists { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// `dynamic/hello`.
const SAMPLE: &str = include_str!("sample.json");

/// An open gateway on a public address gives everybody its provider keys. `default` is closed there by itself.
async fn refuse_open(store: &Store, config: &Config) -> Result<(), ConfigError> {
    if !closes_all(&config.net) {
        return Ok(());
    }
    let all = store.gateways().all().await;
    let all = all.map_err(|error| ConfigError::new("the database", chain(&error)))?;
    let open: Vec<_> = all
        .iter()
        .filter(|it| !it.authentication && !it.is_default)
        .map(|it| it.id.as_str())
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let what = format!(
        "{} can be reached by other machines, and these gateways ask for no token: {}; switch their authentication on, \
         listen on 127.0.0.1, or set POINTSMAN_ALLOW_UNAUTHENTICATED=true",
        config.net.listen,
        open.join(", ")
    );
    Err(ConfigError::new("listen", what))
}

fn is_public(address: SocketAddr) -> bool {
    !address.ip().to_canonical().is_loopback()
}

fn closes_all(net: &Net) -> bool {
    is_public(net.listen) && !net.allow_unauthenticated
}

fn plane(
    config: &Config,
    counting: Counting,
    catalog: Catalog,
    pinned: &Arc<Pinned>,
    addresses: Addresses,
) -> Result<Plane, ConfigError> {
    let metrics = Metrics::new();
    let (recorder, records) = telemetry::queue(config.records.queue, Arc::clone(&metrics));
    let (recorder, unlogged) = recorder.counting(UNLOGGED);
    let (tracer, traced) = exporting::queue(&metrics);
    let exporter = exporting::exporter(config, &metrics, pinned.collectors())?;
    let meter = exporting::meter(config, &metrics)?;
    let settings = proxy::Settings {
        max_body: config.bounds.max_body,
        max_in_flight: config.bounds.max_in_flight,
        guard: guard(&config.net, addresses, closes_all(&config.net)),
        loopback: !is_public(config.net.listen),
        first_byte: config.calls.first_byte,
        idle: config.calls.idle,
        default_output_tokens: config.calls.default_output_tokens,
    };
    let cache = cache(config)?;
    let proxy = Proxy::new(proxy::Parts {
        settings,
        catalog,
        client: client(config, Http::One)?,
        limits: counting.limits(),
        cache: cache.clone(),
        recorder: recorder.clone(),
        tracing: Some(proxy::Tracing {
            tracer,
            sampling: config.tracing.sampling,
            everywhere: config.tracing.target.is_some(),
        }),
        metrics: Arc::clone(&metrics),
        clock: Arc::new(SystemClock),
        pinned: Arc::<Pinned>::clone(pinned),
        entropy: entropy::next,
    });
    Ok(Plane {
        proxy,
        counting,
        cache,
        metrics,
        recorder,
        records,
        unlogged,
        exporter,
        traced,
        meter,
    })
}

/// Where answers are kept. A server is not waited for: until it answers, it has none.
fn cache(config: &Config) -> Result<Option<Arc<Cache>>, ConfigError> {
    let cache = match (config.cache.place, &config.limits.redis_url) {
        (Some(CachePlace::Memory), _) => Cache::in_memory(config.cache.bytes),
        (Some(CachePlace::Redis), Some(url)) => {
            let remote = cache::Remote::open(
                url.expose_secret(),
                &config.account,
                CACHE_PATIENCE,
                config.cache.bytes,
            );
            Cache::in_redis(remote.map_err(|it| ConfigError::new("redis_url", it.to_string()))?)
        }
        (Some(CachePlace::Redis) | None, _) => return Ok(None),
    };
    Ok(Some(Arc::new(if config.cache.coalesce { cache.coalescing() } else { cache })))
}

/// The one HTTP client, with the certificates that the configuration names.
pub(crate) fn client(config: &Config, http: Http) -> Result<providers::Client, ConfigError> {
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|error| {
            ConfigError::new("extra_roots", format!("{} cannot be read: {error}", path.display()))
        })
    };
    let extra_roots_pem = config.calls.extra_roots.as_ref().map(read).transpose()?;
    let options = providers::ClientOptions { http, extra_roots_pem };
    let client = providers::Client::new(&options)
        .map_err(|error| ConfigError::new("extra_roots", chain(&error)))?;
    Ok(client.within(config.calls.surroundings.clone()))
}

/// What a client on this machine writes for an address.
pub(crate) fn url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(it) if it.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(it) if it.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        it => it,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn greet(greeting: &Greeting<'_>) {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(greeting.text().as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written {
        tracing::warn!(%error, "nobody reads standard output");
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |it| it.source());
    causes.fold(error.to_string(), |text, it| format!("{text}: {it}"))
}
