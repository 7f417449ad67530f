//! Complete replies, both ways.

use super::read::{arguments, redacted, signed, thinking};
use super::{carrier, finish, usage};
use crate::about::About;
use crate::members::{list, text, text_or_empty};
use crate::reply::{Broken, Citation, Reply};
use crate::request::{Content, Part, Source, Thought, ToolCall};
use serde_json::{Map, Value, json};

/// Reads a provider's reply.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    if let Some(error) = body.get("error").filter(|it| it.is_object()) {
        return Err(Broken::new(text(error, "message").unwrap_or("says that it failed")));
    }
    let Some(blocks) = body.get("content").and_then(Value::as_array) else {
        return Err(Broken::new("has no content"));
    };
    let body = Value::Object(body.clone());
    let mut parts: Vec<Part> =
        signed(blocks.iter().map(|it| Part::new(String::new(), block(it))).collect());
    if let Some(why) = refusal(&body) {
        parts.push(Part::new(String::new(), Content::Refusal(why)));
    }
    Ok(Reply {
        id: text(&body, "id").map(str::to_owned),
        model: text(&body, "model").map(str::to_owned),
        parts: parts.into_iter().map(|it| it.content).collect(),
        finish: finish::read(&body),
        usage: usage::read(body.get("usage")),
        ..Reply::default()
    })
}

/// Anthropic's words about a refusal, of a message or of a `message_delta`'s `delta`.
pub(super) fn refusal(of: &Value) -> Option<String> {
    let words = text(of.get("stop_details")?, "explanation")?;
    Some(words.to_owned()).filter(|it| !it.is_empty())
}

/// Reads a block of an answer.
pub(super) fn block(block: &Value) -> Content {
    match text(block, "type").unwrap_or_default() {
        "text" => {
            let citations = list(block, "citations").iter().map(citation).collect();
            Content::Text(text_or_empty(block, "text"), citations)
        }
        "thinking" => thinking(block),
        "redacted_thinking" => redacted(block),
        "tool_use" => Content::ToolCall(ToolCall {
            id: text_or_empty(block, "id"),
            name: text_or_empty(block, "name"),
            arguments: arguments(block.get("input")),
            opaque: None,
        }),
        kind => Content::Other(kind.to_owned(), block.clone()),
    }
}

/// Reads a citation. Its text is the block's, so there is no span.
pub(super) fn citation(raw: &Value) -> Citation {
    let of = |name| text(raw, name).map(str::to_owned);
    Citation {
        span: None,
        url: of("url"),
        title: of("title").or_else(|| of("document_title")),
        quote: of("cited_text"),
        raw: raw.clone(),
    }
}

/// Writes a caller's reply.
pub(crate) fn write_reply(reply: &Reply, about: &About) -> Value {
    let content: Vec<Value> = reply.parts.iter().flat_map(blocks).collect();
    let held = finish::Held {
        refusal: reply.parts.iter().any(|it| matches!(it, Content::Refusal(_))),
        call: reply.parts.iter().any(|it| matches!(it, Content::ToolCall(_))),
    };
    let (reason, sequence) = finish::of_answer(reply.finish.as_ref(), held);
    let mut message = head(reply.id.as_deref(), reply.model.as_deref(), about);
    message.insert("content".to_owned(), json!(content));
    message.insert("stop_reason".to_owned(), json!(reason));
    message.insert("stop_sequence".to_owned(), json!(sequence));
    message.insert("usage".to_owned(), usage::write(reply.usage.as_ref()));
    Value::Object(message)
}

/// The members of a message before its content.
pub(super) fn head(id: Option<&str>, model: Option<&str>, about: &About) -> Map<String, Value> {
    let mut message = Map::new();
    message.insert("id".to_owned(), json!(id.unwrap_or(&about.id)));
    message.insert("type".to_owned(), json!("message"));
    message.insert("role".to_owned(), json!("assistant"));
    message.insert("model".to_owned(), json!(model.unwrap_or(&about.model)));
    message
}

