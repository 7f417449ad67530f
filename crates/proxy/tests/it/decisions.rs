//! A record says enough to take the same way again, and keeps what was asked and answered where that is wanted.
use crate::elements::{end, model, rate, start, when};
use crate::world::{Ask, World};
use bytes::Bytes;
use route::ids::GatewayId;
use route::{Decision, Done, Replay};
use serde_json::{Value, json};
use telemetry::{Entry, Payload, Record, Times};
use testkit::Script;

const LIMIT: &str = "cap";

fn elements() -> Value {
    let condition = json!({"metadata.plan": "paid", "body.user": {"$startsWith": "u"}});
    let limit = json!({"key": "metadata.team", "limitType": "count", "limit": 1, "window": 60});
    json!([
        start("vip"),
        when("vip", condition, LIMIT, "small"),
        rate(LIMIT, limit, "big", "small"),
        model("big", "openai/big", "end", "small"),
        model("small", "openai/small", "end", ""),
        end(),
    ])
}

fn world(scripts: impl IntoIterator<Item = Script>) -> World {
    World::playing(scripts).deploy("r", &elements()).price("small", 2_000_000, 3_000_500)
}

fn ask(world: &World) -> Ask<'_> {
    let ask = world.chat("dynamic/r").with(json!({"user": "u-1"}));
    ask.header("cf-aig-metadata", r#"{"plan":"paid","team":"a"}"#)
}

fn decision(record: &Record) -> Decision {
    serde_json::from_str(record.decision.as_deref().expect("a decision")).expect("JSON")
}

/// The way of a record, and the way that its decision leads to, as `element:outcome`.
fn ways(world: &World, record: &Record) -> (Vec<String>, Vec<String>, Replay) {
    let path: Vec<Value> = serde_json::from_str(&record.path).expect("JSON");
    let text = |it: &Value| it.as_str().expect("text").to_owned();
    let was = path.iter().map(|it| text(&it["element"])).collect();
    let catalog = world.proxy.catalog();
    let live = &catalog.gateways[&GatewayId::from("default")].routes["r"];
    let route = &live.deployed.as_ref().expect("deployed").route;
    let again = route::replay(route, live.id.as_str(), &decision(record)).expect("fields");
    let ids = again.steps.iter().map(|it| route.element_id(it.element).to_owned()).collect();
    (was, ids, again)
}

