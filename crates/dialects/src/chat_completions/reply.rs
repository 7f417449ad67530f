//! Complete replies.

use super::read_message::signature;
use super::{GOOGLE, VIA_CHAT, details, finish_of, usage, word_of};
use crate::about::About;
use crate::members::{list, message_of, text};
use crate::reading::{data_url, source};
use crate::reply::{Broken, Citation, Finish, Reply};
use crate::request::{Content, Media, Opaque, Source, Thought, ToolCall};
use serde_json::{Map, Value, json};

/// Members that mean the same to callers of every `OpenAI` format.
const SHARED: &[&str] = &["service_tier", "system_fingerprint"];

pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    if let Some(error) = body.get("error").filter(|it| !it.is_null()) {
        return Err(Broken::new(format!("is an error: {}", message_of(error))));
    }
    let choice = list(body, "choices").first().and_then(Value::as_object);
    let choice = choice.ok_or_else(|| Broken::new("has no `choices`"))?;
    let message = choice.get("message").and_then(Value::as_object);
    let message = message.ok_or_else(|| Broken::new("has no `choices[0].message`"))?;
    let shared = SHARED.iter().filter_map(|it| body.get_key_value(*it));
    Ok(Reply {
        id: text(body, "id").map(str::to_owned),
        model: text(body, "model").map(str::to_owned),
        parts: parts(message)?,
        finish: text(choice, "finish_reason").filter(|it| !it.is_empty()).map(finish_of),
        usage: body.get("usage").and_then(usage::read),
        logprobs: logprobs(choice).map(|it| json!(it)),
        rest: shared.map(|(name, value)| (name.clone(), value.clone())).collect(),
    })
}

/// The log probabilities of an answer's text.
pub(super) fn logprobs(choice: &Map<String, Value>) -> Option<&Vec<Value>> {
    let list = choice.get("logprobs")?.get("content")?.as_array()?;
    (!list.is_empty()).then_some(list)
}

fn parts(message: &Map<String, Value>) -> Result<Vec<Content>, Broken> {
    let mut parts = Vec::new();
    let thoughts = details::read(list(message, "reasoning_details"), VIA_CHAT);
    if thoughts.is_empty() {
        parts.extend(reasoning_text(message).map(|it| plain_thought(it.to_owned())));
    }
    parts.extend(thoughts.into_iter().map(|(_, it)| Content::Thought(it)));
    let citations = list(message, "annotations").iter().filter_map(citation).collect();
    let mut texts: Vec<Content> = Vec::new();
    for (is_thought, text) in pieces(message.get("content")) {
        match (texts.last_mut(), is_thought) {
            (_, true) => parts.push(plain_thought(text.to_owned())),
            (Some(Content::Text(whole, _)), false) => whole.push_str(text),
            (_, false) => texts.push(Content::Text(text.to_owned(), Vec::new())),
        }
    }
    if texts.is_empty() {
        texts.extend(transcript(message).map(|it| Content::Text(it.to_owned(), Vec::new())));
    }
    if let Some(Content::Text(_, cited)) = texts.first_mut() {
        *cited = citations;
    }
    parts.extend(texts);
    let refusal = text(message, "refusal").filter(|it| !it.is_empty());
    parts.extend(refusal.map(|it| Content::Refusal(it.to_owned())));
    parts.extend(pictures(message));
    for (n, it) in list(message, "tool_calls").iter().enumerate() {
        parts.push(Content::ToolCall(call(n, it)?));
    }
    Ok(parts)
}

/// The words of a spoken answer, which then has no content. The sound itself has no place in another format.
pub(super) fn transcript(message: &Map<String, Value>) -> Option<&str> {
    text(message.get("audio")?, "transcript").filter(|it| !it.is_empty())
}

/// Pictures that the model made, as [`picture`] writes them.
pub(super) fn pictures(message: &Map<String, Value>) -> impl Iterator<Item = Content> {
    list(message, "images").iter().filter_map(|it| {
        let url = it.get("image_url")?;
        let url = url.get("url").unwrap_or(url).as_str()?;
        let source = source(url).unwrap_or_else(|_| Source::Url(url.to_owned()));
        Some(Content::Image(Media { source, detail: None }))
    })
}

