//! Where spans and metrics go, and spans of which requests: our settings, and below them the variables that every OpenTelemetry SDK reads.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/> and
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>.

use super::ConfigError;
use super::layers::{Input, Layers};
use http::{HeaderName, HeaderValue, Uri};
use otlp::{Encoding, Target};
use percent_encoding::percent_decode_str;
use std::time::Duration;
use telemetry::Sampling;

/// Spans of requests, and metrics.
#[derive(Debug)]
pub(crate) struct Tracing {
    /// The collector for every gateway's; `None`: only gateways with collectors of their own have spans.
    pub(crate) target: Option<Target>,
    /// Which requests.
    pub(crate) sampling: Sampling,
    /// Spans tell what was asked and answered, of requests whose payload is logged.
    pub(crate) content: bool,
    /// How long spans wait for others.
    pub(crate) delay: Duration,
    /// Of one export.
    pub(crate) timeout: Duration,
    /// The collector of the process's metrics, how often it gets them, and how long one export may take.
    pub(crate) metrics: Option<Measured>,
    /// `service.name` and the rest.
    pub(crate) resource: Vec<(String, String)>,
}

/// Where metrics go.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) target: Target,
    pub(crate) every: Duration,
    pub(crate) timeout: Duration,
}

/// What a signal is configured by. Its own variables come before those of all signals.
#[derive(Debug)]
struct Signal {
    /// Below a base URL.
    path: &'static str,
    exporter: &'static str,
    endpoint: [&'static str; 2],
    protocol: [&'static str; 2],
    headers: [&'static str; 2],
    timeout: [&'static str; 2],
}

/// The signal that the standard's variables call by this word.
macro_rules! signal {
    ($word:literal, $path:literal) => {
        Signal {
            path: $path,
            exporter: concat!("OTEL_", $word, "_EXPORTER"),
            endpoint: signal!($word => "_ENDPOINT"),
            protocol: signal!($word => "_PROTOCOL"),
            headers: signal!($word => "_HEADERS"),
            timeout: signal!($word => "_TIMEOUT"),
        }
    };
    ($word:literal => $what:literal) => {
        [concat!("OTEL_EXPORTER_OTLP_", $word, $what), concat!("OTEL_EXPORTER_OTLP", $what)]
    };
}

const TRACES: Signal = signal!("TRACES", "/v1/traces");
const METRICS: Signal = signal!("METRICS", "/v1/metrics");
const UNCOMPRESSED: &str = "exports are sent uncompressed";
const ROOTS: &str = "give further root certificates in `extra_roots`";
/// What SDKs read and this server does not do.
const NOT_DONE: [(&str, &str); 7] = [
    ("OTEL_EXPORTER_OTLP_COMPRESSION", UNCOMPRESSED),
    ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", UNCOMPRESSED),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", UNCOMPRESSED),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", ROOTS),
    ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", ROOTS),
    ("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", ROOTS),
    (
        "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
        "sums and histograms are cumulative, as by default",
    ),
];

/// The settings, and the environment below them.
struct Sources<'a> {
    input: &'a Input,
    layers: &'a Layers,
}

impl Tracing {
    pub(super) fn read(input: &Input, layers: &Layers) -> Result<Self, ConfigError> {
        let from = Sources { input, layers };
        Ok(Self {
            target: from.target(&TRACES)?,
            sampling: from.sampling()?,
            content: super::switch(layers, "otlp_content")?,
            delay: from.millis("otlp_delay_ms", &["OTEL_BSP_SCHEDULE_DELAY"], (1, 1000))?,
            timeout: from.timeout(&TRACES)?,
            metrics: from.metrics()?,
            resource: from.resource(),
        })
    }
}

/// What is odd about the standard variables and no reason not to start.
pub(super) fn warnings(input: &Input) -> impl Iterator<Item = String> {
    let set = NOT_DONE.iter().filter(|(name, _)| standard(input, &[name]).is_some());
    set.map(|(name, instead)| format!("the environment variable {name} has no effect: {instead}"))
}

/// The first of these variables that says something.
fn standard<'a>(input: &'a Input, names: &[&'static str]) -> Option<(&'static str, &'a str)> {
    let set = |name: &&'static str| Some((*name, input.env.get(*name)?.trim()));
    names.iter().filter_map(set).find(|(_, text)| !text.is_empty())
}

impl<'a> Sources<'a> {
    /// The setting, else the first of the variables; and what it is called. The text may be secret.
    fn text(
        &self,
        key: &'static str,
        names: &[&'static str],
    ) -> Option<(Option<&'static str>, &'a str)> {
        let own = self.layers.text(key).filter(|it| !it.is_empty()).map(|it| (None, it));
        own.or_else(|| standard(self.input, names).map(|(name, text)| (Some(name), text)))
    }

    /// What was given is not repeated: a URL may hold a password.
    fn bad(&self, key: &str, name: Option<&str>, wanted: &str) -> ConfigError {
        let what = format!("must be {wanted}");
        match name {
            Some(name) => ConfigError::new(name, what),
            None => self.layers.refuse(key, &what),
        }
    }

    /// Switched off by the standard's own means, whatever else is there.
    fn is_off(&self, signal: &Signal) -> bool {
        let is = |name, word| standard(self.input, &[name]).is_some_and(|(_, it)| it == word);
        let own = self.layers.text("otlp_endpoint").is_some_and(|it| !it.is_empty());
        !own && (is("OTEL_SDK_DISABLED", "true") || is(signal.exporter, "none"))
    }

    fn target(&self, signal: &Signal) -> Result<Option<Target>, ConfigError> {
        const URL: &str = "an http(s) URL such as http://127.0.0.1:4318, without user and query";
        if self.is_off(signal) {
            return Ok(None);
        }
        let Some((name, text)) = self.text("otlp_endpoint", &signal.endpoint) else {
            return Ok(None);
        };
        let encoding = self.encoding(signal)?;
        // The variable of the signal has the whole URL; all others are a base.
        let whole = name == signal.endpoint.first().copied() || encoding == Encoding::Grpc;
        let url = if whole { text.to_owned() } else { below(text, signal) };
        let url = address(&url).ok_or_else(|| self.bad("otlp_endpoint", name, URL))?;
        Ok(Some(Target { url, headers: self.headers(signal)?, encoding, public_only: false }))
    }

    fn metrics(&self) -> Result<Option<Measured>, ConfigError> {
        const EVERY: &[&str] = &["OTEL_METRIC_EXPORT_INTERVAL"];
        let every = self.millis("otlp_metrics_interval_ms", EVERY, (0, 60_000))?;
        let target = if every.is_zero() { None } else { self.target(&METRICS)? };
        let timeout = self.timeout(&METRICS)?;
        Ok(target.map(|target| Measured { target, every, timeout }))
    }

    fn timeout(&self, signal: &Signal) -> Result<Duration, ConfigError> {
        self.millis("otlp_timeout_ms", &signal.timeout, (1, 10_000))
    }

    fn encoding(&self, signal: &Signal) -> Result<Encoding, ConfigError> {
        let Some((name, text)) = self.text("otlp_protocol", &signal.protocol) else {
            return Ok(Encoding::Protobuf);
        };
        match text {
            "http/protobuf" => Ok(Encoding::Protobuf),
            "http/json" => Ok(Encoding::Json),
            "grpc" => Ok(Encoding::Grpc),
            _ => Err(self.bad("otlp_protocol", name, "http/protobuf, http/json or grpc")),
        }
    }

    fn headers(&self, signal: &Signal) -> Result<Vec<(HeaderName, HeaderValue)>, ConfigError> {
        let Some((name, text)) = self.text("otlp_headers", &signal.headers) else {
            return Ok(Vec::new());
        };
        const WANTED: &str = "name=value pairs, separated by commas, values percent-encoded";
        let all: Option<Vec<_>> = pairs(text).map(|it| header(it?)).collect();
        all.ok_or_else(|| self.bad("otlp_headers", name, WANTED))
    }

    fn sampling(&self) -> Result<Sampling, ConfigError> {
        const WANTED: &str = "always_on, always_off, traceidratio, or one of them after `parentbased_`; a ratio is from 0 to 1";
        let argument = self.text("traces_sampler_arg", &["OTEL_TRACES_SAMPLER_ARG"]);
        let Some((name, text)) = self.text("traces_sampler", &["OTEL_TRACES_SAMPLER"]) else {
            return Ok(Sampling::DEFAULT);
        };
        Sampling::parse(text, argument.map(|(_, it)| it))
            .ok_or_else(|| self.bad("traces_sampler", name, WANTED))
    }

    fn millis(
        &self,
        key: &'static str,
        names: &[&'static str],
        (least, default): (u64, u64),
    ) -> Result<Duration, ConfigError> {
        let Some((name, text)) = self.text(key, names) else {
            return Ok(Duration::from_millis(default));
        };
        let longest = super::DAY_MS;
        let wanted = format!("a whole number from {least} to {longest}");
        let number =
            super::within(text, least, longest).ok_or_else(|| self.bad(key, name, &wanted))?;
        Ok(Duration::from_millis(number))
    }

    /// What is not of the form is left out, as the standard says.
    fn resource(&self) -> Vec<(String, String)> {
        let mut all = vec![("service.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        let given = standard(self.input, &["OTEL_RESOURCE_ATTRIBUTES"]);
        for (name, value) in given.into_iter().flat_map(|(_, text)| pairs(text)).flatten() {
            all.retain(|(it, _)| *it != name);
            all.push((name, value));
        }
        let named = standard(self.input, &["OTEL_SERVICE_NAME"]).map(|(_, it)| it);
        let unnamed = !all.iter().any(|(it, _)| it == "service.name");
        if let Some(name) = named.or_else(|| unnamed.then_some("pointsman")) {
            all.retain(|(it, _)| it != "service.name");
            all.push(("service.name".to_owned(), name.to_owned()));
        }
        all
    }
}

fn below(base: &str, signal: &Signal) -> String {
    format!("{}{}", base.trim_end_matches('/'), signal.path)
}

fn address(text: &str) -> Option<Uri> {
    let url: Uri = text.parse().ok()?;
    let authority = url.authority()?.as_str();
    let plain = !authority.is_empty() && !authority.contains('@') && url.query().is_none();
    (matches!(url.scheme_str(), Some("http" | "https")) && plain).then_some(url)
}

/// `name=value,…`; `None` for what is none.
fn pairs(text: &str) -> impl Iterator<Item = Option<(String, String)>> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
        Some((name.trim().to_owned(), value.into_owned()))
    })
}

fn header((name, value): (String, String)) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some((HeaderName::try_from(name).ok()?, value))
}
