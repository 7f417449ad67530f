//! Tests of the breaker: facts, a naive model, and many threads.

use super::{Breaker, Breakers, Open, Policy};
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const POLICY: Policy = Policy { failures: 3, open_ms: 1_000 };

fn fail(breaker: &Breaker, now_ms: u64) {
    breaker.admit(now_ms).expect("closed, or open time over").failed(now_ms);
}

fn opened_at(now_ms: u64) -> Breaker {
    let breaker = Breaker::new(POLICY);
    (0..3).for_each(|_| fail(&breaker, now_ms));
    breaker
}

#[test]
fn failures_in_a_row_open_it_and_a_success_between_starts_the_count_again() {
    let breaker = Breaker::new(POLICY);
    fail(&breaker, 0);
    fail(&breaker, 0);
    breaker.admit(0).expect("closed").succeeded();
    fail(&breaker, 0);
    fail(&breaker, 0);
    assert!(breaker.admit(0).is_ok());
    fail(&breaker, 5);
    assert_eq!(breaker.admit(1_004).expect_err("open"), Open { until_ms: 1_005 });
}

#[test]
fn a_probe_that_succeeds_closes_it() {
    let breaker = opened_at(0);
    let probe = breaker.admit(1_000).expect("the time is over");
    assert!(breaker.admit(1_000).is_err(), "one probe at a time");
    probe.succeeded();
    assert!(breaker.admit(1_000).is_ok());
    fail(&breaker, 1_000);
    fail(&breaker, 1_000);
    assert!(breaker.admit(1_000).is_ok(), "the count began again");
}

#[test]
fn each_failed_probe_doubles_the_time_up_to_a_minute() {
    let breaker = opened_at(0);
    let mut now = 0;
    for expected in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
        let Open { until_ms } = breaker.admit(now).expect_err("open");
        assert_eq!(until_ms - now, expected);
        now = until_ms;
        fail(&breaker, now);
    }
}

#[test]
fn an_abandoned_probe_leaves_its_place_to_the_next() {
    let breaker = opened_at(0);
    drop(breaker.admit(1_000).expect("probe"));
    assert!(breaker.admit(1_000).is_ok());
}

#[test]
fn calls_from_before_it_opened_neither_close_it_nor_extend_it() {
    let breaker = Breaker::new(POLICY);
    let (late_good, late_bad) =
        (breaker.admit(0).expect("closed"), breaker.admit(0).expect("closed"));
    let (later_good, later_bad) =
        (breaker.admit(0).expect("closed"), breaker.admit(0).expect("closed"));
    (0..3).for_each(|_| fail(&breaker, 0));
    late_good.succeeded();
    late_bad.failed(900);
    assert_eq!(breaker.admit(999).expect_err("still open"), Open { until_ms: 1_000 });
    let probe = breaker.admit(1_000).expect("probe");
    later_good.succeeded();
    later_bad.failed(1_000);
    assert!(breaker.admit(1_000).is_err(), "still probing");
    probe.succeeded();
}

#[test]
fn many_threads_make_one_probe() {
    for _ in 0..50 {
        let breaker = opened_at(0);
        let probes = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        if let Ok(pass) = breaker.admit(1_000) {
                            probes.fetch_add(1, Ordering::Relaxed);
                            std::mem::forget(pass);
                        }
                    }
                });
            }
        });
        assert_eq!(probes.into_inner(), 1);
    }
}

#[test]
fn breakers_are_one_a_name_and_bounded() {
    let breakers = Breakers::new(Some(POLICY));
    let kept = breakers.get("openai", "gpt-4o", "env").expect("on");
    assert!(Arc::ptr_eq(&kept, &breakers.get("openai", "gpt-4o", "env").expect("on")));
    assert!(!Arc::ptr_eq(&kept, &breakers.get("openai", "gpt-4o", "stored:a").expect("on")));
    for model in 0..10_000 {
        fail(&breakers.get("openai", &model.to_string(), "env").expect("on"), 0);
    }
    assert!(breakers.all.lock().expect("not poisoned").len() <= super::SWEEP_AT);
    assert!(Arc::ptr_eq(&kept, &breakers.get("openai", "gpt-4o", "env").expect("on")));
    assert!(Breakers::new(None).get("openai", "gpt-4o", "env").is_none());
}

/// The obvious way to write it.
#[derive(Debug, Default)]
struct Model {
    failures: u32,
    trips: u32,
    open_until: Option<u64>,
    probing: bool,
}

impl Model {
    fn admit(&mut self, now: u64) -> Option<bool> {
        match self.open_until {
            None => Some(false),
            Some(until) if until <= now && !self.probing => {
                self.probing = true;
                Some(true)
            }
            Some(_) => None,
        }
    }

    fn end(&mut self, probe: bool, verdict: Option<bool>, now: u64) {
        if probe {
            self.probing = false;
        } else if self.open_until.is_some() {
            return;
        }
        match verdict {
            None => {}
            Some(true) => *self = Self::default(),
            Some(false) => {
                self.failures += 1;
                if probe || self.failures >= POLICY.failures {
                    self.trips += 1;
                    let open = (POLICY.open_ms << (self.trips - 1).min(20)).min(60_000);
                    self.open_until = Some(now + open);
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn it_does_what_the_naive_model_does(
        steps in prop::collection::vec((0_u64..3_000, prop::option::of(0_usize..4), prop::option::of(any::<bool>())), 0..120),
    ) {
        let breaker = Breaker::new(POLICY);
        let mut model = Model::default();
        let mut under_way = Vec::new();
        let mut now = 0;
        for (later, ends, verdict) in steps {
            now += later;
            match ends {
                Some(index) if !under_way.is_empty() => {
                    let (pass, probe): (super::Pass<'_>, bool) = under_way.remove(index % under_way.len());
                    model.end(probe, verdict, now);
                    match verdict {
                        Some(true) => pass.succeeded(),
                        Some(false) => pass.failed(now),
                        None => drop(pass),
                    }
                }
                _ => {
                    let expected = model.admit(now);
                    let pass = breaker.admit(now);
                    prop_assert_eq!(pass.as_ref().ok().map(|it| it.probe), expected);
                    under_way.extend(pass.ok().zip(expected));
                }
            }
        }
    }
}
