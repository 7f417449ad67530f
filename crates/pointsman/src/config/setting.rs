//! The list of settings. Flags, environment variables and keys of the file are made from it, so they cannot differ.

/// One setting: `data_dir` in the file, `--data-dir` as a flag, `POINTSMAN_DATA_DIR` in the environment.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Key in the file.
    pub(crate) key: &'static str,
    /// What it takes.
    pub(crate) kind: Kind,
    /// One line for `--help`.
    pub(crate) help: &'static str,
}

/// What a setting takes, as far as reading its text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text or a number.
    One,
    /// `true` or `false`; as a flag, nothing is as good as `true`.
    Switch,
    /// An array in the file, else separated by commas.
    List,
    /// An array in the file, else one a line: what may have commas in it.
    Lines,
    /// Text that is never repeated in a message.
    Secret,
}

impl Setting {
    const fn new(key: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { key, kind, help }
    }

    /// Name of its environment variable.
    pub(crate) fn variable(&self) -> String {
        format!("POINTSMAN_{}", self.key.to_ascii_uppercase())
    }

    /// Name of its flag, without the dashes in front.
    pub(crate) fn flag(&self) -> String {
        self.key.replace('_', "-")
    }
}

/// Every setting, in the order of `pointsman.default.toml`.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::new(
        "listen",
        Kind::One,
        "Address of the data plane, and of everything else unless split",
    ),
    Setting::new(
        "admin_listen",
        Kind::One,
        "Management API and metrics on an address of their own",
    ),
    Setting::new(
        "data_dir",
        Kind::One,
        "Holds the database unless it is PostgreSQL, the key file and the limits' journal",
    ),
    Setting::new(
        "database_url",
        Kind::Secret,
        "sqlite://<file> or postgres://<user>:<password>@<host>/<database>",
    ),
    Setting::new("redis_url", Kind::Secret, "Redis or Valkey that keeps limits for several nodes"),
    Setting::new("limit_lease_ms", Kind::One, "How long shared limits wait for a node that died"),
    Setting::new("limit_patience_ms", Kind::One, "How long a silent Redis is waited for"),
    Setting::new("cache", Kind::One, "Where answers are kept: off, memory or redis"),
    Setting::new("cache_bytes", Kind::One, "What kept answers may occupy"),
    Setting::new(
        "cache_coalesce",
        Kind::Switch,
        "Ask the same question once when it is asked twice at the same time",
    ),
    Setting::new("account_id", Kind::One, "The account in every path"),
    Setting::new(
        "public_url",
        Kind::One,
        "Where clients reach this server, if not where it listens",
    ),
    Setting::new(
        "admin_token",
        Kind::Secret,
        "Token for everything; generated when not given and not on PostgreSQL",
    ),
    Setting::new(
        "master_key",
        Kind::Secret,
        "32 bytes, hex or base64; encrypts provider keys at rest; must be given on PostgreSQL",
    ),
    Setting::new("allow_unauthenticated", Kind::Switch, "Serve open gateways on a public address"),
    Setting::new("hosts", Kind::List, "Further names this server is called by"),
    Setting::new("cors_origins", Kind::List, "Web origins that may call from a browser"),
    Setting::new(
        "allow_private_upstreams",
        Kind::Switch,
        "Custom providers may be on private addresses",
    ),
    Setting::new("api_dialect", Kind::One, "auto, reference or live"),
    Setting::new(
        "first_byte_timeout_ms",
        Kind::One,
        "Until the first meaningful byte of an answer",
    ),
    Setting::new("idle_timeout_ms", Kind::One, "Between two chunks of an answer"),
    Setting::new("prices_file", Kind::One, "Price list that is laid over the shipped one"),
    Setting::new("prices_url", Kind::One, "The same from an http(s) URL"),
    Setting::new("prices_refresh_ms", Kind::One, "How often the price list is read again"),
    Setting::new("default_output_tokens", Kind::One, "Reserved for an answer of unknown length"),
    Setting::new(
        "breaker_failures",
        Kind::One,
        "Failures in a row until a model is skipped; 0: never",
    ),
    Setting::new("breaker_open_ms", Kind::One, "How long it is skipped before a probe"),
    Setting::new("breaker_off", Kind::List, "Gateways whose models are never skipped"),
    Setting::new(
        "key_cooldown_ms",
        Kind::One,
        "How long a provider key rests after a 429, at least; 0: keys never rest",
    ),
    Setting::new("key_refused_ms", Kind::One, "How long one rests after a 401, 402 or 403"),
    Setting::new("key_cooldown_max_ms", Kind::One, "Longest rest, whatever the provider asks"),
    Setting::new("extra_roots", Kind::One, "PEM file with further root certificates"),
    Setting::new("max_body_bytes", Kind::One, "Largest body of a data-plane request"),
    Setting::new("max_in_flight", Kind::One, "Requests answered at the same time"),
    Setting::new("max_connections", Kind::One, "Open connections"),
    Setting::new("drain_ms", Kind::One, "How long requests under way may take after a stop signal"),
    Setting::new("workers", Kind::One, "Worker threads"),
    Setting::new("log", Kind::One, "Level or directives of the log on stderr"),
    Setting::new("log_format", Kind::One, "text or json"),
    Setting::new("log_queue", Kind::One, "Request records that may wait for the database"),
    Setting::new("log_queue_bytes", Kind::One, "What those may occupy, payloads and all"),
    Setting::new(
        "log_cleaning_ms",
        Kind::One,
        "How often request logs that are not to be kept are deleted",
    ),
    Setting::new("log_retention_days", Kind::One, "Days after which request logs go; 0: never"),
    Setting::new("log_redact_paths", Kind::Lines, "What is taken out of logged JSON, by path"),
    Setting::new("log_redact_patterns", Kind::Lines, "The same by regular expression"),
    Setting::new(
        "otlp_endpoint",
        Kind::One,
        "OpenTelemetry collector that gets spans of all gateways, and metrics",
    ),
    Setting::new("otlp_protocol", Kind::One, "http/protobuf, http/json or grpc"),
    Setting::new("otlp_headers", Kind::Secret, "Headers for the collector: name=value,name=value"),
    Setting::new("otlp_content", Kind::Switch, "Spans tell prompts and answers that are logged"),
    Setting::new("otlp_delay_ms", Kind::One, "How long spans wait for others to share an export"),
    Setting::new(
        "otlp_metrics_interval_ms",
        Kind::One,
        "How often the collector gets metrics; 0: never",
    ),
    Setting::new("otlp_timeout_ms", Kind::One, "How long an export may take"),
    Setting::new(
        "traces_sampler",
        Kind::One,
        "Which requests have spans, by OpenTelemetry's names",
    ),
    Setting::new("traces_sampler_arg", Kind::One, "The ratio of `traceidratio`, from 0 to 1"),
];
