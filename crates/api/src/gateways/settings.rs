//! The settings of a gateway as Cloudflare documents them: checked, kept, and returned with their defaults.
//!
//! Pointsman acts on `authentication`, `collect_logs`, `cache_*`, `rate_limiting_*`, `spend_limits`, `otel` and `retry_*`. Comforts that it does not have are kept and a message says so; protections
//! that it does not have are refused, because a rule that is stored and not enforced is worse than none.

use super::caching::Caching;
use super::collectors::Collector;
use super::limits::{GatewayLimits, RateLimit, SpendRule};
use super::spend::{Spend, SpendLimits};
use crate::problem::{Entry, Place, Problem};
use route::bounds;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::Duration;
use utoipa::ToSchema;

/// What a client may send; `null` is as good as absent.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// 1 to 64 letters, digits, `-` and `_`. Required when creating; cannot be changed.
    #[serde(skip_serializing)]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    pub(super) id: Option<String>,
    /// Whether calls need a token. Default: yes on a new gateway, as before on a replaced one.
    #[serde(skip_serializing)]
    pub(super) authentication: Option<bool>,
    /// Whether requests are logged. Default: yes.
    #[serde(skip_serializing)]
    pub(super) collect_logs: Option<bool>,
    /// Ours: whether what is asked and answered is kept with a log, unless a request says otherwise. Default: yes.
    collect_log_payloads: Option<bool>,
    /// Whether answers that are kept are not found any more once these settings are replaced.
    cache_invalidate_on_update: Option<bool>,
    /// Seconds that answers are kept; `null` or 0: not at all, unless a request asks for it.
    #[schema(maximum = 31_622_400)]
    cache_ttl: Option<u64>,
    /// Requests an interval; `null` or 0: any number.
    #[schema(maximum = 1_000_000_000_000_u64)]
    rate_limiting_limit: Option<u64>,
    /// Seconds; needed with a limit.
    #[schema(maximum = 31_622_400)]
    rate_limiting_interval: Option<u64>,
    rate_limiting_technique: Option<Technique>,
    /// Ours: what happens to a request when it cannot be counted. Default: `open`.
    rate_limiting_on_unavailable: Option<OnUnavailable>,
    #[schema(value_type = Option<SpendLimits>)]
    spend_limits: Option<Box<RawValue>>,
    #[schema(minimum = 10_000, maximum = 10_000_000)]
    log_management: Option<u64>,
    log_management_strategy: Option<Strategy>,
    /// Ours: days after which requests are forgotten. Default: as the server is configured (`log_retention_days`).
    #[schema(minimum = 1, maximum = 36_500)]
    log_retention_days: Option<u64>,
    logpush: Option<bool>,
    #[schema(min_length = 16, max_length = 1024)]
    logpush_public_key: Option<String>,
    retry_backoff: Option<Backoff>,
    /// Milliseconds.
    #[schema(maximum = 5000)]
    retry_delay: Option<u64>,
    #[schema(minimum = 1, maximum = 5)]
    retry_max_attempts: Option<u64>,
    store_id: Option<String>,
    workers_ai_billing_mode: Option<Billing>,
    zdr: Option<bool>,
    /// Where spans go, at most five; kept with the values of headers hidden.
    #[schema(max_items = 5)]
    pub(super) otel: Option<Vec<Collector>>,
    /// Refused unless absent, empty or not enabled, like the three below.
    #[serde(skip_serializing)]
    dlp: Option<Value>,
    #[serde(skip_serializing)]
    guardrails: Option<Value>,
    #[serde(skip_serializing)]
    stripe: Option<Value>,
    #[serde(skip_serializing)]
    log_classification: Option<Value>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Technique {
    Fixed,
    Sliding,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OnUnavailable {
    Open,
    Closed,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Strategy {
    StopInserting,
    DeleteOldest,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Backoff {
    Constant,
    Linear,
    Exponential,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Billing {
    Postpaid,
    Unified,
}

impl Settings {
    /// The settings to keep: every spend rule has an id, that of the same rule in `before` if it was there. Refuses values out of bounds
    /// and protections that would not protect, and tells all of them.
    pub(crate) fn checked(mut self, before: Option<&str>) -> Result<Self, Problem> {
        let mut problems = Vec::new();
        self.check_bounds(&mut problems);
        self.check_promises(&mut problems);
        if let Some(raw) = self.spend_limits.take() {
            let mut spend = Spend::read(&raw, &mut problems);
            spend.name(&before.map(spend_rules).unwrap_or_default());
            self.spend_limits = spend.json();
        }
        if problems.is_empty() { Ok(self) } else { Err(Problem::all(problems)) }
    }

    fn check_bounds(&self, problems: &mut Vec<Entry>) {
        let key_bytes =
            self.logpush_public_key.as_ref().map(|it| u64::try_from(it.len()).unwrap_or(u64::MAX));
        for (name, value, min, max) in [
            ("log_management", self.log_management, 10_000, 10_000_000),
            ("log_retention_days", self.log_retention_days, 1, 36_500),
            ("retry_delay", self.retry_delay, 0, 5000),
            ("retry_max_attempts", self.retry_max_attempts, 1, 5),
            ("logpush_public_key", key_bytes, 16, 1024),
            ("cache_ttl", self.cache_ttl, 0, bounds::WINDOW_SECONDS),
            ("rate_limiting_limit", self.rate_limiting_limit, 0, bounds::LIMIT_REQUESTS),
            ("rate_limiting_interval", self.rate_limiting_interval, 0, bounds::WINDOW_SECONDS),
        ] {
            if value.is_some_and(|it| !(min..=max).contains(&it)) {
                problems.push(wrong(name, format!("`{name}` must be from {min} to {max}")));
            }
        }
        let set = |it: Option<u64>| it.is_some_and(|it| it > 0);
        if set(self.rate_limiting_limit) && !set(self.rate_limiting_interval) {
            let message = "a limit of requests needs `rate_limiting_interval`, in seconds; without one it would limit nothing";
            problems.push(wrong("rate_limiting_interval", message));
        }
    }

    fn check_promises(&self, problems: &mut Vec<Entry>) {
        for (name, value) in [
            ("dlp", &self.dlp),
            ("guardrails", &self.guardrails),
            ("stripe", &self.stripe),
            ("log_classification", &self.log_classification),
        ] {
            if value.as_ref().is_some_and(asks_for_something) {
                let message =
                    format!("this server does not have `{name}`, and does not pretend to");
                problems.push(wrong(name, message));
            }
        }
        if self.zdr == Some(true) {
            let message =
                "`zdr` cannot be promised: what a provider keeps is between you and the provider";
            problems.push(wrong("zdr", message));
        }
    }

    /// What is in force of stored settings.
    pub(super) fn limits(&self) -> Result<GatewayLimits, String> {
        let mut problems = Vec::new();
        let spend = self.spend_limits.as_deref().map(|it| Spend::read(it, &mut problems));
        if let Some(problem) = problems.first() {
            return Err(problem.message.clone());
        }
        let on = |it: Option<u64>| it.filter(|it| *it > 0);
        let rate = on(self.rate_limiting_limit).zip(on(self.rate_limiting_interval));
        let rate = rate.map(|(limit, interval)| RateLimit {
            limit,
            window: Duration::from_secs(interval),
            technique: match self.rate_limiting_technique {
                Some(Technique::Sliding) => route::Technique::Sliding,
                Some(Technique::Fixed) | None => route::Technique::Fixed,
            },
            on_unavailable: match self.rate_limiting_on_unavailable {
                Some(OnUnavailable::Closed) => route::OnUnavailable::Closed,
                Some(OnUnavailable::Open) | None => route::OnUnavailable::Open,
            },
        });
        Ok(GatewayLimits { rate, spend: spend.map(Spend::in_force).unwrap_or_default() })
    }

    /// What is said about answers that are kept.
    pub(super) fn caching(&self) -> Caching {
        Caching {
            ttl: self.cache_ttl.filter(|it| *it > 0).map(Duration::from_secs),
            invalidate_on_update: self.cache_invalidate_on_update.unwrap_or(false),
        }
    }

    /// Providers that spend rules name, of settings that have been checked.
    pub(super) fn providers_named(&self) -> Vec<String> {
        let Some(raw) = &self.spend_limits else { return Vec::new() };
        let mut names: Vec<_> =
            Spend::read(raw, &mut Vec::new()).providers().map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// One message for each setting that is kept without effect.
    pub(crate) fn notes(&self) -> Vec<Entry> {
        let kept = [("logpush", self.logpush == Some(true))];
        let kept = kept.into_iter().filter(|(_, set)| *set);
        kept.map(|(name, _)| {
            let message = format!("`{name}` is kept but has no effect on this server yet");
            Entry::note(&["body", name], message)
        })
        .collect()
    }

    /// Every documented setting, defaults filled in.
    pub(crate) fn full(&self) -> FullSettings {
        FullSettings {
            collect_log_payloads: self.collect_log_payloads.unwrap_or(true),
            cache_invalidate_on_update: self.cache_invalidate_on_update.unwrap_or(false),
            cache_ttl: self.cache_ttl.unwrap_or(0),
            rate_limiting_interval: self.rate_limiting_interval.unwrap_or(0),
            rate_limiting_limit: self.rate_limiting_limit.unwrap_or(0),
            rate_limiting_technique: self.rate_limiting_technique.unwrap_or(Technique::Fixed),
            rate_limiting_on_unavailable: self
                .rate_limiting_on_unavailable
                .unwrap_or(OnUnavailable::Open),
            spend_limits: self.spend_limits.clone(),
            log_management: self.log_management.unwrap_or(DEFAULT_LOGS),
            log_management_strategy: self.log_management_strategy.unwrap_or(Strategy::DeleteOldest),
            log_retention_days: self.log_retention_days,
            logpush: self.logpush.unwrap_or(false),
            logpush_public_key: self.logpush_public_key.clone(),
            retry_backoff: self.retry_backoff,
            retry_delay: self.retry_delay,
            retry_max_attempts: self.retry_max_attempts,
            store_id: self.store_id.clone(),
            workers_ai_billing_mode: self.workers_ai_billing_mode.unwrap_or(Billing::Postpaid),
            zdr: false,
            otel: self.otel.clone().filter(|it| !it.is_empty()),
            absent: Absent::default(),
        }
    }
}

/// The original's default for `log_management`.
const DEFAULT_LOGS: u64 = 10_000_000;

/// Which request logs of a gateway are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogKeeping {
    /// So many at most.
    pub most: u64,
    /// What happens at `most`: no new ones, or the oldest go.
    pub stops: bool,
    /// Only those of so many days; `None`: as the server is configured.
    pub days: Option<u64>,
}

impl LogKeeping {
    /// Reads it from the settings that [`store::Gateway`] keeps.
    ///
    /// # Errors
    /// They are not what this API writes.
    pub fn stored(settings: &str) -> Result<Self, String> {
        let settings: Settings = serde_json::from_str(settings).map_err(|it| it.to_string())?;
        Ok(Self {
            most: settings.log_management.unwrap_or(DEFAULT_LOGS),
            stops: matches!(settings.log_management_strategy, Some(Strategy::StopInserting)),
            days: settings.log_retention_days,
        })
    }
}

/// The settings in a reply.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
pub(crate) struct FullSettings {
    collect_log_payloads: bool,
    cache_invalidate_on_update: bool,
    cache_ttl: u64,
    rate_limiting_interval: u64,
    rate_limiting_limit: u64,
    rate_limiting_technique: Technique,
    rate_limiting_on_unavailable: OnUnavailable,
    #[schema(value_type = Option<SpendLimits>)]
    spend_limits: Option<Box<RawValue>>,
    log_management: u64,
    log_management_strategy: Strategy,
    log_retention_days: Option<u64>,
    logpush: bool,
    logpush_public_key: Option<String>,
    retry_backoff: Option<Backoff>,
    retry_delay: Option<u64>,
    retry_max_attempts: Option<u64>,
    store_id: Option<String>,
    workers_ai_billing_mode: Billing,
    zdr: bool,
    /// Where spans go, values of headers hidden.
    otel: Option<Vec<Collector>>,
    #[serde(flatten)]
    absent: Absent,
}

/// Documented settings that this server never has.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Absent {
    /// Always `null`, like the three below.
    #[schema(value_type = Option<Object>)]
    dlp: Option<Value>,
    #[schema(value_type = Option<Object>)]
    guardrails: Option<Value>,
    #[schema(value_type = Option<Object>)]
    stripe: Option<Value>,
    #[schema(value_type = Option<Object>)]
    log_classification: Option<Value>,
}

fn wrong(name: &str, message: impl Into<String>) -> Entry {
    Entry::invalid(["body", name].map(|it| Place::Key(it.to_owned())).to_vec(), message)
}

/// The spend rules of stored settings, enabled or not.
fn spend_rules(settings: &str) -> Vec<SpendRule> {
    let settings: Settings = serde_json::from_str(settings).unwrap_or_default();
    let raw = settings.spend_limits;
    raw.map(|it| Spend::read(&it, &mut Vec::new()).all()).unwrap_or_default()
}

fn asks_for_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty() && map.get("enabled") != Some(&Value::Bool(false)),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
    }
}
