//! A complete reply.

use super::{finish, redacted, signature};
use crate::reply::{Broken, Citation, Reply};
use crate::request::{Content, File, Media, Source, Thought, ToolCall};
use serde_json::{Map, Value};

pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let content = body.get("output").and_then(|it| it.pointer("/message/content"));
    let content = content.and_then(Value::as_array);
    let content = content.ok_or_else(|| no_answer(body))?;
    let fields = body.get("additionalModelResponseFields");
    let reason = body.get("stopReason").and_then(Value::as_str);
    let mut rest = Map::new();
    if let Some(tier) = body.get("serviceTier").and_then(|it| it.get("type")) {
        rest.insert("service_tier".to_owned(), tier.clone());
    }
    Ok(Reply {
        parts: content.iter().map(block).collect::<Result<_, _>>()?,
        finish: reason.map(|it| finish(it, fields)),
        usage: body.get("usage").and_then(usage),
        rest,
        ..Reply::default()
    })
}

fn no_answer(body: &Map<String, Value>) -> Broken {
    match body.get("message").and_then(Value::as_str) {
        Some(message) => Broken::new(message),
        None => Broken::new("has no `output.message.content`"),
    }
}

pub(super) fn usage(usage: &Value) -> Option<chat::Reported> {
    chat::Reported::read_as(chat::Format::Converse, usage.to_string().as_bytes())
}

/// A content block. One of a kind that is not known here keeps its name and content.
fn block(block: &Value) -> Result<Content, Broken> {
    let (kind, it) = block
        .as_object()
        .and_then(|it| it.iter().next())
        .ok_or_else(|| Broken::new("has a content block that is not an object of one member"))?;
    Ok(match kind.as_str() {
        "text" => Content::Text(text(Some(it)), Vec::new()),
        "toolUse" if it.get("type").is_none() => Content::ToolCall(tool_call(it)),
        "reasoningContent" => Content::Thought(thought(it)),
        "citationsContent" => cited(it),
        "image" => media(it, "image").map_or_else(|| other(kind, it), Content::Image),
        "audio" => media(it, "audio").map_or_else(|| other(kind, it), Content::Audio),
        "document" => document(it).map_or_else(|| other(kind, it), Content::File),
        _ => other(kind, it),
    })
}

pub(super) fn other(kind: &str, it: &Value) -> Content {
    Content::Other(kind.to_owned(), it.clone())
}

pub(super) fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn tool_call(it: &Value) -> ToolCall {
    ToolCall {
        id: text(it.get("toolUseId")),
        name: text(it.get("name")),
        arguments: it.get("input").map_or_else(|| "{}".to_owned(), Value::to_string),
        opaque: None,
    }
}

fn thought(it: &Value) -> Thought {
    let signed = it.pointer("/reasoningText/signature").and_then(Value::as_str).map(signature);
    let hidden = it.get("redactedContent").and_then(Value::as_str).map(redacted);
    Thought {
        text: text(it.pointer("/reasoningText/text")),
        opaque: signed.or(hidden),
        ..Thought::default()
    }
}

fn cited(it: &Value) -> Content {
    let list = |name: &str| it.get(name).and_then(Value::as_array).into_iter().flatten();
    let said = list("content").map(|it| text(it.get("text"))).collect();
    Content::Text(said, list("citations").map(citation).collect())
}

/// What a text, all of it, cites.
pub(super) fn citation(it: &Value) -> Citation {
    let words = it.get("sourceContent").and_then(Value::as_array).into_iter().flatten();
    let quote: String = words.map(|it| text(it.get("text"))).collect();
    let string = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let source = string(it.get("source")).filter(|it| it.contains("://"));
    Citation {
        span: None,
        url: string(it.pointer("/location/web/url")).or(source),
        title: string(it.get("title")),
        quote: Some(quote).filter(|it| !it.is_empty()),
        raw: it.clone(),
    }
}

/// A picture or sound whose bytes are there.
pub(super) fn media(it: &Value, kind: &str) -> Option<Media> {
    let format = it.get("format")?.as_str()?;
    let data = it.pointer("/source/bytes")?.as_str()?;
    let media_type = format!("{kind}/{format}");
    Some(Media { source: Source::Base64 { media_type, data: data.to_owned() }, detail: None })
}

fn document(it: &Value) -> Option<File> {
    let string = |name: &str| it.get(name).and_then(Value::as_str);
    let source = match it.pointer("/source/text") {
        Some(words) => Source::Text(text(Some(words))),
        None => Source::Base64 {
            media_type: super::block::media_type(string("format")?).to_owned(),
            data: it.pointer("/source/bytes")?.as_str()?.to_owned(),
        },
    };
    Some(File { source, name: string("name").map(str::to_owned), context: None, citations: false })
}
