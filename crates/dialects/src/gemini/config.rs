//! `generationConfig`.

use super::{is_before_3, schema};
use crate::about::Target;
use crate::loss::Losses;
use crate::names::Names;
use crate::request::{OutputFormat, Reasoning, Request};
use serde_json::{Map, Number, Value, json};

/// Most stop texts it takes.
const MAX_STOPS: usize = 5;
/// Most alternatives a token that it tells.
const MAX_LOGPROBS: u64 = 20;

/// Everything about how the answer is drawn and what it must look like.
pub(super) fn write(
    request: &Request,
    target: &Target<'_>,
    losses: &mut Losses,
) -> Map<String, Value> {
    let mut config = Map::new();
    sampling(request, losses, &mut config);
    stops(request, losses, &mut config);
    output(request, losses, &mut config);
    if let Some(reasoning) = &request.reasoning {
        let is_old = is_before_3(target.model);
        let thinking = if request.is_off_as_ever() && !is_old {
            losses.hint(&reasoning.at);
            Map::new()
        } else {
            thinking(reasoning, is_old, losses)
        };
        if !thinking.is_empty() {
            config.insert("thinkingConfig".to_owned(), Value::Object(thinking));
        }
    }
    config
}

fn sampling(request: &Request, losses: &mut Losses, config: &mut Map<String, Value>) {
    let sampling = &request.sampling;
    let mut within = |field: &str, name: &str, number: &Option<Number>, range: (f64, f64)| {
        let Some(number) = number else { return };
        if number.as_f64().is_some_and(|it| (range.0..=range.1).contains(&it)) {
            config.insert(name.to_owned(), Value::Number(number.clone()));
        } else {
            let why = format!("is not from {} to {}, which Gemini wants", range.0, range.1);
            losses.lose(field, why);
        }
    };
    within("temperature", "temperature", &sampling.temperature, (0.0, 2.0));
    within("top_p", "topP", &sampling.top_p, (0.0, 1.0));
    within("top_k", "topK", &sampling.top_k, (1.0, f64::from(i32::MAX)));
    within("seed", "seed", &sampling.seed, (f64::from(i32::MIN), f64::from(i32::MAX)));
    // Models that know no penalties refuse one of 0 too.
    for name in sampling.penalties() {
        if name == "presence_penalty" {
            within(name, "presencePenalty", &sampling.presence_penalty, (-2.0, 2.0));
        } else {
            within(name, "frequencyPenalty", &sampling.frequency_penalty, (-2.0, 2.0));
        }
    }
    if let Some(tokens) = sampling.max_tokens {
        config.insert("maxOutputTokens".to_owned(), json!(tokens));
    }
    match sampling.logprobs {
        None => {}
        Some(0) => {
            config.insert("responseLogprobs".to_owned(), json!(true));
        }
        Some(most) if most <= MAX_LOGPROBS => {
            config.insert("responseLogprobs".to_owned(), json!(true));
            config.insert("logprobs".to_owned(), json!(most));
        }
        Some(_) => losses.lose(
            Names::of(request.origin).logprobs,
            format!("asks for more alternatives than the {MAX_LOGPROBS} that Gemini tells"),
        ),
    }
}

fn stops(request: &Request, losses: &mut Losses, config: &mut Map<String, Value>) {
    let stops = &request.sampling.stop;
    if stops.len() > MAX_STOPS {
        let why = format!("has {} texts, and Gemini takes {MAX_STOPS}", stops.len());
        losses.lose(Names::of(request.origin).stop, why);
    } else if !stops.is_empty() {
        config.insert("stopSequences".to_owned(), json!(stops));
    }
}

fn output(request: &Request, losses: &mut Losses, config: &mut Map<String, Value>) {
    let names = Names::of(request.origin);
    match &request.output {
        None | Some(OutputFormat::Text) => {}
        Some(OutputFormat::JsonObject) => {
            config.insert("responseMimeType".to_owned(), json!("application/json"));
        }
        Some(OutputFormat::JsonSchema { description, schema, .. }) => {
            let at = format!("{}.{}", names.output, names.output_schema);
            let mut schema = schema::checked(schema, &at, losses);
            describe(&mut schema, description.as_deref(), &at, losses);
            config.insert("responseMimeType".to_owned(), json!("application/json"));
            config.insert("responseJsonSchema".to_owned(), schema);
        }
    }
}

/// What an answer is for has no place of its own, but a schema has one.
fn describe(schema: &mut Value, description: Option<&str>, at: &str, losses: &mut Losses) {
    let Some(description) = description else { return };
    match schema.as_object_mut() {
        Some(it) if !it.contains_key("description") && !it.contains_key("$ref") => {
            it.insert("description".to_owned(), json!(description));
        }
        _ => {
            let at = at.trim_end_matches("schema").trim_end_matches('.');
            let why = "has no place at Gemini beside a schema that describes itself";
            losses.lose(format!("{at}.description"), why);
        }
    }
}

/// `thinkingConfig`. Levels and budgets exclude each other.
fn thinking(reasoning: &Reasoning, is_old: bool, losses: &mut Losses) -> Map<String, Value> {
    let mut config = Map::new();
    let effort = reasoning.effort.as_deref();
    if reasoning.enabled == Some(false) || effort == Some("none") {
        if is_old {
            config.insert("thinkingBudget".to_owned(), json!(0));
        } else {
            losses.lose(&reasoning.at, "turns reasoning off, which Gemini 3 and later cannot");
        }
        return config;
    }
    match (reasoning.budget, effort) {
        (Some(budget), None) => {
            config.insert("thinkingBudget".to_owned(), json!(budget));
        }
        (Some(_), Some(_)) => {
            losses
                .lose(&reasoning.at, "gives an effort and a budget, and Gemini takes one of them");
        }
        (None, Some(effort)) => match self::effort(effort, is_old) {
            Some((name, value)) => {
                config.insert(name.to_owned(), value);
            }
            None => {
                losses.lose(
                    reasoning.effort_at(),
                    format!("is `{effort}`, which Gemini does not know"),
                );
            }
        },
        // As much as it likes: newer models do so by themselves.
        (None, None) if is_old && (reasoning.adaptive || reasoning.enabled == Some(true)) => {
            config.insert("thinkingBudget".to_owned(), json!(-1));
        }
        (None, None) => {}
    }
    if reasoning.show.as_deref().is_some_and(|it| it != "none") {
        config.insert("includeThoughts".to_owned(), json!(true));
    }
    config
}

/// An effort as a level; for older models, as the budget that Google documents for it
/// (<https://ai.google.dev/gemini-api/docs/openai>).
fn effort(effort: &str, is_old: bool) -> Option<(&'static str, Value)> {
    let (level, budget) = match effort {
        "minimal" => ("MINIMAL", 1024),
        "low" => ("LOW", 1024),
        "medium" => ("MEDIUM", 8192),
        "high" => ("HIGH", 24_576),
        _ => return None,
    };
    Some(if is_old { ("thinkingBudget", json!(budget)) } else { ("thinkingLevel", json!(level)) })
}