fn plain_thought(text: String) -> Content {
    Content::Thought(Thought { text, ..Thought::default() })
}

/// Readable reasoning: `reasoning_content`, or `reasoning`.
pub(super) fn reasoning_text(message: &Map<String, Value>) -> Option<&str> {
    let said = text(message, "reasoning_content").filter(|it| !it.is_empty());
    said.or_else(|| text(message, "reasoning")).filter(|it| !it.is_empty())
}

/// The pieces of a content that is a string or, at Mistral, a list of texts and thoughts: (is a thought, text).
pub(super) fn pieces(content: Option<&Value>) -> Vec<(bool, &str)> {
    let mut pieces = Vec::new();
    match content {
        Some(Value::String(text)) => pieces.push((false, text.as_str())),
        Some(Value::Array(list)) => {
            for element in list {
                let text = element.get("text").and_then(Value::as_str);
                pieces.extend(text.map(|it| (false, it)));
                let inner = element.get("thinking").and_then(Value::as_array);
                let inner = inner.into_iter().flatten().filter_map(|it| it.get("text")?.as_str());
                pieces.extend(inner.map(|it| (true, it)));
            }
        }
        _ => {}
    }
    pieces.retain(|(_, text)| !text.is_empty());
    pieces
}

fn call(n: usize, value: &Value) -> Result<ToolCall, Broken> {
    let inner = value.get("function").and_then(Value::as_object);
    let inner = inner.ok_or_else(|| Broken::new(format!("has no `tool_calls[{n}].function`")))?;
    let name = text(inner, "name").filter(|it| !it.is_empty());
    let name =
        name.ok_or_else(|| Broken::new(format!("has no `tool_calls[{n}].function.name`")))?;
    let arguments = match inner.get("arguments") {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        // An object where JSON text should stand.
        Some(other) => other.to_string(),
    };
    let id = value.get("id").and_then(Value::as_str).filter(|it| !it.is_empty());
    Ok(ToolCall {
        id: id.map_or_else(|| made_id(n, name), str::to_owned),
        name: name.to_owned(),
        arguments,
        opaque: signature(value).map(google),
    })
}

/// An id where the provider gave none.
pub(super) fn made_id(n: usize, name: &str) -> String {
    format!("call_{n}_{name}")
}

/// Google's signature of a call, from a provider of this format.
pub(super) fn google(data: &str) -> Opaque {
    Opaque { family: format!("{VIA_CHAT}{GOOGLE}"), data: data.to_owned(), encrypted: false }
}

/// An annotation of an answer.
pub(super) fn citation(annotation: &Value) -> Option<Citation> {
    let inner = annotation.get("url_citation").or_else(|| annotation.get("citation"))?;
    let text = |name: &str| inner.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| inner.get(name).and_then(Value::as_u64);
    Some(Citation {
        span: number("start_index").zip(number("end_index")),
        url: text("url"),
        title: text("title"),
        quote: text("content"),
        raw: annotation.clone(),
    })
}

/// A citation as an annotation of the text that begins `before` characters into the content. What is not on the web
/// has no form here: it is written as `OpenRouter` writes what it cites, under another type.
pub(super) fn annotation(citation: &Citation, before: u64) -> Value {
    let kind = if citation.url.is_some() { "url_citation" } else { "citation" };
    let mut inner = Map::new();
    let span = citation.span;
    let members = [
        ("url", citation.url.as_ref().map(|it| json!(it))),
        ("title", citation.title.as_ref().map(|it| json!(it))),
        ("content", citation.quote.as_ref().map(|it| json!(it))),
        ("start_index", span.map(|(it, _)| json!(before.saturating_add(it)))),
        ("end_index", span.map(|(_, it)| json!(before.saturating_add(it)))),
    ];
    for (name, value) in members {
        inner.extend(value.map(|it| (name.to_owned(), it)));
    }
    json!({"type": kind, kind: inner})
}

/// A picture that the model made, in the form `OpenRouter` documents for `message.images`.
pub(super) fn picture(source: &Source) -> Option<Value> {
    let url = match source {
        Source::Url(url) => url.clone(),
        Source::Base64 { media_type, data } => data_url(media_type, data),
        Source::Text(_) | Source::Id(_) => return None,
    };
    Some(json!({"type": "image_url", "image_url": {"url": url}}))
}

