//! Provider keys, custom providers and prices.

use crate::world::World;
use api::{Change, Trial, Tried};
use serde_json::{Value, json};

const KEYS: &str = "gateways/default/provider_configs";

fn calling(provider: &str) -> Value {
    let mut elements = crate::world::hello();
    elements[1]["properties"]["provider"] = json!(provider);
    elements[1]["properties"]["model"] = json!("m");
    elements
}

#[tokio::test]
async fn a_provider_key_goes_in_and_shows_its_end_only() {
    let world = World::new().await;
    let body = json!({"provider_slug": "openai", "alias": "default", "default_config": true, "secret": "sk-0123456789abcdef0123456789"});
    let made = world.post(KEYS, &body).ok().await;
    insta::assert_json_snapshot!("provider_config", made.redacted());
    assert_eq!(world.live.published(), [Change::Gateway("default".into())]);
    let taken = world.post(KEYS, &body).refused(400, 7001).await;
    assert!(taken.message().contains("already exists"));

    let path = format!("{KEYS}/{}", made.result("id"));
    let replaced = world.put(&path, &json!({"secret": "sk-fedcba98765432100123456"})).ok().await;
    assert_ne!(replaced.body["result"]["secret_preview"], made.body["result"]["secret_preview"]);
    assert_eq!(world.get(KEYS).ok().await.body["result"].as_array().unwrap().len(), 1);
    world.delete(&path).ok().await;
    world.delete(&path).refused(404, 7002).await;
}

#[tokio::test]
async fn a_weight_is_changed_without_the_key_and_taken_away_with_null() {
    let world = World::new().await;
    let secret = "sk-0123456789abcdef0123456789";
    let body = json!({"provider_slug": "openai", "alias": "a", "weight": 3, "secret": secret});
    let made = world.post(KEYS, &body).ok().await;
    assert_eq!(made.body["result"]["weight"], 3);
    let path = format!("{KEYS}/{}", made.result("id"));
    world.live.published();
    let changed = world.put(&path, &json!({"weight": 0})).ok().await;
    assert_eq!(world.live.published(), [Change::Gateway("default".into())]);
    assert_eq!(changed.body["result"]["weight"], 0);
    assert_eq!(changed.body["result"]["secret_preview"], made.body["result"]["secret_preview"]);
    let changed = world.put(&path, &json!({"secret": "sk-fedcba98765432100123456"})).ok().await;
    assert_eq!(changed.body["result"]["weight"], 0, "what is not sent stays");
    let changed = world.put(&path, &json!({"weight": null})).ok().await;
    assert_eq!(changed.body["result"]["weight"], json!(null));

    for bad in [json!(-1), json!(1.5), json!(1_000_001), json!("1")] {
        let reply = world.put(&path, &json!({"weight": bad})).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", "weight"]), "{}", reply.text);
        let mut new = body.clone();
        new["weight"] = bad;
        world.post(KEYS, &new).refused(400, 7001).await;
    }
    let reply = world.put(&path, &json!({})).refused(400, 7001).await;
    assert_eq!(reply.body["errors"][0]["path"], json!(["body", "secret"]));
}

#[tokio::test]
async fn a_limit_is_given_changed_and_taken_away_without_the_key() {
    let world = World::new().await;
    let secret = "sk-0123456789abcdef0123456789";
    let body = json!({"provider_slug": "openai", "alias": "a", "rate_limit": 5, "secret": secret});
    let made = world.post(KEYS, &body).ok().await;
    let told = |it: &Value| {
        (it["result"]["rate_limit"].clone(), it["result"]["rate_limit_period"].clone())
    };
    assert_eq!(told(&made.body), (json!(5), json!(60)));
    let path = format!("{KEYS}/{}", made.result("id"));
    for (change, rate_limit, period) in [
        (json!({"rate_limit": 7}), json!(7), 60),
        (json!({"rate_limit_period": 30}), json!(7), 30),
        (json!({"weight": 2}), json!(7), 30),
        (json!({"rate_limit": 0, "rate_limit_period": 31_622_400}), json!(0), 31_622_400),
        (json!({"rate_limit": null}), json!(null), 31_622_400),
    ] {
        let changed = world.put(&path, &change).ok().await;
        assert_eq!(told(&changed.body), (rate_limit, json!(period)), "{change}");
        assert_eq!(changed.body["result"]["secret_preview"], made.body["result"]["secret_preview"]);
    }
    for (name, bad) in [
        ("rate_limit", json!(-1)),
        ("rate_limit", json!(1.5)),
        ("rate_limit_period", json!(0)),
        ("rate_limit_period", json!(31_622_401)),
    ] {
        let reply = world.put(&path, &json!({name: bad})).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", name]), "{}", reply.text);
        let mut new = body.clone();
        new[name] = bad;
        world.post(KEYS, &new).refused(400, 7001).await;
    }
}

