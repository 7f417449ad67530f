//! A caller's request.

use super::read_message::message;
use crate::loss::Refused;
use crate::reading::{Reading, is_nothing};
use crate::request::{OutputFormat, Reasoning, Request, Tool, Weight};
use chat::Format;
use serde_json::{Map, Value, json};

/// Members the model is not told of.
const HINTS: &[&str] = &[
    "metadata",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "user",
];

pub(crate) fn read_request(body: &Map<String, Value>) -> Result<Request, Refused> {
    let mut reading = Reading::default();
    let mut request = Request::new(Format::Chat);
    for (name, value) in body.iter().filter(|(_, value)| !value.is_null()) {
        if !conversation(&mut request, &mut reading, name, value)
            && !sampling(&mut request, &mut reading, name, value)
            && !is_default(name, value)
        {
            let is_hint = HINTS.contains(&name.as_str());
            let weight = if is_hint { Weight::Hint } else { Weight::Meaning };
            reading.rest(name, value, weight);
        }
    }
    logprobs(&mut request, &mut reading, body);
    if request.messages.is_empty() {
        reading.wrong("messages", "is missing or empty");
    }
    reading.into_request(request)
}

/// Reads what is said and how the answer is to look; false when it is none of that.
fn conversation(request: &mut Request, reading: &mut Reading, name: &str, value: &Value) -> bool {
    match name {
        "model" => request.model = reading.text(name, value).unwrap_or_default(),
        "messages" => {
            for (at, value) in reading.list(name, value) {
                request.messages.extend(message(reading, &at, value));
            }
        }
        "stream" => request.stream = reading.flag(name, value).unwrap_or_default(),
        "stream_options" => stream_options(request, reading, value),
        "tools" => {
            for (at, value) in reading.list(name, value) {
                request.tools.extend(tool(reading, &at, value));
            }
        }
        "tool_choice" => request.tool_choice = crate::choice::tool_choice(reading, value),
        "parallel_tool_calls" => {
            request.parallel_tool_calls = reading.flag(name, value).filter(|it| !it);
        }
        "response_format" => request.output = output(reading, value),
        "reasoning_effort" => {
            let effort = reading.text(name, value);
            let into = reasoning(request, name);
            (into.effort, into.effort_in) = (effort, Some("reasoning_effort"));
        }
        "reasoning" => open_router(request, reading, value),
        // Empty options switch the search on.
        "web_search_options" => reading.keep(name, value, Weight::Meaning),
        "thinking" => thinking(request, reading, value),
        _ => return false,
    }
    true
}

/// Reads how the answer is drawn; false when it is not about that.
fn sampling(request: &mut Request, reading: &mut Reading, name: &str, value: &Value) -> bool {
    let into = &mut request.sampling;
    match name {
        "max_completion_tokens" => into.max_tokens = reading.count(name, value),
        // The older name of the same.
        "max_tokens" => into.max_tokens = into.max_tokens.or(reading.count(name, value)),
        "temperature" => into.temperature = reading.number(name, value),
        "top_p" => into.top_p = reading.number(name, value),
        // None at all, as `OpenRouter` (0) and vLLM (-1) document it.
        "top_k" if matches!(value.as_i64(), Some(-1 | 0)) => {}
        "top_k" => into.top_k = reading.number(name, value),
        "seed" => into.seed = reading.number(name, value),
        "presence_penalty" => into.presence_penalty = reading.number(name, value),
        "frequency_penalty" => into.frequency_penalty = reading.number(name, value),
        "stop" if value.is_string() => into.stop = reading.text(name, value).into_iter().collect(),
        "stop" => into.stop = reading.texts(name, value),
        "logprobs" | "top_logprobs" => {}
        _ => return false,
    }
    true
}

/// A member that says what is so without it.
fn is_default(name: &str, value: &Value) -> bool {
    match name {
        "n" => *value == json!(1),
        "modalities" => *value == json!(["text"]),
        "store" => *value == json!(false),
        "service_tier" => *value == json!("auto"),
        "verbosity" => *value == json!("medium"),
        // As `OpenRouter` and vLLM document them.
        "min_p" | "top_a" => value.as_f64() == Some(0.0),
        "repetition_penalty" => value.as_f64() == Some(1.0),
        _ => is_nothing(value),
    }
}

/// `logprobs` switches them on, `top_logprobs` says how many alternatives.
fn logprobs(request: &mut Request, reading: &mut Reading, body: &Map<String, Value>) {
    let member = |name: &str| body.get(name).filter(|it| !it.is_null());
    let wanted = member("logprobs").and_then(|it| reading.flag("logprobs", it));
    if wanted == Some(true) {
        let top = member("top_logprobs").and_then(|it| reading.count("top_logprobs", it));
        request.sampling.logprobs = Some(top.unwrap_or_default());
    }
}

