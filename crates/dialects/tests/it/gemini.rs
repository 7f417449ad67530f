//! What Gemini said goes back to it as it was.

use chat::Format;
use dialects::{
    Content, Message, OnUnsupported, Part, Request, Role, Target, ToolResult, decode_reply,
    encode_request,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const NEWER: Target<'_> = Target {
    model: "gemini-3.8-flash",
    max_output_tokens: None,
    include_usage: true,
    as_openai: None,
    given_back: chat::GivenBack::Any,
};
const OLDER: Target<'_> = Target {
    model: "gemini-2.5-pro",
    max_output_tokens: None,
    include_usage: true,
    as_openai: None,
    given_back: chat::GivenBack::Any,
};

fn message(at: &str, role: Role, contents: Vec<Content>) -> Message {
    let parts = contents.into_iter().map(|it| Part::new(at, it)).collect();
    Message { at: at.to_owned(), role, name: None, parts }
}

/// A question, the model's parts as it gave them, and results of all its calls.
fn conversation(parts: &Value) -> Request {
    let reply = json!({
        "candidates": [{ "content": { "role": "model", "parts": parts }, "finishReason": "STOP" }],
        "responseId": "R-1",
    });
    let said = decode_reply(Format::Gemini, reply.to_string().as_bytes()).expect("a reply").parts;
    let result = |it: &Content| match it {
        Content::ToolCall(call) => Some(Content::ToolResult(ToolResult {
            call_id: call.id.clone(),
            name: None,
            parts: vec![Part::text("", format!("of {}", call.arguments))],
            is_error: false,
        })),
        _ => None,
    };
    let mut results: Vec<Content> = said.iter().filter_map(result).collect();
    results.reverse();
    let question = vec![Content::Text("?".to_owned(), Vec::new())];
    Request {
        messages: vec![
            message("messages[0]", Role::User, question),
            message("messages[1]", Role::Assistant, said),
            message("messages[2]", Role::Tool, results),
        ],
        ..Request::new(Format::Chat)
    }
}

fn sent(request: &Request, target: &Target<'_>) -> Value {
    let encoded = encode_request(Format::Gemini, request, target, OnUnsupported::Refuse);
    encoded.expect("nothing is lost").body
}

/// Parts of a step as Gemini gives them: thoughts, a text, calls of which the first is signed.
fn step() -> impl Strategy<Value = Value> {
    let call = (any::<bool>(), "[a-c]", any::<u8>());
    (any::<bool>(), proptest::option::of("[a-z ]{1,9}"), prop::collection::vec(call, 0..4))
        .prop_map(|(thinks, text, calls)| {
            let mut parts = Vec::new();
            if thinks {
                parts.push(json!({ "text": "hm", "thought": true, "thoughtSignature": "sigT" }));
            }
            let is_last = calls.is_empty();
            if let Some(text) = text {
                let signed = json!({ "text": text, "thoughtSignature": "sigW" });
                parts.push(if is_last { signed } else { json!({ "text": text }) });
            }
            for (place, (has_id, name, argument)) in calls.into_iter().enumerate() {
                let arguments = json!({ "n": argument });
                let call = if has_id {
                    json!({ "id": format!("fc-{place}"), "name": name, "args": arguments })
                } else {
                    json!({ "name": name, "args": arguments })
                };
                parts.push(match place {
                    0 => json!({ "functionCall": call, "thoughtSignature": "sigC" }),
                    _ => json!({ "functionCall": call }),
                });
            }
            Value::Array(parts)
        })
}