#[tokio::test(start_paused = true)]
async fn a_record_holds_what_was_read_and_leads_the_same_way_again() {
    let world = world([Script::status(500), Script::completion("Hello"), Script::completion("Hi")]);
    ask(&world).send().await;
    let first = world.record();
    let mut known = decision(&first);
    known.seed = 0;
    insta::assert_json_snapshot!(known);
    insta::assert_json_snapshot!(serde_json::from_str::<Value>(&first.path).unwrap());
    ask(&world).send().await;
    let second = world.record();
    for (record, way) in [
        (&first, &["start", "vip", LIMIT, "big", "small", "end"][..]),
        (&second, &["start", "vip", LIMIT, "small", "end"]),
    ] {
        let (was, again, replay) = ways(&world, record);
        assert_eq!(
            (was.iter().map(String::as_str).collect::<Vec<_>>(), &again, replay.done),
            (way.to_vec(), &was, Some(Done::End))
        );
        assert!(replay.taken.is_empty() && replay.unknown.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn without_payloads_nothing_of_the_body_is_in_the_record_and_replay_says_what_it_took() {
    let world = world([Script::completion("secret answer")]);
    let quiet = ask(&world).with(json!({"user": "u-secret"}));
    quiet.header("cf-aig-collect-log-payload", "false").send().await;
    let record = world.record();
    assert!(record.payload.is_none() && !format!("{record:?}").contains("secret"));
    let (was, again, replay) = ways(&world, &record);
    assert_eq!((&was, replay.taken.len()), (&again, 1), "the outcome of `vip`");
}

#[tokio::test(start_paused = true)]
async fn a_payload_is_what_the_caller_sent_and_got() {
    let world = world([Script::completion("Hello"), Script::stream(&["Hel", "lo"])]);
    let plain = ask(&world).send().await;
    let streamed = ask(&world).streamed().send().await;
    let records = world.records();
    for (record, answer) in records.iter().zip([&plain, &streamed]) {
        let Payload { request, response, request_complete, response_complete } =
            record.payload.as_deref().expect("it is kept");
        assert_eq!(response.iter().flatten().copied().collect::<Bytes>(), answer.body);
        assert!(String::from_utf8_lossy(request).contains("dynamic/r") && *request_complete);
        assert!(response_complete);
        assert_eq!(record.finish.as_deref(), Some("stop"));
    }
    let types: Vec<_> = records.iter().map(|it| &*it.entry.response_content_type).collect();
    assert_eq!(types, ["application/json", "text/event-stream; charset=utf-8"]);
    world.change_gateways(|it| proxy::catalog::Gateway {
        collect_log_payloads: false,
        ..it.clone()
    });
    ask(&world).send().await;
    assert!(world.record().payload.is_none());
    ask(&world).header("cf-aig-collect-log-payload", "true").send().await;
    assert!(world.record().payload.is_some());
    let refused = ask(&world).header("cf-aig-collect-log-payload", "maybe").send().await;
    assert_eq!(refused.status, 400);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_left_leaves_a_payload_that_is_not_whole() {
    let world = world([Script::stream(&["Hel", "lo"]).paced(std::time::Duration::from_secs(1))]);
    let response = ask(&world).streamed().begin().await;
    drop(response);
    let record = world.record();
    let payload = record.payload.expect("it is kept");
    assert!(payload.request_complete && !payload.response_complete);
}

#[tokio::test(start_paused = true)]
async fn times_sum_to_the_first_byte_and_costs_to_the_cost() {
    let wait = std::time::Duration::from_millis(40);
    let world = world([Script::status(400).after(wait), Script::completion("Hello").after(wait)]);
    ask(&world).header("cf-aig-event-id", "mine").send().await;
    let record = world.record();
    let Times { gateway_us, route_us, upstream_us } = record.times;
    assert_eq!((gateway_us, route_us, upstream_us), (0, 0, 80_000), "virtual time");
    assert_eq!(record.first_byte_ms, Some(80));
    let path: Vec<Value> = serde_json::from_str(&record.path).expect("JSON");
    let took: Vec<_> = path.iter().map(|it| it["us"].as_u64()).collect();
    assert_eq!(took, [None, None, Some(0), Some(40_000), Some(40_000), None], "of each element");
    let world = World::playing([Script::completion("Hello")]).price("gpt", 1_500_000, 2_000_500);
    world.chat("openai/gpt").header("cf-aig-event-id", "mine").send().await;
    let record = world.record();
    let parts = record.costs.expect("a price is known");
    assert_eq!(
        parts.input + parts.cache_read + parts.cache_write + parts.output + parts.other,
        record.cost.unwrap()
    );
    assert_eq!(
        (parts.input, parts.output, parts.other),
        (7_500, 14_003, 1),
        "rounded up once, as a whole"
    );
    let entry = Entry {
        path: "chat/completions".into(),
        kind: "chat".into(),
        compat: true,
        authenticated: false,
        event_id: Some("mine".into()),
        request_content_type: "application/json".into(),
        response_content_type: "application/json".into(),
    };
    assert_eq!(record.entry, entry);
    assert!(record.decision.is_none(), "no route decided anything");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_may_is_told_the_way_and_where_the_time_went() {
    let wait = std::time::Duration::from_millis(40);
    let world = world([Script::status(400).after(wait), Script::completion("Hello").after(wait)]);
    let answer = ask(&world).header("pointsman-trace", "1").send().await;
    let id = answer.header("cf-aig-log-id").to_owned();
    let path = "start:next@0,vip:true@0,cap:success@0,big:fallback@0(openai/big 400 status 40000),\
        small:success@40000(openai/small 200 ok 40000),end:end@80000";
    assert_eq!(answer.header("pointsman-trace"), format!("log={id}; path={path}"));
    let timing = "gateway;dur=0.000, route;dur=0.000, upstream;dur=80.000";
    assert_eq!(answer.header("server-timing"), timing);
    let quiet = ask(&world).send().await;
    assert_eq!((quiet.header("pointsman-trace"), quiet.header("server-timing")), ("", ""));
}

#[tokio::test(start_paused = true)]
async fn a_token_that_may_not_read_is_told_nothing_and_that_its_wish_was_ignored() {
    let world = world([]).token("pmn_t", crate::world::runner());
    let locked = ask(&world).path("/v1/acc/locked/compat/chat/completions");
    let answer = locked.token("pmn_t").header("pointsman-trace", "1").send().await;
    assert_eq!(answer.header("pointsman-trace"), "");
    assert_eq!(answer.header("pointsman-ignored"), "pointsman-trace");
}