#[tokio::test]
async fn what_was_given_for_one_server_does_not_follow_a_custom_provider_to_another_unseen() {
    let world = World::new().await;
    let body = json!({"name": "Lab", "slug": "lab", "base_url": "https://old.example/v1", "headers": "{\"x-key\":\"s\"}"});
    let made = world.post("custom-providers", &body).ok().await;
    let path = format!("custom-providers/{}", made.result("id"));
    let key = json!({"provider_slug": "custom-lab", "alias": "a", "secret": "sk-0123456789abcdef0123456789"});
    let key = world.post(KEYS, &key).ok().await.result("id");

    let same = world.patch(&path, &json!({"base_url": "https://old.example/v2"})).ok().await;
    assert_eq!(same.body["messages"], json!([]), "the same server");
    let moved = json!({"base_url": "https://new.example/v1"});
    let refused = world.patch(&path, &moved).refused(400, 1002).await;
    assert!(refused.message().contains("given for https://old.example/v2"), "{}", refused.text);
    let moved = json!({"base_url": "https://new.example/v1", "headers": ""});
    let moved = world.patch(&path, &moved).ok().await;
    let note = moved.body["messages"][0]["message"].as_str().unwrap();
    assert!(note.contains("`a`") && note.contains("https://old.example/v1"), "{note}");
    world.put(&format!("{KEYS}/{key}"), &json!({"secret": "sk-again"})).ok().await;
    let again = world.patch(&path, &json!({"enable": true})).ok().await;
    assert_eq!(again.body["messages"], json!([]), "the key was given again");
}

#[tokio::test]
async fn a_secret_id_and_other_bad_keys_are_refused() {
    let world = World::new().await;
    let good = json!({"provider_slug": "openai", "alias": "default", "default_config": true, "secret": "sk-0123456789abcdef0123456789"});
    let mut with_id = good.clone();
    with_id["secret_id"] = json!("abc");
    let reply = world.post(KEYS, &with_id).refused(400, 7001).await;
    assert!(reply.message().contains("no Secrets Store"));
    for (name, value) in [
        ("provider_slug", json!("nobody")),
        ("alias", json!("")),
        ("alias", json!("a b")),
        ("secret", json!("")),
        ("secret", json!("a\nb")),
        ("secret", json!(null)),
        ("secret", json!("ü")),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        let reply = world.post(KEYS, &bad).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", name]), "{}", reply.text);
        assert!(!reply.text.contains("sk-0123"));
    }
    assert_eq!(world.get(KEYS).ok().await.body["result"], json!([]));
}

#[tokio::test]
async fn the_last_key_that_a_deployed_route_needs_is_deleted_with_force_only() {
    let world = World::new().await;
    let key = |alias: &str| json!({"provider_slug": "openai", "alias": alias, "default_config": false, "secret": "sk-0123456789abcdef0123456789"});
    let one = world.post(KEYS, &key("one")).ok().await.result("id");
    let two = world.post(KEYS, &key("two")).ok().await.result("id");
    world
        .post("gateways/default/routes", &json!({"name": "paid", "elements": calling("openai")}))
        .ok()
        .await;
    world.delete(&format!("{KEYS}/{one}")).ok().await;
    let reply = world.delete(&format!("{KEYS}/{two}")).refused(400, 7400).await;
    assert!(reply.message().contains("`paid`"), "{}", reply.message());
    world.delete(&format!("{KEYS}/{two}?force=true")).ok().await;
}

