//! Streams put together as the official SDKs do it, from what callers are sent.

use serde_json::{Map, Value, json};

/// The `data` of every event of a stream, `[DONE]` aside.
fn events(text: &str) -> impl Iterator<Item = Value> {
    text.lines()
        .filter_map(|it| it.strip_prefix("data: "))
        .filter(|it| *it != "[DONE]")
        .map(|it| serde_json::from_str(it).expect("events are JSON"))
}

/// A completion from its chunks, as `ChatCompletionStream` of npm's `openai` does it: texts are appended, calls are
/// merged by their index, of everything else the last one counts.
pub(crate) fn chat(text: &str) -> Value {
    let (mut completion, mut message) = (Map::new(), Map::new());
    let (mut calls, mut logprobs, mut finish) = (Vec::new(), Vec::new(), Value::Null);
    for chunk in events(text) {
        let Value::Object(mut chunk) = chunk else { panic!("{chunk} is not a chunk") };
        let choices = chunk.remove("choices").expect("choices");
        completion.extend(chunk);
        let Some(choice) = choices.get(0) else { continue };
        for (name, value) in choice["delta"].as_object().expect("a delta") {
            match (name.as_str(), message.get_mut(name), value) {
                ("tool_calls", ..) => merge(&mut calls, value),
                ("content" | "refusal" | "reasoning_content", Some(Value::String(before)), _) => {
                    before.push_str(value.as_str().expect("text"));
                }
                _ => drop(message.insert(name.clone(), value.clone())),
            }
        }
        logprobs.extend(choice["logprobs"]["content"].as_array().into_iter().flatten().cloned());
        if !choice["finish_reason"].is_null() {
            finish = choice["finish_reason"].clone();
        }
    }
    message.insert("tool_calls".to_owned(), json!(calls));
    let choice = json!({
        "index": 0, "message": message, "logprobs": {"content": logprobs}, "finish_reason": finish,
    });
    completion.insert("choices".to_owned(), json!([choice]));
    Value::Object(completion)
}

fn merge(calls: &mut Vec<Value>, deltas: &Value) {
    for delta in deltas.as_array().expect("a list") {
        let index = delta["index"].as_u64().expect("every call has an index");
        let index = usize::try_from(index).expect("small");
        assert!(index <= calls.len(), "calls are numbered without gaps");
        if index == calls.len() {
            calls.push(json!({"function": {"arguments": ""}}));
        }
        let call = &mut calls[index];
        for (name, value) in delta.as_object().expect("an object") {
            if name == "function" {
                let before = call["function"]["arguments"].as_str().expect("text").to_owned();
                let more = value["arguments"].as_str().unwrap_or_default();
                if let Some(name) = value.get("name") {
                    call["function"]["name"] = name.clone();
                }
                call["function"]["arguments"] = json!(before + more);
            } else {
                call[name] = value.clone();
            }
        }
    }
}
