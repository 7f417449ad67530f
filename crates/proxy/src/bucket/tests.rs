use super::Bucket;
use limits::Key;
use proptest::prelude::*;
use route::Value;
use std::borrow::Cow;

fn bucket(parts: &[&str]) -> Bucket {
    let mut name = Vec::new();
    for part in parts {
        super::push(&mut name, part.as_bytes());
    }
    Bucket(Key(name.into()))
}

fn value() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|it| Value::Number(it.into())),
        ".{0,6}".prop_map(|it| Value::Text(Cow::Owned(it))),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(|it| Value::Other(it.into())),
    ]
}

proptest! {
    #[test]
    fn different_parts_and_values_never_share_a_bucket(
        a in prop::collection::vec(".{0,4}", 3),
        b in prop::collection::vec(".{0,4}", 3),
        x in value(),
        y in value(),
    ) {
        let of = |parts: &[String], value| {
            let parts: Vec<_> = parts.iter().map(String::as_str).collect();
            bucket(&parts).of(Some(value))
        };
        prop_assert_eq!(of(&a, &x) == of(&b, &y), a == b && x == y);
    }
}

#[test]
fn numbers_are_the_same_however_they_are_written() {
    let of = |text: &str| {
        let number: serde_json::Number = serde_json::from_str(text).expect("a number");
        bucket(&["r"]).of(Some(&Value::Number(number)))
    };
    for (a, b, same) in [
        ("10", "10.0", true),
        ("10", "1e1", true),
        ("0", "-0.0", true),
        ("0.1", "0.10", true),
        ("-3", "-3.0", true),
        ("10", "10.5", false),
        ("9007199254740993", "9007199254740992", false),
    ] {
        assert_eq!(of(a) == of(b), same, "{a} {b}");
    }
}

#[test]
fn a_missing_value_counts_as_the_empty_text() {
    let bucket = bucket(&["r"]);
    assert_eq!(bucket.of(None), bucket.of(Some(&Value::Text(Cow::Borrowed("")))));
    assert_ne!(bucket.of(None), bucket.of(Some(&Value::Null)));
    assert_ne!(bucket.of(None), bucket.shared());
}
