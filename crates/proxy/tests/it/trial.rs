//! A model tried by an operator: called as a real call is, and nothing else.
use crate::world::{STORED_KEY, World};
use route::ids::GatewayId;
use testkit::{FakeUpstream, Script};

fn default() -> GatewayId {
    GatewayId::from("default")
}

#[tokio::test(start_paused = true)]
async fn a_trial_is_one_small_call_that_no_log_keeps() {
    let world = World::friendly();
    let tried = world.proxy.try_model(&default(), "openai", "gpt").await.expect("a provider");
    assert_eq!((tried.status, tried.cause), (Some(200), None));
    assert_eq!(&*tried.key_alias, "stored:default");
    let seen = world.upstream.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].json()["model"], "gpt");
    assert_eq!(seen[0].json()["max_tokens"], 16);
    assert_eq!(seen[0].header("authorization"), format!("Bearer {STORED_KEY}"));
    assert!(world.records().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_fails_says_why_once_and_without_the_key() {
    let leaky = |it: &testkit::Seen| Script::error(503, it.header("authorization"));
    let world = World::over(FakeUpstream::answering(leaky));
    let tried = world.proxy.try_model(&default(), "openai", "gpt").await.expect("a provider");
    let cause = tried.cause.expect("a cause");
    assert_eq!((tried.status, cause.kind), (Some(503), "status"));
    assert!(cause.message.contains("[redacted]"), "{}", cause.message);
    assert!(!cause.message.contains(STORED_KEY));
    assert_eq!(world.upstream.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn only_what_the_gateway_has_is_tried() {
    let world = World::friendly();
    for (gateway, provider) in [("default", "nobody"), ("nobody", "openai")] {
        let tried = world.proxy.try_model(&GatewayId::from(gateway), provider, "m").await;
        assert!(tried.is_none(), "{gateway} {provider}");
    }
    assert!(world.upstream.seen().is_empty());
}
