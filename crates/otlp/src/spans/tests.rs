use super::{Content, spans};
use bytes::Bytes;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use telemetry::{Entry, Parent, Payload, Record, Sampling, Trace};

const ID: &str = "0192d3f0-7c1a-7b2e-9f00-00112233445f";
const CALLER: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A limit, a model that failed twice, one that was skipped, and one that answered.
const PATH: &str = r#"[
    {"element":"budget","type":"rate","outcome":"success","at_us":1500,"limit":{"limit":100,"used":40}},
    {"element":"a","type":"model","outcome":"fallback","at_us":2000,"attempts":[
        {"provider":"openai","model":"gpt","status":500,"at_us":2000,"us":10000,"cause":"status","key":"stored:default"},
        {"provider":"openai","model":"gpt","status":null,"at_us":20000,"us":30000,"cause":"timeout"}]},
    {"element":"b","type":"model","outcome":"fallback","rule":"r1","attempts":[
        {"provider":"grok","model":"grok","status":null,"at_us":50000,"us":0,"cause":"spend"}]},
    {"element":"c","type":"model","outcome":"success","attempts":[
        {"provider":"aws-bedrock","model":"claude","status":200,"at_us":51000,"us":40000,"cause":null,"first_byte_us":40000}]},
    {"element":"end","type":"end","outcome":"end"}]"#;

fn record() -> Record {
    let usage = chat::Usage { input: 3, cache_read: 4, output: 5, ..chat::Usage::default() };
    let trace = Trace::of(ID, 7, Parent::of_w3c(CALLER), Sampling::DEFAULT);
    Record {
        route: Some(("r-1".into(), "support".to_owned())),
        version: Some("v1".into()),
        seed: Some(7),
        path: PATH.to_owned(),
        provider: "aws-bedrock".to_owned(),
        model: "claude".to_owned(),
        step: 2,
        status: 200,
        success: true,
        streamed: true,
        usage: Some(usage),
        cost: Some(1_500_000),
        metadata: Some(r#"{"team":"blue","tries":3,"gen_ai.usage.cost":0}"#.to_owned()),
        duration_ms: 200,
        first_byte_ms: Some(91),
        user_agent: Some("tests/1".to_owned()),
        entry: Entry { kind: "chat".to_owned(), ..Entry::default() },
        finish: Some("stop".to_owned()),
        trace: Some(trace.in_state(Some("a=1"))),
        ..blank()
    }
}

/// Nothing is known of it but that it came.
fn blank() -> Record {
    Record::new(ID.to_owned(), "default".into(), 1_700_000_000_000)
}

fn with_payload(request: &str, response: &[&str]) -> Record {
    let response = response.iter().map(|it| Bytes::from((*it).to_owned())).collect();
    let request = Bytes::from(request.to_owned());
    let payload = Payload { request, response, request_complete: true, response_complete: true };
    Record { payload: Some(Box::new(payload)), ..record() }
}

fn told<'s>(span: &'s Span, name: &str) -> Option<&'s Value> {
    let found = span.attributes.iter().find(|it| it.key == name)?;
    found.value.as_ref()?.value.as_ref()
}

#[test]
fn a_request_has_a_span_and_each_attempt_one_below_it() {
    insta::assert_json_snapshot!(spans(&record(), Content::Logged));
}

#[test]
fn the_spans_of_attempts_have_the_ids_that_providers_were_told() {
    let record = record();
    let trace = record.trace.clone().expect("a trace");
    let ids: Vec<_> = spans(&record, Content::Never).into_iter().map(|it| it.span_id).collect();
    let told = [trace.attempt(0, 0), trace.attempt(0, 1), trace.attempt(2, 0)];
    assert_eq!(ids[0], trace.span);
    assert_eq!(ids[1..], told.map(|it| it.to_vec()));
}

#[test]
fn a_request_without_a_trace_has_no_spans() {
    assert!(spans(&Record { trace: None, ..record() }, Content::Never).is_empty());
}

#[test]
fn content_is_told_only_where_it_is_configured_and_logged() {
    let logged = with_payload("{\"a\":1}", &["{\"b\":", "2}"]);
    let text = |it: &str| Some(Value::StringValue(it.to_owned()));
    let all = spans(&logged, Content::Logged);
    assert_eq!(told(&all[0], "gen_ai.prompt_json").cloned(), text("{\"a\":1}"));
    assert_eq!(told(&all[0], "gen_ai.completion_json").cloned(), text("{\"b\":2}"));
    for none in [spans(&logged, Content::Never), spans(&record(), Content::Logged)] {
        assert!(none.iter().all(|it| told(it, "gen_ai.prompt_json").is_none()));
        assert!(none.iter().all(|it| told(it, "gen_ai.completion_json").is_none()));
    }
}

