//! Tests of the sample: escapes are undone as JSON means them, and no text is too long or too odd.

use super::{EXACT, plain, tokens};
use crate::Scale;
use proptest::prelude::*;

#[test]
fn escapes_are_undone() {
    for (raw, expected) in [
        ("plain", "plain"),
        (r#"a\"b\\c\/d"#, "a\"b\\c/d"),
        (r"line\nline\ttab", "line\nline\ttab"),
        (r"\u00e9\ud83d\ude82!", "é🚂!"),
        (r"lone \ud83d half", "lone  half"),
        (r"cut \u00", "cut 00"),
        ("cut \\", "cut "),
    ] {
        assert_eq!(plain(raw), expected, "{raw}");
    }
}

#[test]
fn a_long_text_is_counted_by_its_sample() {
    let line = "The pointsman sets the points so that a train takes its track. ";
    let long = line.repeat(4 * EXACT / line.len());
    let whole = Scale::O200k.tokens(&long);
    let sampled = tokens(Scale::O200k, &[&long]);
    assert!(sampled.abs_diff(whole) * 50 <= whole, "{sampled} of {whole}");
    let (left, right) = long.split_at(long.len() / 3);
    let split = tokens(Scale::O200k, &[left, right]);
    assert!(split.abs_diff(whole) * 50 <= whole, "{split} of {whole}");
}

proptest! {
    #[test]
    fn any_text_is_counted_without_a_panic(parts in proptest::collection::vec(".{0,40}", 0..8), times in 1_usize..3000) {
        let parts: Vec<_> = parts.iter().map(|it| it.repeat(times)).collect();
        let parts: Vec<_> = parts.iter().map(String::as_str).collect();
        let any = parts.iter().any(|it| !it.is_empty());
        let found = tokens(Scale::Other, &parts);
        prop_assert!(found > 0 || !any || parts.iter().all(|it| plain(it).is_empty()));
    }

    #[test]
    fn what_json_escapes_counts_as_what_it_means(text in "\\PC{0,60}") {
        let json = format!("{text:?}");
        let raw = json.replace("\\'", "'");
        prop_assume!(!raw.contains("\\u{"));
        prop_assert_eq!(plain(raw.trim_matches('"')).len() <= json.len(), true);
    }
}
