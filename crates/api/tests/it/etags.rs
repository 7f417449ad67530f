//! `ETag`s are strong, equal in both dialects, and guard every write of a route.

use crate::world::{Call, Reply, World, hello};
use serde_json::json;

#[tokio::test]
async fn an_etag_changes_with_name_versions_and_deployment_and_every_write_sends_it() {
    let world = World::new().await;
    let created = world
        .post("gateways/default/routes", &json!({"name": "hello", "elements": hello()}))
        .ok()
        .await;
    let route = format!("gateways/default/routes/{}", created.result("id"));
    let mut seen = vec![created.etag()];
    assert!(seen[0].starts_with('"') && seen[0].ends_with('"'), "strong");

    let version =
        world.post(&format!("{route}/versions"), &json!({"elements": hello()})).ok().await;
    let changed = async |reply: &Reply, seen: &mut Vec<String>| {
        assert!(!seen.contains(&reply.etag()), "{:?}", reply.text);
        let live = world.get(&route).ok().await;
        let reference = world.get(&route).sdk().ok().await;
        assert_eq!(live.etag(), reply.etag());
        assert_eq!(reference.etag(), reply.etag());
        seen.push(reply.etag());
    };
    changed(&version, &mut seen).await;
    let deploy = json!({"version_id": version.result("version_id")});
    changed(&world.post(&format!("{route}/deployments"), &deploy).ok().await, &mut seen).await;
    changed(&world.patch(&route, &json!({"name": "other"})).sdk().ok().await, &mut seen).await;
    changed(&world.patch(&route, &json!({"elements": hello()})).ok().await, &mut seen).await;
    assert!(world.delete(&route).ok().await.headers.contains_key("etag"));
}

#[tokio::test]
async fn a_stale_write_is_refused_with_the_current_etag_and_changes_nothing() {
    let world = World::new().await;
    let route = format!("gateways/default/routes/{}", world.route("hello").await);
    let stale = world.get(&route).ok().await.etag();
    let current =
        world.patch(&route, &json!({"name": "newer"})).header("if-match", &stale).ok().await.etag();
    let before = world.get(&route).ok().await.body;
    let version = before["result"]["version"]["version_id"].clone();

    let writes = || -> Vec<Call<'_>> {
        vec![
            world.patch(&route, &json!({"name": "third"})),
            world.delete(&route),
            world.post(&format!("{route}/versions"), &json!({"elements": hello()})),
            world.post(&format!("{route}/deployments"), &json!({"version_id": version})),
        ]
    };
    world.live.published();
    for write in writes() {
        let reply = write.header("if-match", &stale).refused(412, 7412).await;
        assert_eq!(reply.etag(), current);
    }
    for wrong in ["", "W/", "\"x\", \"y\"", "*x"] {
        for write in writes() {
            let given = if wrong == "W/" { format!("W/{current}") } else { wrong.to_owned() };
            assert_eq!(
                write.header("if-match", &given).send().await.status.as_u16(),
                412,
                "{given}"
            );
        }
    }
    assert!(world.live.published().is_empty());
    assert_eq!(world.get(&route).ok().await.body, before);
    world
        .patch(&route, &json!({"name": "third"}))
        .header("if-match", &format!("\"other\", {current}"))
        .ok()
        .await;
    world.patch(&route, &json!({"name": "fourth"})).header("if-match", "*").ok().await;
}
