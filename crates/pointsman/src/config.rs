//! The configuration: flags, environment, file and defaults become one checked value. Nobody else reads the environment.
//!
//! `pointsman.default.toml` is the layer of defaults itself, so what it says is what happens.

mod layers;
mod provided;
mod setting;
mod spans;

pub(crate) use layers::Input;
pub(crate) use provided::ProviderSettings;
pub(crate) use setting::{Kind, SETTINGS};
pub(crate) use spans::{Measured, Tracing};

use layers::Layers;
use proxy::breaker::Policy;
use proxy::cooldown;
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use telemetry::{Capacity, Redaction};

/// A setting that cannot be used: where it stands, what is wrong, what would be right. One line.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub(crate) struct ConfigError {
    place: String,
    what: String,
    /// Nothing is wrong with the setting: a server that it names does not answer.
    pub(crate) unreachable: bool,
}

impl ConfigError {
    /// `what` is wrong at `place`.
    pub(crate) fn new(place: &str, what: impl Into<String>) -> Self {
        let what = what.into().replace(['\n', '\r'], " ");
        Self { place: place.to_owned(), what, unreachable: false }
    }

    /// The server that `place` names does not answer.
    pub(crate) fn unreachable(place: &str, what: impl Into<String>) -> Self {
        Self { unreachable: true, ..Self::new(place, what) }
    }
}

/// Everything that can be set, checked.
#[derive(Debug)]
pub(crate) struct Config {
    /// Addresses and names.
    pub(crate) net: Net,
    /// The data folder and what is in it.
    pub(crate) data: Data,
    /// The account in every path.
    pub(crate) account: String,
    /// The configured admin token.
    pub(crate) admin_token: Option<SecretString>,
    /// Form of the two disputed fields.
    pub(crate) api_dialect: api::ApiDialect,
    /// How models are called.
    pub(crate) calls: Calls,
    /// Where limits are counted.
    pub(crate) limits: Limits,
    /// Where answers are kept.
    pub(crate) cache: Cache,
    /// Where prices are refreshed from.
    pub(crate) prices: Prices,
    /// How much at a time.
    pub(crate) bounds: Bounds,
    /// The program's own log.
    pub(crate) log: Log,
    /// Spans of requests.
    pub(crate) tracing: Tracing,
    /// What becomes of request records.
    pub(crate) records: Records,
    /// Base URLs and keys.
    pub(crate) providers: ProviderSettings,
    /// What was given and means nothing; told at start.
    pub(crate) warnings: Vec<String>,
}

/// Addresses and names.
#[derive(Debug)]
pub(crate) struct Net {
    /// Data plane, and everything else unless `admin` is given.
    pub(crate) listen: SocketAddr,
    /// Management on its own address.
    pub(crate) admin: Option<SocketAddr>,
    /// Where clients reach the server.
    pub(crate) public_url: Option<String>,
    /// Further names.
    pub(crate) hosts: Vec<String>,
    /// Web origins allowed.
    pub(crate) cors_origins: Vec<String>,
    /// Open gateways may be public.
    pub(crate) allow_unauthenticated: bool,
}

/// The data folder and what is in it.
#[derive(Debug)]
pub(crate) struct Data {
    /// The folder.
    pub(crate) dir: PathBuf,
    /// `sqlite://…` or `postgres://…`, which may hold a password; `None`: a file in the folder.
    pub(crate) database_url: Option<SecretString>,
    /// The configured master key.
    pub(crate) master_key: Option<SecretString>,
}

/// How models are called.
#[derive(Debug)]
pub(crate) struct Calls {
    /// To the first meaningful byte.
    pub(crate) first_byte: Duration,
    /// Between chunks.
    pub(crate) idle: Duration,
    /// Reserved for an answer of unknown length.
    pub(crate) default_output_tokens: u64,
    /// `None`: breakers are off.
    pub(crate) breaker: Option<Policy>,
    /// `None`: keys never rest.
    pub(crate) cooldown: Option<cooldown::Policy>,
    /// Gateways without breakers.
    pub(crate) breaker_off: BTreeSet<String>,
    /// Custom providers may be on private addresses.
    pub(crate) allow_private_upstreams: bool,
    /// PEM file.
    pub(crate) extra_roots: Option<PathBuf>,
    /// What clouds' own tools read of the environment.
    pub(crate) surroundings: providers::Surroundings,
}

