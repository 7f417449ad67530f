//! The settings of a gateway as Cloudflare documents them: checked, kept, and returned with their defaults.
//!
//! Pointsman acts on `authentication` and `collect_logs`. Comforts that it does not have are kept and a message says so; protections
//! that it does not have are refused, because a rule that is stored and not enforced is worse than none.

use crate::problem::{Entry, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    cache_invalidate_on_update: Option<bool>,
    /// Seconds.
    cache_ttl: Option<u64>,
    /// Requests an interval.
    rate_limiting_limit: Option<u64>,
    /// Seconds.
    rate_limiting_interval: Option<u64>,
    rate_limiting_technique: Option<Technique>,
    #[schema(minimum = 10_000, maximum = 10_000_000)]
    log_management: Option<u64>,
    log_management_strategy: Option<Strategy>,
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
    /// Refused unless absent, empty or not enabled, like the five below.
    #[serde(skip_serializing)]
    dlp: Option<Value>,
    #[serde(skip_serializing)]
    guardrails: Option<Value>,
    #[serde(skip_serializing)]
    otel: Option<Value>,
    #[serde(skip_serializing)]
    spend_limits: Option<Value>,
    #[serde(skip_serializing)]
    stripe: Option<Value>,
    #[serde(skip_serializing)]
    log_classification: Option<Value>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Technique {
    Fixed,
    Sliding,
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
    /// Refuses values out of bounds and protections that would not protect.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        within("log_management", self.log_management, 10_000, 10_000_000)?;
        within("retry_delay", self.retry_delay, 0, 5000)?;
        within("retry_max_attempts", self.retry_max_attempts, 1, 5)?;
        let key_bytes =
            self.logpush_public_key.as_ref().map(|it| u64::try_from(it.len()).unwrap_or(u64::MAX));
        within("logpush_public_key", key_bytes, 16, 1024)?;
        for (name, value, instead) in [
            ("dlp", &self.dlp, ""),
            ("guardrails", &self.guardrails, ""),
            ("otel", &self.otel, "; set POINTSMAN_OTLP_ENDPOINT for the whole server"),
            (
                "spend_limits",
                &self.spend_limits,
                "; use a `rate` element with `limitType: \"cost\"`",
            ),
            ("stripe", &self.stripe, ""),
            ("log_classification", &self.log_classification, ""),
        ] {
            if value.as_ref().is_some_and(asks_for_something) {
                let message =
                    format!("this server does not have `{name}`, and does not pretend to{instead}");
                return Err(Problem::invalid(&["body", name], message));
            }
        }
        if self.zdr == Some(true) {
            let message =
                "`zdr` cannot be promised: what a provider keeps is between you and the provider";
            return Err(Problem::invalid(&["body", "zdr"], message));
        }
        Ok(())
    }

    /// One message for each setting that is kept without effect.
    pub(crate) fn notes(&self) -> Vec<Entry> {
        let set = |it: Option<u64>| it.is_some_and(|it| it > 0);
        let kept = [
            ("cache_ttl", set(self.cache_ttl)),
            ("rate_limiting_limit", set(self.rate_limiting_limit)),
            ("log_management", self.log_management.is_some_and(|it| it != DEFAULT_LOGS)),
            ("logpush", self.logpush == Some(true)),
            ("retry_max_attempts", set(self.retry_max_attempts)),
        ];
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
            cache_invalidate_on_update: self.cache_invalidate_on_update.unwrap_or(false),
            cache_ttl: self.cache_ttl.unwrap_or(0),
            rate_limiting_interval: self.rate_limiting_interval.unwrap_or(0),
            rate_limiting_limit: self.rate_limiting_limit.unwrap_or(0),
            rate_limiting_technique: self.rate_limiting_technique.unwrap_or(Technique::Fixed),
            log_management: self.log_management.unwrap_or(DEFAULT_LOGS),
            log_management_strategy: self.log_management_strategy.unwrap_or(Strategy::DeleteOldest),
            logpush: self.logpush.unwrap_or(false),
            logpush_public_key: self.logpush_public_key.clone(),
            retry_backoff: self.retry_backoff,
            retry_delay: self.retry_delay,
            retry_max_attempts: self.retry_max_attempts,
            store_id: self.store_id.clone(),
            workers_ai_billing_mode: self.workers_ai_billing_mode.unwrap_or(Billing::Postpaid),
            zdr: false,
            absent: Absent::default(),
        }
    }
}

/// The original's default for `log_management`.
const DEFAULT_LOGS: u64 = 10_000_000;

/// The settings in a reply.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the documented object has them")]
pub(crate) struct FullSettings {
    cache_invalidate_on_update: bool,
    cache_ttl: u64,
    rate_limiting_interval: u64,
    rate_limiting_limit: u64,
    rate_limiting_technique: Technique,
    log_management: u64,
    log_management_strategy: Strategy,
    logpush: bool,
    logpush_public_key: Option<String>,
    retry_backoff: Option<Backoff>,
    retry_delay: Option<u64>,
    retry_max_attempts: Option<u64>,
    store_id: Option<String>,
    workers_ai_billing_mode: Billing,
    zdr: bool,
    #[serde(flatten)]
    absent: Absent,
}

/// Documented settings that this server never has.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Absent {
    /// Always `null`, like the five below.
    #[schema(value_type = Option<Object>)]
    dlp: Option<Value>,
    #[schema(value_type = Option<Object>)]
    guardrails: Option<Value>,
    #[schema(value_type = Option<Object>)]
    otel: Option<Value>,
    #[schema(value_type = Option<Object>)]
    spend_limits: Option<Value>,
    #[schema(value_type = Option<Object>)]
    stripe: Option<Value>,
    #[schema(value_type = Option<Object>)]
    log_classification: Option<Value>,
}

fn within(name: &str, value: Option<u64>, min: u64, max: u64) -> Result<(), Problem> {
    match value {
        Some(it) if !(min..=max).contains(&it) => {
            Err(Problem::invalid(&["body", name], format!("`{name}` must be from {min} to {max}")))
        }
        _ => Ok(()),
    }
}

fn asks_for_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty() && map.get("enabled") != Some(&Value::Bool(false)),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => true,
    }
}
