//! A caller's messages.

use super::details;
use crate::reading::{Reading, is_nothing, source};
use crate::request::{
    Content, File, Media, Message, Opaque, Part, Role, Source, Thought, ToolCall, ToolResult,
    Weight,
};
use serde_json::{Map, Value};

/// What our replies and others' helpers add to a message that is given back; the model is not told of it.
const ECHOES: &[&str] = &["annotations", "parsed", "provider_specific_fields"];

/// A message; `None` when it is wrong.
pub(super) fn message(reading: &mut Reading, at: &str, value: &Value) -> Option<Message> {
    let object = reading.object(at, value)?;
    let role = match object.get("role").and_then(Value::as_str) {
        Some("system") => Role::System,
        Some("developer") => Role::Developer,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::Tool,
        _ => {
            reading.wrong(
                format!("{at}.role"),
                "is none of `system`, `developer`, `user`, `assistant` and `tool`",
            );
            return None;
        }
    };
    let mut message = Message { at: at.to_owned(), role, name: None, parts: Vec::new() };
    match role {
        Role::Tool => tool_message(&mut message, reading, object),
        Role::Assistant => assistant_message(&mut message, reading, object),
        _ => {
            for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
                let at = format!("{at}.{name}");
                match name.as_str() {
                    "role" => {}
                    "name" => message.name = reading.text(&at, value),
                    "content" => message.parts = reading.content(&at, value, part),
                    "cache_control" => cache_last(&mut message, value),
                    _ => reading.rest(at, value, Weight::Meaning),
                }
            }
        }
    }
    Some(message)
}

