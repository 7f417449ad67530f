//! Gateways.

use crate::world::{World, hello};
use api::Change;
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
async fn what_has_no_effect_is_said_and_what_would_protect_is_refused() {
    let world = World::new().await;
    let made = world
        .post("gateways", &json!({"id": "a", "cache_ttl": 300, "rate_limiting_limit": 10}))
        .ok()
        .await;
    assert_eq!(made.body["result"]["cache_ttl"], 300);
    let told: Vec<_> =
        made.body["messages"].as_array().unwrap().iter().map(|it| it["path"][1].clone()).collect();
    assert_eq!(told, ["cache_ttl", "rate_limiting_limit"]);
    for (name, value) in [
        ("guardrails", json!({"prompt": {"S1": "BLOCK"}, "response": {}})),
        ("dlp", json!({"enabled": true, "action": "BLOCK", "profiles": []})),
        ("spend_limits", json!({"enabled": true, "rules": []})),
        ("otel", json!([{"url": "https://x.example.com", "headers": {}}])),
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
        json!({"logpush_public_key": "short"}),
    ] {
        world.put("gateways/a", &bad).refused(400, 7001).await;
    }
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
