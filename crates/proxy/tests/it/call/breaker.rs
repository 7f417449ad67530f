//! The breaker around calls.

use super::rig::{Rig, kinds, plain};
use proxy::breaker::{Breakers, Policy};
use std::time::Duration;
use testkit::{FakeUpstream, Script};
use tokio::time::sleep;

fn guarded(upstream: FakeUpstream) -> Rig {
    let mut rig = Rig::of(upstream);
    let breakers = Breakers::new(Some(Policy { failures: 3, open_ms: 10_000 }));
    rig.breaker = breakers.get("custom-test", "gpt-4o-mini", "stored:default");
    rig
}

#[tokio::test(start_paused = true)]
async fn a_dead_provider_is_skipped_then_probed() {
    let scripts = [Script::refuse(), Script::status(500), Script::stall(), Script::completion("a")];
    let rig = guarded(FakeUpstream::playing(scripts)).first_byte(Duration::from_secs(1));
    for kind in ["connect", "status", "timeout"] {
        assert_eq!(kinds(&rig.call().await), [kind]);
    }
    let failure = rig.failure().await;
    assert_eq!(failure.cause.kind, "breaker");
    assert!(!failure.cause.sent);
    assert_eq!(failure.retry_after, Some(Duration::from_secs(10)));
    assert_eq!(rig.upstream.seen().len(), 2, "and the refused one was not seen");
    sleep(Duration::from_secs(10)).await;
    plain(rig.call().await);
    plain(rig.call().await);
}

#[tokio::test(start_paused = true)]
async fn a_time_that_the_caller_cut_short_does_not_open_it() {
    let mut rig =
        guarded(FakeUpstream::playing([Script::stall()])).first_byte(Duration::from_millis(1));
    rig.policy.hurried = true;
    for _ in 0..10 {
        assert_eq!(kinds(&rig.call().await), ["timeout"]);
    }
}

#[tokio::test(start_paused = true)]
async fn retries_stop_when_it_opens_and_the_providers_own_failure_counts() {
    let rig = guarded(FakeUpstream::playing([Script::error(503, "down")])).retries(5);
    let called = rig.call().await;
    assert_eq!(kinds(&called), ["status", "status", "status", "breaker"]);
    let failure = called.result.expect_err("a failure");
    assert_eq!((failure.status, failure.cause.kind), (Some(503), "status"));
    assert_eq!(rig.upstream.seen().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_show_an_outage_does_not_open_it() {
    for script in [
        Script::status(429),
        Script::status(400),
        Script::status(401),
        Script::status(404),
        Script::html(),
        Script::error_in_200("no"),
    ] {
        let rig = guarded(FakeUpstream::playing([script]));
        for _ in 0..10 {
            assert_ne!(kinds(&rig.call().await), ["breaker"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_many_concurrent_calls_is_the_probe() {
    let slow = Script::completion("a").after(Duration::from_secs(1));
    let dead = [Script::status(500), Script::status(500), Script::status(500), slow];
    let rig = guarded(FakeUpstream::playing(dead));
    for _ in 0..3 {
        rig.failure().await;
    }
    sleep(Duration::from_secs(10)).await;
    let (first, second, third) = tokio::join!(rig.call(), rig.call(), rig.call());
    let mut all = [kinds(&first)[0], kinds(&second)[0], kinds(&third)[0]];
    all.sort_unstable();
    assert_eq!(all, ["breaker", "breaker", "ok"]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_the_probe_makes_room_for_another() {
    let dead = [Script::status(500), Script::status(500), Script::status(500), Script::stall()];
    let rig = guarded(FakeUpstream::playing(dead)).first_byte(Duration::from_secs(5));
    for _ in 0..3 {
        rig.failure().await;
    }
    sleep(Duration::from_secs(10)).await;
    let left = tokio::time::timeout(Duration::from_secs(1), rig.call()).await;
    assert!(left.is_err());
    assert_eq!(kinds(&rig.call().await), ["timeout"], "it is probed again");
}
