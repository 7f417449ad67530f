//! Route elements, as short as tests want them.
use serde_json::{Value, json};

/// The start element.
pub(crate) fn start(next: &str) -> Value {
    json!({"id": "start", "type": "start", "outputs": {"next": {"elementId": next}}})
}

/// An end element called `end`.
pub(crate) fn end() -> Value {
    json!({"id": "end", "type": "end", "outputs": {}})
}

/// A model element, `<provider>/<model>`; an empty `fallback` means none.
pub(crate) fn model(id: &str, name: &str, success: &str, fallback: &str) -> Value {
    let (provider, model) = name.split_once('/').expect("provider/model");
    let properties = json!({"provider": provider, "model": model, "timeout": 0, "retries": 0});
    json!({"id": id, "type": "model", "properties": properties, "outputs": outputs(success, fallback)})
}

/// A limit.
pub(crate) fn rate(id: &str, properties: Value, success: &str, fallback: &str) -> Value {
    json!({"id": id, "type": "rate", "properties": properties, "outputs": outputs(success, fallback)})
}

/// A condition with both outputs.
pub(crate) fn when(id: &str, conditions: Value, yes: &str, no: &str) -> Value {
    json!({"id": id, "type": "conditional", "properties": {"conditions": conditions},
           "outputs": {"true": {"elementId": yes}, "false": {"elementId": no}}})
}

/// start → one model → end.
pub(crate) fn one_model(name: &str) -> Value {
    json!([start("main"), model("main", name, "end", ""), end()])
}

/// start → `main`, falling back to `spare` → end.
pub(crate) fn with_spare(main: &str, spare: &str) -> Value {
    json!([
        start("main"),
        model("main", main, "end", "spare"),
        model("spare", spare, "end", ""),
        end()
    ])
}

fn outputs(success: &str, fallback: &str) -> Value {
    if fallback.is_empty() {
        json!({"success": {"elementId": success}})
    } else {
        json!({"success": {"elementId": success}, "fallback": {"elementId": fallback}})
    }
}
