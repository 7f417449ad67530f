//! One record a request, no more and no less.
use crate::elements::{one_model, with_spare};
use crate::world::{Ask, MONDAY_MS, World, runner};
use serde_json::json;
use testkit::{FakeUpstream, Script};

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
async fn a_refusal_before_routing_is_recorded_as_a_failure_after_it_is() {
    let world = World::playing([Script::status(500)]).deploy("r", &one_model("openai/gpt"));
    for (model, status, cause) in [
        ("dynamic/nope", 404, "route_not_found"),
        ("nope", 400, "invalid_request"),
        ("nope/x", 400, "provider_not_found"),
        ("dynamic/r", 502, "status"),
        ("openai/x", 502, "status"),
    ] {
        let answer = world.chat(model).header("cf-aig-metadata", r#"{"user":"ada"}"#).send().await;
        let record = world.record();
        assert_eq!(record.id, answer.header("cf-aig-log-id"));
        assert_eq!((record.status, record.cause.as_deref()), (status, Some(cause)), "{model}");
        assert_eq!(record.metadata.as_deref(), Some(r#"{"user":"ada"}"#));
        assert_eq!((&*record.entry.kind, &*record.entry.path), ("chat", "chat/completions"));
        let payload = record.payload.expect("it was read");
        assert!(String::from_utf8_lossy(&payload.request).contains(model));
        assert!(!record.success && payload.request_complete && payload.response_complete);
        assert_eq!(record.request_size, payload.request.len() as u64);
        assert_eq!(payload.response.concat(), answer.body, "{model}");
        assert_eq!(record.response_size, answer.body.len() as u64);
        assert_eq!(record.entry.response_content_type, "application/json");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_recorded_with_the_name_it_called_and_nothing_of_its_body_without_payloads()
 {
    let world = World::friendly();
    let ask = world.chat("dynamic/nope").with(json!({"user": "u-secret"}));
    ask.header("cf-aig-collect-log-payload", "false").send().await;
    let record = world.record();
    assert_eq!(
        (&*record.provider, &*record.model, &*record.path),
        ("unknown", "dynamic/nope", "[]")
    );
    assert!(record.payload.is_none() && !format!("{record:?}").contains("secret"));
    let ask = world.chat("dynamic/nope").with(json!({"user": "u-secret"}));
    ask.header("cf-aig-collect-log-payload", "perhaps").send().await;
    let record = world.record();
    assert!(record.payload.is_none(), "nobody knows what it wanted");
    world.chat("dynamic/nope").header("cf-aig-collect-log", "false").send().await;
    assert_eq!(world.records().len(), 0);
    assert_eq!(world.unlogged().len(), 1, "it is counted all the same");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_read_is_recorded_as_a_refusal_and_what_was_told() {
    let world = World::with_settings(FakeUpstream::playing([]), |it| it.max_body = 8);
    let answer = world.chat("dynamic/r").send().await;
    let record = world.record();
    assert_eq!((record.status, record.cause.as_deref()), (413, Some("request_too_large")));
    let payload = record.payload.expect("what was told is kept");
    assert!(payload.request.is_empty() && !payload.request_complete && record.request_size == 0);
    assert_eq!(payload.response.concat(), answer.body);
}

#[tokio::test(start_paused = true)]
async fn whoever_is_not_let_in_leaves_no_record_and_is_counted() {
    let world = World::friendly().token("pmn_t", runner());
    let strangers =
        [world.chat("dynamic/nope").locked(), world.chat("dynamic/nope").token("pmn_x")];
    for ask in strangers {
        assert_eq!(ask.send().await.status, 401);
    }
    let elsewhere = world.chat("dynamic/nope").path("/v1/acc/nowhere/compat/chat/completions");
    assert_eq!(elsewhere.send().await.status, 400);
    let models = Ask::get(&world, "/v1/acc/default/compat/models/dynamic/nope");
    assert_eq!(models.send().await.status, 404, "it only looks");
    assert_eq!(world.records().len(), 0);
    let counted = world.metrics.encode();
    assert!(counted.contains("status=\"401\"") || counted.contains("4xx"), "{counted}");
    world.chat("dynamic/nope").token("pmn_t").locked().send().await;
    let record = world.record();
    assert_eq!((record.token.as_deref(), record.entry.authenticated), (Some("tok-1"), true));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_there_is_recorded_below_a_gateway_of_whoever_is_let_in() {
    let world = World::friendly().token("pmn_t", runner());
    for (method, path, status, cause) in [
        ("POST", "compat/v1/completions", 404, "path_not_found"),
        ("POST", "openai", 404, "path_not_found"),
        ("GET", "compat/chat/completions", 405, "method_not_allowed"),
        ("GET", "", 405, "method_not_allowed"),
    ] {
        let url = |gateway: &str| format!("/v1/acc/{gateway}/{path}");
        let ask = |gateway| world.chat("m").path(&url(gateway)).method(method.parse().unwrap());
        let answer = ask("default").send().await;
        let record = world.record();
        assert_eq!((answer.status.as_u16(), record.status), (status, status), "{path}");
        assert_eq!(record.id, answer.header("cf-aig-log-id"));
        assert_eq!((&*record.entry.kind, record.cause.as_deref()), ("unknown", Some(cause)));
        assert_eq!(record.entry.path, path.strip_prefix("compat/").unwrap_or(path));
        assert_eq!((&*record.provider, &*record.model), ("unknown", ""));
        assert_eq!(
            ask("locked").send().await.status.as_u16(),
            status,
            "a stranger is told the same"
        );
        assert_eq!(ask("nowhere").send().await.status.as_u16(), status);
        assert_eq!(world.records().len(), 0);
        ask("locked").token("pmn_t").send().await;
        assert_eq!(world.record().token.as_deref(), Some("tok-1"));
    }
    let socket = Ask::get(&world, "/v1/acc/default/openai/realtime").header("upgrade", "websocket");
    assert_eq!(socket.send().await.status, 501);
    let record = world.record();
    assert_eq!((&*record.entry.kind, &*record.entry.path), ("native", "realtime"));
    assert_eq!(record.cause.as_deref(), Some("not_implemented"));
}

#[tokio::test(start_paused = true)]
async fn looking_at_models_is_counted_and_leaves_no_record() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt"));
    for (name, status) in [("", 200), ("/dynamic/r", 200), ("/dynamic/nope", 404)] {
        let path = format!("/v1/acc/default/compat/models{name}");
        assert_eq!(Ask::get(&world, &path).send().await.status.as_u16(), status);
    }
    assert_eq!((world.records().len(), world.unlogged().len()), (0, 0));
    let text = world.metrics.encode();
    for line in [
        "pointsman_requests_total{gateway=\"default\",status=\"2xx\"} 2",
        "pointsman_requests_total{gateway=\"default\",status=\"4xx\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_stands_in_the_query_of_a_url_is_in_no_record() {
    let world = World::friendly();
    let path = "/v1/acc/default/google-ai-studio/v1beta/models?key=sk-canary&pageSize=5";
    assert_eq!(Ask::get(&world, path).send().await.status, 200);
    let record = world.record();
    assert!(!format!("{record:?}").contains("canary"), "{record:?}");
    assert_eq!(record.entry.path, "v1beta/models");
}

#[tokio::test(start_paused = true)]
async fn the_header_decides_over_the_gateway_whether_there_is_a_record() {
    let world = World::friendly().deploy("r", &one_model("echo/echo"));
    world.chat("dynamic/r").header("cf-aig-collect-log", "false").send().await;
    assert_eq!(world.records().len(), 0);
    world.change_gateways(|it| proxy::catalog::Gateway { collect_logs: false, ..it.clone() });
    world.chat("dynamic/r").send().await;
    assert_eq!(world.records().len(), 0);
    assert_eq!(world.unlogged().len(), 2);
    world.chat("dynamic/r").header("cf-aig-collect-log", "true").send().await;
    assert_eq!((world.records().len(), world.unlogged().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_logged_is_counted_with_what_it_used_and_without_what_its_caller_said() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt"));
    let ask = world.chat("dynamic/r").with(json!({"user": "u-secret"}));
    let ask = ask.header("cf-aig-metadata", r#"{"team":"t-secret"}"#);
    ask.header("cf-aig-collect-log", "false").send().await;
    let counted = world.unlogged().remove(0);
    assert_eq!((counted.provider.as_str(), counted.model.as_str()), ("openai", "gpt"));
    assert!(counted.success && counted.usage.is_some() && counted.route.is_some());
    assert!(counted.path.contains("success"), "{}", counted.path);
    assert!(!format!("{counted:?}").contains("secret"), "{counted:?}");
    world.chat("dynamic/r").streamed().header("cf-aig-collect-log", "false").send().await;
    let sent: serde_json::Value = serde_json::from_slice(&world.upstream.seen()[1].body).unwrap();
    assert_eq!(sent["stream_options"], json!({"include_usage": true}));
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

#[tokio::test(start_paused = true)]
async fn each_model_element_is_charged_what_its_own_attempts_were_billed() {
    let billed = Script::sse(&[
        r#"data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":0,"total_tokens":5}}"#,
        "\n\n",
        "data: [DONE]\n\n",
    ]);
    for (first, expected) in [
        (billed, vec![(0, "gpt-a", 5, 0), (1, "gpt-b", 5, 7)]),
        (Script::status(500), vec![(1, "gpt-b", 5, 7)]),
    ] {
        let world = World::playing([first, Script::stream(&["x"])])
            .deploy("r", &with_spare("openai/gpt-a", "openai/gpt-b"));
        world.chat("dynamic/r").streamed().send().await;
        let record = world.record();
        let of = |it: &telemetry::Charge| {
            (it.step, it.model.to_string(), it.usage.tokens_in(), it.usage.tokens_out())
        };
        let charged: Vec<_> = record.charges.iter().map(of).collect();
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(step, model, i, o)| (step, model.to_owned(), i, o))
            .collect();
        assert_eq!((record.step, charged), (1, expected));
        assert!(record.charges.iter().all(|it| &*it.provider == "openai"));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_before_the_answer_is_charged_at_the_element_that_was_being_called() {
    let world = World::playing([Script::status(500), Script::stall()])
        .deploy("r", &with_spare("openai/gpt", "openrouter/llama"));
    let ask = world.chat("dynamic/r").with(json!({"max_tokens": 10}));
    assert!(tokio::time::timeout(std::time::Duration::from_secs(1), ask.begin()).await.is_err());
    let charges = world.record().charges;
    let told: Vec<_> =
        charges.iter().map(|it| (it.step, &*it.provider, it.usage.tokens_out())).collect();
    assert_eq!(told, [(1, "openrouter", 10)]);
}
