//! A provider's complete reply.

use super::{FAMILY, PLAN};
use crate::members::{list, text, text_or_empty};
use crate::reply::{Broken, Citation, Finish, Reply};
use crate::request::{Content, Opaque, Thought, ToolCall};
use chat::{Format, Reported};
use serde_json::{Map, Value, json};

/// Reads a provider's reply.
pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    let body = Value::Object(body.clone());
    let Some(message) = body.get("message").filter(|it| it.is_object()) else {
        return Err(Broken::new(text(&body, "message").unwrap_or("has no message")));
    };
    let finish = match text(&body, "finish_reason").map(finish) {
        Some(Err(why)) => return Err(Broken::new(why)),
        Some(Ok(finish)) => Some(finish),
        None => None,
    };
    let mut parts = Vec::new();
    if let Some(plan) = text(message, "tool_plan").filter(|it| !it.is_empty()) {
        parts.push(Content::Thought(Thought {
            text: plan.to_owned(),
            opaque: Some(own_plan()),
            ..Thought::default()
        }));
    }
    parts.extend(list(message, "content").iter().map(part));
    cite(list(message, "citations"), list(message, "content"), &mut parts);
    parts.extend(list(message, "tool_calls").iter().map(call).map(Content::ToolCall));
    let logprobs: Vec<Value> = list(&body, "logprobs").iter().filter_map(logprob).collect();
    Ok(Reply {
        id: text(&body, "id").map(str::to_owned),
        parts,
        finish,
        usage: usage(body.get("usage")),
        logprobs: (!logprobs.is_empty()).then(|| json!(logprobs)),
        ..Reply::default()
    })
}

/// Why an answer ended; `Err` says why it failed.
pub(super) fn finish(reason: &str) -> Result<Finish, &'static str> {
    match reason {
        "COMPLETE" => Ok(Finish::Stop),
        "STOP_SEQUENCE" => Ok(Finish::StopSequence(None)),
        "MAX_TOKENS" => Ok(Finish::Length),
        "TOOL_CALL" => Ok(Finish::ToolCalls),
        "ERROR" => Err("ended with an error of Cohere's"),
        "TIMEOUT" => Err("took longer than Cohere allows"),
        other => Ok(Finish::Other(other.to_owned())),
    }
}

/// What was used: the billed units where they are told.
pub(super) fn usage(usage: Option<&Value>) -> Option<Reported> {
    Reported::read_as(Format::Cohere, usage?.to_string().as_bytes())
}

/// Marks a tool plan, so that it finds its way back.
pub(super) fn own_plan() -> Opaque {
    Opaque { family: FAMILY.to_owned(), data: PLAN.to_owned(), encrypted: false }
}

fn part(part: &Value) -> Content {
    match text(part, "type").unwrap_or("text") {
        "text" => Content::Text(text_or_empty(part, "text"), Vec::new()),
        "thinking" => Content::Thought(Thought {
            text: text_or_empty(part, "thinking"),
            ..Thought::default()
        }),
        kind => Content::Other(kind.to_owned(), part.clone()),
    }
}

fn call(call: &Value) -> ToolCall {
    let function = call.get("function").unwrap_or(&Value::Null);
    ToolCall {
        id: text_or_empty(call, "id"),
        name: text_or_empty(function, "name"),
        arguments: text_or_empty(function, "arguments"),
        opaque: None,
    }
}

/// Gives citations to the text that they stand in. Those of thinking and plans stay with nothing.
fn cite(citations: &[Value], content: &[Value], parts: &mut [Content]) {
    // A tool plan stands before the content.
    let offset = parts.len() - content.len();
    for raw in citations.iter().filter(|it| is_of_text(it)) {
        let index = raw.get("content_index").and_then(Value::as_u64).unwrap_or(0);
        let index = usize::try_from(index).unwrap_or(usize::MAX).saturating_add(offset);
        let is_text = |it: &&mut Content| matches!(it, Content::Text(..));
        let at = match parts.get(index) {
            Some(Content::Text(..)) => parts.get_mut(index),
            _ => parts.iter_mut().find(is_text),
        };
        if let Some(Content::Text(_, all)) = at {
            all.extend(read_citations(raw));
        }
    }
}

/// Whether a citation is of the answer's text.
pub(super) fn is_of_text(raw: &Value) -> bool {
    matches!(text(raw, "type"), None | Some("TEXT_CONTENT"))
}

/// A citation of each source.
pub(super) fn read_citations(raw: &Value) -> Vec<Citation> {
    let number = |name| raw.get(name).and_then(Value::as_u64);
    let span = number("start").zip(number("end"));
    let one = |source: Option<&Value>| {
        let nothing = Value::Null;
        let document = source.and_then(|it| it.get("document").or_else(|| it.get("tool_output")));
        let document = document.unwrap_or(&nothing);
        let of = |name| text(document, name).map(str::to_owned);
        let id = || source.and_then(|it| text(it, "id")).map(str::to_owned);
        Citation {
            span,
            url: of("url"),
            title: of("title").or_else(id),
            quote: of("snippet").or_else(|| of("text")),
            raw: raw.clone(),
        }
    };
    match list(raw, "sources") {
        [] => vec![one(None)],
        sources => sources.iter().map(|it| one(Some(it))).collect(),
    }
}

/// An element of chat completions' `logprobs.content`. Text of several tokens is one element with the probability
/// that all of them were drawn.
pub(super) fn logprob(item: &Value) -> Option<Value> {
    let token = text(item, "text")?;
    let each = list(item, "logprobs");
    let joint = match each {
        [] => return None,
        [only] => only.clone(),
        several => json!(several.iter().filter_map(Value::as_f64).sum::<f64>()),
    };
    Some(json!({"token": token, "logprob": joint, "bytes": token.as_bytes(), "top_logprobs": []}))
}
