//! A request for a provider.

use super::turns;
use crate::about::Target;
use crate::loss::Losses;
use crate::members::is_nothing;
use crate::names::Names;
use crate::request::{OutputFormat, Request, Tool, ToolChoice, Weight};
use chat::Format;
use serde_json::{Map, Number, Value, json};

/// Most stop texts.
const MOST_STOPS: usize = 5;
/// Cohere's own settings, which a caller of chat completions may give beside the usual ones.
const OWN: &[&str] = &["documents", "citation_options", "safety_mode", "priority", "strict_tools"];
/// Why a setting is lost.
const NOT_TAKEN: &str = "is not something Cohere takes";

/// What a request is written with.
#[derive(Debug)]
pub(super) struct Writer<'w> {
    pub(super) request: &'w Request,
    pub(super) names: &'static Names,
    pub(super) losses: &'w mut Losses,
    body: Map<String, Value>,
}

/// Writes a provider's request.
pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let names = Names::of(request.origin);
    let mut writer = Writer { request, names, losses, body: Map::new() };
    writer.set("model", json!(target.model));
    let messages = turns::messages(&mut writer);
    writer.set("messages", json!(messages));
    writer.tools();
    writer.tool_choice();
    writer.output();
    writer.sampling();
    writer.penalties();
    writer.thinking();
    writer.rest();
    if request.stream {
        writer.set("stream", json!(true));
    }
    Value::Object(writer.body)
}

