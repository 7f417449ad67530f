//! The `cf-aig-*` headers: what they do, and that bad ones are refused by name.
use crate::elements::{end, model, one_model, start, when};
use crate::world::{World, of_user, runner};
use access::{Permission, Token};
use serde_json::json;
use std::time::Duration;
use testkit::Script;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn metadata_is_a_flat_object_of_five_entries_at_most() {
    let world = World::friendly().deploy("hello", &one_model("echo/echo"));
    for (value, status) in [
        (r#"{"a": "x", "b": 1, "c": 1.5, "d": true, "e": "é"}"#, 200),
        ("{}", 200),
        (r#"{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}"#, 400),
        (r#"{"a": null}"#, 400),
        (r#"{"a": {"b": 1}}"#, 400),
        (r#"{"a": [1]}"#, 400),
        (r#"{"a": 1, "a": 2}"#, 400),
        (r#"["a"]"#, 400),
        ("plan=pro", 400),
        (r#"{"a": 1} x"#, 400),
        ("", 400),
    ] {
        let answer = world.chat("dynamic/hello").header("cf-aig-metadata", value).send().await;
        assert_eq!(answer.status, status, "{value}: {}", answer.text());
        if status == 400 {
            let (_, code, message) = answer.error();
            assert_eq!(code, 2019);
            assert!(message.contains("cf-aig-metadata"), "{message}");
            assert_eq!(answer.json()["error"]["param"], "cf-aig-metadata");
        }
    }
    let twice =
        world.chat("dynamic/hello").header("cf-aig-metadata", "{}").header("cf-aig-metadata", "{}");
    assert_eq!(twice.send().await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn values_that_cannot_be_meant_are_refused_by_name() {
    let world = World::friendly().deploy("hello", &one_model("echo/echo"));
    for (name, value, status) in [
        ("cf-aig-request-timeout", "1", 200),
        ("cf-aig-request-timeout", "0", 400),
        ("cf-aig-request-timeout", "10s", 400),
        ("cf-aig-request-timeout", "-1", 400),
        ("cf-aig-max-attempts", "5", 200),
        ("cf-aig-max-attempts", "6", 400),
        ("cf-aig-max-attempts", "0", 400),
        ("cf-aig-retry-delay", "0", 200),
        ("cf-aig-retry-delay", "5000", 200),
        ("cf-aig-retry-delay", "5001", 400),
        ("cf-aig-backoff", "Linear", 200),
        ("cf-aig-backoff", "random", 400),
        ("cf-aig-collect-log", "false", 200),
        ("cf-aig-collect-log", "no", 400),
        ("cf-aig-custom-cost", r#"{"total_cost": 0.5}"#, 200),
        ("cf-aig-custom-cost", r#"{"per_token_in": 1e-6, "per_token_out": 2e-6}"#, 200),
        ("cf-aig-custom-cost", r#"{"per_token_in": 1e-6}"#, 400),
        ("cf-aig-custom-cost", r#"{"total_cost": -1}"#, 400),
        ("cf-aig-custom-cost", "free", 400),
    ] {
        let answer = world.chat("dynamic/hello").header(name, value).send().await;
        assert_eq!(answer.status, status, "{name}: {value}: {}", answer.text());
        if status == 400 {
            assert!(answer.error().2.contains(name), "{}", answer.text());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn headers_fill_what_the_element_leaves_open() {
    let world = World::playing([Script::stall()]).deploy("r", &one_model("openai/gpt"));
    let began = Instant::now();
    let ask = world.chat("dynamic/r").header("cf-aig-request-timeout", "700");
    let ask = ask.header("cf-aig-max-attempts", "3").header("cf-aig-retry-delay", "0");
    assert_eq!(ask.send().await.status, 504);
    assert_eq!(world.upstream.seen().len(), 3);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn values_of_the_element_beat_headers() {
    let mut element = model("main", "openai/gpt", "end", "");
    element["properties"]["timeout"] = json!(100);
    element["properties"]["retries"] = json!(1);
    let world =
        World::playing([Script::stall()]).deploy("r", &json!([start("main"), element, end()]));
    let began = Instant::now();
    let ask = world.chat("dynamic/r").header("cf-aig-request-timeout", "60000");
    assert_eq!(ask.header("cf-aig-max-attempts", "5").send().await.status, 504);
    assert_eq!(world.upstream.seen().len(), 2);
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_metadata_of_a_token_beats_the_header() {
    let elements = json!([
        start("if"),
        when("if", json!({"metadata.user": "ada"}), "yes", "no"),
        model("yes", "echo/echo", "end", ""),
        model("no", "echo/echo", "end", ""),
        end()
    ]);
    let world = World::friendly().deploy("r", &elements).token("pmn_ada", of_user("ada"));
    let ask = world
        .chat("dynamic/r")
        .token("pmn_ada")
        .header("cf-aig-metadata", r#"{"user": "eve", "n": 1}"#);
    assert_eq!(ask.send().await.header("pointsman-path"), "start,if,yes,end");
    assert_eq!(world.record().metadata.as_deref(), Some(r#"{"n":1,"user":"ada"}"#));
}

#[tokio::test(start_paused = true)]
async fn a_custom_cost_needs_the_right_to_it() {
    let with = |permissions: &[Permission]| Token {
        permissions: permissions.iter().copied().collect(),
        ..runner()
    };
    for (token, honoured) in [
        (with(&[Permission::Run]), false),
        (with(&[Permission::Run, Permission::CustomCost]), true),
        (with(&[Permission::Run, Permission::Write]), true),
    ] {
        let world =
            World::friendly().deploy("hello", &one_model("echo/echo")).token("pmn_t", token);
        let ask = world.chat("dynamic/hello").locked().token("pmn_t");
        let answer = ask.header("cf-aig-custom-cost", r#"{"total_cost": 0.25}"#).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("pointsman-ignored"),
            if honoured { "" } else { "cf-aig-custom-cost" }
        );
        let record = world.record();
        assert_eq!(record.custom_cost, honoured);
        assert_eq!(record.cost, Some(if honoured { 250_000_000 } else { 0 }));
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_gateway_honours_a_custom_cost_on_loopback_only() {
    for loopback in [true, false] {
        let upstream = testkit::FakeUpstream::playing([]);
        let world = World::with_settings(upstream, |it| it.loopback = loopback);
        let world = world.deploy("hello", &one_model("echo/echo")).token("pmn_t", runner());
        let ask =
            || world.chat("dynamic/hello").header("cf-aig-custom-cost", r#"{"total_cost": 1}"#);
        for ask in [ask(), ask().token("pmn_t")] {
            assert_eq!(ask.send().await.status, 200);
            assert_eq!(world.record().custom_cost, loopback);
        }
    }
}
