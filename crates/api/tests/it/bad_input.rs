//! Bad input gets a clear 4xx, never a 500, and changes nothing.

use crate::world::{ADMIN, World, hello};
use axum::http::Method;
use proptest::prelude::{Just, Strategy, any, prop};
use proptest::prop_oneof;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

const ROUTES: &str = "gateways/default/routes";
const KEYS: &str = "gateways/default/provider_configs";
const PRICES: &str = "gateways/default/prices";

/// Everything that bad input could have changed.
async fn state(world: &World) -> Value {
    let mut all = Vec::new();
    for path in [
        ROUTES,
        "gateways",
        "custom-providers",
        "gateways/default/provider_configs",
        "gateways/default/prices",
        "/client/v4/accounts/acme/tokens",
        "audit",
    ] {
        all.push(world.get(path).ok().await.body);
    }
    Value::Array(all)
}

#[tokio::test]
async fn wrong_types_and_missing_fields_name_their_place() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let before = state(&world).await;
    let (versions, deployments) = (format!("{route}/versions"), format!("{route}/deployments"));
    let tokens = "/client/v4/accounts/acme/tokens";
    let table = [
        (Method::POST, ROUTES, json!({"elements": hello()}), "name"),
        (Method::POST, ROUTES, json!({"name": "x"}), "elements"),
        (Method::POST, ROUTES, json!({"name": 1, "elements": hello()}), "name"),
        (Method::POST, ROUTES, json!({"name": null, "elements": hello()}), "name"),
        (Method::POST, ROUTES, json!({"name": "x", "elements": [], "comment": 1}), "comment"),
        (Method::POST, ROUTES, json!([]), ""),
        (Method::POST, ROUTES, json!(null), ""),
        (Method::PATCH, &route, json!({"name": {}}), "name"),
        (Method::PATCH, &route, json!({}), ""),
        (Method::POST, &versions, json!({}), "elements"),
        (Method::POST, &deployments, json!({}), "version_id"),
        (Method::POST, &deployments, json!({"version_id": 1}), "version_id"),
        (Method::POST, "gateways", json!({}), "id"),
        (Method::POST, "gateways", json!({"id": "x", "authentication": 1}), "authentication"),
        (Method::POST, KEYS, json!({"alias": "a", "secret": "s"}), "provider_slug"),
        (
            Method::PUT,
            PRICES,
            json!({"provider": "a", "model": "m", "input": "", "output": 1}),
            "input",
        ),
        (Method::POST, tokens, json!({"name": "x", "permissions": "root"}), "permissions"),
    ];
    for (method, path, body, place) in table {
        let reply = world.call(method.clone(), path).json(&body).refused(400, 7001).await;
        let place = if place.is_empty() { json!(["body"]) } else { json!(["body", place]) };
        assert_eq!(
            reply.body["errors"][0]["path"], place,
            "{method} {path} {body}: {}",
            reply.text
        );
    }
    assert_eq!(state(&world).await, before);
}

#[tokio::test]
async fn names_have_letters_digits_and_three_marks_only() {
    let world = World::new().await;
    let long = "x".repeat(129);
    let longest = "x".repeat(128);
    for name in ["", " ", "a b", "a/b", "a\0b", "a\nb", "ü", "a@1", "dynamic/x", &long, "\u{202e}x"]
    {
        let reply = world
            .post(ROUTES, &json!({"name": name, "elements": hello()}))
            .refused(400, 7001)
            .await;
        assert_eq!(reply.body["errors"][0]["path"], json!(["body", "name"]));
        world.post("gateways", &json!({"id": name})).refused(400, 7001).await;
    }
    for name in ["x", "a-b_c.D9", &longest] {
        world.post(ROUTES, &json!({"name": name, "elements": hello()})).ok().await;
    }
}

