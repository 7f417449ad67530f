//! Tests of finding the usage in passing: the same as with all of the reply at hand.

use super::Skim;
use chat::{Format, Reply, Usage, reply};
use proptest::prelude::*;

fn skim(parts: &[&[u8]]) -> Skim {
    let mut skim = Skim::new(Format::Chat);
    parts.iter().for_each(|it| skim.push(it));
    skim
}

fn check(text: &str, expected: Option<u64>) {
    for size in [1, 2, 7, text.len()] {
        let parts: Vec<_> = text.as_bytes().chunks(size).collect();
        let skim = skim(&parts);
        assert_eq!(skim.usage().map(|it| it.usage.tokens_in()), expected, "{text} by {size}");
        assert!(skim.is_complete(), "{text} by {size}");
    }
}

#[test]
fn the_usage_of_the_top_level_is_found_wherever_it_stands() {
    check(r#"{"usage":{"prompt_tokens":3},"choices":[]}"#, Some(3));
    check(
        r#" { "choices" : [ {} ] , "usage" : { "prompt_tokens" : 3 , "x": [1, {}] } } "#,
        Some(3),
    );
    check(r#"{"a":"\"usage\":{\"prompt_tokens\":9},","usage":{"prompt_tokens":3}}"#, Some(3));
    check(r#"{"a":"\\","usage":{"prompt_tokens":3}}"#, Some(3));
    check(r#"{"a":{"usage":{"prompt_tokens":9}},"usages":{"prompt_tokens":9}}"#, None);
    check(r#"{"choices":[{"usage":{"prompt_tokens":9}}],"usage":null}"#, None);
    check("{}", None);
}

#[test]
fn what_is_cut_short_is_not_complete() {
    for text in [
        "",
        " ",
        "{",
        r#"{"a":""#,
        r#"{"a":"}"#,
        r#"{"a":[1,2}"#,
        r#"{"usage":{"prompt_tokens":3}"#,
    ] {
        assert!(!skim(&[text.as_bytes()]).is_complete(), "{text}");
    }
}

#[test]
fn a_long_member_is_not_kept() {
    let text = format!(r#"{{"audio":"{}","usage":{{"prompt_tokens":3}}}}"#, "x".repeat(100_000));
    let mut passing = Skim::new(Format::Chat);
    for part in text.as_bytes().chunks(1000) {
        passing.push(part);
        assert!(passing.member.len() < 100);
    }
    assert_eq!(passing.usage().map(|it| it.usage), Some(Usage { input: 3, ..Usage::default() }));
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i32>().prop_map(Into::into),
        "[a-z\"\\\\{}\\[\\],: é]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![
            "[a-z\"\\\\{,]{0,4}",
            Just("usage".to_owned()),
            Just("prompt_tokens".to_owned())
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(key, inner, 0..4)
                .prop_map(|it| serde_json::Value::Object(it.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn it_finds_what_a_parser_finds(others in json(), tokens in prop::option::of(0_u32..9), size in 1_usize..40) {
        let mut body = serde_json::json!({"choices": [others], "z": others});
        if let Some(tokens) = tokens {
            body["usage"] = serde_json::json!({"completion_tokens": tokens});
        }
        let text = body.to_string();
        let Reply::Good { usage, .. } = reply(text.as_bytes()) else { return Err(TestCaseError::fail(text)) };
        let parts: Vec<_> = text.as_bytes().chunks(size).collect();
        let skim = skim(&parts);
        prop_assert_eq!(skim.usage(), usage);
        prop_assert!(skim.is_complete());
    }
}

#[test]
fn the_last_usage_of_a_list_of_gemini_replies_counts() {
    let text = r#"[{"candidates":[],"usageMetadata":{"promptTokenCount":3}}
,
{"candidates":[{"usageMetadata":7}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":9}}
]"#;
    for size in [1, 5, text.len()] {
        let mut skim = Skim::new(Format::Gemini);
        text.as_bytes().chunks(size).for_each(|it| skim.push(it));
        assert_eq!(skim.usage().map(|it| it.usage.tokens_out()), Some(9), "by {size}");
        assert!(skim.is_complete());
    }
}
