//! Who may do what.

use crate::world::{A, ADMIN, World, hello};
use serde_json::json;
use std::sync::atomic::Ordering;

const ROUTES: &str = "gateways/default/routes";

#[tokio::test]
async fn without_a_valid_token_nothing_is_said() {
    let world = World::new().await;
    let reply = world.get(ROUTES).without("authorization").refused(401, 10000).await;
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    world.get(ROUTES).token("pmn_nobody").refused(401, 10000).await;
    world.get(ROUTES).token("").refused(401, 10000).await;
    world
        .get("/client/v4/accounts/other/ai-gateway/gateways")
        .token("pmn_nobody")
        .refused(401, 10000)
        .await;
    world.post(ROUTES, &json!({})).without("authorization").refused(401, 10000).await;
}

#[tokio::test]
async fn a_token_may_stand_in_any_of_six_places() {
    let world = World::new().await;
    for place in ["x-api-key", "x-goog-api-key", "api-key", "x-auth-key", "cf-aig-authorization"] {
        let call = world.get(ROUTES).without("authorization").header(place, ADMIN);
        call.header("x-auth-email", "user@example.com").ok().await;
    }
    world
        .get(ROUTES)
        .without("authorization")
        .header("cf-aig-authorization", &format!("Bearer {ADMIN}"))
        .ok()
        .await;
    world.get(ROUTES).ok().await;
}

#[tokio::test]
async fn reading_needs_read_and_writing_needs_write() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let reader = world.token(json!({"name": "reader", "permissions": ["AI Gateway Read"]})).await;
    let runner = world.token(json!({"name": "runner", "permissions": ["AI Gateway Run"]})).await;
    let writer = world.token(json!({"name": "writer", "permissions": ["AI Gateway Write"]})).await;

    world.get(&route).token(&reader).ok().await;
    let reply = world.patch(&route, &json!({"name": "x"})).token(&reader).refused(403, 9109).await;
    assert!(reply.message().contains("reader") && reply.message().contains("AI Gateway Write"));
    world.delete(&route).token(&reader).refused(403, 9109).await;
    world.get("audit").token(&reader).refused(403, 9109).await;
    world.get("/client/v4/accounts/acme/tokens").token(&reader).refused(403, 9109).await;
    world.get(&route).token(&runner).refused(403, 9109).await;
    world.patch(&route, &json!({"name": "x"})).token(&writer).ok().await;
    world.get("audit").token(&writer).ok().await;
}

#[tokio::test]
async fn an_expired_or_revoked_token_is_no_token() {
    let world = World::new().await;
    let tokens = "/client/v4/accounts/acme/tokens";
    let body = json!({"name": "short", "permissions": ["AI Gateway Read"], "expires_on": "2027-02-01T00:00:00Z"});
    let made = world.post(tokens, &body).ok().await;
    let secret = made.result("value");
    world.get(ROUTES).token(&secret).ok().await;
    world.live.now_ms.store(1_801_440_000_000, Ordering::Relaxed);
    let reply = world.get(ROUTES).token(&secret).refused(401, 10000).await;
    assert!(reply.message().contains("expired"));
    assert_eq!(
        world.get(&format!("{tokens}/{}", made.result("id"))).ok().await.body["result"]["status"],
        "expired"
    );

    let other =
        world.post(tokens, &json!({"name": "gone", "permissions": ["AI Gateway Read"]})).ok().await;
    world.get(ROUTES).token(&other.result("value")).ok().await;
    world.delete(&format!("{tokens}/{}", other.result("id"))).ok().await;
    world.get(ROUTES).token(&other.result("value")).refused(401, 10000).await;
}

#[tokio::test]
async fn a_token_limited_to_gateways_sees_only_those() {
    let world = World::new().await;
    for id in ["mine", "other"] {
        world.post("gateways", &json!({"id": id})).ok().await;
    }
    let token = world.token(json!({"name": "mine", "permissions": ["AI Gateway Write"], "gateways": ["mine", "new"]})).await;
    let seen = world.get("gateways").token(&token).ok().await.body;
    assert_eq!(seen["result"].as_array().unwrap().len(), 1);
    assert_eq!(seen["result"][0]["id"], "mine");
    assert_eq!(seen["result_info"]["total_count"], 1);
    world.get("gateways/mine").token(&token).ok().await;
    world.get("gateways/other").token(&token).refused(404, 7002).await;
    world
        .post("gateways/other/routes", &json!({"name": "x", "elements": hello()}))
        .token(&token)
        .refused(404, 7002)
        .await;
    world.delete("gateways/other").token(&token).refused(404, 7002).await;
    world
        .post("gateways/mine/routes", &json!({"name": "x", "elements": hello()}))
        .token(&token)
        .ok()
        .await;
    world.post("gateways", &json!({"id": "third"})).token(&token).refused(403, 9109).await;
    world.post("gateways", &json!({"id": "new"})).token(&token).ok().await;

    world.get("audit").token(&token).refused(403, 9109).await;
    let escalation = json!({"name": "root", "permissions": ["AI Gateway Write"]});
    world
        .post("/client/v4/accounts/acme/tokens", &escalation)
        .token(&token)
        .refused(403, 9109)
        .await;
    let provider = json!({"name": "x", "slug": "x", "base_url": "https://x.example.com"});
    world.post("custom-providers", &provider).token(&token).refused(403, 9109).await;
}

#[tokio::test]
async fn a_token_limited_to_routes_does_not_manage() {
    let world = World::new().await;
    let body = json!({"name": "caller", "permissions": ["AI Gateway Write", "AI Gateway Run"], "routes": ["hello"]});
    let token = world.token(body).await;
    world.get(ROUTES).token(&token).refused(403, 9109).await;
    world.get("/client/v4/user/tokens/verify").token(&token).ok().await;
}

#[tokio::test]
async fn another_account_is_not_here() {
    let world = World::new().await;
    let id = world.route("hello").await;
    for path in ["gateways".to_owned(), format!("{ROUTES}/{id}"), "audit".into()] {
        let path = format!("{}/{path}", A.replace("acme", "other"));
        let reply = world.get(&path).refused(404, 7003).await;
        assert!(reply.message().contains("`other`"));
        world.delete(&path).send().await;
    }
    world.get(&format!("{ROUTES}/{id}")).ok().await;
}

#[tokio::test]
async fn secrets_are_in_no_reply_and_not_in_the_audit_log() {
    let world = World::new().await;
    let secret = world.token(json!({"name": "t", "permissions": ["AI Gateway Read"]})).await;
    let key = "sk-canary-0123456789abcdef";
    let config = json!({"provider_slug": "openai", "alias": "default", "default_config": true, "secret": key});
    let made = world.post("gateways/default/provider_configs", &config).ok().await;
    let headers = json!({"x-team": "canary-header-value"}).to_string();
    let provider =
        json!({"name": "x", "slug": "x", "base_url": "https://x.example.com", "headers": headers});
    let provider = world.post("custom-providers", &provider).ok().await;
    let mut said = vec![made.text, provider.text];
    for path in [
        "gateways/default/provider_configs",
        "custom-providers",
        "audit?per_page=100",
        "/client/v4/accounts/acme/tokens",
    ] {
        said.push(world.get(path).ok().await.text);
    }
    for text in said {
        for hidden in [secret.as_str(), key, "canary-header-value", ADMIN] {
            assert!(!text.contains(hidden), "{text}");
        }
    }
}
