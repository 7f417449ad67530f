//! A provider's request.

use super::write_items::Items;
use super::{FAMILY, tools};
use crate::about::Target;
use crate::effort::effort;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{Content, OutputFormat, Request, Rest, Weight};
use chat::Format;
use serde_json::{Map, Value, json};

/// Bookkeeping that the format has a place for: from the caller's field to the member here.
const BOOKKEEPING: &[(Format, &str, &str)] = &[
    (Format::Chat, "metadata", "metadata"),
    (Format::Chat, "prompt_cache_key", "prompt_cache_key"),
    (Format::Chat, "prompt_cache_options", "prompt_cache_options"),
    (Format::Chat, "prompt_cache_retention", "prompt_cache_retention"),
    (Format::Chat, "safety_identifier", "safety_identifier"),
    (Format::Chat, "service_tier", "service_tier"),
    (Format::Chat, "user", "user"),
    (Format::Messages, "metadata.user_id", "user"),
];

const NOT_TAKEN: &str = "is not something Responses take";

pub(crate) fn write_request(request: &Request, target: &Target<'_>, losses: &mut Losses) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(target.model));
    body.insert("input".to_owned(), Value::Array(Items::of(request, losses)));
    // Nothing is fetched from there later, since the caller keeps the conversation itself.
    body.insert("store".to_owned(), json!(false));
    if request.stream {
        body.insert("stream".to_owned(), json!(true));
    }
    write_tools(&mut body, request, losses);
    let mut text = Map::new();
    text.extend(request.output.as_ref().and_then(format).map(|it| ("format".to_owned(), it)));
    let include = sampling(&mut body, request, losses);
    let reasons = reasoning(&mut body, request, target, losses);
    for rest in &request.rest {
        other((&mut body, &mut text), request.origin, rest, losses);
    }
    if !text.is_empty() {
        body.insert("text".to_owned(), Value::Object(text));
    }
    let encrypted = reasons || gives_back(request);
    let include: Vec<&str> =
        include.into_iter().chain(encrypted.then_some("reasoning.encrypted_content")).collect();
    if !include.is_empty() {
        body.insert("include".to_owned(), json!(include));
    }
    Value::Object(body)
}

/// The conversation has encrypted reasoning of the format's own, so more of it can be taken.
fn gives_back(request: &Request) -> bool {
    let mut parts = request.messages.iter().flat_map(|it| &it.parts);
    parts.any(|it| match &it.content {
        Content::Thought(thought) => thought.opaque.as_ref().is_some_and(|it| it.family == FAMILY),
        _ => false,
    })
}

fn write_tools(body: &mut Map<String, Value>, request: &Request, losses: &mut Losses) {
    let all = request.tools.iter();
    let all: Vec<Value> = all.filter_map(|it| tools::write(it, request.origin, losses)).collect();
    if !all.is_empty() {
        body.insert("tools".to_owned(), Value::Array(all));
    }
    if let Some(choice) = &request.tool_choice {
        body.insert("tool_choice".to_owned(), tools::choice(choice));
    }
    if request.parallel_tool_calls == Some(false) {
        body.insert("parallel_tool_calls".to_owned(), json!(false));
    }
}

/// What the answer must look like, in the form of `text.format`.
pub(super) fn format(output: &OutputFormat) -> Option<Value> {
    match output {
        OutputFormat::Text => None,
        OutputFormat::JsonObject => Some(json!({"type": "json_object"})),
        OutputFormat::JsonSchema { name, description, schema, strict } => {
            let mut format = Map::new();
            format.insert("type".to_owned(), json!("json_schema"));
            // The format wants a name; it means nothing.
            format.insert("name".to_owned(), json!(name.as_deref().unwrap_or("answer")));
            let members = [
                ("description", description.as_ref().map(|it| json!(it))),
                ("schema", Some(schema.clone())),
                ("strict", strict.map(|it| json!(it))),
            ];
            for (name, value) in members {
                format.extend(value.map(|it| (name.to_owned(), it)));
            }
            Some(Value::Object(format))
        }
    }
}

/// Writes how the answer is drawn; what has to be included in it for that.
fn sampling(
    body: &mut Map<String, Value>,
    request: &Request,
    losses: &mut Losses,
) -> Option<&'static str> {
    let sampling = &request.sampling;
    let members = [
        ("max_output_tokens", sampling.max_tokens.map(|it| json!(it))),
        ("temperature", sampling.temperature.as_ref().map(|it| json!(it))),
        ("top_p", sampling.top_p.as_ref().map(|it| json!(it))),
        ("top_logprobs", sampling.logprobs.filter(|it| *it > 0).map(|it| json!(it))),
    ];
    for (name, value) in members {
        body.extend(value.map(|it| (name.to_owned(), it)));
    }
    let names = Names::of(request.origin);
    let missing = [
        ("top_k", sampling.top_k.is_some()),
        (names.stop, !sampling.stop.is_empty()),
        ("seed", sampling.seed.is_some()),
    ];
    let missing = missing.into_iter().filter_map(|(field, it)| it.then_some(field));
    for field in missing.chain(sampling.penalties()) {
        losses.lose(field, NOT_TAKEN);
    }
    sampling.logprobs.map(|_| "message.output_text.logprobs")
}

/// Writes how much to think; whether the model is told to. One that does not reason refuses to give its reasoning back.
fn reasoning(
    body: &mut Map<String, Value>,
    request: &Request,
    target: &Target<'_>,
    losses: &mut Losses,
) -> bool {
    let Some(reasoning) = &request.reasoning else { return false };
    let mut object = Map::new();
    let effort = effort(request, target, losses);
    object.extend(effort.map(|it| ("effort".to_owned(), json!(it))));
    if reasoning.budget.is_some() {
        let why = "is a number of tokens, and Responses take only a reasoning effort";
        losses.lose(reasoning.budget_at(), why);
    }
    match reasoning.show.as_deref() {
        None => {}
        Some("none" | "omitted") => losses.hint(reasoning.show_at()),
        Some(how @ ("auto" | "concise" | "detailed")) => {
            object.insert("summary".to_owned(), json!(how));
        }
        Some(_) => {
            object.insert("summary".to_owned(), json!("auto"));
        }
    }
    let reasons = !object.is_empty() && effort != Some("none");
    if !object.is_empty() {
        body.insert("reasoning".to_owned(), Value::Object(object));
    }
    reasons
}

/// A member that the neutral form has no place for.
fn other(
    (body, text): (&mut Map<String, Value>, &mut Map<String, Value>),
    origin: Format,
    rest: &Rest,
    losses: &mut Losses,
) {
    if origin == Format::Chat && rest.field == "verbosity" {
        text.insert("verbosity".to_owned(), rest.value.clone());
        return;
    }
    let known = BOOKKEEPING.iter().find(|(from, field, _)| *from == origin && *field == rest.field);
    match (known, rest.weight) {
        (Some((_, _, name)), _) => {
            body.insert((*name).to_owned(), rest.value.clone());
        }
        (None, Weight::Hint) => losses.hint(&rest.field),
        (None, Weight::Meaning) => losses.lose(&rest.field, NOT_TAKEN),
    }
}
