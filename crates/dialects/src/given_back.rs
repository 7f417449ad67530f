//! A chat completion for a provider that refuses the reasoning it brings back.
//!
//! Members of assistants' messages that such a provider does not know are taken out; nothing else of the body is looked at.

use crate::about::Target;
use crate::loss::Losses;
use crate::reading::is_nothing;
use crate::translate::Encoded;
use chat::GivenBack;
use serde_json::{Map, Value, json};

/// The text of it.
const CONTENT: &str = "reasoning_content";
/// The text of it where it is called so.
const REASONING: &str = "reasoning";
/// What reasoning stands in: at `DeepSeek` and many others, at `OpenRouter`, in `LiteLLM`, at Groq and others.
const MEMBERS: [&str; 4] = [CONTENT, "reasoning_details", "thinking_blocks", REASONING];
/// What signatures of calls stand in, at Google.
const OF_CALLS: &str = "extra_content";

/// What a body has in it that brings reasoning back.
pub const GIVEN_BACK: [&str; 5] = [
    "\"reasoning_content\"",
    "\"reasoning_details\"",
    "\"thinking_blocks\"",
    "\"reasoning\"",
    "\"extra_content\"",
];

/// The body without what this provider refuses, for its model; `None` when it has none of that and goes as it is. What the
/// unfinished tool loop loses is told. `ask_usage`: a stream is asked for its usage.
#[must_use]
pub fn without_reasoning(body: &[u8], target: &Target<'_>, ask_usage: bool) -> Option<Encoded> {
    // What is not JSON to this reader (nested too deeply, say) is the provider's to refuse.
    let mut body: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let messages = body.get_mut("messages")?.as_array_mut()?;
    let is = |it: &Value, role: &str| it.get("role").and_then(Value::as_str) == Some(role);
    let loop_from = messages.iter().rposition(|it| is(it, "user")).map_or(0, |it| it + 1);
    let mut dropped = Losses::default();
    let mut found = false;
    for (nth, message) in messages.iter_mut().enumerate() {
        let Some(members) = message
            .as_object_mut()
            .filter(|it| it.get("role").and_then(Value::as_str) == Some("assistant"))
        else {
            continue;
        };
        let lost = of_message(members, target.given_back);
        found |= lost.is_some();
        for member in lost.into_iter().flatten().filter(|_| nth >= loop_from) {
            dropped.hint(format!("messages[{nth}].{member}"));
        }
    }
    if !found {
        return None;
    }
    body.insert("model".to_owned(), json!(target.model));
    if ask_usage {
        let options = body.entry("stream_options").or_insert(Value::Null);
        match options.as_object_mut() {
            Some(options) => drop(options.insert("include_usage".to_owned(), json!(true))),
            None => *options = json!({"include_usage": true}),
        }
    }
    Some(Encoded { body: Value::Object(body), dropped: dropped.fields() })
}

/// Takes it out of a message; what said something, by its path there. `None`: there was nothing to be taken out.
fn of_message(message: &mut Map<String, Value>, given_back: GivenBack) -> Option<Vec<String>> {
    let takes_text = given_back == GivenBack::Text;
    let mut found = false;
    let mut lost = Vec::new();
    for member in MEMBERS.into_iter().filter(|it| !takes_text || *it != REASONING) {
        let Some(value) = message.shift_remove(member) else { continue };
        found = true;
        if is_nothing(&value) {
            continue;
        }
        if takes_text && member == CONTENT && message.get(REASONING).is_none_or(is_nothing) {
            message.insert(REASONING.to_owned(), value);
        } else {
            lost.push(member.to_owned());
        }
    }
    let calls = message.get_mut("tool_calls").and_then(Value::as_array_mut);
    for (nth, call) in calls.into_iter().flatten().enumerate() {
        let Some(value) = call.as_object_mut().and_then(|it| it.shift_remove(OF_CALLS)) else {
            continue;
        };
        found = true;
        if !is_nothing(&value) {
            lost.push(format!("tool_calls[{nth}].{OF_CALLS}"));
        }
    }
    found.then_some(lost)
}
