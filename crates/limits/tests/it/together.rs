//! Several limits decided together: all or nothing, whoever else asks.

use std::sync::Arc;
use std::time::Duration;

use limits::{Ask, Denied, Key, Limiter, Limits, Rule, Take, Technique, mark_sent};
use proptest::prelude::*;

use crate::clock::Manual;

fn rule(limit: u64) -> Rule {
    Rule { limit, window: Duration::from_secs(60), technique: Technique::Sliding }
}

fn ask(name: &str, limit: u64, take: Take) -> Ask {
    Ask { key: Key::new(name), rule: rule(limit), take }
}

fn names() -> [&'static str; 4] {
    ["a", "b", "c", "d"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_race_for_three_limits_the_tightest_admits_exactly_its_own() {
    let limiter = Limiter::in_memory(Manual::at(1_000_000));
    let limits = Limits::from(Arc::clone(&limiter));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..3_000 {
        let limits = limits.clone();
        tasks.spawn(async move {
            let mut asks = [
                ask("a", 500, Take::One),
                ask("b", 300, Take::Hold(3)),
                ask("c", 10_000, Take::One),
            ];
            asks.rotate_left(number % 3);
            match limits.admit(&asks).await {
                Ok(permits) => {
                    permits.into_iter().for_each(|permit| permit.settle(3));
                    true
                }
                Err(_) => false,
            }
        });
    }
    let admitted = tasks.join_all().await.into_iter().filter(|it| *it).count();
    assert_eq!(admitted, 100);
    let settled = |name, limit| limiter.usage(&Key::new(name), &rule(limit)).settled;
    assert_eq!((settled("a", 500), settled("b", 300), settled("c", 10_000)), (100, 300, 100));
}

#[tokio::test]
async fn an_admission_says_what_was_there_before_it() {
    let limits = Limits::from(Limiter::in_memory(Manual::at(1_000_000)));
    let asks = [ask("a", 9, Take::One), ask("b", 9, Take::Hold(4))];
    let found = |settled, held| limits::Usage { settled, held };
    let first = limits.admit_seeing(&asks).await.unwrap();
    assert_eq!(first.found, [found(0, 0), found(0, 0)]);
    let second = limits.admit_seeing(&asks).await.unwrap();
    assert_eq!(second.found, [found(1, 0), found(0, 4)]);
    for (ask, wanted) in asks.iter().zip([found(2, 0), found(0, 8)]) {
        let one = Ask { take: Take::Hold(1), ..ask.clone() };
        assert_eq!(limits.admit_seeing(&[one]).await.unwrap().found, [wanted]);
    }
}

#[tokio::test]
async fn a_refusal_says_which_limit_has_no_room() {
    let limits = Limits::from(Limiter::in_memory(Manual::at(1_000_000)));
    let asks = [ask("a", 5, Take::One), ask("b", 5, Take::Hold(6)), ask("c", 0, Take::One)];
    match limits.admit(&asks).await {
        Err(Denied::Refused { index: 1, refusal }) => {
            assert_eq!((refusal.limit, refusal.remaining), (5, 5));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_permit_of_a_joint_decision_is_charged_in_full_once_its_call_has_left() {
    let limiter = Limiter::in_memory(Manual::at(1_000_000));
    let asks = [ask("a", 9, Take::Hold(4)), ask("b", 9, Take::Hold(5))];
    let mut permits = Limits::from(Arc::clone(&limiter)).admit(&asks).await.unwrap();
    mark_sent(permits.iter_mut().take(1)).await.unwrap();
    drop(permits);
    let usage = |name| limiter.usage(&Key::new(name), &rule(9));
    assert_eq!((usage("a").settled, usage("a").held), (4, 0));
    assert_eq!((usage("b").settled, usage("b").held), (0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_joint_decision_takes_all_or_changes_nothing(
        decisions in prop::collection::vec(
            (prop::sample::subsequence(names().to_vec(), 1..=4), prop::collection::vec((0..6_u64, any::<bool>()), 4), any::<bool>()),
            1..60,
        ),
    ) {
        let limiter = Limiter::in_memory(Manual::at(1_000_000));
        let mut used = [0_u64; 4];
        let mut open = Vec::new();
        for (keys, amounts, keep) in decisions {
            let takes = amounts.iter().map(|(amount, count)| if *count { Take::One } else { Take::Hold(*amount) });
            let asks: Vec<_> = keys.iter().zip(takes).map(|(name, take)| ask(name, 12, take)).collect();
            let index = |name: &str| names().iter().position(|it| *it == name).unwrap();
            let fits = keys.iter().zip(&asks).all(|(name, ask)| used[index(name)] + ask.take.amount() <= 12);
            match limiter.admit(&asks) {
                Ok(permits) => {
                    prop_assert!(fits);
                    for (name, ask) in keys.iter().zip(&asks) {
                        used[index(name)] += ask.take.amount();
                    }
                    if keep {
                        open.extend(permits);
                    } else {
                        permits.into_iter().for_each(|permit| { let held = permit.held(); permit.settle(held); });
                    }
                }
                Err(_) => prop_assert!(!fits),
            }
            for name in names() {
                let usage = limiter.usage(&Key::new(name), &rule(12));
                prop_assert_eq!(usage.settled + usage.held, used[index(name)]);
            }
        }
    }
}
