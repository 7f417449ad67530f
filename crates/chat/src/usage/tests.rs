//! Tests of usage: golden objects as providers send them, and that the classes add up.

use super::Usage;
use proptest::prelude::*;

fn usage(text: &str) -> Option<Usage> {
    Usage::from_openai(&serde_json::value::RawValue::from_string(text.to_owned()).expect("JSON"))
}

#[test]
fn openai_details_are_taken_out_of_their_totals() {
    let text = r#"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,
        "prompt_tokens_details":{"cached_tokens":60,"audio_tokens":10},
        "completion_tokens_details":{"reasoning_tokens":20,"audio_tokens":5,"accepted_prediction_tokens":3,"rejected_prediction_tokens":0}}"#;
    let expected = Usage {
        input: 30,
        cache_read: 60,
        audio_input: 10,
        output: 25,
        reasoning: 20,
        audio_output: 5,
        cache_write: 0,
    };
    assert_eq!(usage(text), Some(expected));
    assert_eq!((expected.tokens_in(), expected.tokens_out()), (100, 50));
}

#[test]
fn other_providers_forms_are_read() {
    let deepseek = r#"{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_cache_hit_tokens":12,"prompt_cache_miss_tokens":8}"#;
    assert_eq!(
        usage(deepseek),
        Some(Usage { input: 8, cache_read: 12, output: 5, ..Usage::default() })
    );
    let openrouter = r#"{"prompt_tokens":194,"completion_tokens":2,"total_tokens":196,"cost":0.95,"prompt_tokens_details":{"cached_tokens":0,"cache_write_tokens":100,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}"#;
    assert_eq!(
        usage(openrouter),
        Some(Usage { input: 94, cache_write: 100, output: 2, ..Usage::default() })
    );
    let xai = r#"{"prompt_tokens":32,"completion_tokens":9,"total_tokens":135,"completion_tokens_details":{"reasoning_tokens":94}}"#;
    assert_eq!(usage(xai), Some(Usage { input: 32, output: 9, reasoning: 94, ..Usage::default() }));
}

#[test]
fn details_never_exceed_their_total() {
    let text = r#"{"prompt_tokens":5,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":9,"audio_tokens":9},"completion_tokens_details":{"reasoning_tokens":9}}"#;
    assert_eq!(usage(text), Some(Usage { cache_read: 5, reasoning: 3, ..Usage::default() }));
}

#[test]
fn null_and_unknown_forms_are_no_usage() {
    for text in ["null", "{}", "[]", "3", r#"{"total_tokens":3}"#, r#"{"prompt_tokens":"3"}"#] {
        assert_eq!(usage(text), None, "{text}");
    }
    let nulls = r#"{"prompt_tokens":3,"completion_tokens":null,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null}}"#;
    assert_eq!(usage(nulls), Some(Usage { input: 3, ..Usage::default() }));
}

proptest! {
    #[test]
    fn the_classes_of_each_side_add_up_to_its_total(
        [prompt, completion, cached, written, audio_in, reasoning, audio_out] in any::<[u64; 7]>()
    ) {
        let text = format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"prompt_tokens_details":{{"cached_tokens":{cached},"cache_write_tokens":{written},"audio_tokens":{audio_in}}},"completion_tokens_details":{{"reasoning_tokens":{reasoning},"audio_tokens":{audio_out}}}}}"#);
        let usage = usage(&text).expect("usage");
        prop_assert_eq!(usage.tokens_in(), prompt);
        prop_assert_eq!(usage.tokens_out(), completion);
    }
}