#[test]
fn content_that_is_too_long_is_left_out_and_that_is_told() {
    let all = spans(&with_payload(&"x".repeat(64 * 1024 + 1), &["ok"]), Content::Logged);
    assert_eq!(told(&all[0], "gen_ai.prompt_json"), None);
    assert!(told(&all[0], "gen_ai.completion_json").is_some());
    assert_eq!(told(&all[0], "pointsman.content_omitted"), Some(&Value::BoolValue(true)));
}

#[test]
fn a_fault_of_the_caller_is_no_error_of_the_server() {
    let of = |status, success| {
        let record = Record { status, success, cause: Some("count".to_owned()), ..record() };
        spans(&record, Content::Never)[0].status.is_some()
    };
    assert!(!of(429, false));
    assert!(of(502, false));
    // A stream that broke after its head.
    assert!(of(200, false));
}

#[test]
fn each_limit_that_was_asked_for_a_model_is_an_event_as_that_of_an_element_is() {
    let path = r#"[
        {"element":"cap","type":"rate","outcome":"success","at_us":10,"limit":{"type":"count","limit":5,"admitted":true}},
        {"element":"a","type":"model","outcome":"fallback","at_us":20,"rule":"r2","attempts":[{"provider":"openai","model":"gpt","at_us":30,"us":0,"cause":"spend"}],"limits":[
            {"type":"count","limit":100,"window_s":60,"admitted":true,"taken":1,"settled":3,"held":0,"remaining":96},
            {"rule":"r2","type":"cost","limit":7,"window_s":60,"admitted":false,"settled":7,"held":0,"remaining":0,"retry_after_ms":900}]},
        {"element":"b","type":"model","outcome":"success","at_us":40,"attempts":[],"limits":[
            {"rule":"r3","type":"cost","limit":9,"window_s":60,"admitted":true,"unavailable":true}]}]"#;
    let all = spans(&Record { path: path.to_owned(), ..record() }, Content::Never);
    let value = |event: &Event, name: &str| {
        let found = event.attributes.iter().find(|it| it.key == name)?;
        found.value.clone()?.value
    };
    let limits = all[0].events.iter().filter(|it| it.name == "pointsman.limit");
    let text = |event: &Event, name: &str| match value(event, name) {
        Some(Value::StringValue(it)) => it,
        _ => String::new(),
    };
    let told: Vec<_> = limits
        .map(|it| {
            let after_us = (it.time_unix_nano - all[0].start_time_unix_nano) / 1000;
            let admitted = value(it, "pointsman.limit.admitted") == Some(Value::BoolValue(true));
            (
                after_us,
                text(it, "pointsman.element"),
                text(it, "pointsman.element.type"),
                text(it, "pointsman.limit.rule"),
                admitted,
            )
        })
        .collect();
    let expected = [
        (10, "cap", "rate", "", true),
        (20, "a", "model", "", true),
        (20, "a", "model", "r2", false),
        (40, "b", "model", "r3", true),
    ];
    assert_eq!(told, expected.map(|(at, a, b, c, d)| (at, a.into(), b.into(), c.into(), d)));
    let refused = &all[0].events[2];
    assert_eq!(value(refused, "pointsman.limit.retry_after_ms"), Some(Value::IntValue(900)));
}

#[test]
fn an_answer_that_was_kept_is_an_event_and_no_call() {
    let path =
        r#"[{"element":"model","type":"model","outcome":"success","cached":true,"attempts":[]}]"#;
    let record = Record { path: path.to_owned(), cached: true, ..record() };
    let all = spans(&record, Content::Never);
    assert_eq!((all.len(), all[0].events[0].name.as_str()), (1, "pointsman.cache_hit"));
}

#[test]
fn a_request_that_got_nowhere_is_told_by_what_is_known_of_it() {
    let trace = Trace::of(ID, 7, None, Sampling::DEFAULT);
    let refused = |model: &str, kind: &str| Record {
        provider: "unknown".to_owned(),
        model: model.to_owned(),
        status: 404,
        cause: Some("route_not_found".to_owned()),
        entry: Entry { kind: kind.to_owned(), ..Entry::default() },
        trace: Some(trace.clone()),
        ..blank()
    };
    let text = |it: &str| Some(Value::StringValue(it.to_owned()));
    let all = spans(&refused("dynamic/nope", "chat"), Content::Never);
    let [span] = &*all else { panic!("{all:?}") };
    assert_eq!(span.name, "chat dynamic/nope");
    assert_eq!(told(span, "error.type").cloned(), text("route_not_found"));
    assert_eq!(told(span, "http.response.status_code"), Some(&Value::IntValue(404)));
    assert_eq!(told(span, "gen_ai.request.model").cloned(), text("dynamic/nope"));
    assert!(told(span, "gen_ai.provider.name").is_none() && span.status.is_none());
    for (kind, operation) in [
        ("messages", "chat"),
        ("universal", "universal"),
        ("count_tokens", "count_tokens"),
        ("unknown", "unknown"),
    ] {
        let all = spans(&refused("", kind), Content::Never);
        assert_eq!(all[0].name, operation);
        assert!(told(&all[0], "gen_ai.request.model").is_none());
    }
}
