//! One record a request, no more and no less.
use crate::elements::{one_model, with_spare};
use crate::world::{MONDAY_MS, World, runner};
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn a_record_tells_the_request_without_its_payload() {
    let world = World::playing([Script::status(500), Script::completion("secret answer")])
        .deploy("r", &with_spare("openai/gpt-a", "openai/gpt-b"))
        .token("pmn_t", runner());
    let ask = world.chat("dynamic/r").token("pmn_t").header("user-agent", "tests/1");
    let ask = ask.header("cf-aig-collect-log-payload", "false");
    let answer = ask.header("cf-aig-metadata", r#"{"user":"ada"}"#).send().await;
    let record = world.record();
    assert_eq!(record.id, answer.header("cf-aig-log-id"));
    assert_eq!(record.created_at_ms, MONDAY_MS);
    assert_eq!(
        record.route.as_ref().map(|(id, name)| (id.as_str(), name.as_str())),
        Some(("id-r", "r"))
    );
    assert_eq!(record.version.as_ref().map(|it| it.as_str()), Some("v1"));
    assert_eq!(record.token.as_deref(), Some("tok-1"));
    assert_eq!(
        (record.provider.as_str(), record.model.as_str(), record.step),
        ("openai", "gpt-b", 1)
    );
    assert_eq!(
        (record.status, record.success, record.streamed, record.cause.as_deref()),
        (200, true, false, None)
    );
    assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
    assert_eq!(record.metadata.as_deref(), Some(r#"{"user":"ada"}"#));
    assert_eq!(record.user_agent.as_deref(), Some("tests/1"));
    assert_eq!(record.response_size, answer.body.len() as u64);
    assert!(record.seed.is_some() && record.request_size > 0);
    assert!(!format!("{record:?}").contains("secret answer"));
    let path: serde_json::Value = serde_json::from_str(&record.path).expect("JSON");
    insta::assert_json_snapshot!(path);
}

#[tokio::test(start_paused = true)]
async fn refusals_before_routing_are_not_recorded_and_failures_after_it_are() {
    let world = World::playing([Script::status(500)]).deploy("r", &one_model("openai/gpt"));
    for (model, records) in
        [("dynamic/nope", 0), ("nope", 0), ("nope/x", 0), ("dynamic/r", 1), ("openai/x", 1)]
    {
        world.chat(model).send().await;
        assert_eq!(world.records().len(), records, "{model}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_header_decides_over_the_gateway_whether_there_is_a_record() {
    let world = World::friendly().deploy("r", &one_model("echo/echo"));
    world.chat("dynamic/r").header("cf-aig-collect-log", "false").send().await;
    assert_eq!(world.records().len(), 0);
    world.change_gateways(|it| proxy::catalog::Gateway { collect_logs: false, ..it.clone() });
    world.chat("dynamic/r").send().await;
    assert_eq!(world.records().len(), 0);
    world.chat("dynamic/r").header("cf-aig-collect-log", "true").send().await;
    assert_eq!(world.records().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_is_recorded_as_failed() {
    let world = World::playing([Script::stream(&["a", "b"]).reset_after(2)])
        .deploy("r", &one_model("openai/gpt"));
    let answer = world.chat("dynamic/r").streamed().send().await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.text().contains("\"error\"") && !answer.text().contains("[DONE]"),
        "{}",
        answer.text()
    );
    let record = world.record();
    assert_eq!((record.success, record.cause.as_deref()), (false, Some("stream_broken")));
}
