//! What callers of a provider's own API cannot get round: the gateway's key, its spend rules, and that tokens go nowhere.
use crate::world::{Ask, World, cents, runner};
use http::Method;
use proxy::catalog::{Dimension, SpendRule};
use testkit::Script;

const CHAT: &str = "/v1/acc/default/openai/chat/completions";
const SPEECH: &str = "/v1/acc/default/elevenlabs/v1/text-to-speech/v";

fn post<'w>(world: &'w World, path: &str, body: &str) -> Ask<'w> {
    Ask::new(world, body.to_owned()).path(path)
}

/// A gateway with a rule of a cent an hour for calls of the model `dear`, and a price for `cheap`; whoever is called answers.
fn watched() -> World {
    let rule =
        SpendRule { model: Some(Dimension::Filter(vec!["dear".into()])), ..cents("0a1b2c3d", 1) };
    World::playing([Script::completion("Hello")])
        .price("dear", 1_000_000_000, 1_000_000_000)
        .price("cheap", 1, 1)
        .spend([rule])
}

#[tokio::test(start_paused = true)]
async fn methods_that_send_a_request_back_or_open_a_tunnel_are_refused() {
    let world = World::friendly();
    for method in ["TRACE", "CONNECT", "TRACK"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        for path in [CHAT, "/v1/acc/default/openai/files"] {
            let answer = post(&world, path, "").method(method.clone()).send().await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE");
        }
    }
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_to_look_is_free_of_spend_rules() {
    let world = World::friendly().spend([cents("0a1b2c3d", 1)]);
    for (method, status) in
        [(Method::GET, 200), (Method::HEAD, 200), (Method::DELETE, 502), (Method::PUT, 502)]
    {
        let answer = post(&world, "/v1/acc/default/openai/files/f", "");
        assert_eq!(answer.method(method.clone()).send().await.status, status, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_content_type_hides_nothing_from_spend_rules() {
    let body = r#" {"model":"dear","messages":[{"role":"user","content":"Hi"}],"max_tokens":5000}"#;
    for kind in [
        "application/json; charset=utf-8",
        "application/vnd.api+json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
    ] {
        for path in [CHAT, SPEECH, "/v1/acc/default/openai/images/generations"] {
            let world = watched();
            let ask = post(&world, path, body).without("content-type");
            let ask = if kind.is_empty() { ask } else { ask.header("content-type", kind) };
            let answer = ask.send().await;
            let priced = !path.starts_with(SPEECH);
            assert_eq!(answer.status, if priced { 429 } else { 502 }, "{kind} {path}");
            assert!(world.upstream.seen().is_empty());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_no_known_format_has_is_not_passed_on_to_its_path() {
    let world = World::friendly();
    let utf16: Vec<u8> = r#"{"model":"dear"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (body, status) in [
        (b"model=dear".to_vec(), 415),
        (br#"["dear"]"#.to_vec(), 415),
        (b"\xef\xbb\xbf{}".to_vec(), 400),
        (br#"{"model":"dear""#.to_vec(), 400),
        (br#"{"model":"dear",}"#.to_vec(), 400),
        (utf16, 400),
    ] {
        let answer = Ask::new(&world, body).path(CHAT).send().await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
    assert!(world.upstream.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_model_named_twice_is_held_to_the_rules_of_every_model() {
    let refused = async |path: &str, body: &str| {
        let world = watched();
        let answer = post(&world, path, body).send().await;
        let called = !world.upstream.seen().is_empty();
        assert_eq!(called, answer.status == 200, "{body}");
        !called
    };
    let images = "/v1/acc/default/openai/images/generations";
    for body in [
        r#"{"model":"cheap","model":"dear","messages":[]}"#,
        r#"{"model":"dear","messages":[],"model":"cheap"}"#,
        r#"{"model":["dear"],"messages":[]}"#,
        r#"{"messages":[]}"#,
    ] {
        assert!(refused(CHAT, body).await, "{body}");
    }
    for body in [
        r#"{"model":"cheap","model_id":"dear"}"#,
        r#"{"modelId":"dear","model":"cheap"}"#,
        r#"{"model_id":"cheap","modelId":"dear"}"#,
        r#"{"model":"cheap","model":"dear"}"#,
        r#"{"model":"cheap","x":[}"#,
    ] {
        assert!(refused(images, body).await, "{body}");
    }
    for body in [
        r#"{"model":"cheap","model_id":"dear","messages":[]}"#,
        r#"{"model_id":"dear","model":"cheap"}"#,
        r#"{"model":"cheap","model":"cheap","messages":[]}"#,
    ] {
        assert!(!refused(CHAT, body).await, "chat completions read `model`: {body}");
    }
    for body in [r#"{"model":"cheap","model_id":"cheap"}"#, r#"{"file":"f"}"#, ""] {
        assert!(!refused(images, body).await, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_pays_is_the_callers_choice_only_with_the_callers_own_key() {
    let world = World::playing([Script::completion("Hello")]);
    let ask = |path: &str, body: &str| {
        post(&world, path, body)
            .header("openai-organization", "org-theirs")
            .header("openai-project", "proj-theirs")
            .header("openai-beta", "kept")
    };
    let body = r#"{"model":"gpt","messages":[]}"#;
    let ours = r#"{"model":"openai/gpt","messages":[]}"#;
    assert_eq!(ask(CHAT, body).send().await.status, 200);
    let compat = "/v1/acc/default/compat/chat/completions";
    assert_eq!(ask(compat, ours).send().await.status, 200);
    for seen in world.upstream.seen() {
        assert_eq!(seen.header("openai-beta"), "kept");
        assert_eq!((seen.header("openai-organization"), seen.header("openai-project")), ("", ""));
    }
    world.change_gateways(|gateway| {
        let row = providers::find("openai").expect("a row");
        let endpoint = providers::Endpoint::new(row, Some("http://upstream.test/v1"), None);
        let endpoint = endpoint.expect("an endpoint").into();
        let none = proxy::cooldown::Cooldowns::new(None);
        let upstream = proxy::catalog::Upstream::new(endpoint, Vec::new(), &none);
        let mut next = gateway.clone();
        next.providers.insert("openai".into(), upstream.into());
        next
    });
    assert_eq!(ask(CHAT, body).token("sk-own").send().await.status, 200);
    assert_eq!(ask(compat, ours).token("sk-own").send().await.status, 200);
    for seen in &world.upstream.seen()[2..] {
        let both = (seen.header("openai-organization"), seen.header("openai-project"));
        assert_eq!(both, ("org-theirs", "proj-theirs"));
        assert_eq!(seen.header("authorization"), "Bearer sk-own");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_goes_on_in_no_header_and_no_part_of_a_query() {
    const SECRET: &str = "pmn_secret";
    let names = [
        "accept",
        "if-match",
        "if-none-match",
        "range",
        "idempotency-key",
        "prefer",
        "openai-beta",
        "x-request-id",
        "user-agent",
    ];
    let written = [SECRET, "Bearer pmn_secret", "\"pmn_secret\"", "wait=5, x=pmn_secret"];
    let world = World::playing([Script::completion("Hello")]).token(SECRET, runner());
    for name in names {
        for value in written {
            let ask = post(&world, "/v1/acc/locked/openai/files", "{}").token(SECRET);
            assert_eq!(ask.header(name, value).send().await.status, 200, "{name}");
        }
    }
    for query in ["pmn_secret=1&a=b", "a=b&x=Bearer%20pmn_secret", "x=bearer+pmn%5fsecret&a=b"] {
        let path = format!("/v1/acc/locked/openai/files?{query}");
        assert_eq!(post(&world, &path, "{}").token(SECRET).send().await.status, 200);
        let seen = world.upstream.seen();
        assert_eq!(seen.last().expect("called").path, "/v1/files?a=b", "{query}");
    }
    let steps = |name: &str, value: &str| {
        let headers = serde_json::json!({ name: value });
        serde_json::json!([{"provider": "openai", "endpoint": "files", "headers": headers, "query": {}}])
    };
    for name in names {
        for value in written {
            let body = steps(name, value).to_string();
            let answer = post(&world, "/v1/acc/locked", &body).token(SECRET).send().await;
            assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        }
    }
    for seen in world.upstream.seen() {
        assert!(!format!("{seen:?}").contains(SECRET), "{seen:?}");
    }
    for record in world.records() {
        assert!(!format!("{record:?}").contains(SECRET), "{record:?}");
    }
}

/// The calls that a request at a path of a provider without a base URL makes, each with the credential that it carries.
async fn calls(slug: &'static str, key: Option<&'static str>, path: &str) -> Vec<(String, String)> {
    let world = World::playing([Script::json(200, &serde_json::json!({}))]);
    world.change_gateways(|gateway| {
        let row = providers::find(slug).expect("a row");
        let key = key.map(|it| providers::Key { alias: "env".into(), secret: it.into() });
        let endpoint = providers::Endpoint::without_base(row, key).expect("an endpoint").into();
        let none = proxy::cooldown::Cooldowns::new(None);
        let upstream = proxy::catalog::Upstream::new(endpoint, Vec::new(), &none);
        let mut next = gateway.clone();
        next.providers.insert(slug.into(), upstream.into());
        next
    });
    let answer = post(&world, &format!("/v1/acc/default/{slug}/{path}"), "{}").send().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let seen = world.upstream.seen();
    let credential = ["authorization", "x-goog-api-key", "x-amz-date"];
    let of = |it: &testkit::Seen| credential.map(|name| it.header(name).to_owned()).concat();
    seen.iter().map(|it| (it.path.clone(), of(it))).collect()
}

#[tokio::test(start_paused = true)]
async fn nobody_signs_in_with_the_surroundings_where_the_operator_configured_no_place() {
    let vertex = "v1/projects/theirs/locations/global/publishers/google/models/g:generateContent";
    let bedrock = "bedrock-runtime/us-east-1/model/m/converse";
    for (slug, path, rest) in
        [("google-vertex-ai", vertex, vertex), ("aws-bedrock", bedrock, "model/m/converse")]
    {
        let call = |credential: &str| vec![(format!("/{rest}"), credential.to_owned())];
        assert_eq!(calls(slug, None, path).await, call(""), "{slug}");
        let keyed = if slug == "aws-bedrock" { "Bearer AIza-key" } else { "AIza-key" };
        assert_eq!(calls(slug, Some("AIza-key"), path).await, call(keyed), "{slug}");
    }
    let token = calls("google-vertex-ai", Some("ya29.of-many-projects"), vertex).await;
    assert_eq!(token, [(format!("/{vertex}"), String::new())]);
}
