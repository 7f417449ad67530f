//! Timeouts, backoff and `Retry-After`, by the virtual clock.

use super::rig::{Rig, kinds, plain};
use proxy::catalog::Backoff;
use std::time::Duration;
use testkit::Script;
use tokio::time::Instant;

fn failing(retries: u32) -> Rig {
    Rig::playing([Script::status(500)]).retries(retries)
}

/// Every gap between half of the delay and all of it.
fn within(gaps: &[f64], delays: &[f64]) {
    assert_eq!(gaps.len(), delays.len(), "{gaps:?}");
    for (gap, delay) in gaps.iter().zip(delays) {
        assert!((delay / 2.0..=delay + 0.002).contains(gap), "{gaps:?} for {delays:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn delays_grow_from_200_ms_to_5_s() {
    let rig = failing(7);
    rig.failure().await;
    within(&rig.gaps(), &[0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]);
}

#[tokio::test(start_paused = true)]
async fn delays_may_be_linear_or_constant() {
    for (backoff, delays) in
        [(Backoff::Linear, [1.0, 2.0, 3.0, 4.0]), (Backoff::Constant, [1.0, 1.0, 1.0, 1.0])]
    {
        let mut rig = failing(4);
        rig.policy.backoff = backoff;
        rig.policy.delay = Duration::from_secs(1);
        rig.failure().await;
        within(&rig.gaps(), &delays);
    }
}

#[tokio::test(start_paused = true)]
async fn jitter_follows_from_the_seed() {
    let mut all = Vec::new();
    for seed in [1, 1, 2] {
        let mut rig = failing(4);
        rig.seed = seed;
        rig.failure().await;
        all.push(rig.gaps());
    }
    assert_eq!(all[0], all[1]);
    assert_ne!(all[0], all[2]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_up_to_10_s_is_waited_for() {
    for (header, value, seconds) in [
        ("retry-after", "3", 3.0),
        ("retry-after", "10", 10.0),
        ("retry-after", "2.5", 2.5),
        ("retry-after", "Tue, 14 Nov 2023 22:13:24 GMT", 4.0),
        ("retry-after-ms", "1500", 1.5),
    ] {
        for status in [429, 503] {
            let script = Script::status(status).header(header, value);
            let rig = Rig::playing([script, Script::completion("ok")]).retries(1);
            plain(rig.call().await);
            let gap = rig.gaps()[0];
            assert!((seconds..seconds + 0.01).contains(&gap), "{header}: {value}: {gap}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_no_way_around_the_backoff() {
    for value in ["0", "Tue, 14 Nov 2023 22:13:00 GMT", "soon", "-1"] {
        let rig = Rig::playing([Script::rate_limited(value), Script::completion("ok")]).retries(1);
        plain(rig.call().await);
        within(&rig.gaps(), &[0.2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_longer_retry_after_means_fallback_not_retry() {
    for value in ["11", "3600", "Tue, 14 Nov 2023 22:13:31 GMT"] {
        let rig = Rig::playing([Script::rate_limited(value), Script::completion("ok")]).retries(5);
        let failure = rig.failure().await;
        assert_eq!(rig.upstream.seen().len(), 1, "{value}");
        assert_eq!(failure.status, Some(429));
        assert!(failure.retry_after.expect("told") > Duration::from_secs(10));
    }
}

#[tokio::test(start_paused = true)]
async fn the_timeout_covers_everything_until_the_answer_is_committed() {
    let late = Duration::from_millis(700);
    let slow_body = Script::completion("Hello").byte_by_byte().paced(Duration::from_millis(50));
    let slow_start = Script::stream(&["a"]).paced(late);
    for (script, stream) in [
        (Script::stall(), false),
        (Script::stall(), true),
        (Script::completion("ok").after(Duration::from_secs(5)), false),
        (slow_body, false),
        (slow_start.after(late), true),
        (Script::pings(), true),
    ] {
        let mut rig = Rig::playing([script]).first_byte(Duration::from_secs(1)).retries(1);
        if stream {
            rig = rig.streaming();
        }
        let start = Instant::now();
        let called = rig.call().await;
        assert_eq!(kinds(&called), ["timeout", "timeout"]);
        assert!(called.attempts.iter().all(|it| it.ms == 1_000 && it.us == 1_000_000));
        assert!(start.elapsed() <= Duration::from_millis(2_202));
        assert!(called.result.expect_err("a failure").timeout);
    }
}

#[tokio::test(start_paused = true)]
async fn connecting_counts_too() {
    let mut rig = Rig::playing([]).first_byte(Duration::from_secs(2));
    rig.cx.client = providers::Client::with_connector(|_| async {
        std::future::pending::<std::io::Result<tokio::io::DuplexStream>>().await
    });
    let called = rig.call().await;
    assert_eq!(kinds(&called), ["timeout"]);
    assert_eq!(called.attempts[0].ms, 2_000);
    assert_eq!(called.attempts[0].status, None);
}

#[tokio::test(start_paused = true)]
async fn a_stream_may_take_as_long_as_it_likes_once_committed() {
    let texts: Vec<&str> = vec!["word "; 20];
    let script = Script::stream(&texts).paced(Duration::from_secs(30));
    let rig = Rig::playing([script]).streaming().first_byte(Duration::from_secs(45));
    let start = Instant::now();
    let (bytes, _) = rig.relayed().await;
    assert!(start.elapsed() > Duration::from_secs(600));
    assert!(bytes.ends_with(b"data: [DONE]\n\n"));
}

#[tokio::test(start_paused = true)]
async fn the_time_to_the_answer_is_told() {
    let script = Script::stream(&["a"]).after(Duration::from_millis(300));
    let called = Rig::playing([script]).streaming().call().await;
    assert_eq!((called.attempts[0].us, called.attempts[0].first_byte_us), (300_000, Some(300_000)));
    assert_eq!(called.attempts[0].status, Some(200));
    assert_eq!(&*called.attempts[0].key_alias, "stored:default");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_whose_words_do_not_come_in_time_is_still_that_refusal() {
    for (status, retry_after) in [(400, None), (429, Some(Duration::from_secs(30)))] {
        let script = Script::raw(status, "application/json", "{").header("retry-after", "30");
        let rig =
            Rig::playing([script.stall_after(1)]).first_byte(Duration::from_secs(1)).retries(2);
        let failure = rig.failure().await;
        assert_eq!((failure.status, failure.timeout), (Some(status), false));
        assert!(retry_after.is_none_or(|it| failure.retry_after == Some(it)));
        assert_eq!(rig.upstream.seen().len(), 1);
    }
}
