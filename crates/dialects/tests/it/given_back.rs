//! Reasoning that is given back to providers of chat completions.

use crate::requests::TARGET;
use chat::{Format, GivenBack};
use dialects::{OnUnsupported, Target, translate_request, without_reasoning};
use serde_json::{Value, json};

const EVERY: [GivenBack; 4] =
    [GivenBack::Any, GivenBack::Every, GivenBack::Text, GivenBack::Nothing];

fn target(given_back: GivenBack) -> Target<'static> {
    Target { given_back, ..TARGET }
}

/// A finished turn with a call, and an unfinished tool loop.
fn conversation(first: &Value, second: &Value) -> Value {
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "1"});
    json!({"temperature": 0.10, "unknown": [1], "model": "m", "messages": [
        {"role": "user", "content": "hi"},
        first,
        result("a"),
        {"role": "assistant", "content": "one"},
        {"role": "user", "content": "\"reasoning_content\""},
        second,
        result("b"),
    ]})
}

fn assistant(id: &str, more: &Value) -> Value {
    let call = json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let mut message = json!({"role": "assistant", "content": null, "tool_calls": [call]});
    let both = message.as_object_mut().zip(more.as_object());
    both.into_iter().for_each(|(message, more)| message.extend(more.clone()));
    message
}

#[test]
fn a_provider_that_refuses_it_gets_the_body_without_and_with_all_else_as_it_came() {
    let more = json!({"reasoning_content": "hm", "thinking_blocks": [{"type": "thinking"}],
        "reasoning_details": [], "reasoning": "hm"});
    let body = conversation(&assistant("a", &more), &assistant("b", &more)).to_string();
    let made = without_reasoning(body.as_bytes(), &target(GivenBack::Nothing), false);
    let made = made.expect("it brings some back");
    let mut expected = conversation(&assistant("a", &json!({})), &assistant("b", &json!({})));
    expected["model"] = json!(TARGET.model);
    assert_eq!(made.body.to_string(), expected.to_string());
    let of_the_loop = ["reasoning_content", "thinking_blocks", "reasoning"];
    assert_eq!(made.dropped, of_the_loop.map(|it| format!("messages[5].{it}")));
}

#[test]
fn the_text_goes_by_the_name_that_the_provider_takes_it_by() {
    let said = json!({"reasoning_content": "hm"});
    let body = conversation(&assistant("a", &json!({})), &assistant("b", &said)).to_string();
    let made = without_reasoning(body.as_bytes(), &target(GivenBack::Text), false);
    let made = made.expect("it brings some back");
    assert_eq!(made.body["messages"][5], assistant("b", &json!({"reasoning": "hm"})));
    assert_eq!(made.dropped, [""; 0]);
    let own =
        conversation(&assistant("a", &json!({})), &assistant("b", &json!({"reasoning": "hm"})));
    let as_it_is = without_reasoning(own.to_string().as_bytes(), &target(GivenBack::Text), false);
    assert_eq!(as_it_is, None);
}

#[test]
fn a_signature_of_a_call_is_taken_out_and_told() {
    let google = json!({"google": {"thought_signature": "c2ln"}});
    let mut call = assistant("b", &json!({}));
    call["tool_calls"][0]["extra_content"] = google;
    let body = conversation(&assistant("a", &json!({})), &call).to_string();
    let made = without_reasoning(body.as_bytes(), &target(GivenBack::Text), true);
    let made = made.expect("it brings some back");
    assert_eq!(made.body["messages"][5], assistant("b", &json!({})));
    assert_eq!(made.body["stream_options"], json!({"include_usage": true}));
    assert_eq!(made.dropped, ["messages[5].tool_calls[0].extra_content"]);
}

