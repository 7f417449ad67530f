use std::time::Duration;

use super::*;
use crate::Technique;

fn rule(milliseconds: u64, technique: Technique) -> Rule {
    Rule { limit: u64::MAX, window: Duration::from_millis(milliseconds), technique }
}

fn charge(bucket: &mut Bucket, now: Millis, rule: &Rule) {
    bucket.learn(rule.span());
    let (at, _) = bucket.admit(now, rule, 1).expect("there is no limit");
    bucket.charge(at, at, 1);
}

#[test]
fn a_bucket_busy_for_hours_keeps_no_more_slots_than_its_window_has() {
    for window in [1, 2, 63, 64, 65, 100, 1_000, 60_000, 86_400_000] {
        let rule = rule(window, Technique::Sliding);
        let mut bucket = Bucket::default();
        let step = (window / 640).max(1);
        for tick in 0..3_000 {
            charge(&mut bucket, 1_000_000_007 + tick * step, &rule);
            assert!(bucket.slots.len() <= 65, "{} slots for {window} ms", bucket.slots.len());
        }
    }
}

#[test]
fn four_rules_at_once_keep_no_more_slots_than_their_windows_have() {
    let rules = [
        rule(1_000, Technique::Sliding),
        rule(60_000, Technique::Sliding),
        rule(3_600_000, Technique::Sliding),
        rule(86_400_000, Technique::Fixed),
    ];
    let mut bucket = Bucket::default();
    let mut now = 1_000_000_007;
    for turn in 0..40_000_u64 {
        now += 7 + (turn * 37) % 900;
        for rule in &rules {
            charge(&mut bucket, now, rule);
        }
        assert!(bucket.slots.len() <= 4 * Bucket::SLOTS_PER_RULE + 1);
    }
    assert_eq!(bucket.spans.len(), 4);
}

#[test]
fn the_longest_window_is_never_forgotten() {
    let mut bucket = Bucket::default();
    for window in [5_000, 86_400_000, 1_000, 2_000, 3_000, 4_000, 6_000] {
        bucket.learn(rule(window, Technique::Sliding).span());
    }
    assert_eq!(bucket.spans.len(), Bucket::RULES);
    assert_eq!(bucket.horizon(), 86_400_000);
}

#[test]
fn a_saved_bucket_is_the_same_bucket() {
    let mut bucket = Bucket::default();
    for now in [1_000, 2_000, 50_000, 61_000] {
        charge(&mut bucket, now, &rule(60_000, Technique::Sliding));
    }
    bucket.mark_sent(7, Sent { at: 3, amount: 4 });
    bucket.advance(9);
    let mut bytes = Vec::new();
    bucket.encode(&mut bytes);
    let read = Bucket::decode(&mut crate::record::Fields(&bytes)).expect("it was just written");
    assert_eq!((read.slots, read.spans, read.sent), (bucket.slots, bucket.spans, bucket.sent));
    assert_eq!(read.sequence, 9);
    for short in 0..bytes.len() {
        let short = bytes.get(..short).unwrap();
        assert!(Bucket::decode(&mut crate::record::Fields(short)).is_none());
    }
}
