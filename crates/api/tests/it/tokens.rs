//! API tokens.

use crate::world::World;
use api::Change;
use serde_json::json;

const TOKENS: &str = "/client/v4/accounts/acme/tokens";

#[tokio::test]
async fn a_tokens_secret_is_told_once() {
    let world = World::new().await;
    let body = json!({
        "name": "ci", "permissions": ["AI Gateway Run", "AI Gateway Read"], "expires_on": "2030-01-31T12:00:00Z",
        "gateways": ["default"], "routes": ["support"], "metadata": {"team": "ci", "tier": 2, "beta": true}
    });
    let made = world.post(TOKENS, &body).ok().await;
    assert_eq!(world.live.published(), [Change::Tokens]);
    insta::assert_json_snapshot!("token", made.redacted());
    assert!(made.result("value").starts_with("pmn_"));
    let read = world.get(&format!("{TOKENS}/{}", made.result("id"))).ok().await;
    assert!(read.body["result"].get("value").is_none());
    let list = world.get(TOKENS).ok().await;
    assert_eq!(list.body["result"][0], read.body["result"]);

    let gone = world.delete(&format!("{TOKENS}/{}", made.result("id"))).ok().await;
    assert_eq!(gone.body["result"], json!({"id": made.result("id")}));
    world.get(&format!("{TOKENS}/{}", made.result("id"))).refused(404, 7002).await;
}

#[tokio::test]
async fn a_bad_token_is_not_made() {
    let world = World::new().await;
    for bad in [
        json!({"permissions": ["AI Gateway Run"]}),
        json!({"name": "", "permissions": ["AI Gateway Run"]}),
        json!({"name": "a\nb", "permissions": ["AI Gateway Run"]}),
        json!({"name": "x", "permissions": []}),
        json!({"name": "x", "permissions": ["AI Gateway Fly"]}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "expires_on": "2020-01-01T00:00:00Z"}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "expires_on": "tomorrow"}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "gateways": []}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "routes": [""]}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "metadata": {"a": {}}}),
        json!({"name": "x", "permissions": ["AI Gateway Run"], "metadata": {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}}),
    ] {
        world.post(TOKENS, &bad).refused(400, 7001).await;
    }
    assert_eq!(world.get(TOKENS).ok().await.body["result"], json!([]));
}

#[tokio::test]
async fn verify_says_that_a_token_is_good_whatever_it_permits() {
    let world = World::new().await;
    let admin = world.get("/client/v4/user/tokens/verify").ok().await;
    assert_eq!(admin.body["result"]["id"], "admin");
    let runner = world.token(json!({"name": "r", "permissions": ["AI Gateway Run"]})).await;
    let reply = world.get("/client/v4/user/tokens/verify").token(&runner).ok().await;
    assert_eq!(reply.body["result"]["status"], "active");
    assert_eq!(reply.body["messages"][0]["message"], "This API Token is valid and active");
    world.get(&format!("{TOKENS}/verify")).ok().await;
    world.get(&format!("{TOKENS}/verify")).token("pmn_x").refused(401, 10000).await;
}
