//! Plain replies, small and large.

use super::rig::{Endings, Rig, kinds, live, plain};
use http_body_util::BodyExt as _;
use proxy::call::{Answered, EndingKind, Question};
use serde_json::json;
use std::time::Duration;
use testkit::{FakeUpstream, Script};

#[tokio::test(start_paused = true)]
async fn a_reply_goes_back_byte_for_byte_with_its_usage() {
    let sent = r#"{ "id":"x", "choices" : [{"message":{"content":"h\u00e9"},"future":1}],
        "usage":{"prompt_tokens":5,"completion_tokens":7},"new_field":[1,2] }"#;
    let rig = Rig::playing([Script::raw(200, "application/json; charset=utf-8", sent)]);
    let Ok(Answered::Plain { status, headers, body, usage, .. }) = rig.call().await.result else {
        panic!("no plain answer");
    };
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(body, sent);
    assert_eq!(usage.map(|it| (it.usage.tokens_in(), it.usage.tokens_out())), Some((5, 7)));
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_many_chunks_or_with_tool_calls_is_a_reply() {
    let arguments = json!({"city": "Oslo"});
    for script in [Script::completion("Hello").byte_by_byte(), Script::tool_call("f", &arguments)] {
        let body = plain(Rig::playing([script]).call().await);
        let body: serde_json::Value = serde_json::from_slice(&body).expect("whole");
        assert_eq!(body["object"], "chat.completion");
    }
}

#[tokio::test(start_paused = true)]
async fn the_model_is_replaced_and_every_other_byte_kept() {
    let rig = Rig::playing([Script::completion("Hello")]);
    plain(rig.call().await);
    let seen = &rig.upstream.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/chat/completions"));
    let expected = rig.body.to_string().replace("dynamic/support", "gpt-4o-mini");
    assert_eq!(seen.body, expected);
    assert_eq!(seen.header("content-length"), expected.len().to_string());
}

fn large(bytes: usize) -> String {
    let text = "x".repeat(bytes);
    json!({"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 1}}).to_string()
}

#[tokio::test(start_paused = true)]
async fn a_reply_beyond_8_mib_is_sent_on_as_it_comes() {
    let sent = large(9 * 1024 * 1024);
    let live = Rig::playing([Script::raw(200, "application/json", sent.clone())]).live().await;
    assert_eq!(live.headers["content-type"], "application/json");
    let (body, ending) = super::rig::relay(live).await;
    assert!(body == sent);
    assert_eq!(ending.kind, EndingKind::Complete);
    assert_eq!(ending.bytes, u64::try_from(sent.len()).expect("fits"));
    assert_eq!(ending.usage.map(|it| it.usage.tokens_in()), Some(1), "found in passing");
}

#[tokio::test(start_paused = true)]
async fn finish_has_run_when_the_end_of_a_large_reply_is_released() {
    let sent = large(9 * 1024 * 1024);
    let endings = Endings::default();
    let script = Script::raw(200, "application/json", sent.clone());
    let mut body = Rig::playing([script]).live().await.relay(endings.finish());
    let mut left = sent.len();
    while left > 0 {
        left -= body.frame().await.expect("more").expect("good").into_data().expect("data").len();
        assert_eq!(endings.count(), usize::from(left == 0), "{left} bytes left");
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_reply_that_breaks_is_aborted_not_ended() {
    for script in [
        Script::raw(200, "application/json", large(9 * 1024 * 1024)).reset_after(1),
        Script::raw(200, "application/json", large(9 * 1024 * 1024)).stall_after(1),
    ] {
        let endings = Endings::default();
        let body = live(Rig::playing([script]).call().await).relay(endings.finish());
        assert!(body.collect().await.is_err());
        assert!(matches!(endings.only().kind, EndingKind::Broken(_)));
    }
}

#[tokio::test(start_paused = true)]
async fn echo_goes_through_the_same_code() {
    let mut rig = Rig::playing([]);
    let row = providers::find("echo").expect("built in");
    rig.endpoint = providers::Endpoint::new(row, None, None).expect("callable");
    rig.model = "echo";
    let body = plain(rig.call().await);
    assert!(String::from_utf8_lossy(&body).contains("hi"));
    rig.model = "echo-fail";
    assert_eq!(kinds(&rig.call().await), ["status"]);
    rig.model = "echo-slow";
    rig.policy.first_byte = Duration::from_millis(1);
    rig.body["messages"][0]["content"] = "one two three".into();
    assert_eq!(kinds(&rig.call().await), ["timeout"]);
    let mut rig = rig.streaming();
    rig.model = "echo";
    rig.policy.first_byte = Duration::from_secs(1);
    let (bytes, ending) = rig.relayed().await;
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.ends_with("data: [DONE]\n\n") && !text.contains("\"usage\":{"), "{text}");
    assert!(ending.usage.is_some(), "known to us, though the client did not ask");
}

#[tokio::test(start_paused = true)]
async fn connections_are_used_again() {
    let rig = Rig::of(FakeUpstream::answering(|seen| match seen.json()["stream"] == true {
        true => Script::stream(&["a", "b"]),
        false => Script::completion("a"),
    }));
    plain(rig.call().await);
    plain(rig.call().await);
    assert_eq!(rig.upstream.connections(), 1);
    let rig = rig.streaming();
    rig.relayed().await;
    rig.relayed().await;
    assert_eq!(rig.upstream.connections(), 1, "a stream is read to its end");
}

#[tokio::test(start_paused = true)]
async fn the_future_of_a_call_is_small() {
    let rig = Rig::playing([Script::completion("a")]);
    let body = bytes::Bytes::from(rig.body.to_string());
    let head = chat::scan(&body).expect("a chat request");
    let plan = rig.plan();
    let question = Question::new(&body, &head, dialects::OnUnsupported::Refuse);
    let future = proxy::call::call(&rig.cx, rig.with(&plan, &question));
    assert!(size_of_val(&future) <= 8 * 1024, "{} bytes", size_of_val(&future));
}