/// The finish reason for callers: an answer that calls functions says so.
pub(super) fn finish_word(finish: Option<&Finish>, calls: bool) -> &str {
    match finish {
        None | Some(Finish::Stop) if calls => "tool_calls",
        None => "stop",
        Some(finish) => word_of(finish),
    }
}

pub(crate) fn write_reply(reply: &Reply, about: &About) -> Value {
    let id = reply.id.clone().unwrap_or_else(|| format!("chatcmpl-{}", about.id));
    let choice = json!({
        "index": 0,
        "message": write_message(reply),
        "logprobs": reply.logprobs.as_ref().map(|it| json!({"content": it, "refusal": null})),
        "finish_reason": finish_word(
            reply.finish.as_ref(),
            reply.parts.iter().any(|it| matches!(it, Content::ToolCall(_))),
        ),
    });
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("object".to_owned(), json!("chat.completion"));
    body.insert("created".to_owned(), json!(about.created));
    body.insert("model".to_owned(), json!(reply.model.as_deref().unwrap_or(&about.model)));
    body.insert("choices".to_owned(), json!([choice]));
    body.extend(reply.usage.as_ref().map(|it| ("usage".to_owned(), usage::write(it))));
    let shared = SHARED.iter().filter_map(|it| reply.rest.get_key_value(*it));
    body.extend(shared.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(body)
}

/// The parts of an answer, by where they stand in a message.
#[derive(Debug, Default)]
struct Sorted<'r> {
    text: Option<String>,
    /// Characters of `text`.
    chars: u64,
    refusal: Option<String>,
    annotations: Vec<Value>,
    thoughts: Vec<&'r Thought>,
    calls: Vec<Value>,
    images: Vec<Value>,
}

impl<'r> Sorted<'r> {
    fn add(&mut self, content: &'r Content) {
        match content {
            Content::Text(text, citations) => {
                let before = self.chars;
                self.annotations.extend(citations.iter().map(|it| annotation(it, before)));
                self.chars = before.saturating_add(chars(text));
                self.text.get_or_insert_default().push_str(text);
            }
            Content::Refusal(text) => self.refusal.get_or_insert_default().push_str(text),
            Content::Thought(thought) => self.thoughts.push(thought),
            Content::ToolCall(call) => self.calls.push(write_call(call)),
            Content::Image(image) => self.images.extend(picture(&image.source)),
            // No request that is translated asks for these.
            Content::Audio(_) | Content::File(_) | Content::ToolResult(_) | Content::Other(..) => {}
        }
    }
}

pub(super) fn chars(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn write_call(call: &ToolCall) -> Value {
    let function = json!({"name": call.name, "arguments": call.arguments});
    let mut object = json!({"id": call.id, "type": "function", "function": function});
    if let (Some(opaque), Some(object)) = (&call.opaque, object.as_object_mut()) {
        object
            .insert("extra_content".to_owned(), super::write_message::extra_content(&opaque.data));
    }
    object
}

fn write_message(reply: &Reply) -> Value {
    let mut sorted = Sorted::default();
    for part in &reply.parts {
        sorted.add(part);
    }
    let mut message = Map::new();
    message.insert("role".to_owned(), json!("assistant"));
    message.insert("content".to_owned(), json!(sorted.text));
    message.insert("refusal".to_owned(), json!(sorted.refusal));
    let reasoning: String = sorted.thoughts.iter().map(|it| it.text.as_str()).collect();
    let mut put = |name: &str, value: Value| {
        if !crate::reading::is_nothing(&value) {
            message.insert(name.to_owned(), value);
        }
    };
    put("reasoning_content", json!(reasoning));
    if details::are_needed(&sorted.thoughts) {
        put("reasoning_details", Value::Array(details::write(&sorted.thoughts)));
    }
    put("annotations", Value::Array(sorted.annotations));
    put("images", Value::Array(sorted.images));
    put("tool_calls", Value::Array(sorted.calls));
    Value::Object(message)
}
