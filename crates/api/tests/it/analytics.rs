//! Requests summed up.

use crate::logs::record;
use crate::world::World;
use serde_json::{Value, json};
use store::Tally;

/// A gateway with a route that seven requests took; its id.
async fn counted(world: &World) -> String {
    let route = world.route("support").await;
    let path = r#"[{"element":"a","type":"start","outcome":"next"},{"element":"b","type":"model","outcome":"success","attempts":[]},{"element":"c","type":"end","outcome":"end"}]"#;
    let mut tally = Tally::default();
    let records: Vec<_> = (0..7)
        .map(|number| telemetry::Record {
            route: Some((route.as_str().into(), "support".into())),
            path: path.into(),
            metadata: Some(format!(r#"{{"team":"t{}"}}"#, number % 2)),
            ..record(number)
        })
        .collect();
    tally.count(&records);
    world.store.analytics().add(&tally).await.unwrap();
    route
}

const RANGE: &str = "start=2027-01-15T08:00:00Z&end=2027-01-15T09:00:00Z&bucket=day";

#[tokio::test]
async fn requests_are_summed_up_by_group_and_time() {
    let world = World::new().await;
    counted(&world).await;
    let path = format!("gateways/default/analytics?{RANGE}&group=provider,model");
    let reply = world.get(&path).ok().await;
    insta::assert_json_snapshot!("analytics", reply.body);
    assert!(reply.text.contains("\"cost\":0.008610007"), "{}", reply.text);
    for (query, requests) in [
        ("provider=openai", json!([4, 0])),
        ("key=t1", json!([7, 0])),
        ("key=nobody", json!([0, 0])),
        ("metadata.team=t1", json!([3, 0])),
        ("group=metadata.team&limit=1", json!([7, 1])),
        ("group=key&order_by=cost", json!([7, 1])),
        ("group=key,provider", json!([7, 2])),
        ("group=route&key=t1", json!([7, 1])),
        ("group=provider,metadata.team", json!([7, 2])),
        ("group=metadata.a,b", json!([7, 0])),
    ] {
        let reply = world.get(&format!("gateways/default/analytics?{RANGE}&{query}")).ok().await;
        let result = &reply.body["result"];
        let groups = result["groups"].as_array().unwrap().len();
        assert_eq!(json!([result["total"]["requests"], groups]), requests, "{query}");
    }
}

#[tokio::test]
async fn the_edges_of_a_route_show_their_traffic() {
    let world = World::new().await;
    let route = counted(&world).await;
    let path = format!("gateways/default/routes/{route}/analytics?{RANGE}");
    let reply = world.get(&path).ok().await;
    let edges: Vec<Value> = reply.body["result"]["edges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!([it["version"], it["element"], it["output"], it["requests"], it["errors"]]))
        .collect();
    assert_eq!(
        Value::from(edges),
        json!([["v1", "a", "next", 7, 1], ["v1", "b", "success", 7, 1], ["v1", "c", "end", 7, 1]])
    );
    assert_eq!(reply.body["result"]["total"]["requests"], 7);
    let other = world.get(&format!("{path}&version=other")).ok().await;
    assert_eq!(other.body["result"]["edges"], json!([]));
    world.get("gateways/default/routes/nobody/analytics").refused(404, 7005).await;
}

#[tokio::test]
async fn what_cannot_be_summed_up_is_refused_with_its_reason() {
    let world = World::new().await;
    for (query, word) in [
        ("group=colour", "group"),
        ("group=key,version", "no others are summed up together"),
        ("group=key&metadata.a=1", "no others are summed up together"),
        ("metadata.a=1&metadata.b=2", "no others are summed up together"),
        ("group=metadata.a&bucket=minute", "by the minute"),
        ("group=key,model&bucket=minute", "by the minute"),
        ("group=route,version,element,model", "up to 3"),
        ("colour=red", "no parameter"),
        ("model=a&model=b", "twice"),
        ("bucket=week", "minute"),
        ("limit=0", "limit"),
        ("order_by=name", "requests"),
        ("start=yesterday", "not a time"),
        ("start=2027-01-15T08:00:00Z&end=2027-01-15T08:00:00Z", "before"),
        ("start=2001-01-01T00:00:00Z", "kept"),
        ("start=2027-01-15T08:00:00Z&end=2028-01-15T08:00:00Z&bucket=hour", "points"),
    ] {
        let path = format!("gateways/default/analytics?{query}");
        let reply = world.get(&path).send().await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
        assert!(reply.text.contains(word), "{query}: {}", reply.text);
    }
}
