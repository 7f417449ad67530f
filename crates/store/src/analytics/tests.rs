use std::collections::BTreeMap;

use super::Sums;
use super::cells::{key, parts};
use super::write::folded;

fn cells(counts: &[(&str, Option<&str>, u64)]) -> BTreeMap<String, Sums> {
    let cell = |(name, value, requests): &(&str, Option<&str>, u64)| {
        (key(&[Some(name), *value]), Sums { requests: *requests, ..Sums::default() })
    };
    counts.iter().map(cell).collect()
}

#[test]
fn the_rarest_values_go_into_the_rest_of_their_name() {
    let before = cells(&[
        ("user", Some("a"), 5),
        ("user", Some("b"), 1),
        ("user", None, 3),
        ("team", Some("x"), 4),
        ("team", Some("null"), 2),
    ]);
    let after = cells(&[
        ("user", Some("a"), 5),
        ("user", None, 4),
        ("team", Some("x"), 4),
        ("team", None, 2),
    ]);
    assert_eq!(folded(before, 2), after);
}

#[test]
fn the_rests_of_rare_names_go_into_one() {
    let names: Vec<String> = (0..40).map(|it| format!("name-{it:02}")).collect();
    let before: Vec<_> = names.iter().map(|it| (it.as_str(), None, 1)).collect();
    let after = folded(cells(&before), 2);
    assert_eq!(after.len(), 33);
    assert_eq!(after[&key(&[None, None])].requests, 8);
}

#[test]
fn keys_are_read_as_they_were_written() {
    let text = [Some("a\"],[\0"), None, Some("")];
    let key = key(&text);
    let all = parts(&key).unwrap();
    assert_eq!(all.iter().map(Option::as_deref).collect::<Vec<_>>(), text);
}
