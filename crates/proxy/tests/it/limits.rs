//! Limits of requests, as a route has them.
use crate::elements::{end, model, rate, start};
use crate::world::{World, cents, of_user, requests};
use proxy::catalog::GatewayLimits;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn limited(properties: Value, fallback: &str) -> Value {
    json!([
        start("quota"),
        rate("quota", properties, "main", fallback),
        model("main", "echo/echo", "end", ""),
        model("spare", "echo/echo", "end", ""),
        end()
    ])
}

fn two_a_minute(key: &str) -> Value {
    json!({"limitType": "count", "key": key, "limit": 2, "window": 60})
}

#[tokio::test(start_paused = true)]
async fn a_denied_limit_takes_its_fallback() {
    let world = World::friendly().deploy("r", &limited(two_a_minute(""), "spare"));
    let mut paths = Vec::new();
    for _ in 0..3 {
        paths.push(world.chat("dynamic/r").send().await.header("pointsman-path").to_owned());
    }
    assert_eq!(paths, ["start,quota,main,end", "start,quota,main,end", "start,quota,spare,end"]);
    assert!(world.metrics.encode().contains("limit"));
}

#[tokio::test(start_paused = true)]
async fn without_a_fallback_the_route_ends_with_429() {
    let world = World::friendly().deploy("r", &limited(two_a_minute("metadata.user"), ""));
    let ask = || world.chat("dynamic/r").header("cf-aig-metadata", r#"{"user": "ada"}"#);
    for _ in 0..2 {
        assert_eq!(ask().send().await.status, 200);
    }
    let answer = ask().send().await;
    insta::assert_snapshot!(answer.error().2, @"the limit of element `quota` of the route `r` is reached: 2 requests in 60 s for metadata.user = `ada`; 0 left, room returns in 60 s");
    assert_eq!((answer.error().0, answer.error().1), (429, 2003));
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(answer.header("x-should-retry"), "false");
    assert_eq!(answer.header("pointsman-path"), "start,quota");
    insta::assert_json_snapshot!(answer.json()["pointsman"]["limit"]);
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(ask().send().await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn every_value_and_type_of_value_has_a_bucket_of_its_own() {
    let world = World::friendly().deploy(
        "r",
        &limited(json!({"limitType": "count", "key": "metadata.u", "limit": 1, "window": 60}), ""),
    );
    for (metadata, status) in [
        (r#"{"u": "10"}"#, 200),
        (r#"{"u": 10}"#, 200),
        (r#"{"u": 10.0}"#, 429),
        (r#"{"u": 1e1}"#, 429),
        (r#"{"u": true}"#, 200),
        (r#"{"u": "true"}"#, 200),
        (r#"{"u": ""}"#, 200),
        ("{}", 429), // a missing value counts as the empty one
    ] {
        let answer = world.chat("dynamic/r").header("cf-aig-metadata", metadata).send().await;
        assert_eq!(answer.status, status, "{metadata}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_by_user_cannot_be_dodged_with_a_header() {
    let world = World::friendly()
        .deploy("r", &limited(two_a_minute("metadata.user"), ""))
        .token("pmn_ada", of_user("ada"));
    let mut last = 0;
    for user in ["a", "b", "c"] {
        let metadata = json!({"user": user}).to_string();
        last = world
            .chat("dynamic/r")
            .token("pmn_ada")
            .header("cf-aig-metadata", &metadata)
            .send()
            .await
            .status
            .as_u16();
    }
    assert_eq!(last, 429);
}

#[tokio::test(start_paused = true)]
async fn a_new_version_keeps_the_bucket() {
    let world = World::friendly().deploy("r", &limited(two_a_minute(""), ""));
    for _ in 0..2 {
        assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    }
    let world = world.deploy(
        "r",
        &limited(json!({"limitType": "count", "key": "", "limit": 3, "window": 90}), ""),
    );
    assert_eq!(world.chat("dynamic/r").send().await.status, 200);
    assert_eq!(world.chat("dynamic/r").send().await.status, 429);
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_cannot_count_is_open_for_requests_and_closed_for_money() {
    for (limit_type, unavailable, status) in [
        ("count", None, 200),
        ("count", Some("closed"), 429),
        ("cost", None, 429),
        ("cost", Some("open"), 200),
    ] {
        let mut properties =
            json!({"limitType": limit_type, "key": "metadata.u", "limit": 9, "window": 60});
        if let Some(said) = unavailable {
            properties["onUnavailable"] = json!(said);
        }
        let world = World::with_buckets(0).deploy("r", &limited(properties, ""));
        let answer = world.chat("dynamic/r").send().await;
        assert_eq!(answer.status, status, "{limit_type} {unavailable:?}: {}", answer.text());
        assert!(status == 200 || answer.error().2.contains("cannot count"), "{}", answer.text());
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_whose_fallback_leads_to_the_end_is_what_the_log_blames() {
    let world = World::friendly().deploy("r", &limited(two_a_minute(""), "end"));
    for status in [200, 200, 429] {
        assert_eq!(world.chat("dynamic/r").send().await.status, status);
    }
    let records = world.records();
    let causes: Vec<_> = records.iter().map(|it| it.cause.as_deref()).collect();
    assert_eq!(causes, [None, None, Some("limited_count")]);
}

fn path(world: &World) -> Value {
    serde_json::from_str(&world.record().path).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn every_limit_that_was_asked_leaves_its_state_in_the_record() {
    let cap = json!({"limitType": "count", "limit": 5, "window": 60});
    let elements = json!([
        start("cap"),
        rate("cap", cap, "main", "end"),
        model("main", "openai/gpt", "end", ""),
        end()
    ]);
    let world = World::friendly()
        .price("gpt", 1_000_000, 1_000_000)
        .limit(|id| GatewayLimits {
            rate: Some(requests(id, 2, 60)),
            spend: vec![Arc::new(cents("0a1b2c3d", 100))],
        })
        .deploy("r", &elements);
    for (used, left) in [(1, 4), (2, 3)] {
        assert_eq!(world.chat("dynamic/r").send().await.status, 200);
        let path = path(&world);
        let limit = json!({"type": "count", "limit": 5, "window_s": 60, "admitted": true, "taken": 1, "settled": used,
            "held": 0, "remaining": left});
        assert_eq!(path[1]["limit"], limit);
        let own = path[2]["limits"].as_array().expect("limits of the gateway");
        let rate = json!({"type": "count", "limit": 2, "window_s": 60, "admitted": true, "taken": 1, "settled": used,
            "held": 0, "remaining": 2 - used});
        assert_eq!(own[0], rate);
        let number = |name: &str| own[1][name].as_u64().expect("a number");
        assert_eq!((&own[1]["rule"], &own[1]["type"]), (&json!("0a1b2c3d"), &json!("cost")));
        assert_eq!((number("held"), number("settled") > 0), (number("taken"), used > 1));
        assert_eq!(number("settled") + number("held") + number("remaining"), number("limit"));
        assert_eq!(own.len(), 2);
    }
    assert_eq!(world.chat("openai/gpt").send().await.status, 429);
    let own = path(&world)[0]["limits"].clone();
    assert_eq!(own.as_array().map(Vec::len), Some(1), "the limit that refused: {own}");
    let said = (&own[0]["admitted"], &own[0]["settled"], &own[0]["remaining"]);
    assert_eq!(said, (&json!(false), &json!(2), &json!(0)));
    assert!(own[0]["retry_after_ms"].is_u64() && own[0].get("taken").is_none(), "{own}");
}

#[tokio::test(start_paused = true)]
async fn a_limit_whose_counters_are_away_says_so_and_whether_the_request_went_on() {
    let world = World::without_counters()
        .limit(|id| GatewayLimits { rate: Some(requests(id, 2, 60)), spend: Vec::new() });
    world.chat("echo/echo").send().await;
    let limit =
        json!({"type": "count", "limit": 2, "window_s": 60, "admitted": true, "unavailable": true});
    assert_eq!(path(&world)[0]["limits"], json!([limit]));
}
