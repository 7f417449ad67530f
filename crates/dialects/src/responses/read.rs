//! A caller's request.

use super::{items, tools};
use crate::chat_completions::read::json_schema;
use crate::loss::Refused;
use crate::reading::{Reading, is_nothing};
use crate::request::{Message, OutputFormat, Part, Reasoning, Request, Role, Weight};
use chat::Format;
use serde_json::{Map, Value, json};

/// Members the model is not told of.
const HINTS: &[&str] = &[
    "client_metadata",
    "metadata",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "stream_options",
    "user",
];

/// Members that name something which one provider keeps: without it the request is another one, so it is not left out
/// on request either.
const KEPT_ELSEWHERE: &[&str] = &["conversation", "previous_response_id", "prompt"];

/// The log probabilities of the answer, as `include` asks for them.
const LOGPROBS: &str = "message.output_text.logprobs";
/// Replies carry it anyway.
const ENCRYPTED: &str = "reasoning.encrypted_content";

pub(crate) fn read_request(body: &Map<String, Value>) -> Result<Request, Refused> {
    let mut reading = Reading::default();
    // Usage is in every stream of this format.
    let mut request = Request { stream_usage: true, ..Request::new(Format::Responses) };
    instructions(&mut request, &mut reading, body);
    for (name, value) in body.iter().filter(|(_, value)| !value.is_null()) {
        if KEPT_ELSEWHERE.contains(&name.as_str()) {
            reading.wrong(name, "names what only the provider that keeps it can read");
        } else if !conversation(&mut request, &mut reading, name, value)
            && !sampling(&mut request, &mut reading, name, value)
            && !is_default(name, value)
        {
            let is_hint = HINTS.contains(&name.as_str());
            let weight = if is_hint { Weight::Hint } else { Weight::Meaning };
            reading.rest(name, value, weight);
        }
    }
    if request.messages.iter().all(|it| it.at == "instructions") {
        reading.wrong("input", "is missing or empty");
    }
    reading.into_request(request)
}

/// They stand before the conversation, wherever they stand in the body.
fn instructions(request: &mut Request, reading: &mut Reading, body: &Map<String, Value>) {
    let at = "instructions";
    let given = body.get(at).filter(|it| !is_nothing(it));
    if let Some(text) = given.and_then(|it| reading.text(at, it)) {
        let parts = vec![Part::text(at, text)];
        request.messages.push(Message { at: at.to_owned(), role: Role::System, name: None, parts });
    }
}

/// Reads what is said and how the answer is to look; false when it is none of that.
fn conversation(request: &mut Request, reading: &mut Reading, name: &str, value: &Value) -> bool {
    match name {
        "model" => request.model = reading.text(name, value).unwrap_or_default(),
        "instructions" => {}
        "input" => request.messages.extend(items::read(reading, value)),
        "stream" => request.stream = reading.flag(name, value).unwrap_or_default(),
        "tools" => {
            for (at, value) in reading.list(name, value) {
                request.tools.extend(tools::read(reading, &at, value));
            }
        }
        "tool_choice" => request.tool_choice = crate::choice::tool_choice(reading, value),
        "parallel_tool_calls" => {
            request.parallel_tool_calls = reading.flag(name, value).filter(|it| !it);
        }
        "text" => text(request, reading, value),
        "reasoning" => reasoning(request, reading, value),
        _ => return false,
    }
    true
}

/// Reads how the answer is drawn; false when it is not about that.
fn sampling(request: &mut Request, reading: &mut Reading, name: &str, value: &Value) -> bool {
    let into = &mut request.sampling;
    match name {
        "max_output_tokens" => into.max_tokens = reading.count(name, value),
        "temperature" => into.temperature = reading.number(name, value),
        "top_p" => into.top_p = reading.number(name, value),
        "top_logprobs" => {
            let top = reading.count(name, value).filter(|it| *it > 0);
            into.logprobs = top.or(into.logprobs);
        }
        "include" => {
            for (at, wanted) in reading.list(name, value) {
                match wanted.as_str() {
                    Some(ENCRYPTED) => {}
                    Some(LOGPROBS) => into.logprobs = Some(into.logprobs.unwrap_or_default()),
                    _ => reading.rest(at, wanted, Weight::Meaning),
                }
            }
        }
        _ => return false,
    }
    true
}

/// A member that says what is so without it.
fn is_default(name: &str, value: &Value) -> bool {
    match name {
        "background" | "store" => *value == json!(false),
        "service_tier" => *value == json!("auto"),
        "truncation" => *value == json!("disabled"),
        _ => is_nothing(value),
    }
}

fn text(request: &mut Request, reading: &mut Reading, value: &Value) {
    let Some(object) = reading.object("text", value) else { return };
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "format" => request.output = format(reading, value),
            "verbosity" if *value == json!("medium") => {}
            _ => reading.rest(format!("text.{name}"), value, Weight::Meaning),
        }
    }
}

fn format(reading: &mut Reading, value: &Value) -> Option<OutputFormat> {
    let object = reading.object("text.format", value)?;
    match object.get("type").and_then(Value::as_str) {
        Some("text") => None,
        Some("json_object") => Some(OutputFormat::JsonObject),
        Some("json_schema") => Some(json_schema(reading, "text.format", object)),
        _ => {
            reading.rest("text.format", value, Weight::Meaning);
            None
        }
    }
}

fn reasoning(request: &mut Request, reading: &mut Reading, value: &Value) {
    let Some(object) = reading.object("reasoning", value) else { return };
    let mut into = Reasoning { at: "reasoning".to_owned(), ..Reasoning::default() };
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("reasoning.{name}");
        match name.as_str() {
            "effort" => into.effort = reading.text(&at, value),
            // The older name of the same.
            "summary" | "generate_summary" => into.show = reading.text(&at, value),
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
    if into.effort.is_some() || into.show.is_some() {
        request.reasoning = Some(into);
    }
}
