//! Counting the tokens of a Messages request.
use crate::elements::{end, model, one_model, start, when};
use crate::world::{Ask, World};
use serde_json::json;
use std::time::Duration;
use testkit::Script;

const PATH: &str = "/v1/acc/default/compat/v1/messages/count_tokens";

fn ask<'w>(world: &'w World, model: &str, words: usize) -> Ask<'w> {
    let body =
        json!({"model": model, "messages": [{"role": "user", "content": "word ".repeat(words)}]});
    Ask::new(world, body.to_string()).path(PATH)
}

async fn count(ask: Ask<'_>) -> u64 {
    let answer = ask.send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("pointsman-tokens"), "estimated");
    answer.json()["input_tokens"].as_u64().expect("a number")
}

#[tokio::test(start_paused = true)]
async fn the_tokens_of_a_request_are_estimated_without_calling_anybody() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt-5"));
    let (few, many) =
        (count(ask(&world, "dynamic/r", 10)).await, count(ask(&world, "openai/gpt-5", 100)).await);
    assert!((10..30).contains(&few), "{few}");
    assert!((100..130).contains(&many), "{many}");
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_route_counts_for_the_model_it_would_call() {
    // Claude's tokens are counted otherwise than OpenAI's.
    let elements = json!([
        start("tier"),
        when("tier", json!({"metadata.tier": "gold"}), "claude", "gpt"),
        model("claude", "openrouter/anthropic/claude-sonnet-4.5", "end", ""),
        model("gpt", "openai/gpt-5", "end", ""),
        end(),
    ]);
    let world = World::friendly().deploy("r", &elements);
    let gold = ask(&world, "dynamic/r", 500).header("cf-aig-metadata", r#"{"tier":"gold"}"#);
    let (claude, gpt) = (count(gold).await, count(ask(&world, "dynamic/r", 500)).await);
    assert_ne!(claude, gpt);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_messages_request_is_refused_in_anthropics_words() {
    let world = World::friendly();
    let answer = Ask::new(&world, r#"{"model":"openai/gpt-5"}"#).path(PATH).send().await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    assert_eq!(answer.json()["type"], "error");
}

#[tokio::test(start_paused = true)]
async fn anthropic_counts_its_own_models() {
    let world = World::playing([Script::json(200, &json!({"input_tokens": 4711}))])
        .deploy("r", &one_model("anthropic/claude-sonnet-4-5"));
    for model in ["dynamic/r", "anthropic/claude-sonnet-4-5"] {
        let answer = ask(&world, model, 10).send().await;
        assert_eq!(
            (answer.header("pointsman-tokens"), &answer.json()["input_tokens"]),
            ("counted", &4711.into())
        );
        let seen = world.upstream.seen();
        let last = seen.last().expect("asked");
        assert_eq!(
            (last.path.as_str(), &last.json()["model"]),
            ("/v1/messages/count_tokens", &"claude-sonnet-4-5".into())
        );
        assert_eq!(last.header("anthropic-version"), "2023-06-01");
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_is_recorded_as_a_request_of_its_own_kind_that_costs_nothing() {
    let failing = || Script::status(500);
    let counting = || Script::json(200, &json!({"input_tokens": 4711}));
    for (script, cause) in [(counting as fn() -> Script, None), (failing, Some("status"))] {
        let world = World::playing([script()]).deploy("r", &one_model("anthropic/claude-x"));
        for model in ["dynamic/r", "anthropic/claude-x"] {
            let ask = ask(&world, model, 10).header("cf-aig-metadata", r#"{"user":"ada"}"#);
            let answer = ask.header("user-agent", "tests/1").send().await;
            let record = world.record();
            assert_eq!(record.id, answer.header("cf-aig-log-id"));
            assert_eq!(
                (&*record.entry.kind, &*record.entry.path, record.entry.compat),
                ("count_tokens", "messages/count_tokens", true)
            );
            assert_eq!((&*record.provider, &*record.model), ("anthropic", "claude-x"));
            assert_eq!((record.status, record.success, record.cause.as_deref()), (200, true, None));
            assert_eq!((record.cost, record.usage, record.charges.len()), (Some(0), None, 0));
            assert_eq!(record.route.is_some(), model == "dynamic/r");
            assert_eq!(record.version.is_some(), model == "dynamic/r");
            assert_eq!(record.metadata.as_deref(), Some(r#"{"user":"ada"}"#));
            assert_eq!(record.user_agent.as_deref(), Some("tests/1"));
            let path: serde_json::Value = serde_json::from_str(&record.path).unwrap();
            assert_eq!(path[0]["attempts"][0]["cause"], json!(cause), "{path}");
            let payload = record.payload.expect("kept");
            assert!(payload.request_complete && payload.response_complete);
            assert!(String::from_utf8_lossy(&payload.request).contains(model));
            assert_eq!(payload.response.concat(), answer.body);
            assert_eq!(record.response_size, answer.body.len() as u64);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_estimated_is_recorded_without_any_attempt() {
    let world = World::friendly();
    let ask = ask(&world, "openai/gpt-5", 10).header("cf-aig-collect-log-payload", "false");
    count(ask).await;
    let record = world.record();
    assert_eq!((&*record.provider, &*record.model, &*record.path), ("openai", "gpt-5", "[]"));
    assert!(record.success && record.payload.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_count_that_is_refused_not_waited_for_or_not_logged_is_recorded_as_such() {
    let world = World::playing([Script::stall()]);
    assert_eq!(ask(&world, "dynamic/nope", 1).send().await.status, 404);
    let record = world.record();
    assert_eq!((&*record.entry.kind, record.status), ("count_tokens", 404));
    let leaving = ask(&world, "anthropic/claude", 10);
    assert!(tokio::time::timeout(Duration::from_secs(1), leaving.begin()).await.is_err());
    let record = world.record();
    assert_eq!((record.status, record.cause.as_deref()), (499, Some("client_gone")));
    assert!(!record.success && record.payload.is_some_and(|it| !it.response_complete));
    count(ask(&world, "openai/gpt-5", 1).header("cf-aig-collect-log", "false")).await;
    assert!(world.records().is_empty());
    let unlogged = world.unlogged();
    assert!(unlogged.iter().all(|it| it.entry.only_counts()), "analytics leaves it out");
}

#[tokio::test(start_paused = true)]
async fn a_count_is_traced_and_the_provider_is_told_the_trace() {
    let world = World::playing([Script::json(200, &json!({"input_tokens": 1}))]);
    world.change_gateways(|it| proxy::catalog::Gateway { traced: true, ..it.clone() });
    let answer = ask(&world, "anthropic/claude", 1).send().await;
    let [record] = &*world.traced() else { panic!("one request") };
    let trace = record.trace.as_ref().expect("a trace");
    assert_eq!(trace.trace_id(), answer.header("cf-aig-trace-id"));
    let seen = &world.upstream.seen()[0];
    assert_eq!(seen.header("traceparent"), trace.header(trace.attempt(0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_count_that_does_not_come_is_estimated() {
    for script in
        [Script::status(500), Script::refuse(), Script::stall(), Script::json(200, &json!({}))]
    {
        let world = World::playing([script]);
        assert!((10..40).contains(&count(ask(&world, "anthropic/claude", 10)).await));
    }
}
