//! Answers in formats other than chat completions: 5 tokens in, 7 out.

use super::{Piece, Script};
use bytes::Bytes;
use serde_json::{Value, json};

impl Script {
    /// A reply of Anthropic Messages.
    #[must_use]
    pub fn message(text: &str) -> Self {
        let content = json!([{"type": "text", "text": text, "citations": null}]);
        Self::json(200, &message(&content, &json!("end_turn"), 7))
    }

    /// A stream of Anthropic Messages: a text block, a delta a text. The input is counted at the beginning, the output at the end.
    #[must_use]
    pub fn messages(texts: &[&str]) -> Self {
        let mut events = vec![
            json!({"type": "message_start", "message": message(&json!([]), &Value::Null, 1)}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "ping"}),
        ];
        events.extend(texts.iter().map(|text| {
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
        }));
        events.extend([
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
                "usage": {"output_tokens": 7}}),
            json!({"type": "message_stop"}),
        ]);
        Self::named(&events)
    }

    /// A reply of `OpenAI` Responses.
    #[must_use]
    pub fn response(text: &str) -> Self {
        Self::json(200, &response("completed", &json!([item("completed", text)])))
    }

    /// A stream of `OpenAI` Responses: one message, a delta a text.
    #[must_use]
    pub fn responses(texts: &[&str]) -> Self {
        let with = |kind: &str, name: &str, value: Value| json!({"type": kind, "item_id": "msg_1", "output_index": 0, "content_index": 0, name: value});
        let all = texts.concat();
        let part = |text: &str| json!({"type": "output_text", "text": text, "annotations": []});
        let added = json!({"type": "response.output_item.added", "output_index": 0,
            "item": {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}});
        let mut events = vec![
            json!({"type": "response.created", "response": response("in_progress", &json!([]))}),
            added,
            with("response.content_part.added", "part", part("")),
        ];
        let deltas = texts.iter().map(|it| with("response.output_text.delta", "delta", json!(it)));
        events.extend(deltas);
        let output = json!([item("completed", &all)]);
        events.extend([
            with("response.output_text.done", "text", json!(all)),
            with("response.content_part.done", "part", part(&all)),
            json!({"type": "response.output_item.done", "output_index": 0, "item": item("completed", &all)}),
            json!({"type": "response.completed", "response": response("completed", &output)}),
        ]);
        for (event, number) in events.iter_mut().zip(0..) {
            if let Some(members) = event.as_object_mut() {
                members.insert("sequence_number".to_owned(), Value::from(number));
            }
        }
        Self::named(&events)
    }

    /// A list of embeddings: one of two numbers for each input, 5 tokens in all.
    #[must_use]
    pub fn embeddings(inputs: u32) -> Self {
        let one = |index| json!({"object": "embedding", "index": index, "embedding": [0.5, -0.5]});
        let data: Vec<_> = (0..inputs).map(one).collect();
        let usage = json!({"prompt_tokens": 5, "total_tokens": 5});
        Self::json(
            200,
            &json!({"object": "list", "model": "text-embedding-3-small", "data": data, "usage": usage}),
        )
    }

    /// A stream whose events have the name that stands in their `type`.
    fn named(events: &[Value]) -> Self {
        let event = |it: &Value| {
            let name = it["type"].as_str().unwrap_or_default();
            Piece::Data(Bytes::from(format!("event: {name}\ndata: {it}\n\n")))
        };
        let pieces = events.iter().map(event).collect();
        Self { fixed: false, ..Self::new(200, "text/event-stream; charset=utf-8", pieces) }
    }
}

fn message(content: &Value, stop_reason: &Value, output: u32) -> Value {
    json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
        "content": content, "stop_reason": stop_reason, "stop_sequence": null,
        "usage": {"input_tokens": 5, "output_tokens": output, "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0, "service_tier": "standard"}})
}

fn response(status: &str, output: &Value) -> Value {
    let usage = json!({"input_tokens": 5, "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 12});
    let usage = if status == "completed" { usage } else { Value::Null };
    json!({"id": "resp_1", "object": "response", "created_at": 1_700_000_000, "status": status,
        "error": null, "incomplete_details": null, "instructions": null, "max_output_tokens": null,
        "model": "gpt-5-mini", "output": output, "parallel_tool_calls": true,
        "previous_response_id": null, "tool_choice": "auto", "tools": [], "usage": usage})
}

fn item(status: &str, text: &str) -> Value {
    json!({"id": "msg_1", "type": "message", "status": status, "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}]})
}
