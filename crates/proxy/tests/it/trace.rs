//! Where a request is in a distributed trace, and who is told.
use crate::elements::one_model;
use crate::world::{Ask, World};
use proxy::catalog::Gateway;
use serde_json::json;
use telemetry::Trace;
use testkit::{FakeUpstream, Script};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// Every gateway has a collector of its own.
fn traced(world: World) -> World {
    world.change_gateways(|it| Gateway { traced: true, ..it.clone() });
    world
}

fn from_caller<'w>(world: &'w World, traceparent: &str) -> Ask<'w> {
    world.chat("dynamic/r").header("traceparent", traceparent).header("tracestate", "a=1")
}

fn trace(world: &World) -> Trace {
    world.record().trace.expect("a trace")
}

#[tokio::test(start_paused = true)]
async fn the_callers_trace_goes_on_in_the_record_and_at_the_provider() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    let answer = from_caller(&world, CALLER).send().await;
    let trace = trace(&world);
    assert_eq!((trace.trace_id().as_str(), answer.header("cf-aig-trace-id")), (TRACE, TRACE));
    assert_eq!(trace.parent, Some(0xb7ad_6b71_6920_3331_u64.to_be_bytes()));
    assert_eq!(trace.state.as_deref(), Some("a=1"));
    let seen = &world.upstream.seen()[0];
    assert_eq!(seen.header("traceparent"), trace.header(trace.attempt(0, 0)));
    assert_eq!(seen.header("tracestate"), "a=1");
    assert_eq!(world.traced().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_is_a_span_of_its_own() {
    let scripts = [Script::status(500), Script::completion("a")];
    let world = traced(World::playing(scripts).deploy("r", &one_model("openai/gpt")));
    from_caller(&world, CALLER).header("cf-aig-max-attempts", "2").send().await;
    let trace = trace(&world);
    let told: Vec<_> =
        world.upstream.seen().iter().map(|it| it.header("traceparent").to_owned()).collect();
    assert_eq!(told, [0, 1].map(|nth| trace.header(trace.attempt(0, nth))));
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_trace_hands_on_what_the_caller_sent() {
    let world = World::friendly().deploy("r", &one_model("openai/gpt"));
    let answer = from_caller(&world, CALLER).send().await;
    assert!(!answer.headers.contains_key("cf-aig-trace-id"));
    assert_eq!(world.record().trace, None);
    assert_eq!(world.upstream.seen()[0].header("traceparent"), CALLER);
    assert_eq!(world.traced().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_malformed_traceparent_begins_a_trace_with_the_id_of_the_request() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    for header in ["nonsense", "00-00000000000000000000000000000000-b7ad6b7169203331-01"] {
        let answer = from_caller(&world, header).send().await;
        let trace = trace(&world);
        assert_eq!(trace.trace_id(), answer.header("cf-aig-log-id").replace('-', ""));
        assert_eq!((trace.parent, trace.state), (None, None));
        let seen = world.upstream.seen();
        assert!(!seen.last().expect("a call").headers.contains_key("tracestate"));
    }
}

#[tokio::test(start_paused = true)]
async fn ids_in_the_originals_headers_come_before_the_standards() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    let id = "11111111111111111111111111111111";
    let ask = from_caller(&world, CALLER).header("cf-aig-otel-trace-id", id);
    ask.header("cf-aig-otel-parent-span-id", "2222222222222222").send().await;
    let trace = trace(&world);
    assert_eq!((trace.trace_id().as_str(), trace.parent), (id, Some([0x22; 8])));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_does_not_record_its_part_is_not_exported() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    from_caller(&world, &CALLER.replace("-01", "-00")).send().await;
    assert!(!trace(&world).sampled);
    assert!(world.upstream.seen()[0].header("traceparent").ends_with("-00"));
    assert_eq!(world.traced().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_noted_of_a_request_that_is_neither_logged_nor_exported() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    for (flags, noted) in [("-00", false), ("-01", true)] {
        let caller = CALLER.replace("-01", flags);
        from_caller(&world, &caller).header("cf-aig-collect-log", "false").send().await;
        let records = world.unlogged();
        let path: serde_json::Value = serde_json::from_str(&records[0].path).expect("JSON");
        assert_eq!(path[0]["at_us"].is_u64(), noted, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_copied_for_spans_while_a_request_waits() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    for model in ["dynamic/r", "dynamic/nope"] {
        world.chat(model).send().await;
        assert!(world.shares_records(), "{model}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_logged_is_traced_all_the_same() {
    let world = traced(World::friendly().deploy("r", &one_model("openai/gpt")));
    from_caller(&world, CALLER).header("cf-aig-collect-log", "false").send().await;
    assert_eq!(world.records().len(), 0);
    assert_eq!(world.traced().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_of_traces_costs_a_request_nothing_and_is_counted() {
    let world = traced(World::friendly().deploy("r", &one_model("echo/echo")));
    for _ in 0..12 {
        assert_eq!(from_caller(&world, CALLER).send().await.status, 200);
    }
    assert_eq!(world.traced().len(), 10);
    let text = world.metrics.encode();
    assert!(text.contains("pointsman_otlp_spans_dropped_total{reason=\"queue\"} 2"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn tokens_are_counted_by_the_catalogues_models_only_and_without_a_log() {
    let world = World::friendly().deploy("r", &one_model("openai/made-up-by-a-caller"));
    world.chat("dynamic/r").header("cf-aig-collect-log", "false").send().await;
    let text = world.metrics.encode();
    for line in [
        "pointsman_tokens_total{provider=\"openai\",model=\"other\",kind=\"input\"} 5",
        "pointsman_tokens_total{provider=\"openai\",model=\"other\",kind=\"output\"} 7",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("made-up"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_before_it_is_walked_is_traced_with_status_and_cause() {
    let limited = World::with_settings(FakeUpstream::playing([]), |it| it.max_body = 200);
    let world = traced(limited.deploy("r", &one_model("openai/gpt")));
    let large = json!({"x": "y".repeat(300)});
    for (ask, status, cause) in [
        (
            from_caller(&world, CALLER).path("/v1/acc/locked/compat/chat/completions"),
            401,
            "unauthorized",
        ),
        (world.chat("dynamic/nope").header("traceparent", CALLER), 404, "route_not_found"),
        (Ask::new(&world, "{").header("traceparent", CALLER), 400, "invalid_request"),
        (from_caller(&world, CALLER).with(large), 413, "request_too_large"),
    ] {
        let answer = ask.send().await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("cf-aig-trace-id"), TRACE, "{status}");
        let traced = world.traced();
        let [record] = &*traced else { panic!("{status}: {traced:?}") };
        assert_eq!((record.status, record.success), (status, false));
        assert_eq!(record.cause.as_deref(), Some(cause), "{status}");
        assert_eq!(record.id, answer.header("cf-aig-log-id"));
        let trace = record.trace.as_ref().expect("a trace");
        assert_eq!(trace.parent, Some(0xb7ad_6b71_6920_3331_u64.to_be_bytes()));
        let logged = world.records();
        assert_eq!(logged.len(), usize::from(status != 401), "a stranger leaves nothing there");
        assert!(logged.iter().all(|it| it.trace == record.trace));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_sampled_as_other_requests_are() {
    let world = traced(World::friendly());
    let unrecorded = CALLER.replace("-01", "-00");
    for path in
        ["/v1/acc/default/compat/chat/completions", "/v1/acc/locked/compat/chat/completions"]
    {
        let ask = world.chat("dynamic/nope").header("traceparent", &unrecorded);
        let answer = ask.path(path).send().await;
        assert!(answer.status.is_client_error());
        assert_eq!((answer.header("cf-aig-trace-id"), world.traced().len()), (TRACE, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_trace_tells_no_refusal_either() {
    let world = World::friendly();
    let answer = world.chat("dynamic/nope").header("traceparent", CALLER).send().await;
    assert_eq!((answer.status.as_u16(), answer.header("cf-aig-trace-id")), (404, ""));
    assert_eq!(world.traced().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_a_stranger_says_is_not_in_its_span() {
    let world = traced(World::friendly());
    let ask = world.chat("dynamic/nope").path("/v1/acc/locked/compat/chat/completions");
    ask.header("cf-aig-metadata", r#"{"team":"canary"}"#).send().await;
    let [record] = &*world.traced() else { panic!("one record") };
    assert!(!format!("{record:?}").contains("canary") && record.model.is_empty());
    assert_eq!(record.payload, None);
}
