//! Gateways.

use crate::world::{World, hello};
use api::Change;
use secrecy::ExposeSecret as _;
use serde_json::json;

#[tokio::test]
async fn a_gateway_is_returned_with_every_documented_field() {
    let world = World::new().await;
    let body = json!({"id": "support", "cache_invalidate_on_update": true, "cache_ttl": null, "collect_logs": true, "rate_limiting_interval": 0, "rate_limiting_limit": 0});
    let made = world.post("gateways", &body).ok().await;
    assert_eq!(made.body["messages"], json!([]));
    insta::assert_json_snapshot!("gateway", made.redacted());
    assert_eq!(world.live.published(), [Change::Gateway("support".into())]);
    assert_eq!(world.get("gateways/support").ok().await.body["result"], made.body["result"]);
    let taken = world.post("gateways", &body).refused(400, 7001).await;
    assert!(taken.message().contains("already exists"));
}

#[tokio::test]
async fn a_replaced_gateway_keeps_its_authentication_unless_told_otherwise() {
    let world = World::new().await;
    let default = world.get("gateways/default").ok().await.body["result"].clone();
    assert_eq!((&default["is_default"], &default["authentication"]), (&json!(true), &json!(false)));
    let put = world
        .put("gateways/default", &json!({"collect_logs": false, "retry_delay": 100}))
        .ok()
        .await;
    assert_eq!(put.body["result"]["authentication"], false);
    assert_eq!(put.body["result"]["collect_logs"], false);
    assert_eq!(put.body["result"]["retry_delay"], 100);
    let put = world.put("gateways/default", &json!({"authentication": true})).ok().await;
    assert_eq!(put.body["result"]["authentication"], true);
    assert_eq!(put.body["result"]["collect_logs"], true);
    assert_eq!(put.body["result"]["retry_delay"], json!(null));
    world.put("gateways/nobody", &json!({})).refused(404, 7002).await;
}

#[tokio::test]
async fn a_gateway_replaced_while_its_authentication_is_switched_leaves_it_so() {
    let world = World::new().await;
    let path = "gateways/default";
    let silent = json!({"collect_logs": true});
    let replace = |it: &serde_json::Value| world.put(path, it).ok();
    for round in 0..10 {
        let on = round % 2 == 0;
        let switch = json!({"authentication": on});
        tokio::join!(replace(&silent), replace(&switch), replace(&silent), replace(&silent));
        let after = world.get(path).ok().await;
        assert_eq!(after.body["result"]["authentication"], on, "round {round}");
    }
}

#[tokio::test]
async fn what_has_no_effect_is_said_and_what_would_protect_is_refused() {
    let world = World::new().await;
    let made = world
        .post("gateways", &json!({"id": "a", "log_management": 20_000, "logpush": true}))
        .ok()
        .await;
    assert_eq!(made.body["result"]["logpush"], true);
    let told: Vec<_> =
        made.body["messages"].as_array().unwrap().iter().map(|it| it["path"][1].clone()).collect();
    assert_eq!(told, ["logpush"]);
    for (name, value) in [
        ("guardrails", json!({"prompt": {"S1": "BLOCK"}, "response": {}})),
        ("dlp", json!({"enabled": true, "action": "BLOCK", "profiles": []})),
        ("stripe", json!({"authorization": "sk_live", "usage_events": []})),
        ("zdr", json!(true)),
    ] {
        let reply = world.put("gateways/a", &json!({name: value})).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", name]));
    }
    world
        .put(
            "gateways/a",
            &json!({"guardrails": null, "otel": [], "dlp": {"enabled": false}, "zdr": false}),
        )
        .ok()
        .await;
    for bad in [
        json!({"log_management": 1}),
        json!({"retry_max_attempts": 6}),
        json!({"retry_backoff": "random"}),
        json!({"cache_ttl": -1}),
        json!({"cache_ttl": 31_622_401}),
        json!({"logpush_public_key": "short"}),
    ] {
        world.put("gateways/a", &bad).refused(400, 7001).await;
    }
}

