//! How long to wait before an attempt is repeated, or that it is not.

use super::Policy;
use super::fault::Fault;
use crate::catalog::Backoff;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use std::time::{Duration, UNIX_EPOCH};

/// No delay of ours is longer.
const MAX_DELAY: Duration = Duration::from_secs(5);
/// A provider that asks for more is left for the fallback.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(10);

/// The wait before the `retry`-th retry (1 is the first); `None`: there is none.
///
/// The provider's wish is a lower bound, never a shorter way around our own backoff.
pub(super) fn before_retry(
    fault: &Fault,
    retry: usize,
    policy: &Policy,
    dice: &mut route::Dice,
) -> Option<Duration> {
    let retry = u32::try_from(retry).unwrap_or(u32::MAX);
    let asked = fault.retry_after.unwrap_or_default();
    if !fault.kind.is_retried() || retry > policy.retries || asked > MAX_RETRY_AFTER {
        return None;
    }
    Some(jittered(delay(policy, retry), dice).max(asked))
}

fn delay(policy: &Policy, retry: u32) -> Duration {
    let factor = match policy.backoff {
        Backoff::Constant => 1,
        Backoff::Linear => retry,
        Backoff::Exponential => 1_u32.checked_shl(retry - 1).unwrap_or(u32::MAX),
    };
    policy.delay.saturating_mul(factor).min(MAX_DELAY)
}

/// Between half of it and all of it, so that callers who failed together do not come back together.
fn jittered(delay: Duration, dice: &mut route::Dice) -> Duration {
    let half = u32::try_from(delay.as_millis() / 2).unwrap_or(u32::MAX - 1);
    delay - Duration::from_millis(dice.below(half + 1).into())
}

/// How long the provider asks to wait: `retry-after-ms`, else `Retry-After` in seconds (a fraction
/// too) or as an HTTP date.
pub(super) fn retry_after(headers: &HeaderMap, now_ms: u64) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(ms) = text("retry-after-ms").and_then(|it| it.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(ms / 1000.0).ok();
    }
    let value = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    let date = date.duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(date.saturating_sub(Duration::from_millis(now_ms)))
}

#[cfg(test)]
mod tests;
