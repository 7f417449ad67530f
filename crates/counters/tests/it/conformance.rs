//! What counters promise, wherever they are: one suite on memory, Redis and Valkey.

use std::sync::Arc;
use std::time::Duration;

use counters::Shared;
use limits::{Ask, Counters, Denied, Key, Limiter, Limits, Permit, Refusal, Rule, Take, Technique};
use limits::{Look, Survey, Surveyed, Usage, mark_sent};

use crate::clock::Manual;
use crate::server::{node, space, within};

const START: u64 = 1_700_000_000_000;

/// Counters under test, on a clock that the test sets.
pub(crate) struct Subject {
    pub(crate) clock: Arc<Manual>,
    pub(crate) limits: Limits,
    place: Place,
}

enum Place {
    Memory(Arc<Limiter>),
    Shared(Arc<Shared>),
}

impl Subject {
    pub(crate) async fn new(kind: &str) -> Self {
        let clock = Manual::at(START);
        if kind == "MEMORY" {
            let limiter = Limiter::in_memory(Arc::clone(&clock) as _);
            let limits = Limits::from(Arc::clone(&limiter));
            return Self { clock, limits, place: Place::Memory(limiter) };
        }
        let shared = node(kind, &space(), Some(Arc::clone(&clock) as _)).await;
        let limits = Limits::shared(Arc::clone(&shared) as Arc<dyn Counters>);
        Self { clock, limits, place: Place::Shared(shared) }
    }

    pub(crate) async fn count(&self, key: &Key, rule: &Rule) -> Result<(), Refusal> {
        self.ask(key, rule, Take::One).await.map(|permits| assert!(permits.is_empty()))
    }

    pub(crate) async fn hold(
        &self,
        key: &Key,
        rule: &Rule,
        amount: u64,
    ) -> Result<Permit, Refusal> {
        self.ask(key, rule, Take::Hold(amount)).await.map(|mut it| it.pop().expect("one permit"))
    }

    async fn ask(&self, key: &Key, rule: &Rule, take: Take) -> Result<Vec<Permit>, Refusal> {
        let ask = Ask { key: key.clone(), rule: *rule, take };
        self.limits.admit(&[ask]).await.map_err(|denied| match denied {
            Denied::Refused { index: 0, refusal } => refusal,
            other => panic!("{other:?}"),
        })
    }

    /// What is in the bucket, once every end of a hold so far is known.
    pub(crate) async fn usage(&self, key: &Key, rule: &Rule) -> Usage {
        match &self.place {
            Place::Memory(limiter) => limiter.usage(key, rule),
            Place::Shared(shared) => within("a look", shared.usage(key, rule)).await.unwrap(),
        }
    }

    /// Buckets whose keys begin so, all under one rule.
    pub(crate) async fn survey(&self, prefix: &[u8], rule: Rule) -> Surveyed {
        let rule_of = Arc::new(move |_: &Key| Some(rule));
        let survey = Survey { prefix: prefix.to_vec(), rule_of, least: 0, most: 100 };
        match &self.place {
            Place::Memory(limiter) => limiter.survey(&survey),
            Place::Shared(shared) => within("a survey", shared.survey(survey)).await.unwrap(),
        }
    }

    pub(crate) async fn reset(&self, key: &Key, rule: &Rule) -> Usage {
        match &self.place {
            Place::Memory(limiter) => limiter.reset(key, rule),
            Place::Shared(shared) => within("a reset", shared.reset(key, rule)).await.unwrap(),
        }
    }
}

fn key() -> Key {
    Key::new("one")
}

fn rule(limit: u64, seconds: u64, technique: Technique) -> Rule {
    Rule { limit, window: Duration::from_secs(seconds), technique }
}

fn sliding(limit: u64) -> Rule {
    rule(limit, 60, Technique::Sliding)
}

fn used(settled: u64, held: u64) -> Usage {
    Usage { settled, held }
}

async fn a_limit_admits_exactly_its_number(it: Subject) {
    for _ in 0..5 {
        it.count(&key(), &sliding(5)).await.unwrap();
    }
    let refusal = it.count(&key(), &sliding(5)).await.unwrap_err();
    assert_eq!((refusal.limit, refusal.settled, refusal.remaining), (5, 5, 0));
    assert_eq!(refusal.retry_after, Duration::from_secs(60));
    assert_eq!(refusal.reset_at, START + 60_000);
}

async fn room_returns_when_a_charge_has_left_the_sliding_window(it: Subject) {
    it.count(&key(), &sliding(1)).await.unwrap();
    it.clock.advance(59_999);
    assert_eq!(it.count(&key(), &sliding(1)).await.unwrap_err().retry_after.as_millis(), 1);
    it.clock.advance(1);
    it.count(&key(), &sliding(1)).await.unwrap();
}

