//! Tests of complete replies and of error bodies of many providers.

use super::{FinishReason, Reply, error_message, reply, reply_as};
use crate::format::Format;
use crate::usage::{Reported, Usage};

#[test]
fn a_completion_is_good() {
    let body = br#"{"id":"1","object":"chat.completion","choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":2},"error":null}"#;
    let usage = Usage { input: 3, output: 2, ..Usage::default() };
    let usage = Some(Reported { usage, consistent: true, ..Reported::default() });
    assert_eq!(reply(body), Reply::Good { usage, finish: None });
    assert_eq!(reply(br#" {"choices":[{}]} "#), Reply::Good { usage: None, finish: None });
}

#[test]
fn an_error_inside_a_200_is_an_error() {
    let body = br#"{"choices":[{}],"error":{"message":"no\ncapacity","code":503}}"#;
    let raw = r#"{"message":"no\ncapacity","code":503}"#.to_owned();
    assert_eq!(reply(body), Reply::Error { message: "no capacity".to_owned(), raw });
    let body = r#"{"object":"error","message":"bad model"}"#;
    assert_eq!(
        reply(body.as_bytes()),
        Reply::Error { message: "bad model".to_owned(), raw: body.to_owned() }
    );
    let body = br#"{"error":{"code":1}}"#;
    assert_eq!(
        reply(body),
        Reply::Error {
            message: "an error without a message".to_owned(),
            raw: r#"{"code":1}"#.to_owned()
        }
    );
}

#[test]
fn what_is_not_a_completion_is_broken() {
    for (body, expected) in [
        ("", "the body is empty"),
        (" \n", "the body is empty"),
        ("<!doctype html>", "the body is HTML or XML, not JSON"),
        ("[]", "the body is not a JSON object"),
        ("data: {}", "the body is not a JSON object"),
        (r#"{"choices":[{"mess"#, "the body is not valid JSON, or was cut short"),
        (r#"{"choices":[{}]}{"#, "the body is not valid JSON, or was cut short"),
        (r#"{"id":"1"}"#, "the body has no `choices`"),
        (r#"{"choices":[]}"#, "the body has no `choices`"),
        (r#"{"choices":null}"#, "the body has no `choices`"),
    ] {
        assert_eq!(reply(body.as_bytes()), Reply::Broken { why: expected }, "{body}");
    }
}

#[test]
fn error_messages_are_found_in_every_providers_shape() {
    for (body, expected) in [
        (r#"{"error":{"message":"m","type":"t","param":null,"code":null}}"#, Some("m")),
        (r#"{"error":"m"}"#, Some("m")),
        (r#"{"message":"m"}"#, Some("m")),
        (r#"{"object":"error","message":"m","type":"invalid_request_error"}"#, Some("m")),
        (r#"{"detail":"m"}"#, Some("m")),
        (r#"{"detail":[{"loc":["body"],"msg":"m","type":"missing"}]}"#, Some("m")),
        (r#"{"success":false,"errors":[{"code":7000,"message":"m"}]}"#, Some("m")),
        (r#"[{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}]"#, Some("m")),
        (r#"{"error":{"code":1},"message":"m"}"#, Some("m")),
        (r#"{"error":{"message":" a\n\tb  c\u0000 "}}"#, Some("a b c")),
        (r#"{"error":""}"#, None),
        (r#"{"ok":true}"#, None),
        ("<html>502</html>", None),
        ("", None),
    ] {
        assert_eq!(error_message(body.as_bytes()).as_deref(), expected, "{body}");
    }
}

#[test]
fn long_messages_are_cut_at_a_character() {
    let body =
        serde_json::json!({"error": {"message": format!("a{}", "ü".repeat(2000))}}).to_string();
    let message = error_message(body.as_bytes()).expect("a message");
    assert_eq!(message.len(), 2047);
}

#[test]
fn a_reply_is_judged_by_what_its_format_has() {
    use crate::{Format, reply_as};
    for (format, good) in [
        (
            Format::Responses,
            r#"{"object":"response","status":"completed","error":null,"output":[],"usage":{"input_tokens":3,"output_tokens":1}}"#,
        ),
        (
            Format::Messages,
            r#"{"type":"message","content":[],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}"#,
        ),
        (
            Format::Embeddings,
            r#"{"object":"list","data":[{"embedding":[0.5]}],"usage":{"prompt_tokens":3,"total_tokens":3}}"#,
        ),
        (Format::Gemini, r#"{"candidates":[],"usageMetadata":{"promptTokenCount":3}}"#),
        (
            Format::Converse,
            r#"{"output":{},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":1}}"#,
        ),
        (
            Format::Cohere,
            r#"{"message":{},"usage":{"billed_units":{"input_tokens":3,"output_tokens":1}}}"#,
        ),
    ] {
        let Reply::Good { usage: Some(usage), .. } = reply_as(format, good.as_bytes()) else {
            panic!("{format:?}: {:?}", reply_as(format, good.as_bytes()));
        };
        assert_eq!(usage.usage.input, 3, "{format:?}");
        let other = br#"{"choices":[{}]}"#;
        assert!(matches!(reply_as(format, other), Reply::Broken { .. }), "{format:?}");
    }
    for (format, error) in [
        (
            Format::Messages,
            r#"{"type":"error","error":{"type":"api_error","message":"no"},"request_id":"r"}"#,
        ),
        (Format::Messages, r#"{"type":"error","message":"no"}"#),
        (
            Format::Responses,
            r#"{"status":"failed","error":{"code":"server_error","message":"no"},"output":[]}"#,
        ),
        (Format::Responses, r#"{"status":"failed","error":null,"message":"no","output":[]}"#),
        (Format::Gemini, r#"{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}"#),
    ] {
        let Reply::Error { message, .. } = reply_as(format, error.as_bytes()) else {
            panic!("{format:?}: {error}");
        };
        assert_eq!(message, "no", "{error}");
    }
}

#[test]
fn why_the_first_answer_ended_is_found_in_every_format() {
    use FinishReason::{ContentFilter, Length, ToolCalls};
    for (format, body, expected) in [
        (
            Format::Chat,
            r#"{"choices":[{"message":{},"finish_reason":"tool_calls"},{"finish_reason":"stop"}]}"#,
            ToolCalls,
        ),
        (Format::Messages, r#"{"content":[],"stop_reason":"tool_use"}"#, ToolCalls),
        (
            Format::Responses,
            r#"{"output":[],"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}"#,
            Length,
        ),
        (
            Format::Responses,
            r#"{"output":[],"status":"completed","incomplete_details":null}"#,
            FinishReason::Stop,
        ),
        (
            Format::Gemini,
            r#"{"candidates":[{"finishReason":"SAFETY"},{"finishReason":"STOP"}]}"#,
            ContentFilter,
        ),
        (Format::Converse, r#"{"output":{},"stopReason":"max_tokens"}"#, Length),
        (Format::Cohere, r#"{"message":{},"finish_reason":"MAX_TOKENS"}"#, Length),
    ] {
        let found = reply_as(format, body.as_bytes());
        assert_eq!(found, Reply::Good { usage: None, finish: Some(expected) }, "{body}");
    }
}