/// Where limits are counted.
#[derive(Debug)]
pub(crate) struct Limits {
    /// `redis://…` or `rediss://…`; `None`: in this process.
    pub(crate) redis_url: Option<SecretString>,
    /// How long a hold outlives its node.
    pub(crate) lease: Duration,
    /// How long the counters may be silent while they owe answers.
    pub(crate) patience: Duration,
}

/// Where answers are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cache {
    /// `None`: nowhere.
    pub(crate) place: Option<CachePlace>,
    /// What answers may occupy there.
    pub(crate) bytes: u64,
    /// The same question, asked while it is being asked, is asked once.
    pub(crate) coalesce: bool,
}

/// A place for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CachePlace {
    /// In this process.
    Memory,
    /// In the server that `redis_url` names.
    Redis,
}

/// How much at a time.
#[derive(Debug)]
pub(crate) struct Bounds {
    /// Bytes of a data-plane request.
    pub(crate) max_body: usize,
    /// Requests under way.
    pub(crate) max_in_flight: usize,
    /// Connections.
    pub(crate) max_connections: usize,
    /// After a stop signal.
    pub(crate) drain: Duration,
    /// Threads.
    pub(crate) workers: Option<usize>,
}

/// The program's own log.
#[derive(Debug)]
pub(crate) struct Log {
    /// Directives.
    pub(crate) filter: String,
    /// Lines of JSON instead of text.
    pub(crate) json: bool,
}

/// What becomes of request records.
#[derive(Debug)]
pub(crate) struct Records {
    /// Those that wait for the database.
    pub(crate) queue: Capacity,
    /// How often those that are not to be kept are deleted.
    pub(crate) cleaning: Duration,
    /// Days after which they go, in gateways that do not say; `None`: never.
    pub(crate) days: Option<u64>,
    /// What is taken out before they are written.
    pub(crate) redaction: Arc<Redaction>,
}

/// Where prices are refreshed from.
#[derive(Debug)]
pub(crate) struct Prices {
    /// `None`: they are those that ship, and what was imported.
    pub(crate) source: Option<PriceSource>,
    /// How often it is read again.
    pub(crate) every: Duration,
}

/// Where a price list is.
#[derive(Clone, Debug)]
pub(crate) enum PriceSource {
    /// A file.
    File(PathBuf),
    /// An http(s) URL.
    Url(http::Uri),
}

impl PriceSource {
    /// For messages; a query may hold a secret and is left out.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Url(url) => {
                format!("{}{}", url.authority().map_or("", |it| it.as_str()), url.path())
            }
        }
    }
}

/// Holds the token that the command line manages a server with.
const TOKEN: &str = "POINTSMAN_TOKEN";

/// What the command line manages a server with: the token that the environment names, else the configured admin token.
pub(crate) fn client_token(config: &Config) -> Result<SecretString, ConfigError> {
    let own = std::env::var_os(TOKEN).and_then(|it| it.into_string().ok());
    let own = own.filter(|it| !it.is_empty()).map(SecretString::from);
    own.or_else(|| config.admin_token.clone()).ok_or_else(|| {
        ConfigError::new(TOKEN, "must hold an API token of the server; `pointsman token create --permission write` makes one")
    })
}

