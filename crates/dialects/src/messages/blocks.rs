//! Content blocks of a request for a provider.

use super::write::Writer;
use super::{carrier, turns};
use crate::request::{Content, File, Media, Message, Part, Source, Thought, ToolCall, ToolResult};
use chat::Format;
use serde_json::{Value, json};

/// What the API takes as `media_type` of a picture.
const PICTURES: &[&str] = &["image/jpeg", "image/png", "image/gif", "image/webp"];

/// Whether a field is a member of the body itself.
pub(super) fn is_top_level(field: &str) -> bool {
    !field.contains(['.', '['])
}

/// The texts of instructions.
pub(super) fn texts(writer: &mut Writer<'_>, message: &Message) -> Vec<Value> {
    let mut blocks = Vec::new();
    for part in &message.parts {
        match &part.content {
            _ if turns::says_nothing(part) => {}
            Content::Text(text, _) => {
                blocks.push(cached(json!({"type": "text", "text": text}), part));
            }
            _ => writer
                .losses
                .lose(&part.at, "is not text, which is all that Anthropic takes as instructions"),
        }
    }
    blocks
}

/// A block of a user's turn.
pub(super) fn of_user(writer: &mut Writer<'_>, part: &Part) -> Option<Value> {
    let block = match &part.content {
        _ if turns::says_nothing(part) => return None,
        Content::Text(text, _) | Content::Refusal(text) => json!({"type": "text", "text": text}),
        Content::Image(media) => image(writer, part, media)?,
        Content::File(file) => document(writer, part, file)?,
        Content::ToolResult(result) => tool_result(writer, result),
        Content::Audio(_) => return lost(writer, part, "is sound, which Anthropic does not take"),
        Content::ToolCall(_) | Content::Thought(_) => {
            return lost(writer, part, "is the model's, and stands in a message of the user's");
        }
        Content::Other(kind, value) => other(writer, part, kind, value)?,
    };
    Some(cached(block, part))
}

/// The blocks of a model's turn, which may stand in the unfinished tool loop.
pub(super) fn of_assistant(
    writer: &mut Writer<'_>,
    message: &Message,
    in_loop: bool,
) -> Vec<Value> {
    let mut blocks = Vec::new();
    for part in &message.parts {
        let block = match &part.content {
            _ if turns::says_nothing(part) => None,
            Content::Text(text, _) | Content::Refusal(text) => {
                Some(json!({"type": "text", "text": text}))
            }
            Content::Thought(it) => thought(writer, part, it, in_loop),
            Content::ToolCall(call) => tool_use(writer, part, call, in_loop),
            Content::Other(kind, value) => other(writer, part, kind, value),
            Content::Image(_) | Content::Audio(_) | Content::File(_) | Content::ToolResult(_) => {
                lost(writer, part, "is not something Anthropic takes in a message of the model's")
            }
        };
        blocks.extend(block.map(|it| cached(it, part)));
    }
    blocks
}

fn lost(writer: &mut Writer<'_>, part: &Part, why: &str) -> Option<Value> {
    writer.losses.lose(&part.at, why);
    None
}

fn cached(mut block: Value, part: &Part) -> Value {
    if let (Some(members), Some(cache)) = (block.as_object_mut(), &part.cache) {
        members.insert("cache_control".to_owned(), cache.clone());
    }
    block
}

/// A kind of block without a neutral form: the caller's own if it speaks this format.
fn other(writer: &mut Writer<'_>, part: &Part, kind: &str, value: &Value) -> Option<Value> {
    if writer.request.origin == Format::Messages {
        return Some(value.clone());
    }
    lost(writer, part, &format!("is a `{kind}`, which Anthropic does not take"))
}

fn image(writer: &mut Writer<'_>, part: &Part, media: &Media) -> Option<Value> {
    if media.detail.as_deref() == Some("low") {
        // The model always sees all of it.
        writer.losses.hint(format!("{}.image_url.detail", part.at));
    }
    let source = match &media.source {
        Source::Url(url) => json!({"type": "url", "url": url}),
        Source::Base64 { media_type, data } if PICTURES.contains(&media_type.as_str()) => {
            json!({"type": "base64", "media_type": media_type, "data": data})
        }
        Source::Base64 { media_type, .. } => {
            let why = format!("is {media_type}, and Anthropic takes JPEG, PNG, GIF and WebP");
            return lost(writer, part, &why);
        }
        Source::Id(id) => stored(writer, part, id)?,
        Source::Text(_) => return lost(writer, part, "is text and not a picture"),
    };
    Some(json!({"type": "image", "source": source}))
}