#[test]
fn a_body_that_brings_nothing_back_goes_as_it_came() {
    let body = conversation(&assistant("a", &json!({})), &assistant("b", &json!({}))).to_string();
    assert_eq!(without_reasoning(body.as_bytes(), &target(GivenBack::Nothing), true), None);
    let of_the_users =
        json!({"messages": [{"role": "user", "reasoning_content": "hm"}]}).to_string();
    assert_eq!(without_reasoning(of_the_users.as_bytes(), &target(GivenBack::Nothing), true), None);
    assert_eq!(without_reasoning(b"[", &target(GivenBack::Nothing), true), None);
}

/// A conversation of Messages, with unsigned reasoning in a finished turn and in the tool loop.
fn in_messages() -> String {
    let thought =
        |text: &str| json!({"type": "thinking", "thinking": text, "signature": "pointsman::::"});
    let call = |id: &str| json!({"type": "tool_use", "id": id, "name": "f", "input": {}});
    let result = |id: &str| json!({"type": "tool_result", "tool_use_id": id, "content": "1"});
    json!({"model": "m", "max_tokens": 100, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [thought("first"), call("a")]},
        {"role": "user", "content": [result("a")]},
        {"role": "assistant", "content": "one"},
        {"role": "user", "content": "and now?"},
        {"role": "assistant", "content": [thought("second"), call("b")]},
        {"role": "user", "content": [result("b")]},
    ]})
    .to_string()
}

#[test]
fn a_translation_gives_back_what_the_provider_takes_where_it_takes_it() {
    let body = in_messages();
    for given_back in EVERY {
        let formats = (Format::Messages, Format::Chat);
        let target = target(given_back);
        let made = translate_request(formats, body.as_bytes(), &target, OnUnsupported::Refuse);
        let made = made.expect("nothing that matters is lost");
        let said = |nth: usize| {
            let of = |name: &str| made.body["messages"][nth][name].as_str().map(str::to_owned);
            (of("reasoning_content"), of("reasoning"))
        };
        let second = Some("second".to_owned());
        let (first, last, dropped) = match given_back {
            GivenBack::Any => ((None, None), (second, None), vec![]),
            GivenBack::Every => ((Some("first".to_owned()), None), (second, None), vec![]),
            GivenBack::Text => ((None, None), (None, second), vec![]),
            GivenBack::Nothing => ((None, None), (None, None), vec!["messages[5].content[0]"]),
        };
        assert_eq!(
            (said(1), said(5), made.dropped),
            (first, last, dropped.into_iter().map(str::to_owned).collect()),
            "{given_back:?}"
        );
    }
}

#[test]
fn signatures_of_a_chat_provider_are_kept_from_one_that_refuses_their_members() {
    let thought = json!({"type": "thinking", "thinking": "hm", "signature": "pointsman:chat/anthropic-claude-v1:::c2ln"});
    let carried =
        json!({"type": "redacted_thinking", "data": "pointsman:chat/google-gemini-v1:c:b:c2ln"});
    let call = json!({"type": "tool_use", "id": "b", "name": "f", "input": {}});
    let result = json!({"type": "tool_result", "tool_use_id": "b", "content": "1"});
    let body = json!({"model": "m", "max_tokens": 100, "messages": [
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [thought, carried, call]},
        {"role": "user", "content": [result]},
    ]});
    let made = |given_back| {
        let formats = (Format::Messages, Format::Chat);
        let (bytes, target) = (body.to_string(), target(given_back));
        translate_request(formats, bytes.as_bytes(), &target, OnUnsupported::Refuse)
            .expect("no loss")
    };
    let any = made(GivenBack::Any);
    let message = &any.body["messages"][1];
    assert!(message["reasoning_details"].is_array(), "{message}");
    assert!(message["tool_calls"][0]["extra_content"].is_object(), "{message}");
    let text = made(GivenBack::Text);
    let message = &text.body["messages"][1];
    assert_eq!(message["reasoning"], "hm");
    assert!(message.get("reasoning_details").is_none(), "{message}");
    assert!(message["tool_calls"][0].get("extra_content").is_none(), "{message}");
    assert_eq!(text.dropped, ["messages[1].content[0]", "messages[1].content[2]"]);
}
