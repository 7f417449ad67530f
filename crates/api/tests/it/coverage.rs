//! Driven from the OpenAPI document itself: a new operation is covered by being in it.

use crate::world::World;
use axum::http::Method;
use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&api::openapi()).unwrap()
}

/// Method and path of every operation.
fn operations() -> Vec<(Method, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| -> Vec<(Method, String)> {
        let methods = item.as_object().unwrap().keys().filter(|it| *it != "parameters");
        methods.map(|it| (it.to_uppercase().parse().unwrap(), path.clone())).collect()
    };
    paths.iter().flat_map(of_path).collect()
}

fn filled(path: &str) -> String {
    let fill = |part: &str| match part {
        "{account_id}" => "acme".to_owned(),
        "{gateway_id}" => "default".into(),
        it if it.starts_with('{') => "01890000-0000-7000-8000-000000000000".into(),
        it => it.to_owned(),
    };
    path.split('/').map(fill).collect::<Vec<_>>().join("/")
}

#[test]
fn the_document_is_kept_by_a_snapshot() {
    insta::assert_json_snapshot!("openapi", document());
}

#[test]
fn every_operation_has_an_id_of_its_own_and_names_its_parameters() {
    let document = document();
    let mut ids = std::collections::BTreeSet::new();
    for (method, path) in operations() {
        let operation = &document["paths"][&path][method.as_str().to_lowercase()];
        assert!(ids.insert(operation["operationId"].to_string()), "{method} {path}");
        assert!(operation["summary"].is_string(), "{method} {path}");
        for name in path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')) {
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(
                parameters.iter().any(|it| it["name"] == name && it["in"] == "path"),
                "{method} {path} {name}"
            );
        }
    }
    assert!(ids.len() >= 30, "{}", ids.len());
}

#[tokio::test]
async fn every_operation_refuses_an_unauthenticated_caller() {
    let world = World::new().await;
    for (method, path) in operations() {
        let call = || world.call(method.clone(), &filled(&path)).text("{}");
        call().without("authorization").refused(401, 10000).await;
        call().token("pmn_0000000000000000000000000000000000000000000").refused(401, 10000).await;
    }
}

#[tokio::test]
async fn every_operation_answers_in_the_envelope_and_knows_no_other_method() {
    let world = World::new().await;
    for (method, path) in operations() {
        let reply = world.call(method.clone(), &filled(&path)).text("{}").send().await;
        assert!(!reply.status.is_server_error(), "{method} {path}: {}", reply.text);
        assert!(reply.body["success"].is_boolean(), "{method} {path}: {}", reply.text);
        let reply = world.call(Method::TRACE, &filled(&path)).refused(405, 7405).await;
        assert!(reply.headers.contains_key("allow"), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served_without_a_token() {
    let world = World::new().await;
    let reply = world.get("/openapi.json").without("authorization").send().await;
    assert_eq!(reply.headers["content-type"], "application/json");
    assert_eq!(reply.body["openapi"], "3.1.0");
    assert_eq!(reply.body["paths"], document()["paths"]);
}
