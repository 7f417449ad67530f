//! The reader against `serde_json`: same texts accepted, same values seen.

use super::{Cursor, is_filled, plain, whole};
use proptest::prelude::*;
use serde::de::IgnoredAny;

fn accepts(text: &[u8]) -> bool {
    let mut cursor = Cursor::new(text);
    cursor.skip().and_then(|()| cursor.end()).is_ok()
}

#[track_caller]
fn check(text: &str, expected: bool) {
    assert_eq!(accepts(text.as_bytes()), expected, "{text}");
    assert_eq!(serde_json::from_str::<IgnoredAny>(text).is_ok(), expected, "serde_json on {text}");
}

#[test]
fn valid_texts_are_accepted() {
    for text in [
        "{}",
        " [ ] ",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.5e+10",
        "1E5",
        r#""""#,
        r#""\u00e4\n""#,
        r#""\ud800""#,
        r#"{"a":[1,{"b":null}],"c":"d"}"#,
        "[[[[]]]]",
        "\r\n\t 1 ",
        "\"ü漢\"",
    ] {
        check(text, true);
    }
}

#[test]
fn invalid_texts_are_refused() {
    for text in [
        "",
        "{",
        "[",
        "}",
        "[1,]",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{a:1}"#,
        "[1 2]",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "nul",
        "truee",
        "NaN",
        r#"""#,
        r#""\x""#,
        r#""\u12g4""#,
        r#""\u12"#,
        "\"\n\"",
        "\"a\tb\"",
        "1 2",
        "{}x",
        "[}",
        "{]",
        "'a'",
        "\u{feff}{}",
        "\"abcdefghijk\u{1}\"",
        r#""abcdefg\"#,
    ] {
        check(text, false);
    }
}

#[test]
fn nesting_is_accepted_up_to_128_levels() {
    assert!(accepts(format!("{}{}", "[".repeat(128), "]".repeat(128)).as_bytes()));
    assert!(!accepts(format!("{}{}", "[".repeat(129), "]".repeat(129)).as_bytes()));
    assert!(
        accepts(format!("[{}]", vec!["[[]]"; 200].join(",")).as_bytes()),
        "siblings do not add up"
    );
}

#[test]
fn whole_numbers_are_read_exactly() {
    for (text, expected) in [
        ("0", Some(0)),
        ("12.0", Some(12)),
        ("12.00", Some(12)),
        ("18446744073709551615", Some(u64::MAX)),
        ("18446744073709551616", None),
        ("12.5", None),
        ("-1", None),
        ("1e3", None),
        ("null", None),
        ("\"1\"", None),
    ] {
        assert_eq!(whole(text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn empty_values_say_nothing() {
    for text in ["null", "\"\"", "[]", "{}", "[ ]", "{\n}"] {
        assert!(!is_filled(text.as_bytes()), "{text}");
    }
    for text in ["\" \"", "[null]", "0", "false", "{\"a\":null}"] {
        assert!(is_filled(text.as_bytes()), "{text}");
    }
}

/// Texts near JSON: a generated value, printed, with a few bytes changed, removed or doubled.
fn near_json() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(
        (any::<prop::sample::Index>(), "[\\[\\]{}\",:\\\\0-9eE.+\\-a-f \\n]"),
        0..3,
    );
    (crate::head::tests::value(), edits).prop_map(|(value, edits)| {
        let mut text: Vec<char> = value.to_string().chars().collect();
        for (at, new) in edits {
            let at = at.index(text.len());
            text.splice(at..at + 1, new.chars());
            if text.is_empty() {
                text.push(' ');
            }
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn accepts_what_serde_json_accepts(text in near_json()) {
        prop_assert_eq!(accepts(text.as_bytes()), serde_json::from_str::<IgnoredAny>(&text).is_ok());
    }

    #[test]
    fn soup_of_tokens_is_judged_as_serde_json_does(
        tokens in prop::collection::vec(
            prop::sample::select(vec!["{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u0041\"", "1", "-2.5e3", "null", " ", "true"]),
            0..12,
        )
    ) {
        let text = tokens.concat();
        prop_assert_eq!(accepts(text.as_bytes()), serde_json::from_str::<IgnoredAny>(&text).is_ok());
    }

    #[test]
    fn the_plain_prefix_is_what_a_simple_loop_finds(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let simple = bytes.iter().position(|it| matches!(it, b'"' | b'\\' | 0..0x20)).unwrap_or(bytes.len());
        prop_assert_eq!(plain(&bytes), simple);
    }

    #[test]
    fn rare_specials_are_found_where_they_are(len in 0_usize..70, at in any::<prop::sample::Index>(), special in prop::sample::select(vec![b'"', b'\\', 0, 0x1f])) {
        let mut bytes = vec![0xff_u8; len + 1];
        let at = at.index(bytes.len());
        bytes[at] = special;
        prop_assert_eq!(plain(&bytes), at);
    }
}
