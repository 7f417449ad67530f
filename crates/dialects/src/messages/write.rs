//! A request for a provider.

use super::model::Claude;
use super::{blocks, schema, thinking, turns};
use crate::about::Target;
use crate::loss::Losses;
use crate::members::is_nothing;
use crate::names::Names;
use crate::request::{OutputFormat, Request, Tool, ToolChoice, Weight};
use chat::Format;
use serde_json::{Map, Number, Value, json};

/// What a request is written with.
#[derive(Debug)]
pub(super) struct Writer<'w> {
    pub(super) request: &'w Request,
    pub(super) claude: Claude,
    /// The allowance, the caller's or the model's.
    pub(super) max_tokens: u64,
    pub(super) losses: &'w mut Losses,
    pub(super) body: Map<String, Value>,
}

/// Writes a provider's request.
pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let max_tokens = request.sampling.max_tokens.unwrap_or_else(|| target.max_tokens());
    let claude = Claude::of(target.model);
    let mut writer = Writer { request, claude, max_tokens, losses, body: Map::new() };
    writer.set("model", json!(target.model));
    writer.set("max_tokens", json!(max_tokens));
    turns::write(&mut writer);
    writer.tools();
    let thinks = thinking::write(&mut writer);
    writer.tool_choice(thinks);
    writer.sampling(thinks);
    writer.output();
    writer.rest();
    if request.stream {
        writer.set("stream", json!(true));
    }
    Value::Object(writer.body)
}

