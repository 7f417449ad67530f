//! The shapes of errors, and the statuses of routes in which nobody answers.
use crate::elements::{end, one_model, start, when, with_spare};
use crate::world::World;
use serde_json::json;
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn an_error_before_a_route_is_found() {
    let world = World::friendly();
    let answer = world.chat("dynamic/nope").send().await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("x-should-retry"), "");
    insta::assert_json_snapshot!(answer.json());
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_route_in_which_every_model_failed() {
    let world = World::playing([
        Script::error(500, "boiler out of steam"),
        Script::error(400, "no such model"),
    ])
    .deploy("r", &with_spare("openai/gpt-a", "openai/gpt-b"));
    let answer = world.chat("dynamic/r").send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("x-should-retry"), "false");
    assert_eq!(answer.header("pointsman-path"), "start,main,spare");
    insta::assert_json_snapshot!(answer.json());
    let record = world.record();
    assert_eq!(
        (record.model.as_str(), record.provider.as_str(), record.success),
        ("dynamic/r", "unknown", false)
    );
    assert!(
        !record.path.contains("steam"),
        "providers' messages may repeat prompts: {}",
        record.path
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_status_is_told_when_it_is_about_the_request() {
    for (provider, ours) in [
        (400, 400),
        (401, 502),
        (403, 502),
        (404, 404),
        (408, 502),
        (409, 502),
        (413, 413),
        (418, 502),
        (422, 422),
        (429, 429),
        (500, 502),
        (503, 502),
        (529, 502),
    ] {
        let world =
            World::playing([Script::status(provider)]).deploy("r", &one_model("openai/gpt"));
        let answer = world.chat("dynamic/r").send().await;
        let (status, code, _) = answer.error();
        assert_eq!((status, code), (ours, 2005), "{provider}");
        assert_eq!(answer.header("x-should-retry"), "false");
    }
    let world = World::playing([Script::stall()]).deploy("r", &one_model("openai/gpt"));
    assert_eq!(world.chat("dynamic/r").send().await.status, 504);
    let world = World::playing([Script::refuse()]).deploy("r", &one_model("openai/gpt"));
    assert_eq!(world.chat("dynamic/r").send().await.status, 502);
    let world = World::playing([Script::rate_limited("30")]).deploy("r", &one_model("openai/gpt"));
    assert_eq!(world.chat("dynamic/r").send().await.header("retry-after"), "30");
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_says_when_it_lets_a_probe_through() {
    let world = World::playing([Script::status(500)]);
    let policy = proxy::breaker::Policy { failures: 1, open_ms: 10_000 };
    world.change_gateways(|it| proxy::catalog::Gateway {
        breakers: proxy::breaker::Breakers::new(Some(policy)),
        ..it.clone()
    });
    let world = world.deploy("r", &one_model("openai/gpt"));
    assert_eq!(world.chat("dynamic/r").send().await.header("retry-after"), "");
    let answer = world.chat("dynamic/r").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (502, "10"));
}

#[tokio::test(start_paused = true)]
async fn a_route_that_calls_no_model_says_so() {
    let elements = json!([start("if"), when("if", json!({"metadata.x": 1}), "end", "end"), end()]);
    let world = World::friendly().deploy("r", &elements);
    let (status, code, message) = world.chat("dynamic/r").send().await.error();
    assert_eq!((status, code), (502, 2005));
    insta::assert_snapshot!(message, @"the route `r` ended without calling a model");
}

#[tokio::test(start_paused = true)]
async fn a_direct_call_that_fails_names_the_model() {
    let world = World::playing([Script::error(404, "no such model")]);
    let answer = world.chat("openai/gpt-nope").send().await;
    assert_eq!(answer.status, 404);
    insta::assert_json_snapshot!(answer.json());
}
