//! What says no more than nothing would: it refuses no request, and a model is told only what it takes.

use crate::requests::{TARGET, said};
use chat::Format;
use dialects::{OnUnsupported, Target, decode_request, encode_request, without_carried};
use serde_json::{Value, json};

/// What a format gets of a body, and which hints are left out.
fn encoded(from: Format, to: Format, model: &str, body: &Value) -> (Value, Vec<String>) {
    let request = decode_request(from, body.to_string().as_bytes()).expect("a request");
    let target = Target { model, ..TARGET };
    let encoded = encode_request(to, &request, &target, OnUnsupported::Refuse);
    let encoded = encoded.expect("everything has a place");
    (encoded.body, encoded.dropped)
}

#[test]
fn a_default_refuses_no_request_of_any_format() {
    let chat = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}],
        "presence_penalty": 0, "frequency_penalty": 0.0, "n": 1, "logprobs": false, "top_logprobs": 0,
        "top_k": 0, "min_p": 0, "top_a": 0, "repetition_penalty": 1.0, "verbosity": "medium",
        "logit_bias": {}, "response_format": {"type": "text"}, "top_p": 1, "temperature": 1});
    let responses = json!({"model": "m", "input": "hi", "top_logprobs": 0, "background": false,
        "truncation": "disabled", "text": {"format": {"type": "text"}, "verbosity": "medium"}});
    let messages = json!({"model": "m", "max_tokens": 9, "thinking": {"type": "disabled"},
        "messages": [{"role": "user", "content": "hi"}]});
    for (from, body) in
        [(Format::Chat, chat), (Format::Responses, responses), (Format::Messages, messages)]
    {
        for (to, model) in [
            (Format::Chat, "mistral-large"),
            (Format::Responses, "gpt-4o"),
            (Format::Messages, "claude-haiku-3-5"),
            (Format::Gemini, "gemini-3-pro"),
            (Format::Converse, "meta.llama3-3-70b-instruct-v1:0"),
            (Format::Cohere, "command-a"),
        ] {
            if let Err(why) = said(from, to, model, &body) {
                panic!("{from:?} to {to:?}: {why}");
            }
        }
    }
}

#[test]
fn a_penalty_of_something_is_refused_where_there_is_none() {
    let body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}], "presence_penalty": 0.5});
    for to in [Format::Responses, Format::Messages, Format::Converse] {
        let why = said(Format::Chat, to, "m", &body).unwrap_err();
        assert!(why.contains("`presence_penalty`"), "{why}");
    }
}

#[test]
fn a_result_marked_as_an_error_reaches_responses_without_the_mark() {
    let body = json!({"model": "m", "max_tokens": 9, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "look", "input": {}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "is_error": true, "content": "no such file"}]}]});
    let (body, dropped) = encoded(Format::Messages, Format::Responses, "gpt-5", &body);
    assert_eq!(body["input"][2]["output"], "no such file");
    assert_eq!(dropped, ["messages[2].content[0].is_error"]);
}

fn thinking(value: &Value) -> Value {
    json!({"model": "m", "max_tokens": 8000, "thinking": value, "messages": [{"role": "user", "content": "hi"}]})
}

/// The effort that a model is told in each of `OpenAI`'s formats, and whether something is said to be left out.
fn effort(model: &str, body: &Value) -> (Option<String>, bool) {
    let (chat, left_out) = encoded(Format::Messages, Format::Chat, model, body);
    let (responses, also) = encoded(Format::Messages, Format::Responses, model, body);
    let word = |it: &Value| it.as_str().map(str::to_owned);
    let found = word(&chat["reasoning_effort"]);
    assert_eq!(found, word(&responses["reasoning"]["effort"]));
    assert_eq!(left_out, also);
    let asks = found.as_deref().is_some_and(|it| it != "none");
    assert_eq!(responses.get("include").is_some(), asks, "{responses}");
    assert!(left_out.iter().all(|it| it == "thinking"), "{left_out:?}");
    (found, !left_out.is_empty())
}