async fn a_fixed_window_begins_at_a_multiple_of_its_length(it: Subject) {
    let rule = rule(1, 60, Technique::Fixed);
    it.clock.set(START / 60_000 * 60_000 + 59_999);
    it.count(&key(), &rule).await.unwrap();
    assert_eq!(it.count(&key(), &rule).await.unwrap_err().retry_after.as_millis(), 1);
    it.clock.advance(1);
    it.count(&key(), &rule).await.unwrap();
}

async fn an_open_hold_counts_whole_and_its_settlement_replaces_it(it: Subject) {
    let permit = it.hold(&key(), &sliding(100), 80).await.unwrap();
    assert_eq!(it.hold(&key(), &sliding(100), 30).await.unwrap_err().remaining, 20);
    permit.settle(65);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(65, 0));
    it.hold(&key(), &sliding(100), 35).await.unwrap().settle(0);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(65, 0));
}

async fn a_settlement_is_charged_to_the_time_of_admission(it: Subject) {
    let permit = it.hold(&key(), &sliding(100), 10).await.unwrap();
    it.clock.advance(59_000);
    it.count(&key(), &sliding(100)).await.unwrap();
    permit.settle(10);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(11, 0));
    it.clock.advance(1_000);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(1, 0));
}

async fn real_cost_above_the_hold_is_charged_and_blocks_until_it_leaves(it: Subject) {
    it.hold(&key(), &sliding(100), 10).await.unwrap().settle(130);
    let refusal = it.hold(&key(), &sliding(100), 1).await.unwrap_err();
    assert_eq!((refusal.settled, refusal.remaining), (130, 0));
    assert_eq!(it.limits.stats().overrun, 120);
}

async fn a_lost_permit_is_given_back_before_the_call_and_charged_after_it(it: Subject) {
    drop(it.hold(&key(), &sliding(100), 40).await.unwrap());
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(0, 0));
    let mut permit = it.hold(&key(), &sliding(100), 40).await.unwrap();
    mark_sent([&mut permit]).await.unwrap();
    drop(permit);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(40, 0));
    let mut permit = it.hold(&key(), &sliding(100), 40).await.unwrap();
    mark_sent([&mut permit]).await.unwrap();
    permit.release();
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(40, 0));
}

async fn a_new_limit_keeps_what_was_counted(it: Subject) {
    for _ in 0..5 {
        it.count(&key(), &sliding(10)).await.unwrap();
    }
    assert_eq!(it.count(&key(), &sliding(5)).await.unwrap_err().settled, 5);
    it.count(&key(), &rule(10, 3600, Technique::Fixed)).await.unwrap();
    assert_eq!(it.usage(&key(), &sliding(10)).await.settled, 6);
}

async fn several_limits_are_taken_together_or_not_at_all(it: Subject) {
    let ask = |name: &str, limit, take| Ask { key: Key::new(name), rule: sliding(limit), take };
    let asks = [ask("a", 9, Take::One), ask("b", 9, Take::Hold(5)), ask("c", 4, Take::Hold(3))];
    let permits = it.limits.admit(&asks).await.unwrap();
    assert_eq!(permits.iter().map(Permit::held).collect::<Vec<_>>(), [5, 3]);
    match it.limits.admit(&asks).await {
        Err(Denied::Refused { index: 1, refusal }) => assert_eq!(refusal.remaining, 4),
        other => panic!("{other:?}"),
    }
    assert_eq!(it.usage(&Key::new("a"), &sliding(9)).await, used(1, 0));
    assert_eq!(it.usage(&Key::new("b"), &sliding(9)).await, used(0, 5));
    assert_eq!(it.usage(&Key::new("c"), &sliding(4)).await, used(0, 3));
}

async fn a_clock_that_steps_back_gives_no_room_back(it: Subject) {
    it.clock.advance(120_000);
    it.count(&key(), &sliding(1)).await.unwrap();
    it.clock.set(START);
    assert!(it.count(&key(), &sliding(1)).await.is_err());
    it.clock.set(START + 180_000);
    it.count(&key(), &sliding(1)).await.unwrap();
}

async fn a_clock_that_was_wrong_by_hours_blocks_for_one_more_window_only(it: Subject) {
    it.clock.set(START + 10 * 3_600_000);
    it.count(&key(), &sliding(1)).await.unwrap();
    it.clock.set(START);
    assert!(it.count(&key(), &sliding(1)).await.is_err());
    it.clock.advance(60_000);
    it.count(&key(), &sliding(1)).await.unwrap();
}

async fn a_limit_of_nothing_admits_nothing(it: Subject) {
    let refusal = it.count(&key(), &sliding(0)).await.unwrap_err();
    assert_eq!((refusal.remaining, refusal.retry_after), (0, Duration::from_secs(60)));
    it.hold(&key(), &sliding(0), 0).await.unwrap().settle(0);
}

async fn the_largest_amounts_do_not_overflow(it: Subject) {
    let all = sliding((1 << 53) - 1);
    it.hold(&key(), &all, (1 << 53) - 1).await.unwrap().settle((1 << 53) - 1);
    assert!(it.count(&key(), &all).await.is_err());
    assert!(it.hold(&key(), &all, u64::MAX).await.is_err());
}

