//! The ways in: each through a route to a provider that speaks the same, byte for byte.
use crate::elements::{one_model, with_spare};
use crate::world::{Answer, Ask, World};
use serde_json::{Value, json};
use testkit::Script;

fn responses<'w>(world: &'w World, model: &str) -> Ask<'w> {
    let body = json!({"model": model, "input": "hi", "previous_response_id": "resp_0"});
    Ask::new(world, body.to_string()).path("/v1/acc/default/compat/responses")
}

fn messages<'w>(world: &'w World, model: &str) -> Ask<'w> {
    let body =
        json!({"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "hi"}]});
    Ask::new(world, body.to_string()).path("/v1/acc/default/compat/v1/messages")
}

/// The request and its answer went through untouched, and were billed.
fn went_through(world: &World, answer: &Answer, path: &str) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = world.upstream.seen();
    assert_eq!(seen.last().map(|it| it.path.clone()).as_deref(), Some(path));
    let used = world.record().usage.expect("usage");
    assert_eq!((used.tokens_in(), used.tokens_out()), (5, 7), "{path}");
    seen[seen.len() - 1].json()
}

#[tokio::test(start_paused = true)]
async fn responses_pass_through_to_a_provider_that_speaks_them() {
    let world = World::playing([Script::response("Hello")]).deploy("r", &one_model("openai/gpt-5"));
    let answer = responses(&world, "dynamic/r").send().await;
    let body = went_through(&world, &answer, "/v1/responses");
    assert_eq!(
        (&body["model"], &body["previous_response_id"]),
        (&"gpt-5".into(), &"resp_0".into())
    );
}

#[tokio::test(start_paused = true)]
async fn messages_pass_through_to_anthropic_with_its_headers() {
    let world = World::playing([Script::message("Hello")])
        .deploy("r", &one_model("anthropic/claude-sonnet-4-5"));
    let ask =
        messages(&world, "dynamic/r").header("anthropic-beta", "interleaved-thinking-2025-05-14");
    let answer = ask.send().await;
    let body = went_through(&world, &answer, "/v1/messages");
    assert_eq!((&body["model"], &body["max_tokens"]), (&"claude-sonnet-4-5".into(), &100.into()));
    let seen = &world.upstream.seen()[0];
    assert_eq!(seen.header("anthropic-version"), "2023-06-01");
    assert_eq!(seen.header("anthropic-beta"), "interleaved-thinking-2025-05-14");
    assert!(!seen.header("x-api-key").is_empty() && seen.header("authorization").is_empty());
    assert_eq!(answer.json()["content"][0]["text"], "Hello");
}

#[tokio::test(start_paused = true)]
async fn streams_of_messages_and_responses_pass_through_unchanged() {
    let world = World::playing([Script::messages(&["Hel", "lo"]).byte_by_byte()]);
    let answer = messages(&world, "anthropic/claude-sonnet-4-5").streamed().send().await;
    went_through(&world, &answer, "/v1/messages");
    assert!(answer.text().ends_with("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
    let world = World::playing([Script::responses(&["Hel", "lo"])]);
    let answer = responses(&world, "openai/gpt-5").streamed().send().await;
    went_through(&world, &answer, "/v1/responses");
    assert_eq!(answer.text().matches("event: ").count(), 9);
}

#[tokio::test(start_paused = true)]
async fn an_error_at_the_beginning_of_a_stream_falls_back() {
    let overloaded = r#"event: error
data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}

"#;
    let world = World::playing([Script::sse(&[overloaded]), Script::messages(&["Hello"])])
        .deploy("r", &with_spare("anthropic/claude-a", "anthropic/claude-b"));
    let answer = messages(&world, "dynamic/r").streamed().send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cf-aig-model"), "claude-b");
    assert!(!answer.text().contains("Overloaded"));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_ends_with_an_error_of_its_own_protocol() {
    let world = World::playing([Script::messages(&["Hel", "lo"]).reset_after(5)]);
    let answer = messages(&world, "anthropic/claude").streamed().send().await;
    let last = answer.text().trim_end().rsplit("\n\n").next().unwrap_or_default().to_owned();
    assert!(last.starts_with("event: error\ndata: {\"type\":\"error\""), "{last}");
    assert!(!answer.text().contains("message_stop"));
    let world = World::playing([Script::responses(&["Hel", "lo"]).end_after(5)]);
    let answer = responses(&world, "openai/gpt-5").streamed().send().await;
    assert!(
        answer.text().contains("event: error\n")
            && answer.text().contains("event: response.failed\n")
    );
    assert!(!answer.text().contains("response.completed"));
    assert_eq!(world.record().cause.as_deref(), Some("stream_broken"));
}

#[tokio::test(start_paused = true)]
async fn embeddings_pass_through_and_are_billed() {
    let world = World::playing([Script::embeddings(2)])
        .deploy("r", &one_model("openai/text-embedding-3-small"));
    for model in ["dynamic/r", "openai/text-embedding-3-small"] {
        let body = json!({"model": model, "input": ["a", "b"]});
        let answer = Ask::new(&world, body.to_string())
            .path("/v1/acc/default/compat/embeddings")
            .send()
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["data"].as_array().map(Vec::len)),
            (200, Some(2))
        );
        let used = world.record().usage.expect("usage");
        assert_eq!((used.tokens_in(), used.tokens_out()), (5, 0));
        assert_eq!(
            world.upstream.seen().last().map(|it| it.path.clone()).as_deref(),
            Some("/v1/embeddings")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_is_called_on_the_path_that_a_coding_agent_uses() {
    let world =
        World::playing([Script::message("Hello")]).deploy("r", &one_model("anthropic/claude"));
    let answer =
        messages(&world, "dynamic/r").path("/v1/acc/default/anthropic/v1/messages").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("pointsman-route")), (200, "r"));
    let count =
        messages(&world, "dynamic/r").path("/v1/acc/default/anthropic/v1/messages/count_tokens");
    assert!(count.send().await.json()["input_tokens"].is_u64());
    let world = World::playing([Script::response("Hello")]).deploy("r", &one_model("openai/gpt-5"));
    for path in ["/v1/acc/default/openai/responses", "/v1/acc/default/openai/v1/responses"] {
        let answer = responses(&world, "dynamic/r").path(path).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("pointsman-route")),
            (200, "r"),
            "{path}"
        );
    }
}
