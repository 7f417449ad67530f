//! Tools and their choice, in both directions.

use crate::loss::Losses;
use crate::reading::Reading;
use crate::request::{Tool, ToolChoice};
use chat::Format;
use serde_json::{Map, Value, json};

/// A caller's tool.
pub(super) fn read(reading: &mut Reading, at: &str, value: &Value) -> Option<Tool> {
    let object = reading.object(at, value)?;
    let mut tool = Tool::at(at);
    let kind = reading.required_text(at, object, "type")?;
    if kind != "function" {
        tool.name = kind;
        tool.built_in = Some(value.clone());
        return Some(tool);
    }
    for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
        let at = format!("{at}.{name}");
        match name.as_str() {
            "type" => {}
            "name" => tool.name = reading.text(&at, value).unwrap_or_default(),
            "description" => tool.description = reading.text(&at, value),
            "parameters" => {
                tool.parameters = reading.object(&at, value).map(|it| Value::Object(it.clone()));
            }
            "strict" => tool.strict = reading.flag(&at, value),
            _ => {
                tool.rest.insert(name.clone(), value.clone());
            }
        }
    }
    if tool.name.is_empty() {
        reading.wrong(format!("{at}.name"), "is missing");
    }
    Some(tool)
}

/// A provider's tool. The format takes `strict` for true when nothing is said, and rewrites the schema then; every
/// other format takes it for false.
pub(super) fn write(tool: &Tool, origin: Format, losses: &mut Losses) -> Option<Value> {
    losses
        .tool(tool, "is not something Responses take")
        .then(|| object(tool, tool.strict.unwrap_or(origin == Format::Responses)))
}

/// The tool as this format has it.
pub(super) fn object(tool: &Tool, strict: bool) -> Value {
    if let Some(built_in) = &tool.built_in {
        return built_in.clone();
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("function"));
    object.insert("name".to_owned(), json!(tool.name));
    let description = tool.description.as_ref();
    object.extend(description.map(|it| ("description".to_owned(), json!(it))));
    object.insert("parameters".to_owned(), json!(tool.parameters));
    object.insert("strict".to_owned(), json!(strict));
    Value::Object(object)
}

/// The choice as this format has it.
pub(super) fn choice(choice: &ToolChoice) -> Value {
    let function = |name: &String| json!({"type": "function", "name": name});
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => function(name),
        ToolChoice::Among { required, names } => {
            let mode = if *required { "required" } else { "auto" };
            let tools: Vec<Value> = names.iter().map(function).collect();
            json!({"type": "allowed_tools", "mode": mode, "tools": tools})
        }
    }
}
