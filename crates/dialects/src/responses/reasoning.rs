//! Reasoning items: readable as a summary or as text, and in an encrypted form that only the provider reads.
//!
//! A caller gives these items back as it got them. What another provider wants back unchanged travels in
//! `encrypted_content`, in the form that [`carrier`] describes; so does that an item is another provider's, which OpenAI
//! does not know and refuses.

use super::FAMILY;
use crate::members::{list, text};
use crate::messages::carrier::{self, Carried};
use crate::request::{Opaque, Thought, ToolCall};
use serde_json::{Map, Value, json};

/// What an item says.
pub(super) fn read(item: &Map<String, Value>) -> Carried {
    let texts = |name: &str, between: &str| {
        let texts = list(item, name).iter().filter_map(|it| it.get("text")?.as_str());
        texts.collect::<Vec<_>>().join(between)
    };
    let summary = texts("summary", "\n\n");
    let is_summary = !summary.is_empty();
    let words = if is_summary { summary } else { texts("content", "") };
    let id = text(item, "id").filter(|it| !it.is_empty()).map(str::to_owned);
    let encrypted = text(item, "encrypted_content").filter(|it| !it.is_empty());
    match encrypted.and_then(carrier::read) {
        Some(Carried::Thought(carried)) => {
            let id = carried.id.clone().or(id);
            Carried::Thought(Thought { text: words, is_summary, id, ..carried })
        }
        Some(call) => call,
        None => Carried::Thought(Thought {
            text: words,
            is_summary,
            id,
            opaque: encrypted.map(|data| own(data.to_owned())),
        }),
    }
}

/// Encrypted reasoning of the format's own.
pub(super) fn own(data: String) -> Opaque {
    Opaque { family: FAMILY.to_owned(), data, encrypted: true }
}

/// The item of a thought. `id` is used when it has none of its own.
pub(super) fn write(thought: &Thought, id: &str) -> Value {
    let mut item = begun(thought, id);
    if let Some(members) = item.as_object_mut() {
        members.insert("encrypted_content".to_owned(), json!(encrypted(thought)));
    }
    item
}

/// The item of a thought whose end has not come.
pub(super) fn begun(thought: &Thought, id: &str) -> Value {
    let mut item = Map::new();
    item.insert("id".to_owned(), json!(thought.id.as_deref().unwrap_or(id)));
    item.insert("type".to_owned(), json!("reasoning"));
    let summary = if thought.is_summary && !thought.text.is_empty() {
        json!([{"type": "summary_text", "text": thought.text}])
    } else {
        json!([])
    };
    item.insert("summary".to_owned(), summary);
    if !thought.is_summary && !thought.text.is_empty() {
        let content = json!([{"type": "reasoning_text", "text": thought.text}]);
        item.insert("content".to_owned(), content);
    }
    Value::Object(item)
}

/// What only the provider reads, as `encrypted_content`.
fn encrypted(thought: &Thought) -> String {
    match &thought.opaque {
        Some(it) if it.family == FAMILY => it.data.clone(),
        _ => carrier::of_thought(thought),
    }
}

/// The item that carries the signature of a call.
pub(super) fn of_call(call: &ToolCall, opaque: &Opaque, id: &str) -> Value {
    json!({
        "id": id,
        "type": "reasoning",
        "summary": [],
        "encrypted_content": carrier::of_call(&call.id, opaque),
    })
}
