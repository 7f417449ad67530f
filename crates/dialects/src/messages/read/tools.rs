//! Tools of a caller's request.

use super::Reader;
use crate::members::{is_nothing, text, text_or_empty};
use crate::request::{Tool, ToolChoice, Weight};
use serde_json::{Map, Value, json};

impl Reader {
    pub(super) fn tools(&mut self, value: &Value) {
        let Some(tools) = value.as_array() else {
            return self.wrong("tools", "is not a list");
        };
        for (index, tool) in tools.iter().enumerate() {
            let at = format!("tools[{index}]");
            let tool = match text(tool, "type") {
                None | Some("custom") => self.tool(at, tool),
                Some(kind) => built_in(at, kind, tool),
            };
            self.request.tools.push(tool);
        }
    }

    fn tool(&mut self, at: String, tool: &Value) -> Tool {
        let mut rest = Map::new();
        for (name, value) in tool.as_object().into_iter().flatten() {
            match name.as_str() {
                "type" | "name" | "description" | "input_schema" | "strict" | "cache_control" => {}
                // How arguments are cut into pieces.
                "eager_input_streaming" => {
                    if value == &json!(true) {
                        self.keep(format!("{at}.{name}"), value, Weight::Hint);
                    }
                }
                _ if says_nothing(name, value) => {}
                _ => {
                    rest.insert(name.clone(), value.clone());
                }
            }
        }
        Tool {
            name: text_or_empty(tool, "name"),
            description: text(tool, "description").map(str::to_owned),
            parameters: tool.get("input_schema").filter(|it| !it.is_null()).cloned(),
            strict: tool.get("strict").and_then(Value::as_bool).filter(|it| *it),
            cache: tool.get("cache_control").filter(|it| !it.is_null()).cloned(),
            rest,
            built_in: None,
            at,
        }
    }

    pub(super) fn tool_choice(&mut self, value: &Value) {
        if value.get("disable_parallel_tool_use") == Some(&json!(true)) {
            self.request.parallel_tool_calls = Some(false);
        }
        self.request.tool_choice = match text(value, "type") {
            Some("auto") => Some(ToolChoice::Auto),
            Some("any") => Some(ToolChoice::Required),
            Some("none") => Some(ToolChoice::None),
            Some("tool") => Some(ToolChoice::Named(text_or_empty(value, "name"))),
            _ => return self.wrong("tool_choice.type", "is not `auto`, `any`, `tool` or `none`"),
        };
    }
}

/// A tool of Anthropic's own, run there (`web_search_…`) or by the caller (`bash_…`).
fn built_in(at: String, kind: &str, tool: &Value) -> Tool {
    Tool {
        name: text(tool, "name").unwrap_or(kind).to_owned(),
        built_in: Some(tool.clone()),
        ..Tool::at(at)
    }
}

/// Members with their defaults.
fn says_nothing(name: &str, value: &Value) -> bool {
    is_nothing(value)
        || (name == "defer_loading" && value == &json!(false))
        || (name == "allowed_callers" && value == &json!(["direct"]))
}
