//! Streams: what the client gets, byte for byte, and how they end.

use super::rig::{Endings, Rig, relay};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use proxy::call::{Ending, EndingKind, Room};
use serde_json::Value;
use std::time::Duration;
use testkit::{FakeUpstream, Script};
use tokio::time::Instant;

const ROLE: &str =
    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
const TEXT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}\n\n";
const END: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str =
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n";
const DONE: &str = "data: [DONE]\n\n";

async fn relayed(parts: &[&str]) -> (String, Ending) {
    text(Rig::playing([Script::sse(parts)]).streaming().relayed().await)
}

fn text((bytes, ending): (Bytes, Ending)) -> (String, Ending) {
    (String::from_utf8(bytes.to_vec()).expect("text"), ending)
}

/// The error event that ends a broken stream.
fn last_error(text: &str) -> Value {
    assert!(!text.contains("[DONE]"), "{text}");
    let last = text.trim_end().rsplit("\n\n").next().expect("an event");
    let value: Value =
        serde_json::from_str(last.strip_prefix("data: ").expect("data")).expect("JSON");
    value["error"].clone()
}

fn tokens(ending: &Ending) -> Option<(u64, u64)> {
    ending.usage.map(|it| (it.usage.tokens_in(), it.usage.tokens_out()))
}

#[tokio::test(start_paused = true)]
async fn what_is_held_before_the_answer_is_sent_unchanged() {
    let many = ROLE.repeat(62_000 / ROLE.len());
    let parts = [": hello\n\n", "event: ping\ndata: {}\n\n", ROLE, &many, TEXT, END, DONE];
    let (text, ending) = relayed(&parts).await;
    assert_eq!(text, parts.concat());
    assert_eq!(ending.kind, EndingKind::Complete);
    assert_eq!(ending.bytes, u64::try_from(text.len()).expect("small"));
}

#[tokio::test(start_paused = true)]
async fn a_usage_event_only_we_asked_for_is_withheld() {
    for script in [Script::stream(&["Hel", "lo"]), Script::stream(&["Hel", "lo"]).byte_by_byte()] {
        let rig = Rig::playing([script.clone()]).streaming();
        let (without, ending) = text(rig.relayed().await);
        assert!(rig.upstream.seen()[0].asks_usage());
        assert_eq!(tokens(&ending), Some((5, 7)));
        let (with, ending) =
            text(Rig::playing([script]).streaming().asking_usage().relayed().await);
        assert_eq!(tokens(&ending), Some((5, 7)));
        let events: Vec<_> = with.split_inclusive("\n\n").collect();
        let usage = events.iter().find(|it| it.contains("\"usage\"")).expect("asked for");
        assert_eq!(without, with.replace(usage, ""));
        assert!(without.ends_with(DONE));
    }
}

#[tokio::test(start_paused = true)]
async fn usage_is_not_asked_for_where_it_is_not_wanted_or_not_understood() {
    let mut rig = Rig::playing([Script::sse(&[TEXT, END, USAGE, DONE])]).streaming();
    rig.want_usage = false;
    let (text_, ending) = text(rig.relayed().await);
    assert!(text_.contains("usage"), "what the provider sends by itself goes through");
    assert_eq!(tokens(&ending), Some((5, 7)));
    rig.want_usage = true;
    let (row, key) = (providers::find("mistral").expect("a row"), rig.endpoint.key.take());
    rig.endpoint = providers::Endpoint::new(row, Some("http://upstream.test"), key).expect("good");
    rig.relayed().await;
    assert!(rig.upstream.seen().iter().all(|it| !it.asks_usage()));
}

#[tokio::test(start_paused = true)]
async fn streams_of_every_cut_and_line_end_are_answers() {
    for script in [
        Script::stream(&["Hel", "lo"]),
        Script::stream(&["Hel", "lo"]).crlf(),
        Script::stream(&["Hel", "lo"]).byte_by_byte(),
        Script::stream(&["Hel", "lo"]).crlf().byte_by_byte(),
        Script::stream(&["Hel", "lo"]).without_header("content-type"),
        Script::stream(&["Hel", "lo"]).header("content-type", "Text/Event-Stream"),
        Script::tool_call_stream("f", ["{\"city\":", "\"Oslo\"}"]),
    ] {
        let (text, ending) = text(Rig::playing([script]).streaming().relayed().await);
        assert!(text.trim_end().ends_with("[DONE]"), "{text}");
        assert_eq!((ending.kind, ending.usage.is_some()), (EndingKind::Complete, true));
    }
}

#[tokio::test(start_paused = true)]
async fn chunks_go_on_as_they_come() {
    let parts = [ROLE, TEXT, TEXT, &[TEXT, TEXT].concat(), END, DONE];
    let script = Script::sse(&parts).paced(Duration::from_millis(10));
    let mut body = Rig::playing([script]).streaming().live().await.relay(Box::new(drop));
    let start = Instant::now();
    let mut chunks = Vec::new();
    while let Some(frame) = body.frame().await {
        chunks.push(frame.expect("good").into_data().expect("data"));
    }
    assert_eq!(chunks, parts);
    assert_eq!(start.elapsed(), Duration::from_millis(40), "nothing waits for anything");
}

