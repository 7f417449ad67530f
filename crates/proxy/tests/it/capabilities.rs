//! Models that certainly cannot serve a request are passed over.
use crate::elements::{end, model, one_model, start, with_spare};
use crate::world::{Ask, World, requests};
use proxy::catalog::GatewayLimits;
use serde_json::{Value, json};
use testkit::Script;

const NOTHING: [&str; 6] = ["tools", "images", "audio_input", "files", "json_schema", "reasoning"];

/// `plain` can nothing but text, and of `other` nothing is known; the route `r` has both.
fn world(scripts: impl IntoIterator<Item = Script>) -> World {
    let models = json!({
        "plain": {"cannot": NOTHING, "context": 1000, "max_output_tokens": 500},
        "vectors": {"mode": "embeddings"},
    });
    World::playing(scripts)
        .listing(&models)
        .deploy("r", &with_spare("openai/plain", "openai/other"))
        .deploy("alone", &one_model("openai/plain"))
}

fn parts(part: Value) -> Value {
    json!({"messages": [{"role": "user", "content": [part]}]})
}

#[tokio::test(start_paused = true)]
async fn a_model_is_passed_over_for_what_it_cannot_and_the_reason_is_told() {
    let schema = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {}}});
    for (members, why) in [
        (
            json!({"tools": [{"type": "function", "function": {"name": "f"}}]}),
            "does not call tools, which `tools` asks for",
        ),
        (
            parts(json!({"type": "image_url", "image_url": {"url": "https://a.test/b.png"}})),
            "does not take images, which `messages` asks for",
        ),
        (
            parts(json!({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}})),
            "does not take sound, which `messages` asks for",
        ),
        (
            parts(json!({"type": "file", "file": {"file_id": "f"}})),
            "does not take files, which `messages` asks for",
        ),
        (
            json!({"response_format": schema}),
            "does not answer in JSON of a schema, which `response_format` asks for",
        ),
        (
            json!({"reasoning_effort": "low"}),
            "cannot be told how much to reason, which `reasoning_effort` asks for",
        ),
    ] {
        let world = world([Script::completion("hello")]);
        let answer = world.chat("dynamic/r").with(members.clone()).send().await;
        assert_eq!(answer.said(), "hello", "{members}");
        assert_eq!(answer.header("cf-aig-model"), "other");
        assert_eq!(answer.header("cf-aig-step"), "1");
        assert_eq!(world.upstream.seen().len(), 1, "{members}");
        let path: Value = serde_json::from_str(&world.record().path).expect("JSON");
        let attempt = &path[1]["attempts"][0];
        assert_eq!(
            (&attempt["cause"], &attempt["model"]),
            (&json!("unsupported"), &json!("plain"))
        );

        let answer = world.chat("dynamic/alone").with(members).send().await;
        let (status, code, message) = answer.error();
        assert_eq!((status, code), (400, 2005), "{message}");
        assert!(message.contains(&format!("openai/plain {why}")), "{message}");
        assert!(message.contains("test list (1)"), "who says so: {message}");
        assert_eq!(world.upstream.seen().len(), 1, "it was not called");
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_is_called_for_what_it_can_or_nobody_knows() {
    let world = world([Script::completion("hello")]);
    assert_eq!(world.chat("dynamic/r").send().await.header("cf-aig-model"), "plain");
    let web = json!({"tools": [{"type": "web_search"}]});
    let answer = world.chat("dynamic/r").with(web).send().await;
    assert_eq!(answer.header("cf-aig-model"), "plain", "the provider's own tool is no function");
    let image = parts(json!({"type": "image_url", "image_url": {"url": "https://a.test/b"}}));
    let world = world.deploy("u", &one_model("openai/other"));
    let answer = world.chat("dynamic/u").with(image.clone()).send().await;
    assert_eq!(answer.header("cf-aig-model"), "other");
    let answer = world.chat("openai/plain").with(image).send().await;
    assert_eq!(answer.status, 200, "a direct call has no fallback: its provider judges");
}

#[tokio::test(start_paused = true)]
async fn a_model_is_passed_over_for_a_context_that_is_certainly_too_small() {
    let world = world([Script::completion("hello")]);
    let ask = |words: usize, output: u64| {
        let text = "word ".repeat(words);
        let members =
            json!({"messages": [{"role": "user", "content": text}], "max_tokens": output});
        world.chat("dynamic/r").with(members)
    };
    let serves = async |ask: Ask<'_>| ask.send().await.header("cf-aig-model").to_owned();
    assert_eq!(serves(ask(990, 1)).await, "plain");
    assert_eq!(serves(ask(1100, 1)).await, "plain", "the estimate may be off by so much");
    assert_eq!(serves(ask(1400, 1)).await, "other");
    assert_eq!(serves(ask(900, 600)).await, "plain", "1000 may be for the input alone");
    assert_eq!(serves(ask(900, 2000)).await, "other");
    let cut = ask(1400, 1).with(json!({"truncation": "auto"}));
    assert_eq!(serves(cut).await, "plain", "the provider may cut it");
    let text = "word ".repeat(1400);
    let members = json!({"messages": [{"role": "user", "content": text}]});
    let answer = world.chat("dynamic/alone").with(members).send().await;
    let (status, _, message) = answer.error();
    assert_eq!(status, 400);
    assert!(
        message.contains("has a context of 1000 tokens; the request is about 140"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_model_for_embeddings_is_not_asked_to_chat() {
    let world = world([]).deploy("v", &one_model("openai/vectors"));
    let (status, _, message) = world.chat("dynamic/v").send().await.error();
    assert_eq!(status, 400);
    assert!(message.contains("makes embeddings and does not chat"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn passing_over_counts_nothing_and_a_real_failure_is_told_instead() {
    let tools = json!({"tools": [{"type": "function", "function": {"name": "f"}}]});
    let limits = |id: &_| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: Vec::new() };
    let world = world([Script::completion("hello")]).limit(limits);
    for _ in 0..3 {
        assert_eq!(world.chat("dynamic/alone").with(tools.clone()).send().await.status, 400);
    }
    assert!(world.records().iter().all(|it| it.usage.is_none() && it.cost == Some(0)));
    assert_eq!(world.chat("dynamic/alone").send().await.said(), "hello", "the one is still free");

    let world = crate::capabilities::world([Script::error(500, "boiler out of steam")]);
    let both = json!([
        start("a"),
        model("a", "openai/other", "end", "b"),
        model("b", "openai/plain", "end", ""),
        end()
    ]);
    let world = world.deploy("both", &both);
    let (status, _, message) = world.chat("dynamic/both").with(tools).send().await.error();
    assert_eq!(status, 502);
    assert!(message.contains("element `a`") && message.contains("steam"), "{message}");
}