#[tokio::test]
async fn a_custom_provider_is_kept_changed_and_protected_while_it_is_called() {
    let world = World::new().await;
    let body = json!({"name": "Our LLM", "slug": "ours", "base_url": "https://llm.example.com/v1/", "headers": "{\"x-team\":\"a\"}", "description": "in the cellar"});
    let made = world.post("custom-providers", &body).ok().await;
    insta::assert_json_snapshot!("custom_provider", made.redacted());
    assert_eq!(world.live.published(), [Change::Providers]);
    world.post("custom-providers", &body).refused(400, 1004).await;

    let path = format!("custom-providers/{}", made.result("id"));
    let changed = world.patch(&path, &json!({"enable": false, "headers": ""})).ok().await;
    assert_eq!(changed.body["result"]["enable"], false);
    assert_eq!(changed.body["result"]["headers"], json!(null));
    assert_eq!(changed.body["result"]["description"], "in the cellar");

    world.live.providers.lock().unwrap().insert("custom-ours".into());
    world
        .post(
            "gateways/default/routes",
            &json!({"name": "own", "elements": calling("custom-ours")}),
        )
        .ok()
        .await;
    let reply = world.delete(&path).refused(400, 7400).await;
    assert!(reply.message().contains("default/own"), "{}", reply.message());
    world.patch(&path, &json!({"slug": "other"})).refused(400, 7400).await;
    world.patch(&path, &json!({"slug": "ours", "name": "Still ours"})).ok().await;
    world.delete(&format!("{path}?force=true")).ok().await;
    world.get(&path).refused(404, 1003).await;
}

#[tokio::test]
async fn a_custom_provider_points_to_a_public_place_unless_the_operator_allows_more() {
    let world = World::new().await;
    let body = |url: &str| json!({"name": "x", "slug": "x", "base_url": url});
    for url in [
        "http://127.0.0.1:9",
        "http://localhost",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "not a url",
        "",
    ] {
        let reply = world.post("custom-providers", &body(url)).refused(400, 1002).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", "base_url"]));
    }
    for (name, value) in [
        ("slug", json!("Big")),
        ("slug", json!("")),
        ("name", json!("")),
        ("dialect", json!("smalltalk")),
        ("dialect", json!("")),
        ("headers", json!("[]")),
        ("headers", json!("{\"a b\":\"c\"}")),
        ("headers", json!("{\"a\":\"c\\nd\"}")),
    ] {
        let mut bad = body("https://x.example.com");
        bad[name] = value;
        world.post("custom-providers", &bad).refused(400, 1002).await;
    }
    let world = World::with(|it| it.allow_private_upstreams = true).await;
    world.post("custom-providers", &body("http://127.0.0.1:9/v1")).ok().await;
}

#[tokio::test]
async fn a_custom_provider_speaks_the_dialect_it_is_given() {
    let world = World::new().await;
    let body = json!({"name": "x", "slug": "x", "base_url": "https://x.example.com", "dialect": "anthropic"});
    let made = world.post("custom-providers", &body).ok().await;
    assert_eq!(made.result("dialect"), "anthropic");
    let path = format!("custom-providers/{}", made.result("id"));
    let kept = world.patch(&path, &json!({"name": "y"})).ok().await;
    assert_eq!(kept.result("dialect"), "anthropic");
    let changed = world.patch(&path, &json!({"dialect": "gemini"})).ok().await;
    assert_eq!(changed.result("dialect"), "gemini");
    let reply = world.patch(&path, &json!({"dialect": "Gemini"})).refused(400, 1002).await;
    assert!(reply.message().contains("`openai`, `responses`, `anthropic`"), "{}", reply.message());
}

