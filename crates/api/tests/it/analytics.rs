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

/// Requests to three gateways, of which one has been deleted since.
async fn counted_at_three(world: &World) {
    for id in ["mine", "other", "gone"] {
        world.post("gateways", &json!({"id": id})).ok().await;
    }
    world.delete("gateways/gone").ok().await;
    let at = ["default", "mine", "mine", "other", "other", "other", "gone"];
    let records: Vec<_> = at
        .iter()
        .zip(0..)
        .map(|(id, number)| telemetry::Record { gateway: (*id).into(), ..record(number) })
        .collect();
    let mut tally = Tally::default();
    tally.count(&records);
    world.store.analytics().add(&tally).await.unwrap();
}

/// Requests altogether, and of each gateway.
fn by_gateway(body: &Value) -> Value {
    let result = &body["result"];
    let groups = result["groups"].as_array().unwrap();
    let groups = groups.iter().map(|it| json!([it["group"]["gateway"], it["requests"]]));
    json!([result["total"]["requests"], groups.collect::<Vec<_>>()])
}

#[tokio::test]
async fn all_gateways_are_summed_up_for_who_may_read_them_all_and_else_those_that_he_may() {
    let world = World::new().await;
    counted_at_three(&world).await;
    let path = format!("analytics?{RANGE}&group=gateway");
    let all = world.get(&path).ok().await.body;
    assert_eq!(by_gateway(&all), json!([6, [["other", 3], ["mine", 2], ["default", 1]]]));
    assert_eq!(all["result"]["group"], json!(["gateway"]));
    let limited = json!({"name": "mine", "permissions": ["AI Gateway Read"], "gateways": ["mine", "default", "gone"]});
    let token = world.token(limited).await;
    let mine = world.get(&path).token(&token).ok().await.body;
    assert_eq!(by_gateway(&mine), json!([3, [["mine", 2], ["default", 1]]]));
    assert_eq!(mine["result"]["rest"]["requests"], 0);
    for (query, token, expected) in [
        ("group=gateway&gateway=other", None, json!([3, [["other", 3]]])),
        ("group=gateway&gateway=other", Some(&token), json!([0, []])),
        ("group=gateway&gateway=mine", Some(&token), json!([2, [["mine", 2]]])),
        ("group=gateway&limit=1", Some(&token), json!([3, [["mine", 2]]])),
        ("group=gateway&gateway=absent", None, json!([0, []])),
        ("gateway=mine", None, json!([2, []])),
        ("", Some(&token), json!([3, []])),
    ] {
        let call = world.get(&format!("analytics?{RANGE}&{query}"));
        let call = match token {
            Some(token) => call.token(token),
            None => call,
        };
        assert_eq!(by_gateway(&call.ok().await.body), expected, "{query} {}", token.is_some());
    }
    let runner = json!({"name": "run", "permissions": ["AI Gateway Run"]});
    let runner = world.token(runner).await;
    world.get(&path).token(&runner).refused(403, 9109).await;
}

#[tokio::test]
async fn gateways_go_together_with_every_other_dimension() {
    let world = World::new().await;
    counted_at_three(&world).await;
    for (query, groups) in [
        ("group=gateway,provider", 5),
        ("group=gateway,route,key", 3),
        ("group=metadata.user&gateway=mine", 1),
        ("group=gateway,metadata.user", 3),
        ("of=calls&group=gateway,element", 0),
    ] {
        let reply = world.get(&format!("analytics?{RANGE}&{query}")).ok().await;
        assert_eq!(reply.body["result"]["groups"].as_array().unwrap().len(), groups, "{query}");
    }
    for query in ["gateway=mine", "group=gateway"] {
        let reply = world.get(&format!("gateways/mine/analytics?{query}")).send().await;
        assert_eq!(reply.status, 400, "{query}: {}", reply.text);
    }
}

/// What the elements of a route used: one failed and was not billed, the other one answered.
async fn counted_with_a_fallback(world: &World) -> String {
    let route = world.route("support").await;
    let path = r#"[{"element":"a","type":"model","outcome":"fallback","attempts":[{"provider":"echo","model":"x","ms":3,"cause":"status"}]},{"element":"b","type":"model","outcome":"success","attempts":[{"provider":"openai","model":"y","ms":5}]}]"#;
    let charge = telemetry::Charge {
        step: 1,
        provider: "openai".into(),
        model: "y".into(),
        usage: chat::Usage { input: 10, cache_read: 5, output: 9, ..chat::Usage::default() },
        cost: Some(1_230_001),
    };
    let record = telemetry::Record {
        route: Some((route.as_str().into(), "support".into())),
        path: path.into(),
        step: 1,
        charges: vec![charge],
        ..record(0)
    };
    let mut tally = Tally::default();
    tally.count(&[record]);
    world.store.analytics().add(&tally).await.unwrap();
    route
}

#[tokio::test]
async fn calls_are_summed_up_by_the_element_that_made_them() {
    let world = World::new().await;
    let route = counted_with_a_fallback(&world).await;
    let path = format!("gateways/default/analytics?{RANGE}&of=calls&group=element");
    let reply = world.get(&path).ok().await;
    let result = &reply.body["result"];
    let told: Vec<_> = result["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            json!([
                it["group"]["element"],
                it["requests"],
                it["errors"],
                it["cost"],
                it["tokens_in"]
            ])
        })
        .collect();
    assert_eq!(json!(told), json!([["a", 1, 1, 0, 0], ["b", 1, 0, 0.001_230_001, 15]]));
    assert_eq!((&result["of"], &result["total"]["requests"]), (&json!("calls"), &json!(2)));
    let edges = world.get(&format!("gateways/default/routes/{route}/analytics?{RANGE}")).ok().await;
    insta::assert_json_snapshot!(
        "own",
        edges.body["result"]["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["own"])
            .collect::<Vec<_>>()
    );
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
        ("of=nothing", "`requests` or `calls`"),
        ("of=calls&group=key", "not summed up with calls"),
        ("of=calls&metadata.a=1", "not summed up with calls"),
        ("gateway=default", "no parameter"),
        ("group=gateway", "different ones of `route`"),
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
