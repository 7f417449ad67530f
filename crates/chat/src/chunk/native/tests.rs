//! Streams as these providers document them, event by event.

use crate::chunk::{Chunk, chunk_as};
use crate::events::Events;
use crate::format::Format;
use crate::reply::reply_as;
use crate::usage::{Reported, Usage};
use proptest::prelude::*;
use serde_json::Value;

/// The events of a stream, and what they come to together.
fn stream(format: Format, text: &str) -> (Vec<Chunk>, Option<Reported>) {
    let (mut chunks, mut usage) = (Vec::new(), None);
    let mut events = Events::default();
    events
        .push(text.as_bytes(), &mut |event| {
            let chunk = chunk_as(format, event.name, &event.data);
            assert!(!chunk.malformed, "{}", String::from_utf8_lossy(event.raw));
            usage = Reported::merged(format, usage, chunk.usage);
            chunks.push(chunk);
        })
        .expect("small events");
    (chunks, usage)
}

/// Positions of the events for which this holds.
fn those(chunks: &[Chunk], holds: impl Fn(&Chunk) -> bool) -> Vec<usize> {
    chunks.iter().enumerate().filter(|(_, it)| holds(it)).map(|(index, _)| index).collect()
}

#[test]
fn a_messages_stream_is_an_answer_at_its_first_text_and_ends_with_its_stop() {
    let text = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"claude","stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type":"ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":15}}

event: message_stop
data: {"type":"message_stop"}

"#;
    let (chunks, usage) = stream(Format::Messages, text);
    assert_eq!(those(&chunks, |it| it.meaningful), [3, 5]);
    assert_eq!(those(&chunks, |it| it.finished), [5]);
    assert_eq!(those(&chunks, |it| it.done), [6]);
    let expected = Usage { input: 25, output: 15, ..Usage::default() };
    assert_eq!(usage.map(|it| it.usage), Some(expected));
    let bytes: u64 = chunks.iter().map(|it| it.content_bytes).sum();
    assert_eq!(bytes, 7, "the text with its quotes");
}

#[test]
fn tools_and_thinking_of_a_messages_stream_are_answers_and_signatures_are_not() {
    let meaningful = |data: &str| chunk_as(Format::Messages, None, data.as_bytes()).meaningful;
    for (data, expected) in [
        (
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            false,
        ),
        (
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}"#,
            true,
        ),
        (
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}"#,
            false,
        ),
        (
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"Em"}}"#,
            true,
        ),
        (
            r#"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"f","input":{}}}"#,
            true,
        ),
        (
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
            false,
        ),
        (
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a"}}"#,
            true,
        ),
    ] {
        assert_eq!(meaningful(data), expected, "{data}");
    }
}

#[test]
fn a_responses_stream_is_an_answer_at_its_first_delta_and_ends_completed() {
    let text = r#"event: response.created
data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","object":"response","status":"in_progress","error":null,"output":[],"usage":null}}

event: response.output_item.added
data: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}}