/// The blocks of one part: one, or two where a call carries a signature.
pub(super) fn blocks(content: &Content) -> Vec<Value> {
    match content {
        Content::ToolCall(call) => {
            let carried = call.opaque.as_ref().map(|it| signature(&call.id, it));
            carried.into_iter().chain([tool_use(call)]).collect()
        }
        other => vec![one(other)],
    }
}

/// The block that carries a call's signature.
pub(super) fn signature(call_id: &str, opaque: &crate::request::Opaque) -> Value {
    json!({"type": "redacted_thinking", "data": carrier::of_call(call_id, opaque)})
}

fn one(content: &Content) -> Value {
    match content {
        Content::Text(words, citations) => {
            let citations: Option<Vec<Value>> =
                (!citations.is_empty()).then(|| citations.iter().map(cited).collect());
            json!({"type": "text", "text": words, "citations": citations})
        }
        Content::Refusal(words) => json!({"type": "text", "text": words, "citations": null}),
        Content::Thought(it) => thought(it),
        Content::ToolCall(call) => tool_use(call),
        Content::Other(_, value) => value.clone(),
        // Nothing in an answer of Claude's is like these; a block as in requests is what a caller could read.
        Content::Image(media) => json!({"type": "image", "source": bytes(&media.source)}),
        Content::Audio(media) => json!({"type": "audio", "source": bytes(&media.source)}),
        Content::File(file) => {
            json!({"type": "document", "source": bytes(&file.source), "title": file.name})
        }
        Content::ToolResult(result) => {
            json!({"type": "tool_result", "tool_use_id": result.call_id, "content": []})
        }
    }
}

fn bytes(source: &Source) -> Value {
    match source {
        Source::Url(url) => json!({"type": "url", "url": url}),
        Source::Base64 { media_type, data } => {
            json!({"type": "base64", "media_type": media_type, "data": data})
        }
        Source::Text(text) => json!({"type": "text", "media_type": "text/plain", "data": text}),
        Source::Id(id) => json!({"type": "file", "file_id": id}),
    }
}

fn thought(thought: &Thought) -> Value {
    match &thought.opaque {
        Some(it) if it.encrypted && it.family == carrier::FAMILY => {
            json!({"type": "redacted_thinking", "data": it.data})
        }
        _ => json!({"type": "thinking", "thinking": thought.text, "signature": sign(thought)}),
    }
}

/// The signature of a `thinking` block: Anthropic's own, or what another provider wants back. Nobody's signature says at
/// least that the block is not Anthropic's, which refuses one without.
pub(super) fn sign(thought: &Thought) -> String {
    match &thought.opaque {
        Some(it) if it.family == carrier::FAMILY => it.data.clone(),
        _ => carrier::of_thought(thought),
    }
}

fn tool_use(call: &ToolCall) -> Value {
    let text = call.arguments.trim();
    let text = if text.is_empty() { "{}" } else { text };
    // Arguments that are no JSON reach the caller as what the model wrote.
    let input = serde_json::from_str(text).unwrap_or_else(|_| json!(call.arguments));
    json!({"type": "tool_use", "id": call.id, "name": call.name, "input": input})
}

/// A citation in one of Anthropic's kinds: as it came, of the web where there is an address, of a search result
/// elsewhere.
pub(super) fn cited(citation: &Citation) -> Value {
    let kind = text(&citation.raw, "type").unwrap_or_default();
    if kind.ends_with("_location") {
        return citation.raw.clone();
    }
    let quote = citation.quote.as_deref().unwrap_or_default();
    match &citation.url {
        Some(url) => json!({
            "type": "web_search_result_location",
            "cited_text": quote,
            "url": url,
            "title": citation.title,
            "encrypted_index": "",
        }),
        None => json!({
            "type": "search_result_location",
            "cited_text": quote,
            "source": citation.title.as_deref().unwrap_or_default(),
            "title": citation.title,
            "search_result_index": 0,
            "start_block_index": 0,
            "end_block_index": 0,
        }),
    }
}
