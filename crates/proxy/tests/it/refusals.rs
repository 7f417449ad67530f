//! What is not a request to this server, or not one that it reads.
use crate::elements::one_model;
use crate::world::{Ask, World};
use bytes::Bytes;
use http::Method;
use http_body_util::StreamBody;
use std::convert::Infallible;
use testkit::FakeUpstream;

#[tokio::test(start_paused = true)]
async fn paths_and_methods_that_are_not_there() {
    let world = World::friendly();
    for (method, path, status) in [
        (Method::POST, "/v1/", 404),
        (Method::POST, "/v1/acc/default/openai", 404),
        (Method::POST, "/v1/acc/default/compat/completions", 404),
        (Method::POST, "/client/v4/accounts/acc/ai/run/x", 404),
        (Method::GET, "/v1/acc/default/compat/chat/completions", 405),
        (Method::POST, "/v1/acc/default/compat/models", 405),
    ] {
        let answer = world.chat("x").method(method.clone()).path(path).send().await;
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.error().2.contains(path), "{}", answer.text());
        let allow =
            if status == 405 { if method == Method::GET { "POST" } else { "GET" } } else { "" };
        assert_eq!(answer.header("allow"), allow);
    }
}

#[tokio::test(start_paused = true)]
async fn bodies_are_json_sent_as_they_are() {
    let world = World::friendly().deploy("r", &one_model("echo/echo"));
    let ask = || world.chat("dynamic/r").without("content-type");
    for (name, value, status) in [
        ("x", "y", 415),
        ("content-type", "text/plain", 415),
        ("content-type", "application/jsonx", 415),
        ("content-type", "Application/JSON; charset=utf-8", 200),
    ] {
        assert_eq!(ask().header(name, value).send().await.status, status, "{value}");
    }
    let gzip = world.chat("dynamic/r").header("content-encoding", "gzip").send().await;
    assert_eq!(gzip.status, 415);
    assert_eq!(
        world.chat("dynamic/r").header("content-encoding", "identity").send().await.status,
        200
    );
}

#[tokio::test(start_paused = true)]
async fn bodies_have_a_bound_whatever_they_declare() {
    let upstream = FakeUpstream::playing([]);
    let world =
        World::with_settings(upstream, |it| it.max_body = 200).deploy("r", &one_model("echo/echo"));
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    let large = serde_json::json!({"x": "y".repeat(300)});
    assert_eq!(world.chat("dynamic/r").with(large.clone()).send().await.status, 413);
    let lying = world.chat("dynamic/r").with(large).header("content-length", "10");
    assert_eq!(lying.send().await.status, 413);
    assert_eq!(world.chat("dynamic/r").header("content-length", "1000").send().await.status, 413);
}

#[tokio::test(start_paused = true)]
async fn malformed_requests_are_400_and_say_where() {
    let world = World::friendly().deploy("r", &one_model("echo/echo"));
    for (body, code, param) in [
        ("", 2019, None),
        ("[]", 2019, None),
        (r#"{"messages": []}"#, 2019, Some("model")),
        (r#"{"model": "dynamic/r"}"#, 2019, Some("messages")),
        (r#"{"model": "dynamic/r", "model": "dynamic/s", "messages": []}"#, 2019, Some("model")),
        (r#"{"model": "gpt", "messages": []}"#, 2019, Some("model")),
        (r#"{"model": "nope/gpt", "messages": []}"#, 2008, Some("model")),
    ] {
        let answer = Ask::new(&world, body).send().await;
        let (status, found, _) = answer.error();
        assert_eq!((status, found), (400, code), "{body}: {}", answer.text());
        assert_eq!(answer.json()["error"]["param"].as_str(), param, "{body}: {}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_stops_sending_is_given_up() {
    type Frame = Result<http_body::Frame<Bytes>, Infallible>;
    let world = World::friendly();
    let request = http::Request::post("/v1/acc/default/compat/chat/completions")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(StreamBody::new(futures_util::stream::pending::<Frame>()))
        .expect("a request");
    assert_eq!(world.proxy.handle(request).await.status(), 408);
    assert_eq!(world.proxy.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_model_name_that_no_model_has_is_not_kept_or_repeated() {
    let world = World::friendly();
    for prefix in ["openai/", "dynamic/", ""] {
        let answer = world.chat(&format!("{prefix}{}", "x".repeat(1 << 20))).send().await;
        assert_eq!((answer.error().0, answer.error().1), (400, 2019));
        assert!(answer.body.len() < 1000);
    }
    assert!(world.upstream.seen().is_empty());
}
