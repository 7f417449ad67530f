//! Requests: what each provider format gets of a caller's body.

use crate::cases::{self, Case, TARGETS};
use chat::Format;
use dialects::{OnUnsupported, Target, decode_request, encode_request};

const TARGET: Target<'_> = Target {
    model: "the-model",
    max_output_tokens: Some(8192),
    include_usage: true,
    as_openai: None,
};

/// What `to` gets, or why not.
fn translated(case: &Case, to: Format) -> String {
    let body = case.read("request.json").expect("request.json");
    let encoded = decode_request(case.from, &body)
        .and_then(|it| encode_request(to, &it, &TARGET, OnUnsupported::Refuse));
    match encoded {
        Err(refused) => format!("refused: {refused}"),
        Ok(encoded) => {
            let body = serde_json::to_string_pretty(&encoded.body).expect("JSON");
            if encoded.dropped.is_empty() {
                body
            } else {
                format!("{body}\nhints left out: {}", encoded.dropped.join(", "))
            }
        }
    }
}

#[test]
fn every_request_reaches_every_format_as_its_snapshot_says() {
    for case in cases::all("requests") {
        for to in TARGETS.into_iter().filter(|it| *it != case.from) {
            case.snapshot(&format!("to-{}", to.name()), &translated(&case, to));
        }
    }
}

#[test]
fn asking_for_a_stream_changes_nothing_else() {
    for case in cases::all("requests") {
        let body = case.read("request.json").expect("request.json");
        let Ok(request) = decode_request(case.from, &body) else { continue };
        for to in TARGETS {
            let plain = dialects::Request { stream: false, ..request.as_ref().clone() };
            let streamed = dialects::Request { stream: true, ..plain.clone() };
            let plain = encode_request(to, &plain, &TARGET, OnUnsupported::Refuse);
            let streamed = encode_request(to, &streamed, &TARGET, OnUnsupported::Refuse);
            let without = |it: Result<dialects::Encoded, _>| {
                it.map(|mut it| {
                    if let Some(members) = it.body.as_object_mut() {
                        members.remove("stream");
                        members.remove("stream_options");
                    }
                    it
                })
            };
            assert_eq!(without(plain), without(streamed), "{} to {}", case.name(), to.name());
        }
    }
}

#[test]
fn what_is_refused_is_named_and_can_be_dropped() {
    for case in cases::all("requests") {
        let body = case.read("request.json").expect("request.json");
        let Ok(request) = decode_request(case.from, &body) else { continue };
        for to in TARGETS {
            let Err(refused) = encode_request(to, &request, &TARGET, OnUnsupported::Refuse) else {
                continue;
            };
            let dropped = encode_request(to, &request, &TARGET, OnUnsupported::Drop);
            let dropped = dropped.expect("what is unsupported may be dropped").dropped;
            for loss in refused.losses {
                assert!(dropped.contains(&loss.field), "{}: {}", case.name(), loss.field);
                assert!(!loss.why.is_empty(), "{}: {}", case.name(), loss.field);
            }
        }
    }
}

#[test]
fn the_allowance_is_named_as_the_provider_knows_it() {
    let body =
        br#"{"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}"#;
    let request = decode_request(Format::Messages, body).expect("a request");
    let named = |as_openai, model| {
        let target = Target { as_openai, model, ..TARGET };
        let encoded = encode_request(Format::Chat, &request, &target, OnUnsupported::Refuse);
        let body = encoded.expect("everything has a place").body;
        ["max_tokens", "max_completion_tokens"].map(|it| body[it].as_u64())
    };
    for model in ["production", "ft:o4-mini:org::id", "gpt-5"] {
        assert_eq!(named(Some(true), model), [None, Some(9)], "{model}");
        assert_eq!(named(Some(false), model), [Some(9), None], "{model}");
    }
    assert_eq!(named(None, "openai/gpt-5"), [None, Some(9)]);
    assert_eq!(named(None, "mistral-large"), [Some(9), None]);
}
