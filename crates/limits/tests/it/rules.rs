//! Each rule of `docs/limits.md`, by one example.

use std::sync::Arc;
use std::time::Duration;

use limits::{Bounds, Key, Limiter, Rule, Technique, Usage};

use crate::clock::Manual;

const MINUTE: u64 = 60_000;
/// A multiple of a minute and of the slots it is kept in (938 ms).
const START: u64 = 56_280_000;

fn sliding(limit: u64) -> Rule {
    Rule { limit, window: Duration::from_millis(MINUTE), technique: Technique::Sliding }
}

fn fixed(limit: u64) -> Rule {
    Rule { technique: Technique::Fixed, ..sliding(limit) }
}

fn all() -> Key {
    Key::new("all")
}

fn start() -> (Arc<Manual>, Arc<Limiter>) {
    let clock = Manual::at(START);
    (Arc::clone(&clock), Limiter::in_memory(clock))
}

fn counts(limiter: &Limiter, rule: &Rule, times: usize) -> usize {
    (0..times).filter(|_| limiter.count(&all(), rule).is_ok()).count()
}

#[test]
fn a_sliding_window_gives_room_back_when_a_whole_window_has_passed() {
    let (clock, limiter) = start();
    assert_eq!(counts(&limiter, &sliding(2), 3), 2);
    clock.advance(MINUTE - 1);
    assert_eq!(counts(&limiter, &sliding(2), 1), 0);
    clock.advance(1);
    assert_eq!(counts(&limiter, &sliding(2), 3), 2);
}

#[test]
fn a_slot_counts_whole_until_its_newest_charge_has_left() {
    let (clock, limiter) = start();
    counts(&limiter, &sliding(2), 1);
    clock.advance(900);
    counts(&limiter, &sliding(2), 1);
    clock.set(START + MINUTE + 899);
    assert_eq!(counts(&limiter, &sliding(2), 1), 0);
    clock.advance(1);
    assert_eq!(counts(&limiter, &sliding(2), 3), 2);
}

#[test]
fn a_fixed_window_is_aligned_to_the_epoch() {
    let (clock, limiter) = start();
    clock.set(START + MINUTE - 1);
    assert_eq!(counts(&limiter, &fixed(2), 3), 2);
    clock.advance(1);
    assert_eq!(counts(&limiter, &fixed(2), 3), 2);
}

#[test]
fn a_refusal_says_what_is_left_and_when_room_returns() {
    let (clock, limiter) = start();
    limiter.hold(&all(), &sliding(100), 60).unwrap().settle(60);
    clock.advance(10_000);
    limiter.hold(&all(), &sliding(100), 30).unwrap().settle(30);
    clock.advance(10_000);
    let refusal = limiter.hold(&all(), &sliding(100), 40).unwrap_err();
    assert_eq!((refusal.settled, refusal.held, refusal.remaining), (90, 0, 10));
    assert_eq!(refusal.retry_after, Duration::from_millis(MINUTE - 20_000));
    assert_eq!(refusal.reset_at, START + 10_000 + MINUTE);
    clock.advance(MINUTE - 20_000);
    limiter.hold(&all(), &sliding(100), 40).expect("the refusal said so").release();
}

#[test]
fn a_refusal_of_a_fixed_window_points_to_its_end() {
    let (clock, limiter) = start();
    clock.advance(45_000);
    assert_eq!(counts(&limiter, &fixed(1), 1), 1);
    let refusal = limiter.count(&all(), &fixed(1)).unwrap_err();
    assert_eq!(refusal.retry_after, Duration::from_millis(15_000));
    assert_eq!(refusal.reset_at, START + MINUTE);
}

#[test]
fn what_only_holds_stand_in_the_way_of_may_be_tried_in_a_second() {
    let (_, limiter) = start();
    let permit = limiter.hold(&all(), &sliding(100), 90).unwrap();
    let refusal = limiter.hold(&all(), &sliding(100), 20).unwrap_err();
    assert_eq!((refusal.held, refusal.remaining), (90, 10));
    assert_eq!(refusal.retry_after, Duration::from_secs(1));
    permit.release();
}

#[test]
fn an_amount_above_the_limit_is_never_admitted() {
    let (_, limiter) = start();
    let refusal = limiter.hold(&all(), &sliding(100), 101).unwrap_err();
    assert_eq!((refusal.remaining, refusal.retry_after), (100, Duration::from_millis(MINUTE)));
    assert_eq!(limiter.stats().buckets, 0, "a refusal makes no bucket");
}