#[test]
fn thinking_is_switched_off_where_the_model_takes_that() {
    let off = thinking(&json!({"type": "disabled"}));
    for (model, word) in [
        ("gpt-5.1", Some("none")),
        ("openai/gpt-5.2", Some("none")),
        ("gpt-5", None),
        ("o4-mini", None),
        ("gpt-4o", None),
        ("mistral-large", None),
    ] {
        assert_eq!(effort(model, &off), (word.map(str::to_owned), word.is_none()), "{model}");
    }
}

#[test]
fn thinking_without_an_effort_is_a_medium_one_or_said_to_be_left_out() {
    let adaptive = thinking(&json!({"type": "adaptive"}));
    for (model, word) in [
        ("gpt-5.1", Some("medium")),
        ("gpt-5-mini", Some("medium")),
        ("o4-mini", Some("medium")),
        ("gpt-5-pro", None),
        ("gpt-4o", None),
        ("mistral-large", None),
    ] {
        assert_eq!(effort(model, &adaptive), (word.map(str::to_owned), word.is_none()), "{model}");
    }
}

#[test]
fn a_budget_that_may_be_dropped_leaves_the_effort_it_comes_to() {
    let body = thinking(&json!({"type": "enabled", "budget_tokens": 6400}));
    let request = decode_request(Format::Messages, body.to_string().as_bytes()).expect("a request");
    for (model, word) in [("gpt-5", json!("high")), ("mistral-large", Value::Null)] {
        let target = Target { model, ..TARGET };
        let encoded = encode_request(Format::Chat, &request, &target, OnUnsupported::Drop);
        let encoded = encoded.expect("it may be dropped");
        assert_eq!(encoded.body["reasoning_effort"], word, "{model}");
        assert_eq!(encoded.dropped, ["thinking.budget_tokens"]);
    }
}

#[test]
fn a_switch_that_bedrock_has_no_word_for_is_said_to_be_left_out() {
    for switch in ["disabled", "adaptive"] {
        let body = thinking(&json!({"type": switch}));
        let model = "meta.llama3-3-70b-instruct-v1:0";
        let (_, dropped) = encoded(Format::Messages, Format::Converse, model, &body);
        assert_eq!(dropped, ["thinking"], "{switch}");
    }
}

/// A running tool loop with reasoning of this signature, and words beside the result.
fn tool_loop(signature: &str) -> Value {
    json!({"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "I look.", "signature": signature},
            {"type": "tool_use", "id": "c", "name": "look", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "c", "content": "a cat"},
            {"type": "text", "text": "Be brief."}]}]})
}

#[test]
fn words_beside_results_do_not_end_a_tool_loop() {
    let signed = tool_loop("c2lnbmVk");
    for to in [Format::Responses, Format::Gemini, Format::Cohere] {
        let why = said(Format::Messages, to, "m", &signed).unwrap_err();
        assert!(why.contains("`messages[1].content[0]`"), "{to:?}: {why}");
    }
    let mut finished = signed;
    let messages = finished["messages"].as_array_mut().expect("a list");
    messages.push(json!({"role": "assistant", "content": "A cat."}));
    messages.push(json!({"role": "user", "content": "Thanks."}));
    for to in [Format::Responses, Format::Gemini, Format::Cohere] {
        if let Err(why) = said(Format::Messages, to, "m", &finished) {
            panic!("{to:?}: {why}");
        }
    }
}

#[test]
fn words_beside_results_do_not_end_a_tool_loop_that_carries_reasoning() {
    let reply = json!({"id": "r", "object": "response", "status": "completed", "model": "gpt-5", "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "c2VjcmV0"},
        {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}]});
    let reply = dialects::decode_reply(Format::Responses, reply.to_string().as_bytes());
    let about = crate::replies::about(Format::Messages);
    let carried = dialects::encode_reply(Format::Messages, &reply.expect("a reply"), &about);
    let mut body = tool_loop("");
    body["messages"][1]["content"] = carried["content"].clone();
    let refused = without_carried(
        Format::Messages,
        body.to_string().as_bytes(),
        "claude-sonnet-4-5",
        OnUnsupported::Refuse,
    );
    let why = refused.expect_err("a running loop").to_string();
    assert!(why.contains("`messages[1].content[0]`"), "{why}");
}