async fn keys_of_any_bytes_and_length_are_buckets_of_their_own(it: Subject) {
    let long = [b'x'; 5_000];
    let mut longer = long.to_vec();
    longer.push(0);
    for key in [&b""[..], b"\0", b"\r\n{}\xff", &long, &longer] {
        it.count(&Key::new(key), &sliding(1)).await.unwrap();
        assert!(it.count(&Key::new(key), &sliding(1)).await.is_err());
    }
}

async fn a_survey_tells_who_is_near_the_limit_and_when_room_returns(it: Subject) {
    for (name, times) in [("a*?[x]\\^-/1", 2), ("a*?[x]\\^-/2", 3), ("abc/3", 5)] {
        for _ in 0..times {
            it.count(&Key::new(name), &sliding(5)).await.unwrap();
        }
    }
    it.clock.advance(10_000);
    let _held = it.hold(&Key::new("a*?[x]\\^-/1"), &sliding(5), 2).await.unwrap();
    let found = it.survey(b"a*?[x]\\^-/", sliding(5)).await;
    assert_eq!((found.found, found.whole), (2, true));
    let told: Vec<_> = found.nearest.iter().map(|it| (&*it.key.0, it.state)).collect();
    let look = |settled, held, reset| Look {
        usage: used(settled, held),
        refills_at: Some(START + 60_000),
        reset_at: START + reset,
    };
    let expected =
        [(&b"a*?[x]\\^-/1"[..], look(2, 2, 70_000)), (&b"a*?[x]\\^-/2"[..], look(3, 0, 60_000))];
    assert_eq!(told, expected);
    assert_eq!(it.survey(b"", sliding(5)).await.found, 3);
    let fixed = it.survey(b"a*", rule(5, 3600, Technique::Fixed)).await;
    let end = (START / 3_600_000 + 1) * 3_600_000;
    assert!(fixed.nearest.iter().all(|it| it.state.reset_at == end));
    it.clock.advance(50_000);
    let held = it.survey(b"", sliding(5)).await;
    let state = Look { usage: used(0, 2), refills_at: None, reset_at: START + 70_000 };
    assert_eq!(held.nearest.iter().map(|it| it.state).collect::<Vec<_>>(), [state]);
}

async fn a_reset_forgets_what_is_settled_and_keeps_what_is_held(it: Subject) {
    it.hold(&key(), &sliding(100), 40).await.unwrap().settle(40);
    let held = it.hold(&key(), &sliding(100), 50).await.unwrap();
    assert_eq!(it.reset(&key(), &sliding(100)).await, used(40, 50));
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(0, 50));
    assert_eq!(it.hold(&key(), &sliding(100), 51).await.unwrap_err().remaining, 50);
    held.settle(30);
    assert_eq!(it.usage(&key(), &sliding(100)).await, used(30, 0));
    assert_eq!(it.reset(&Key::new("other"), &sliding(100)).await, used(0, 0));
}

async fn a_long_key_is_told_as_it_is_stored_and_reset_by_that(it: Subject) {
    let long = Key::new([b'x'; 600]);
    it.count(&long, &sliding(5)).await.unwrap();
    let found = it.survey(b"xx", sliding(5)).await;
    assert_eq!(found.nearest[0].key, *long.bounded());
    assert_eq!(it.reset(&found.nearest[0].key, &sliding(5)).await, used(1, 0));
    assert_eq!(it.usage(&long, &sliding(5)).await, used(0, 0));
}

/// A test for each place.
macro_rules! everywhere {
    ($($fact:ident)*) => {
        mod memory { $(#[tokio::test] async fn $fact() { super::$fact(super::Subject::new("MEMORY").await).await; })* }
        mod redis { $(#[tokio::test] async fn $fact() { super::$fact(super::Subject::new("REDIS").await).await; })* }
        mod valkey { $(#[tokio::test] async fn $fact() { super::$fact(super::Subject::new("VALKEY").await).await; })* }
    };
}

everywhere! {
    a_limit_admits_exactly_its_number
    room_returns_when_a_charge_has_left_the_sliding_window
    a_fixed_window_begins_at_a_multiple_of_its_length
    an_open_hold_counts_whole_and_its_settlement_replaces_it
    a_settlement_is_charged_to_the_time_of_admission
    real_cost_above_the_hold_is_charged_and_blocks_until_it_leaves
    a_lost_permit_is_given_back_before_the_call_and_charged_after_it
    a_new_limit_keeps_what_was_counted
    several_limits_are_taken_together_or_not_at_all
    a_clock_that_steps_back_gives_no_room_back
    a_clock_that_was_wrong_by_hours_blocks_for_one_more_window_only
    a_limit_of_nothing_admits_nothing
    the_largest_amounts_do_not_overflow
    keys_of_any_bytes_and_length_are_buckets_of_their_own
    a_survey_tells_who_is_near_the_limit_and_when_room_returns
    a_reset_forgets_what_is_settled_and_keeps_what_is_held
    a_long_key_is_told_as_it_is_stored_and_reset_by_that
}