proptest! {
    #[test]
    fn a_step_of_the_model_goes_back_as_it_came(parts in step()) {
        prop_assume!(parts.as_array().is_some_and(|it| !it.is_empty()));
        let body = sent(&conversation(&parts), &NEWER);
        prop_assert_eq!(&body["contents"][1]["parts"], &parts);
    }

    #[test]
    fn results_stand_in_the_order_of_their_calls(parts in step()) {
        let body = sent(&conversation(&parts), &NEWER);
        let calls = parts.as_array().into_iter().flatten().filter_map(|it| it.get("functionCall"));
        let results = body["contents"][2]["parts"].as_array().into_iter().flatten();
        let answered: Vec<_> = results
            .map(|it| (it["functionResponse"]["name"].clone(), it["functionResponse"]["response"]["output"].clone()))
            .collect();
        let called: Vec<_> =
            calls.map(|it| (it["name"].clone(), json!(format!("of {}", it["args"])))).collect();
        prop_assert_eq!(answered, called);
    }
}

#[test]
fn a_call_of_another_model_gets_the_documented_placeholder_in_an_unfinished_loop() {
    let parts = json!([
        { "functionCall": { "id": "1", "name": "a", "args": {} } },
        { "functionCall": { "id": "2", "name": "b", "args": {} } },
    ]);
    let mut request = conversation(&parts);
    let signatures = |request: &Request, target: &Target<'_>| {
        let parts = sent(request, target)["contents"][1]["parts"].clone();
        [parts[0]["thoughtSignature"].clone(), parts[1]["thoughtSignature"].clone()]
    };
    let placeholder = json!("skip_thought_signature_validator");
    assert_eq!(signatures(&request, &NEWER), [placeholder, Value::Null]);
    assert_eq!(signatures(&request, &OLDER), [Value::Null, Value::Null]);

    let thanks = vec![Content::Text("thanks".to_owned(), Vec::new())];
    request.messages.push(message("messages[3]", Role::User, thanks));
    assert_eq!(signatures(&request, &NEWER), [Value::Null, Value::Null], "the turn is finished");
}

#[test]
fn a_signature_that_a_caller_kept_beside_the_call_returns_to_the_call() {
    let parts = json!([{ "functionCall": { "name": "a", "args": {} }, "thoughtSignature": "sig" }]);
    let mut request = conversation(&parts);
    for part in &mut request.messages[1].parts {
        if let Content::ToolCall(call) = &mut part.content {
            let opaque = call.opaque.take();
            assert!(opaque.is_some());
            let thought = Content::Thought(dialects::Thought { opaque, ..Default::default() });
            request.messages[1].parts.insert(0, Part::new("messages[1]", thought));
            break;
        }
    }
    assert_eq!(sent(&request, &NEWER)["contents"][1]["parts"], parts);
}

#[test]
fn reasoning_of_another_provider_is_refused_in_an_unfinished_loop_only() {
    let mut request = conversation(&json!([{ "functionCall": { "name": "a", "args": {} } }]));
    let opaque = dialects::Opaque {
        family: "anthropic-claude-v1".to_owned(),
        data: "sig".to_owned(),
        encrypted: false,
    };
    let thought =
        dialects::Thought { text: "hm".to_owned(), opaque: Some(opaque), ..Default::default() };
    request.messages[1].parts.insert(0, Part::new("messages[1].x", Content::Thought(thought)));
    let refused = encode_request(Format::Gemini, &request, &NEWER, OnUnsupported::Refuse);
    let losses = refused.expect_err("it is refused").losses;
    assert_eq!(losses.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["messages[1].x"]);

    let thanks = vec![Content::Text("thanks".to_owned(), Vec::new())];
    request.messages.push(message("messages[3]", Role::User, thanks));
    let parts = &sent(&request, &NEWER)["contents"][1]["parts"];
    assert_eq!(parts, &json!([{ "functionCall": { "name": "a", "args": {} } }]));
}

/// Callers of Responses send reasoning as an item of its own.
#[test]
fn a_signature_in_a_message_of_its_own_returns_to_the_text_before_it() {
    let parts = json!([{ "text": "low", "thoughtSignature": "sig" }]);
    let mut request = conversation(&parts);
    let thought = request.messages[1].parts.split_off(1);
    let reasoning =
        Message { at: "input[2]".to_owned(), role: Role::Assistant, name: None, parts: thought };
    request.messages.insert(2, reasoning);
    assert_eq!(sent(&request, &NEWER)["contents"][1]["parts"], parts);
}
