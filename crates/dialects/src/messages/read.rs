//! A caller's request.

mod content;
mod tools;

pub(super) use content::{arguments, redacted, signed, thinking};

use crate::loss::{Loss, Refused};
use crate::members::{is_nothing, present, text};
use crate::request::{OutputFormat, Reasoning, Request, Rest, Weight};
use chat::Format;
use serde_json::{Map, Number, Value};

/// What a request is read into.
#[derive(Debug)]
struct Reader {
    request: Request,
    wrong: Vec<Loss>,
}

/// Bookkeeping, caching and billing: the model is not told of these.
const HINTS: &[&str] = &[
    "metadata",
    "service_tier",
    "cache_control",
    "diagnostics",
    "speed",
    "billing_policy",
    "fallback_credit_token",
    "user_profile_id",
    "workspace_id",
    "betas",
];

/// Reads a caller's request.
pub(crate) fn read_request(body: &Map<String, Value>) -> Result<Request, Refused> {
    let mut reader = Reader { request: Request::new(Format::Messages), wrong: Vec::new() };
    reader.system(present(body, "system"));
    reader.messages(present(body, "messages"));
    for (name, value) in body {
        reader.member(name, value);
    }
    if reader.wrong.is_empty() { Ok(reader.request) } else { Err(Refused { losses: reader.wrong }) }
}

impl Reader {
    fn wrong(&mut self, field: impl Into<String>, why: &str) {
        self.wrong.push(Loss { field: field.into(), why: why.to_owned() });
    }

    /// Keeps a member that has no place in the neutral form.
    fn keep(&mut self, field: impl Into<String>, value: &Value, weight: Weight) {
        if !is_nothing(value) {
            self.request.rest.push(Rest { field: field.into(), value: value.clone(), weight });
        }
    }

    /// One member of the body.
    fn member(&mut self, name: &str, value: &Value) {
        if value.is_null() {
            return;
        }
        match name {
            "system" | "messages" => {}
            "model" => self.request.model = value.as_str().unwrap_or_default().to_owned(),
            "stream" => self.request.stream = value.as_bool().unwrap_or_default(),
            "max_tokens" => match value.as_u64() {
                Some(count) => self.request.sampling.max_tokens = Some(count),
                None => self.wrong(name, "is not a whole number of tokens"),
            },
            "temperature" => self.request.sampling.temperature = self.number(name, value),
            "top_p" => self.request.sampling.top_p = self.number(name, value),
            "top_k" => self.request.sampling.top_k = self.number(name, value),
            "stop_sequences" => self.stop(value),
            "tools" => self.tools(value),
            "tool_choice" => self.tool_choice(value),
            "thinking" => self.thinking(value),
            "output_config" => self.output_config(value),
            "output_format" => self.output_format(name, value),
            "context_management" => self.context_management(value),
            "metadata" => self.metadata(value),
            // The default.
            "service_tier" if value == "auto" => {}
            _ if HINTS.contains(&name) => self.keep(name, value, Weight::Hint),
            _ => self.keep(name, value, Weight::Meaning),
        }
    }

    fn number(&mut self, name: &str, value: &Value) -> Option<Number> {
        let number = value.as_number().cloned();
        if number.is_none() {
            self.wrong(name, "is not a number");
        }
        number
    }

    fn stop(&mut self, value: &Value) {
        let texts: Option<Vec<String>> = value
            .as_array()
            .and_then(|all| all.iter().map(|it| it.as_str().map(str::to_owned)).collect());
        match texts {
            Some(texts) => self.request.sampling.stop = texts,
            None => self.wrong("stop_sequences", "is not a list of texts"),
        }
    }

    /// `metadata` has one documented member.
    fn metadata(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            self.keep(format!("metadata.{name}"), value, Weight::Hint);
        }
    }

    fn thinking(&mut self, value: &Value) {
        let reasoning = self.reasoning("thinking");
        reasoning.show = text(value, "display").map(str::to_owned);
        match text(value, "type") {
            Some("enabled") => {
                reasoning.enabled = Some(true);
                reasoning.budget = value.get("budget_tokens").and_then(Value::as_u64);
            }
            Some("adaptive") => {
                reasoning.enabled = Some(true);
                reasoning.adaptive = true;
            }
            Some("disabled") => reasoning.enabled = Some(false),
            _ => {
                let effort = reasoning.effort.is_some();
                if !effort {
                    self.request.reasoning = None;
                }
                self.keep("thinking", value, Weight::Meaning);
            }
        }
    }

    fn reasoning(&mut self, at: &str) -> &mut Reasoning {
        let new = || Reasoning { at: at.to_owned(), ..Reasoning::default() };
        self.request.reasoning.get_or_insert_with(new)
    }

    fn output_config(&mut self, value: &Value) {
        let Some(members) = value.as_object() else {
            return self.wrong("output_config", "is not an object");
        };
        for (name, value) in members.iter().filter(|(_, it)| !it.is_null()) {
            let at = format!("output_config.{name}");
            match name.as_str() {
                "effort" => {
                    let effort = value.as_str().map(str::to_owned);
                    self.reasoning(&at).effort = effort;
                }
                "format" => self.output_format(&at, value),
                _ => self.keep(at, value, Weight::Meaning),
            }
        }
    }

    fn output_format(&mut self, at: &str, value: &Value) {
        match (text(value, "type"), value.get("schema")) {
            (Some("json_schema"), Some(schema)) => {
                self.request.output = Some(OutputFormat::JsonSchema {
                    name: None,
                    description: None,
                    schema: schema.clone(),
                    strict: Some(true),
                });
            }
            (Some("text"), _) => {}
            _ => self.keep(at, value, Weight::Meaning),
        }
    }

    /// Edits that clear old thinking and results save tokens of long conversations; without them the model sees
    /// more, not something else. Compaction changes what the caller gets.
    fn context_management(&mut self, value: &Value) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let at = format!("context_management.{name}");
            let edits = value.as_array().filter(|_| name == "edits");
            let clears = |it: &Value| text(it, "type").is_some_and(|it| it.starts_with("clear_"));
            let is_hint = edits.is_some_and(|it| it.iter().all(clears));
            self.keep(at, value, if is_hint { Weight::Hint } else { Weight::Meaning });
        }
    }
}
