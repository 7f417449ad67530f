//! The universal endpoint: steps, tried in order.
use crate::elements::{end, model, one_model, start, when};
use crate::world::{Answer, Ask, World, cents, requests, runner};
use proxy::catalog::GatewayLimits;
use serde_json::{Value, json};
use testkit::{FakeUpstream, Script};

fn ask<'w>(world: &'w World, steps: Value) -> Ask<'w> {
    Ask::new(world, steps.to_string()).path("/v1/acc/default")
}

fn openai(model: &str) -> Value {
    let query = json!({"model": model, "messages": [{"role": "user", "content": "hi"}]});
    json!({"provider": "openai", "endpoint": "v1/chat/completions", "headers": {}, "query": query})
}

fn compat(model: &str) -> Value {
    let mut step = openai(model);
    step["provider"] = "compat".into();
    step["endpoint"] = "chat/completions".into();
    step
}

/// The messages of the array form.
fn errors(answer: &Answer) -> (u16, u64, String) {
    let json = answer.json();
    assert_eq!(json["success"], false);
    let first = &json["error"][0];
    (
        answer.status.as_u16(),
        first["code"].as_u64().unwrap_or_default(),
        first["message"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test(start_paused = true)]
async fn the_first_step_that_succeeds_answers() {
    let world = World::playing([Script::status(503), Script::completion("Hello")]);
    let answer =
        ask(&world, json!([openai("gpt-a"), openai("gpt-b"), openai("gpt-c")])).send().await;
    assert_eq!(answer.said(), "Hello");
    assert_eq!((answer.header("cf-aig-step"), answer.header("cf-aig-model")), ("1", "gpt-b"));
    assert_eq!(world.upstream.seen().len(), 2, "the third is not asked");
    let records = world.records();
    let told: Vec<_> = records.iter().map(|it| (it.model.as_str(), it.status)).collect();
    assert_eq!(told, [("gpt-a", 503), ("gpt-b", 200)]);
    assert_ne!(records[0].id, records[1].id);
    assert_eq!(answer.header("cf-aig-log-id"), records[1].id);
}

#[tokio::test(start_paused = true)]
async fn when_no_step_answers_the_log_of_the_last_one_is_named() {
    let world = World::playing([Script::status(503), Script::status(500)]);
    for steps in [
        json!([openai("gpt-a"), openai("gpt-b")]),
        json!([openai("gpt-a"), compat("dynamic/nope")]),
        json!([openai("gpt-a"), compat("openai/gpt-b")]),
        json!([openai("gpt-a")]),
    ] {
        let last = steps.as_array().map_or(0, Vec::len);
        let answer = ask(&world, steps.clone()).send().await;
        assert!(answer.status.as_u16() >= 400, "{steps}");
        let records = world.records();
        assert_eq!(records.len(), last, "{steps}");
        assert_eq!(answer.header("cf-aig-log-id"), records[last - 1].id, "{steps}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_compat_step_calls_a_route_or_a_model() {
    let world = World::playing([Script::completion("Hello")]).deploy("r", &one_model("openai/gpt"));
    let answer = ask(&world, json!([compat("dynamic/nope"), compat("dynamic/r")])).send().await;
    assert_eq!((answer.said().as_str(), answer.header("cf-aig-step")), ("Hello", "1"));
    assert_eq!(answer.header("pointsman-route"), "r");
    assert_eq!(ask(&world, json!([compat("openai/gpt")])).send().await.said(), "Hello");
    let mut step = compat("dynamic/r");
    step["endpoint"] = "completions".into();
    assert_eq!(errors(&ask(&world, json!([step])).send().await).1, 2019);
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_an_answer_too() {
    let world = World::playing([Script::status(500), Script::stream(&["Hel", "lo"])])
        .deploy("r", &one_model("openai/gpt"));
    let mut streamed = compat("dynamic/r");
    streamed["query"]["stream"] = true.into();
    let answer = ask(&world, json!([openai("gpt"), streamed])).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("cf-aig-step")), (200, "1"));
    assert!(answer.text().ends_with("data: [DONE]\n\n"), "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn the_last_failure_is_told() {
    let world = World::playing([Script::status(503), Script::error(400, "no such model")]);
    let answer = ask(&world, json!([openai("a"), openai("b")])).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("cf-aig-step")), (400, "1"));
    assert_eq!(answer.json()["error"]["message"], "no such model", "as the provider said it");
    let world = World::playing([Script::status(503)]).deploy("r", &one_model("openai/gpt"));
    let (status, code, message) =
        errors(&ask(&world, json!([openai("a"), compat("dynamic/r")])).send().await);
    assert_eq!((status, code), (502, 2005));
    assert!(
        message.starts_with("step 0 (openai, v1/chat/completions): the provider answered 503"),
        "{message}"
    );
    assert!(
        message.contains("; step 1 (compat, chat/completions): no model of the route `r` answered"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn errors_have_the_form_that_its_sdk_reads() {
    let world = World::friendly();
    let nowhere = ask(&world, json!([openai("a")])).path("/v1/acc/nowhere").send().await;
    assert_eq!(errors(&nowhere).0, 400);
    assert_eq!(errors(&nowhere).1, 2001);
    let locked = ask(&world, json!([openai("a")])).path("/v1/acc/locked").send().await;
    assert_eq!((errors(&locked).0, errors(&locked).1), (401, 2009));
    for body in [
        json!([]),
        json!({}),
        json!([{"provider": "openai"}]),
        json!([{"provider": "openai", "endpoint": "x", "headers": {"a b": "c"}}]),
    ] {
        let answer = ask(&world, body.clone()).send().await;
        assert_eq!((errors(&answer).0, errors(&answer).1), (400, 2019), "{body}");
    }
    let many: Vec<_> = (0..101).map(|_| openai("a")).collect();
    assert!(errors(&ask(&world, json!(many)).send().await).2.contains("at most 100"));
}

#[tokio::test(start_paused = true)]
async fn a_step_has_its_own_headers_and_its_own_key() {
    let world = World::playing([Script::status(500)]).token("pmn_secret", runner());
    let mut first = openai("a");
    first["provider"] = "groq".into();
    first["endpoint"] = "chat/completions".into();
    first["headers"] = json!({"authorization": "Bearer sk-groq", "x-request-id": "one"});
    let mut second = first.clone();
    second["headers"] =
        json!({"Authorization": "Bearer pmn_secret", "cf-aig-authorization": "Bearer pmn_secret"});
    let mut third = openai("a");
    third["headers"] = json!({"authorization": "Bearer sk-openai"});
    let answer = ask(&world, json!([first, second, third]))
        .path("/v1/acc/locked")
        .header("cf-aig-authorization", "Bearer pmn_secret")
        .header("authorization", "Bearer sk-of-nobody")
        .send()
        .await;
    assert_eq!(answer.status, 500);
    let seen = world.upstream.seen();
    assert_eq!(seen.len(), 2, "there is no key for the second");
    assert_eq!(
        (seen[0].header("authorization"), seen[0].header("x-request-id")),
        ("Bearer sk-groq", "one")
    );
    assert!(seen[1].header("authorization").contains("sk-stored"), "the gateway's own comes first");
    assert_eq!(seen[1].header("x-request-id"), "");
    let all = format!("{seen:?}");
    assert!(!all.contains("pmn_secret") && !all.contains("sk-of-nobody"), "{all}");
}

#[tokio::test(start_paused = true)]
async fn config_replaces_the_headers_of_the_request() {
    let world = World::playing([Script::status(503)]);
    let mut step = openai("a");
    step["config"] =
        json!({"maxAttempts": 3, "retryDelay": 1, "backoff": "constant", "requestTimeout": 1000});
    let answer = ask(&world, json!([step])).header("cf-aig-max-attempts", "1").send().await;
    assert_eq!((answer.status.as_u16(), world.upstream.seen().len()), (503, 3));
    step_is_refused(&world, json!({"maxAttempts": 9})).await;
    step_is_refused(&world, json!({"backoff": {}})).await;
}

async fn step_is_refused(world: &World, config: Value) {
    let mut step = openai("a");
    step["config"] = config;
    let answer = ask(world, json!([step])).send().await;
    assert_eq!(errors(&answer).1, 2019, "{}", answer.text());
}

#[tokio::test(start_paused = true)]
async fn a_request_counts_once_and_a_full_limit_ends_it() {
    let limited = |limit| {
        World::over(FakeUpstream::playing([Script::status(503), Script::completion("Hello")]))
            .limit(move |id| GatewayLimits {
                rate: Some(requests(id, limit, 60)),
                spend: Vec::new(),
            })
    };
    let world = limited(1);
    let steps = || json!([openai("a"), openai("b"), openai("c")]);
    assert_eq!(ask(&world, steps()).send().await.said(), "Hello");
    let (status, code, _) = errors(&ask(&world, steps()).send().await);
    assert_eq!((status, code), (429, 2003));
    assert_eq!(world.upstream.seen().len(), 2, "nothing more is called");

    let world = World::playing([Script::completion("Hello")]).spend([cents("0a1b2c3d", 1)]);
    let echo = compat("echo/echo");
    let answer = ask(&world, json!([openai("unpriced"), echo])).send().await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cf-aig-step")),
        (200, "1"),
        "{}",
        answer.text()
    );
}

#[tokio::test(start_paused = true)]
async fn a_step_that_calls_nobody_does_not_free_the_next_ones_from_the_limit() {
    let condition = when("vip", json!({"metadata.vip": true}), "main", "end");
    let nobody = json!([start("vip"), condition, model("main", "openai/gpt", "end", ""), end()]);
    let world = World::over(FakeUpstream::playing([Script::completion("Hello")]))
        .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: Vec::new() })
        .deploy("nobody", &nobody);
    let steps = || json!([compat("dynamic/nobody"), openai("gpt")]);
    assert_eq!(ask(&world, steps()).send().await.said(), "Hello");
    let (status, code, _) = errors(&ask(&world, steps()).send().await);
    assert_eq!((status, code), (429, 2003));
    assert_eq!(world.upstream.seen().len(), 1, "nothing more is called");
}

#[tokio::test(start_paused = true)]
async fn every_step_that_is_refused_has_a_record_of_its_own() {
    let world = World::playing([Script::status(503)]);
    let steps = json!([openai("gpt-a"), compat("dynamic/nope"), compat("nope/x")]);
    ask(&world, steps).send().await;
    let records = world.records();
    let told: Vec<_> = records.iter().map(|it| (it.model.as_str(), it.status)).collect();
    assert_eq!(told, [("gpt-a", 503), ("dynamic/nope", 404), ("nope/x", 400)]);
    let kinds: Vec<_> = records.iter().map(|it| it.entry.kind.as_str()).collect();
    assert_eq!(kinds, ["native", "chat", "chat"]);
    let ids: std::collections::BTreeSet<_> = records.iter().map(|it| &it.id).collect();
    assert_eq!(ids.len(), 3);
    ask(&world, json!({"no": "list"})).send().await;
    let record = world.record();
    assert_eq!((record.entry.kind.as_str(), record.status), ("universal", 400));
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_list_that_is_refused_as_a_whole_is_in_its_record_but_its_size() {
    let world = World::friendly().token("pmn_secret", runner());
    let key = "sk-live-canary-0123456789";
    let mut good = openai("a");
    good["headers"] = json!({"Authorization": format!("Bearer {key}")});
    let mut headless = good.clone();
    headless["headers"] = json!(format!("Bearer {key}"));
    for broken in [
        json!([good.clone(), {"provider": "openai", "headers": good["headers"]}]).to_string(),
        json!(vec![good.clone(); 101]).to_string(),
        json!({"model": key, "steps": [good.clone()]}).to_string(),
        json!([key]).to_string(),
        json!([good.clone(), headless]).to_string(),
        json!(key).to_string(),
        json!([{"provider": "openai", "endpoint": "x", "headers": {key: 1}, "config": key}])
            .to_string(),
        format!("[{good}, {{\"provider\": \"pmn_secret\", \"headers\": {{"),
    ] {
        let answer = Ask::new(&world, broken.clone()).path("/v1/acc/default").send().await;
        assert_eq!(errors(&answer).1, 2019, "{broken}");
        let record = world.record();
        let payload = record.payload.as_deref().expect("it is kept");
        assert!(payload.request.is_empty() && !payload.request_complete, "{broken}");
        assert_eq!(payload.response.concat(), answer.body, "{broken}");
        assert_eq!(usize::try_from(record.request_size), Ok(broken.len()));
        let told = format!("{record:?}{}", answer.text());
        assert!(!told.contains(key) && !told.contains("pmn_secret"), "{broken}: {told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_be_read_says_which_step_and_what_a_step_is() {
    let world = World::friendly();
    let refused = async |body: Value| errors(&ask(&world, body).send().await).2;
    let broken = refused(json!([openai("a"), {"provider": "openai"}])).await;
    assert!(broken.starts_with("step 1 cannot be read at line 1, column 21 of it"), "{broken}");
    assert!(broken.contains("`endpoint`"), "{broken}");
    let none = refused(json!({})).await;
    assert!(none.starts_with("the body must be a list of steps"), "{none}");
}

#[tokio::test(start_paused = true)]
async fn a_header_that_can_be_none_is_not_repeated_in_a_record() {
    let world = World::friendly();
    let mut step = openai("a");
    step["headers"] = json!({"Authorization: Bearer sk-canary": ""});
    let answer = ask(&world, json!([step])).send().await;
    assert_eq!(errors(&answer).1, 2019);
    let told = format!("{:?}{}", world.record(), answer.text());
    assert!(!told.contains("sk-canary"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn an_error_names_the_path_of_a_step_without_its_query() {
    let world = World::friendly();
    let mut step = openai("a");
    step["provider"] = "nope".into();
    step["endpoint"] = "/v1beta/models/g:generateContent?key=AIza-canary".into();
    let answer = ask(&world, json!([step.clone(), step])).send().await;
    let (_, _, message) = errors(&answer);
    assert!(message.contains("step 1 (nope, v1beta/models/g:generateContent)"), "{message}");
    let told = format!("{:?}{}", world.records(), answer.text());
    assert!(!told.contains("AIza-canary"), "{told}");
}
