//! How much a model should think.
//!
//! Claude from 4.6 on takes an effort and adapts; earlier ones, and other models behind this format, take a budget of
//! tokens. An effort becomes a budget by the shares of `max_tokens` that `OpenRouter` documents for it.

use super::write::Writer;
use crate::request::Reasoning;
use serde_json::{Value, json};

/// The least budget, and the API's own minimum.
const LEAST: u64 = 1024;
/// What Anthropic knows as effort.
const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];
/// Efforts as hundredths of `max_tokens`: <https://openrouter.ai/docs/use-cases/reasoning-tokens>.
const SHARES: &[(&str, u64)] =
    &[("minimal", 10), ("low", 20), ("medium", 50), ("high", 80), ("xhigh", 95), ("max", 95)];

/// Writes `thinking` and `output_config.effort`; whether the model will think.
pub(super) fn write(writer: &mut Writer<'_>) -> bool {
    let Some(reasoning) = &writer.request.reasoning else { return false };
    let effort = reasoning.effort.as_deref();
    if reasoning.enabled == Some(false) || effort == Some("none") {
        writer.set("thinking", json!({"type": "disabled"}));
        return false;
    }
    let asked = reasoning.enabled == Some(true) || reasoning.adaptive;
    if !asked && effort.is_none() && reasoning.budget.is_none() {
        if reasoning.show.is_some() {
            writer.losses.hint(reasoning.show_at());
        }
        return false;
    }
    let thinking = match reasoning.budget {
        Some(budget) => budgeted(writer, reasoning, budget),
        None if writer.claude.adapts() || reasoning.adaptive => adaptive(writer, reasoning),
        None => by_share(writer, reasoning, effort.unwrap_or("medium")),
    };
    let Some(mut thinking) = thinking else { return false };
    if let (Some(members), Some(show)) = (thinking.as_object_mut(), &reasoning.show) {
        let display =
            if matches!(show.as_str(), "none" | "omitted") { "omitted" } else { "summarized" };
        members.insert("display".to_owned(), json!(display));
    }
    writer.set("thinking", thinking);
    true
}

fn adaptive(writer: &mut Writer<'_>, reasoning: &Reasoning) -> Option<Value> {
    if let Some(effort) = reasoning.effort.as_deref() {
        if !EFFORTS.contains(&effort) {
            let why = format!("is `{effort}`, and Anthropic knows {}", EFFORTS.join(", "));
            writer.losses.lose(reasoning.effort_at(), why);
            return None;
        }
        writer.output_config("effort", json!(effort));
    }
    Some(json!({"type": "adaptive"}))
}

/// The budget that an effort becomes, of so many tokens in all.
pub(crate) fn budget_of(effort: &str, max_tokens: u64) -> Option<u64> {
    let (_, share) = SHARES.iter().find(|(word, _)| *word == effort)?;
    Some((max_tokens.saturating_mul(*share) / 100).max(LEAST))
}

fn by_share(writer: &mut Writer<'_>, reasoning: &Reasoning, effort: &str) -> Option<Value> {
    let Some(budget) = budget_of(effort, writer.max_tokens) else {
        let why = format!("is `{effort}`, which is no effort known for this model");
        writer.losses.lose(reasoning.effort_at(), why);
        return None;
    };
    budgeted(writer, reasoning, budget)
}

fn budgeted(writer: &mut Writer<'_>, reasoning: &Reasoning, budget: u64) -> Option<Value> {
    let why = if writer.claude.has_no_budget() {
        "is a budget of tokens, and models after Claude Opus 4.6 take an effort"
    } else if budget < LEAST {
        "is a budget of less than 1024 tokens, Anthropic's least"
    } else if budget >= writer.max_tokens {
        "leaves nothing of the allowance of tokens for the answer, which Anthropic does not take"
    } else {
        if let Some(effort) = &reasoning.effort
            && reasoning.budget.is_some()
            && EFFORTS.contains(&effort.as_str())
        {
            writer.output_config("effort", json!(effort));
        }
        return Some(json!({"type": "enabled", "budget_tokens": budget}));
    };
    let at = if reasoning.budget.is_some() { reasoning.budget_at() } else { reasoning.effort_at() };
    writer.losses.lose(at, why);
    None
}
