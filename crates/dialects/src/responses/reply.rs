//! A provider's complete reply.

use super::{picture, reasoning, usage};
use crate::members::{list, message_of, text};
use crate::messages::carrier::Carried;
use crate::reply::{Broken, Citation, Finish, Reply};
use crate::request::{Content, ToolCall};
use serde_json::{Map, Value, json};

/// Members that mean the same to callers of every `OpenAI` format.
pub(super) const SHARED: &[&str] = &["service_tier"];

pub(crate) fn read_reply(body: &Map<String, Value>) -> Result<Reply, Broken> {
    if let Some(error) = body.get("error").filter(|it| !it.is_null()) {
        return Err(Broken::new(format!("is an error: {}", message_of(error))));
    }
    let output = body.get("output").and_then(Value::as_array);
    let output = output.ok_or_else(|| Broken::new("has no `output`"))?;
    let mut read = Output::default();
    for item in output.iter().filter_map(Value::as_object) {
        read.item(item)?;
    }
    let shared = SHARED.iter().filter_map(|it| body.get_key_value(*it));
    let finish = finish(body, &read.parts)?;
    Ok(Reply {
        id: text(body, "id").map(str::to_owned),
        model: text(body, "model").map(str::to_owned),
        parts: read.parts,
        finish: Some(finish),
        usage: body.get("usage").and_then(usage::read),
        logprobs: (!read.logprobs.is_empty()).then(|| json!(read.logprobs)),
        rest: shared.map(|(name, value)| (name.clone(), value.clone())).collect(),
    })
}

/// Why a response ended there, from its status; an error when it has not.
pub(super) fn finish(response: &Map<String, Value>, parts: &[Content]) -> Result<Finish, Broken> {
    let reason = response.get("incomplete_details").and_then(|it| it.get("reason"));
    match (text(response, "status"), reason.and_then(Value::as_str)) {
        (None | Some("completed"), _) => Ok(of_parts(parts)),
        (Some("incomplete"), Some("max_output_tokens")) => Ok(Finish::Length),
        (Some("incomplete"), Some("content_filter")) => Ok(Finish::ContentFilter),
        (Some("incomplete"), reason) => {
            Ok(Finish::Other(reason.unwrap_or("incomplete").to_owned()))
        }
        (Some(status), _) => Err(Broken::new(format!("has the status `{status}`"))),
    }
}

fn of_parts(parts: &[Content]) -> Finish {
    if parts.iter().any(|it| matches!(it, Content::ToolCall(_))) {
        Finish::ToolCalls
    } else if parts.iter().any(|it| matches!(it, Content::Refusal(_))) {
        Finish::Refusal
    } else {
        Finish::Stop
    }
}

/// What the items of an output are.
#[derive(Debug, Default)]
struct Output {
    parts: Vec<Content>,
    logprobs: Vec<Value>,
}

impl Output {
    fn item(&mut self, item: &Map<String, Value>) -> Result<(), Broken> {
        match text(item, "type") {
            Some("message") => {
                for part in list(item, "content").iter().filter_map(Value::as_object) {
                    self.word(part);
                }
            }
            Some("function_call") => self.parts.push(Content::ToolCall(call(item)?)),
            Some("reasoning") => match reasoning::read(item) {
                Carried::Thought(thought) => self.parts.push(Content::Thought(thought)),
                Carried::Call(id, opaque) => {
                    let call = self.parts.iter_mut().find_map(|it| match it {
                        Content::ToolCall(call) if call.id == id => Some(call),
                        _ => None,
                    });
                    if let Some(call) = call {
                        call.opaque = Some(opaque);
                    }
                }
            },
            other => {
                let kind = other.unwrap_or_default().to_owned();
                let other = || Content::Other(kind, Value::Object(item.clone()));
                self.parts.push(picture::read(item).unwrap_or_else(other));
            }
        }
        Ok(())
    }

    fn word(&mut self, part: &Map<String, Value>) {
        let words = |name| text(part, name).unwrap_or_default().to_owned();
        if text(part, "type") == Some("refusal") {
            self.parts.push(Content::Refusal(words("refusal")));
            return;
        }
        let citations = list(part, "annotations").iter().map(citation).collect();
        self.logprobs.extend(list(part, "logprobs").iter().cloned());
        self.parts.push(Content::Text(words("text"), citations));
    }
}

/// A call's id and name.
pub(super) fn named(item: &Map<String, Value>) -> Result<(String, String), Broken> {
    let name = text(item, "name").filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| Broken::new("has a call without a name"))?;
    let id = text(item, "call_id").filter(|it| !it.is_empty());
    let id = id.ok_or_else(|| Broken::new("has a call without a `call_id`"))?;
    Ok((id.to_owned(), name.to_owned()))
}

fn call(item: &Map<String, Value>) -> Result<ToolCall, Broken> {
    let (id, name) = named(item)?;
    let arguments = text(item, "arguments").unwrap_or_default().to_owned();
    Ok(ToolCall { id, name, arguments, opaque: None })
}

/// An annotation of an answer's text.
pub(super) fn citation(annotation: &Value) -> Citation {
    let text = |name: &str| annotation.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| annotation.get(name).and_then(Value::as_u64);
    Citation {
        span: number("start_index").zip(number("end_index")),
        url: text("url"),
        title: text("title").or_else(|| text("filename")),
        quote: text("quote"),
        raw: annotation.clone(),
    }
}

/// A citation as an annotation. What is not on the web has no form here and keeps its own words, under another type.
pub(super) fn annotation(citation: &Citation) -> Value {
    let kind = if citation.url.is_some() { "url_citation" } else { "citation" };
    let mut annotation = Map::new();
    let members = [
        ("type", Some(json!(kind))),
        ("url", citation.url.as_ref().map(|it| json!(it))),
        ("title", citation.title.as_ref().map(|it| json!(it))),
        ("quote", citation.quote.as_ref().map(|it| json!(it))),
        ("start_index", citation.span.map(|(it, _)| json!(it))),
        ("end_index", citation.span.map(|(_, it)| json!(it))),
    ];
    for (name, value) in members {
        annotation.extend(value.map(|it| (name.to_owned(), it)));
    }
    Value::Object(annotation)
}
