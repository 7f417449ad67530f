//! Tests of the built-in provider: its answers are what our own readers take for OpenAI's.

use super::answer;
use crate::Body;
use http::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

const BODY: &[u8] = br#"{"model":"echo","messages":[{"role":"user","content":"no"},{"role":"user","content":"three  small words"},{"role":"assistant","content":"x"}]}"#;

async fn read(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.expect("a body").to_bytes().to_vec()
}

async fn plain(model: &str, body: &[u8]) -> (u16, Value) {
    let response = answer(model, body, false);
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    (status, serde_json::from_slice(&read(response).await).expect("JSON"))
}

async fn events(model: &str, body: &[u8]) -> Vec<String> {
    let response = answer(model, body, true);
    assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
    let mut found = Vec::new();
    let mut events = chat::Events::default();
    let bytes = read(response).await;
    events
        .push(&bytes, &mut |it| found.push(String::from_utf8_lossy(&it.data).into_owned()))
        .expect("small");
    assert!(events.rest().is_empty());
    found
}

#[tokio::test]
async fn a_plain_answer_repeats_the_last_user_message() {
    let (status, mut reply) = plain("echo", BODY).await;
    assert_eq!(status, 200);
    assert!(matches!(
        chat::reply(reply.to_string().as_bytes()),
        chat::Reply::Good { usage: Some(_), .. }
    ));
    assert!(reply["id"].as_str().is_some_and(|it| it.starts_with("chatcmpl-echo-")));
    assert!(reply["created"].as_u64().is_some_and(|it| it > 1_700_000_000));
    let members = reply.as_object_mut().expect("an object");
    members.retain(|name, _| name != "id" && name != "created");
    let expected = json!({
        "object": "chat.completion",
        "model": "echo",
        "system_fingerprint": "pointsman-builtin-echo",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": "three  small words", "refusal": null},
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": {"prompt_tokens": 29, "completion_tokens": 5, "total_tokens": 34},
    });
    assert_eq!(reply, expected);
}

#[tokio::test]
async fn a_stream_has_the_words_the_reason_and_the_end() {
    let events = events("echo", BODY).await;
    let chunks: Vec<_> = events.iter().map(|it| chat::chunk(it.as_bytes())).collect();
    assert!(!chunks[0].meaningful, "the role comes first");
    assert!(chunks[1..chunks.len() - 1].iter().all(|it| it.meaningful));
    assert!(chunks.last().is_some_and(|it| it.done));
    assert!(chunks.iter().all(|it| it.usage.is_none() && !it.malformed), "usage was not asked for");
    let values: Vec<Value> = events.iter().filter_map(|it| serde_json::from_str(it).ok()).collect();
    let text: String =
        values.iter().filter_map(|it| it["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(text, "three  small words");
    assert!(values.iter().all(|it| it["id"] == values[0]["id"] && it.get("usage").is_none()));
    assert_eq!(values[values.len() - 1]["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_stream_ends_with_usage_when_asked() {
    let body = br#"{"model":"echo","messages":[{"role":"user","content":"hi"}],"stream_options":{"include_usage":true}}"#;
    let events = events("echo", body).await;
    let usage = chat::chunk(events[events.len() - 2].as_bytes());
    assert!(usage.usage_only);
    assert_eq!(usage.usage.map(|it| (it.usage.tokens_in(), it.usage.tokens_out())), Some((8, 1)));
    assert!(events[0].contains(r#""usage":null"#));
}

#[tokio::test(start_paused = true)]
async fn echo_slow_pauses_between_words() {
    let start = Instant::now();
    let words = events("echo-slow", BODY).await.len();
    assert_eq!(words, 1 + 4 + 1 + 1, "role, words, reason, end");
    assert_eq!(start.elapsed(), Duration::from_millis(300));
    let start = Instant::now();
    assert_eq!(plain("echo-slow", BODY).await.0, 200);
    assert_eq!(start.elapsed(), Duration::from_millis(300));
}

#[tokio::test]
async fn failures_are_openai_errors() {
    let (status, reply) = plain("echo-fail", BODY).await;
    assert_eq!((status, &reply["error"]["type"]), (500, &json!("server_error")));
    let message = "the built-in echo provider fails on purpose for the model echo-fail";
    assert_eq!(chat::error_message(reply.to_string().as_bytes()).as_deref(), Some(message));
    let (status, reply) = plain("echo-loud", BODY).await;
    assert_eq!((status, &reply["error"]["code"]), (404, &json!("model_not_found")));
    let (status, reply) = plain("echo", b"{}").await;
    assert_eq!(
        (status, &reply["error"]["message"]),
        (400, &json!("`model` is missing from the request body"))
    );
}

#[tokio::test]
async fn every_form_of_content_is_repeated() {
    for (messages, expected) in [
        (
            r#"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},{"type":"text","text":"b"}]}]"#,
            "a\nb",
        ),
        (r#"[{"role":"user","content":""}]"#, ""),
        (
            r#"[{"role":"system","content":"s"}]"#,
            "(the built-in echo found no user message to repeat)",
        ),
        ("[]", "(the built-in echo found no user message to repeat)"),
        (r#"[{"role":"user","content":"漢\n字\u0041"}]"#, "漢\n字A"),
    ] {
        let body = format!(r#"{{"model":"echo","messages":{messages}}}"#);
        let (_, reply) = plain("echo", body.as_bytes()).await;
        assert_eq!(reply["choices"][0]["message"]["content"], expected, "{messages}");
    }
}
