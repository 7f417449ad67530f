//! Models called without a route.
use crate::elements::one_model;
use crate::world::{STORED_KEY, World};
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn a_model_is_called_by_its_provider_and_name() {
    let world = World::friendly();
    let answer = world.chat("openai/gpt-4o-mini").send().await;
    assert_eq!(answer.said(), "hello");
    assert_eq!(
        (answer.header("cf-aig-model"), answer.header("cf-aig-provider")),
        ("gpt-4o-mini", "openai")
    );
    assert_eq!((answer.header("pointsman-route"), answer.header("pointsman-path")), ("", ""));
    let seen = &world.upstream.seen()[0];
    assert_eq!(seen.json()["model"], "gpt-4o-mini");
    let record = world.record();
    assert_eq!(
        (record.route, record.model.as_str(), record.provider.as_str()),
        (None, "gpt-4o-mini", "openai")
    );
}

#[tokio::test(start_paused = true)]
async fn keys_are_taken_in_order_and_the_callers_own_comes_last() {
    let world = World::friendly();
    world.chat("groq/llama").token("sk-caller").send().await;
    world.chat("openai/gpt").token("sk-caller").send().await;
    let keys: Vec<_> =
        world.upstream.seen().iter().map(|it| it.header("authorization").to_owned()).collect();
    assert_eq!(keys, ["Bearer sk-caller".to_owned(), format!("Bearer {STORED_KEY}")]);
}

#[tokio::test(start_paused = true)]
async fn the_callers_key_is_never_used_inside_a_route() {
    let world = World::friendly().deploy("r", &one_model("groq/llama"));
    let answer = world.chat("dynamic/r").token("sk-caller").send().await;
    assert_eq!(answer.status, 502);
    assert!(world.upstream.seen().is_empty());
    assert!(!answer.text().contains("sk-caller"));
    assert_eq!(answer.json()["pointsman"]["path"][1]["attempts"][0]["cause"], "no_key");
}

#[tokio::test(start_paused = true)]
async fn direct_calls_are_retried_as_headers_say() {
    let world = World::playing([Script::status(503), Script::completion("again")]);
    let ask = world.chat("openai/gpt").header("cf-aig-max-attempts", "2");
    assert_eq!(ask.send().await.said(), "again");
}