impl Writer<'_> {
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.body.insert(name.to_owned(), value);
    }

    fn names(&self) -> &'static Names {
        Names::of(self.request.origin)
    }

    fn tools(&mut self) {
        let request = self.request;
        let tools: Vec<Value> = request.tools.iter().filter_map(|it| self.tool(it)).collect();
        if !tools.is_empty() {
            self.set("tools", json!(tools));
        }
    }

    fn tool(&mut self, tool: &Tool) -> Option<Value> {
        if let Some(built_in) = &tool.built_in {
            if self.request.origin == Format::Messages {
                return Some(built_in.clone());
            }
            self.losses.lose(&tool.at, "is a tool of another provider's own");
            return None;
        }
        let mut value = Map::new();
        value.insert("name".to_owned(), json!(tool.name));
        if let Some(description) = &tool.description {
            value.insert("description".to_owned(), json!(description));
        }
        value.insert("input_schema".to_owned(), self.parameters(tool));
        if tool.strict == Some(true) {
            value.insert("strict".to_owned(), json!(true));
        }
        if let Some(cache) = &tool.cache {
            value.insert("cache_control".to_owned(), cache.clone());
        }
        for (name, member) in &tool.rest {
            if self.request.origin == Format::Messages {
                value.insert(name.clone(), member.clone());
            } else if !is_nothing(member) {
                self.losses.lose(format!("{}.{name}", tool.at), "is not something Anthropic takes");
            }
        }
        Some(Value::Object(value))
    }

    /// A tool's schema. The format wants one, of an object: a tool without parameters is one without properties.
    fn parameters(&mut self, tool: &Tool) -> Value {
        let at = format!("{}.{}", tool.at, self.names().parameters);
        let mut value = tool.parameters.clone().unwrap_or_else(|| json!({}));
        let Some(members) = value.as_object_mut() else {
            self.losses.lose(at, "is not a JSON schema of an object");
            return json!({"type": "object", "properties": {}});
        };
        if members.is_empty() {
            return json!({"type": "object", "properties": {}});
        }
        if tool.strict == Some(true) {
            schema::fit(&mut value, &at, self.losses);
        }
        value
    }

    fn tool_choice(&mut self, thinks: bool) {
        let request = self.request;
        if request.tools.is_empty() {
            return;
        }
        let one = request.parallel_tool_calls == Some(false);
        let forced =
            matches!(request.tool_choice, Some(ToolChoice::Required | ToolChoice::Named(_)));
        let mut value = match &request.tool_choice {
            _ if forced && thinks => {
                let why = "forces a call, which Anthropic does not take together with thinking";
                self.losses.lose("tool_choice", why);
                json!({"type": "auto"})
            }
            None if !one => return,
            None | Some(ToolChoice::Auto) => json!({"type": "auto"}),
            Some(ToolChoice::None) => json!({"type": "none"}),
            Some(ToolChoice::Required) => json!({"type": "any"}),
            Some(ToolChoice::Named(name)) => json!({"type": "tool", "name": name}),
            Some(ToolChoice::Among { .. }) => {
                let why =
                    "allows some of the tools, which Anthropic takes only as all, one or none";
                self.losses.lose("tool_choice", why);
                json!({"type": "auto"})
            }
        };
        if one
            && request.tool_choice != Some(ToolChoice::None)
            && let Some(members) = value.as_object_mut()
        {
            members.insert("disable_parallel_tool_use".to_owned(), json!(true));
        }
        self.set("tool_choice", value);
    }

    fn sampling(&mut self, thinks: bool) {
        let sampling = &self.request.sampling;
        self.draw(thinks);
        let not_taken = "is not something Anthropic takes";
        for name in sampling.penalties() {
            self.losses.lose(name, not_taken);
        }
        if sampling.seed.is_some() {
            self.losses.lose("seed", not_taken);
        }
        if sampling.logprobs.is_some() {
            self.losses.lose(self.names().logprobs, not_taken);
        }
        self.stop();
    }

    /// Temperature, `top_p` and `top_k`. A value that says nothing where the model takes none is left out.
    fn draw(&mut self, thinks: bool) {
        let (why, least) = if self.claude.has_no_sampling() {
            ("is not taken by models after Claude Opus 4.6", 0.99)
        } else if thinks {
            ("is not taken by Anthropic together with thinking", 0.95)
        } else {
            return self.draw_freely();
        };
        let sampling = &self.request.sampling;
        let temperature = sampling.temperature.clone().filter(|it| !is_within(it, 1.0, 1.0));
        self.set_or_lose("temperature", temperature, Some(why));
        let (taken, lost) = match sampling.top_p.clone() {
            Some(it) if is_within(&it, least, 1.0) => (Some(it), None),
            it => (None, it),
        };
        self.set_or_lose("top_p", taken.filter(|_| !self.claude.has_no_sampling()), None);
        self.set_or_lose("top_p", lost, Some(why));
        self.set_or_lose("top_k", sampling.top_k.clone(), Some(why));
    }

    fn draw_freely(&mut self) {
        let sampling = &self.request.sampling;
        let (mut temperature, mut top_p) = (sampling.temperature.clone(), sampling.top_p.clone());
        let mut both = None;
        if self.claude.draws_one_way() && temperature.is_some() && top_p.is_some() {
            top_p = top_p.filter(|it| !is_within(it, 1.0, 1.0));
            if top_p.is_some() {
                temperature = temperature.filter(|it| !is_within(it, 1.0, 1.0));
                both = temperature
                    .as_ref()
                    .map(|_| "is not taken by this Claude together with a temperature");
            }
        }
        let outside = temperature.as_ref().is_some_and(|it| !is_within(it, 0.0, 1.0));
        let range = outside.then_some("is outside of 0 to 1, which is what Anthropic takes");
        self.set_or_lose("temperature", temperature, range);
        self.set_or_lose("top_p", top_p, both);
        self.set_or_lose("top_k", sampling.top_k.clone(), None);
    }

    fn set_or_lose(&mut self, name: &str, value: Option<Number>, why_not: Option<&str>) {
        match (value, why_not) {
            (None, _) => {}
            (Some(_), Some(why)) => self.losses.lose(name, why),
            (Some(value), None) => self.set(name, Value::Number(value)),
        }
    }

    fn stop(&mut self) {
        let stop = &self.request.sampling.stop;
        let field = self.names().stop;
        if stop.iter().any(|it| it.trim().is_empty()) {
            self.losses
                .lose(field, "has a text of white space only, which Anthropic does not take");
        }
        let taken: Vec<&String> = stop.iter().filter(|it| !it.trim().is_empty()).collect();
        if !taken.is_empty() {
            self.set("stop_sequences", json!(taken));
        }
    }

    fn output(&mut self) {
        match &self.request.output {
            None | Some(OutputFormat::Text) => {}
            Some(OutputFormat::JsonObject) => {
                let field = self.names().output;
                self.losses
                    .lose(field, "asks for JSON without a schema, and Anthropic wants a schema");
            }
            Some(OutputFormat::JsonSchema { description, schema, .. }) => {
                let mut schema = schema.clone();
                let at = format!("{}.{}", self.names().output, self.names().output_schema);
                schema::fit(&mut schema, &at, self.losses);
                schema::describe(&mut schema, description.as_deref());
                self.output_config("format", json!({"type": "json_schema", "schema": schema}));
            }
        }
    }

    /// Sets a member of `output_config`.
    pub(super) fn output_config(&mut self, name: &str, value: Value) {
        let config = self.body.entry("output_config").or_insert_with(|| json!({}));
        if let Some(members) = config.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    }

    /// Members of the caller's body without a place in the neutral form.
    fn rest(&mut self) {
        let request = self.request;
        let user = ["metadata.user_id", "safety_identifier", "user"]
            .into_iter()
            .find_map(|name| request.rest.iter().find(|it| it.field == name));
        if let Some(user) = user {
            self.set("metadata", json!({"user_id": user.value}));
        }
        for rest in &request.rest {
            if user.is_some_and(|it| std::ptr::eq(it, rest)) {
                continue;
            }
            if request.origin == Format::Messages && blocks::is_top_level(&rest.field) {
                self.set(&rest.field, rest.value.clone());
                continue;
            }
            match rest.weight {
                Weight::Meaning => {
                    self.losses.lose(&rest.field, "is not something Anthropic takes");
                }
                Weight::Hint => self.losses.hint(&rest.field),
            }
        }
    }
}

fn is_within(value: &Number, low: f64, high: f64) -> bool {
    value.as_f64().is_some_and(|it| (low..=high).contains(&it))
}
