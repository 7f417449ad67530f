//! Bodies for a provider of their own format that bring back reasoning of another one.

use crate::replies::about;
use crate::requests::TARGET;
use chat::Format;
use dialects::{OnUnsupported, StreamTranslator, without_carried};
use dialects::{translate_reply, translate_request};
use serde_json::{Value, json};

/// The body as it is sent, and what was dropped; `None`: as it came.
fn sent(format: Format, body: &Value) -> Option<Value> {
    let bytes = body.to_string();
    let made = without_carried(format, bytes.as_bytes(), "claude", OnUnsupported::Refuse);
    made.expect("nothing is lost").map(|it| it.body)
}

fn refused(format: Format, body: &Value) -> (String, Vec<String>) {
    let bytes = body.to_string();
    let refused = without_carried(format, bytes.as_bytes(), "claude", OnUnsupported::Refuse);
    let dropped = without_carried(format, bytes.as_bytes(), "claude", OnUnsupported::Drop);
    let dropped = dropped.expect("may be dropped").expect("something is carried").dropped;
    (refused.expect_err("a loss").to_string(), dropped)
}

#[test]
fn only_carried_blocks_leave_a_body_of_messages() {
    let body = |assistant: Value| {
        json!({
            "model": "dynamic/r",
            "max_tokens": 100,
            "temperature": 0.1,
            "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]},
            "tools": [{"type": "web_search_20250305", "name": "web_search", "max_uses": 3}],
            "messages": [
                {"role": "user", "content": "pointsman:a:b:c:d"},
                {"role": "assistant", "content": assistant},
                {"role": "user", "content": [{"type": "text", "text": "go on"}]},
            ],
        })
    };
    let own = json!({"type": "thinking", "thinking": "ha", "signature": "c2ln"});
    let call = json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}});
    let carried = [
        json!({"type": "thinking", "thinking": "hm", "signature": "pointsman:google-gemini-v1:::R0VN"}),
        json!({"type": "redacted_thinking", "data": "pointsman:google-gemini-v1:c:call_1:R0VN"}),
    ];
    let [first, second] = carried.clone();
    let sent_body = sent(Format::Messages, &body(json!([first, own, second, call])));
    let mut expected = body(json!([own, call]));
    expected["model"] = json!("claude");
    let sent_body = sent_body.expect("it carries something");
    assert_eq!(sent_body.to_string(), expected.to_string());

    let emptied = sent(Format::Messages, &body(json!(carried))).expect("it carries something");
    assert_eq!(emptied["messages"].as_array().map(Vec::len), Some(2), "{emptied}");
    assert_eq!(sent(Format::Messages, &body(json!([own, call]))), None);
}

#[test]
fn only_carried_items_leave_a_body_of_responses() {
    let body = |items: &[Value]| {
        let mut input = vec![json!({"role": "user", "content": "hi"})];
        input.extend(items.iter().cloned());
        input.push(json!({"type": "message", "role": "user", "content": "go on"}));
        json!({
            "model": "dynamic/r",
            "input": input,
            "text": {"verbosity": "low"},
            "prompt_cache_key": "k",
            "tools": [{"type": "web_search"}],
        })
    };
    let own =
        json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"});
    let search = json!({"type": "web_search_call", "id": "ws_1", "status": "completed"});
    let carried = json!({"type": "reasoning", "id": "rs_2", "summary": [],
        "encrypted_content": "pointsman:anthropic-claude-v1:::c2ln"});
    let made = sent(Format::Responses, &body(&[carried, own.clone(), search.clone()]));
    let mut expected = body(&[own.clone(), search.clone()]);
    expected["model"] = json!("claude");
    assert_eq!(made.expect("it carries something").to_string(), expected.to_string());
    assert_eq!(sent(Format::Responses, &body(&[own, search])), None);
}

#[test]
fn what_only_looks_carried_stays() {
    let said = json!({"type": "text", "text": "\"pointsman:a:b:c:d\""});
    let input = json!({"signature": "pointsman:a:b:c:d", "type": "thinking"});
    let call = json!({"type": "tool_use", "id": "t", "name": "f", "input": input});
    let messages = json!([
        {"role": "user", "content": "pointsman:a:b:c:d"},
        {"role": "assistant", "content": [said, call]},
    ]);
    assert_eq!(sent(Format::Messages, &json!({"model": "m", "messages": messages})), None);
    let input = json!([{"role": "user", "content": "pointsman:a:b:c:d"}]);
    assert_eq!(sent(Format::Responses, &json!({"model": "m", "input": input})), None);
    assert_eq!(sent(Format::Responses, &json!({"model": "m", "input": "pointsman:a:b:c:d"})), None);
}