event: response.output_text.delta
data: {"type":"response.output_text.delta","sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"Hi"}

event: response.output_text.done
data: {"type":"response.output_text.done","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,"text":"Hi"}

event: response.completed
data: {"type":"response.completed","sequence_number":4,"response":{"id":"resp_1","object":"response","status":"completed","error":null,"output":[{"type":"message"}],"usage":{"input_tokens":37,"output_tokens":11,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":48}}}

"#;
    let (chunks, usage) = stream(Format::Responses, text);
    assert_eq!(those(&chunks, |it| it.meaningful), [2, 4]);
    assert_eq!(those(&chunks, |it| it.finished && it.done), [4]);
    assert_eq!(those(&chunks, |it| it.response_id.as_deref() == Some("resp_1")), [0]);
    assert_eq!(chunks.last().and_then(|it| it.sequence), Some(4));
    let expected = Usage { input: 37, output: 11, ..Usage::default() };
    assert_eq!(usage.map(|it| it.usage), Some(expected));
}

#[test]
fn what_a_responses_event_means_stands_in_its_type() {
    for (data, meaningful) in [
        (
            r#"{"type":"response.output_item.added","item":{"type":"reasoning","summary":[]}}"#,
            false,
        ),
        (
            r#"{"type":"response.output_item.added","item":{"type":"function_call","name":"f","arguments":""}}"#,
            true,
        ),
        (r#"{"type":"response.reasoning_summary_text.delta","delta":"Hm"}"#, true),
        (r#"{"type":"response.function_call_arguments.delta","delta":""}"#, false),
        (r#"{"type":"response.incomplete","response":{"status":"incomplete"}}"#, true),
        (r#"{"type":"response.in_progress","response":{}}"#, false),
    ] {
        assert_eq!(
            chunk_as(Format::Responses, None, data.as_bytes()).meaningful,
            meaningful,
            "{data}"
        );
    }
}

#[test]
fn errors_in_a_stream_are_known_in_every_format() {
    for (format, name, data, said) in [
        (
            Format::Messages,
            Some("error"),
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            "Overloaded",
        ),
        (Format::Messages, None, r#"{"type":"error"}"#, "error"),
        (
            Format::Responses,
            None,
            r#"{"type":"error","code":"ERR","message":"went wrong","param":null,"sequence_number":1}"#,
            "went wrong",
        ),
        (
            Format::Responses,
            None,
            r#"{"type":"error","error":{"code":"rate_limit_exceeded","message":"slow down"}}"#,
            "slow down",
        ),
        (
            Format::Responses,
            None,
            r#"{"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"sorry"}}}"#,
            "sorry",
        ),
        (
            Format::Gemini,
            None,
            r#"{"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}"#,
            "overloaded",
        ),
        (Format::Converse, Some("throttlingException"), r#"{"message":"too many"}"#, "too many"),
    ] {
        let chunk = chunk_as(format, name, data.as_bytes());
        let error = chunk.error.unwrap_or_default();
        assert!(error.contains(said), "{data}: {error}");
        assert!(!chunk.meaningful, "{data}");
    }
}

#[test]
fn a_gemini_stream_is_an_answer_at_its_first_part_and_counts_as_it_goes() {
    let text = r#"data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":4,"totalTokenCount":4}}

data: {"candidates":[{"content":{"parts":[{"text":"Hm","thought":true}],"role":"model"},"index":0}]}

data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}},"thoughtSignature":"Cg=="}],"role":"model"},"finishReason":"STOP","index":0}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":9,"thoughtsTokenCount":2,"totalTokenCount":15}}

"#;
    let (chunks, usage) = stream(Format::Gemini, text);
    assert_eq!(those(&chunks, |it| it.meaningful), [1, 2]);
    assert_eq!(those(&chunks, |it| it.finished), [2]);
    let expected = Usage { input: 4, output: 9, reasoning: 2, ..Usage::default() };
    assert_eq!(usage.map(|it| it.usage), Some(expected));
    let blocked = chunk_as(Format::Gemini, None, br#"{"promptFeedback":{"blockReason":"SAFETY"}}"#);
    assert!(blocked.finished && blocked.meaningful);
}

#[test]
fn a_cohere_stream_ends_with_its_usage() {
    let text = r#"data: {"type":"message-start","id":"1","delta":{"message":{"role":"assistant","content":[]}}}

data: {"type":"content-start","index":0,"delta":{"message":{"content":{"type":"text","text":""}}}}

data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":"Hi"}}}}

data: {"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"f","type":"function","function":{"name":"f","arguments":""}}}}}

data: {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":3,"output_tokens":1},"tokens":{"input_tokens":70,"output_tokens":1}}}}

"#;
    let (chunks, usage) = stream(Format::Cohere, text);
    assert_eq!(those(&chunks, |it| it.meaningful), [2, 3, 4]);
    assert_eq!(those(&chunks, |it| it.done && it.finished), [4]);
    assert_eq!(usage.map(|it| it.usage.input), Some(3));
}

#[test]
fn a_converse_stream_ends_with_its_metadata() {
    let events = [
        ("messageStart", r#"{"role":"assistant"}"#),
        ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
        (
            "contentBlockStart",
            r#"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"f"}}}"#,
        ),
        ("messageStop", r#"{"stopReason":"end_turn"}"#),
        (
            "metadata",
            r#"{"usage":{"inputTokens":3,"outputTokens":1,"totalTokens":4},"metrics":{"latencyMs":1}}"#,
        ),
    ];
    let chunks: Vec<_> = events
        .iter()
        .map(|(name, data)| chunk_as(Format::Converse, Some(name), data.as_bytes()))
        .collect();
    assert_eq!(those(&chunks, |it| it.meaningful), [1, 2, 3]);
    assert_eq!(those(&chunks, |it| it.finished), [3]);
    assert_eq!(those(&chunks, |it| it.done && it.usage.is_some()), [4]);
}

#[test]
fn what_is_not_json_is_malformed_in_every_format() {
    for format in Format::ALL {
        for data in ["{", "<html>", r#"{"a":1} x"#, "[1]", "7"] {
            assert!(chunk_as(format, None, data.as_bytes()).malformed, "{format:?} {data}");
        }
        assert!(chunk_as(format, None, b"[DONE]").done);
        assert_eq!(chunk_as(format, None, b""), Chunk::default());
    }
}

/// JSON that is made of the words of all these formats.
fn json() -> impl Strategy<Value = Value> {
    let name = || {
        prop::sample::select(vec![
            "type",
            "delta",
            "usage",
            "error",
            "content",
            "parts",
            "candidates",
            "finishReason",
            "message",
            "response",
            "item",
            "text",
            "input_tokens",
            "promptTokenCount",
            "billed_units",
            "stop_reason",
            "usageMetadata",
            "x",
        ])
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "error",
            "message_delta",
            "response.completed",
            "content-delta",
            "\u{1F682}"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..6).prop_map(|it| it
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_a_provider_sends_is_read_or_malformed(value in json(), cut in 0..200_usize) {
        let text = value.to_string();
        let cut = text.floor_char_boundary(cut.min(text.len()));
        for format in Format::ALL {
            let chunk = chunk_as(format, Some("error"), text.as_bytes());
            prop_assert_eq!(chunk.malformed, !value.is_object());
            prop_assert!(!(chunk.error.is_some() && chunk.malformed));
            // Half of it is never taken for the whole, and nothing of it panics.
            let half = text.get(..cut).unwrap_or_default();
            let _ = (chunk_as(format, None, half.as_bytes()), reply_as(format, half.as_bytes()));
            let _ = Reported::read_as(format, text.as_bytes());
        }
    }
}