#[test]
fn a_stream_that_crosses_the_edge_of_a_window_is_charged_to_its_admission() {
    let (clock, limiter) = start();
    clock.set(START + MINUTE - 10);
    let permit = limiter.hold(&all(), &fixed(100), 80).unwrap();
    clock.advance(20);
    assert_eq!(limiter.usage(&all(), &fixed(100)), Usage { settled: 0, held: 80 });
    assert!(limiter.hold(&all(), &fixed(100), 30).is_err(), "an open hold counts in any window");
    permit.settle(75);
    assert_eq!(limiter.usage(&all(), &fixed(100)), Usage { settled: 0, held: 0 });
}

#[test]
fn a_settlement_goes_to_the_slot_of_its_admission() {
    let (clock, limiter) = start();
    let permit = limiter.hold(&all(), &sliding(100), 80).unwrap();
    clock.advance(30_000);
    counts(&limiter, &sliding(100), 1);
    permit.settle(75);
    assert_eq!(limiter.usage(&all(), &sliding(100)).settled, 76);
    clock.set(START + MINUTE);
    assert_eq!(limiter.usage(&all(), &sliding(100)).settled, 1);
}

#[test]
fn an_open_hold_counts_however_old_it_is() {
    let (clock, limiter) = start();
    let permit = limiter.hold(&all(), &sliding(100), 80).unwrap();
    clock.advance(10 * MINUTE);
    limiter.tick().unwrap();
    assert!(limiter.hold(&all(), &sliding(100), 30).is_err());
    permit.settle(80);
    assert!(limiter.hold(&all(), &sliding(100), 100).is_ok());
}

#[test]
fn a_settlement_above_its_hold_is_charged_and_blocks_later_ones() {
    let (_, limiter) = start();
    limiter.hold(&all(), &sliding(100), 10).unwrap().settle(130);
    assert_eq!(limiter.stats().overrun, 120);
    let refusal = limiter.hold(&all(), &sliding(100), 0).unwrap_err();
    assert_eq!((refusal.settled, refusal.remaining), (130, 0));
}

#[test]
fn a_permit_lost_before_the_call_is_released_and_after_it_charged_in_full() {
    let (_, limiter) = start();
    drop(limiter.hold(&all(), &sliding(100), 40).unwrap());
    assert_eq!(limiter.usage(&all(), &sliding(100)), Usage::default());
    let mut permit = limiter.hold(&all(), &sliding(100), 40).unwrap();
    limiter.mark_sent(&mut permit);
    drop(permit);
    assert_eq!(limiter.usage(&all(), &sliding(100)), Usage { settled: 40, held: 0 });
    let mut permit = limiter.hold(&all(), &sliding(100), 40).unwrap();
    limiter.mark_sent(&mut permit);
    permit.release();
    assert_eq!(limiter.usage(&all(), &sliding(100)), Usage { settled: 40, held: 0 });
}

#[test]
fn a_new_limit_window_or_technique_keeps_the_bucket() {
    let (clock, limiter) = start();
    assert_eq!(counts(&limiter, &sliding(10), 10), 10);
    assert_eq!(counts(&limiter, &sliding(12), 5), 2);
    clock.advance(1_000);
    let hour =
        Rule { limit: 13, window: Duration::from_secs(3_600), technique: Technique::Sliding };
    assert_eq!(counts(&limiter, &hour, 5), 1);
    assert_eq!(limiter.usage(&all(), &fixed(20)).settled, 13);
    clock.advance(MINUTE);
    assert_eq!(limiter.usage(&all(), &sliding(12)).settled, 0);
    assert_eq!(limiter.usage(&all(), &hour).settled, 13);
}

#[test]
fn a_short_window_used_beside_a_long_one_does_not_make_the_long_one_forget() {
    let (clock, limiter) = start();
    let second = Rule { limit: 1, window: Duration::from_secs(1), technique: Technique::Sliding };
    let hour =
        Rule { limit: 1_000, window: Duration::from_secs(3_600), technique: Technique::Fixed };
    limiter.count(&all(), &hour).unwrap();
    for _ in 0..500 {
        clock.advance(1_000);
        limiter.count(&all(), &second).expect("a second has passed");
    }
    assert_eq!(limiter.usage(&all(), &hour).settled, 501);
}

