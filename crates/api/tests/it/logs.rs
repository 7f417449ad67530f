//! Request logs.

use crate::world::World;
use serde_json::{Value, json};
use telemetry::{Costs, Entry, Payload, Record, Times, Trace};

pub(crate) fn record(number: u64) -> Record {
    let usage =
        chat::Usage { input: 10, cache_read: 5, output: 7, reasoning: 2, ..Default::default() };
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
        usage: Some(usage),
        cost: Some(1_230_001),
        price_version: Some("litellm 1.109.1 (2026-11-22)".to_owned()),
        custom_cost: false,
        metadata: Some(r#"{"user":"u1"}"#.into()),
        duration_ms: 42,
        first_byte_ms: Some(40),
        request_size: 100,
        response_size: 200,
        user_agent: Some("OpenAI/JS".into()),
        entry: Entry {
            path: "chat/completions".into(),
            kind: "chat".into(),
            compat: true,
            authenticated: true,
            event_id: Some("mine".into()),
            request_content_type: "application/json".into(),
            response_content_type: "application/json".into(),
        },
        cached: false,
        finish: Some("stop".into()),
        costs: Some(Costs { input: 1_000_000, output: 230_000, other: 1, ..Costs::default() }),
        charges: Vec::new(),
        times: Times { gateway_us: 500, route_us: 20, upstream_us: 39_500 },
        decision: Some(r#"{"seed":1}"#.into()),
        trace: Some(Trace {
            trace_id: [1; 16],
            parent: None,
            span: [2; 8],
            sampled: true,
            state: None,
        }),
        payload: Some(Box::new(Payload {
            request: format!("{{\"number\":{number}}}").into(),
            response: vec!["{\"answer\":".into(), "true}".into()],
            request_complete: true,
            response_complete: number != 3,
        })),
    }
}

fn path(number: u64) -> String {
    format!("gateways/default/logs/{}", record(number).id)
}

#[tokio::test]
async fn a_log_is_shown_in_the_documented_shape() {
    let world = World::new().await;
    world.store.logs().append(&[record(1)]).await.unwrap();
    let list = world.get("gateways/default/logs").ok().await;
    let one = world.get(&path(1)).ok().await;
    let mut without_heads = one.body["result"].clone();
    without_heads.as_object_mut().unwrap().retain(|name, _| !name.contains("_head"));
    assert_eq!(list.body["result"][0], without_heads);
    insta::assert_json_snapshot!("log", one.body);
    assert!(one.text.contains("\"cost\":0.001230001"));
}

#[tokio::test]
async fn each_model_element_shows_what_its_attempts_were_charged() {
    let charge = |step, model: &str, cost| telemetry::Charge {
        step,
        provider: "openai".into(),
        model: model.into(),
        usage: chat::Usage { input: 10, output: 7, ..Default::default() },
        cost,
    };
    let elements = r#"[{"element":"if","type":"conditional","outcome":"true"},{"element":"a","type":"model","outcome":"fallback","attempts":[]},{"element":"b","type":"model","outcome":"success","attempts":[]}]"#;
    let routed = Record {
        path: elements.into(),
        charges: vec![charge(0, "x", Some(1_500_000_000)), charge(1, "y", None)],
        ..record(1)
    };
    let direct = r#"[{"element":"model","type":"model","outcome":"success","attempts":[]}]"#;
    let direct = Record {
        route: None,
        path: direct.into(),
        charges: vec![charge(0, "x", Some(1))],
        ..record(2)
    };
    let world = World::new().await;
    world.store.logs().append(&[routed, direct]).await.unwrap();
    let charges = async |number| {
        let reply = world.get(&path(number)).ok().await;
        let all = reply.body["result"]["pointsman"]["charges"].as_array().unwrap().clone();
        let told = |it: &Value| json!([it["step"], it["element"], it["model"], it["cost"]]);
        (all.iter().map(told).collect::<Vec<_>>(), all[0]["usage"]["total_tokens"].clone())
    };
    let told = charges(1).await;
    assert_eq!(told, (vec![json!([0, "a", "x", 1.5]), json!([1, "b", "y", null])], json!(17)));
    assert_eq!(charges(2).await.0, [json!([0, null, "x", 0.000_000_001])]);
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
    assert_eq!(count("success=false&model_type=x").await, 0);
    assert_eq!(count("min_cost=0.001230001&max_cost=0.001230001").await, 7);
    assert_eq!(count("min_cost=0.0012300011").await, 0);
    assert_eq!(
        count("min_tokens_in=15&max_tokens_in=15&min_tokens_out=9&max_total_tokens=24").await,
        7
    );
    assert_eq!(count("max_duration=41").await, 0);
    assert_eq!(count("request_content_type=application/json&cached=false").await, 7);
    assert_eq!(count("search=OPEN").await, 4);
    assert_eq!(count("search=u1").await, 7);
    assert_eq!(count("search=absent").await, 0);
    assert_eq!(count("start_date=2027-01-15T08:00:02Z&end_date=2027-01-15T08:00:04Z").await, 3);

    let page = world.get("gateways/default/logs?per_page=3&page=3").ok().await.body;
    assert_eq!(page["result"].as_array().unwrap().len(), 1);
    assert_eq!(
        page["result_info"],
        json!({"page": 3, "per_page": 3, "count": 1, "total_count": 7, "total_pages": 3})
    );
    let meta = world.get("gateways/default/logs?meta_info=true&success=true").ok().await;
    assert_eq!(meta.body["result_info"]["max_total_tokens"], 24);
    assert_eq!(meta.body["result_info"]["min_duration"], 42);
    assert!(meta.text.contains("\"min_cost\":0.001230001"), "{}", meta.text);
    let by_provider = world
        .get("gateways/default/logs?order_by=provider&order_by_direction=asc&per_page=4")
        .ok()
        .await
        .body;
    let providers: Vec<_> =
        by_provider["result"].as_array().unwrap().iter().map(|it| &it["provider"]).collect();
    assert_eq!(providers, ["echo", "echo", "echo", "openai"]);
    let oldest =
        world.get("gateways/default/logs?order_by_direction=asc&per_page=1").ok().await.body;
    assert_eq!(oldest["result"][0]["id"], record(0).id);
    assert_eq!(page["result"][0]["id"], record(0).id);
}

#[tokio::test]
async fn logs_are_found_by_the_way_that_their_requests_went() {
    let world = World::new().await;
    let paths = ["a", "b"].map(|out| {
        format!(r#"[{{"element":"split","type":"percentage","outcome":"{out}"}},{{"element":"{out}","type":"model","outcome":"success","attempts":[]}}]"#)
    });
    let [a, b] = paths.map(|path| Record { path, ..record(1) });
    let b = Record { id: record(2).id, version: Some("v2".into()), token: None, ..b };
    let direct = Record { route: None, version: None, token: Some("t2".into()), ..record(3) };
    world.store.logs().append(&[a, b, direct]).await.unwrap();
    let found = async |filters: Value| {
        let filters: String = filters.to_string().bytes().map(|it| format!("%{it:02x}")).collect();
        let body = world.get(&format!("gateways/default/logs?filters={filters}")).ok().await.body;
        let ids = body["result"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap());
        let number = |id: &str| (1..4).find(|it| record(*it).id == id).unwrap().to_string();
        ids.map(number).rev().collect::<String>()
    };
    for (key, operator, value, wanted) in [
        ("route", "eq", json!(["r1"]), "12"),
        ("route", "contains", json!(["SUPP"]), "12"),
        ("route", "eq", json!([null]), "3"),
        ("version", "eq", json!(["v2", "v3"]), "2"),
        ("version", "neq", json!(["v2"]), "13"),
        ("element", "eq", json!(["split"]), "12"),
        ("element", "eq", json!(["a"]), "1"),
        ("edge", "eq", json!(["split.b"]), "2"),
        ("edge", "eq", json!(["split.b", "split.a"]), "12"),
        ("edge", "neq", json!(["split.b"]), "13"),
        ("edge", "contains", json!(["split."]), "12"),
        ("edge", "eq", json!(["split"]), ""),
        ("token", "eq", json!(["t1"]), "1"),
        ("token", "neq", json!(["t1"]), "23"),
        ("token", "eq", json!([null, "t2"]), "23"),
    ] {
        let filter = json!([{"key": key, "operator": operator, "value": value}]);
        assert_eq!(found(filter).await, wanted, "{key} {operator} {value}");
    }
    let edge_of = |version: &str| {
        json!([
            {"key": "route", "operator": "eq", "value": ["r1"]},
            {"key": "version", "operator": "eq", "value": [version]},
            {"key": "edge", "operator": "eq", "value": ["split.b"]},
        ])
    };
    assert_eq!(
        (found(edge_of("v2")).await.as_str(), found(edge_of("v1")).await.as_str()),
        ("2", "")
    );
}

#[tokio::test]
async fn the_keys_of_metadata_are_listed() {
    let world = World::new().await;
    let with = |it: u64, metadata: &str| Record { metadata: Some(metadata.into()), ..record(it) };
    let logs = [with(1, r#"{"user":"u","plan":2}"#), with(2, r#"{"user":"v","a b":true}"#)];
    world.store.logs().append(&logs).await.unwrap();
    let reply = world.get("gateways/default/logs/metadata-keys").ok().await;
    assert_eq!(reply.body["result"], json!({"keys": ["a b", "plan", "user"], "complete": true}));
    world.get("gateways/none/logs/metadata-keys").refused(404, 7002).await;
}

#[tokio::test]
async fn bodies_are_given_as_they_were() {
    let world = World::new().await;
    let page = |it: u64| Record {
        entry: Entry { response_content_type: "text/html".into(), ..record(it).entry },
        ..record(it)
    };
    let bare = Record { payload: None, ..record(4) };
    let large = Record { payload: Some(Box::default()), ..record(5) };
    world.store.logs().append(&[record(1), page(2), record(3), bare, large]).await.unwrap();
    let raw = async |number, what| world.get(&format!("{}/{what}", path(number))).send().await;
    let request = raw(1, "request").await;
    assert_eq!((request.status.as_u16(), request.text.as_str()), (200, "{\"number\":1}"));
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.headers["pointsman-complete"], "true");
    let response = raw(2, "response").await;
    assert_eq!(response.text, "{\"answer\":true}");
    assert_eq!(response.headers["content-type"], "application/octet-stream", "no page of ours");
    assert_eq!(response.headers["x-content-type-options"], "nosniff");
    assert_eq!(raw(3, "response").await.headers["pointsman-complete"], "false");
    for (number, told) in [(4, "was not kept"), (5, "too large")] {
        for what in ["request", "response"] {
            let refused = world.get(&format!("{}/{what}", path(number))).refused(404, 7002).await;
            assert!(refused.message().contains(told), "{}", refused.text);
        }
    }
    let heads = world.get(&path(3)).ok().await.body["result"].clone();
    assert_eq!(heads["request_head"], "{\"number\":3}");
    assert_eq!(
        (&heads["request_head_complete"], &heads["response_head_complete"]),
        (&json!(true), &json!(false))
    );
    let none = world.get(&path(4)).ok().await.body["result"].clone();
    assert_eq!(
        (&none["request_head"], &none["request_head_complete"]),
        (&Value::Null, &json!(false))
    );
}

#[tokio::test]
async fn a_head_ends_with_a_whole_character() {
    let world = World::new().await;
    let payload = Payload {
        request: format!("a{}", "€".repeat(4000)).into(),
        request_complete: true,
        ..Payload::default()
    };
    world
        .store
        .logs()
        .append(&[Record { payload: Some(payload.into()), ..record(1) }])
        .await
        .unwrap();
    let heads = world.get(&path(1)).ok().await.body["result"].clone();
    assert_eq!(heads["request_head"], format!("a{}", "€".repeat(3333)));
    assert_eq!(heads["request_head_complete"], false);
}

#[tokio::test]
async fn a_log_is_given_feedback_a_score_and_metadata() {
    let world = World::new().await;
    world.store.logs().append(&[record(1)]).await.unwrap();
    let change = async |body: Value| world.patch(&path(1), &body).ok().await.body["result"].clone();
    let changed = change(json!({"feedback": -1, "score": 70})).await;
    assert_eq!((&changed["feedback"], &changed["score"]), (&json!(-1), &json!(70)));
    let changed =
        change(json!({"score": null, "metadata": {"team": "x", "n": 1, "b": true}})).await;
    assert_eq!((&changed["feedback"], &changed["score"]), (&json!(-1), &Value::Null));
    assert_eq!(changed["metadata"], json!({"team": "x", "n": 1, "b": true}));
    assert_eq!(change(json!({})).await, changed);
    let found = world
        .get("gateways/default/logs?filters.key=feedback&filters.operator=lt&filters.value=0")
        .ok()
        .await;
    assert_eq!(found.body["result"], json!([changed]));
    assert_eq!(change(json!({"metadata": null})).await["metadata"], Value::Null);
    for (body, field) in [
        (json!({"feedback": 2}), "feedback"),
        (json!({"feedback": 0.5}), "feedback"),
        (json!({"score": 101}), "score"),
        (json!({"score": "high"}), "score"),
        (json!({"metadata": []}), "metadata"),
        (json!({"metadata": {"a": null}}), "metadata"),
        (json!({"metadata": {"a": {"b": 1}}}), "metadata"),
        (json!({"metadata": {"a": "x".repeat(17_000)}}), "metadata"),
    ] {
        let refused = world.patch(&path(1), &body).refused(400, 7001).await;
        assert_eq!(refused.body["errors"][0]["path"][1], field, "{}", refused.text);
    }
    world.patch(&path(9), &json!({"feedback": 1})).refused(404, 7002).await;
    let audit = world.get("audit").ok().await.body["result"].clone();
    assert_eq!(
        (&audit[0]["action"], &audit[0]["resource"]),
        (&json!("log.update"), &json!(record(1).id))
    );
}

#[tokio::test]
async fn logs_are_deleted_by_filter_order_and_limit() {
    let world = World::new().await;
    let records: Vec<Record> = (0..7).map(record).collect();
    world.store.logs().append(&records).await.unwrap();
    let delete = async |query: &str| {
        let reply = world.delete(&format!("gateways/default/logs?{query}")).ok().await;
        assert_eq!(reply.body["success"], true);
        let left = world.get("gateways/default/logs?order_by_direction=asc").ok().await.body;
        let left = left["result"].as_array().unwrap();
        let left: String =
            left.iter().map(|it| it["id"].as_str().unwrap().chars().nth(7).unwrap()).collect();
        (reply.body["result"]["deleted"].as_u64().unwrap(), left)
    };
    assert_eq!(
        delete("filters.key=provider&filters.operator=eq&filters.value=none").await,
        (0, "0123456".into())
    );
    assert_eq!(delete("limit=1").await, (1, "123456".into()));
    assert_eq!(delete("limit=1&order_by_direction=desc").await, (1, "12345".into()));
    assert_eq!(
        delete("filters.key=success&filters.operator=eq&filters.value=false").await,
        (1, "1245".into())
    );
    assert_eq!(delete("order_by=provider&order_by_direction=desc&limit=2").await, (2, "15".into()));
    assert_eq!(delete("").await, (2, String::new()));
    for query in [
        "limit=0",
        "limit=10001",
        "limit=many",
        "order_by=score",
        "order_by_direction=up",
        "filters=x",
    ] {
        world.delete(&format!("gateways/default/logs?{query}")).refused(400, 7001).await;
    }
}

#[tokio::test]
async fn a_value_that_means_nothing_is_refused_by_name() {
    let world = World::new().await;
    for query in [
        "success=perhaps",
        "cached=2",
        "feedback=good",
        "start_date=yesterday",
        "end_date=",
        "min_cost=much",
        "max_tokens_in=1,5",
        "order_by=cost",
        "order_by_direction=up",
        "direction=up",
        "meta_info=maybe",
        "per_page=51",
        "per_page=0",
        "page=0",
        "filters[0][key]=cost",
        "filters.key=cost",
        "filters.name=cost",
    ] {
        let refused = world.get(&format!("gateways/default/logs?{query}")).refused(400, 7001).await;
        let name = query.split(['=', '[', '.']).next().unwrap();
        let place = refused.body["errors"][0]["path"][1].as_str().unwrap().to_owned();
        assert!(place.starts_with(name), "{query}: {}", refused.text);
    }
}