#[test]
fn carried_reasoning_of_an_unfinished_tool_loop_is_a_loss_by_name() {
    let carried =
        json!({"type": "redacted_thinking", "data": "pointsman:google-gemini-v1:c:t:R0VN"});
    let call = json!({"type": "tool_use", "id": "t", "name": "f", "input": {}});
    let result = json!({"type": "tool_result", "tool_use_id": "t", "content": "1"});
    let messages = json!([
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": [carried, call]},
        {"role": "user", "content": [result]},
    ]);
    let (said, dropped) = refused(Format::Messages, &json!({"model": "m", "messages": messages}));
    assert!(said.starts_with("`messages[1].content[0]` is reasoning of another"), "{said}");
    assert_eq!(dropped, ["messages[1].content[0]"]);

    let input = json!([
        {"role": "user", "content": "hi"},
        {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "pointsman:x:::c2ln"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
    ]);
    let (said, dropped) = refused(Format::Responses, &json!({"model": "m", "input": input}));
    assert!(said.starts_with("`input[1]` is reasoning of another"), "{said}");
    assert_eq!(dropped, ["input[1]"]);
}

/// The reasoning of an answer of a chat provider that signs nothing, as a caller gets it and gives it back.
fn unsigned(to: Format) -> Value {
    let message = json!({"role": "assistant", "reasoning_content": "hm", "content": null, "tool_calls": [
        {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]});
    let reply =
        json!({"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]});
    let made = translate_reply((Format::Chat, to), reply.to_string().as_bytes(), &about(to));
    let made = made.expect("a reply").body;
    let parts = if to == Format::Messages { &made["content"] } else { &made["output"] };
    parts[0].clone()
}

/// An unfinished tool loop that it stands in.
fn in_loop(format: Format, thought: &Value) -> Value {
    if format == Format::Messages {
        let call = json!({"type": "tool_use", "id": "c", "name": "f", "input": {}});
        let result = json!({"type": "tool_result", "tool_use_id": "c", "content": "1"});
        return json!({"model": "m", "max_tokens": 100, "messages": [
            {"role": "user", "content": "hi"},
            {"role": "assistant", "content": [thought, call]},
            {"role": "user", "content": [result]},
        ]});
    }
    json!({"model": "m", "input": [
        {"role": "user", "content": "hi"},
        thought,
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
    ]})
}

#[test]
fn reasoning_that_nobody_signed_is_given_back_to_chat_and_kept_from_providers_that_refuse_it() {
    for format in [Format::Messages, Format::Responses] {
        let thought = unsigned(format);
        assert!(thought.to_string().contains(dialects::CARRIED), "{thought}");
        let body = in_loop(format, &thought);
        let bytes = body.to_string();
        let formats = (format, Format::Chat);
        let back = translate_request(formats, bytes.as_bytes(), &TARGET, OnUnsupported::Refuse);
        let back = back.expect("it can be said").body;
        assert_eq!(back["messages"][1]["reasoning_content"], "hm", "{back}");
        let without = without_carried(format, bytes.as_bytes(), "claude", OnUnsupported::Drop);
        let without = without.expect("may be dropped").expect("something is carried");
        assert!(!without.body.to_string().contains("\"hm\""), "{}", without.body);
        assert_eq!(without.dropped.len(), 1, "{:?}", without.dropped);
    }
}

#[test]
fn unsigned_reasoning_in_a_tool_loop_is_a_loss_to_messages_and_a_hint_to_responses() {
    let (_, dropped) =
        refused(Format::Messages, &in_loop(Format::Messages, &unsigned(Format::Messages)));
    assert_eq!(dropped, ["messages[1].content[0]"]);
    let body = in_loop(Format::Responses, &unsigned(Format::Responses)).to_string();
    let made = without_carried(Format::Responses, body.as_bytes(), "gpt", OnUnsupported::Refuse);
    assert_eq!(made.expect("no loss").expect("something is carried").dropped, ["input[1]"]);
}

#[test]
fn streamed_reasoning_that_nobody_signed_is_marked_too() {
    let stream = br#"data: {"id":"a","choices":[{"index":0,"delta":{"reasoning_content":"hm"}}]}

data: {"id":"a","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

data: [DONE]

"#;
    for (format, member) in
        [(Format::Messages, "signature"), (Format::Responses, "encrypted_content")]
    {
        let mut translator = StreamTranslator::new((Format::Chat, format), about(format));
        let mut out = Vec::new();
        translator.push(stream, &mut out);
        let text = String::from_utf8(out).expect("UTF-8");
        assert!(text.contains(&format!("\"{member}\":\"pointsman:")), "{text}");
    }
}
