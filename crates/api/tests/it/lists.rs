//! Pages are exact, and a bad page is refused.

use crate::world::World;
use serde_json::{Value, json};

const ROUTES: &str = "gateways/default/routes";

fn names(body: &Value) -> Vec<&str> {
    body["data"]["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn pages_of_routes_are_exact_and_newest_first() {
    let world = World::new().await;
    for number in 0..23 {
        world.route(&format!("r{number}")).await;
    }
    let first = world.get(ROUTES).ok().await.body;
    assert_eq!(names(&first).len(), 20);
    assert_eq!(names(&first)[0], "r22");
    assert_eq!(first["data"]["page"], 1);
    assert_eq!(first["data"]["per_page"], 20);
    assert_eq!(first["data"]["order_by"], "created_at");
    assert_eq!(first["data"]["order_by_direction"], "desc");
    assert!(first.get("result").is_none() && first.get("result_info").is_none());

    let second = world.get(&format!("{ROUTES}?page=2")).ok().await.body;
    assert_eq!(names(&second), ["r2", "r1", "r0"]);
    let beyond = world.get(&format!("{ROUTES}?page=3")).ok().await.body;
    assert!(names(&beyond).is_empty());
    let all = world.get(&format!("{ROUTES}?per_page=100")).ok().await.body;
    assert_eq!(names(&all).len(), 23);
    let far = world.get(&format!("{ROUTES}?page=4294967295&per_page=100")).ok().await.body;
    assert!(names(&far).is_empty());

    let mut seen = Vec::new();
    for page in 1..=5 {
        let body = world.get(&format!("{ROUTES}?page={page}&per_page=5")).ok().await.body;
        seen.extend(names(&body).into_iter().map(str::to_owned));
    }
    assert_eq!(seen, names(&all));
}

#[tokio::test]
async fn versions_and_deployments_have_pages_too() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    for _ in 0..4 {
        world.patch(&route, &json!({"elements": crate::world::hello()})).ok().await;
    }
    for (list, key) in [("versions", "version_id"), ("deployments", "deployment_id")] {
        let all = world.get(&format!("{route}/{list}")).ok().await.body["data"][list].clone();
        assert_eq!(all.as_array().unwrap().len(), 5);
        let page = world.get(&format!("{route}/{list}?page=3&per_page=2")).ok().await.body;
        assert_eq!(page["data"][list].as_array().unwrap().len(), 1);
        assert_eq!(page["data"][list][0][key], all[4][key]);
        assert_eq!((&page["data"]["page"], &page["data"]["per_page"]), (&json!(3), &json!(2)));
    }
}

#[tokio::test]
async fn a_bad_page_is_refused_and_not_silently_changed() {
    let world = World::new().await;
    let route = format!("{ROUTES}/{}", world.route("hello").await);
    let lists = [
        ROUTES.into(),
        format!("{route}/versions"),
        format!("{route}/deployments"),
        "gateways".into(),
        "gateways/default/logs".into(),
        "audit".into(),
    ];
    let bad = [
        "page=0",
        "page=-1",
        "page=x",
        "page=",
        "page=1.5",
        "page=4294967296",
        "page=1&page=2",
        "per_page=0",
        "per_page=101",
        "per_page=x",
        "order_by=name",
        "order_by_direction=up",
        "page=%ff",
    ];
    for list in lists {
        for query in bad {
            let reply = world.get(&format!("{list}?{query}")).refused(400, 7001).await;
            assert_eq!(reply.body["errors"][0]["path"][0], "query", "{list}?{query}");
        }
    }
    world.get(&format!("{ROUTES}?order_by=created_at&order_by_direction=desc")).ok().await;
    world.get(&format!("{ROUTES}?order_by_direction=asc")).refused(400, 7001).await;
    world.get("gateways/default/logs?per_page=51").refused(400, 7001).await;
    world.get("gateways/default/logs?per_page=50&order_by_direction=asc").ok().await;
}

#[tokio::test]
async fn other_lists_say_how_much_there_is() {
    let world = World::new().await;
    for id in ["a", "b", "c"] {
        world.post("gateways", &json!({"id": id})).ok().await;
    }
    let page = world.get("gateways?page=2&per_page=3").ok().await.body;
    assert_eq!(page["result"].as_array().unwrap().len(), 1);
    assert_eq!(
        page["result_info"],
        json!({"page": 2, "per_page": 3, "count": 1, "total_count": 4, "total_pages": 2})
    );
    let found = world.get("gateways?search=DEF").ok().await.body;
    assert_eq!(found["result"][0]["id"], "default");
    assert_eq!(found["result_info"]["total_count"], 1);
}
