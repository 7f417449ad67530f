//! Who is near the limit.

use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Look, Nearest, Rule, RuleOf, Survey, Surveyed, Technique, Usage};
use proptest::prelude::*;

use crate::clock::Manual;

/// A multiple of a minute.
const START: u64 = 56_280_000;

fn rule(limit: u64) -> Rule {
    Rule { limit, window: Duration::from_secs(60), technique: Technique::Fixed }
}

/// `a/…` has a limit of 10, `b/…` one of 4, nothing else has any.
fn rules() -> RuleOf {
    Arc::new(|key| match &*key.0 {
        [b'a', b'/', ..] => Some(rule(10)),
        [b'b', b'/', ..] => Some(rule(4)),
        _ => None,
    })
}

fn survey(prefix: &str) -> Survey {
    Survey { prefix: prefix.into(), rule_of: rules(), least: 0, most: 100 }
}

fn names(found: &Surveyed) -> Vec<&str> {
    found.nearest.iter().map(|it| std::str::from_utf8(&it.key.0).expect("a text")).collect()
}

fn used(limiter: &Limiter, counts: &[(&str, u64)]) {
    for (name, times) in counts {
        (0..*times)
            .for_each(|_| limiter.count(&Key::new(name), &rule(100)).expect("there is room"));
    }
}

#[test]
fn the_nearest_to_its_limit_comes_first_whatever_the_limits_are() {
    let limiter = Limiter::in_memory(Manual::at(START));
    used(&limiter, &[("a/ada", 5), ("a/bob", 9), ("b/eve", 2), ("b/kim", 5), ("c/none", 3)]);
    let found = limiter.survey(&survey(""));
    assert_eq!(names(&found), ["b/kim", "a/bob", "a/ada", "b/eve"]);
    assert_eq!((found.found, found.whole), (4, true));
    assert_eq!(names(&limiter.survey(&survey("a/"))), ["a/bob", "a/ada"]);
    let few = limiter.survey(&Survey { most: 2, ..survey("") });
    assert_eq!((names(&few), few.found), (vec!["b/kim", "a/bob"], 4));
    let near = limiter.survey(&Survey { least: 900, ..survey("") });
    assert_eq!((names(&near), near.found), (vec!["b/kim", "a/bob"], 2));
    assert!(limiter.survey(&Survey { most: 0, ..survey("") }).nearest.is_empty());
}

#[test]
fn it_says_what_is_used_and_when_room_returns() {
    let clock = Manual::at(START);
    let limiter = Limiter::in_memory(Arc::clone(&clock) as _);
    let sliding = Rule { technique: Technique::Sliding, ..rule(10) };
    let of = |limiter: &Limiter, rule: Rule| {
        let survey = Survey { rule_of: Arc::new(move |_| Some(rule)), ..survey("") };
        limiter.survey(&survey).nearest.pop().map(|it| it.state)
    };
    limiter.count(&Key::new("k"), &sliding).unwrap();
    clock.advance(20_000);
    let _held = limiter.hold(&Key::new("k"), &sliding, 3).unwrap();
    let usage = Usage { settled: 1, held: 3 };
    let at = |refills: u64, reset: u64| Look {
        usage,
        refills_at: Some(START + refills),
        reset_at: START + reset,
    };
    assert_eq!(of(&limiter, sliding), Some(at(60_000, 80_000)));
    assert_eq!(of(&limiter, rule(10)), Some(at(60_000, 60_000)));
    clock.advance(40_000);
    let held =
        Look { usage: Usage { settled: 0, held: 3 }, refills_at: None, reset_at: START + 80_000 };
    assert_eq!(of(&limiter, sliding), Some(held));
}

#[test]
fn what_has_left_the_window_is_not_in_use() {
    let clock = Manual::at(START);
    let limiter = Limiter::in_memory(Arc::clone(&clock) as _);
    used(&limiter, &[("a/ada", 5)]);
    clock.advance(60_000);
    assert_eq!(limiter.survey(&survey("")).found, 0);
}

#[test]
fn a_long_key_is_told_as_it_is_stored_and_is_reset_by_that() {
    let limiter = Limiter::in_memory(Manual::at(START));
    let long = Key::new(["a/".repeat(300), "x".into()].concat());
    limiter.count(&long, &rule(10)).unwrap();
    let found = limiter.survey(&survey("a/"));
    let stored = &found.nearest[0].key;
    assert_eq!(*stored, *long.bounded());
    assert_eq!(limiter.reset(stored, &rule(10)).settled, 1);
    assert_eq!(limiter.usage(&long, &rule(10)), Usage::default());
}

proptest! {
    #[test]
    fn those_that_are_told_are_the_head_of_the_whole_list(
        buckets in prop::collection::vec((0_u64..20, 0_u64..20), 0..40),
        least in prop::sample::select(vec![0_u64, 500, 1000]),
        most in 0_usize..10,
    ) {
        let gather = |most| {
            let mut nearest = Nearest::new(&Survey { least, most, ..survey("") });
            for (at, (settled, limit)) in buckets.iter().enumerate() {
                let usage = Usage { settled: *settled, held: 0 };
                let state = Look { usage, refills_at: None, reset_at: 0 };
                nearest.add(&Key::new(format!("{at:02}")), rule(*limit), state);
            }
            nearest.finish(true)
        };
        let (few, all) = (gather(most), gather(1000));
        prop_assert_eq!(&few.nearest[..], &all.nearest[..most.min(all.nearest.len())]);
        prop_assert_eq!(few.found, all.found);
        let shares: Vec<_> =
            all.nearest.iter().map(|it| (it.state.used() << 32) / it.rule.limit.max(1)).collect();
        prop_assert!(shares.is_sorted_by(|a, b| a >= b));
        prop_assert_eq!(all.found, u64::try_from(all.nearest.len()).unwrap());
    }
}