#[tokio::test]
async fn huge_deep_doubled_and_broken_bodies_are_refused() {
    let world = World::new().await;
    let before = state(&world).await;
    let post = || world.call(Method::POST, ROUTES);
    let with = |elements: &str| format!(r#"{{"name":"x","elements":{elements}}}"#);

    let huge = with(&format!("[\"{}\"]", "x".repeat(4 << 20)));
    post().text(&huge).refused(413, 7413).await;
    let deep = with(&format!("{}{}", "[".repeat(5000), "]".repeat(5000)));
    post().text(&deep).refused(400, 7001).await;
    let doubled = r#"{"name":"x","elements":[{"id":"a","id":"b","type":"start"}]}"#;
    let reply = post().text(doubled).refused(400, 7001).await;
    assert_eq!(reply.body["errors"][0]["path"], json!(["body", "elements", 0, "id"]));
    post().text(r#"{"name":"x","name":"y","elements":[]}"#).refused(400, 7001).await;
    for text in ["", "{", "nul", "{\"name\":\"x\u{1}\"}", "[1,]", "\u{feff}{}", "{}{}"] {
        post().text(text).refused(400, 7001).await;
    }
    post()
        .text("")
        .bytes(b"{\"name\":\"\xff\xfe\"}")
        .header("content-type", "application/json")
        .refused(400, 7001)
        .await;
    assert_eq!(state(&world).await, before);
}

#[tokio::test]
async fn a_body_must_be_plain_json() {
    let world = World::new().await;
    let body = json!({"name": "x", "elements": hello()});
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "",
    ] {
        world.post(ROUTES, &body).header("content-type", content_type).refused(415, 7415).await;
    }
    world.post(ROUTES, &body).without("content-type").refused(415, 7415).await;
    for encoding in ["gzip", "br", "zstd", "deflate"] {
        world.post(ROUTES, &body).header("content-encoding", encoding).refused(415, 7415).await;
    }
    world
        .post(ROUTES, &body)
        .header("content-type", "Application/JSON; charset=utf-8")
        .header("content-encoding", "identity")
        .ok()
        .await;
}

#[tokio::test]
async fn ids_that_cannot_be_are_refused_and_unknown_ones_are_not_found() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let before = state(&world).await;
    for odd in ["%00", "a%00b", "%0a", "%1b%5b31m", "%ff", "%c3%28", "%7f", &"x".repeat(300)] {
        for path in [
            format!("gateways/{odd}"),
            format!("gateways/{odd}/routes"),
            format!("{ROUTES}/{odd}"),
            format!("{ROUTES}/{id}/versions/{odd}"),
            format!("custom-providers/{odd}"),
            format!("gateways/default/logs/{odd}"),
        ] {
            for method in [Method::GET, Method::DELETE] {
                let reply = world.call(method, &path).send().await;
                assert!(matches!(reply.status.as_u16(), 400 | 404 | 405), "{path}: {}", reply.text);
                assert_eq!(reply.body["success"], false);
            }
        }
    }
    let nobody = "01890000-0000-7000-8000-000000000000";
    world.get("gateways/nobody").refused(404, 7002).await;
    world.get("gateways/nobody/routes").refused(404, 7002).await;
    world
        .post("gateways/nobody/routes", &json!({"name": "x", "elements": hello()}))
        .refused(404, 7002)
        .await;
    world.get(&format!("{ROUTES}/{nobody}")).refused(404, 7005).await;
    world.patch(&format!("{ROUTES}/{nobody}"), &json!({"name": "x"})).refused(404, 7005).await;
    world.delete(&format!("{ROUTES}/{nobody}")).refused(404, 7005).await;
    world.get(&format!("{ROUTES}/{nobody}/versions")).refused(404, 7005).await;
    world.get(&format!("{ROUTES}/{nobody}/deployments")).refused(404, 7005).await;
    world
        .post(&format!("{ROUTES}/{nobody}/versions"), &json!({"elements": hello()}))
        .refused(404, 7005)
        .await;
    world
        .put(&format!("{ROUTES}/{nobody}/draft"), &json!({"elements": hello()}))
        .refused(404, 7005)
        .await;
    world.get(&format!("{ROUTES}/{id}/versions/{nobody}")).refused(404, 7005).await;
    world
        .post(&format!("{ROUTES}/{id}/deployments"), &json!({"version_id": nobody}))
        .refused(404, 7005)
        .await;
    world
        .post(&format!("{ROUTES}/{id}/deployments"), &json!({"version_id": "a\u{0}b"}))
        .refused(404, 7005)
        .await;
    world
        .put(&format!("gateways/default/provider_configs/{nobody}"), &json!({"secret": "s"}))
        .refused(404, 7002)
        .await;
    world.delete(&format!("gateways/default/provider_configs/{nobody}")).refused(404, 7002).await;
    world.delete(&format!("custom-providers/{nobody}")).refused(404, 1003).await;
    world.get(&format!("/client/v4/accounts/acme/tokens/{nobody}")).refused(404, 7002).await;
    world.delete("gateways/default/prices?provider=openai&model=x").refused(404, 7002).await;
    world.get(&format!("gateways/default/logs/{nobody}")).refused(404, 7002).await;
    assert_eq!(state(&world).await, before);
}

