//! Providers' own APIs, passed through.
use crate::world::{Ask, World, cents, requests, runner};
use access::Token;
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use proxy::catalog::GatewayLimits;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use testkit::{FakeUpstream, Script};

fn post<'w>(world: &'w World, path: &str, body: &str) -> Ask<'w> {
    Ask::new(world, body.to_owned()).path(path)
}

#[tokio::test(start_paused = true)]
async fn bytes_go_both_ways_unchanged_with_the_gateways_key() {
    let world = World::playing([Script::completion("Hello").header("x-request-id", "req-1")]);
    let body = r#" {"model":"gpt-5",  "messages":[], "made_up": 1.50} "#;
    let answer = post(&world, "/v1/acc/default/openai/chat/completions?a=b%20c", body)
        .header("openai-beta", "x")
        .header("cookie", "secret")
        .send()
        .await;
    assert_eq!(answer.said(), "Hello");
    let seen = &world.upstream.seen()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/v1/chat/completions?a=b%20c")
    );
    assert_eq!(String::from_utf8_lossy(&seen.body), body);
    assert!(
        seen.header("authorization").starts_with("Bearer ") && seen.header("cookie").is_empty()
    );
    assert_eq!((seen.header("openai-beta"), answer.header("x-request-id")), ("x", "req-1"));
    assert_eq!(
        (answer.header("cf-aig-provider"), answer.header("cf-aig-model")),
        ("openai", "gpt-5")
    );
    let record = world.record();
    assert_eq!(
        (record.provider.as_str(), record.model.as_str(), record.success),
        ("openai", "gpt-5", true)
    );
    assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
}

#[tokio::test(start_paused = true)]
async fn any_method_and_any_kind_of_body_is_passed_on() {
    let sound = Script::raw(200, "audio/mpeg", vec![0_u8, 159, 146, 150])
        .header("content-disposition", "inline");
    let world = World::playing([
        Script::json(200, &json!({"data": []})),
        Script::json(200, &json!({"text": "hi"})),
        sound,
    ]);
    let list = Ask::get(&world, "/v1/acc/default/openai/files").send().await;
    assert_eq!((list.status.as_u16(), list.json()), (200, json!({"data": []})));
    let form =
        "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b--\r\n";
    let upload = post(&world, "/v1/acc/default/openai/audio/transcriptions", form)
        .without("content-type")
        .header("content-type", "multipart/form-data; boundary=b")
        .send()
        .await;
    assert_eq!(upload.json()["text"], "hi");
    let speech = post(
        &world,
        "/v1/acc/default/elevenlabs/v1/text-to-speech/v?output_format=mp3",
        r#"{"model_id":"eleven_v3"}"#,
    )
    .send()
    .await;
    assert_eq!(&*speech.body, &[0_u8, 159, 146, 150]);
    assert_eq!(speech.header("content-disposition"), "inline");
    let seen = world.upstream.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].body.len()), ("GET", 0));
    assert_eq!(seen[1].header("content-type"), "multipart/form-data; boundary=b");
    assert_eq!(&*seen[1].body, form.as_bytes());
    assert_eq!(
        (seen[2].path.as_str(), seen[2].header("authorization")),
        ("/v1/text-to-speech/v?output_format=mp3", "")
    );
    assert!(!seen[2].header("xi-api-key").is_empty());
    let records = world.records();
    assert!(
        records.iter().all(|it| it.success && it.usage.is_none() && it.cost.is_none()),
        "nobody knows what they used"
    );
    assert_eq!(records[2].model, "eleven_v3");
}

