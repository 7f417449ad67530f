//! Tests of delays and of the forms of `Retry-After`.

use super::{before_retry, delay, jittered, retry_after};
use crate::call::Policy;
use crate::call::fault::{Fault, Kind};
use crate::catalog::Backoff;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::time::Duration;

/// 2023-11-14T22:13:20Z
const NOW_MS: u64 = 1_700_000_000_000;

fn check(headers: &[(&'static str, &str)], expected: Option<u64>) {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a header value");
        map.insert(HeaderName::from_static(name), value);
    }
    let expected = expected.map(Duration::from_millis);
    assert_eq!(retry_after(&map, NOW_MS), expected, "{headers:?}");
}

#[test]
fn every_form_of_retry_after_is_read() {
    check(&[], None);
    check(&[("retry-after", "0")], Some(0));
    check(&[("retry-after", "7")], Some(7_000));
    check(&[("retry-after", " 7 ")], Some(7_000));
    check(&[("retry-after", "1.5")], Some(1_500));
    check(&[("retry-after", "Tue, 14 Nov 2023 22:13:25 GMT")], Some(5_000));
    check(&[("retry-after", "Tuesday, 14-Nov-23 22:13:25 GMT")], Some(5_000));
    check(&[("retry-after", "Tue Nov 14 22:13:25 2023")], Some(5_000));
    check(&[("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT")], Some(0));
    check(&[("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")], Some(0));
    check(&[("retry-after-ms", "250"), ("retry-after", "7")], Some(250));
    check(&[("retry-after-ms", "soon"), ("retry-after", "7")], Some(7_000));
}

#[test]
fn nonsense_is_no_wish() {
    for value in
        ["", "soon", "-1", "NaN", "inf", "1e300", "7 seconds", "Tue, 40 Nov 2023 22:13:25 GMT"]
    {
        check(&[("retry-after", value)], None);
    }
}

fn policy(delay_ms: u64, backoff: Backoff) -> Policy {
    Policy {
        first_byte: Duration::from_secs(120),
        hurried: false,
        idle: Duration::from_secs(60),
        retries: 5,
        delay: Duration::from_millis(delay_ms),
        backoff,
    }
}

#[test]
fn delays_grow_as_asked_and_never_beyond_5_s() {
    let delays = |delay_ms, backoff| {
        [1, 2, 3, 4, 5, 40, u32::MAX].map(|it| delay(&policy(delay_ms, backoff), it).as_millis())
    };
    assert_eq!(delays(200, Backoff::Exponential), [200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    assert_eq!(delays(900, Backoff::Linear), [900, 1_800, 2_700, 3_600, 4_500, 5_000, 5_000]);
    assert_eq!(delays(900, Backoff::Constant), [900; 7]);
    assert_eq!(delays(60_000, Backoff::Constant), [5_000; 7]);
    assert_eq!(delays(0, Backoff::Exponential), [0; 7]);
}

#[test]
fn jitter_takes_at_most_half_and_uses_all_of_it() {
    let mut dice = route::Dice::seeded(7);
    let delay = Duration::from_millis(10);
    let mut found: Vec<_> = (0..500).map(|_| jittered(delay, &mut dice).as_millis()).collect();
    found.sort_unstable();
    found.dedup();
    assert_eq!(found, [5, 6, 7, 8, 9, 10]);
    assert_eq!(jittered(Duration::ZERO, &mut dice), Duration::ZERO);
}

#[test]
fn a_wish_of_exactly_10_s_is_met_and_a_longer_one_is_not() {
    let mut dice = route::Dice::seeded(7);
    let mut before = |retry_after| {
        let fault = Fault { retry_after: Some(retry_after), ..Fault::new(Kind::Status(429), "") };
        before_retry(&fault, 1, &policy(200, Backoff::Exponential), &mut dice)
    };
    assert_eq!(before(Duration::from_secs(10)), Some(Duration::from_secs(10)));
    assert_eq!(before(Duration::from_millis(10_001)), None);
}
