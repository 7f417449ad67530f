//! Functions, and which of them must be called.

use super::schema;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{Request, Tool, ToolChoice};
use serde_json::{Map, Value, json};

/// `tools` and `toolConfig`.
pub(super) fn write(request: &Request, losses: &mut Losses, body: &mut Map<String, Value>) {
    let names = Names::of(request.origin);
    let declarations: Vec<Value> =
        request.tools.iter().filter_map(|it| declaration(it, names, losses)).collect();
    if !declarations.is_empty() {
        body.insert("tools".to_owned(), json!([{ "functionDeclarations": declarations }]));
    }
    if let Some(config) = calling(request) {
        body.insert("toolConfig".to_owned(), json!({ "functionCallingConfig": config }));
    }
    if request.parallel_tool_calls == Some(false) {
        losses.lose(names.parallel, "cannot be asked of Gemini, which may call several at once");
    }
}

fn declaration(tool: &Tool, names: &Names, losses: &mut Losses) -> Option<Value> {
    if tool.built_in.is_some() {
        losses.lose(&tool.at, "is a tool of another provider, not a function");
        return None;
    }
    if tool.cache.is_some() {
        losses.hint(format!("{}.cache_control", tool.at));
    }
    for member in tool.rest.keys() {
        losses.lose(format!("{}.{member}", tool.at), "is not something Gemini takes");
    }
    let mut declaration = Map::new();
    declaration.insert("name".to_owned(), json!(tool.name));
    if let Some(description) = &tool.description {
        declaration.insert("description".to_owned(), json!(description));
    }
    if let Some(parameters) = &tool.parameters {
        let at = format!("{}.{}", tool.at, names.parameters);
        let parameters = schema::checked(parameters, &at, losses);
        declaration.insert("parametersJsonSchema".to_owned(), parameters);
    }
    Some(Value::Object(declaration))
}

/// `functionCallingConfig`. The mode `ANY` keeps to the schemas anyway; `VALIDATED` is `AUTO` that does so as well,
/// or may call only some.
fn calling(request: &Request) -> Option<Value> {
    let strict = request.tools.iter().any(|it| it.strict == Some(true));
    let free = if strict { "VALIDATED" } else { "AUTO" };
    let config = match request.tool_choice.as_ref() {
        None if strict => json!({ "mode": free }),
        None => return None,
        Some(ToolChoice::Auto) => json!({ "mode": free }),
        Some(ToolChoice::None) => json!({ "mode": "NONE" }),
        Some(ToolChoice::Required) => json!({ "mode": "ANY" }),
        Some(ToolChoice::Named(name)) => json!({ "mode": "ANY", "allowedFunctionNames": [name] }),
        Some(ToolChoice::Among { required, names }) => {
            let mode = if *required { "ANY" } else { "VALIDATED" };
            json!({ "mode": mode, "allowedFunctionNames": names })
        }
    };
    Some(config)
}
