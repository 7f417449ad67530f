use super::{Cooldown, Cooldowns, MAX_MODELS, Policy, Reason, Resting};
use proptest::prelude::*;
use providers::Key;
use std::sync::Arc;
use std::time::Duration;

const START: u64 = 1_700_000_000_000;

fn key(alias: &str, secret: &str) -> Key {
    Key { alias: alias.into(), secret: secret.into() }
}

fn one() -> Arc<Cooldown> {
    Cooldown::new(Some(Policy::default()))
}

fn until(it: &Cooldown, model: &str, now_ms: u64) -> u64 {
    it.resting(model, now_ms).map_or(0, |it| it.until_ms - START)
}

#[test]
fn a_key_rests_as_long_as_the_provider_asks_within_bounds() {
    for (reason, asked, seconds) in [
        (Reason::Limited, None, 1),
        (Reason::Limited, Some(0), 1),
        (Reason::Limited, Some(30), 30),
        (Reason::Limited, Some(86_400), 3600),
        (Reason::Unauthorized, None, 60),
        (Reason::Unpaid, Some(5), 60),
        (Reason::Unpaid, Some(90), 90),
    ] {
        let it = one();
        it.rest(reason, asked.map(Duration::from_secs), "m", START);
        assert_eq!(until(&it, "any", START), seconds * 1000, "{reason:?} {asked:?}");
        assert_eq!(it.resting("any", START + seconds * 1000), None);
    }
}

#[test]
fn a_shorter_rest_does_not_end_a_longer_one() {
    let it = one();
    it.rest(Reason::Limited, Some(Duration::from_secs(30)), "m", START);
    it.rest(Reason::Limited, Some(Duration::from_secs(2)), "m", START + 1000);
    assert_eq!(until(&it, "m", START + 1000), 30_000);
    it.rest(Reason::Unauthorized, None, "m", START + 1000);
    assert_eq!(
        it.resting("m", START + 1000),
        Some(Resting { until_ms: START + 61_000, limited: false })
    );
}

#[test]
fn what_is_forbidden_is_so_for_one_model() {
    let it = one();
    it.rest(Reason::Forbidden, None, "a", START);
    assert_eq!((until(&it, "a", START), until(&it, "b", START)), (60_000, 0));
    it.rest(Reason::Limited, None, "b", START);
    assert_eq!((until(&it, "a", START), until(&it, "b", START)), (60_000, 1000));
}

#[test]
fn models_that_callers_make_up_do_not_pile_up() {
    let it = one();
    for model in 0..2 * MAX_MODELS {
        it.rest(Reason::Forbidden, None, &model.to_string(), START + model as u64);
    }
    assert_eq!(it.models.lock().expect("not poisoned").len(), MAX_MODELS);
    let last = (2 * MAX_MODELS - 1).to_string();
    assert!(it.resting(&last, START).is_some(), "the newest is kept");
}

#[test]
fn a_key_at_a_provider_rests_once_whatever_it_is_called() {
    let all = Cooldowns::new(Some(Policy::default()));
    let one = all.of("openai", &key("stored:a", "k"));
    assert!(Arc::ptr_eq(&one, &all.of("openai", &key("stored:b", "k"))));
    assert!(!Arc::ptr_eq(&one, &all.of("openai", &key("stored:a", "other"))));
    assert!(!Arc::ptr_eq(&one, &all.of("groq", &key("stored:a", "k"))));
    assert!(!format!("{all:?}").contains("\"k\""));
}

#[test]
fn keys_that_are_gone_are_forgotten_and_those_that_are_there_never() {
    let all = Cooldowns::new(Some(Policy::default()));
    let kept = all.of("openai", &key("a", "kept"));
    for number in 0..3000 {
        drop(all.of("openai", &key("a", &number.to_string())));
    }
    assert!(all.all.lock().expect("not poisoned").len() <= super::SWEEP_AT);
    assert!(Arc::ptr_eq(&kept, &all.of("openai", &key("b", "kept"))));
}

#[test]
fn without_a_policy_keys_never_rest() {
    let it = Cooldown::new(None);
    assert_eq!(it.rest(Reason::Limited, None, "m", START), None);
    assert_eq!(it.resting("m", START), None);
}

fn reason() -> impl Strategy<Value = Reason> {
    prop_oneof![
        Just(Reason::Unauthorized),
        Just(Reason::Unpaid),
        Just(Reason::Forbidden),
        Just(Reason::Limited)
    ]
}

proptest! {
    /// Against the plainest model: every rest ever begun, none forgotten.
    #[test]
    fn a_key_rests_until_the_last_of_all_its_deadlines(
        events in prop::collection::vec((reason(), prop::option::of(0_u64..10_000), 0..3_usize, 0_u64..5000), 1..30)
    ) {
        let (it, policy) = (one(), Policy::default());
        let mut now = START;
        let mut deadlines = Vec::new();
        for (reason, asked, model, pause) in events {
            now += pause;
            let asked = asked.map(Duration::from_secs);
            it.rest(reason, asked, &model.to_string(), now);
            let least = if reason == Reason::Limited { policy.limited } else { policy.refused };
            let wait = asked.unwrap_or_default().max(least).min(policy.longest);
            let wait = u64::try_from(wait.as_millis()).expect("at most an hour");
            deadlines.push((reason, model, now + wait));
            for asked_for in 0..3 {
                let applies = deadlines.iter().filter(|(reason, model, _)| *reason != Reason::Forbidden || *model == asked_for);
                let last = applies.map(|it| it.2).max().filter(|it| *it > now);
                prop_assert_eq!(it.resting(&asked_for.to_string(), now).map(|it| it.until_ms), last);
            }
        }
    }
}
