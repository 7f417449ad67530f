//! `toolConfig`.

use super::block::cache_point;
use super::names::is_tool_name;
use super::vendor::Vendor;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{Content, Request, Tool, ToolChoice};
use serde_json::{Map, Value, json};

/// `toolConfig`, and the tool choice that goes to Claude itself, because Converse cannot say it: one call at a time.
#[derive(Debug, Default)]
pub(super) struct Tools {
    pub(super) config: Option<Value>,
    pub(super) for_claude: Option<Value>,
}

/// The tools and which of them are to be called.
pub(super) fn tools(request: &Request, vendor: Vendor, losses: &mut Losses) -> Tools {
    let choice = request.tool_choice.as_ref();
    if choice == Some(&ToolChoice::None) && !mentions_tools(request) {
        // Converse has no `none`; a model that is shown no tools calls none.
        return Tools::default();
    }
    let offered = |it: &&Tool| match choice {
        Some(ToolChoice::Among { names, .. }) => names.contains(&it.name),
        _ => true,
    };
    let mut tools = Vec::new();
    for tool in request.tools.iter().filter(offered) {
        tools.extend(spec(tool, losses));
        tools.extend(cache_point(tool.cache.as_ref()));
    }
    let choice = choice.and_then(|it| self::choice(it, losses));
    let one_at_a_time = request.parallel_tool_calls == Some(false) && !tools.is_empty();
    if tools.is_empty() {
        return Tools::default();
    }
    let mut config = json!({ "tools": tools });
    if one_at_a_time && vendor == Vendor::Claude {
        return Tools { config: Some(config), for_claude: Some(alone(choice.as_ref())) };
    }
    if one_at_a_time {
        losses.lose(Names::of(request.origin).parallel, "cannot be false in Converse");
    }
    if let (Some(choice), Some(members)) = (choice, config.as_object_mut()) {
        members.insert("toolChoice".to_owned(), choice);
    }
    Tools { config: Some(config), for_claude: None }
}

/// Bedrock refuses calls and results in a conversation without tools.
fn mentions_tools(request: &Request) -> bool {
    let mut parts = request.messages.iter().flat_map(|it| &it.parts);
    parts.any(|it| matches!(it.content, Content::ToolCall(_) | Content::ToolResult(_)))
}

fn spec(tool: &Tool, losses: &mut Losses) -> Option<Value> {
    if tool.built_in.is_some() {
        losses.lose(&tool.at, "is a tool of another provider's own");
        return None;
    }
    for field in tool.rest.keys() {
        losses.lose(format!("{}.{field}", tool.at), "is not something Converse takes");
    }
    check_name(&tool.name, &tool.at, losses);
    let mut spec = Map::new();
    spec.insert("name".to_owned(), json!(tool.name));
    if let Some(text) = tool.description.as_ref().filter(|it| !it.is_empty()) {
        spec.insert("description".to_owned(), json!(text));
    }
    let schema = tool.parameters.clone();
    let schema = schema.unwrap_or_else(|| json!({ "type": "object", "properties": {} }));
    spec.insert("inputSchema".to_owned(), json!({ "json": schema }));
    if let Some(strict) = tool.strict {
        spec.insert("strict".to_owned(), json!(strict));
    }
    Some(json!({ "toolSpec": spec }))
}

/// A name with other letters cannot be changed: the caller looks the call up by it.
pub(super) fn check_name(name: &str, at: &str, losses: &mut Losses) {
    if !is_tool_name(name) {
        losses.lose(
            format!("{at}.name"),
            "has letters that Converse does not take: only A-Z, a-z, 0-9, _ and -, at most 64",
        );
    }
}

/// None for `auto`, which is what Converse does when nothing is said.
fn choice(choice: &ToolChoice, losses: &mut Losses) -> Option<Value> {
    match choice {
        ToolChoice::Auto | ToolChoice::Among { required: false, .. } => None,
        ToolChoice::Required | ToolChoice::Among { required: true, .. } => {
            Some(json!({ "any": {} }))
        }
        ToolChoice::Named(name) => Some(json!({ "tool": { "name": name } })),
        ToolChoice::None => {
            losses.lose(
                "tool_choice",
                "cannot be `none` in Converse when the conversation has calls",
            );
            None
        }
    }
}

/// Anthropic's own tool choice, with one call at a time.
fn alone(choice: Option<&Value>) -> Value {
    let named = choice.and_then(|it| it.pointer("/tool/name"));
    match (named, choice) {
        (Some(name), _) => {
            json!({ "type": "tool", "name": name, "disable_parallel_tool_use": true })
        }
        (None, Some(_)) => json!({ "type": "any", "disable_parallel_tool_use": true }),
        (None, None) => json!({ "type": "auto", "disable_parallel_tool_use": true }),
    }
}

/// A call's arguments as an object. Nothing at all is an empty one.
pub(super) fn arguments(text: &str) -> Option<Value> {
    if text.trim().is_empty() {
        return Some(json!({}));
    }
    serde_json::from_str(text).ok().filter(Value::is_object)
}
