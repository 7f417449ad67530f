//! The table of what is retried and what falls back, the same for plain replies and streams.

use super::rig::{KEY, Rig, kinds};
use std::time::Duration;
use testkit::{FakeUpstream, Script};

fn good(stream: bool) -> Script {
    if stream { Script::stream(&["Hel", "lo"]) } else { Script::completion("Hello") }
}

/// A provider that fails once and would then answer; with one retry.
fn once(fault: Script, stream: bool) -> Rig {
    let rig = Rig::playing([fault, good(stream)]).retries(1).first_byte(Duration::from_secs(10));
    if stream { rig.streaming() } else { rig }
}

async fn is_retried(fault: Script, stream: bool, kind: &str) {
    let called = once(fault, stream).call().await;
    assert_eq!(kinds(&called), [kind, "ok"], "stream: {stream}, {:?}", called.attempts);
    assert!(called.result.is_ok());
}

async fn falls_back(fault: Script, stream: bool, kind: &str) {
    let rig = once(fault, stream);
    let called = rig.call().await;
    assert_eq!(kinds(&called), [kind], "stream: {stream}, {:?}", called.attempts);
    assert_eq!(called.result.expect_err("a failure").cause.kind, kind);
    assert_eq!(rig.upstream.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn statuses_that_may_pass_are_retried() {
    for status in [408, 409, 425, 429, 500, 501, 502, 503, 504, 520, 529, 599] {
        for stream in [false, true] {
            is_retried(Script::status(status), stream, "status").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn other_statuses_fall_back_at_once_and_redirects_are_not_followed() {
    let elsewhere = |status| Script::status(status).header("location", "http://elsewhere.test/");
    for status in [300, 301, 302, 303, 307, 308] {
        for stream in [false, true] {
            falls_back(elsewhere(status), stream, "status").await;
        }
    }
    for status in [400, 401, 402, 403, 404, 405, 410, 413, 415, 422, 424, 451, 499] {
        for stream in [false, true] {
            falls_back(Script::status(status), stream, "status").await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_wire_are_retried() {
    for stream in [false, true] {
        is_retried(Script::refuse(), stream, "connect").await;
        is_retried(Script::reset(), stream, "reset").await;
        is_retried(Script::stall(), stream, "timeout").await;
        is_retried(good(stream).stall_after(0), stream, "timeout").await;
        is_retried(good(stream).reset_after(0), stream, "reset").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_200_that_is_no_answer_is_retried() {
    for stream in [false, true] {
        is_retried(Script::html(), stream, "broken_body").await;
        is_retried(Script::error_in_200("overloaded"), stream, "error_in_200").await;
        is_retried(good(stream).header("content-encoding", "gzip"), stream, "broken_body").await;
        is_retried(Script::raw(200, "application/json", ""), stream, "broken_body").await;
    }
    is_retried(Script::completion("Hello").truncated(100), false, "broken_body").await;
    is_retried(Script::raw(200, "application/json", "{}"), false, "broken_body").await;
    is_retried(Script::raw(204, "application/json", ""), false, "broken_body").await;
    is_retried(Script::stream(&["Hello"]), false, "broken_body").await;
}

const ROLE: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}]}\n\n";

const TEXT: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello\"}}]}\n\n";

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_before_its_first_meaningful_event_is_retried() {
    for (script, kind) in [
        (Script::completion("Hello"), "broken_body"),
        (Script::pings(), "timeout"),
        (Script::sse(&[ROLE]), "broken_body"),
        (Script::sse(&[ROLE, "data: [DONE]\n\n"]), "broken_body"),
        (Script::sse(&[]), "broken_body"),
        (Script::sse(&[ROLE, ROLE]).reset_after(1), "reset"),
        (Script::sse(&[ROLE]).stall_after(1), "timeout"),
        (Script::sse(&[ROLE, "data: {\"choices\":[{\"del"]), "broken_body"),
        (Script::sse(&["data: Service Unavailable\n\n"]), "broken_body"),
        (Script::sse(&[ROLE, "data: {\"error\":{\"message\":\"busy\"}}\n\n"]), "error_in_200"),
        (Script::sse(&["event: error\ndata: {\"error\":\"busy\"}\n\n"]), "error_in_200"),
        (Script::sse(&[&ROLE.repeat(1100), TEXT]).stall_after(1), "broken_body"),
        (Script::html().without_header("content-type"), "broken_body"),
    ] {
        is_retried(script, true, kind).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_attempt_says_what_the_provider_said() {
    let failure = Rig::playing([Script::error(503, "the engine is overloaded")]).failure().await;
    assert_eq!(failure.status, Some(503));
    assert!(failure.cause.sent && !failure.timeout);
    assert_eq!(
        failure.cause.message,
        "the provider answered 503 (Service Unavailable): the engine is overloaded"
    );
    let failure = Rig::playing([Script::error_in_200("no capacity")]).failure().await;
    assert_eq!(failure.status, Some(200));
    assert_eq!(failure.cause.message, "the provider answered 200 with an error: no capacity");
    let text =
        Script::raw(502, "text/plain; charset=utf-8", "upstream connect error\n\tor reset\n");
    let failure = Rig::playing([text]).failure().await;
    assert!(failure.cause.message.ends_with("(Bad Gateway): upstream connect error or reset"));
    let page = Script::raw(502, "text/html", "<h1>502</h1>");
    let failure = Rig::playing([page]).failure().await;
    assert_eq!(failure.cause.message, "the provider answered 502 (Bad Gateway)");
    let failure = Rig::playing([Script::refuse()]).failure().await;
    assert_eq!(failure.status, None);
    assert!(!failure.cause.sent);
}

#[tokio::test(start_paused = true)]
async fn an_error_body_that_stalls_does_not_hide_its_status() {
    let rig = Rig::playing([Script::status(503).stall_after(0)]);
    let called = rig.call().await;
    assert_eq!(kinds(&called), ["status"]);
    assert_eq!(called.attempts[0].ms, 2_000);
}

#[tokio::test(start_paused = true)]
async fn the_key_is_taken_out_of_what_the_provider_says() {
    let parrot = |status: u16| {
        FakeUpstream::answering(move |seen| {
            let said = seen.header("authorization").to_owned();
            if seen.json()["stream"] == true {
                let event = format!("data: {{\"error\":{{\"message\":\"bad key {said}\"}}}}\n\n");
                Script::sse(&[&event])
            } else {
                Script::error(status, &format!("{said} is wrong, {said}!"))
            }
        })
    };
    for rig in [Rig::of(parrot(401)), Rig::of(parrot(200)), Rig::of(parrot(200)).streaming()] {
        let called = rig.call().await;
        assert!(!format!("{called:?}").contains(KEY), "{called:?}");
        let message = &called.attempts[0].cause.as_ref().expect("a cause").message;
        assert!(message.contains("Bearer [redacted]"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_in_fixed_headers_are_taken_out_too() {
    let upstream = FakeUpstream::answering(|seen| Script::error(403, seen.header("x-credential")));
    let mut rig = Rig::of(upstream);
    let value = http::HeaderValue::from_static("credential-0123456789");
    rig.endpoint.headers.push((http::HeaderName::from_static("x-credential"), value));
    let message = rig.failure().await.cause.message;
    assert_eq!(message, "the provider answered 403 (Forbidden): [redacted]");
}

#[tokio::test(start_paused = true)]
async fn what_a_failed_stream_reported_as_used_is_told() {
    let usage =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":0}}\n\n";
    let error = "data: {\"error\":{\"message\":\"busy\"}}\n\n";
    let called = Rig::playing([Script::sse(&[usage, error])]).streaming().call().await;
    assert_eq!(called.attempts[0].usage.map(|it| it.usage.tokens_in()), Some(9));
}

#[tokio::test(start_paused = true)]
async fn retries_end_when_they_are_used_up_and_the_last_failure_counts() {
    let scripts = [Script::status(500), Script::stall(), Script::error(502, "third")];
    let rig = Rig::playing(scripts).retries(2).first_byte(Duration::from_secs(3));
    let called = rig.call().await;
    assert_eq!(kinds(&called), ["status", "timeout", "status"]);
    assert_eq!(called.result.expect_err("a failure").status, Some(502));
    assert_eq!(rig.upstream.seen().len(), 3);
}
