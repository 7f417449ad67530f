//! What of the headers goes to the provider, and what comes back.

use super::rig::{KEY, Rig, kinds, live, plain};
use http::{HeaderName, HeaderValue};
use providers::Auth;
use proxy::call::Answered;
use testkit::Script;

const CANARY: &str = "canary-0123456789";

#[tokio::test(start_paused = true)]
async fn only_headers_of_the_list_go_to_the_provider() {
    let mut rig = Rig::playing([Script::completion("a")]);
    for name in [
        "authorization",
        "cookie",
        "x-api-key",
        "api-key",
        "x-goog-api-key",
        "x-auth-key",
        "x-auth-email",
        "cf-aig-authorization",
        "cf-aig-metadata",
        "cf-connecting-ip",
        "x-forwarded-for",
        "forwarded",
        "via",
        "connection",
        "te",
        "upgrade",
        "expect",
        "proxy-authorization",
        "origin",
        "referer",
        "openai-organization",
        "x-stainless-lang",
        "accept-language",
        "if-none-match",
        "accept-encoding",
    ] {
        rig.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(CANARY));
    }
    for name in ["traceparent", "tracestate", "x-request-id", "openai-beta"] {
        rig.headers.insert(HeaderName::from_static(name), HeaderValue::from_static("kept"));
    }
    plain(rig.call().await);
    let seen = &rig.upstream.seen()[0];
    let mut names: Vec<_> = seen.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "accept-encoding",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "openai-beta",
            "traceparent",
            "tracestate",
            "user-agent",
            "x-request-id",
        ]
    );
    assert!(!format!("{:?}", seen.headers).contains(CANARY));
    assert_eq!(seen.header("authorization"), format!("Bearer {KEY}"));
    assert_eq!(seen.header("accept-encoding"), "identity");
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("host"), "upstream.test");
    assert!(seen.header("user-agent").starts_with("pointsman/"));
}

#[tokio::test(start_paused = true)]
async fn only_headers_of_the_list_come_back() {
    let script = |it: Script| {
        it.header("set-cookie", "session=1")
            .header("server", "x")
            .header("connection", "keep-alive")
            .header("alt-svc", "h3")
            .header("x-ratelimit-remaining-requests", "9")
            .header("x-request-id", "req_1")
            .header("openai-processing-ms", "12")
    };
    let rig = Rig::playing([script(Script::completion("a"))]);
    let Ok(Answered::Plain { headers, .. }) = rig.call().await.result else { panic!("no answer") };
    let rig = Rig::playing([script(Script::stream(&["a"]))]).streaming();
    let streamed = live(rig.call().await).headers;
    for headers in [headers, streamed] {
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        let expected = [
            "content-type",
            "openai-processing-ms",
            "x-ratelimit-remaining-requests",
            "x-request-id",
        ];
        assert_eq!(names, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_key_goes_where_the_provider_wants_it_and_its_own_headers_are_added() {
    let mut rig = Rig::playing([Script::stream(&["a"])]).streaming();
    rig.endpoint.auth = Auth::Header("api-key");
    let header = (HeaderName::from_static("x-team"), HeaderValue::from_static("blue"));
    rig.endpoint.headers.push(header);
    rig.relayed().await;
    let seen = &rig.upstream.seen()[0];
    assert_eq!(seen.header("api-key"), KEY);
    assert_eq!(seen.header("authorization"), "");
    assert_eq!(seen.header("x-team"), "blue");
    assert_eq!(seen.header("accept"), "text/event-stream");
}

#[tokio::test(start_paused = true)]
async fn the_callers_key_is_used_only_where_there_is_none() {
    let mut rig = Rig::playing([Script::completion("a")]);
    rig.caller_key = Some("sk-caller");
    let called = rig.call().await;
    assert_eq!(&*called.attempts[0].key_alias, "stored:default");
    assert_eq!(rig.upstream.seen()[0].header("authorization"), format!("Bearer {KEY}"));
    rig.endpoint.key = None;
    let called = rig.call().await;
    assert_eq!(&*called.attempts[0].key_alias, "caller");
    assert_eq!(rig.upstream.seen()[1].header("authorization"), "Bearer sk-caller");
}

#[tokio::test(start_paused = true)]
async fn without_a_key_a_provider_that_wants_one_is_not_called() {
    let mut rig = Rig::playing([Script::completion("a")]).retries(3);
    let row = providers::find("openai").expect("in the table");
    rig.endpoint = providers::Endpoint::new(row, Some("http://upstream.test"), None).expect("good");
    let called = rig.call().await;
    assert_eq!(kinds(&called), ["no_key"]);
    assert!(!called.result.expect_err("a failure").cause.sent);
    assert!(rig.upstream.seen().is_empty());
    let row = providers::find("ollama").expect("in the table");
    rig.endpoint = providers::Endpoint::new(row, Some("http://upstream.test"), None).expect("good");
    plain(rig.call().await);
    assert_eq!(rig.upstream.seen()[0].header("authorization"), "");
}
