//! How much the model thinks: in Converse's own `effort`, or in the vendor's words.

use super::options::Options;
use super::vendor::Vendor;
use crate::about::Target;
use crate::loss::Losses;
use crate::messages::{Claude, budget_of};
use crate::request::{Reasoning, Request};
use serde_json::{Value, json};

/// Efforts that Converse has.
const EFFORTS: &[&str] = &["low", "medium", "high", "xhigh", "max"];

/// Writes what is asked for.
pub(super) fn write(
    options: &mut Options,
    request: &Request,
    (vendor, target): (Vendor, &Target<'_>),
    losses: &mut Losses,
) {
    let Some(reasoning) = &request.reasoning else { return };
    let off = reasoning.enabled == Some(false) || reasoning.effort.as_deref() == Some("none");
    let claude = Claude::of(target.model);
    match vendor {
        Vendor::Claude if off => options.add("thinking", json!({ "type": "disabled" })),
        Vendor::Claude if claude != Claude::No => {
            let most = request.sampling.max_tokens.unwrap_or_else(|| target.max_tokens());
            let thinking = thinking(options, reasoning, (claude, most), losses);
            options.think(thinking, reasoning);
        }
        Vendor::Nova if off => options.add("reasoningConfig", json!({ "type": "disabled" })),
        _ if off && request.is_off_as_ever() => losses.hint(&reasoning.at),
        _ if off => losses.lose(&reasoning.at, "cannot be switched off for this model"),
        _ => in_other_words(options, reasoning, vendor, losses),
    }
}

/// Claude's `thinking`. Versions that adapt are told an effort, earlier ones a budget, as in Anthropic's own format.
fn thinking(
    options: &mut Options,
    reasoning: &Reasoning,
    (claude, most): (Claude, u64),
    losses: &mut Losses,
) -> Option<Value> {
    let effort = reasoning.effort.as_deref();
    let asked = reasoning.enabled == Some(true) || effort.is_some();
    if let Some(budget) = reasoning.budget {
        if claude.has_no_budget() {
            losses.lose(
                reasoning.budget_at(),
                "is a budget of tokens, and this model takes an effort",
            );
            return None;
        }
        say(options, effort, reasoning, losses);
        return Some(json!({ "type": "enabled", "budget_tokens": budget }));
    }
    if reasoning.adaptive || asked && claude.adapts() {
        say(options, effort, reasoning, losses);
        return Some(json!({ "type": "adaptive" }));
    }
    if !asked {
        return None;
    }
    let effort = effort.unwrap_or("medium");
    let Some(budget) = budget_of(effort, most) else {
        losses.lose(
            reasoning.effort_at(),
            format!("is `{effort}`, which is no effort known for this model"),
        );
        return None;
    };
    if budget >= most {
        let why = "leaves nothing of the allowance of tokens for the answer";
        losses.lose(reasoning.effort_at(), why);
        return None;
    }
    Some(json!({ "type": "enabled", "budget_tokens": budget }))
}

/// The effort, if there is one, in Converse's words.
fn say(options: &mut Options, effort: Option<&str>, reasoning: &Reasoning, losses: &mut Losses) {
    let Some(effort) = effort else { return };
    if EFFORTS.contains(&effort) {
        options.output.insert("effort".to_owned(), json!(effort));
    } else {
        let why = format!("is `{effort}`, and Converse takes {}", EFFORTS.join(", "));
        losses.lose(reasoning.effort_at(), why);
    }
}

/// Models that are no Claude, or whose id does not tell: Converse's effort, or the vendor's.
fn in_other_words(
    options: &mut Options,
    reasoning: &Reasoning,
    vendor: Vendor,
    losses: &mut Losses,
) {
    if let Some(budget) = reasoning.budget {
        if vendor == Vendor::Claude {
            let thinking = json!({ "type": "enabled", "budget_tokens": budget });
            options.think(Some(thinking), reasoning);
        } else {
            losses.lose(
                reasoning.budget_at(),
                "is a budget of tokens, which this model does not take",
            );
        }
    } else if reasoning.adaptive && vendor == Vendor::Claude {
        options.think(Some(json!({ "type": "adaptive" })), reasoning);
    }
    let Some(effort) = reasoning.effort.as_deref() else {
        let is_told = vendor == Vendor::Claude && reasoning.adaptive || reasoning.budget.is_some();
        if !is_told && (reasoning.adaptive || reasoning.enabled == Some(true)) {
            losses.hint(&reasoning.at);
        }
        return;
    };
    match vendor {
        _ if !EFFORTS.contains(&effort) => say(options, Some(effort), reasoning, losses),
        Vendor::Nova => {
            let config = json!({ "type": "enabled", "maxReasoningEffort": effort });
            options.add("reasoningConfig", config);
        }
        Vendor::OpenAi => options.add("reasoning_effort", json!(effort)),
        Vendor::Claude | Vendor::Other => say(options, Some(effort), reasoning, losses),
    }
}

impl Options {
    fn add(&mut self, name: &str, value: Value) {
        self.additional.insert(name.to_owned(), value);
    }

    /// Claude's `thinking`, shown as it is asked for.
    fn think(&mut self, thinking: Option<Value>, reasoning: &Reasoning) {
        let Some(mut thinking) = thinking else { return };
        let display = match reasoning.show.as_deref() {
            Some("none" | "omitted") => Some("omitted"),
            Some(_) => Some("summarized"),
            None => None,
        };
        if let (Some(display), Some(members)) = (display, thinking.as_object_mut()) {
            members.insert("display".to_owned(), json!(display));
        }
        self.add("thinking", thinking);
    }
}