impl Writer<'_> {
    fn set(&mut self, name: &str, value: Value) {
        self.body.insert(name.to_owned(), value);
    }

    fn tools(&mut self) {
        let request = self.request;
        let tools: Vec<Value> = request.tools.iter().filter_map(|it| self.tool(it)).collect();
        if tools.is_empty() {
            return;
        }
        self.set("tools", json!(tools));
        // Strictness is for all tools or none.
        let strict = |it: &&Tool| it.strict == Some(true);
        if request.tools.iter().all(|it| strict(&it)) {
            self.set("strict_tools", json!(true));
        } else if let Some(tool) = request.tools.iter().find(strict) {
            let at = self
                .names
                .parameters
                .replace("parameters", "strict")
                .replace("input_schema", "strict");
            let why = "is said of some tools only, and Cohere takes it for all or none";
            self.losses.lose(format!("{}.{at}", tool.at), why);
        }
    }

    fn tool(&mut self, tool: &Tool) -> Option<Value> {
        if tool.built_in.is_some() {
            self.losses.lose(&tool.at, "is a tool of another provider's own");
            return None;
        }
        if tool.cache.is_some() {
            self.losses.hint(format!("{}.cache_control", tool.at));
        }
        for (name, _) in tool.rest.iter().filter(|(_, value)| !is_nothing(value)) {
            self.losses.lose(format!("{}.{name}", tool.at), NOT_TAKEN);
        }
        let parameters = tool.parameters.clone().filter(|it| !is_nothing(it));
        let mut function = json!({"name": tool.name});
        if let Some(members) = function.as_object_mut() {
            if let Some(description) = &tool.description {
                members.insert("description".to_owned(), json!(description));
            }
            let none = || json!({"type": "object", "properties": {}});
            members.insert("parameters".to_owned(), parameters.unwrap_or_else(none));
        }
        Some(json!({"type": "function", "function": function}))
    }

    fn tool_choice(&mut self) {
        let request = self.request;
        if request.tools.is_empty() {
            return;
        }
        let why = match &request.tool_choice {
            None | Some(ToolChoice::Auto) => None,
            Some(ToolChoice::Required) => return self.choose("REQUIRED"),
            Some(ToolChoice::None) => return self.choose("NONE"),
            Some(ToolChoice::Named(_)) => {
                Some("forces one tool, and Cohere can only force some tool")
            }
            Some(ToolChoice::Among { .. }) => {
                Some("allows some of the tools, which Cohere takes only as all or none")
            }
        };
        if let Some(why) = why {
            self.losses.lose("tool_choice", why);
        }
        self.parallel();
    }

    fn choose(&mut self, word: &str) {
        self.set("tool_choice", json!(word));
        if word != "NONE" {
            self.parallel();
        }
    }

    fn parallel(&mut self) {
        if self.request.parallel_tool_calls == Some(false) {
            self.losses.lose(self.names.parallel, NOT_TAKEN);
        }
    }

    fn output(&mut self) {
        let mut format = match &self.request.output {
            None | Some(OutputFormat::Text) => return,
            Some(OutputFormat::JsonObject) => json!({"type": "json_object"}),
            Some(OutputFormat::JsonSchema { schema, .. }) => {
                json!({"type": "json_object", "json_schema": schema})
            }
        };
        if !self.request.tools.is_empty() {
            return self
                .losses
                .lose(self.names.output, "is not taken by Cohere together with tools");
        }
        if let Some(OutputFormat::JsonSchema { description: Some(description), .. }) =
            &self.request.output
            && let Some(schema) = format.get_mut("json_schema").and_then(Value::as_object_mut)
        {
            schema.entry("description").or_insert_with(|| json!(description));
        }
        self.set("response_format", format);
    }

    fn sampling(&mut self) {
        let sampling = &self.request.sampling;
        if let Some(count) = sampling.max_tokens {
            self.set("max_tokens", json!(count));
        }
        self.within("temperature", ("temperature", 0.0, 1.0), sampling.temperature.as_ref());
        let top_p = sampling.top_p.as_ref().filter(|it| it.as_f64() != Some(1.0));
        self.within("top_p", ("p", 0.01, 0.99), top_p);
        self.within("top_k", ("k", 0.0, 500.0), sampling.top_k.as_ref());
        if let Some(seed) = &sampling.seed {
            self.set("seed", json!(seed));
        }
        match sampling.logprobs {
            None => {}
            Some(0) => self.set("logprobs", json!(true)),
            Some(_) => {
                let why = "asks for alternatives, and Cohere gives the tokens drawn only";
                self.losses.lose(self.names.logprobs, why);
            }
        }
        if sampling.stop.len() > MOST_STOPS {
            self.losses.lose(self.names.stop, "has more than 5 texts, which is what Cohere takes");
        } else if !sampling.stop.is_empty() {
            self.set("stop_sequences", json!(sampling.stop));
        }
    }

    fn penalties(&mut self) {
        let sampling = &self.request.sampling;
        for (name, value) in [
            ("presence_penalty", &sampling.presence_penalty),
            ("frequency_penalty", &sampling.frequency_penalty),
        ] {
            let value = value.as_ref().filter(|it| it.as_f64() != Some(0.0));
            self.within(name, (name, 0.0, 1.0), value);
        }
    }

    /// Sets a number that has to be in a range.
    fn within(&mut self, field: &str, (name, low, high): (&str, f64, f64), value: Option<&Number>) {
        let Some(value) = value else { return };
        if value.as_f64().is_some_and(|it| (low..=high).contains(&it)) {
            self.set(name, json!(value));
        } else {
            let why = format!("is outside of {low} to {high}, which is what Cohere takes");
            self.losses.lose(field, why);
        }
    }

    /// Cohere's models think or do not, and may be given a budget. Its own chat completions know the efforts `none`
    /// and `high` for that.
    fn thinking(&mut self) {
        let Some(reasoning) = &self.request.reasoning else { return };
        if let Some("none" | "omitted") = reasoning.show.as_deref() {
            self.losses.hint(reasoning.show_at());
        }
        let effort = reasoning.effort.as_deref();
        if reasoning.enabled == Some(false) || effort == Some("none") {
            return self.set("thinking", json!({"type": "disabled"}));
        }
        if let Some(budget) = reasoning.budget {
            return self.set("thinking", json!({"type": "enabled", "token_budget": budget}));
        }
        match effort {
            None if reasoning.enabled == Some(true) || reasoning.adaptive => {}
            Some("high") => {}
            None => return,
            Some(other) => {
                let why = format!("is `{other}`, and Cohere knows none and high");
                return self.losses.lose(reasoning.effort_at(), why);
            }
        }
        self.set("thinking", json!({"type": "enabled"}));
    }

    fn rest(&mut self) {
        for rest in &self.request.rest {
            let field = rest.field.as_str();
            if self.request.origin == Format::Chat && OWN.contains(&field) {
                self.set(field, rest.value.clone());
            } else if rest.weight == Weight::Hint {
                self.losses.hint(field);
            } else {
                self.losses.lose(field, NOT_TAKEN);
            }
        }
    }
}
