//! What is true of every request.

use crate::world::{World, hello};
use axum::http::Method;
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn unknown_paths_and_methods_answer_in_the_envelope() {
    let world = World::new().await;
    for path in [
        "/client/v4",
        "/client/v4/zones",
        "/client/v4/accounts",
        "/client/v4/accounts/acme/ai-gateway/nothing",
        "/client/v4/accounts/acme/ai-gateway/gateways/default/routes/x/y/z",
    ] {
        let reply = world.get(path).refused(404, 7003).await;
        assert!(reply.message().contains(path), "{}", reply.message());
    }
    world.call(Method::PUT, "gateways/default/routes").refused(405, 7405).await;
    world.delete("gateways").refused(405, 7405).await;
}

#[tokio::test]
async fn web_pages_and_foreign_names_are_kept_out() {
    let world =
        World::with(|it| it.guard.cors_origins = vec!["https://ui.example.com".into()]).await;
    let routes = "gateways/default/routes";
    world.get(routes).header("host", "evil.example.com").refused(403, 7403).await;
    world.get(routes).header("origin", "https://evil.example.com").refused(403, 7403).await;
    world.get(routes).header("origin", "null").refused(403, 7403).await;
    let reply =
        world.get("/openapi.json").header("origin", "https://evil.example.com").send().await;
    assert_eq!(reply.status.as_u16(), 403);
    world.get(routes).header("origin", "http://localhost:8787").ok().await;
    let listed = world.get(routes).header("origin", "https://ui.example.com").ok().await;
    assert_eq!(listed.headers["access-control-allow-origin"], "https://ui.example.com");
    let vary: Vec<_> =
        listed.headers.get_all("vary").iter().map(|it| it.to_str().unwrap().to_owned()).collect();
    assert_eq!(vary.join(", "), "X-Stainless-Lang, Origin");
}

#[tokio::test]
async fn a_browser_may_ask_first_from_a_listed_origin() {
    let world =
        World::with(|it| it.guard.cors_origins = vec!["https://ui.example.com".into()]).await;
    let ask = |origin: &str| {
        let call = world.call(Method::OPTIONS, "gateways/default/routes").without("authorization");
        let call = call.header("access-control-request-headers", "authorization, if-match");
        call.header("origin", origin).header("access-control-request-method", "PATCH")
    };
    let reply = ask("https://ui.example.com").send().await;
    assert_eq!(reply.status.as_u16(), 204);
    assert_eq!(reply.headers["access-control-allow-origin"], "https://ui.example.com");
    assert!(reply.headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
    assert_eq!(reply.headers["access-control-allow-headers"], "authorization, if-match");
    ask("https://evil.example.com").refused(403, 7403).await;
}

#[tokio::test]
async fn a_write_that_is_stored_but_not_served_says_so_and_is_not_sent_again() {
    let world = World::new().await;
    world.live.fails.store(true, Ordering::Relaxed);
    let body = json!({"name": "x", "elements": hello()});
    let reply = world.post("gateways/default/routes", &body).refused(500, 7500).await;
    assert!(reply.message().contains("is stored"));
    assert_eq!(reply.headers["x-should-retry"], "false");
    assert!(!reply.text.contains("catalog"), "the cause is for the log");
    assert_eq!(
        world.get("gateways/default/routes").ok().await.body["data"]["routes"][0]["name"],
        "x"
    );
}

#[tokio::test]
async fn a_store_that_is_away_is_a_503() {
    let world = World::new().await;
    let id = world.route("hello").await;
    world.store.close().await;
    world.get("gateways").refused(503, 7503).await;
    world.get(&format!("gateways/default/routes/{id}")).refused(503, 7503).await;
    world
        .post("gateways/default/routes", &json!({"name": "x", "elements": hello()}))
        .refused(503, 7503)
        .await;
    world.get("/client/v4/user/tokens/verify").ok().await;
}

#[tokio::test]
async fn a_write_is_finished_although_the_caller_hangs_up() {
    let world = World::new().await;
    let body = json!({"name": "x", "elements": hello()});
    let call = std::pin::pin!(world.post("gateways/default/routes", &body).send());
    assert!(futures_poll_once(call).await.is_none(), "it has not answered at once");
    let routes = async || {
        world.get("gateways/default/routes").ok().await.body["data"]["routes"]
            .as_array()
            .unwrap()
            .len()
    };
    while routes().await == 0 || world.live.published().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Polls a future once, then lets it go.
async fn futures_poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        std::task::Poll::Ready(it) => std::task::Poll::Ready(Some(it)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn a_panic_is_a_500_in_the_envelope() {
    let world = World::with(|it| it.live = std::sync::Arc::new(Panics)).await;
    world.get("gateways").refused(500, 7500).await;
    world.post("gateways", &json!({"id": "x"})).refused(500, 7500).await;
}

#[derive(Debug)]
struct Panics;

impl api::Live for Panics {
    fn known(&self, _: &route::ids::GatewayId) -> std::sync::Arc<dyn route::Known + Send + Sync> {
        panic!("known")
    }

    fn publish(
        &self,
        _: api::Change,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        panic!("publish")
    }

    fn tokens(&self) -> std::sync::Arc<access::Tokens> {
        panic!("tokens")
    }

    fn now_ms(&self) -> u64 {
        0
    }

    fn try_model(
        &self,
        _: api::Trial,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<api::Tried, String>> + Send + '_>> {
        panic!("try_model")
    }

    fn simulate(
        &self,
        _: api::Simulate,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<api::Simulated, api::Unsound>> + Send + '_>>
    {
        panic!("simulate")
    }

    fn offer(&self, _: &route::ids::GatewayId) -> api::Offer {
        panic!("offer")
    }

    fn limits_in_use(
        &self,
        _: api::LimitsAsked,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<api::LimitsInUse, api::CountersAway>> + Send + '_>,
    > {
        panic!("limits_in_use")
    }

    fn reset_limit<'a>(
        &'a self,
        _: &'a route::ids::GatewayId,
        _: &'a str,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<Option<api::BucketInUse>, api::CountersAway>> + Send + 'a>,
    > {
        panic!("reset_limit")
    }
}

#[tokio::test]
async fn the_router_merges_with_a_data_plane_that_has_paths_below_the_same_prefix_and_a_fallback() {
    use tower::ServiceExt;
    let world = World::new().await;
    let twin = "/client/v4/accounts/{account_id}/ai/v1/chat/completions";
    let data = axum::Router::new()
        .route(twin, axum::routing::post(async || "data"))
        .fallback(async || "data fallback");
    let both = world.router().merge(data);
    let ask = async |method: &str, path: &str| {
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .body(axum::body::Body::empty())
            .unwrap();
        let response = both.clone().oneshot(request).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    };
    assert_eq!(ask("POST", "/client/v4/accounts/acme/ai/v1/chat/completions").await, "data");
    assert_eq!(ask("GET", "/anything").await, "data fallback");
    assert!(ask("GET", "/client/v4/zones").await.contains("7003"));
    assert!(ask("GET", "/client/v4/user/tokens/verify").await.contains("10000"));
}
