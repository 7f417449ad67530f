//! `reasoning_details`, as `OpenRouter` documents them: entries of type `reasoning.text`, `reasoning.summary` and
//! `reasoning.encrypted`, each with the family (`format`) it belongs to.

use crate::request::{Opaque, Thought};
use serde_json::{Map, Value, json};

/// One entry as a thought. `family` goes before the family it names.
fn thought(entry: &Map<String, Value>, prefix: &str) -> Option<Thought> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let opaque = |name: &str, encrypted| {
        let data = text(name).filter(|it| !it.is_empty())?.to_owned();
        let family = format!("{prefix}{}", text("format").unwrap_or("unknown"));
        Some(Opaque { family, data, encrypted })
    };
    let (said, is_summary, opaque) = match text("type") {
        Some("reasoning.text") => (text("text"), false, opaque("signature", false)),
        Some("reasoning.summary") => (text("summary"), true, None),
        Some("reasoning.encrypted") => (None, false, opaque("data", true)),
        _ => return None,
    };
    let thought = Thought {
        text: said.unwrap_or_default().to_owned(),
        is_summary,
        id: text("id").map(str::to_owned),
        opaque,
    };
    (!thought.text.is_empty() || thought.opaque.is_some()).then_some(thought)
}

/// The thoughts of a list, each with its place in it. Summary and encrypted reasoning of one id are one thought.
pub(super) fn read(list: &[Value], prefix: &str) -> Vec<(usize, Thought)> {
    let mut all: Vec<(usize, Thought)> = Vec::new();
    for (n, entry) in list.iter().enumerate() {
        let Some(it) = entry.as_object().and_then(|it| thought(it, prefix)) else { continue };
        match all.last_mut() {
            Some((_, last)) if belongs(last, &it) => last.opaque = it.opaque,
            _ => all.push((n, it)),
        }
    }
    all
}

/// Encrypted reasoning right after the readable one of the same id.
pub(super) fn belongs(last: &Thought, next: &Thought) -> bool {
    let is_encrypted = next.opaque.as_ref().is_some_and(|it| it.encrypted);
    last.opaque.is_none() && is_encrypted && last.id.is_some() && last.id == next.id
}

/// The list for these thoughts. Every entry has an `index` of its own, by which assemblers of streams tell them apart.
pub(super) fn write(thoughts: &[&Thought]) -> Vec<Value> {
    let mut list = Vec::new();
    for thought in thoughts {
        for mut entry in entries(thought) {
            entry.insert("id".to_owned(), json!(thought.id));
            entry.insert("index".to_owned(), json!(list.len()));
            list.push(Value::Object(entry));
        }
    }
    list
}

fn entries(thought: &Thought) -> Vec<Map<String, Value>> {
    let opaque = thought.opaque.as_ref();
    let family = opaque.map(|it| it.family.strip_prefix(super::VIA_CHAT).unwrap_or(&it.family));
    let mut entries = Vec::new();
    let mut push = |kind: &str, members: Value| {
        let mut entry = Map::new();
        entry.insert("type".to_owned(), json!(kind));
        if let Value::Object(members) = members {
            entry.extend(members);
        }
        entry.insert("format".to_owned(), json!(family));
        entries.push(entry);
    };
    let (signature, encrypted) = match opaque {
        Some(it) if it.encrypted => (None, Some(&it.data)),
        Some(it) => (Some(&it.data), None),
        None => (None, None),
    };
    if thought.is_summary && !thought.text.is_empty() {
        push("reasoning.summary", json!({"summary": thought.text}));
    } else if let Some(signature) = signature {
        push("reasoning.text", json!({"text": thought.text, "signature": signature}));
    } else if !thought.text.is_empty() {
        push("reasoning.text", json!({"text": thought.text}));
    }
    if let Some(data) = encrypted {
        push("reasoning.encrypted", json!({"data": data}));
    }
    entries
}

/// The details say more than the text alone.
pub(super) fn are_needed(thoughts: &[&Thought]) -> bool {
    match thoughts {
        [] => false,
        [one] => one.opaque.is_some() || one.id.is_some() || one.is_summary,
        _ => true,
    }
}