#[test]
fn a_clock_that_steps_back_gives_no_room_back() {
    let (clock, limiter) = start();
    assert_eq!(counts(&limiter, &sliding(2), 2), 2);
    for back in [1, 1_000, 59_000, 3_000_000, 30_000_000] {
        clock.set(START - back);
        assert_eq!(counts(&limiter, &sliding(2), 1), 0, "back by {back}");
    }
}

#[test]
fn a_clock_that_was_years_ahead_blocks_for_one_window_at_most() {
    let (clock, limiter) = start();
    clock.set(START + 30_000_000_000);
    let permit = limiter.hold(&all(), &sliding(2), 1).unwrap();
    assert_eq!(counts(&limiter, &sliding(2), 2), 1);
    clock.set(START);
    assert_eq!(counts(&limiter, &sliding(2), 1), 0);
    permit.settle(1);
    clock.advance(MINUTE - 1);
    assert_eq!(counts(&limiter, &sliding(2), 1), 0);
    clock.advance(1);
    assert_eq!(counts(&limiter, &sliding(2), 3), 2);
}

#[test]
fn numbers_at_the_end_of_their_range_neither_wrap_nor_panic() {
    let (clock, limiter) = start();
    let most = Rule { limit: u64::MAX, window: Duration::MAX, technique: Technique::Sliding };
    limiter.hold(&all(), &most, u64::MAX).unwrap().settle(u64::MAX);
    assert!(limiter.count(&all(), &most).is_err());
    limiter.hold(&all(), &most, 0).unwrap().settle(u64::MAX);
    limiter.hold(&all(), &most, 0).unwrap().settle(5);
    assert_eq!(limiter.usage(&all(), &most).settled, u64::MAX);
    assert_eq!(limiter.stats().overrun, u64::MAX);
    clock.set(u64::MAX);
    assert!(limiter.count(&all(), &sliding(1)).is_ok());
    assert!(limiter.count(&all(), &Rule { window: Duration::ZERO, ..fixed(1) }).is_err());
}

#[test]
fn a_limit_of_zero_admits_nothing() {
    let (_, limiter) = start();
    assert_eq!(counts(&limiter, &sliding(0), 1), 0);
}

#[test]
fn idle_buckets_are_evicted_and_held_ones_are_not() {
    let (clock, limiter) = start();
    limiter.count(&Key::new("one"), &sliding(5)).unwrap();
    let permit = limiter.hold(&Key::new("two"), &sliding(5), 1).unwrap();
    limiter.tick().unwrap();
    assert_eq!(limiter.stats().buckets, 2);
    clock.advance(MINUTE);
    limiter.tick().unwrap();
    assert_eq!(limiter.stats().buckets, 1);
    permit.release();
    limiter.tick().unwrap();
    assert_eq!(limiter.stats().buckets, 0);
}

#[test]
fn a_full_limiter_refuses_new_buckets_and_forgets_none_that_counts() {
    let clock = Manual::at(START);
    let limiter = Limiter::in_memory_within(Arc::clone(&clock) as _, Bounds { buckets: 3 });
    let key = |number: u32| Key::new(number.to_le_bytes());
    for number in 0..3 {
        limiter.count(&key(number), &sliding(5)).unwrap();
    }
    let refusal = limiter.count(&key(3), &sliding(5)).unwrap_err();
    assert!(refusal.full);
    assert!(limiter.hold(&key(3), &sliding(5), 1).unwrap_err().full);
    assert!(limiter.count(&key(0), &sliding(5)).is_ok(), "those that are there go on");
    assert_eq!((limiter.stats().buckets, limiter.stats().full), (3, 2));
    clock.advance(MINUTE);
    limiter.tick().unwrap();
    assert!(limiter.count(&key(3), &sliding(5)).is_ok());
}

#[test]
fn long_keys_that_differ_at_the_end_only_are_different_buckets() {
    let (_, limiter) = start();
    let long = |last: u8| Key::new([vec![b'x'; 5_000], vec![last]].concat());
    limiter.count(&long(1), &sliding(1)).unwrap();
    assert!(limiter.count(&long(1), &sliding(1)).is_err());
    assert!(limiter.count(&long(2), &sliding(1)).is_ok());
}
