//! A hold lives as long as its node does.

use std::sync::Arc;
use std::time::Duration;

use counters::{Options, Shared};
use limits::{
    Ask, Counters, Key, Permit, Rule, Survey, Take, Technique, Unavailable, Usage, mark_sent,
};

use crate::clock::Manual;
use crate::server::{PATIENT, connected, space, url, within};

const START: u64 = 1_700_000_000_000;
const LEASE: u64 = 300;

fn rule() -> Rule {
    Rule { limit: 100, window: Duration::from_secs(3600), technique: Technique::Sliding }
}

fn key() -> Key {
    Key::new("budget")
}

async fn hold(shared: &Arc<Shared>, amount: u64) -> Permit {
    let ask = Ask { key: key(), rule: rule(), take: Take::Hold(amount) };
    shared.admit(&[ask]).await.unwrap().pop().unwrap()
}

async fn used(shared: &Arc<Shared>) -> Usage {
    shared.usage(&key(), &rule()).await.unwrap()
}

/// When the lease of the one hold ends.
async fn end_of_lease(space: &str) -> u64 {
    let client = redis::Client::open(url("REDIS")).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let leases = format!("{{pointsman:{space}}}:l:budget");
    let command = redis::cmd("ZRANGE").arg(leases).arg(0).arg(-1).arg("WITHSCORES").to_owned();
    let reply: Vec<(String, u64)> = command.query_async(&mut connection).await.unwrap();
    reply.first().unwrap().1
}

fn options(space: &str, clock: &Arc<Manual>, lease: Duration) -> Options {
    let clock = Some(Arc::clone(clock) as _);
    Options { clock, lease, patience: PATIENT, ..Options::new(space) }
}

#[tokio::test]
async fn a_live_node_renews_its_leases() {
    let (space, clock) = (space(), Manual::at(START));
    let shared =
        connected(&url("REDIS"), options(&space, &clock, Duration::from_millis(LEASE))).await;
    let permit = hold(&shared, 40).await;
    for turn in 1..=10 {
        clock.advance(LEASE / 2);
        let renewed = START + turn * LEASE / 2 + LEASE;
        within("a renewal", async { while end_of_lease(&space).await < renewed {} }).await;
        assert_eq!(used(&shared).await.held, 40);
    }
    permit.settle(7);
    assert_eq!(used(&shared).await, Usage { settled: 7, held: 0 });
}

/// A node whose leases are not renewed in the time of a test, as if it had died.
async fn dead(space: &str, clock: &Arc<Manual>) -> Arc<Shared> {
    connected(&url("REDIS"), options(space, clock, Duration::from_secs(3600))).await
}

#[tokio::test]
async fn when_a_node_dies_calls_that_had_left_are_charged_in_full_and_the_rest_is_given_back() {
    let (space, clock) = (space(), Manual::at(START));
    let (gone, other) = (dead(&space, &clock).await, dead(&space, &clock).await);
    let mut sent = hold(&gone, 30).await;
    mark_sent([&mut sent]).await.unwrap();
    let unsent = hold(&gone, 50).await;
    clock.advance(3_600_000 - 1);
    assert_eq!(used(&other).await, Usage { settled: 0, held: 80 });
    // The window began at their admission, so it is asked a moment before that has left it.
    let long = Rule { window: Duration::from_secs(7200), ..rule() };
    assert_eq!(other.usage(&key(), &long).await.unwrap().held, 80);
    let ask = Ask { key: key(), rule: long, take: Take::Hold(0) };
    other.admit(&[ask]).await.unwrap().pop().unwrap().release();
    clock.advance(1);
    assert_eq!(other.usage(&key(), &long).await, Ok(Usage { settled: 30, held: 0 }));
    std::mem::forget((sent, unsent));
}

