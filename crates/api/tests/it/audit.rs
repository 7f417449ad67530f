//! The audit log is asked by who, what, which, text and time; all of it is looked at, page by page.

use crate::world::{World, hello};
use serde_json::{Value, json};

const ROUTES: &str = "gateways/default/routes";

/// What is listed: each entry's action and name.
fn listed(body: &Value) -> Vec<String> {
    let entries = body["result"].as_array().unwrap().iter();
    let name = |it: &Value| format!("{} {}", it["action"].as_str().unwrap(), it["detail"]["name"]);
    entries.map(name).collect()
}

#[tokio::test]
async fn filters_are_exact_and_all_of_them_must_be_fulfilled() {
    let world = World::new().await;
    let token = world.token(json!({"name": "ci", "permissions": ["AI Gateway Write"]})).await;
    for name in ["early", "late"] {
        world.post(ROUTES, &json!({"name": name, "elements": hello()})).token(&token).ok().await;
    }
    world.route("mine").await;
    let names = world.get("audit/names").ok().await.body["result"].clone();
    assert_eq!(names["complete"], true);
    let actors = names["actors"].as_array().unwrap();
    let ci = actors.iter().find(|it| it["name"] == "ci").unwrap()["id"].as_str().unwrap();
    let actions = names["actions"].as_array().unwrap();
    assert!(actions.contains(&json!("route.create")) && actions.contains(&json!("token.create")));

    let late = world.get("audit?search=LATE").ok().await.body["result"][0].clone();
    let (id, at) = (late["resource"].as_str().unwrap(), late["created_at"].as_str().unwrap());
    for (query, expected) in [
        (format!("actor_id={ci}"), vec!["route.create \"late\"", "route.create \"early\""]),
        (format!("actor_id={ci}&search=early"), vec!["route.create \"early\""]),
        (format!("actor_id={ci}&action=token.create"), vec![]),
        (format!("resource={id}"), vec!["route.create \"late\""]),
        (format!("resource={id}&start_date={at}&end_date={at}"), vec!["route.create \"late\""]),
        (format!("resource={id}&end_date=2020-01-01T00:00:00Z"), vec![]),
        (format!("resource={id}&start_date=2120-01-01T00:00:00Z"), vec![]),
        (format!("actor_id={ci}&gateway_id=none"), vec![]),
        (format!("actor_id={ci}&per_page=1&page=2"), vec!["route.create \"early\""]),
        (format!("actor_id={ci}&search="), vec!["route.create \"late\"", "route.create \"early\""]),
    ] {
        let reply = world.get(&format!("audit?{query}")).ok().await;
        assert_eq!(listed(&reply.body), expected, "{query}");
    }
    let page = world.get(&format!("audit?actor_id={ci}&per_page=1")).ok().await;
    assert_eq!(page.body["result_info"]["total_count"], 2);
}

#[tokio::test]
async fn a_time_that_is_none_is_refused_at_its_place() {
    let world = World::new().await;
    for name in ["start_date", "end_date"] {
        for bad in ["yesterday", "", "2026-13-01T00:00:00Z"] {
            let reply = world.get(&format!("audit?{name}={bad}")).refused(400, 7001).await;
            assert_eq!(reply.body["errors"][0]["path"], json!(["query", name]));
        }
    }
}

#[tokio::test]
async fn who_has_changed_anything_is_told_to_administrators_only() {
    let world = World::new().await;
    let reader = world.token(json!({"name": "r", "permissions": ["AI Gateway Read"]})).await;
    world.get("audit/names").token(&reader).refused(403, 9109).await;
    world.get("audit?actor_id=admin").token(&reader).refused(403, 9109).await;
}
