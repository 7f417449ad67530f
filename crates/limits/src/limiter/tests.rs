//! What happens when the disk fails. Everything else is tested from outside, in `tests/it`.

use std::path::PathBuf;

use super::*;
use crate::Technique;

#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Millis {
        1_000_000
    }
}

fn rule() -> Rule {
    Rule { limit: 1_000, window: Duration::from_secs(60), technique: Technique::Sliding }
}

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("limits-{name}-{}", std::process::id()))
}

fn spend(limiter: &Arc<Limiter>) {
    let mut permit = limiter.hold(&Key::new("all"), &rule(), 10).expect("the limit is far");
    limiter.mark_sent(&mut permit);
    permit.settle(7);
}

fn settled(limiter: &Limiter) -> u64 {
    limiter.usage(&Key::new("all"), &rule()).settled
}

#[test]
fn a_settlement_that_cannot_be_written_counts_and_the_next_tick_saves_it() {
    let dir = folder("full");
    let limiter = Limiter::open(&dir, Arc::new(Still)).unwrap();
    spend(&limiter);
    limiter.journal.as_ref().unwrap().fill_disk();
    spend(&limiter);
    limiter.count(&Key::new("all"), &rule()).unwrap();
    assert_eq!((settled(&limiter), limiter.stats().journal_errors), (15, 2));
    limiter.tick().unwrap();
    spend(&limiter);
    assert_eq!(limiter.stats().journal_errors, 3, "the counts of that tick, and nothing after it");
    drop(limiter);
    assert_eq!(settled(&Limiter::open(&dir, Arc::new(Still)).unwrap()), 22);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_happens_during_a_compaction_is_restored_once() {
    let dir = folder("during");
    let limiter = Limiter::open(&dir, Arc::new(Still)).unwrap();
    spend(&limiter);
    let mut under_way = limiter.hold(&Key::new("all"), &rule(), 100).unwrap();
    let journal = limiter.journal.as_ref().unwrap();
    let write = |snapshot: &mut crate::journal::Snapshot| {
        limiter.mark_sent(&mut under_way);
        spend(&limiter);
        limiter.count(&Key::new("all"), &rule()).unwrap();
        limiter.write(journal, snapshot)
    };
    journal.compact(&mut journal.upkeep(), write).unwrap();
    drop(under_way);
    spend(&limiter);
    assert_eq!(settled(&limiter), 7 + 100 + 7 + 1 + 7);
    drop(limiter);
    assert_eq!(settled(&Limiter::open(&dir, Arc::new(Still)).unwrap()), 122);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn ticks_fail_while_the_directory_is_away_and_save_everything_when_it_is_back() {
    let (dir, away) = (folder("there"), folder("away"));
    let limiter = Limiter::open(&dir, Arc::new(Still)).unwrap();
    limiter.journal.as_ref().unwrap().fill_disk();
    std::fs::rename(&dir, &away).unwrap();
    spend(&limiter);
    for _ in 0..3 {
        let error = limiter.tick().unwrap_err();
        assert!(error.to_string().contains("limits"), "{error}");
    }
    std::fs::rename(&away, &dir).unwrap();
    limiter.tick().unwrap();
    let journals = dir.read_dir().unwrap().filter(|entry| {
        entry.as_ref().unwrap().file_name().to_str().unwrap().starts_with("limits.journal.")
    });
    assert_eq!(journals.count(), 1, "failed attempts leave nothing behind");
    drop(limiter);
    assert_eq!(settled(&Limiter::open(&dir, Arc::new(Still)).unwrap()), 7);
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn what_nobody_ticks_for_is_bounded_and_still_saved_by_a_late_tick() {
    let dir = folder("late");
    let limiter = Limiter::open(&dir, Arc::new(Still)).unwrap();
    let other = Rule { window: Duration::from_secs(61), ..rule() };
    let most = Rule { limit: u64::MAX, ..rule() };
    for turn in 0..140_000 {
        let rule = if turn % 2 == 0 { &other } else { &most };
        limiter.count(&Key::new("all"), &Rule { limit: u64::MAX, ..*rule }).unwrap();
    }
    limiter.tick().unwrap();
    drop(limiter);
    assert_eq!(settled(&Limiter::open(&dir, Arc::new(Still)).unwrap()), 140_000);
    std::fs::remove_dir_all(dir).unwrap();
}
