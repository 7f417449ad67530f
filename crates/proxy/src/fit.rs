//! Whether a model can serve a request, as far as the price catalogue knows. What is not known is left to the provider: a model is passed
//! over only when it is certain that it would refuse, or answer without having understood.
use crate::catalog::Plan;
use crate::prompt::Prompt;
use chat::{Format, Head};
use providers::{Feature, Mode};
use tokens::Scale;

/// Members that let a provider cut a prompt by itself: then no length is too long for certain.
const CUTS: [&[u8]; 2] = [b"\"truncation\"", b"\"context_management\""];

/// Why this model cannot serve this request, with the field that asks for it; `None`: it may.
pub(crate) fn unfit(plan: &Plan, head: &Head<'_>, prompt: &Prompt, body: &[u8]) -> Option<String> {
    let why = wrong_mode(plan, head)
        .or_else(|| lacking(plan, head))
        .or_else(|| too_long(plan, head, prompt, body))?;
    Some(format!("skipped: {}/{} {why}", plan.endpoint.slug, plan.model))
}

fn wrong_mode(plan: &Plan, head: &Head<'_>) -> Option<String> {
    match (plan.quote.mode?, head.format == Format::Embeddings) {
        (Mode::Embeddings, false) => Some("makes embeddings and does not chat".to_owned()),
        (Mode::Chat | Mode::Responses, true) => Some("chats and makes no embeddings".to_owned()),
        _ => None,
    }
}

fn lacking(plan: &Plan, head: &Head<'_>) -> Option<String> {
    let needs = [
        (head.has_functions, Feature::Tools),
        (head.has_images, Feature::Images),
        (head.has_audio, Feature::AudioInput),
        (head.has_files, Feature::Files),
        (head.wants_schema, Feature::JsonSchema),
        (head.sets_reasoning.is_some(), Feature::Reasoning),
    ];
    let lacks =
        |(needed, feature): &(bool, Feature)| *needed && plan.quote.capabilities.lacks(*feature);
    let (_, feature) = needs.into_iter().find(lacks)?;
    let (does_not, field) = match feature {
        Feature::Images => ("does not take images", list(head.format)),
        Feature::AudioInput => ("does not take sound", list(head.format)),
        Feature::Files => ("does not take files", list(head.format)),
        Feature::JsonSchema => ("does not answer in JSON of a schema", schema(head.format)),
        Feature::Reasoning => {
            ("cannot be told how much to reason", head.sets_reasoning.unwrap_or_default())
        }
        _ => ("does not call tools", "tools"),
    };
    Some(format!("{does_not}, which `{field}` asks for (says {})", plan.quote.version))
}

fn list(format: Format) -> &'static str {
    if format == Format::Responses { "input" } else { "messages" }
}

fn schema(format: Format) -> &'static str {
    match format {
        Format::Responses => "text.format",
        Format::Messages => "output_config.format",
        _ => "response_format",
    }
}

/// Of text alone: what a picture or a file is to a model differs too much.
///
/// Lists give as the context either all that a model reads and writes, or what it reads: so input alone may fill it, and with the output
/// asked for it may be longer by what a reply may have.
fn too_long(plan: &Plan, head: &Head<'_>, prompt: &Prompt, body: &[u8]) -> Option<String> {
    let context = plan.quote.context?;
    let output = head.max_output_tokens.unwrap_or_default();
    let both = context.saturating_add(plan.quote.max_output_tokens.unwrap_or_default());
    let is_too_much = |input: u64| input > context || input.saturating_add(output) > both;
    // Counting takes time, and a token of fewer than two bytes is rare.
    if !is_too_much(head.input_bytes / 2) || head.has_images || head.has_audio || head.has_files {
        return None;
    }
    let input = prompt.tokens(plan.scale);
    if !is_too_much(at_least(input, plan.scale)) || CUTS.into_iter().any(|it| holds(body, it)) {
        return None;
    }
    let asked = if output > 0 { format!(" and {output} of output") } else { String::new() };
    Some(format!("has a context of {context} tokens; the request is about {input}{asked}"))
}

/// The fewest tokens that a text may be of which this many are estimated: by how far estimates were found to be too high
/// (docs/limits.md), and by the sample that is counted of a long text.
fn at_least(estimate: u64, scale: Scale) -> u64 {
    let eighths = match scale {
        Scale::O200k | Scale::Cl100k | Scale::Claude | Scale::Small => 7,
        Scale::Other => 5,
    };
    estimate / 8 * eighths
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    body.windows(text.len()).any(|it| it == text)
}