/// A file stored at the provider, which is Anthropic only if the caller speaks this format.
fn stored(writer: &mut Writer<'_>, part: &Part, id: &str) -> Option<Value> {
    if writer.request.origin == Format::Messages {
        return Some(json!({"type": "file", "file_id": id}));
    }
    lost(writer, part, "is stored at another provider, so that Anthropic cannot read it")
}

fn document(writer: &mut Writer<'_>, part: &Part, file: &File) -> Option<Value> {
    let source = match &file.source {
        Source::Url(url) => json!({"type": "url", "url": url}),
        Source::Base64 { media_type, data } if media_type == "application/pdf" => {
            json!({"type": "base64", "media_type": media_type, "data": data})
        }
        Source::Base64 { media_type, .. } => {
            let why = format!("is {media_type}, and Anthropic takes PDF and plain text");
            return lost(writer, part, &why);
        }
        Source::Text(text) => json!({"type": "text", "media_type": "text/plain", "data": text}),
        Source::Id(id) => stored(writer, part, id)?,
    };
    let mut block = json!({"type": "document", "source": source});
    if let Some(members) = block.as_object_mut() {
        if let Some(name) = &file.name {
            members.insert("title".to_owned(), json!(name));
        }
        if let Some(context) = &file.context {
            members.insert("context".to_owned(), json!(context));
        }
        if file.citations {
            members.insert("citations".to_owned(), json!({"enabled": true}));
        }
    }
    Some(block)
}

/// Reasoning: Anthropic's own goes back as it came; another's means nothing to it, which matters in a tool loop only.
fn thought(
    writer: &mut Writer<'_>,
    part: &Part,
    thought: &Thought,
    in_loop: bool,
) -> Option<Value> {
    match thought.opaque.as_ref().filter(|it| it.family == carrier::FAMILY) {
        Some(own) if own.encrypted => Some(json!({"type": "redacted_thinking", "data": own.data})),
        Some(own) => {
            Some(json!({"type": "thinking", "thinking": thought.text, "signature": own.data}))
        }
        None if in_loop => lost(
            writer,
            part,
            "is reasoning of another provider, which Anthropic does not take in a tool loop",
        ),
        None => None,
    }
}

fn tool_use(writer: &mut Writer<'_>, part: &Part, call: &ToolCall, in_loop: bool) -> Option<Value> {
    if in_loop && call.opaque.is_some() {
        let why =
            "carries a signature of another provider, which Anthropic does not take in a tool loop";
        writer.losses.lose(&part.at, why);
    }
    let arguments = call.arguments.trim();
    let arguments = if arguments.is_empty() { "{}" } else { arguments };
    let input = serde_json::from_str(arguments).ok().filter(Value::is_object);
    let Some(input) = input else {
        return lost(
            writer,
            part,
            "has arguments that are not a JSON object, which Anthropic wants",
        );
    };
    let id = id(&call.id);
    Some(json!({"type": "tool_use", "id": id, "name": call.name, "input": input}))
}

fn tool_result(writer: &mut Writer<'_>, result: &ToolResult) -> Value {
    let parts: Vec<Value> = result.parts.iter().filter_map(|it| of_user(writer, it)).collect();
    let mut block = json!({"type": "tool_result", "tool_use_id": id(&result.call_id)});
    if let Some(members) = block.as_object_mut() {
        if let Some(content) = turns::content(parts) {
            members.insert("content".to_owned(), content);
        }
        if result.is_error {
            members.insert("is_error".to_owned(), json!(true));
        }
    }
    block
}

/// An id of the characters that the API takes (`^[a-zA-Z0-9_-]+$`). One with others has them written as `_` and two
/// hexadecimal digits a byte, the same in the call and in its result.
fn id(id: &str) -> String {
    let is_taken = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
    if id.bytes().all(is_taken) {
        return id.to_owned();
    }
    id.bytes().fold(String::with_capacity(id.len() + 8), |mut text, it| {
        if is_taken(it) {
            text.push(char::from(it));
        } else {
            text.push_str(&format!("_{it:02x}"));
        }
        text
    })
}
