//! What Anthropic takes of JSON schema, where an answer or a call must follow it (`output_config.format`, `strict`).
//!
//! After the documentation of structured outputs and the SDK's own preparation of schemas. The rest of a schema goes
//! unchanged; what the API is documented to refuse is lost by name.

use crate::loss::Losses;
use serde_json::{Map, Value, json};

/// Keywords that constrain a value in a way the API refuses.
const REFUSED: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "contains",
    "prefixItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
];

/// Keywords whose members are schemas.
const BY_NAME: &[&str] = &["properties", "$defs", "definitions"];
/// Keywords whose elements are schemas.
const IN_LIST: &[&str] = &["anyOf", "allOf"];

/// Makes a schema one that the API takes: an object that does not say whether it has other properties has none (every
/// answer that follows this follows the caller's schema); what is refused is lost and left out.
pub(super) fn fit(schema: &mut Value, at: &str, losses: &mut Losses) {
    let Some(members) = schema.as_object_mut() else { return };
    for name in REFUSED {
        if members.shift_remove(*name).is_some() {
            losses.lose(format!("{at}.{name}"), "is not something Anthropic takes in a schema");
        }
    }
    if members.get("minItems").and_then(Value::as_u64).is_some_and(|it| it > 1) {
        members.shift_remove("minItems");
        losses.lose(format!("{at}.minItems"), "is more than 1, which Anthropic does not take");
    }
    reference(members, at, losses);
    object(members, at, losses);
    for name in BY_NAME {
        if let Some(Value::Object(inner)) = members.get_mut(*name) {
            inner.iter_mut().for_each(|(key, it)| fit(it, &format!("{at}.{name}.{key}"), losses));
        }
    }
    for name in IN_LIST {
        if let Some(Value::Array(inner)) = members.get_mut(*name) {
            let each = inner.iter_mut().enumerate();
            each.for_each(|(index, it)| fit(it, &format!("{at}.{name}[{index}]"), losses));
        }
    }
    if let Some(items) = members.get_mut("items") {
        fit(items, &format!("{at}.items"), losses);
    }
}

/// Recursive schemas and references to other documents are refused. Only a reference to the root is seen here as
/// recursive; longer circles are the provider's to find.
fn reference(members: &mut Map<String, Value>, at: &str, losses: &mut Losses) {
    let to = members.get("$ref").and_then(Value::as_str);
    if to.is_some_and(|it| it == "#" || !it.starts_with('#')) {
        members.shift_remove("$ref");
        losses.lose(
            format!("{at}.$ref"),
            "is recursive or leads elsewhere, which Anthropic does not take",
        );
    }
}

fn object(members: &mut Map<String, Value>, at: &str, losses: &mut Losses) {
    let kind = members.get("type");
    let is_object = match kind {
        Some(Value::String(kind)) => kind == "object",
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == "object"),
        _ => members.contains_key("properties"),
    };
    if !is_object {
        return;
    }
    let other = members.insert("additionalProperties".to_owned(), json!(false));
    if other.is_some_and(|it| it != json!(false)) {
        let why = "allows other properties, which Anthropic does not take";
        losses.lose(format!("{at}.additionalProperties"), why);
    }
}

/// Says what a schema is for, where it does not say so itself.
pub(super) fn describe(schema: &mut Value, description: Option<&str>) {
    if let (Some(members), Some(description)) = (schema.as_object_mut(), description) {
        members.entry("description").or_insert_with(|| json!(description));
    }
}
