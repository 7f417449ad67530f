//! Tests of stream chunks, with events as providers send them.

use super::{Chunk, chunk};
use crate::usage::{Reported, Usage};

fn meaningful(choice: &str) -> bool {
    let chunk =
        chunk(format!(r#"{{"object":"chat.completion.chunk","choices":[{choice}]}}"#).as_bytes());
    assert!(!chunk.malformed && chunk.error.is_none() && !chunk.done, "{choice}");
    chunk.meaningful
}

#[test]
fn an_answer_is_meaningful() {
    for choice in [
        r#"{"delta":{"content":"a"}}"#,
        r#"{"delta":{"content":" "}}"#,
        r#"{"delta":{"content":"\ud83d"}}"#,
        r#"{"delta":{"role":"assistant","reasoning":"hm"}}"#,
        r#"{"delta":{"reasoning_content":"hm"}}"#,
        r#"{"delta":{"tool_calls":[{"index":0,"id":"call_1"}]}}"#,
        r#"{"delta":{"function_call":{"name":"f"}}}"#,
        r#"{"delta":{"audio":{"id":"a"}}}"#,
        r#"{"delta":{"refusal":"no"}}"#,
        r#"{"delta":{},"finish_reason":"stop"}"#,
        r#"{"text":"old style"}"#,
        r#"{"delta":{"content":""}},{"delta":{"content":"second choice"}}"#,
    ] {
        assert!(meaningful(choice), "{choice}");
    }
}

#[test]
fn a_preamble_is_not_meaningful() {
    for choice in [
        "",
        "null",
        "{}",
        r#"{"delta":{"role":"assistant"},"finish_reason":null}"#,
        r#"{"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}"#,
        r#"{"delta":{"content":null,"tool_calls":[],"audio":{ }}}"#,
        r#"{"delta":{"content":""},"finish_reason":""}"#,
        r#"{"delta":null}"#,
    ] {
        assert!(!meaningful(choice), "{choice}");
    }
}

#[test]
fn a_finish_reason_is_told_from_content_and_content_is_measured() {
    let text = chunk(br#"{"choices":[{"delta":{"content":"four"},"finish_reason":null}]}"#);
    assert!(!text.finished);
    assert_eq!(text.content_bytes, 6, "the string with its quotes");
    let end = chunk(br#"{"choices":[{"delta":{"content":""},"finish_reason":"stop"}]}"#);
    assert!(end.finished && end.meaningful);
    assert_eq!(end.content_bytes, 0);
}

#[test]
fn the_usage_event_is_told_from_usage_beside_choices() {
    let usage = Usage { input: 3, output: 2, ..Usage::default() };
    let usage = Reported { usage, consistent: true, ..Reported::default() };
    let numbers = r#""usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}"#;
    let only = chunk(format!(r#"{{"choices":[],{numbers}}}"#).as_bytes());
    assert_eq!(only, Chunk { usage: Some(usage), usage_only: true, ..Chunk::default() });
    let beside = chunk(format!(r#"{{{numbers},"choices":[{{"delta":{{}}}}]}}"#).as_bytes());
    assert_eq!(beside, Chunk { usage: Some(usage), ..Chunk::default() });
    assert_eq!(
        chunk(br#"{"choices":[],"usage":null,"prompt_filter_results":[]}"#),
        Chunk::default()
    );
}

#[test]
fn usage_inside_x_groq_counts_where_there_is_no_other() {
    let usage = Usage { input: 18, output: 439, ..Usage::default() };
    let expected = Some(Reported { usage, consistent: true, ..Reported::default() });
    let inside = r#""x_groq":{"id":"req_1","usage":{"prompt_tokens":18,"completion_tokens":439,"total_tokens":457}}"#;
    for more in ["", r#","usage":null"#] {
        let data = format!(r#"{{"choices":[{{"delta":{{}}}}],{inside}{more}}}"#);
        assert_eq!(chunk(data.as_bytes()).usage, expected, "{data}");
    }
    let own = r#""usage":{"prompt_tokens":18,"completion_tokens":439}"#;
    let other = inside.replace("18", "17");
    for both in [format!("{own},{other}"), format!("{other},{own}")] {
        let data = format!(r#"{{"choices":[],{both}}}"#);
        assert_eq!(chunk(data.as_bytes()).usage, expected, "{data}");
    }
}

#[test]
fn errors_are_found() {
    let error = chunk(br#"{"error":{"message":"overloaded"},"choices":[]}"#).error;
    assert_eq!(error.as_deref(), Some(r#"{"message":"overloaded"}"#));
    assert_eq!(chunk(br#"{"error":null,"choices":[]}"#).error, None);
    let vllm = br#"{"object":"error","message":"bad","code":400}"#;
    assert_eq!(chunk(vllm).error.as_deref(), std::str::from_utf8(vllm).ok());
}

#[test]
fn done_empty_and_malformed_are_told_apart() {
    assert_eq!(chunk(b" [DONE] "), Chunk { done: true, ..Chunk::default() });
    assert_eq!(chunk(b""), Chunk::default());
    let malformed = Chunk { malformed: true, ..Chunk::default() };
    for data in ["{", "[]", "null", "<html>", "{} {}", r#"{"choices":[{"#, "DONE"] {
        assert_eq!(chunk(data.as_bytes()), malformed, "{data}");
    }
}
