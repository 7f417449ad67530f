//! A bucket begun anew by somebody.

use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Rule, Technique, Usage};

use crate::clock::Manual;
use crate::files::Folder;

const NOW: u64 = 60_000_000;

fn rule() -> Rule {
    Rule { limit: 100, window: Duration::from_secs(60), technique: Technique::Sliding }
}

fn all() -> Key {
    Key::new("all")
}

fn open(folder: &Folder) -> Arc<Limiter> {
    Limiter::open(folder.as_ref(), Manual::at(NOW)).expect("the files are whole")
}

fn after_a_crash(folder: &Folder) -> Usage {
    open(&folder.crashed()).usage(&all(), &rule())
}

fn spend(limiter: &Arc<Limiter>, real: u64) {
    let mut permit = limiter.hold(&all(), &rule(), 10).expect("there is room");
    limiter.mark_sent(&mut permit);
    permit.settle(real);
}

#[test]
fn the_whole_limit_is_there_again_and_the_window_begins_anew() {
    let clock = Manual::at(NOW);
    let limiter = Limiter::in_memory(Arc::clone(&clock) as _);
    let two = Rule { limit: 2, ..rule() };
    (0..2).for_each(|_| limiter.count(&all(), &two).unwrap());
    limiter.count(&all(), &two).unwrap_err();
    assert_eq!(limiter.reset(&all(), &two), Usage { settled: 2, held: 0 });
    assert_eq!(limiter.usage(&all(), &two), Usage::default());
    clock.advance(30_000);
    (0..2).for_each(|_| limiter.count(&all(), &two).unwrap());
    clock.advance(30_000);
    limiter.count(&all(), &two).unwrap_err();
}

#[test]
fn a_hold_under_way_stays_held_and_is_charged_in_the_bucket_that_was_reset() {
    let limiter = Limiter::in_memory(Manual::at(NOW));
    spend(&limiter, 40);
    let (kept, back) =
        (limiter.hold(&all(), &rule(), 30).unwrap(), limiter.hold(&all(), &rule(), 20).unwrap());
    assert_eq!(limiter.reset(&all(), &rule()), Usage { settled: 40, held: 50 });
    assert_eq!(limiter.usage(&all(), &rule()), Usage { settled: 0, held: 50 });
    limiter.hold(&all(), &rule(), 51).unwrap_err();
    kept.settle(25);
    back.release();
    assert_eq!(limiter.usage(&all(), &rule()), Usage { settled: 25, held: 0 });
}

#[test]
fn other_buckets_and_one_that_is_not_there_are_left_alone() {
    let limiter = Limiter::in_memory(Manual::at(NOW));
    limiter.count(&all(), &rule()).unwrap();
    assert_eq!(limiter.reset(&Key::new("other"), &rule()), Usage::default());
    assert_eq!((limiter.usage(&all(), &rule()).settled, limiter.stats().buckets), (1, 1));
}

#[test]
fn what_was_forgotten_stays_so_after_a_crash_and_what_came_later_counts() {
    let folder = Folder::new();
    let limiter = open(&folder);
    spend(&limiter, 7);
    limiter.count(&all(), &rule()).unwrap();
    limiter.tick().unwrap();
    (0..3).for_each(|_| limiter.count(&all(), &rule()).unwrap());
    let mut under_way = limiter.hold(&all(), &rule(), 20).unwrap();
    limiter.mark_sent(&mut under_way);
    assert_eq!(limiter.reset(&all(), &rule()), Usage { settled: 11, held: 20 });
    assert_eq!(after_a_crash(&folder).settled, 20, "the call that had left, in full");
    limiter.tick().unwrap();
    under_way.settle(5);
    limiter.count(&all(), &rule()).unwrap();
    limiter.tick().unwrap();
    assert_eq!(after_a_crash(&folder), Usage { settled: 6, held: 0 });
    limiter.reset(&all(), &rule());
    assert_eq!(after_a_crash(&folder), Usage::default());
}

#[test]
fn counts_of_other_windows_that_were_not_written_yet_do_not_come_back() {
    let folder = Folder::new();
    let limiter = open(&folder);
    let hour = Rule { window: Duration::from_secs(3600), ..rule() };
    for turn in 0..6 {
        let rule = if turn % 2 == 0 { &hour } else { &rule() };
        limiter.count(&all(), rule).unwrap();
    }
    limiter.reset(&all(), &hour);
    limiter.tick().unwrap();
    assert_eq!(open(&folder.crashed()).usage(&all(), &hour), Usage::default());
}

#[test]
fn a_journal_whose_records_changed_places_says_the_same() {
    let folder = Folder::new();
    let limiter = open(&folder);
    let mut ends = vec![folder.journal().1.len()];
    let mut note = || ends.push(folder.journal().1.len());
    spend(&limiter, 7);
    note();
    limiter.reset(&all(), &rule());
    note();
    spend(&limiter, 9);
    note();
    let (name, bytes) = folder.journal();
    let part = |n: usize| &bytes[ends[n]..ends[n + 1]];
    let swapped = folder.crashed();
    for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 1, 0]] {
        let parts: Vec<_> = order.into_iter().map(part).collect();
        swapped.write(&name, &[&bytes[..ends[0]], &parts.concat()].concat());
        assert_eq!(after_a_crash(&swapped).settled, 9, "{order:?}");
    }
}
