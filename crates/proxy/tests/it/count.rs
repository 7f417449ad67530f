//! Counting the tokens of a Messages request.
use crate::elements::{end, model, one_model, start, when};
use crate::world::{Ask, World};
use serde_json::json;
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
    assert!(world.records().is_empty(), "nothing was used");
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
    assert!(world.records().is_empty(), "nothing was used");
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
