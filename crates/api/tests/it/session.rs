//! Sessions of the web application: a cookie that stands for a token, for pages of this server only.

use crate::world::{A, ADMIN, Call, Reply, World};
use axum::http::Method;
use serde_json::json;
use std::sync::atomic::Ordering;

const HOUR_MS: u64 = 3_600_000;

/// As a page of this server sends it, without a token.
fn from_page<'w>(call: Call<'w>, cookie: &str) -> Call<'w> {
    let call = call.without("authorization").header("sec-fetch-site", "same-origin");
    let call = call.header("x-pointsman-ui", "1");
    if cookie.is_empty() { call } else { call.header("cookie", cookie) }
}

fn log_in<'w>(world: &'w World, token: &str) -> Call<'w> {
    from_page(world.post("/session", &json!({ "token": token })), "")
}

/// The cookie set, as a browser sends it back.
fn cookie(reply: &Reply) -> String {
    let set = reply.headers["set-cookie"].to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_says_what_its_token_may_do_and_never_the_token() {
    let world = World::new().await;
    let reply = log_in(&world, ADMIN).ok().await;
    let set = reply.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("pointsman_session="), "{set}");
    assert!(set.ends_with("; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200"), "{set}");
    assert!(!set.contains(ADMIN));
    let shown = from_page(world.get("/session"), &cookie(&reply)).ok().await;
    assert_eq!(shown.body["result"], reply.body["result"]);
    assert_eq!(shown.body["result"]["account_id"], "acme");
    assert_eq!(shown.body["result"]["token"], json!({"id": "admin", "name": "admin"}));
    assert_eq!(shown.body["result"]["gateways"], json!(null));
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert!(!shown.text.contains(ADMIN));
}

#[tokio::test]
async fn a_session_can_do_what_its_token_can_and_no_more() {
    let world = World::new().await;
    let reader = world.token(json!({"name": "reader", "permissions": ["AI Gateway Read"]})).await;
    let session = cookie(&log_in(&world, &reader).ok().await);
    from_page(world.get("gateways"), &session).ok().await;
    let body = json!({"id": "other"});
    from_page(world.post("gateways", &body), &session).refused(403, 9109).await;
    let session = cookie(&log_in(&world, ADMIN).ok().await);
    from_page(world.post("gateways", &body), &session).ok().await;
    let audit = world.get("audit").ok().await;
    assert_eq!(audit.body["result"][0]["actor"]["id"], "admin", "{}", audit.text);
}

#[tokio::test]
async fn what_changes_something_must_come_from_a_page_of_this_server() {
    let world = World::new().await;
    let session = cookie(&log_in(&world, ADMIN).ok().await);
    let create = || from_page(world.post("gateways", &json!({"id": "other"})), &session);
    create().without("x-pointsman-ui").refused(403, 9109).await;
    for site in ["same-site", "cross-site", "none"] {
        create().header("sec-fetch-site", site).refused(403, 9109).await;
    }
    create().without("sec-fetch-site").refused(403, 9109).await;
    let origin = |it| create().without("sec-fetch-site").header("origin", it);
    origin("https://evil.example.com").refused(403, 7403).await;
    for method in [Method::PUT, Method::DELETE] {
        let call = world.call(method, "gateways/default").json(&json!({}));
        from_page(call, &session).without("x-pointsman-ui").refused(403, 9109).await;
    }
    from_page(world.get("gateways"), &session).without("x-pointsman-ui").ok().await;
    origin("http://localhost:8787").ok().await;
}

#[tokio::test]
async fn logging_in_and_out_must_come_from_a_page_of_this_server() {
    let world = World::new().await;
    log_in(&world, ADMIN).without("x-pointsman-ui").refused(403, 9109).await;
    log_in(&world, ADMIN).header("sec-fetch-site", "cross-site").refused(403, 9109).await;
    from_page(world.delete("/session"), "").without("x-pointsman-ui").refused(403, 9109).await;
    let out = from_page(world.delete("/session"), "").ok().await;
    let ended: Vec<_> = out.headers.get_all("set-cookie").iter().collect();
    assert_eq!(ended.len(), 2);
    assert!(ended.iter().all(|it| it.to_str().unwrap().contains("; Max-Age=0")));
}

