//! Tests of usage: golden objects as providers send them, and that the classes add up.

use super::{Reported, Stated, Usage};
use proptest::prelude::*;

fn reported(text: &str) -> Option<Reported> {
    let raw = serde_json::value::RawValue::from_string(text.to_owned()).expect("JSON");
    Reported::from_openai(&raw)
}

fn usage(text: &str) -> Option<Usage> {
    reported(text).map(|it| it.usage)
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
        ..Usage::default()
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
fn what_stands_at_the_top_is_part_of_the_totals() {
    let mistral =
        r#"{"prompt_tokens":13,"completion_tokens":15,"total_tokens":28,"num_cached_tokens":8}"#;
    let expected = Usage { input: 5, cache_read: 8, output: 15, ..Usage::default() };
    assert_eq!(usage(mistral), Some(expected));
    let together =
        r#"{"prompt_tokens":15,"completion_tokens":25,"total_tokens":40,"cached_tokens":4}"#;
    let expected = Usage { input: 11, cache_read: 4, output: 25, ..Usage::default() };
    assert_eq!(usage(together), Some(expected));
    let sglang = r#"{"prompt_tokens":25,"total_tokens":100,"completion_tokens":75,"prompt_tokens_details":null,"reasoning_tokens":30}"#;
    let expected = Usage { input: 25, output: 45, reasoning: 30, ..Usage::default() };
    assert_eq!(usage(sglang), Some(expected));
}

#[test]
fn the_latest_usage_counts_unless_only_an_earlier_one_has_tokens() {
    let [zeros, few, many] = [0, 1, 9].map(|tokens| {
        reported(&format!(r#"{{"prompt_tokens":{tokens},"completion_tokens":{tokens}}}"#))
    });
    for (earlier, later, latest) in [
        (few, many, many),
        (many, few, few),
        (many, zeros, many),
        (zeros, few, few),
        (None, zeros, zeros),
        (few, None, few),
    ] {
        assert_eq!(Reported::latest(earlier, later), latest, "{earlier:?}, then {later:?}");
    }
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

#[test]
fn what_is_written_to_a_cache_is_told_by_how_long_it_stays() {
    let text = r#"{"prompt_tokens":100,"completion_tokens":1,"cache_creation_input_tokens":70,"cache_read_input_tokens":20,
        "cache_creation":{"ephemeral_5m_input_tokens":50,"ephemeral_1h_input_tokens":20}}"#;
    let expected = Usage {
        input: 10,
        cache_read: 20,
        cache_write: 50,
        cache_write_1h: 20,
        output: 1,
        ..Usage::default()
    };
    assert_eq!(usage(text), Some(expected));
    let nested = r#"{"prompt_tokens":100,"completion_tokens":1,"prompt_tokens_details":{"cache_creation_input_tokens":70,"cache_creation":{"ephemeral_1h_input_tokens":20}}}"#;
    let expected =
        Usage { input: 30, cache_write: 50, cache_write_1h: 20, output: 1, ..Usage::default() };
    assert_eq!(usage(nested), Some(expected));
}

#[test]
fn images_are_a_class_of_either_side() {
    let text = r#"{"prompt_tokens":100,"completion_tokens":90,"prompt_tokens_details":{"text_tokens":40,"image_tokens":60},"completion_tokens_details":{"image_tokens":80}}"#;
    let expected =
        Usage { input: 40, image_input: 60, output: 10, image_output: 80, ..Usage::default() };
    assert_eq!(
        reported(text),
        Some(Reported { usage: expected, consistent: true, stated: Stated::default() })
    );
}

#[test]
fn a_cache_counted_beside_the_prompt_is_known_by_the_total() {
    let text = r#"{"prompt_tokens":5,"completion_tokens":3,"total_tokens":1008,"cache_read_input_tokens":1000}"#;
    let found = reported(text).expect("usage");
    assert_eq!(found.usage, Usage { input: 5, cache_read: 1000, output: 3, ..Usage::default() });
    assert!(found.consistent);
}

#[test]
fn numbers_that_do_not_add_up_are_told_and_nothing_is_lost() {
    for (text, tokens_in, tokens_out) in [
        (
            r#"{"prompt_tokens":5,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":9}}"#,
            5,
            3,
        ),
        (
            r#"{"prompt_tokens":5,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":9}}"#,
            5,
            3,
        ),
        (
            r#"{"prompt_tokens":5,"completion_tokens":3,"prompt_tokens_details":{"audio_tokens":9}}"#,
            5,
            3,
        ),
        (r#"{"prompt_tokens":5,"completion_tokens":3,"total_tokens":20}"#, 5, 15),
        (r#"{"prompt_tokens":5,"completion_tokens":3,"total_tokens":6}"#, 5, 3),
        (
            r#"{"prompt_tokens":5,"completion_tokens":3,"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":3}"#,
            5,
            3,
        ),
    ] {
        let found = reported(text).expect("usage");
        assert!(!found.consistent, "{text}");
        assert_eq!(
            (found.usage.tokens_in(), found.usage.tokens_out()),
            (tokens_in, tokens_out),
            "{text}"
        );
    }
}

#[test]
fn a_stated_cost_is_read_exactly_from_where_it_stands() {
    let stated = |text: &str| reported(text).expect("usage").stated;
    let number = r#"{"prompt_tokens":1,"completion_tokens":1,"cost":0.0000285,"cost_details":{"upstream_inference_cost":0.5},"is_byok":false}"#;
    assert_eq!(stated(number), Stated { cost: Some(28_500), ..Stated::default() });
    let own_key = number.replace("false", "true");
    assert_eq!(stated(&own_key).cost, Some(500_028_500), "the owner of the key pays both");
    let object = r#"{"prompt_tokens":1,"completion_tokens":1,"cost":{"input_tokens_cost":0.001,"total_cost":0.006}}"#;
    assert_eq!(stated(object), Stated { total_cost: Some(6_000_000), ..Stated::default() });
    let ticks = r#"{"prompt_tokens":1,"completion_tokens":1,"cost_in_usd_ticks":37756001}"#;
    assert_eq!(stated(ticks), Stated { ticks: Some(3_775_601), ..Stated::default() });
    let odd = r#"{"prompt_tokens":1,"completion_tokens":1,"cost":-1,"cost_in_usd_ticks":"12"}"#;
    assert_eq!(stated(odd), Stated::default());
}

#[test]
fn usage_stored_before_a_class_existed_is_read() {
    let old = r#"{"input":3,"cache_read":0,"cache_write":2,"audio_input":0,"output":4,"reasoning":0,"audio_output":0}"#;
    let expected = Usage { input: 3, cache_write: 2, output: 4, ..Usage::default() };
    assert_eq!(serde_json::from_str::<Usage>(old).expect("read"), expected);
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

    #[test]
    fn what_is_consistent_sums_to_prompt_and_completion(
        [cached, written, hour, rest_in, reasoning, rest_out] in proptest::array::uniform6(0..1u64 << 40),
        [audio_in, image_in, audio_out, image_out] in proptest::array::uniform4(0..1u64 << 40),
    ) {
        let prompt = cached + written + hour + audio_in + image_in + rest_in;
        let completion = reasoning + audio_out + image_out + rest_out;
        let text = format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{cached},"audio_tokens":{audio_in},"image_tokens":{image_in},"cache_creation":{{"ephemeral_5m_input_tokens":{written},"ephemeral_1h_input_tokens":{hour}}}}},"completion_tokens_details":{{"reasoning_tokens":{reasoning},"audio_tokens":{audio_out},"image_tokens":{image_out}}}}}"#, prompt + completion);
        let expected = Usage { input: rest_in, cache_read: cached, cache_write: written, cache_write_1h: hour, audio_input: audio_in, image_input: image_in, output: rest_out, reasoning, audio_output: audio_out, image_output: image_out };
        prop_assert_eq!(reported(&text), Some(Reported { usage: expected, consistent: true, stated: Stated::default() }));
        prop_assert_eq!(expected.tokens_in() + expected.tokens_out(), prompt + completion);
    }

    #[test]
    fn no_number_whatever_is_negative_or_lost(numbers in any::<[u64; 9]>()) {
        let [prompt, completion, total, cached, hit, written, reasoning, audio, citations] = numbers;
        let text = format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total},"prompt_cache_hit_tokens":{hit},"citation_tokens":{citations},"reasoning_tokens":{reasoning},"cache_creation_input_tokens":{written},"prompt_tokens_details":{{"cached_tokens":{cached},"audio_tokens":{audio}}}}}"#);
        let usage = usage(&text).expect("usage");
        prop_assert!(usage.tokens_in() >= prompt);
        prop_assert!(usage.tokens_out() >= completion);
        prop_assert!(usage.tokens_in().saturating_add(usage.tokens_out()) >= total);
    }
}
