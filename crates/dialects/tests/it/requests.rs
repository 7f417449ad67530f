//! Requests: what each provider format gets of a caller's body.

use crate::cases::{self, Case, TARGETS};
use chat::Format;
use dialects::{OnUnsupported, Target, decode_request, encode_request};
use serde_json::json;

pub(crate) const TARGET: Target<'_> = Target {
    model: "the-model",
    max_output_tokens: Some(8192),
    include_usage: true,
    as_openai: None,
    given_back: chat::GivenBack::Any,
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

/// What a format gets of a body, or the sentence that refuses it.
pub(crate) fn said(
    from: Format,
    to: Format,
    model: &str,
    body: &serde_json::Value,
) -> Result<serde_json::Value, String> {
    let target = Target { model, ..TARGET };
    let decoded = decode_request(from, body.to_string().as_bytes());
    let encoded = decoded.and_then(|it| encode_request(to, &it, &target, OnUnsupported::Refuse));
    encoded.map(|it| it.body).map_err(|it| it.to_string())
}

#[test]
fn a_chat_caller_is_told_of_the_effort_by_its_own_name_for_it() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "thinking": {"type": "enabled"}, "reasoning_effort": "immense"});
    let why = said(Format::Chat, Format::Gemini, "gemini-3-pro", &body).unwrap_err();
    assert!(why.contains("`reasoning_effort`") && !why.contains("output_config"), "{why}");
}

#[test]
fn a_chat_caller_that_says_reasoning_in_two_members_is_told_of_the_one_that_is_meant() {
    let body = |members: &serde_json::Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let both = body.as_object_mut().zip(members.as_object());
        both.into_iter().for_each(|(body, members)| body.extend(members.clone()));
        body
    };
    for (members, field) in [
        (
            json!({"thinking": {"type": "enabled"}, "reasoning": {"effort": "immense"}}),
            "reasoning.effort",
        ),
        (
            json!({"reasoning": {"effort": "low"}, "thinking": {"budget_tokens": 9}}),
            "thinking.budget_tokens",
        ),
        (
            json!({"thinking": {"type": "enabled"}, "reasoning": {"max_tokens": 9}}),
            "reasoning.max_tokens",
        ),
    ] {
        let why = said(Format::Chat, Format::Messages, "claude-sonnet-4-5", &body(&members));
        let why = why.unwrap_err();
        assert!(why.starts_with(&format!("`{field}` ")), "{members}: {why}");
    }
    let members = json!({"thinking": {"type": "enabled"}, "reasoning": {"exclude": true}});
    let bytes = body(&members).to_string();
    let request = decode_request(Format::Chat, bytes.as_bytes()).expect("it is read");
    let target = Target { model: "command-a", ..TARGET };
    let made = encode_request(Format::Cohere, &request, &target, OnUnsupported::Refuse);
    assert_eq!(made.expect("it can be said").dropped, ["reasoning.exclude"]);
}

#[test]
fn a_choice_of_tools_is_read_in_every_form_that_openai_documents() {
    let tools = |chat: bool| {
        let function = json!({"name": "look", "parameters": {"type": "object", "properties": {}}});
        if chat {
            json!([{"type": "function", "function": function}])
        } else {
            json!([{"type": "function", "name": "look", "parameters": function["parameters"]}])
        }
    };
    for (choice, expected) in [
        (
            json!({"type": "function", "function": {"name": "look"}}),
            json!({"type": "tool", "name": "look"}),
        ),
        (json!({"type": "function", "name": "look"}), json!({"type": "tool", "name": "look"})),
        (json!("required"), json!({"type": "any"})),
        (json!("any"), json!({"type": "any"})),
    ] {
        let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": tools(true), "tool_choice": choice});
        let responses =
            json!({"model": "m", "input": "hi", "tools": tools(false), "tool_choice": choice});
        for (from, body) in [(Format::Chat, chat), (Format::Responses, responses)] {
            let body =
                said(from, Format::Messages, "claude-sonnet-4-5", &body).expect("it can be said");
            assert_eq!(body["tool_choice"], expected, "{from:?} {choice}");
        }
    }
}

#[test]
fn a_choice_among_some_tools_is_read_in_both_forms() {
    let function = json!({"name": "look", "parameters": {"type": "object", "properties": {}}});
    let flat = json!({"type": "function", "name": "look", "parameters": function["parameters"]});
    let nested = json!({"type": "function", "function": function});
    for choice in [
        json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "look"}]}),
        json!({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "look"}}]}}),
    ] {
        let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "tools": [nested], "tool_choice": choice});
        let body = said(Format::Chat, Format::Responses, "gpt-5", &chat).expect("it can be said");
        let expected = json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "look"}]});
        assert_eq!(body["tool_choice"], expected, "{choice}");
        let responses =
            json!({"model": "m", "input": "hi", "tools": [flat], "tool_choice": choice});
        let body =
            said(Format::Responses, Format::Chat, "gpt-5", &responses).expect("it can be said");
        assert_eq!(
            body["tool_choice"]["allowed_tools"]["tools"][0]["function"]["name"], "look",
            "{choice}"
        );
    }
}
