//! The ten operations, byte for byte: one snapshot an operation and dialect.

use crate::world::{Call, World, hello};
use serde_json::{Value, json};

/// Sends a write twice is not possible, so each dialect has its world.
async fn story(sdk: bool) -> Vec<(&'static str, Value)> {
    let world = World::new().await;
    let as_client = |call: Call<'static>| if sdk { call.sdk() } else { call };
    let world: &'static World = Box::leak(Box::new(world));
    let mut told = Vec::new();
    let base = "gateways/default/routes";

    let created = as_client(
        world.post(base, &json!({"name": "hello", "elements": hello(), "comment": "first"})),
    )
    .ok()
    .await;
    told.push(("create", created.redacted()));
    let route = format!("{base}/{}", created.result("id"));
    let first = created.body["result"]["version"]["version_id"].as_str().unwrap().to_owned();

    told.push(("get", as_client(world.get(&route)).ok().await.redacted()));
    let version =
        as_client(world.post(&format!("{route}/versions"), &json!({"elements": hello()})))
            .ok()
            .await;
    told.push(("create_version", version.redacted()));
    let second = version.result("version_id");
    told.push((
        "get_version",
        as_client(world.get(&format!("{route}/versions/{second}"))).ok().await.redacted(),
    ));
    told.push((
        "list_versions",
        as_client(world.get(&format!("{route}/versions"))).ok().await.redacted(),
    ));

    let deploy = json!({"version_id": second, "comment": null});
    let deployed = as_client(world.post(&format!("{route}/deployments"), &deploy)).ok().await;
    told.push(("create_deployment", deployed.redacted()));
    as_client(world.post(&format!("{route}/deployments"), &json!({"version_id": first})))
        .ok()
        .await;
    told.push((
        "list_deployments",
        as_client(world.get(&format!("{route}/deployments"))).ok().await.redacted(),
    ));

    told.push((
        "update",
        as_client(world.patch(&route, &json!({"name": "hallo"}))).ok().await.redacted(),
    ));
    told.push(("list", as_client(world.get(base)).ok().await.redacted()));
    told.push(("delete", as_client(world.delete(&route)).ok().await.redacted()));
    told
}

#[tokio::test]
async fn the_ten_operations_answer_sdks_in_the_reference_form() {
    for (operation, body) in story(true).await {
        insta::assert_json_snapshot!(format!("reference_{operation}"), body);
    }
}

#[tokio::test]
async fn the_ten_operations_answer_others_in_the_live_form() {
    for (operation, body) in story(false).await {
        insta::assert_json_snapshot!(format!("live_{operation}"), body);
    }
}

#[tokio::test]
async fn the_configuration_overrides_the_dialect() {
    let world = World::with(|it| it.dialect = api::ApiDialect::Live).await;
    let route = world.route("hello").await;
    let reply = world.get(&format!("gateways/default/routes/{route}")).sdk().ok().await;
    assert_eq!(reply.body["result"]["version"]["active"], true);

    let world = World::with(|it| it.dialect = api::ApiDialect::Reference).await;
    let route = world.route("hello").await;
    let reply = world.get(&format!("gateways/default/routes/{route}")).ok().await;
    assert_eq!(reply.body["result"]["version"]["active"], "true");
    assert_eq!(reply.headers["vary"], "X-Stainless-Lang");
}

#[tokio::test]
async fn elements_come_back_to_the_letter() {
    let world = World::new().await;
    let elements = r#"[ {"outputs": {"next":{"elementId":"b", "x": 1.50}},"type":"start" ,"id":"a"},
	{"id":"b","type":"model","properties":{"model":"echo","provider":"echo","timeout":1e3,"retries":0,"extra":[{"é":"\u00e9\/"}]},
	 "outputs":{"success":{"elementId":"c"},"fallback":{"elementId":"c"}}},{"id":"c","type":"end"}]"#;
    let body = format!(r#"{{"elements":{elements},"name":"letters"}}"#);
    let created = world.call(http::Method::POST, "gateways/default/routes").text(&body).ok().await;
    assert_eq!(
        created.text.matches(elements).count(),
        2,
        "elements and version.data: {}",
        created.text
    );

    let path = format!("gateways/default/routes/{}", created.result("id"));
    let read = world.get(&path).sdk().ok().await;
    assert!(read.text.contains(elements));
    assert_eq!(read.body["result"]["version"]["data"], elements);
}
