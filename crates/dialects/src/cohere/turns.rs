//! The conversation. Messages of every role may stand anywhere.

use super::write::Writer;
use super::{FAMILY, PLAN};
use crate::request::{Content, Media, Message, Part, Role, Source, Thought, ToolResult};
use serde_json::{Map, Value, json};

/// Writes `messages`.
pub(super) fn messages(writer: &mut Writer<'_>) -> Vec<Value> {
    let request = writer.request;
    let mut messages = Vec::new();
    let loop_from = request.tool_loop_from();
    for (index, message) in request.messages.iter().enumerate() {
        if message.name.is_some() {
            writer.losses.lose(format!("{}.name", message.at), "is not something Cohere takes");
        }
        match message.role {
            Role::System | Role::Developer => said(writer, "system", message, &mut messages),
            Role::User => said(writer, "user", message, &mut messages),
            Role::Assistant => messages.extend(assistant(writer, message, index >= loop_from)),
            Role::Tool => results(writer, message, &mut messages),
        }
    }
    messages
}

/// A message of instructions or of the user.
fn said(writer: &mut Writer<'_>, role: &str, message: &Message, messages: &mut Vec<Value>) {
    let parts: Vec<Value> = message.parts.iter().filter_map(|it| part(writer, role, it)).collect();
    if let Some(content) = content(parts) {
        messages.push(json!({"role": role, "content": content}));
    }
}

fn part(writer: &mut Writer<'_>, role: &str, part: &Part) -> Option<Value> {
    hints(writer, part);
    let why = match &part.content {
        Content::Text(words, _) | Content::Refusal(words) => {
            return (!words.is_empty()).then(|| json!({"type": "text", "text": words}));
        }
        Content::Image(media) if role == "user" => match address(media) {
            Some(url) => return Some(picture(media, &url)),
            None => "is stored at another provider, so that Cohere cannot read it",
        },
        Content::Image(_) => "is a picture, which Cohere takes from the user only",
        Content::Audio(_) => "is sound, which Cohere does not take",
        Content::File(_) => "is a document, which Cohere does not take in a message",
        Content::Other(kind, _) => {
            writer.losses.lose(&part.at, format!("is a `{kind}`, which Cohere does not take"));
            return None;
        }
        Content::ToolCall(_) | Content::ToolResult(_) | Content::Thought(_) => {
            "does not belong in a message of this role"
        }
    };
    writer.losses.lose(&part.at, why);
    None
}

fn hints(writer: &mut Writer<'_>, part: &Part) {
    if part.cache.is_some() {
        writer.losses.hint(format!("{}.cache_control", part.at));
    }
}

fn address(media: &Media) -> Option<String> {
    match &media.source {
        Source::Url(url) => Some(url.clone()),
        Source::Base64 { media_type, data } => Some(format!("data:{media_type};base64,{data}")),
        Source::Text(_) | Source::Id(_) => None,
    }
}

fn picture(media: &Media, url: &str) -> Value {
    match &media.detail {
        Some(detail) => json!({"type": "image_url", "image_url": {"url": url, "detail": detail}}),
        None => json!({"type": "image_url", "image_url": {"url": url}}),
    }
}

/// `content`: a string where one text is all there is.
fn content(mut parts: Vec<Value>) -> Option<Value> {
    match parts.as_mut_slice() {
        [] => None,
        [only] if only.get("type") == Some(&json!("text")) => only.get_mut("text").map(Value::take),
        _ => Some(json!(parts)),
    }
}

fn assistant(writer: &mut Writer<'_>, message: &Message, in_loop: bool) -> Option<Value> {
    let (mut parts, mut calls, mut plan) = (Vec::new(), Vec::new(), String::new());
    for it in &message.parts {
        match &it.content {
            Content::Thought(thought) => match kind(thought) {
                Kind::Plan => plan.push_str(&thought.text),
                Kind::Text if in_loop => {
                    parts.push(json!({"type": "thinking", "thinking": thought.text}));
                }
                Kind::Foreign if in_loop => {
                    let why = "is reasoning of another provider, which Cohere does not take in a tool loop";
                    writer.losses.lose(&it.at, why);
                }
                Kind::Text | Kind::Foreign => {}
            },
            Content::ToolCall(call) => {
                if in_loop && call.opaque.is_some() {
                    let why = "carries a signature of another provider, which Cohere does not take in a tool loop";
                    writer.losses.lose(&it.at, why);
                }
                let arguments =
                    if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
                let function = json!({"name": call.name, "arguments": arguments});
                calls.push(json!({"id": call.id, "type": "function", "function": function}));
            }
            _ => parts.extend(part(writer, "assistant", it)),
        }
    }
    let mut value = Map::new();
    value.insert("role".to_owned(), json!("assistant"));
    if !plan.is_empty() {
        value.insert("tool_plan".to_owned(), json!(plan));
    }
    if let Some(content) = content(parts) {
        value.insert("content".to_owned(), content);
    }
    if !calls.is_empty() {
        value.insert("tool_calls".to_owned(), json!(calls));
    }
    (value.len() > 1).then_some(Value::Object(value))
}

/// What reasoning is to Cohere.
enum Kind {
    /// Its own plan of tool use.
    Plan,
    /// Text that nobody signed, as its own reasoning is.
    Text,
    Foreign,
}

fn kind(thought: &Thought) -> Kind {
    match &thought.opaque {
        Some(it) if it.family == FAMILY && it.data == PLAN => Kind::Plan,
        None if !thought.text.is_empty() && !thought.is_summary => Kind::Text,
        _ => Kind::Foreign,
    }
}

fn results(writer: &mut Writer<'_>, message: &Message, messages: &mut Vec<Value>) {
    for it in &message.parts {
        hints(writer, it);
        if let Content::ToolResult(result) = &it.content {
            let content = result_content(writer, result);
            let id = &result.call_id;
            messages.push(json!({"role": "tool", "tool_call_id": id, "content": content}));
        }
    }
}

/// A result's texts; of a call that failed, a document that says so.
fn result_content(writer: &mut Writer<'_>, result: &ToolResult) -> Value {
    let parts: Vec<Value> = result.parts.iter().filter_map(|it| part(writer, "tool", it)).collect();
    if !result.is_error {
        return content(parts).unwrap_or_else(|| json!(""));
    }
    let texts: Vec<&str> =
        parts.iter().filter_map(|it| it.get("text").and_then(Value::as_str)).collect();
    json!([{"type": "document", "document": {"data": {"error": texts.concat()}}}])
}
