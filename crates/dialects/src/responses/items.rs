//! A caller's input: a text, or items of a conversation.

use super::{picture, reasoning};
use crate::chat_completions::read_message::{bytes, checked};
use crate::messages::carrier::{self, Carried};
use crate::reading::{Reading, is_nothing, source};
use crate::request::{
    Content, File, Media, Message, Part, Role, Source, ToolCall, ToolResult, Weight,
};
use serde_json::{Map, Value};

/// What output items have that are given back as input, and the model is not told of.
const ECHOES: &[&str] = &["id", "status", "type", "phase", "annotations", "logprobs"];

/// The messages of an input. Items of the model that stand together are one message.
pub(super) fn read(reading: &mut Reading, value: &Value) -> Vec<Message> {
    if let Some(text) = value.as_str() {
        return vec![message("input", Role::User, vec![Part::text("input", text)])];
    }
    let mut messages: Vec<Message> = Vec::new();
    let mut signatures = Vec::new();
    for (at, value) in reading.list("input", value) {
        let Some(item) = reading.object(&at, value) else { continue };
        match read_item(reading, &at, item) {
            None => {}
            Some(Item::Signature(call, opaque)) => signatures.push((call, opaque)),
            Some(Item::Message(next)) => match messages.last_mut() {
                Some(last) if last.role == Role::Assistant && next.role == Role::Assistant => {
                    last.parts.extend(next.parts);
                }
                _ => messages.push(next),
            },
        }
    }
    carrier::sign(&mut messages.iter_mut().flat_map(|it| &mut it.parts), signatures);
    messages
}

enum Item {
    Message(Message),
    /// The signature of the call with this id.
    Signature(String, crate::request::Opaque),
}

fn message(at: &str, role: Role, parts: Vec<Part>) -> Message {
    Message { at: at.to_owned(), role, name: None, parts }
}

fn read_item(reading: &mut Reading, at: &str, item: &Map<String, Value>) -> Option<Item> {
    let kind = item.get("type").and_then(Value::as_str);
    let message = match kind {
        None | Some("message") => read_message(reading, at, item)?,
        Some("function_call") => message(at, Role::Assistant, vec![call(reading, at, item)?]),
        Some("function_call_output") => message(at, Role::Tool, vec![result(reading, at, item)?]),
        Some("reasoning") => match reasoning::read(item) {
            Carried::Call(id, opaque) => return Some(Item::Signature(id, opaque)),
            Carried::Thought(thought) => {
                message(at, Role::Assistant, vec![Part::new(at, Content::Thought(thought))])
            }
        },
        Some(other) => {
            let other = || Content::Other(other.to_owned(), Value::Object(item.clone()));
            let content = picture::read(item).unwrap_or_else(other);
            message(at, Role::Assistant, vec![Part::new(at, content)])
        }
    };
    Some(Item::Message(message))
}

fn read_message(reading: &mut Reading, at: &str, item: &Map<String, Value>) -> Option<Message> {
    let role = match item.get("role").and_then(Value::as_str) {
        Some("system") => Role::System,
        Some("developer") => Role::Developer,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        _ => {
            let why = "is none of `system`, `developer`, `user` and `assistant`";
            reading.wrong(format!("{at}.role"), why);
            return None;
        }
    };
    rest(reading, at, item, &["role", "content"]);
    let value = reading.required(at, item, "content")?;
    Some(message(at, role, reading.content(&format!("{at}.content"), value, part)))
}

/// Members of an item or part beside those that are read.
fn rest(reading: &mut Reading, at: &str, object: &Map<String, Value>, known: &[&str]) {
    for (name, value) in object {
        let name = name.as_str();
        if !known.contains(&name) && !ECHOES.contains(&name) && !is_nothing(value) {
            reading.rest(format!("{at}.{name}"), value, Weight::Meaning);
        }
    }
}

fn call(reading: &mut Reading, at: &str, item: &Map<String, Value>) -> Option<Part> {
    rest(reading, at, item, &["call_id", "name", "arguments"]);
    let call = ToolCall {
        id: reading.required_text(at, item, "call_id")?,
        name: reading.required_text(at, item, "name")?,
        arguments: reading.required_text(at, item, "arguments")?,
        opaque: None,
    };
    Some(Part::new(at, Content::ToolCall(call)))
}

fn result(reading: &mut Reading, at: &str, item: &Map<String, Value>) -> Option<Part> {
    rest(reading, at, item, &["call_id", "output"]);
    let call_id = reading.required_text(at, item, "call_id")?;
    let output = reading.required(at, item, "output")?;
    let parts = reading.content(&format!("{at}.output"), output, part);
    let result = ToolResult { call_id, name: None, parts, is_error: false };
    Some(Part::new(at, Content::ToolResult(result)))
}

fn part(reading: &mut Reading, at: &str, value: &Value) -> Option<Part> {
    let object = reading.object(at, value)?;
    let kind = reading.required_text(at, object, "type")?;
    let (content, known): (_, &[&str]) = match kind.as_str() {
        "input_text" | "output_text" | "text" => {
            let text = reading.required_text(at, object, "text")?;
            (Content::Text(text, Vec::new()), &["text"])
        }
        "refusal" => {
            (Content::Refusal(reading.required_text(at, object, "refusal")?), &["refusal"])
        }
        "input_image" => (image(reading, at, object)?, &["image_url", "file_id", "detail"]),
        "input_file" => {
            (file(reading, at, object)?, &["file_data", "file_id", "file_url", "filename"])
        }
        _ => return Some(Part::new(at, Content::Other(kind, value.clone()))),
    };
    rest(reading, at, object, known);
    Some(Part::new(at, content))
}

fn image(reading: &mut Reading, at: &str, object: &Map<String, Value>) -> Option<Content> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let detail = text("detail").map(str::to_owned);
    let source = match (text("image_url"), text("file_id")) {
        (Some(url), _) => checked(reading, &format!("{at}.image_url"), source(url))?,
        (None, Some(id)) => Source::Id(id.to_owned()),
        (None, None) => {
            reading.wrong(at, "has neither `image_url` nor `file_id`");
            return None;
        }
    };
    Some(Content::Image(Media { source, detail }))
}

fn file(reading: &mut Reading, at: &str, object: &Map<String, Value>) -> Option<Content> {
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let name = text("filename").map(str::to_owned);
    let source = match (text("file_data"), text("file_url"), text("file_id")) {
        (Some(data), _, _) => {
            checked(reading, &format!("{at}.file_data"), bytes(data, name.as_deref()))?
        }
        (None, Some(url), _) => Source::Url(url.to_owned()),
        (None, None, Some(id)) => Source::Id(id.to_owned()),
        (None, None, None) => {
            reading.wrong(at, "has none of `file_data`, `file_url` and `file_id`");
            return None;
        }
    };
    Some(Content::File(File { source, name, context: None, citations: false }))
}