#[tokio::test]
async fn cache_settings_are_in_force() {
    let world = World::new().await;
    for (sent, ttl, invalidates) in [
        (json!({"cache_ttl": 300, "cache_invalidate_on_update": true}), Some(300), true),
        (json!({"cache_ttl": 0, "cache_invalidate_on_update": false}), None, false),
        (json!({"cache_ttl": null}), None, false),
        (json!({"cache_ttl": 31_622_400}), Some(31_622_400), false),
    ] {
        let kept = world.put("gateways/default", &sent).ok().await;
        assert_eq!(kept.body["messages"], json!([]));
        assert_eq!(kept.body["result"]["cache_ttl"], ttl.unwrap_or(0));
        assert_eq!(kept.body["result"]["cache_invalidate_on_update"], invalidates);
        let said = api::Caching::stored(&sent.to_string()).unwrap();
        let expected = api::Caching {
            ttl: ttl.map(std::time::Duration::from_secs),
            invalidate_on_update: invalidates,
        };
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_limit_of_requests_is_kept_and_needs_its_interval() {
    let world = World::new().await;
    let put = |body| world.put("gateways/default", &body);
    let limited = json!({"rate_limiting_limit": 10, "rate_limiting_interval": 60, "rate_limiting_technique": "sliding", "rate_limiting_on_unavailable": "closed"});
    let kept = put(limited.clone()).ok().await;
    assert_eq!(kept.body["messages"], json!([]));
    for (name, value) in limited.as_object().unwrap() {
        assert_eq!(kept.body["result"][name], *value, "{name}");
    }
    for off in [
        json!({"rate_limiting_limit": null, "rate_limiting_interval": null}),
        json!({"rate_limiting_limit": 0, "rate_limiting_interval": 60}),
    ] {
        assert_eq!(put(off).ok().await.body["result"]["rate_limiting_limit"], 0);
    }
    for (bad, at) in [
        (json!({"rate_limiting_limit": 10}), "rate_limiting_interval"),
        (json!({"rate_limiting_limit": 10, "rate_limiting_interval": 0}), "rate_limiting_interval"),
        (
            json!({"rate_limiting_limit": 10, "rate_limiting_interval": 31_622_401}),
            "rate_limiting_interval",
        ),
        (
            json!({"rate_limiting_limit": 1_000_000_000_001_u64, "rate_limiting_interval": 60}),
            "rate_limiting_limit",
        ),
        (json!({"rate_limiting_on_unavailable": "ajar"}), "rate_limiting_on_unavailable"),
    ] {
        let reply = put(bad).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", at]));
    }
}

#[tokio::test]
async fn spend_limits_are_returned_as_they_were_written_with_an_id_that_stays() {
    let world = World::new().await;
    let body = json!({"spend_limits": {"enabled": true, "rules": [
        {"limit": 10.5, "limitType": "cost", "window": 86400, "metadata": {"user": {"mode": "partition"}}},
        {"id": "0a1b2c3d", "enabled": false, "limit": 3, "limitType": "cost", "window": 3600, "technique": "fixed",
         "model": {"mode": "filter", "values": ["gpt-5"]}, "provider": {"mode": "filter", "values": ["openai"]}}
    ]}});
    let put = world.put("gateways/default", &body).ok().await;
    assert_eq!(put.body["messages"], json!([]));
    let kept = put.body["result"]["spend_limits"].clone();
    let mut expected = body["spend_limits"].clone();
    expected["rules"][0]["id"] = kept["rules"][0]["id"].clone();
    expected["rules"][0]["enabled"] = json!(true);
    expected["rules"][0]["technique"] = json!("sliding");
    assert_eq!(kept, expected);
    assert_eq!(kept["rules"][0]["id"].as_str().map(str::len), Some(8));
    // The same again, without the id: it is the same rule, and so it is with another limit.
    let mut again = body.clone();
    again["spend_limits"]["rules"][0]["limit"] = json!(99);
    let again =
        world.put("gateways/default", &again).ok().await.body["result"]["spend_limits"].clone();
    assert_eq!(again["rules"][0]["id"], kept["rules"][0]["id"]);
    assert_eq!(world.get("gateways/default").ok().await.body["result"]["spend_limits"], again);
    // What is not sent gets its default.
    let put = world.put("gateways/default", &json!({})).ok().await;
    assert_eq!(put.body["result"]["spend_limits"], json!(null));
}

#[tokio::test]
async fn every_fault_of_the_settings_is_told_at_once() {
    let world = World::new().await;
    let rule = json!({"limit": 0, "limitType": "cost", "window": 60, "modell": {}});
    let body = json!({"retry_delay": 6000, "zdr": true, "rate_limiting_limit": 5, "spend_limits": {"rules": [rule]}});
    let reply = world.put("gateways/default", &body).refused(400, 7001).await;
    let at: Vec<_> = reply.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["source"]["pointer"].clone())
        .collect();
    assert_eq!(
        at,
        [
            "/retry_delay",
            "/rate_limiting_interval",
            "/zdr",
            "/spend_limits/rules/0/modell",
            "/spend_limits/rules/0/limit"
        ]
    );
    let unread =
        world.put("gateways/default", &json!({"spend_limits": [1]})).refused(400, 7001).await;
    assert_eq!(unread.body["errors"][0]["path"], json!(["body", "spend_limits"]));
}

#[tokio::test]
async fn a_spend_rule_for_a_provider_that_is_not_there_is_kept_with_a_message() {
    let world = World::new().await;
    let rule = json!({"limit": 1, "limitType": "cost", "window": 60, "provider": {"mode": "filter", "values": ["openai", "nobody"]}});
    let put = world.put("gateways/default", &json!({"spend_limits": {"rules": [rule]}})).ok().await;
    let told = put.body["messages"].as_array().unwrap();
    assert_eq!(told.len(), 1);
    assert!(told[0]["message"].as_str().unwrap().contains("`nobody`"), "{told:?}");
}

#[tokio::test]
async fn deleting_a_gateway_deletes_what_is_in_it_and_needs_force_when_routes_are_deployed() {
    let world = World::new().await;
    world.post("gateways", &json!({"id": "a"})).ok().await;
    world.post("gateways/a/routes", &json!({"name": "hello", "elements": hello()})).ok().await;
    let reply = world.delete("gateways/a").refused(400, 7400).await;
    assert!(
        reply.message().contains("`hello`") && reply.message().contains("force=true"),
        "{}",
        reply.message()
    );
    world.delete("gateways/a?force=perhaps").refused(400, 7001).await;
    world.live.published();
    world.delete("gateways/a?force=true").ok().await;
    assert_eq!(world.live.published(), [Change::GatewayGone("a".into())]);
    world.get("gateways/a/routes").refused(404, 7002).await;
    world.post("gateways", &json!({"id": "a"})).ok().await;
    assert_eq!(world.get("gateways/a/routes").ok().await.body["data"]["routes"], json!([]));
    world.delete("gateways/a").ok().await;
}

#[tokio::test]
async fn the_url_of_a_provider_is_told() {
    let world = World::new().await;
    let url = world.get("gateways/default/url/openai").ok().await;
    assert_eq!(url.body["result"], "http://localhost:8787/v1/acme/default/openai");
    world.get("gateways/default/url/compat").ok().await;
    world.get("gateways/default/url/nobody").refused(400, 7001).await;

    let world = World::with(|it| it.public_url = None).await;
    let url = world.get("gateways/default/url/openai").header("host", "localhost:9").ok().await;
    assert_eq!(url.body["result"], "http://localhost:9/v1/acme/default/openai");
}

#[tokio::test]
async fn collectors_are_kept_sealed_and_never_returned() {
    let world = World::new().await;
    let sent = json!({"otel": [{
        "url": "https://otel.example.com/v1/traces",
        "headers": {"x-team": "canary-a"},
        "authorization": "Bearer canary-b",
        "content_type": "protobuf",
    }, {"url": "https://other.example.com/", "headers": {}}]});
    let put = world.put("gateways/default", &sent).ok().await;
    let shown = json!([{
        "url": "https://otel.example.com/v1/traces",
        "headers": {"x-team": "***"},
        "authorization": "***",
        "content_type": "protobuf",
    }, {"url": "https://other.example.com/", "headers": {}, "content_type": "json"}]);
    assert_eq!(put.body["result"]["otel"], shown);
    let got = world.get("gateways/default").ok().await;
    assert_eq!(got.body["result"]["otel"], shown);
    let row = world.store.gateways().get(&"default".into()).await.unwrap();
    assert!(!format!("{row:?}").contains("canary"), "{row:?}");
    let kept = world.store.gateways().collectors(&row).unwrap().unwrap();
    assert!(kept.expose_secret().contains("canary-a"));
    // What was shown may be sent back.
    let again = json!({"otel": got.body["result"]["otel"]});
    world.put("gateways/default", &again).ok().await;
    let row = world.store.gateways().get(&"default".into()).await.unwrap();
    let kept = world.store.gateways().collectors(&row).unwrap().unwrap();
    assert!(kept.expose_secret().contains("canary-a") && kept.expose_secret().contains("canary-b"));
    let none = world.put("gateways/default", &json!({})).ok().await;
    assert_eq!(none.body["result"]["otel"], json!(null));
    let row = world.store.gateways().get(&"default".into()).await.unwrap();
    assert_eq!(row.collectors, None);
}

#[tokio::test]
async fn a_secret_for_a_collector_does_not_follow_to_another_server() {
    let world = World::new().await;
    let with =
        |url: &str, value: &str| json!({"otel": [{"url": url, "headers": {"x-key": value}}]});
    world.put("gateways/default", &with("https://a.example.com/v1", "secret")).ok().await;
    let moved = with("https://b.example.com/v1", "***");
    let reply = world.put("gateways/default", &moved).refused(400, 7001).await;
    assert_eq!(reply.body["errors"][0]["path"], json!(["body", "otel", 0, "headers"]));
    world.put("gateways/default", &with("https://a.example.com/v2", "***")).ok().await;
}

#[tokio::test]
async fn collectors_that_cannot_be_used_are_refused() {
    let world = World::new().await;
    let one = |it: serde_json::Value| json!([it]);
    let fine = json!({"url": "https://x.example.com/", "headers": {}});
    for (otel, field) in [
        (one(json!({"url": "ftp://x.example.com", "headers": {}})), json!("url")),
        (one(json!({"url": "http://127.0.0.1:4318/", "headers": {}})), json!("url")),
        (one(json!({"url": "http://169.254.169.254/", "headers": {}})), json!("url")),
        (one(json!({"url": format!("https://x.example.com/{}", "a".repeat(2048))})), json!("url")),
        (one(json!({"url": "https://x.example.com", "headers": {"a b": "c"}})), json!("headers")),
        (one(json!({"url": "https://x.example.com", "headers": {"host": "c"}})), json!("headers")),
        (
            one(json!({"url": "https://x.example.com", "headers": {"a": "b".repeat(4097)}})),
            json!("headers"),
        ),
        (
            one(json!({"url": "https://x.example.com", "authorization": "b".repeat(257)})),
            json!("authorization"),
        ),
    ] {
        let reply = world.put("gateways/default", &json!({"otel": otel})).refused(400, 7001).await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", "otel", 0, field]), "{otel}");
    }
    let many = json!({"otel": vec![fine; 6]});
    world.put("gateways/default", &many).refused(400, 7001).await;
}