#[tokio::test]
async fn a_route_of_another_gateway_is_not_found() {
    let world = World::new().await;
    let id = world.route("hello").await;
    world.post("gateways", &json!({"id": "other"})).ok().await;
    world.get(&format!("gateways/other/routes/{id}")).refused(404, 7005).await;
    world.delete(&format!("gateways/other/routes/{id}")).refused(404, 7005).await;
    world.get(&format!("{ROUTES}/{id}")).ok().await;
}

#[tokio::test]
async fn a_version_of_another_route_is_not_found() {
    let world = World::new().await;
    let one = world.route("one").await;
    let two = world.route("two").await;
    let version =
        world.get(&format!("{ROUTES}/{two}")).ok().await.body["result"]["version"]["version_id"]
            .clone();
    world
        .post(&format!("{ROUTES}/{one}/deployments"), &json!({"version_id": version}))
        .refused(404, 7005)
        .await;
    world
        .get(&format!("{ROUTES}/{one}/versions/{}", version.as_str().unwrap()))
        .refused(404, 7005)
        .await;
}

#[tokio::test]
async fn comments_are_bounded_text() {
    let world = World::new().await;
    let body = |comment: &str| json!({"name": "x", "elements": hello(), "comment": comment});
    world.post(ROUTES, &body(&"x".repeat(1025))).refused(400, 7001).await;
    world.post(ROUTES, &body("a\u{0}b")).refused(400, 7001).await;
    let reply = world.post(ROUTES, &body("Zeile eins\nline two 🚂")).ok().await;
    assert_eq!(reply.body["result"]["version"]["comment"], "Zeile eins\nline two 🚂");
}

/// Any JSON, up to a few levels, that likes the words of this API.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        Just("name"),
        Just("elements"),
        Just("id"),
        Just("type"),
        Just("outputs"),
        Just("properties"),
        Just("start"),
        Just("model"),
        Just("provider"),
        Just("echo"),
        Just("elementId"),
        Just("version_id"),
        Just("secret"),
        Just("metadata"),
        Just("\u{0}"),
        Just(""),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word.clone(), inner), 0..6).prop_map(|it| it
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect()),
        ]
    })
}

#[tokio::test]
async fn no_json_at_all_makes_a_fault_of_ours() {
    let world = World::new().await;
    let id = world.route("hello").await;
    let mut runner = TestRunner::deterministic();
    let strategy = any_json();
    for _ in 0..150 {
        let any = strategy.new_tree(&mut runner).unwrap().current();
        let calls = [
            (Method::POST, ROUTES.to_owned(), json!({"name": "fuzz", "elements": any})),
            (Method::POST, ROUTES.to_owned(), any.clone()),
            (Method::PATCH, format!("{ROUTES}/{id}"), any.clone()),
            (Method::POST, format!("{ROUTES}/{id}/versions"), json!({"elements": [any]})),
            (Method::PUT, format!("{ROUTES}/{id}/draft"), json!({"elements": any})),
            (Method::POST, format!("{ROUTES}/{id}/deployments"), json!({"version_id": any})),
            (Method::POST, "gateways".into(), any.clone()),
            (Method::PUT, "gateways/default".into(), any.clone()),
            (Method::POST, "gateways/default/provider_configs".into(), any.clone()),
            (Method::POST, "custom-providers".into(), any.clone()),
            (Method::PUT, "gateways/default/prices".into(), any.clone()),
            (Method::POST, "/client/v4/accounts/acme/tokens".into(), any.clone()),
        ];
        for (method, path, body) in calls {
            let reply = world.call(method, &path).json(&body).token(ADMIN).send().await;
            assert!(!reply.status.is_server_error(), "{path} {body}: {}", reply.text);
            assert!(reply.body["success"].is_boolean(), "{path} {body}: {}", reply.text);
        }
    }
}