fn tool_message(message: &mut Message, reading: &mut Reading, object: &Map<String, Value>) {
    let mut result = ToolResult {
        call_id: reading.required_text(&message.at, object, "tool_call_id").unwrap_or_default(),
        name: None,
        parts: Vec::new(),
        is_error: false,
    };
    let mut cache = None;
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{}.{name}", message.at);
        match name.as_str() {
            "role" | "tool_call_id" => {}
            "name" => result.name = reading.text(&at, value),
            "content" => result.parts = reading.content(&at, value, part),
            "cache_control" => cache = Some(value.clone()),
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
    let content = Content::ToolResult(result);
    message.parts.push(Part { at: message.at.clone(), content, cache });
}

fn assistant_message(message: &mut Message, reading: &mut Reading, object: &Map<String, Value>) {
    message.parts = thoughts(&message.at, object);
    let mut calls = Vec::new();
    for (name, value) in object.iter().filter(|(_, value)| !is_nothing(value)) {
        let at = format!("{}.{name}", message.at);
        match name.as_str() {
            "role" | "reasoning" | "reasoning_content" | "reasoning_details" => {}
            "name" => message.name = reading.text(&at, value),
            "content" => message.parts.extend(reading.content(&at, value, part)),
            "images" => {
                for (at, value) in reading.list(&at, value) {
                    message.parts.extend(part(reading, &at, value));
                }
            }
            "refusal" => {
                let refusal = reading.text(&at, value).map(Content::Refusal);
                message.parts.extend(refusal.map(|it| Part::new(at, it)));
            }
            "tool_calls" => {
                for (at, value) in reading.list(&at, value) {
                    calls.extend(call(reading, &at, value));
                }
            }
            "cache_control" => cache_last(message, value),
            name if ECHOES.contains(&name) => reading.rest(at, value, Weight::Hint),
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
    message.parts.extend(calls);
}

/// The reasoning of an answer that is given back. The list of details says more than the text, and the same.
fn thoughts(at: &str, object: &Map<String, Value>) -> Vec<Part> {
    let details = object.get("reasoning_details").and_then(Value::as_array);
    if let Some(list) = details.filter(|it| !it.is_empty()) {
        let at = format!("{at}.reasoning_details");
        return details::read(list, "")
            .into_iter()
            .map(|(n, thought)| Part::new(format!("{at}[{n}]"), Content::Thought(thought)))
            .collect();
    }
    let said = ["reasoning_content", "reasoning"].into_iter().find_map(|name| {
        let text = object.get(name)?.as_str().filter(|it| !it.is_empty())?;
        let thought = Thought { text: text.to_owned(), ..Thought::default() };
        Some(Part::new(format!("{at}.{name}"), Content::Thought(thought)))
    });
    said.into_iter().collect()
}

/// The message's own mark counts for its last part, as elsewhere in this convention.
fn cache_last(message: &mut Message, mark: &Value) {
    if let Some(part) = message.parts.last_mut() {
        part.cache.get_or_insert_with(|| mark.clone());
    }
}

fn call(reading: &mut Reading, at: &str, value: &Value) -> Option<Part> {
    let object = reading.object(at, value)?;
    let kind = object.get("type").and_then(Value::as_str).unwrap_or("function");
    if kind != "function" {
        return Some(Part::new(at, Content::Other(kind.to_owned(), value.clone())));
    }
    let id = reading.required_text(at, object, "id")?;
    let inner = reading.required(at, object, "function")?;
    let at_inner = format!("{at}.function");
    let inner = reading.object(&at_inner, inner)?;
    let name = reading.required_text(&at_inner, inner, "name")?;
    let arguments = match inner.get("arguments") {
        None | Some(Value::Null) => String::new(),
        Some(it) => reading.text(&format!("{at_inner}.arguments"), it)?,
    };
    for (name, value) in inner {
        match name.as_str() {
            "name" | "arguments" => {}
            "parsed_arguments" => {
                reading.rest(format!("{at_inner}.{name}"), value, Weight::Hint);
            }
            _ => reading.rest(format!("{at_inner}.{name}"), value, Weight::Meaning),
        }
    }
    let opaque = signature(value).map(|data| Opaque {
        family: super::GOOGLE.to_owned(),
        data: data.to_owned(),
        encrypted: false,
    });
    for (name, value) in object {
        match name.as_str() {
            // `index` is what assemblers of streams leave behind.
            "id" | "type" | "function" | "index" => {}
            "extra_content" if opaque.is_some() => {}
            _ => reading.rest(format!("{at}.{name}"), value, Weight::Meaning),
        }
    }
    Some(Part::new(at, Content::ToolCall(ToolCall { id, name, arguments, opaque })))
}

/// Google's signature of a call.
pub(super) fn signature(call: &Value) -> Option<&str> {
    call.pointer("/extra_content/google/thought_signature")?.as_str()
}

fn part(reading: &mut Reading, at: &str, value: &Value) -> Option<Part> {
    let object = reading.object(at, value)?;
    let kind = reading.required_text(at, object, "type")?;
    let content = match kind.as_str() {
        "text" => Content::Text(reading.required_text(at, object, "text")?, Vec::new()),
        "refusal" => Content::Refusal(reading.required_text(at, object, "refusal")?),
        "image_url" => image(reading, at, object)?,
        "input_audio" => audio(reading, at, object)?,
        "file" => file(reading, at, object)?,
        _ => return Some(Part::new(at, Content::Other(kind, value.clone()))),
    };
    for (name, value) in object {
        match name.as_str() {
            "prompt_cache_breakpoint" => {
                reading.rest(format!("{at}.{name}"), value, Weight::Hint);
            }
            name if name == "type" || name == kind || name == "cache_control" => {}
            name => reading.rest(format!("{at}.{name}"), value, Weight::Meaning),
        }
    }
    let cache = object.get("cache_control").filter(|it| !it.is_null()).cloned();
    Some(Part { cache, ..Part::new(at, content) })
}

fn image(reading: &mut Reading, at: &str, object: &Map<String, Value>) -> Option<Content> {
    let value = reading.required(at, object, "image_url")?;
    let at = format!("{at}.image_url");
    // Some clients write the URL itself.
    let (url, detail) = if let Value::String(url) = value {
        (url.clone(), None)
    } else {
        let object = reading.object(&at, value)?;
        let detail = object.get("detail").filter(|it| !it.is_null());
        let detail = detail.and_then(|it| reading.text(&format!("{at}.detail"), it));
        (reading.required_text(&at, object, "url")?, detail)
    };
    let source = checked(reading, &format!("{at}.url"), source(&url))?;
    Some(Content::Image(Media { source, detail }))
}

fn audio(reading: &mut Reading, at: &str, object: &Map<String, Value>) -> Option<Content> {
    let value = reading.required(at, object, "input_audio")?;
    let at = format!("{at}.input_audio");
    let object = reading.object(&at, value)?;
    let data = reading.required_text(&at, object, "data")?;
    let format = reading.required_text(&at, object, "format")?;
    let media_type = match format.as_str() {
        "mp3" => "audio/mpeg".to_owned(),
        other => format!("audio/{other}"),
    };
    Some(Content::Audio(Media { source: Source::Base64 { media_type, data }, detail: None }))
}

fn file(reading: &mut Reading, at: &str, object: &Map<String, Value>) -> Option<Content> {
    let value = reading.required(at, object, "file")?;
    let at = format!("{at}.file");
    let object = reading.object(&at, value)?;
    let text = |name: &str| object.get(name).and_then(Value::as_str);
    let name = text("filename").map(str::to_owned);
    let source = match (text("file_data"), text("file_id")) {
        (Some(data), _) => {
            checked(reading, &format!("{at}.file_data"), bytes(data, name.as_deref()))?
        }
        (None, Some(id)) => Source::Id(id.to_owned()),
        (None, None) => {
            reading.wrong(at, "has neither `file_data` nor `file_id`");
            return None;
        }
    };
    Some(Content::File(File { source, name, context: None, citations: false }))
}

/// What `file_data` holds: a `data:` URL, a URL (`OpenRouter`), or base64 of what the file name says.
pub(crate) fn bytes(data: &str, name: Option<&str>) -> Result<Source, &'static str> {
    if data.starts_with("data:") || data.starts_with("http:") || data.starts_with("https:") {
        return source(data);
    }
    let ending = name.and_then(|it| it.rsplit_once('.')).map(|(_, it)| it.to_ascii_lowercase());
    if ending.is_none_or(|it| it == "pdf") {
        let media_type = "application/pdf".to_owned();
        return Ok(Source::Base64 { media_type, data: data.to_owned() });
    }
    Err("does not say its media type: write it as a data URL")
}

pub(crate) fn checked<T>(
    reading: &mut Reading,
    at: &str,
    found: Result<T, &'static str>,
) -> Option<T> {
    found.map_err(|why| reading.wrong(at, why)).ok()
}
