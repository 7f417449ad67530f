//! A response object, as callers read it: of a complete reply, and within the events of a stream.

use super::reply::{SHARED, annotation};
use super::{picture, reasoning, tools, usage, write};
use crate::about::About;
use crate::reply::{Finish, Reply};
use crate::request::{Content, OutputFormat, Role, Source};
use serde_json::{Map, Value, json};

/// Ids of a response and of the items in it.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    response: String,
    /// What the ids of items have in common.
    stem: String,
}

impl Ids {
    /// `given` is the provider's own id.
    pub(super) fn new(given: Option<&str>, about: &About) -> Self {
        let own = given.filter(|it| it.starts_with("resp_"));
        let response = own.map_or_else(|| format!("resp_{}", about.id), str::to_owned);
        let stem = response.strip_prefix("resp_").unwrap_or(&response).to_owned();
        Self { response, stem }
    }

    /// Of the item at this place; the prefix says what it is (`msg`, `fc`, `rs`, `ig`).
    pub(super) fn item(&self, prefix: &str, place: usize) -> String {
        format!("{prefix}_{}_{place}", self.stem)
    }
}

/// What is said of a response besides its output.
#[derive(Debug)]
pub(super) struct State<'s> {
    pub(super) ids: &'s Ids,
    pub(super) about: &'s About,
    /// As the provider names it.
    pub(super) model: Option<&'s str>,
    /// `None`: it is under way.
    pub(super) finish: Option<&'s Finish>,
    pub(super) usage: Option<&'s chat::Reported>,
}

