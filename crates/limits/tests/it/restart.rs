//! What a restart, a crash and a damaged file leave.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Rule, Technique, Usage};

use crate::clock::Manual;
use crate::files::Folder;

const NOW: u64 = 60_000_000;

fn rule() -> Rule {
    Rule { limit: 10_000_000, window: Duration::from_secs(60), technique: Technique::Sliding }
}

fn all() -> Key {
    Key::new("all")
}

fn open(folder: &Folder) -> Arc<Limiter> {
    Limiter::open(folder.as_ref(), Manual::at(NOW)).expect("the files are whole")
}

fn used(limiter: &Limiter) -> Usage {
    limiter.usage(&all(), &rule())
}

/// Settled after a crash that leaves these files.
fn after(folder: &Folder) -> u64 {
    let usage = used(&open(&folder.crashed()));
    assert_eq!(usage.held, 0);
    usage.settled
}

fn spend(limiter: &Arc<Limiter>, hold: u64, real: u64) {
    let mut permit = limiter.hold(&all(), &rule(), hold).expect("the limit is far");
    limiter.mark_sent(&mut permit);
    permit.settle(real);
}

#[test]
fn a_settled_cost_survives_a_crash_right_after_it() {
    let folder = Folder::new();
    let limiter = open(&folder);
    for turn in 1..=20 {
        spend(&limiter, 10, 7);
        assert_eq!(after(&folder), 7 * turn);
    }
}

#[test]
fn a_crash_charges_calls_that_had_left_in_full_and_forgets_those_that_had_not() {
    let folder = Folder::new();
    let limiter = open(&folder);
    let waiting = limiter.hold(&all(), &rule(), 1_000).unwrap();
    let mut under_way = limiter.hold(&all(), &rule(), 100).unwrap();
    limiter.mark_sent(&mut under_way);
    let mut refused = limiter.hold(&all(), &rule(), 10).unwrap();
    limiter.mark_sent(&mut refused);
    refused.release();
    assert_eq!(after(&folder), 100);
    let crashed = folder.crashed();
    assert_eq!(used(&open(&crashed)).settled, 100);
    assert_eq!(used(&open(&crashed)).settled, 100, "and not again the next time");
    drop((waiting, under_way));
    assert_eq!(after(&folder), 100);
}

#[test]
fn counts_are_lost_since_the_last_tick_only() {
    let folder = Folder::new();
    let limiter = open(&folder);
    (0..5).for_each(|_| limiter.count(&all(), &rule()).unwrap());
    assert_eq!(after(&folder), 0);
    limiter.tick().unwrap();
    (0..3).for_each(|_| limiter.count(&all(), &rule()).unwrap());
    assert_eq!(after(&folder), 5);
    limiter.flush().unwrap();
    assert_eq!(after(&folder), 8);
}

#[test]
fn counts_of_many_slots_between_two_ticks_are_all_written() {
    let (folder, clock) = (Folder::new(), Manual::at(NOW));
    let limiter = Limiter::open(folder.as_ref(), Arc::clone(&clock) as _).unwrap();
    let second = Rule { window: Duration::from_secs(1), ..rule() };
    for turn in 0..200 {
        let rule = if turn % 3 == 0 { second } else { rule() };
        limiter.count(&all(), &rule).unwrap();
        clock.advance(10);
    }
    limiter.tick().unwrap();
    let restored = Limiter::open(folder.crashed().as_ref(), Arc::clone(&clock) as _).unwrap();
    for rule in [rule(), second] {
        assert_eq!(restored.usage(&all(), &rule), limiter.usage(&all(), &rule));
    }
}

#[test]
fn a_journal_cut_anywhere_gives_all_records_before_the_cut() {
    let folder = Folder::new();
    let limiter = open(&folder);
    let mut states = vec![(0, 0)];
    for turn in 0..2 {
        let mut permit = limiter.hold(&all(), &rule(), 10).unwrap();
        limiter.mark_sent(&mut permit);
        states.push((folder.journal().1.len(), turn * 7 + 10));
        permit.settle(7);
        states.push((folder.journal().1.len(), turn * 7 + 7));
    }
    let (name, bytes) = folder.journal();
    let cut = folder.crashed();
    for length in 0..=bytes.len() {
        cut.write(&name, &bytes[..length]);
        let expected = states.iter().rev().find(|(end, _)| *end <= length).unwrap().1;
        assert_eq!(after(&cut), expected, "cut at {length} of {}", bytes.len());
    }
}

#[test]
fn a_damaged_byte_in_the_journal_costs_one_record_and_never_undercharges_a_hold() {
    let folder = Folder::new();
    let limiter = open(&folder);
    (0..2).for_each(|_| spend(&limiter, 10, 7));
    let (name, bytes) = folder.journal();
    let damaged = folder.crashed();
    for position in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[position] ^= 0x10;
        damaged.write(&name, &bytes);
        let settled = after(&damaged);
        assert!(settled == 14 || settled == 17, "{settled} with byte {position} damaged");
    }
}