#[tokio::test]
async fn a_custom_provider_is_tried_with_one_call_and_the_outcome_is_told() {
    let world = World::new().await;
    let body = json!({"name": "x", "slug": "x", "base_url": "https://x.example.com"});
    let made = world.post("custom-providers", &body).ok().await;
    let path = format!("custom-providers/{}/test", made.result("id"));
    let good = Tried { status: Some(200), ms: 7, key_alias: "env".into(), cause: None };
    *world.live.tried.lock().unwrap() = Ok(good.clone());
    let reply = world.post(&path, &json!({"model": "m"})).ok().await;
    let expected = json!({"answered": true, "status": 200, "latency_ms": 7, "key_alias": "env", "cause": null});
    assert_eq!(reply.body["result"], expected);
    let trial = Trial { gateway: "default".into(), provider: "custom-x".into(), model: "m".into() };
    assert_eq!(*world.live.trials.lock().unwrap(), [trial]);

    let cause = Some(("status", "the provider answered 401".to_owned()));
    *world.live.tried.lock().unwrap() = Ok(Tried { status: Some(401), cause, ..good });
    let reply = world.post(&path, &json!({"model": "m"})).ok().await;
    assert_eq!(reply.body["result"]["answered"], false);
    let cause = json!({"kind": "status", "message": "the provider answered 401"});
    assert_eq!(reply.body["result"]["cause"], cause);

    *world.live.tried.lock().unwrap() = Err("it is switched off".into());
    world.post(&path, &json!({"model": "m"})).refused(400, 1002).await;
    world.post(&path, &json!({"model": ""})).refused(400, 1002).await;
    world.post(&path, &json!({})).refused(400, 7001).await;
    world.post(&path, &json!({"model": "m", "gateway_id": "nobody"})).refused(404, 7002).await;
    assert_eq!(world.live.trials.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn prices_are_kept_to_the_pico_dollar() {
    let world = World::new().await;
    let prices = "gateways/default/prices";
    let text = r#"{"provider": "openai", "model": "gpt-4o-mini", "input": "0.00000015", "output": 6e-7, "cache_read": 0.000000075}"#;
    let put = world.call(http::Method::PUT, prices).text(text).ok().await;
    let mut shown = put.redacted();
    shown["result"]["version"] = json!("[version]");
    insta::assert_json_snapshot!("price", shown);
    assert_eq!(world.live.published(), [Change::Gateway("default".into())]);
    assert_eq!(world.get(prices).ok().await.body["result"][0], put.body["result"]);
    for bad in ["-1", "\"\"", "\"1,5\"", "true", "{}", "\"NaN\"", "null", "1e99"] {
        let text =
            format!(r#"{{"provider": "openai", "model": "m", "input": {bad}, "output": 1}}"#);
        world.call(http::Method::PUT, prices).text(&text).refused(400, 7001).await;
    }
    world.delete(prices).refused(400, 7001).await;
    world.delete(&format!("{prices}?provider=openai&model=gpt-4o-mini")).ok().await;
    assert_eq!(world.get(prices).ok().await.body["result"], json!([]));
}

#[tokio::test]
async fn a_price_of_the_account_is_kept_beside_those_of_its_gateways_and_all_are_remembered() {
    let world = World::new().await;
    let body = json!({"provider": "openai", "model": "gpt-4o-mini", "input": "0.00000015", "output": "0.0000006", "cache_write_1h": "0.000003"});
    let put = world.call(http::Method::PUT, "prices").json(&body).ok().await;
    assert_eq!(world.live.published(), [Change::Prices]);
    assert_eq!(put.body["result"]["cache_write_1h"], "0.000003");
    assert_eq!(put.body["result"]["image_output"], "0.0000006");
    assert_eq!(world.get("prices").ok().await.body["result"][0], put.body["result"]);
    assert_eq!(world.get("gateways/default/prices").ok().await.body["result"], json!([]));
    world.call(http::Method::PUT, "gateways/default/prices").json(&body).ok().await;
    world.delete("prices?provider=openai&model=gpt-4o-mini").ok().await;
    world.delete("prices?provider=openai&model=gpt-4o-mini").refused(404, 7002).await;
    let history = world.get("prices/history").ok().await.body["result"].clone();
    let told: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| (it["gateway_id"].clone(), it["pico_dollars"]["input"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            (json!(null), json!(null)),
            (json!("default"), json!(150_000)),
            (json!(null), json!(150_000))
        ]
    );
    assert_eq!(history[2]["version"], put.body["result"]["version"]);
}

#[tokio::test]
async fn costs_of_a_custom_provider_are_kept_as_they_were_written() {
    let world = World::new().await;
    let provider = json!({"name": "Lab", "slug": "lab", "base_url": "https://llm.example.com/v1"});
    let provider = world.post("custom-providers", &provider).ok().await.result("id");
    world.live.published();
    let costs = "custom-providers/costs";
    let body = json!({"account_provider_id": provider, "model": "turbo", "model_rule": "starts-with", "cost_in": 0.000001, "cost_out": 0.000002,
        "token_pricing": {"input_cached_tokens": 1e-7}});
    let made = world.post(costs, &body).ok().await;
    assert_eq!(world.live.published().last(), Some(&Change::Prices));
    let mut shown = made.redacted();
    assert_eq!(made.body["result"]["account_provider_id"], json!(provider));
    shown["result"]["account_provider_id"] = json!("[provider]");
    insta::assert_json_snapshot!("provider_cost", shown);
    let path = format!("{costs}/{}", made.result("id"));
    let changed = world.patch(&path, &json!({"enable": false, "cost_out": 0.000003})).ok().await;
    assert_eq!(changed.body["result"]["enable"], false);
    assert_eq!(changed.body["result"]["cost_in"], json!(0.000001), "what is not sent stays");
    assert_eq!(world.get(&path).ok().await.body["result"], changed.body["result"]);
    for (query, found) in
        [("enable=false", 1), ("enable=true", 0), ("search=urb", 1), ("model_rule=equals", 0)]
    {
        let listed = world.get(&format!("{costs}?{query}")).ok().await;
        assert_eq!(listed.body["result"].as_array().map(Vec::len), Some(found), "{query}");
    }
    for bad in [
        json!({"model": "m", "cost_in": 1, "cost_out": 1}),
        json!({"account_provider_id": provider, "cost_in": 1, "cost_out": 1}),
        json!({"account_provider_id": provider, "model": "m", "cost_in": 1}),
        json!({"account_provider_id": provider, "model": "m", "cost_in": -1, "cost_out": 1}),
        json!({"account_provider_id": provider, "model": "m", "model_rule": "like", "cost_in": 1, "cost_out": 1}),
        json!({"account_provider_id": provider, "model": "m", "cost_in": 1, "cost_out": 1, "cost_type": "seconds"}),
    ] {
        world.post(costs, &bad).refused(400, 7001).await;
    }
    let nowhere = json!({"account_provider_id": "none", "model": "m", "cost_in": 1, "cost_out": 1});
    world.post(costs, &nowhere).refused(404, 1003).await;
    world.delete(&path).ok().await;
    world.get(&path).refused(404, 7002).await;
}

#[tokio::test]
async fn changes_of_different_fields_at_once_do_not_undo_each_other() {
    let world = World::new().await;
    let body = json!({"name": "Lab", "slug": "lab", "base_url": "https://llm.example"});
    let provider = world.post("custom-providers", &body).ok().await.result("id");
    let cost =
        json!({"account_provider_id": provider, "model": "m", "cost_in": 1.0, "cost_out": 1.0});
    let cost = world.post("custom-providers/costs", &cost).ok().await.result("id");
    let path = format!("custom-providers/{provider}");
    let costs = format!("custom-providers/costs/{cost}");
    for round in 0..10 {
        let (one, other) = (json!({"description": format!("{round}")}), json!({"position": round}));
        let both = tokio::join!(world.patch(&path, &one).ok(), world.patch(&path, &other).ok());
        drop(both);
        let now = world.get(&path).ok().await.body["result"].clone();
        assert_eq!(
            (&now["description"], &now["position"]),
            (&one["description"], &other["position"])
        );

        let (one, other) =
            (json!({"cost_in": f64::from(round)}), json!({"model": format!("m{round}")}));
        let both = tokio::join!(world.patch(&costs, &one).ok(), world.patch(&costs, &other).ok());
        drop(both);
        let now = world.get(&costs).ok().await.body["result"].clone();
        assert_eq!((&now["cost_in"], &now["model"]), (&one["cost_in"], &other["model"]));
    }
}
