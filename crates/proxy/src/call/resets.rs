//! When a quota that is used up is whole again, by the headers in which providers count it.
//!
//! Of the quotas that a reply counts only those with nothing left matter. Two forms are documented: OpenAI's `x-ratelimit-remaining-*`
//! and `x-ratelimit-reset-*` (a duration such as `6m0s`; Groq's are the same), and Anthropic's `anthropic-ratelimit-*-remaining` and
//! `anthropic-ratelimit-*-reset` (a time of RFC 3339).

use http::HeaderMap;
use std::time::Duration;

const OPENAI: [(&str, &str); 2] = [
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
];

const ANTHROPIC: [(&str, &str); 4] = [
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
    ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
    ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
];

/// How long it takes until the last of the quotas with nothing left is whole again.
pub(super) fn resets(headers: &HeaderMap, now_ms: u64) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let spent = |(left, reset): &(&str, &str)| {
        if text(left)? == "0" { text(reset) } else { None }
    };
    let openai = OPENAI.iter().filter_map(spent).filter_map(duration);
    let anthropic = ANTHROPIC.iter().filter_map(spent).filter_map(|it| until(it, now_ms));
    openai.chain(anthropic).max()
}

/// `120ms`, `1s`, `2m59.56s`, `1h0m0s`, `1d2h`; a bare number is seconds.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|it: char| !it.is_ascii_digit() && it != '.')?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|it: char| !it.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let seconds = number.parse::<f64>().ok()? * seconds_of(unit)?;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        rest = after;
    }
    (!text.is_empty()).then_some(total)
}

fn seconds_of(unit: &str) -> Option<f64> {
    Some(match unit {
        "d" => 86_400.0,
        "h" => 3_600.0,
        "m" => 60.0,
        "s" => 1.0,
        "ms" => 0.001,
        "us" | "µs" => 0.000_001,
        "ns" => 0.000_000_001,
        _ => return None,
    })
}

fn until(text: &str, now_ms: u64) -> Option<Duration> {
    let time: jiff::Timestamp = text.parse().ok()?;
    let ms = u64::try_from(time.as_millisecond()).unwrap_or_default();
    Some(Duration::from_millis(ms.saturating_sub(now_ms)))
}

#[cfg(test)]
mod tests {
    use super::{duration, resets};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use std::time::Duration;

    /// 2023-11-14T22:13:20Z
    const NOW_MS: u64 = 1_700_000_000_000;

    fn check(headers: &[(&'static str, &'static str)], expected: Option<u64>) {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        assert_eq!(resets(&map, NOW_MS), expected.map(Duration::from_millis), "{headers:?}");
    }

    #[test]
    fn the_quota_with_nothing_left_says_when() {
        check(&[], None);
        let tokens_left = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", "2m59.56s"),
            ("x-ratelimit-remaining-tokens", "17"),
            ("x-ratelimit-reset-tokens", "1h0m0s"),
        ];
        check(&tokens_left, Some(179_560));
        let input_is_spent = [
            ("anthropic-ratelimit-requests-remaining", "3"),
            ("anthropic-ratelimit-requests-reset", "2023-11-14T23:13:20Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
            ("anthropic-ratelimit-input-tokens-reset", "2023-11-14T22:13:50Z"),
        ];
        check(&input_is_spent, Some(30_000));
    }

    #[test]
    fn a_quota_that_is_not_counted_or_not_understood_says_nothing() {
        check(&[("x-ratelimit-reset-requests", "1s")], None);
        for reset in ["", "soon", "1 s", "s", "1x", "-1s", "1e400"] {
            check(
                &[("x-ratelimit-remaining-requests", "0"), ("x-ratelimit-reset-requests", reset)],
                None,
            );
        }
        check(
            &[
                ("anthropic-ratelimit-tokens-remaining", "0"),
                ("anthropic-ratelimit-tokens-reset", "2023-11-14T22:13:00Z"),
            ],
            Some(0),
        );
    }

    #[test]
    fn every_unit_of_a_duration_is_read() {
        for (text, ms) in [
            ("6m0s", 360_000),
            ("120ms", 120),
            ("1.5s", 1_500),
            ("1d2h", 93_600_000),
            ("500us", 0),
            ("7", 7_000),
        ] {
            assert_eq!(duration(text).map(|it| it.as_millis()), Some(ms), "{text}");
        }
    }
}
