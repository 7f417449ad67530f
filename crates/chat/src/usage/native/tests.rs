//! Golden usage objects as these providers document them, in the normal form.

use crate::format::Format;
use crate::usage::{Reported, Usage};

#[track_caller]
fn reads(format: Format, text: &str, usage: Usage) {
    let said = Reported::read_as(format, text.as_bytes()).expect("usage");
    assert_eq!(said.usage, usage, "{text}");
    assert!(said.consistent, "{text}");
}

#[test]
fn anthropic_counts_what_is_cached_beside_the_input_and_thinking_inside_the_output() {
    let text = r#"{"input_tokens":2048,"cache_read_input_tokens":1800,"cache_creation_input_tokens":248,"output_tokens":503,
        "cache_creation":{"ephemeral_5m_input_tokens":148,"ephemeral_1h_input_tokens":100},
        "output_tokens_details":{"thinking_tokens":300},"server_tool_use":{"web_search_requests":1},"service_tier":"standard"}"#;
    let usage = Usage {
        input: 2048,
        cache_read: 1800,
        cache_write: 148,
        cache_write_1h: 100,
        output: 203,
        reasoning: 300,
        ..Usage::default()
    };
    reads(Format::Messages, text, usage);
    assert_eq!((usage.tokens_in(), usage.tokens_out()), (4096, 503));
    let older = r#"{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":null,"output_tokens":1,"cache_creation":null}"#;
    let usage = Usage { input: 10, cache_write: 5, output: 1, ..Usage::default() };
    reads(Format::Messages, older, usage);
}

#[test]
fn the_input_of_a_messages_stream_is_that_of_its_start_unless_its_end_counts_again() {
    let read = |text: &str| Reported::read_as(Format::Messages, text.as_bytes());
    let start = read(r#"{"input_tokens":472,"cache_read_input_tokens":28,"output_tokens":2}"#);
    let merged = |end| Reported::merged(Format::Messages, start, read(end)).map(|it| it.usage);
    let side = Usage { input: 472, cache_read: 28, output: 89, ..Usage::default() };
    assert_eq!(merged(r#"{"output_tokens":89}"#), Some(side));
    assert_eq!(merged(r#"{"input_tokens":0,"output_tokens":89}"#), Some(side));
    let again = r#"{"input_tokens":10682,"cache_creation_input_tokens":0,"cache_read_input_tokens":100,"output_tokens":510}"#;
    let usage = Usage { input: 10682, cache_read: 100, output: 510, ..Usage::default() };
    assert_eq!(merged(again), Some(usage), "nothing is counted twice");
    assert_eq!(merged("null").map(|it| it.input), Some(472));
}

#[test]
fn for_how_long_anthropic_keeps_what_was_written_is_known_to_the_end() {
    let read = |text: &str| Reported::read_as(Format::Messages, text.as_bytes());
    let start = r#"{"input_tokens":21,"cache_creation_input_tokens":188,"output_tokens":1,
        "cache_creation":{"ephemeral_5m_input_tokens":88,"ephemeral_1h_input_tokens":100}}"#;
    let end = r#"{"input_tokens":21,"cache_creation_input_tokens":188,"output_tokens":393}"#;
    let merged = Reported::merged(Format::Messages, read(start), read(end)).map(|it| it.usage);
    let usage =
        Usage { input: 21, cache_write: 88, cache_write_1h: 100, output: 393, ..Usage::default() };
    assert_eq!(merged, Some(usage));
}

#[test]
fn gemini_counts_what_is_cached_inside_the_prompt_and_thoughts_beside_the_candidates() {
    let text = r#"{"promptTokenCount":1000,"candidatesTokenCount":80,"totalTokenCount":1330,"cachedContentTokenCount":600,"thoughtsTokenCount":200,"toolUsePromptTokenCount":50,
        "promptTokensDetails":[{"modality":"TEXT","tokenCount":700},{"modality":"AUDIO","tokenCount":100},{"modality":"IMAGE","tokenCount":200}],
        "cacheTokensDetails":[{"modality":"TEXT","tokenCount":550},{"modality":"AUDIO","tokenCount":50}],
        "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":30},{"modality":"IMAGE","tokenCount":50}]}"#;
    let usage = Usage {
        input: 200,
        cache_read: 600,
        audio_input: 50,
        image_input: 200,
        output: 30,
        reasoning: 200,
        image_output: 50,
        ..Usage::default()
    };
    reads(Format::Gemini, text, usage);
    assert_eq!((usage.tokens_in(), usage.tokens_out()), (1050, 280));
    let inside = r#"{"promptTokenCount":10,"candidatesTokenCount":100,"thoughtsTokenCount":60,"totalTokenCount":110}"#;
    let usage = Usage { input: 10, output: 40, reasoning: 60, ..Usage::default() };
    reads(Format::Gemini, inside, usage);
}

#[test]
fn responses_details_are_taken_out_of_their_totals() {
    let text = r#"{"input_tokens":100,"input_tokens_details":{"cached_tokens":60,"cache_write_tokens":10},
        "output_tokens":50,"output_tokens_details":{"reasoning_tokens":20},"total_tokens":150}"#;
    let usage = Usage {
        input: 30,
        cache_read: 60,
        cache_write: 10,
        output: 30,
        reasoning: 20,
        ..Usage::default()
    };
    reads(Format::Responses, text, usage);
    let embeddings = r#"{"prompt_tokens":8,"total_tokens":8}"#;
    reads(Format::Embeddings, embeddings, Usage { input: 8, ..Usage::default() });
}