impl Input {
    /// The environment, and the file: the one named, else `pointsman.toml` here if there is one.
    pub(crate) fn gather(
        flags: BTreeMap<&'static str, String>,
        file: Option<&Path>,
    ) -> Result<Self, ConfigError> {
        let env: BTreeMap<_, _> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let named =
            file.map(Path::to_owned).or_else(|| env.get("POINTSMAN_CONFIG").map(PathBuf::from));
        let path = named.clone().unwrap_or_else(|| "pointsman.toml".into());
        let file = match std::fs::read_to_string(&path) {
            Ok(text) => Some((path.display().to_string(), text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => None,
            Err(error) => {
                let what = format!("the configuration file cannot be read: {error}");
                return Err(ConfigError::new(&path.display().to_string(), what));
            }
        };
        Ok(Self { flags, env, file })
    }
}

/// What all nodes on one database must agree on cannot be made up by each of them.
const SHARED_KEY: &str = "names PostgreSQL, and then POINTSMAN_MASTER_KEY must be given, the same for every node; \
     `openssl rand -hex 32` makes one";
const SHARED_TOKEN: &str = "names PostgreSQL, and then POINTSMAN_ADMIN_TOKEN must be given, the same for every node; \
     `openssl rand -hex 32` makes one";

impl Data {
    /// Whether the database may have other nodes.
    pub(crate) fn is_shared(&self) -> bool {
        let url = self.database_url.as_ref().map(SecretString::expose_secret);
        url.is_some_and(|it| it.starts_with("postgres"))
    }
}

impl Config {
    /// What only a server needs.
    pub(crate) fn can_serve(&self) -> Result<(), ConfigError> {
        if self.data.is_shared() && self.admin_token.is_none() {
            return Err(ConfigError::new("database_url", SHARED_TOKEN));
        }
        Ok(())
    }

    /// Reads and checks everything.
    pub(crate) fn load(input: &Input) -> Result<Self, ConfigError> {
        let layers = Layers::read(input)?;
        Ok(Self {
            net: net(&layers)?,
            data: data(&layers)?,
            account: layers.get("account_id", "1 to 64 letters, digits, `-`, `_` and `.`", name)?,
            admin_token: layers.optional(
                "admin_token",
                "visible ASCII characters without spaces",
                token,
            )?,
            api_dialect: layers.get("api_dialect", "auto, reference or live", dialect)?,
            calls: calls(input, &layers)?,
            limits: limits(&layers)?,
            cache: cache(&layers)?,
            prices: prices(&layers)?,
            bounds: bounds(&layers)?,
            log: log(&layers)?,
            tracing: Tracing::read(input, &layers)?,
            records: records(&layers)?,
            providers: ProviderSettings::read(input, &layers)?,
            warnings: warnings(input, &layers),
        })
    }
}

fn prices(layers: &Layers) -> Result<Prices, ConfigError> {
    let path = |it: &str| (!it.is_empty()).then(|| PathBuf::from(it));
    let file = layers.optional("prices_file", "a file", path)?;
    let url = |it: &str| {
        let url: http::Uri = it.parse().ok()?;
        let authority = url.authority()?;
        let plain = !authority.host().is_empty() && !authority.as_str().contains('@');
        (matches!(url.scheme_str(), Some("http" | "https")) && plain).then_some(url)
    };
    let url = layers.optional("prices_url", "an http(s) URL without a user in it", url)?;
    let source = file.map(PriceSource::File).or(url.map(PriceSource::Url));
    let every = Duration::from_millis(number(layers, "prices_refresh_ms", 1000, 30 * DAY_MS)?);
    Ok(Prices { source, every })
}

fn net(layers: &Layers) -> Result<Net, ConfigError> {
    const ADDRESS: &str = "an address and port such as 127.0.0.1:8787";
    let listen = layers.get("listen", ADDRESS, address)?;
    let admin = layers.optional("admin_listen", ADDRESS, address)?;
    let free_port = listen.port() == 0;
    Ok(Net {
        listen,
        admin: admin.filter(|it| free_port || *it != listen),
        public_url: layers.optional("public_url", "an http(s) URL without a path", base_url)?,
        hosts: list(layers, "hosts"),
        cors_origins: list(layers, "cors_origins"),
        allow_unauthenticated: switch(layers, "allow_unauthenticated")?,
    })
}

fn data(layers: &Layers) -> Result<Data, ConfigError> {
    let some = |it: &str| (!it.is_empty()).then(|| PathBuf::from(it));
    let database = |it: &str| {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        known.iter().any(|scheme| it.starts_with(scheme)).then(|| SecretString::from(it))
    };
    let key = |it: &str| store::MasterKey::parse(it).map(|_| SecretString::from(it));
    let data = Data {
        dir: layers.get("data_dir", "a folder", some)?,
        database_url: layers.optional(
            "database_url",
            "sqlite://<file> or postgres://<user>:<password>@<host>/<database>",
            database,
        )?,
        master_key: layers.optional("master_key", "32 bytes as 64 hex digits or base64", key)?,
    };
    if data.is_shared() && data.master_key.is_none() {
        return Err(layers.refuse("database_url", SHARED_KEY));
    }
    Ok(data)
}

fn calls(input: &Input, layers: &Layers) -> Result<Calls, ConfigError> {
    let variables = input.env.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let failures = number(layers, "breaker_failures", 0, 1_000_000)?;
    let open_ms = number(layers, "breaker_open_ms", 1, DAY_MS)?;
    let policy = |failures| Policy { failures, open_ms };
    Ok(Calls {
        first_byte: Duration::from_millis(number(layers, "first_byte_timeout_ms", 1, DAY_MS)?),
        idle: Duration::from_millis(number(layers, "idle_timeout_ms", 1, DAY_MS)?),
        default_output_tokens: number(layers, "default_output_tokens", 1, 10_000_000)?,
        breaker: u32::try_from(failures).ok().filter(|it| *it > 0).map(policy),
        cooldown: cooldown(layers)?,
        breaker_off: list(layers, "breaker_off").into_iter().collect(),
        allow_private_upstreams: switch(layers, "allow_private_upstreams")?,
        extra_roots: layers.text("extra_roots").map(PathBuf::from),
        surroundings: providers::Surroundings::new(variables),
    })
}

fn cooldown(layers: &Layers) -> Result<Option<cooldown::Policy>, ConfigError> {
    let wait = |name, least| number(layers, name, least, DAY_MS).map(Duration::from_millis);
    let policy = cooldown::Policy {
        limited: wait("key_cooldown_ms", 0)?,
        refused: wait("key_refused_ms", 1)?,
        longest: wait("key_cooldown_max_ms", 1)?,
    };
    Ok(Some(policy).filter(|it| !it.limited.is_zero()))
}

fn limits(layers: &Layers) -> Result<Limits, ConfigError> {
    let redis = |it: &str| {
        let known = ["redis://", "rediss://"].iter().any(|scheme| it.starts_with(scheme));
        known.then(|| SecretString::from(it))
    };
    const URL: &str = "redis://<host>:<port> or rediss://<user>:<password>@<host>:<port>";
    Ok(Limits {
        redis_url: layers.optional("redis_url", URL, redis)?,
        lease: Duration::from_millis(number(layers, "limit_lease_ms", 100, DAY_MS)?),
        patience: Duration::from_millis(number(layers, "limit_patience_ms", 10, 10_000)?),
    })
}

fn cache(layers: &Layers) -> Result<Cache, ConfigError> {
    let place = |it: &str| match it {
        "off" => Some(None),
        "memory" => Some(Some(CachePlace::Memory)),
        "redis" => Some(Some(CachePlace::Redis)),
        _ => None,
    };
    let place = layers.get("cache", "off, memory or redis", place)?;
    if place == Some(CachePlace::Redis) && layers.text("redis_url").is_none() {
        return Err(layers.refuse("cache", "is `redis`, and then redis_url must be given"));
    }
    let bytes = number(layers, "cache_bytes", 1 << 20, 1 << 40)?;
    Ok(Cache { place, bytes, coalesce: switch(layers, "cache_coalesce")? })
}

fn bounds(layers: &Layers) -> Result<Bounds, ConfigError> {
    let workers =
        layers.optional("workers", "a whole number from 1 to 1024", |it| within(it, 1, 1024))?;
    Ok(Bounds {
        max_body: size(layers, "max_body_bytes", 1024, 1 << 30)?,
        max_in_flight: size(layers, "max_in_flight", 1, 1 << 20)?,
        max_connections: size(layers, "max_connections", 1, 1 << 20)?,
        drain: Duration::from_millis(number(layers, "drain_ms", 0, DAY_MS)?),
        workers: workers.and_then(|it| usize::try_from(it).ok()),
    })
}

fn records(layers: &Layers) -> Result<Records, ConfigError> {
    let days = number(layers, "log_retention_days", 0, 36_500)?;
    let rules = |key| {
        let text = layers.text(key).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let bad = |key: &str, it: telemetry::BadRule| {
        layers.refuse(key, &format!("`{}` cannot be used: {}", it.rule, it.why))
    };
    const NONE: &[String] = &[];
    let (paths, patterns) = (rules("log_redact_paths"), rules("log_redact_patterns"));
    Redaction::new(&paths, NONE).map_err(|it| bad("log_redact_paths", it))?;
    let redaction =
        Redaction::new(&paths, &patterns).map_err(|it| bad("log_redact_patterns", it))?;
    Ok(Records {
        queue: Capacity {
            records: size(layers, "log_queue", 1, 1 << 24)?,
            bytes: size(layers, "log_queue_bytes", 1 << 16, 1 << 36)?,
        },
        cleaning: Duration::from_millis(number(layers, "log_cleaning_ms", 10, DAY_MS)?),
        days: Some(days).filter(|it| *it > 0),
        redaction: Arc::new(redaction),
    })
}

fn log(layers: &Layers) -> Result<Log, ConfigError> {
    let filter = |it: &str| it.parse::<tracing_subscriber::EnvFilter>().ok().map(|_| it.to_owned());
    let json = |it: &str| match it {
        "text" => Some(false),
        "json" => Some(true),
        _ => None,
    };
    Ok(Log {
        filter: layers.get(
            "log",
            "a level such as info, or directives such as info,proxy=debug",
            filter,
        )?,
        json: layers.get("log_format", "text or json", json)?,
    })
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn number(layers: &Layers, key: &str, min: u64, max: u64) -> Result<u64, ConfigError> {
    layers.get(key, &format!("a whole number from {min} to {max}"), |it| within(it, min, max))
}

fn size(layers: &Layers, key: &str, min: u64, max: u64) -> Result<usize, ConfigError> {
    let number = number(layers, key, min, max)?;
    usize::try_from(number).map_err(|_| layers.bad(key, "smaller"))
}

fn within(text: &str, min: u64, max: u64) -> Option<u64> {
    text.parse().ok().filter(|it| (min..=max).contains(it))
}

fn switch(layers: &Layers, key: &str) -> Result<bool, ConfigError> {
    layers.get(key, "true or false", |it| match it.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    })
}

fn list(layers: &Layers, key: &str) -> Vec<String> {
    let text = layers.text(key).unwrap_or_default();
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn address(text: &str) -> Option<SocketAddr> {
    match text.strip_prefix("localhost:") {
        Some(port) => Some(SocketAddr::from(([127, 0, 0, 1], port.parse().ok()?))),
        None => text.parse().ok(),
    }
}

fn base_url(text: &str) -> Option<String> {
    let text = text.trim_end_matches('/');
    let uri: http::Uri = text.parse().ok()?;
    let usable = matches!(uri.scheme_str(), Some("http" | "https")) && uri.path() == "/";
    usable.then(|| text.to_owned())
}

fn name(text: &str) -> Option<String> {
    let fine = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.');
    ((1..=64).contains(&text.len()) && text.bytes().all(fine)).then(|| text.to_owned())
}

fn token(text: &str) -> Option<SecretString> {
    (!text.is_empty() && text.bytes().all(|it| it.is_ascii_graphic()))
        .then(|| SecretString::from(text))
}

fn dialect(text: &str) -> Option<api::ApiDialect> {
    match text {
        "auto" => Some(api::ApiDialect::Auto),
        "reference" => Some(api::ApiDialect::Reference),
        "live" => Some(api::ApiDialect::Live),
        _ => None,
    }
}

/// What is odd about the configuration and no reason not to start.
fn warnings(input: &Input, layers: &Layers) -> Vec<String> {
    let mut all = unknown_variables(input);
    all.extend(spans::warnings(input));
    if layers.text("prices_file").is_some() && layers.text("prices_url").is_some() {
        all.push("`prices_url` is not used, because `prices_file` is given".to_owned());
    }
    all
}

/// Variables that look like ours and mean nothing: most likely misspelt. Only told, since platforms invent variables too.
fn unknown_variables(input: &Input) -> Vec<String> {
    let known = |name: &str| {
        ["POINTSMAN_CONFIG", TOKEN].contains(&name)
            || SETTINGS.iter().any(|it| it.variable() == name)
            || provided::is_known(name)
    };
    let ours = input.env.keys().filter(|it| it.starts_with("POINTSMAN_"));
    ours.filter(|it| !known(it))
        .map(|it| format!("the environment variable {it} means nothing to Pointsman"))
        .collect()
}

#[cfg(test)]
mod tests;
