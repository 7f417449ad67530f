//! Which function is to be called, as callers of OpenAI's two formats say it.

use crate::reading::Reading;
use crate::request::{ToolChoice, Weight};
use serde_json::Value;

/// Which function is to be called, in any form that either of OpenAI's formats documents: by name at the top (Responses) or below
/// `function` (chat), a list of allowed ones at the top or below `allowed_tools`; `any` as other providers say it.
pub(crate) fn tool_choice(reading: &mut Reading, value: &Value) -> Option<ToolChoice> {
    let name_of = |it: &Value| {
        let named = it.pointer("/function/name").or_else(|| it.get("name"));
        named.and_then(Value::as_str).map(str::to_owned)
    };
    let kind = value.get("type").and_then(Value::as_str);
    let choice = match (value.as_str(), kind) {
        (Some("auto"), _) => Some(ToolChoice::Auto),
        (Some("none"), _) => Some(ToolChoice::None),
        (Some("required" | "any"), _) => Some(ToolChoice::Required),
        (_, Some("function")) => name_of(value).map(ToolChoice::Named),
        (_, Some("allowed_tools")) => {
            let allowed = value.get("allowed_tools").unwrap_or(value);
            let list = allowed.get("tools").and_then(Value::as_array);
            let names: Option<Vec<_>> = list.and_then(|it| it.iter().map(name_of).collect());
            let required = allowed.get("mode").and_then(Value::as_str) == Some("required");
            names.map(|names| ToolChoice::Among { required, names })
        }
        _ => None,
    };
    if choice.is_none() {
        reading.rest("tool_choice", value, Weight::Meaning);
    }
    choice
}
