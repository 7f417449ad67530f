//! A route picks the model that answers.
use crate::elements::{end, model, one_model, start, when, with_spare};
use crate::world::World;
use serde_json::json;
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn a_request_through_a_route_on_echo_answers() {
    let world = World::friendly().deploy("hello", &one_model("echo/echo"));
    let answer = world.chat("dynamic/hello").send().await;
    assert_eq!(answer.said(), "hi");
    assert_eq!(world.upstream.connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_response_says_what_answered_and_how() {
    let world = World::playing([Script::status(500), Script::completion("spare")])
        .deploy("my.route", &with_spare("openai/gpt-a", "openai/gpt-b"));
    let answer = world.chat("dynamic/my.route").send().await;
    assert_eq!(answer.said(), "spare");
    let record = world.record();
    for (name, value) in [
        ("cf-aig-model", "gpt-b"),
        ("cf-aig-provider", "openai"),
        ("cf-aig-step", "1"),
        ("cf-aig-cache-status", "MISS"),
        ("pointsman-route", "my.route"),
        ("pointsman-version", "v1"),
        ("pointsman-path", "start,main,spare,end"),
        ("content-type", "application/json"),
        ("cf-aig-log-id", &record.id),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert_eq!(uuid::Uuid::parse_str(&record.id).expect("a UUID").get_version_num(), 7);
}

#[tokio::test(start_paused = true)]
async fn element_ids_are_percent_encoded_in_the_path() {
    let elements = json!([start("a, b/ü"), model("a, b/ü", "echo/echo", "end", ""), end()]);
    let world = World::friendly().deploy("odd", &elements);
    let answer = world.chat("dynamic/odd").send().await;
    assert_eq!(answer.header("pointsman-path"), "start,a%2C%20b%2F%C3%BC,end");
}

#[tokio::test(start_paused = true)]
async fn conditions_read_metadata_headers_body_and_what_is_computed() {
    for (conditions, expected) in [
        (json!({"metadata.plan": "pro"}), "yes"),
        (json!({"metadata.plan": "free"}), "no"),
        (json!({"metadata.seats": {"$gt": 4}}), "yes"),
        (json!({"metadata.beta": true}), "yes"),
        (json!({"metadata.none": {"$exists": true}}), "no"),
        (json!({"headers.X-Team": "blue"}), "yes"),
        (json!({"headers.x-level": {"$gte": 3}}), "yes"),
        (json!({"body.user": "ada"}), "yes"),
        (json!({"body.provider_options.deep[1]": 2}), "yes"),
        (json!({"request.stream": false}), "yes"),
        (json!({"request.message_count": 1}), "yes"),
        (json!({"request.has_tools": true}), "no"),
        (json!({"request.max_output_tokens": 9}), "yes"),
        (json!({"request.input_tokens": {"$lt": 100}}), "yes"),
        (json!({"request.weekday": 1, "request.hour": 0}), "yes"),
        (json!({"request.key": {"$exists": true}}), "no"),
    ] {
        let elements = json!([
            start("if"),
            when("if", conditions.clone(), "yes", "no"),
            model("yes", "echo/echo", "end", ""),
            model("no", "echo/echo", "end", ""),
            end()
        ]);
        let world = World::friendly().deploy("r", &elements);
        let ask = world
            .chat("dynamic/r")
            .header("cf-aig-metadata", r#"{"plan": "pro", "seats": 5, "beta": true}"#)
            .header("x-team", "blue")
            .header("x-level", "3")
            .with(json!({"user": "ada", "max_tokens": 9, "provider_options": {"deep": [1, 2]}}));
        let path = ask.send().await.header("pointsman-path").to_owned();
        assert_eq!(path, format!("start,if,{expected},end"), "{conditions}");
    }
}

#[tokio::test(start_paused = true)]
async fn both_base_urls_are_the_same_thing() {
    let world = World::friendly().deploy("hello", &one_model("echo/echo"));
    let twin = "/client/v4/accounts/acc/ai/v1/chat/completions";
    assert_eq!(world.chat("dynamic/hello").path(twin).send().await.said(), "hi");
    let named =
        world.chat("dynamic/hello").path(twin).header("cf-aig-gateway-id", "locked").send().await;
    assert_eq!(named.error().1, 2009);
    let unknown =
        world.chat("dynamic/hello").path(twin).header("cf-aig-gateway-id", "nope").send().await;
    assert_eq!(unknown.error().1, 2001);
}

#[tokio::test(start_paused = true)]
async fn a_stream_passes_byte_for_byte_and_is_not_held_back() {
    let world =
        World::playing([Script::stream(&["he", "llo"])]).deploy("r", &one_model("openai/gpt"));
    let answer = world.chat("dynamic/r").streamed().send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-type").starts_with("text/event-stream"));
    assert_eq!(answer.header("x-accel-buffering"), "no");
    assert!(answer.text().ends_with("data: [DONE]\n\n"), "{}", answer.text());
    assert!(!answer.text().contains("\"usage\":{"), "usage was not asked for");
    let record = world.record();
    assert!(record.streamed && record.success);
    assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
}

#[tokio::test(start_paused = true)]
async fn a_later_success_replaces_an_earlier_one() {
    let elements = json!([
        start("first"),
        model("first", "openai/gpt-a", "second", ""),
        model("second", "openai/gpt-b", "end", ""),
        end()
    ]);
    let world = World::playing([Script::completion("one"), Script::completion("two")])
        .deploy("r", &elements);
    let answer = world.chat("dynamic/r").send().await;
    assert_eq!((answer.said().as_str(), answer.header("cf-aig-step")), ("two", "1"));
}

#[tokio::test(start_paused = true)]
async fn an_earlier_success_is_returned_when_the_later_one_fails() {
    let elements = json!([
        start("first"),
        model("first", "openai/gpt-a", "second", ""),
        model("second", "openai/gpt-b", "end", "end"),
        end()
    ]);
    let world =
        World::playing([Script::stream(&["one"]), Script::status(500)]).deploy("r", &elements);
    let answer = world.chat("dynamic/r").streamed().send().await;
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("\"one\""), "{}", answer.text());
    assert_eq!(answer.header("cf-aig-model"), "gpt-a");
    assert_eq!(answer.header("pointsman-path"), "start,first,second,end");
    assert!(world.record().success);
}

#[tokio::test(start_paused = true)]
async fn a_provider_deleted_since_falls_back() {
    let world = World::friendly().deploy("r", &with_spare("groq/llama", "echo/echo"));
    world.change_gateways(|gateway| {
        let mut next = gateway.clone();
        next.providers.remove("groq");
        next.adopt_routes(gateway)
    });
    let answer = world.chat("dynamic/r").send().await;
    assert_eq!(answer.said(), "hi");
    assert!(world.record().path.contains("\"no_provider\""));
}