impl State<'_> {
    /// The response with this output.
    pub(super) fn response(&self, output: &[Value]) -> Map<String, Value> {
        let request = &self.about.request;
        let (status, incomplete) = status(self.finish, output);
        let instructions = request.messages.iter();
        let instructions: Vec<String> = instructions
            .take_while(|it| it.at == "instructions" && it.role == Role::System)
            .filter_map(crate::Message::text)
            .collect();
        let tools = request.tools.iter().map(|it| tools::object(it, it.strict.unwrap_or(true)));
        let choice = request.tool_choice.as_ref().map_or(json!("auto"), tools::choice);
        let format = request.output.as_ref().unwrap_or(&OutputFormat::Text);
        let thinking = request.reasoning.as_ref();
        let members = [
            ("id", json!(self.ids.response)),
            ("object", json!("response")),
            ("created_at", json!(self.about.created)),
            ("status", json!(status)),
            ("background", json!(false)),
            ("error", Value::Null),
            ("incomplete_details", incomplete),
            ("instructions", json!(instructions.first())),
            ("max_output_tokens", json!(request.sampling.max_tokens)),
            ("model", json!(self.model.unwrap_or(&self.about.model))),
            ("output", json!(output)),
            ("parallel_tool_calls", json!(request.parallel_tool_calls.unwrap_or(true))),
            ("previous_response_id", Value::Null),
            (
                "reasoning",
                json!({
                    "effort": thinking.and_then(|it| it.effort.as_deref()),
                    "summary": thinking.and_then(|it| it.show.as_deref()),
                }),
            ),
            ("store", json!(false)),
            ("temperature", json!(request.sampling.temperature)),
            ("text", json!({"format": write::format(format).unwrap_or(json!({"type": "text"}))})),
            ("tool_choice", choice),
            ("tools", tools.collect()),
            ("top_p", json!(request.sampling.top_p)),
            ("truncation", json!("disabled")),
            ("usage", self.usage.map_or(Value::Null, usage::write)),
            ("metadata", json!({})),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Status, and why it is incomplete. A model that declines says so in a part of its own; where it said nothing, the
/// status is the only place left to tell it.
fn status(finish: Option<&Finish>, output: &[Value]) -> (&'static str, Value) {
    let incomplete = |reason: &str| ("incomplete", json!({"reason": reason}));
    match finish {
        None => ("in_progress", Value::Null),
        Some(Finish::Length | Finish::ContextFull) => incomplete("max_output_tokens"),
        Some(Finish::ContentFilter) => incomplete("content_filter"),
        Some(Finish::Refusal) if !output.iter().any(is_refusal) => incomplete("content_filter"),
        Some(Finish::Pause) => incomplete("pause_turn"),
        Some(Finish::Other(word)) => incomplete(word),
        Some(Finish::Stop | Finish::StopSequence(_) | Finish::ToolCalls | Finish::Refusal) => {
            ("completed", Value::Null)
        }
    }
}

fn is_refusal(item: &Value) -> bool {
    item.pointer("/content/0/type").and_then(Value::as_str) == Some("refusal")
}

/// A message item of one part.
pub(super) fn message(id: &str, status: &str, part: Option<Value>) -> Value {
    let content: Vec<Value> = part.into_iter().collect();
    json!({"id": id, "type": "message", "status": status, "role": "assistant", "content": content})
}

/// A part of text.
pub(super) fn output_text(text: &str, annotations: &[Value], logprobs: &[Value]) -> Value {
    json!({
        "type": "output_text",
        "text": text,
        "annotations": annotations,
        "logprobs": logprobs,
    })
}

/// A call.
pub(super) fn function_call(
    id: &str,
    (call_id, name): (&str, &str),
    arguments: &str,
    status: &str,
) -> Value {
    json!({
        "id": id,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    })
}

/// Writes a complete reply.
pub(crate) fn write_reply(reply: &Reply, about: &About) -> Value {
    let ids = Ids::new(reply.id.as_deref(), about);
    let mut output = Vec::new();
    let mut logprobs = reply.logprobs.as_ref().and_then(Value::as_array);
    for part in &reply.parts {
        let logprobs = match part {
            Content::Text(..) => logprobs.take(),
            _ => None,
        };
        items(&ids, part, logprobs.map_or(&[], Vec::as_slice), &mut output);
    }
    let state = State {
        ids: &ids,
        about,
        model: reply.model.as_deref(),
        finish: Some(reply.finish.as_ref().unwrap_or(&Finish::Stop)),
        usage: reply.usage.as_ref(),
    };
    let mut body = state.response(&output);
    let shared = SHARED.iter().filter_map(|it| reply.rest.get_key_value(*it));
    body.extend(shared.map(|(name, value)| (name.clone(), value.clone())));
    Value::Object(body)
}

/// The items of a part.
fn items(ids: &Ids, part: &Content, logprobs: &[Value], output: &mut Vec<Value>) {
    let place = output.len();
    match part {
        Content::Text(text, citations) => {
            let annotations: Vec<Value> = citations.iter().map(annotation).collect();
            let part = output_text(text, &annotations, logprobs);
            output.push(message(&ids.item("msg", place), "completed", Some(part)));
        }
        Content::Refusal(text) => {
            let part = json!({"type": "refusal", "refusal": text});
            output.push(message(&ids.item("msg", place), "completed", Some(part)));
        }
        Content::Thought(thought) => {
            output.push(reasoning::write(thought, &ids.item("rs", place)));
        }
        Content::ToolCall(call) => {
            let id = ids.item("fc", place);
            let named = (call.id.as_str(), call.name.as_str());
            output.push(function_call(&id, named, &call.arguments, "completed"));
            let signature = call.opaque.as_ref();
            let id = ids.item("rs", place + 1);
            output.extend(signature.map(|it| reasoning::of_call(call, it, &id)));
        }
        Content::Other(_, item) => output.push(item.clone()),
        Content::Image(image) => match &image.source {
            Source::Base64 { media_type, data } => {
                output.push(picture::write(&ids.item("ig", place), media_type, Some(data)));
            }
            // The format has pictures by their bytes only.
            Source::Url(url) => {
                let part = output_text(url, &[], &[]);
                output.push(message(&ids.item("msg", place), "completed", Some(part)));
            }
            Source::Text(_) | Source::Id(_) => {}
        },
        // No request that is translated asks for these.
        Content::Audio(_) | Content::File(_) | Content::ToolResult(_) => {}
    }
}