fn stream_options(request: &mut Request, reading: &mut Reading, value: &Value) {
    let Some(options) = reading.object("stream_options", value) else { return };
    for (name, value) in options.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("stream_options.{name}");
        match name.as_str() {
            "include_usage" => {
                request.stream_usage = reading.flag(&at, value).unwrap_or_default();
            }
            _ => reading.rest(at, value, Weight::Hint),
        }
    }
}

fn reasoning<'r>(request: &'r mut Request, at: &str) -> &'r mut Reasoning {
    request.reasoning.get_or_insert_with(|| Reasoning { at: at.to_owned(), ..Reasoning::default() })
}

/// `reasoning` as `OpenRouter` documents it.
fn open_router(request: &mut Request, reading: &mut Reading, value: &Value) {
    let Some(object) = reading.object("reasoning", value) else { return };
    let into = reasoning(request, "reasoning");
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("reasoning.{name}");
        match name.as_str() {
            "effort" => {
                into.effort = reading.text(&at, value);
                into.effort_in = Some("reasoning.effort");
            }
            "max_tokens" => {
                into.budget = reading.count(&at, value);
                into.budget_in = Some("reasoning.max_tokens");
            }
            "enabled" => into.enabled = reading.flag(&at, value),
            "exclude" => {
                let hidden = reading.flag(&at, value).unwrap_or_default();
                into.show = hidden.then(|| "none".to_owned());
                into.show_in = Some("reasoning.exclude");
            }
            "summary" => {
                into.show = reading.text(&at, value);
                into.show_in = Some("reasoning.summary");
            }
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
}

/// `thinking` as Anthropic's and others' OpenAI-compatible endpoints have it.
fn thinking(request: &mut Request, reading: &mut Reading, value: &Value) {
    let Some(object) = reading.object("thinking", value) else { return };
    let into = reasoning(request, "thinking");
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("thinking.{name}");
        match (name.as_str(), value.as_str()) {
            ("type", Some("enabled")) => into.enabled = Some(true),
            ("type", Some("disabled")) => into.enabled = Some(false),
            ("type", Some("adaptive" | "auto")) => into.adaptive = true,
            ("budget_tokens", _) => {
                into.budget = reading.count(&at, value);
                into.budget_in = Some("thinking.budget_tokens");
            }
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
}

fn tool(reading: &mut Reading, at: &str, value: &Value) -> Option<Tool> {
    let object = reading.object(at, value)?;
    let mut tool = Tool::at(at);
    let kind = object.get("type").and_then(Value::as_str).unwrap_or("function");
    if kind != "function" {
        tool.name = kind.to_owned();
        tool.built_in = Some(value.clone());
        return Some(tool);
    }
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "type" => {}
            "cache_control" => tool.cache = Some(value.clone()),
            "function" => function(&mut tool, reading, value),
            _ => {
                tool.rest.insert(name.clone(), value.clone());
            }
        }
    }
    if tool.name.is_empty() {
        reading.wrong(format!("{at}.function.name"), "is missing");
    }
    Some(tool)
}

fn function(tool: &mut Tool, reading: &mut Reading, value: &Value) {
    let at = format!("{}.function", tool.at);
    let Some(object) = reading.object(&at, value) else { return };
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{at}.{name}");
        match name.as_str() {
            "name" => tool.name = reading.text(&at, value).unwrap_or_default(),
            "description" => tool.description = reading.text(&at, value),
            "parameters" => {
                tool.parameters = reading.object(&at, value).map(|it| Value::Object(it.clone()));
            }
            "strict" => tool.strict = reading.flag(&at, value),
            _ => {
                tool.rest.insert(format!("function.{name}"), value.clone());
            }
        }
    }
}

fn output(reading: &mut Reading, value: &Value) -> Option<OutputFormat> {
    let kind = value.get("type").and_then(Value::as_str);
    let schema = match kind {
        Some("text") => return None,
        Some("json_object") => return Some(OutputFormat::JsonObject),
        Some("json_schema") => value.get("json_schema").and_then(Value::as_object),
        _ => {
            reading.rest("response_format", value, Weight::Meaning);
            return None;
        }
    };
    let Some(schema) = schema else {
        reading.wrong("response_format.json_schema", "is not an object");
        return None;
    };
    Some(json_schema(reading, "response_format.json_schema", schema))
}

/// A JSON schema with its name, as `OpenAI`'s formats have it.
pub(crate) fn json_schema(
    reading: &mut Reading,
    at: &str,
    object: &Map<String, Value>,
) -> OutputFormat {
    let (mut name, mut description, mut strict, mut schema) = (None, None, None, None);
    for (member, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{at}.{member}");
        match member.as_str() {
            "name" => name = reading.text(&at, value),
            "description" => description = reading.text(&at, value),
            "strict" => strict = reading.flag(&at, value),
            "schema" => schema = Some(value.clone()),
            "type" => {}
            _ => reading.rest(at, value, Weight::Meaning),
        }
    }
    // Without a schema, any JSON object will do, as the API says.
    let Some(schema) = schema else { return OutputFormat::JsonObject };
    OutputFormat::JsonSchema { name, description, schema, strict }
}