/// A connection of the test's own.
async fn admin() -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(url("REDIS")).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test]
async fn what_dead_nodes_held_is_forgotten_when_it_can_count_no_more() {
    let (space, clock) = (space(), Manual::at(START));
    let (gone, other) = (dead(&space, &clock).await, dead(&space, &clock).await);
    let mut open = hold(&other, 1).await;
    for _ in 0..5 {
        let mut lost = hold(&gone, 30).await;
        mark_sent([&mut lost]).await.unwrap();
        std::mem::forget((lost, hold(&gone, 30).await));
        clock.advance(2_000_000);
        // There is always an open hold, as in a bucket that is never idle.
        let next = hold(&other, 1).await;
        std::mem::replace(&mut open, next).settle(1);
        clock.advance(2_000_000);
    }
    assert_eq!(used(&other).await.held, 1);
    let holds = format!("{{pointsman:{space}}}:h:budget");
    let kept: usize = redis::cmd("HLEN").arg(holds).query_async(&mut admin().await).await.unwrap();
    assert!(kept <= 5, "{kept} of 11 holds are remembered");
    open.settle(1);
}

#[tokio::test]
async fn an_orphan_is_charged_to_its_admission_after_the_clock_has_stepped_back() {
    let (space, clock) = (space(), Manual::at(START));
    let short = options(&space, &clock, Duration::from_secs(100));
    let (gone, other) = (connected(&url("REDIS"), short).await, dead(&space, &clock).await);
    hold(&other, 1).await.release();
    clock.set(START - 1_800_000);
    let mut sent = hold(&gone, 30).await;
    mark_sent([&mut sent]).await.unwrap();
    clock.set(START - 1_700_000);
    assert_eq!(used(&other).await, Usage { settled: 30, held: 0 });
    clock.set(START + 3_600_000 - 1);
    assert_eq!(used(&other).await, Usage { settled: 30, held: 0 }, "a window from its admission");
    clock.advance(1);
    assert_eq!(used(&other).await, Usage { settled: 0, held: 0 });
    std::mem::forget(sent);
}

#[tokio::test]
async fn a_call_does_not_leave_when_its_hold_is_gone() {
    let (space, clock) = (space(), Manual::at(START));
    let shared = dead(&space, &clock).await;
    let mut late = hold(&shared, 30).await;
    clock.advance(3_600_000);
    assert_eq!(used(&shared).await.held, 0);
    assert_eq!(mark_sent([&mut late]).await, Err(Unavailable));
    drop(late);
    assert_eq!(used(&shared).await, Usage { settled: 0, held: 0 });
}

async fn surveyed(shared: &Arc<Shared>, rule: Rule) -> Usage {
    let rule_of = Arc::new(move |_: &Key| Some(rule));
    let survey = Survey { prefix: Vec::new(), rule_of, least: 0, most: 10 };
    let found = shared.survey(survey).await.unwrap();
    found.nearest.first().map(|it| it.state.usage).unwrap_or_default()
}

#[tokio::test]
async fn a_survey_tells_what_a_dead_node_held_as_settled() {
    let (space, clock) = (space(), Manual::at(START));
    let (gone, other) = (dead(&space, &clock).await, dead(&space, &clock).await);
    let mut sent = hold(&gone, 30).await;
    mark_sent([&mut sent]).await.unwrap();
    let long = Rule { window: Duration::from_secs(7200), ..rule() };
    let ask = Ask { key: key(), rule: long, take: Take::Hold(0) };
    other.admit(&[ask]).await.unwrap().pop().unwrap().release();
    clock.advance(3_599_999);
    assert_eq!(surveyed(&other, long).await, Usage { settled: 0, held: 30 });
    clock.advance(1);
    assert_eq!(surveyed(&other, long).await, Usage { settled: 30, held: 0 });
    std::mem::forget(sent);
}

#[tokio::test]
async fn a_bucket_that_is_only_looked_at_does_not_live_longer_for_it() {
    let (space, clock) = (space(), Manual::at(START));
    let shared = dead(&space, &clock).await;
    let ask = Ask { key: key(), rule: rule(), take: Take::One };
    shared.admit(&[ask]).await.unwrap();
    let mut connection = admin().await;
    let state = format!("{{pointsman:{space}}}:b:budget");
    let mut ask =
        async |command: redis::Cmd| -> i64 { command.query_async(&mut connection).await.unwrap() };
    ask(redis::cmd("PEXPIRE").arg(&state).arg(90_000).to_owned()).await;
    assert_eq!(surveyed(&shared, rule()).await.settled, 1);
    assert!(ask(redis::cmd("PTTL").arg(&state).to_owned()).await <= 90_000);
}