#[test]
fn converse_counts_what_is_cached_beside_the_input() {
    let text = r#"{"inputTokens":30,"outputTokens":628,"totalTokens":1858,"cacheReadInputTokens":800,"cacheWriteInputTokens":400,
        "cacheDetails":[{"ttl":"5m","inputTokens":300},{"ttl":"1h","inputTokens":100}]}"#;
    let usage = Usage {
        input: 30,
        cache_read: 800,
        cache_write: 300,
        cache_write_1h: 100,
        output: 628,
        ..Usage::default()
    };
    reads(Format::Converse, text, usage);
    let small = r#"{"inputTokens":30,"outputTokens":628,"totalTokens":658}"#;
    reads(Format::Converse, small, Usage { input: 30, output: 628, ..Usage::default() });
}

#[test]
fn cohere_is_paid_for_what_it_bills() {
    let text = r#"{"billed_units":{"input_tokens":5,"output_tokens":418},"tokens":{"input_tokens":71,"output_tokens":418}}"#;
    reads(Format::Cohere, text, Usage { input: 5, output: 418, ..Usage::default() });
    let unbilled = r#"{"tokens":{"input_tokens":71.0,"output_tokens":4}}"#;
    reads(Format::Cohere, unbilled, Usage { input: 71, output: 4, ..Usage::default() });
}

#[test]
fn what_counts_neither_side_is_no_usage() {
    for format in Format::ALL {
        for text in ["null", "{}", "[]", "7", r#"{"service_tier":"standard"}"#, "{"] {
            assert_eq!(Reported::read_as(format, text.as_bytes()), None, "{format:?} {text}");
        }
    }
}

#[test]
fn bedrock_counts_a_call_in_a_models_own_format_in_its_last_event() {
    let event = br#"{"type":"message_stop","amazon-bedrock-invocationMetrics":{"inputTokenCount":3,"outputTokenCount":13,
        "invocationLatency":3037,"firstByteLatency":2635,"cacheReadInputTokenCount":7,"cacheWriteInputTokenCount":25037}}"#;
    let usage = Reported::of_invocation(event).expect("counts").usage;
    let expected =
        Usage { input: 3, cache_read: 7, cache_write: 25_037, output: 13, ..Usage::default() };
    assert_eq!(usage, expected);
    for event in [
        &br#"{"type":"message_stop"}"#[..],
        b"{",
        br#"{"amazon-bedrock-invocationMetrics":{"invocationLatency":1}}"#,
    ] {
        assert_eq!(Reported::of_invocation(event), None);
    }
}