#[test]
fn a_damaged_snapshot_is_refused_with_its_name() {
    let folder = Folder::new();
    let limiter = open(&folder);
    spend(&limiter, 10, 7);
    drop(limiter);
    drop(open(&folder));
    let bytes = folder.read("limits.snapshot");
    let damaged = folder.crashed();
    let refused = || {
        let error = Limiter::open(damaged.as_ref(), Manual::at(NOW)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("limits.snapshot: damaged"), "{error}");
    };
    for position in 0..bytes.len() {
        damaged.write("limits.snapshot", &bytes[..position]);
        refused();
        let mut bytes = bytes.clone();
        bytes[position] ^= 0x10;
        damaged.write("limits.snapshot", &bytes);
        refused();
    }
}

#[test]
fn a_directory_serves_one_limiter_at_a_time() {
    let folder = Folder::new();
    let limiter = open(&folder);
    let error = Limiter::open(folder.as_ref(), Manual::at(NOW)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    assert!(error.to_string().contains("another process"), "{error}");
    drop(limiter);
    open(&folder);
}

#[test]
fn a_crash_between_any_two_steps_of_a_compaction_loses_nothing() {
    let folder = Folder::new();
    let limiter = open(&folder);
    (0..5).for_each(|_| limiter.count(&all(), &rule()).unwrap());
    limiter.tick().unwrap();
    let mut under_way = limiter.hold(&all(), &rule(), 1_000).unwrap();
    limiter.mark_sent(&mut under_way);
    let mut turns = 0;
    while folder.journal().1.len() <= 9 << 20 {
        (0..5_000).for_each(|_| spend(&limiter, 10, 7));
        turns += 5_000;
    }
    let before = folder.crashed();
    assert_eq!(after(&before), turns * 7 + 1_000 + 5);
    limiter.tick().unwrap();
    assert!(folder.journal().1.len() < 4_096, "the journal is compacted");
    assert_eq!(after(&folder), turns * 7 + 1_000 + 5);
    spend(&limiter, 10, 7);
    under_way.settle(500);
    let expected = turns * 7 + 7 + 500 + 5;
    assert_eq!(after(&folder), expected);

    let (new_name, new_journal) = folder.journal();
    let snapshot = folder.read("limits.snapshot");
    let begun = before.crashed();
    begun.write(&new_name, &new_journal);
    assert_eq!(after(&begun), expected, "a generation begun, no snapshot yet");
    for length in (0..=snapshot.len()).step_by(snapshot.len() / 7) {
        begun.write("limits.snapshot.new", &snapshot[..length]);
        assert_eq!(after(&begun), expected, "{length} bytes of the snapshot written");
    }
    let renamed = folder.crashed();
    let (old_name, old_journal) = before.journal();
    renamed.write(&old_name, &old_journal);
    assert_eq!(after(&renamed), expected, "renamed, the old journal still there");
}

#[test]
fn a_restart_after_the_window_begins_with_no_buckets() {
    let (folder, clock) = (Folder::new(), Manual::at(NOW));
    let limiter = Limiter::open(folder.as_ref(), Arc::clone(&clock) as _).unwrap();
    spend(&limiter, 10, 7);
    drop(limiter);
    clock.advance(60_000);
    let limiter = Limiter::open(folder.as_ref(), clock).unwrap();
    assert_eq!(limiter.stats().buckets, 0);
}

#[test]
fn a_clock_set_back_before_a_restart_gives_no_room_back() {
    let folder = Folder::new();
    spend(&open(&folder), 10, 7);
    for back in [1_000, NOW] {
        let limiter = Limiter::open(folder.crashed().as_ref(), Manual::at(NOW - back)).unwrap();
        assert_eq!(used(&limiter).settled, 7);
    }
}

#[test]
fn a_stream_admitted_hours_ago_settles_without_moving_what_came_after() {
    let (folder, clock) = (Folder::new(), Manual::at(NOW));
    let day = Rule { window: Duration::from_secs(86_400), ..rule() };
    let limiter = Limiter::open(folder.as_ref(), Arc::clone(&clock) as _).unwrap();
    let long = limiter.hold(&all(), &day, 5).unwrap();
    clock.advance(10 * 3_600_000);
    limiter.hold(&all(), &day, 10).unwrap().settle(10);
    long.settle(5);
    clock.set(NOW + 86_400_000 + 5 * 3_600_000);
    assert_eq!(limiter.usage(&all(), &day).settled, 10);
    let restored = Limiter::open(folder.crashed().as_ref(), clock).unwrap();
    assert_eq!(restored.usage(&all(), &day).settled, 10);
}

#[test]
fn a_longer_window_that_the_journal_learns_of_last_keeps_what_came_before() {
    let (folder, clock) = (Folder::new(), Manual::at(NOW));
    let limiter = Limiter::open(folder.as_ref(), Arc::clone(&clock) as _).unwrap();
    let hour = Rule { window: Duration::from_secs(3_600), ..rule() };
    spend(&limiter, 10, 7);
    clock.advance(30_000);
    assert!(limiter.hold(&all(), &hour, u64::MAX).is_err(), "asked, and refused");
    clock.advance(35_000);
    spend(&limiter, 10, 1);
    assert_eq!(limiter.usage(&all(), &hour).settled, 8);
    limiter.tick().unwrap();
    let restored = Limiter::open(folder.crashed().as_ref(), clock).unwrap();
    assert_eq!(restored.usage(&all(), &hour).settled, 8);
}