#[tokio::test(start_paused = true)]
async fn finish_has_run_when_the_last_event_is_released() {
    for parts in [vec![ROLE, TEXT, END, DONE], vec![&*[ROLE, TEXT, END, DONE].concat()]] {
        let script = Script::sse(&parts).paced(Duration::from_millis(10));
        let endings = Endings::default();
        let live = Rig::playing([script]).streaming().live().await;
        let mut body = live.relay(endings.finish());
        while let Some(frame) = body.frame().await {
            let data = frame.expect("good").into_data().expect("data");
            let last = data.windows(6).any(|it| it == b"[DONE]");
            assert_eq!(endings.count(), usize::from(last));
        }
        drop(body);
        assert_eq!(endings.only().kind, EndingKind::Complete);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_done_is_complete_after_a_finish_reason_and_only_then() {
    let (text, ending) = relayed(&[TEXT, END, USAGE]).await;
    assert_eq!(text, [TEXT, END].concat());
    assert_eq!((ending.kind.clone(), tokens(&ending)), (EndingKind::Complete, Some((5, 7))));
    let (text, ending) = relayed(&[TEXT, END.trim_end()]).await;
    assert_eq!(text, [TEXT, END.trim_end()].concat(), "the last blank line may be missing");
    assert_eq!(ending.kind, EndingKind::Complete);
    let (text, ending) = relayed(&[TEXT, TEXT]).await;
    assert!(text.starts_with(&TEXT.repeat(2)));
    assert_eq!(last_error(&text)["code"], "stream_broken");
    assert!(matches!(ending.kind, EndingKind::Broken(_)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_ends_with_an_error_event_and_a_good_body() {
    let half = "data: {\"choices\":[{\"delta\":{\"content\":\"Hal";
    for (script, why) in [
        (Script::sse(&[TEXT]).reset_after(1), "the connection to the provider broke"),
        (Script::sse(&[TEXT, half]).reset_after(2), "the connection to the provider broke"),
        (Script::sse(&[TEXT, half]), "its last event is cut off"),
        (Script::sse(&[TEXT]).stall_after(1), "nothing came for 60000 ms"),
        (Script::sse(&[TEXT, half]).stall_after(2), "nothing came for 60000 ms"),
        (Script::sse(&[TEXT, ": ping\n\n"]), "it ended in the middle"),
    ] {
        let (text, ending) = text(Rig::playing([script]).streaming().relayed().await);
        assert!(text.starts_with(TEXT), "{text}");
        assert!(!text.contains("Hal\n"), "half an event is not released: {text}");
        let error = last_error(&text);
        assert!(error["message"].as_str().expect("a message").contains(why), "{error}");
        assert_eq!(error["type"], "upstream_error");
        let EndingKind::Broken(said) = ending.kind else { panic!("{ending:?}") };
        assert!(said.contains(why));
        assert_eq!(ending.bytes, u64::try_from(text.len()).expect("small"));
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_measured_from_the_last_chunk() {
    let parts = [TEXT; 4];
    let script = Script::sse(&parts).paced(Duration::from_secs(50)).stall_after(7);
    let rig = Rig::playing([script]).streaming();
    let start = Instant::now();
    let (bytes, _) = rig.relayed().await;
    assert_eq!(start.elapsed(), Duration::from_secs(3 * 50 + 60));
    assert!(bytes.starts_with(TEXT.repeat(4).as_bytes()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(rig.upstream.seen()[0].dropped.is_some(), "the call is cancelled");
}

#[tokio::test(start_paused = true)]
async fn an_error_event_of_the_provider_is_the_last_thing_the_client_gets() {
    let error =
        "event: error\r\ndata: {\"error\":{\"message\":\"quota\",\"code\":7},\"x\":1}\r\n\r\n";
    for parts in [vec![TEXT, error, TEXT, DONE], vec![&*[TEXT, error, TEXT, DONE].concat()]] {
        let (text, ending) = relayed(&parts).await;
        assert_eq!(text, [TEXT, error].concat());
        let EndingKind::Broken(why) = ending.kind else { panic!("{ending:?}") };
        assert!(why.contains("quota"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_with_the_key_in_it_is_replaced() {
    let upstream = FakeUpstream::answering(|seen| {
        let said = seen.header("authorization");
        Script::sse(&[TEXT, &format!("data: {{\"error\":{{\"message\":\"no {said}\"}}}}\n\n")])
    });
    let (text, ending) = text(Rig::of(upstream).streaming().relayed().await);
    assert!(!text.contains(super::rig::KEY) && !format!("{ending:?}").contains(super::rig::KEY));
    let message = last_error(&text)["message"].clone();
    assert!(message.as_str().expect("text").contains("no Bearer [redacted]"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_lingers_after_done_is_not_waited_for_long() {
    let rig = Rig::playing([Script::sse(&[TEXT, END, DONE]).stall_after(3)]).streaming();
    let start = Instant::now();
    let (text, ending) = text(rig.relayed().await);
    assert!(text.ends_with(DONE));
    assert_eq!(ending.kind, EndingKind::Complete);
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_large_first_event_is_an_answer() {
    let image = format!(
        "data: {{\"choices\":[{{\"delta\":{{\"images\":[\"{}\"]}}}}]}}\n\n",
        "i".repeat(500_000)
    );
    let (first, second) = image.split_at(200_000);
    let parts = [ROLE, first, second, &image, END, DONE];
    let (text, ending) = relayed(&parts).await;
    assert!(text == parts.concat());
    assert_eq!(ending.kind, EndingKind::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_long_event_that_breaks_off_is_closed_before_the_error() {
    let half = format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}", "l".repeat(100_000));
    let script = Script::sse(&[TEXT, &half]).reset_after(2);
    let (text, _) = text(Rig::playing([script]).streaming().relayed().await);
    assert!(text.contains(&half), "too long to be held");
    assert_eq!(last_error(&text)["code"], "stream_broken");
}

#[tokio::test(start_paused = true)]
async fn a_stream_can_be_collected_for_later() {
    let live =
        Rig::playing([Script::sse(&[ROLE, TEXT, END, USAGE, DONE])]).streaming().live().await;
    let (bytes, ending) = live.collect().await;
    assert_eq!(bytes, [ROLE, TEXT, END, DONE].concat());
    assert_eq!((ending.kind.clone(), tokens(&ending)), (EndingKind::Complete, Some((5, 7))));
    let live = Rig::playing([Script::sse(&[TEXT]).reset_after(1)]).streaming().live().await;
    let (bytes, ending) = text(live.collect().await);
    assert_eq!(last_error(&bytes)["code"], "stream_broken");
    assert!(matches!(ending.kind, EndingKind::Broken(_)));
}

#[tokio::test(start_paused = true)]
async fn a_collection_is_bounded() {
    let chunk = TEXT.repeat(10_000);
    let parts = vec![chunk.as_str(); 40];
    let rig = Rig::playing([Script::sse(&parts)]).streaming();
    let (bytes, ending) = text(rig.live().await.collect().await);
    assert!(bytes.len() < 9 * 1024 * 1024);
    assert!(last_error(&bytes)["message"].as_str().expect("text").contains("larger than 8 MiB"));
    assert!(matches!(ending.kind, EndingKind::Broken(_)));
}

#[tokio::test(start_paused = true)]
async fn what_the_client_is_given_is_kept_when_asked_for_and_not_too_large() {
    let parts = [TEXT, TEXT, END, DONE];
    for (script, kept) in [
        (Script::sse(&parts).paced(Duration::from_millis(1)), true),
        (Script::sse(&[&parts.concat()]), true),
        (Script::sse(&parts).paced(Duration::from_millis(1)).reset_after(2), true),
        (Script::sse(&[&TEXT.repeat(100), END, DONE]), false),
    ] {
        let live = Rig::playing([script]).streaming().live().await;
        let (bytes, ending) = relay(live.keeping(1000)).await;
        assert_eq!(ending.body.map(|it| it.concat()), kept.then(|| bytes.to_vec()));
    }
    let (_, ending) = Rig::playing([Script::sse(&parts)]).streaming().relayed().await;
    assert_eq!(ending.body, None, "nobody asked for it");
    let script = Script::sse(&parts).paced(Duration::from_millis(1));
    let endings = Endings::default();
    let live = Rig::playing([script]).streaming().live().await;
    let mut body = live.keeping(1000).relay(endings.finish());
    let first = body.frame().await.expect("more").expect("good").into_data().expect("data");
    drop(body);
    assert_eq!(endings.only().body, Some(vec![first]));
}

#[tokio::test(start_paused = true)]
async fn all_that_is_kept_at_the_same_time_has_so_much_room() {
    let parts = [TEXT, END, DONE];
    let whole = parts.concat().len();
    let mut rig = Rig::playing([Script::sse(&parts).paced(Duration::from_millis(1))]).streaming();
    rig.cx.room = Room::new(whole);
    let first = rig.live().await;
    let second = rig.live().await;
    let (_, kept) = relay(first.keeping(1000)).await;
    assert_eq!(kept.body.map(|it| it.concat().len()), Some(whole));
    let begun = Endings::default();
    let mut body = second.keeping(1000).relay(begun.finish());
    body.frame().await.expect("more").expect("good");
    let (_, crowded) = relay(rig.live().await.keeping(1000)).await;
    assert_eq!(crowded.body, None, "the other takes some of it");
    drop(body);
    assert!(begun.only().body.is_some());
    let (_, alone) = relay(rig.live().await.keeping(1000)).await;
    assert!(alone.body.is_some(), "what has been handed on takes none");
}
