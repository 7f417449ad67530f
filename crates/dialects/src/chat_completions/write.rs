//! A provider's request.

use super::write_message::messages;
use crate::about::Target;
use crate::effort::effort;
use crate::loss::Losses;
use crate::request::{OutputFormat, Request, Rest, Sampling, Tool, ToolChoice, Weight};
use chat::Format;
use serde_json::{Map, Value, json};

/// Bookkeeping that `OpenAI` takes and other providers of this format refuse as unknown: from the caller's field to
/// the member here.
const BOOKKEEPING: &[(Format, &str, &str)] = &[
    (Format::Responses, "metadata", "metadata"),
    (Format::Responses, "prompt_cache_key", "prompt_cache_key"),
    (Format::Responses, "prompt_cache_options", "prompt_cache_options"),
    (Format::Responses, "prompt_cache_retention", "prompt_cache_retention"),
    (Format::Responses, "safety_identifier", "safety_identifier"),
    (Format::Responses, "service_tier", "service_tier"),
    (Format::Responses, "store", "store"),
    (Format::Responses, "user", "user"),
    (Format::Messages, "metadata.user_id", "user"),
];

pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(target.model));
    body.insert("messages".to_owned(), Value::Array(messages(request, target.given_back, losses)));
    if request.stream {
        body.insert("stream".to_owned(), json!(true));
        // Asked for whether or not the caller wants it: the call is to be paid for.
        if target.include_usage {
            body.insert("stream_options".to_owned(), json!({"include_usage": true}));
        }
    }
    tools(&mut body, request, losses);
    if let Some(output) = &request.output {
        body.extend(output_format(output).map(|it| ("response_format".to_owned(), it)));
    }
    sampling(&mut body, &request.sampling, target, losses);
    reasoning(&mut body, request, target, losses);
    for rest in &request.rest {
        other(&mut body, request.origin, rest, target, losses);
    }
    Value::Object(body)
}

/// Whether it takes what `OpenAI`'s own API does: that refuses `max_tokens` for its reasoning models, and several
/// others (Mistral, `DeepSeek`) know only that one. The provider decides; where it serves models of many makers, the
/// model's name.
fn is_openai(target: &Target<'_>) -> bool {
    target.as_openai.unwrap_or_else(|| is_of_openai(target.model))
}

fn is_of_openai(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let version = name.strip_prefix("gpt-").or_else(|| name.strip_prefix('o'));
    name.starts_with("chatgpt-")
        || version.is_some_and(|it| it.starts_with(|first: char| first.is_ascii_digit()))
}

fn sampling(
    body: &mut Map<String, Value>,
    sampling: &Sampling,
    target: &Target<'_>,
    losses: &mut Losses,
) {
    let max_tokens = if is_openai(target) { "max_completion_tokens" } else { "max_tokens" };
    let stop = match sampling.stop.as_slice() {
        [] => None,
        [one] => Some(json!(one)),
        several => Some(json!(several)),
    };
    let members = [
        (max_tokens, sampling.max_tokens.map(|it| json!(it))),
        ("temperature", sampling.temperature.as_ref().map(|it| json!(it))),
        ("top_p", sampling.top_p.as_ref().map(|it| json!(it))),
        ("stop", stop),
        ("seed", sampling.seed.as_ref().map(|it| json!(it))),
        ("presence_penalty", sampling.presence_penalty.as_ref().map(|it| json!(it))),
        ("frequency_penalty", sampling.frequency_penalty.as_ref().map(|it| json!(it))),
        ("logprobs", sampling.logprobs.map(|_| json!(true))),
        ("top_logprobs", sampling.logprobs.filter(|it| *it > 0).map(|it| json!(it))),
    ];
    for (name, value) in members {
        body.extend(value.map(|it| (name.to_owned(), it)));
    }
    if sampling.top_k.is_some() {
        losses.lose("top_k", "is not something chat completions take");
    }
}

