//! Request logs.

use crate::world::World;
use serde_json::json;
use telemetry::Record;

fn record(number: u64) -> Record {
    Record {
        id: format!("0189{number:04}-0000-7000-8000-000000000000"),
        gateway: "default".into(),
        created_at_ms: 1_800_000_000_000 + number * 1000,
        route: Some(("r1".into(), "support".into())),
        version: Some("v1".into()),
        token: Some("t1".into()),
        seed: Some(u64::MAX),
        path: r#"[{"element":"b","type":"model","outcome":"success","attempts":[]}]"#.into(),
        provider: if number.is_multiple_of(2) { "openai".into() } else { "echo".into() },
        model: "gpt-4o-mini".into(),
        step: 0,
        status: if number == 3 { 502 } else { 200 },
        success: number != 3,
        streamed: false,
        cause: None,
        usage: Some(chat::Usage {
            input: 10,
            cache_read: 5,
            output: 7,
            reasoning: 2,
            ..Default::default()
        }),
        cost: Some(1_230_001),
        price_version: Some("litellm 1.109.1 (2026-11-22)".to_owned()),
        custom_cost: false,
        metadata: Some(r#"{"user":"u1"}"#.into()),
        duration_ms: 42,
        first_byte_ms: Some(40),
        request_size: 100,
        response_size: 200,
        user_agent: Some("OpenAI/JS".into()),
        entry: telemetry::Entry::default(),
        cached: false,
        finish: None,
        costs: None,
        times: telemetry::Times::default(),
        decision: None,
        trace: None,
        payload: None,
    }
}

#[tokio::test]
async fn a_log_is_shown_in_the_documented_shape() {
    let world = World::new().await;
    world.store.logs().append(&[record(1)]).await.unwrap();
    let list = world.get("gateways/default/logs").ok().await;
    let one = world.get(&format!("gateways/default/logs/{}", record(1).id)).ok().await;
    assert_eq!(list.body["result"][0], one.body["result"]);
    insta::assert_json_snapshot!("log", one.body);
    assert!(one.text.contains("\"cost\":0.001230001"));
}

#[tokio::test]
async fn logs_are_paged_ordered_and_filtered() {
    let world = World::new().await;
    let records: Vec<Record> = (0..7).map(record).collect();
    world.store.logs().append(&records).await.unwrap();
    let count = async |query: &str| {
        let body = world.get(&format!("gateways/default/logs?{query}")).ok().await.body;
        body["result_info"]["total_count"].as_u64().unwrap()
    };
    assert_eq!(count("").await, 7);
    assert_eq!(count("success=false").await, 1);
    assert_eq!(count("provider=openai").await, 4);
    assert_eq!(count("provider=openai&success=true&model=gpt-4o-mini").await, 4);
    assert_eq!(count("model=other").await, 0);
    assert_eq!(count("start_date=2027-01-15T08:00:02Z&end_date=2027-01-15T08:00:04Z").await, 3);

    let page = world.get("gateways/default/logs?per_page=3&page=3").ok().await.body;
    assert_eq!(page["result"].as_array().unwrap().len(), 1);
    assert_eq!(
        page["result_info"],
        json!({"page": 3, "per_page": 3, "count": 1, "total_count": 7, "total_pages": 3})
    );
    let oldest =
        world.get("gateways/default/logs?order_by_direction=asc&per_page=1").ok().await.body;
    assert_eq!(oldest["result"][0]["id"], record(0).id);
    assert_eq!(page["result"][0]["id"], record(0).id);
}

#[tokio::test]
async fn a_filter_that_is_not_here_is_refused_and_not_passed_over() {
    let world = World::new().await;
    for query in [
        "search=x",
        "min_cost=1",
        "filters[0][key]=cost",
        "filters.key=cost",
        "success=perhaps",
        "start_date=yesterday",
        "order_by=cost",
    ] {
        world.get(&format!("gateways/default/logs?{query}")).refused(400, 7001).await;
    }
}