#[tokio::test(start_paused = true)]
async fn streams_pass_as_they_come_and_are_billed() {
    let gemini = "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]}}],\"usageMetadata\":{\"promptTokenCount\":5}}\r\n\r\n\
        data: {\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":7,\"totalTokenCount\":12}}\r\n\r\n";
    let world = World::playing([Script::sse(&[gemini])]);
    let path = "/v1/acc/default/google-ai-studio/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse";
    let answer = post(&world, path, r#"{"contents":[]}"#).send().await;
    assert_eq!(answer.text(), gemini);
    let record = world.record();
    assert_eq!((record.model.as_str(), record.streamed), ("gemini-3-flash", true));
    assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
    assert!(!world.upstream.seen()[0].header("x-goog-api-key").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_says_nothing_to_us_is_passed_on_all_the_same() {
    let events = "data: not json\n\ndata: {\"error\":{\"message\":\"odd\"}}\n\ndata: more";
    let world = World::playing([Script::sse(&[events])]);
    let answer = post(&world, "/v1/acc/default/openai/odd", r#"{"stream":true}"#).send().await;
    assert_eq!(answer.text(), events);
    assert!(world.record().success);
}

#[tokio::test(start_paused = true)]
async fn a_count_of_tokens_is_recorded_as_one_that_costs_nothing() {
    let world = World::playing([Script::json(200, &json!({"input_tokens": 99}))]);
    let body = r#"{"model":"claude-x","messages":[]}"#;
    let path = "/v1/acc/default/anthropic/v1/messages/count_tokens";
    let ask = || post(&world, path, body);
    assert_eq!(ask().send().await.json(), json!({"input_tokens": 99}));
    let record = world.record();
    assert_eq!(
        (&*record.entry.kind, &*record.entry.path, record.entry.compat),
        ("count_tokens", "v1/messages/count_tokens", false)
    );
    assert_eq!((&*record.provider, &*record.model), ("anthropic", "claude-x"));
    assert_eq!((record.cost, record.usage, record.charges.len()), (Some(0), None, 0));
    ask().header("cf-aig-collect-log", "false").send().await;
    assert!(world.unlogged().iter().all(|it| it.entry.only_counts()), "analytics leaves it out");
    for (path, kind) in [
        ("openai/v1/responses/input_tokens", "count_tokens"),
        ("google-ai-studio/v1beta/models/gemini-x:countTokens", "count_tokens"),
        ("google-ai-studio/v1beta/models/gemini-x:embedContent", "native"),
        ("openai/v1/messages", "native"),
    ] {
        post(&world, &format!("/v1/acc/default/{path}"), body).send().await;
        assert_eq!(world.record().entry.kind, kind, "{path}");
    }
    let socket = post(&world, path, body).header("upgrade", "websocket");
    assert_eq!(socket.send().await.status, 501);
    assert_eq!(world.record().entry.kind, "count_tokens", "as the one of `compat` is");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_comes_back_as_it_came_but_for_secrets() {
    let upstream = FakeUpstream::answering(|seen| {
        let key = seen.header("x-api-key").to_owned();
        Script::json(418, &json!({"type": "error", "error": {"type": "odd", "message": format!("bad key {key}")}}))
            .header("request-id", "req_1")
            .header("retry-after", "7")
    });
    let world = World::over(upstream);
    let answer =
        post(&world, "/v1/acc/default/anthropic/v1/messages", r#"{"model":"claude"}"#).send().await;
    assert_eq!(answer.status, 418);
    assert_eq!(answer.json()["error"], json!({"type": "odd", "message": "bad key [redacted]"}));
    assert_eq!((answer.header("request-id"), answer.header("retry-after")), ("req_1", "7"));
    let record = world.record();
    assert_eq!(
        (record.status, record.cause.as_deref(), record.model.as_str()),
        (418, Some("status"), "claude")
    );
    assert_eq!(record.usage, None, "a refusal is not billed");
}

#[tokio::test(start_paused = true)]
async fn only_what_may_be_repeated_is_tried_again() {
    let retried = |path: &'static str, method: Method, body: &'static str, expected: usize| async move {
        let world = World::playing([Script::status(503)]);
        let answer = post(&world, path, body)
            .method(method)
            .header("cf-aig-max-attempts", "3")
            .header("cf-aig-retry-delay", "1")
            .send()
            .await;
        assert_eq!(
            (answer.status.as_u16(), &answer.json()["error"]["message"]),
            (503, &"scripted 503".into())
        );
        assert_eq!(world.upstream.seen().len(), expected, "{path}");
    };
    retried(
        "/v1/acc/default/openai/chat/completions",
        Method::POST,
        r#"{"model":"m","messages":[]}"#,
        3,
    )
    .await;
    retried("/v1/acc/default/openai/files/f", Method::DELETE, "", 3).await;
    retried("/v1/acc/default/openai/batches", Method::POST, "{}", 1).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_there_is_told_in_the_providers_shape() {
    let world = World::playing([Script::refuse()]);
    let answer =
        post(&world, "/v1/acc/default/anthropic/v1/messages", r#"{"model":"claude"}"#).send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]["type"]),
        (502, &"api_error".into())
    );
    let nobody = post(&world, "/v1/acc/default/nobody/v1/x", "{}").send().await;
    assert_eq!(nobody.error().0, 400);
    assert_eq!(nobody.error().1, 2008);
    let up = post(&world, "/v1/acc/default/openai/../x", "{}").send().await;
    assert_eq!(up.error().1, 2019);
}

#[tokio::test(start_paused = true)]
async fn the_gateways_limits_are_asked() {
    let world = World::playing([Script::completion("Hello")])
        .limit(|id| GatewayLimits { rate: Some(requests(id, 1, 60)), spend: Vec::new() });
    let ask = || post(&world, "/v1/acc/default/openai/models", "").method(Method::GET);
    assert_eq!(ask().send().await.status, 200);
    let (status, code, _) = ask().send().await.error();
    assert_eq!((status, code), (429, 2003));

    let world = World::playing([Script::completion("Hello")])
        .price("gpt", 1_000_000_000, 1_000_000_000)
        .spend([cents("0a1b2c3d", 1)]);
    let chat = |model: &str| {
        post(
            &world,
            "/v1/acc/default/openai/chat/completions",
            &json!({"model": model, "messages": [], "max_tokens": 1}).to_string(),
        )
        .send()
    };
    assert_eq!(chat("gpt").await.status, 200);
    let (status, code, message) = chat("gpt").await.error();
    assert_eq!((status, code), (429, 2045), "{message}");
    assert_eq!(chat("unpriced").await.error().0, 502, "its price is not known");
    assert_eq!(
        Ask::get(&world, "/v1/acc/default/openai/models").send().await.status,
        200,
        "looking costs nothing"
    );
}

#[tokio::test(start_paused = true)]
async fn tokens_of_ours_go_nowhere() {
    let world = World::playing([Script::completion("Hello")]).token("pmn_secret", runner());
    for ask in [
        post(&world, "/v1/acc/locked/openai/chat/completions", "{}").token("pmn_secret"),
        post(&world, "/v1/acc/locked/google-ai-studio/v1beta/models?key=pmn_secret&a=b", "{}")
            .header("x-goog-api-key", "pmn_secret"),
        post(&world, "/v1/acc/locked/anthropic/v1/messages", "{}")
            .header("x-api-key", "pmn_secret")
            .header("anthropic-beta", "pmn_secret"),
    ] {
        assert_eq!(ask.send().await.status, 200);
    }
    for seen in world.upstream.seen() {
        assert!(!format!("{seen:?}").contains("pmn_secret"), "{seen:?}");
    }
    assert!(world.upstream.seen()[1].path.ends_with("?a=b"));
    let world = World::friendly()
        .token("pmn_routes", Token { routes: Some(["r".to_owned()].into()), ..runner() });
    let answer = post(&world, "/v1/acc/locked/openai/models", "").token("pmn_routes").send().await;
    assert_eq!(answer.status, 403);
}

#[tokio::test(start_paused = true)]
async fn a_page_of_another_site_gets_nothing() {
    let world = World::friendly();
    let image =
        Ask::get(&world, "/v1/acc/default/openai/models").header("sec-fetch-site", "cross-site");
    assert_eq!(image.send().await.status, 403);
    let page =
        Ask::get(&world, "/v1/acc/default/openai/models").header("origin", "https://evil.test");
    assert_eq!(page.send().await.status, 403);
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_callers_own_key_is_used_where_the_gateway_has_none() {
    let world = World::playing([Script::completion("Hello")]);
    let ask = |path: &'static str| post(&world, path, "{}").token("sk-own");
    assert_eq!(ask("/v1/acc/default/groq/chat/completions").send().await.status, 200);
    assert_eq!(world.upstream.seen()[0].header("authorization"), "Bearer sk-own");
    assert_eq!(ask("/v1/acc/default/openai/chat/completions").send().await.status, 200);
    assert_ne!(world.upstream.seen()[1].header("authorization"), "Bearer sk-own");
}

/// A frame of an event, as AWS's own writer makes it.
fn frame(name: &'static str, payload: &serde_json::Value) -> Vec<u8> {
    let text = |it: &str| HeaderValue::String(it.to_owned().into());
    let message = Message::new(payload.to_string().into_bytes())
        .add_header(Header::new(":event-type", text(name)))
        .add_header(Header::new(":message-type", text("event")));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes).expect("a frame");
    bytes
}

#[tokio::test(start_paused = true)]
async fn a_binary_stream_passes_and_is_billed() {
    let stream = [
        frame("messageStart", &json!({"role": "assistant"})),
        frame("contentBlockDelta", &json!({"contentBlockIndex": 0, "delta": {"text": "Hi"}})),
        frame("messageStop", &json!({"stopReason": "end_turn"})),
        frame(
            "metadata",
            &json!({"usage": {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}}),
        ),
    ]
    .concat();
    for (bytes, usage) in [(stream.clone(), Some((5, 7))), (vec![7; 64], None)] {
        let script = Script::raw(200, "application/vnd.amazon.eventstream", bytes.clone());
        let world = World::playing([script.byte_by_byte()]);
        let answer = post(&world, "/v1/acc/default/openai/odd", "{}").send().await;
        assert_eq!(&*answer.body, &*bytes);
        assert_eq!(world.record().usage.map(|it| (it.tokens_in(), it.tokens_out())), usage);
    }
}

/// The frame in which Bedrock passes on an event of a model.
fn chunk(event: &serde_json::Value) -> Vec<u8> {
    frame("chunk", &json!({"bytes": STANDARD.encode(event.to_string()), "p": "abcdef"}))
}

/// A world with Bedrock, at its own host.
fn bedrock(script: Script) -> World {
    let world = World::playing([script]);
    world.change_gateways(|gateway| {
        let row = providers::find("aws-bedrock").expect("a row");
        let key = providers::Key { alias: "env".into(), secret: "bedrock-api-key-x".into() };
        let base = "https://bedrock-runtime.eu-west-1.amazonaws.com";
        let endpoint = providers::Endpoint::new(row, Some(base), Some(key)).expect("an endpoint");
        let cooldowns = proxy::cooldown::Cooldowns::new(None);
        let upstream = proxy::catalog::Upstream::new(endpoint.into(), Vec::new(), &cooldowns);
        let price = providers::Price::flat(1_000_000, 10_000_000);
        let own = providers::Override { price, version: "test price".into() };
        let prices = HashMap::from([(("aws-bedrock".to_owned(), "m".to_owned()), own)]);
        let mut next = gateway.clone();
        let gateway = prices.into();
        next.prices = Arc::new(providers::PriceBook { gateway, ..(*next.prices).clone() });
        next.providers.insert("aws-bedrock".into(), upstream.into());
        next
    });
    world
}

#[tokio::test(start_paused = true)]
async fn a_model_that_bedrock_invokes_is_billed_by_the_headers() {
    let script = Script::json(200, &json!({"generation": "Hi"}))
        .header("x-amzn-bedrock-input-token-count", "5")
        .header("x-amzn-bedrock-output-token-count", "7");
    let world = bedrock(script);
    let path = "/v1/acc/default/aws-bedrock/model/m/invoke";
    let answer = post(&world, path, r#"{"prompt": "hi"}"#).send().await;
    assert_eq!(answer.json(), json!({"generation": "Hi"}));
    let record = world.record();
    assert_eq!((record.provider.as_str(), record.model.as_str()), ("aws-bedrock", "m"));
    assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
    assert_eq!(record.cost, Some(75_000));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_bedrock_invokes_is_billed_by_its_last_chunk() {
    let metrics = json!({"inputTokenCount": 5, "outputTokenCount": 7, "invocationLatency": 9});
    let of_llama = [
        chunk(&json!({"generation": "Hi", "stop_reason": null})),
        chunk(
            &json!({"generation": "", "stop_reason": "stop", "amazon-bedrock-invocationMetrics": metrics}),
        ),
    ];
    let of_claude = [
        chunk(
            &json!({"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}}),
        ),
        chunk(
            &json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
        ),
        chunk(
            &json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}),
        ),
        chunk(&json!({"type": "message_stop", "amazon-bedrock-invocationMetrics": metrics})),
    ];
    for stream in [of_llama.concat(), of_claude.concat()] {
        let kind = "application/vnd.amazon.eventstream";
        let world = bedrock(Script::raw(200, kind, stream.clone()).byte_by_byte());
        let path = "/v1/acc/default/aws-bedrock/model/m/invoke-with-response-stream";
        let answer = post(&world, path, r#"{"prompt": "hi"}"#).send().await;
        assert_eq!(&*answer.body, &*stream);
        let record = world.record();
        assert!(record.streamed);
        assert_eq!(record.usage.map(|it| (it.tokens_in(), it.tokens_out())), Some((5, 7)));
        assert_eq!(record.cost, Some(75_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_project_that_the_caller_chose_is_not_called_with_the_surroundings_credentials() {
    let world = World::playing([Script::json(401, &json!({"error": {"message": "who?"}}))]);
    world.change_gateways(|gateway| {
        let row = providers::find("google-vertex-ai").expect("a row");
        let base =
            "https://us-central1-aiplatform.googleapis.com/v1/projects/meant/locations/us-central1";
        let endpoint = providers::Endpoint::new(row, Some(base), None).expect("an endpoint");
        let cooldowns = proxy::cooldown::Cooldowns::new(None);
        let upstream = proxy::catalog::Upstream::new(endpoint.into(), Vec::new(), &cooldowns);
        let mut next = gateway.clone();
        next.providers.insert("google-vertex-ai".into(), upstream.into());
        next
    });
    let path = |project| {
        format!(
            "/v1/acc/default/google-vertex-ai/v1/projects/{project}/locations/us-central1/publishers/google/models/g:generateContent"
        )
    };
    let body = r#"{"contents": []}"#;
    let theirs = post(&world, &path("theirs"), body).send().await;
    assert_eq!(theirs.status, 401, "{}", theirs.text());
    assert_eq!(world.upstream.seen()[0].header("authorization"), "");
    let own = post(&world, &path("theirs"), body).token("ya29.of-the-caller").send().await;
    assert_eq!(own.status, 401);
    assert_eq!(world.upstream.seen()[1].header("authorization"), "Bearer ya29.of-the-caller");
}