fn reasoning(
    body: &mut Map<String, Value>,
    request: &Request,
    target: &Target<'_>,
    losses: &mut Losses,
) {
    let Some(reasoning) = &request.reasoning else { return };
    let effort = effort(request, target, losses);
    body.extend(effort.map(|it| ("reasoning_effort".to_owned(), json!(it))));
    if reasoning.budget.is_some() {
        losses.lose(
            reasoning.budget_at(),
            "is a number of tokens, and chat completions take only a reasoning effort",
        );
    }
    // Whether reasoning is shown changes nothing about the answer.
    if reasoning.show.is_some() {
        losses.hint(reasoning.show_at());
    }
}

fn tools(body: &mut Map<String, Value>, request: &Request, losses: &mut Losses) {
    let tools: Vec<Value> = request.tools.iter().filter_map(|it| tool(it, losses)).collect();
    if !tools.is_empty() {
        body.insert("tools".to_owned(), Value::Array(tools));
    }
    if let Some(choice) = &request.tool_choice {
        body.insert("tool_choice".to_owned(), tool_choice(choice));
    }
    if request.parallel_tool_calls == Some(false) {
        body.insert("parallel_tool_calls".to_owned(), json!(false));
    }
}

fn tool(tool: &Tool, losses: &mut Losses) -> Option<Value> {
    if !losses.tool(tool, "is not something chat completions take") {
        return None;
    }
    let mut function = Map::new();
    function.insert("name".to_owned(), json!(tool.name));
    let members = [
        ("description", tool.description.as_ref().map(|it| json!(it))),
        ("parameters", tool.parameters.clone()),
        ("strict", tool.strict.map(|it| json!(it))),
    ];
    for (name, value) in members {
        function.extend(value.map(|it| (name.to_owned(), it)));
    }
    Some(json!({"type": "function", "function": function}))
}

fn tool_choice(choice: &ToolChoice) -> Value {
    let function = |name: &String| json!({"type": "function", "function": {"name": name}});
    match choice {
        ToolChoice::Auto => json!("auto"),
        ToolChoice::None => json!("none"),
        ToolChoice::Required => json!("required"),
        ToolChoice::Named(name) => function(name),
        ToolChoice::Among { required, names } => {
            let mode = if *required { "required" } else { "auto" };
            let tools: Vec<Value> = names.iter().map(function).collect();
            json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}})
        }
    }
}

fn output_format(output: &OutputFormat) -> Option<Value> {
    match output {
        OutputFormat::Text => None,
        OutputFormat::JsonObject => Some(json!({"type": "json_object"})),
        OutputFormat::JsonSchema { name, description, schema, strict } => {
            let mut inner = Map::new();
            // The format wants a name; it means nothing.
            inner.insert("name".to_owned(), json!(name.as_deref().unwrap_or("answer")));
            let members = [
                ("description", description.as_ref().map(|it| json!(it))),
                ("schema", Some(schema.clone())),
                ("strict", strict.map(|it| json!(it))),
            ];
            for (name, value) in members {
                inner.extend(value.map(|it| (name.to_owned(), it)));
            }
            Some(json!({"type": "json_schema", "json_schema": inner}))
        }
    }
}

/// A member that the neutral form has no place for.
fn other(
    body: &mut Map<String, Value>,
    origin: Format,
    rest: &Rest,
    target: &Target<'_>,
    losses: &mut Losses,
) {
    if origin == Format::Responses && rest.field == "text.verbosity" {
        body.insert("verbosity".to_owned(), rest.value.clone());
        return;
    }
    let known = BOOKKEEPING.iter().find(|(from, field, _)| *from == origin && *field == rest.field);
    match (known, rest.weight) {
        (Some((_, _, name)), _) if is_openai(target) => {
            body.insert((*name).to_owned(), rest.value.clone());
        }
        (_, Weight::Hint) => losses.hint(&rest.field),
        (_, Weight::Meaning) => {
            losses.lose(&rest.field, "is not something chat completions take");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_of_openai;

    #[test]
    fn models_of_openai_are_known_by_their_names() {
        for name in ["gpt-5", "gpt-4o-mini", "o3", "o4-mini", "openai/gpt-5", "chatgpt-4o-latest"] {
            assert!(is_of_openai(name), "{name}");
        }
        for name in ["gpt-oss-120b", "mistral-large", "openai/gpt-oss-20b", "olmo-2", "gpt2", ""] {
            assert!(!is_of_openai(name), "{name}");
        }
    }
}
