//! What is asked, in every way in, and the form of what comes back.
use super::{counting, status};
use crate::elements::one_model;
use crate::world::{Ask, World};
use http::Method;
use http_body::Body as _;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use testkit::Script;

#[tokio::test(start_paused = true)]
async fn another_question_is_another_key() {
    let world = World::playing([Script::completion("hello")]).caching(60);
    let ask = || world.chat("openai/gpt");
    assert_eq!(status(&ask().send().await), "MISS");
    for other in [
        ask().with(json!({"temperature": 0})),
        world.chat("openai/gpt-mini"),
        world.chat("mistral/gpt"),
        ask().header("openai-beta", "x"),
        ask().header("openai-organization", "org-1"),
        ask().header("pointsman-on-unsupported", "drop"),
    ] {
        assert_eq!(status(&other.send().await), "MISS");
    }
    for same in [
        ask().header("x-request-id", "1"),
        ask().header("traceparent", "00-1-1-00"),
        ask().header("user-agent", "curl"),
        ask().header("cf-aig-metadata", r#"{"user": "ada"}"#),
        ask().header("pointsman-on-unsupported", "refuse"),
        ask().header("cf-aig-max-attempts", "2"),
    ] {
        assert_eq!(status(&same.send().await), "HIT");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_for_the_question_does_not_mix_models_or_forms() {
    let world = World::playing([Script::completion("hello")]);
    let named =
        async |ask: Ask<'_>| status(&ask.header("cf-aig-cache-key", "k").send().await).to_owned();
    assert_eq!(named(world.chat("openai/gpt")).await, "MISS");
    assert_eq!(named(world.chat("openai/gpt-mini")).await, "MISS");
    assert_eq!(named(world.chat("mistral/gpt")).await, "MISS");
    assert_eq!(named(world.chat("openai/gpt")).await, "HIT");
    let world = World::playing([Script::stream(&["hello"]), Script::completion("hello")]);
    let ask = async |ask: Ask<'_>| ask.header("cf-aig-cache-key", "k").send().await;
    assert!(ask(world.chat("openai/gpt").streamed()).await.text().ends_with("[DONE]\n\n"));
    assert_eq!(ask(world.chat("openai/gpt")).await.said(), "hello");
}

#[tokio::test(start_paused = true)]
async fn a_route_finds_what_was_kept_of_its_model_and_the_other_way_round() {
    let world = counting().caching(60).deploy("r", &one_model("openai/gpt"));
    assert_eq!(world.chat("openai/gpt").send().await.said(), "one");
    let answer = world.chat("dynamic/r").send().await;
    assert_eq!((answer.said().as_str(), status(&answer)), ("one", "HIT"));
    assert_eq!(answer.header("pointsman-path"), "start,main,end");
    assert_eq!(answer.header("pointsman-route"), "r");
}

#[tokio::test(start_paused = true)]
async fn a_stream_comes_again_as_a_stream() {
    let texts = ["one", "two", "three", "four"];
    let world = World::playing([Script::stream(&texts)]).caching(60);
    let first = world.chat("openai/gpt").streamed().send().await;
    let (head, body) = world.chat("openai/gpt").streamed().begin().await.into_parts();
    assert_eq!(head.headers["cf-aig-cache-status"], "HIT");
    assert_eq!(head.headers["content-type"], first.headers["content-type"]);
    assert_eq!(head.headers["x-accel-buffering"], "no");
    assert_eq!((head.headers.get("content-length"), body.size_hint().exact()), (None, None));
    let mut body = body;
    let mut frames = Vec::new();
    while let Some(frame) = body.frame().await {
        frames.push(frame.expect("good").into_data().expect("data"));
    }
    assert_eq!(frames.concat(), first.body);
    assert!(frames.len() > 4, "{}", frames.len());
    let records = world.records();
    assert_eq!((records[1].cached, records[1].streamed, records[1].cost), (true, true, Some(0)));
    assert_eq!(records[0].usage, records[1].usage);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_its_reader_leaves_is_not_kept() {
    let world =
        World::playing([Script::stream(&["one", "two"]).paced(std::time::Duration::from_secs(1))])
            .caching(60);
    let mut body = world.chat("openai/gpt").streamed().begin().await.into_body();
    body.frame().await.expect("more").expect("good");
    drop(body);
    assert_eq!(status(&world.chat("openai/gpt").streamed().send().await), "MISS");
    assert_eq!(status(&world.chat("openai/gpt").streamed().send().await), "HIT");
}

#[tokio::test(start_paused = true)]
async fn a_translated_answer_is_kept_in_the_callers_format() {
    let world = World::playing([Script::message("Hello")]).caching(60);
    let ask = || {
        world
            .chat("anthropic/claude")
            .with(json!({"seed": 1, "max_tokens": 10}))
            .header("pointsman-on-unsupported", "drop")
    };
    let (first, again) = (ask().send().await, ask().send().await);
    assert_eq!((status(&first), status(&again)), ("MISS", "HIT"));
    assert_eq!((again.said().as_str(), first.body), ("Hello", again.body.clone()));
    assert_eq!(again.header("pointsman-dropped"), first.headers["pointsman-dropped"]);
    assert!(!again.header("pointsman-dropped").is_empty());
}

#[tokio::test(start_paused = true)]
async fn other_ways_in_keep_their_answers_apart() {
    let world = World::playing([Script::response("Hello"), Script::embeddings(1)]).caching(60);
    let body = json!({"model": "openai/gpt", "input": "hi"}).to_string();
    for way in ["responses", "embeddings"] {
        let ask = || Ask::new(&world, body.clone()).path(&format!("/v1/acc/default/compat/{way}"));
        let (first, again) = (ask().send().await, ask().send().await);
        assert_eq!((status(&first), status(&again)), ("MISS", "HIT"), "{way}");
        assert_eq!(first.body, again.body);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_still_to_come_is_not_kept() {
    let world = World::playing([Script::response("Hello")]).caching(60);
    let body = json!({"model": "openai/gpt", "input": "hi", "background": true}).to_string();
    let native = json!({"model": "gpt", "input": "hi", "background": true}).to_string();
    for (path, body) in [("compat/responses", body), ("openai/responses", native)] {
        let ask = || Ask::new(&world, body.clone()).path(&format!("/v1/acc/default/{path}"));
        for _ in 0..2 {
            assert_eq!(status(&ask().send().await), "MISS", "{path}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn answers_larger_than_what_is_held_back_are_kept_up_to_25_mib() {
    for (mib, expected) in [(9, "HIT"), (26, "MISS")] {
        let world = World::playing([Script::completion(&"x".repeat(mib << 20))]).caching(60);
        let first = world.chat("openai/gpt").send().await;
        let again = world.chat("openai/gpt").send().await;
        assert_eq!(status(&again), expected, "{mib} MiB");
        assert_eq!(first.body, again.body);
    }
}

fn native<'w>(world: &'w World, path: &str, body: &Value) -> Ask<'w> {
    Ask::new(world, body.to_string()).path(&format!("/v1/acc/default/openai/{path}"))
}

#[tokio::test(start_paused = true)]
async fn a_providers_own_api_is_kept_too() {
    let world = World::playing([
        Script::completion("Hello"),
        Script::raw(200, "image/png", vec![0_u8, 159, 146, 150]),
        Script::raw(200, "audio/mpeg", vec![1_u8, 159, 146, 150]),
        Script::stream(&["a", "b"]),
        Script::completion("Hello"),
    ])
    .caching(60);
    let chat = json!({"model": "gpt", "messages": []});
    for (path, body) in [
        ("chat/completions", chat.clone()),
        ("images/generations", json!({"model": "gpt-image", "prompt": "a cat"})),
        ("audio/speech", json!({"model": "tts", "input": "hi"})),
        ("chat/completions", json!({"model": "gpt", "messages": [], "stream": true})),
    ] {
        let ask = || native(&world, path, &body);
        let (first, again) = (ask().send().await, ask().send().await);
        assert_eq!((status(&first), status(&again)), ("MISS", "HIT"), "{path}");
        assert_eq!(first.body, again.body);
        assert_eq!(first.header("content-type"), again.header("content-type"));
    }
    assert_eq!(world.upstream.seen().len(), 4);
    let compat = world.chat("openai/gpt").with(json!({"messages": []})).send().await;
    assert_eq!(status(&compat), "MISS", "the way in is a part of the key");
    assert_eq!(status(&native(&world, "chat/completions?v=2", &chat).send().await), "MISS");
}

#[tokio::test(start_paused = true)]
async fn what_is_done_rather_than_asked_is_done_each_time() {
    let world = World::playing([Script::json(200, &json!({"id": "batch-1"}))]).caching(60);
    let batch = || native(&world, "batches", &json!({"input_file_id": "f"}));
    for _ in 0..2 {
        assert_eq!(status(&batch().send().await), "MISS");
        let list = Ask::get(&world, "/v1/acc/default/openai/models").send().await;
        assert_eq!(status(&list), "MISS");
        let put = native(&world, "chat/completions", &json!({"model": "gpt"})).method(Method::PUT);
        assert_eq!(status(&put.send().await), "MISS");
        let form = native(&world, "images/generations", &json!({}))
            .without("content-type")
            .header("content-type", "multipart/form-data; boundary=x");
        assert_eq!(status(&form.send().await), "MISS");
        let part = native(&world, "audio/speech", &json!({})).header("range", "bytes=0-1");
        assert_eq!(status(&part.send().await), "MISS");
    }
    let told = || batch().header("cf-aig-cache-ttl", "60");
    assert_eq!(status(&told().send().await), "MISS");
    assert_eq!(status(&told().send().await), "HIT", "the request itself says so");
}

#[tokio::test(start_paused = true)]
async fn every_value_of_a_header_that_goes_on_is_a_part_of_the_key() {
    let world = World::playing([Script::completion("wait"), Script::completion("at once")]);
    let world = world.caching(60);
    let chat = json!({"model": "gpt", "messages": []});
    let ask = |second| {
        let ask = native(&world, "chat/completions", &chat).header("prefer", "return=minimal");
        ask.header("prefer", second)
    };
    assert_eq!(ask("wait=10").send().await.said(), "wait");
    let other = ask("respond-async").send().await;
    assert_eq!((status(&other), other.said().as_str()), ("MISS", "at once"));
    assert_eq!(status(&ask("wait=10").send().await), "HIT");
}

#[tokio::test(start_paused = true)]
async fn steps_of_the_universal_endpoint_are_kept_each() {
    let world = World::playing([
        Script::status(503),
        Script::completion("Hello"),
        Script::status(503),
        Script::completion("other"),
    ])
    .caching(60);
    let step = |model: &str| {
        let query = json!({"model": model, "messages": [{"role": "user", "content": "hi"}]});
        json!({"provider": "openai", "endpoint": "chat/completions", "headers": {}, "query": query})
    };
    let ask =
        || Ask::new(&world, json!([step("a"), step("b")]).to_string()).path("/v1/acc/default");
    let first = ask().send().await;
    assert_eq!((status(&first), first.header("cf-aig-step")), ("MISS", "1"));
    let again = ask().send().await;
    assert_eq!((again.said().as_str(), status(&again)), ("Hello", "HIT"));
    assert_eq!(again.header("cf-aig-step"), "1");
    assert_eq!(world.upstream.seen().len(), 3, "the first step was tried again");
    let mut own = step("b");
    own["headers"] = json!({"cf-aig-skip-cache": "true"});
    let skipped = Ask::new(&world, json!([own]).to_string()).path("/v1/acc/default").send().await;
    assert_eq!((skipped.said().as_str(), status(&skipped)), ("other", "BYPASS"));
}