#[tokio::test]
async fn a_listed_origin_is_not_allowed_the_proof_of_a_session() {
    let world =
        World::with(|it| it.guard.cors_origins = vec!["https://ui.example.com".into()]).await;
    let ask = world.call(Method::OPTIONS, "gateways").header("origin", "https://ui.example.com");
    let ask = ask.header("access-control-request-method", "POST");
    let reply =
        ask.header("access-control-request-headers", "authorization, X-Pointsman-UI").send().await;
    assert!(!reply.headers.contains_key("access-control-allow-headers"));
    assert!(!reply.headers.contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn a_session_ends_with_its_token_its_time_and_its_seal() {
    let world = World::new().await;
    let ended = |cookie: String| {
        let call = from_page(world.get("gateways"), &cookie);
        async move {
            let reply = call.refused(401, 10000).await;
            assert!(!reply.headers.contains_key("set-cookie"));
            reply.message().to_owned()
        }
    };
    let expires = "2027-01-15T09:00:00Z";
    let body = json!({"name": "short", "permissions": ["AI Gateway Read"], "expires_on": expires});
    let short = world.token(body).await;
    let gone = world.token(json!({"name": "gone", "permissions": ["AI Gateway Read"]})).await;
    let short = log_in(&world, &short).ok().await;
    assert_eq!(short.result("expires_on"), "2027-01-15T09:00:00.000Z");
    let gone = log_in(&world, &gone).ok().await;
    let tokens = format!("{}/tokens", A.trim_end_matches("/ai-gateway"));
    let id = gone.body["result"]["token"]["id"].as_str().unwrap().to_owned();
    world.delete(&format!("{tokens}/{id}")).ok().await;
    assert_eq!(ended(cookie(&gone)).await, "the session has ended; log in again");
    world.live.now_ms.fetch_add(2 * HOUR_MS, Ordering::Relaxed);
    assert_eq!(ended(cookie(&short)).await, "this token has expired");

    let admin = cookie(&log_in(&world, ADMIN).ok().await);
    let (name, value) = admin.split_once('=').unwrap();
    let last = if value.ends_with('0') { '1' } else { '0' };
    let changed = format!("{name}={}{last}", value.split_at(value.len() - 1).0);
    assert_eq!(ended(changed).await, "the session has ended; log in again");
    assert_eq!(ended(format!("{name}=")).await, "the session has ended; log in again");
    let elsewhere = World::new().await;
    let foreign = cookie(&log_in(&elsewhere, ADMIN).ok().await);
    assert_eq!(ended(foreign).await, "the session has ended; log in again");
    world.live.now_ms.fetch_add(12 * HOUR_MS, Ordering::Relaxed);
    assert_eq!(ended(admin).await, "the session has ended; log in again");
}

#[tokio::test]
async fn a_session_that_is_used_lasts() {
    let world = World::new().await;
    let first = cookie(&log_in(&world, ADMIN).ok().await);
    let early = from_page(world.get("gateways"), &first).ok().await;
    assert!(!early.headers.contains_key("set-cookie"));
    world.live.now_ms.fetch_add(7 * HOUR_MS, Ordering::Relaxed);
    let late = from_page(world.get("gateways"), &first).ok().await;
    world.live.now_ms.fetch_add(7 * HOUR_MS, Ordering::Relaxed);
    from_page(world.get("gateways"), &first).refused(401, 10000).await;
    from_page(world.get("gateways"), &cookie(&late)).ok().await;
}

#[tokio::test]
async fn a_session_that_was_logged_out_does_not_come_back_by_a_reply_that_was_under_way() {
    let world = World::new().await;
    let first = cookie(&log_in(&world, ADMIN).ok().await);
    let other = cookie(&log_in(&world, ADMIN).ok().await);
    world.live.now_ms.fetch_add(7 * HOUR_MS, Ordering::Relaxed);
    let late = cookie(&from_page(world.get("gateways"), &first).ok().await);
    from_page(world.delete("/session"), &first).ok().await;
    for ended in [&first, &late] {
        let refused = from_page(world.get("gateways"), ended).refused(401, 10000).await;
        assert_eq!(refused.message(), "the session has ended; log in again");
        from_page(world.get("/session"), ended).refused(401, 10000).await;
        let out = from_page(world.delete("/session"), ended).ok().await;
        assert_eq!(out.headers.get_all("set-cookie").iter().count(), 2, "as often as one likes");
    }
    let other = cookie(&from_page(world.get("gateways"), &other).ok().await);
    world.live.now_ms.fetch_add(11 * HOUR_MS, Ordering::Relaxed);
    from_page(world.get("gateways"), &late).refused(401, 10000).await;
    from_page(world.get("gateways"), &other).ok().await;
    let again = cookie(&log_in(&world, ADMIN).ok().await);
    from_page(world.get("gateways"), &again).ok().await;
}

#[tokio::test]
async fn under_tls_the_cookie_is_for_tls_and_this_host_only() {
    let world = World::new().await;
    let call = log_in(&world, ADMIN).header("origin", "https://localhost:8787");
    let reply = call.ok().await;
    let set = reply.headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-pointsman_session="), "{set}");
    assert!(set.ends_with("; Secure"), "{set}");
    from_page(world.get("gateways"), &cookie(&reply)).ok().await;
    world.live.now_ms.fetch_add(7 * HOUR_MS, Ordering::Relaxed);
    let late = from_page(world.get("gateways"), &cookie(&reply)).ok().await;
    assert!(cookie(&late).starts_with("__Host-pointsman_session="));
}

#[tokio::test]
async fn a_token_in_a_header_wins_over_the_cookie() {
    let world = World::new().await;
    let session = cookie(&log_in(&world, ADMIN).ok().await);
    let call = || world.get("gateways").header("cookie", &session);
    call().token("pmn_nobody-has-this-one-000000000000000000000000").refused(401, 10000).await;
    call().ok().await;
}

#[tokio::test]
async fn only_a_session_that_a_request_was_answered_by_is_renewed() {
    let world = World::new().await;
    let session = cookie(&log_in(&world, ADMIN).ok().await);
    world.live.now_ms.fetch_add(7 * HOUR_MS, Ordering::Relaxed);
    let set = |reply: &Reply| reply.headers.contains_key("set-cookie");
    let by_token = world.get("gateways").header("cookie", &session).ok().await;
    assert!(!set(&by_token));
    let create = || from_page(world.post("gateways", &json!({"id": "other"})), &session);
    let foreign = create().without("x-pointsman-ui").refused(403, 9109).await;
    assert!(!set(&foreign));
    assert!(set(&create().ok().await));
    assert!(set(&from_page(world.get("/session"), &session).ok().await));
}

#[tokio::test]
async fn unknown_and_expired_tokens_get_no_session() {
    let world = World::new().await;
    for token in ["", "pmn_nobody-has-this-one-000000000000000000000000", "something"] {
        let reply = log_in(&world, token).refused(401, 10000).await;
        assert!(!reply.headers.contains_key("set-cookie"));
    }
    from_page(world.get("/session"), "").refused(401, 10000).await;
    from_page(world.get("/session"), "other=1; pointsman_session=zz").refused(401, 10000).await;
}
