//! Streams, event by event.

use crate::converse::Decoder;
use crate::event::{Begin, Delta, Event, StreamDecoder};
use crate::reply::{Broken, Finish};
use crate::request::{Content, Opaque};
use serde_json::json;

fn decode(frames: &[(&str, serde_json::Value)]) -> (Vec<Event>, Result<(), Broken>) {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    for (name, data) in frames {
        let read =
            decoder.frame(Some(name), data.to_string().as_bytes(), &mut |it| events.push(it));
        if read.is_err() {
            return (events, read);
        }
    }
    let end = decoder.finish(&mut |it| events.push(it));
    (events, end)
}

fn delta(index: u64, delta: &serde_json::Value) -> (&'static str, serde_json::Value) {
    ("contentBlockDelta", json!({ "contentBlockIndex": index, "delta": delta }))
}

fn start(index: u64, start: &serde_json::Value) -> (&'static str, serde_json::Value) {
    ("contentBlockStart", json!({ "contentBlockIndex": index, "start": start }))
}

fn stop(index: u64) -> (&'static str, serde_json::Value) {
    ("contentBlockStop", json!({ "contentBlockIndex": index }))
}

fn end(reason: &str) -> (&'static str, serde_json::Value) {
    ("messageStop", json!({ "stopReason": reason }))
}

fn text(text: &str) -> Event {
    Event::Delta(Delta::Text(text.to_owned()))
}

fn tool(id: &str, name: &str) -> Event {
    Event::Begin(Begin::ToolCall { id: id.to_owned(), name: name.to_owned() })
}

fn arguments(text: &str) -> Event {
    Event::Delta(Delta::Arguments(text.to_owned()))
}

#[test]
fn blocks_that_overlap_come_one_after_the_other() {
    let (events, ended) = decode(&[
        start(0, &json!({ "toolUse": { "toolUseId": "a", "name": "f" } })),
        start(1, &json!({ "toolUse": { "toolUseId": "b", "name": "g" } })),
        delta(1, &json!({ "toolUse": { "input": "{\"b\":" } })),
        delta(0, &json!({ "toolUse": { "input": "{\"a\":1}" } })),
        delta(1, &json!({ "toolUse": { "input": "2}" } })),
        stop(0),
        stop(1),
        end("tool_use"),
    ]);
    assert_eq!(ended, Ok(()));
    assert_eq!(
        events,
        [
            tool("a", "f"),
            arguments("{\"a\":1}"),
            Event::End,
            tool("b", "g"),
            arguments("{\"b\":"),
            arguments("2}"),
            Event::End,
            Event::Finish(Finish::ToolCalls),
        ]
    );
}

#[test]
fn a_call_without_arguments_has_an_empty_object() {
    let (events, _) = decode(&[
        start(0, &json!({ "toolUse": { "toolUseId": "a", "name": "now" } })),
        delta(0, &json!({ "toolUse": { "input": "" } })),
        stop(0),
        end("tool_use"),
    ]);
    assert_eq!(events[1..4], [arguments(""), arguments("{}"), Event::End]);
}

#[test]
fn a_signature_in_pieces_is_one() {
    let (events, _) = decode(&[
        delta(0, &json!({ "reasoningContent": { "text": "hm" } })),
        delta(0, &json!({ "reasoningContent": { "signature": "abc" } })),
        delta(0, &json!({ "reasoningContent": { "signature": "def" } })),
        stop(0),
        end("end_turn"),
    ]);
    let opaque = Opaque {
        family: "anthropic-claude-v1".to_owned(),
        data: "abcdef".to_owned(),
        encrypted: false,
    };
    let begin = Event::Begin(Begin::Thought { is_summary: false, id: None });
    let opaque = Event::Delta(Delta::Opaque(opaque));
    assert_eq!(events[..4], [begin, text("hm"), opaque, Event::End]);
}

#[test]
fn an_empty_start_and_a_missing_stop_are_tolerated() {
    let (events, ended) = decode(&[
        ("messageStart", json!({ "role": "assistant" })),
        start(0, &json!({})),
        delta(0, &json!({ "text": "Hello" })),
        ("somethingNew", json!({ "p": "abc" })),
        end("end_turn"),
    ]);
    assert_eq!(ended, Ok(()));
    let rest = [Event::Begin(Begin::Text), text("Hello"), Event::End, Event::Finish(Finish::Stop)];
    assert_eq!(events[1..], rest);
}

#[test]
fn a_tool_of_the_providers_own_comes_in_one_piece() {
    let (events, _) = decode(&[
        start(
            0,
            &json!({ "toolUse": { "toolUseId": "a", "name": "nova_grounding", "type": "server_tool_use" } }),
        ),
        delta(0, &json!({ "toolUse": { "input": "{\"query\":" } })),
        delta(0, &json!({ "toolUse": { "input": "\"x\"}" } })),
        stop(0),
        start(1, &json!({ "toolResult": { "toolUseId": "a", "status": "success" } })),
        delta(1, &json!({ "toolResult": [{ "json": { "n": 1 } }] })),
        stop(1),
        end("end_turn"),
    ]);
    let call = json!({ "toolUseId": "a", "name": "nova_grounding", "type": "server_tool_use", "input": { "query": "x" } });
    let result =
        json!({ "toolUseId": "a", "status": "success", "content": [{ "json": { "n": 1 } }] });
    let whole = |kind: &str, it| Event::Begin(Begin::Whole(Content::Other(kind.to_owned(), it)));
    assert_eq!(
        events[..4],
        [whole("toolUse", call), Event::End, whole("toolResult", result), Event::End]
    );
}

#[test]
fn a_stream_without_an_end_is_cut_off() {
    let (_, ended) = decode(&[delta(0, &json!({ "text": "Hel" }))]);
    assert_eq!(ended, Err(Broken::new("the stream ends without `messageStop`")));
}

#[test]
fn an_exception_is_an_error_with_its_name() {
    let (events, _) = decode(&[
        delta(0, &json!({ "text": "Hel" })),
        (
            "modelStreamErrorException",
            json!({ "message": "the model failed", "originalStatusCode": 500 }),
        ),
    ]);
    let error = Event::Error {
        message: "the model failed".to_owned(),
        kind: Some("modelStreamErrorException".to_owned()),
    };
    assert_eq!(events.last(), Some(&error));
}
