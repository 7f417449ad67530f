//! How much a model is to think, as `OpenAI`'s two formats say it: in one word, which only some models take.

use crate::about::Target;
use crate::loss::Losses;
use crate::request::{Reasoning, Request};

/// The word to be written, if any: the caller's own; else, for a model that is known to take it, what the caller's switch
/// or budget comes to.
pub(crate) fn effort<'r>(
    request: &'r Request,
    target: &Target<'_>,
    losses: &mut Losses,
) -> Option<&'r str> {
    let reasoning = request.reasoning.as_ref()?;
    if let Some(effort) = &reasoning.effort {
        return Some(effort);
    }
    let model = Model::of(target.model);
    let word = match reasoning {
        Reasoning { enabled: Some(false), .. } => {
            (!request.is_off_as_ever() || model == Model::MayRest).then_some("none")
        }
        Reasoning { budget: Some(budget), .. } => {
            let most = request.sampling.max_tokens.unwrap_or_else(|| target.max_tokens());
            // Without it the loss of the budget itself is told.
            return (model != Model::Other).then(|| of_budget(*budget, most));
        }
        Reasoning { enabled: Some(true), .. } | Reasoning { adaptive: true, .. } => {
            (model != Model::Other).then_some("medium")
        }
        _ => return None,
    };
    if word.is_none() {
        losses.hint(&reasoning.at);
    }
    word
}

/// The effort whose usual share of the allowance is nearest.
fn of_budget(budget: u64, most: u64) -> &'static str {
    match budget.saturating_mul(100) / most.max(1) {
        0..35 => "low",
        35..65 => "medium",
        _ => "high",
    }
}

/// What is known of a model's efforts from its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    /// Takes `low` to `high`: `OpenAI`'s o-series and GPT-5.
    Reasons,
    /// Takes `none` too: from GPT-5.1 on, as the description of `reasoning_effort` in `OpenAI`'s API says.
    MayRest,
    /// Nothing, so that it is told nothing.
    Other,
}

impl Model {
    fn of(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let name = name.strip_prefix("ft:").unwrap_or(name);
        // Each of these variants takes other efforts than its version.
        let is_variant = |it: &str| name.split(['-', ':']).any(|word| word == it);
        if is_variant("pro") || is_variant("chat") {
            return Self::Other;
        }
        let is_digit = |it: char| it.is_ascii_digit();
        if name.strip_prefix('o').is_some_and(|it| it.starts_with(is_digit)) {
            return Self::Reasons;
        }
        let Some(version) = name.strip_prefix("gpt-") else { return Self::Other };
        let version = version.split(|it: char| it != '.' && !is_digit(it)).next().unwrap_or("");
        let mut numbers = version.split('.').map(|it| it.parse::<u32>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        match (major, minor) {
            (0..5, _) => Self::Other,
            (5, 0) => Self::Reasons,
            _ if is_variant("codex") => Self::Reasons,
            _ => Self::MayRest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Model, of_budget};

    #[test]
    fn a_name_tells_which_efforts_a_model_takes() {
        for (expected, names) in [
            (
                Model::Reasons,
                &[
                    "o3",
                    "o4-mini",
                    "ft:o4-mini:org::id",
                    "gpt-5",
                    "openai/gpt-5-mini",
                    "gpt-5.1-codex",
                ][..],
            ),
            (Model::MayRest, &["gpt-5.1", "gpt-5.2-2025-12-11", "openai/gpt-5.4-mini", "gpt-6"]),
            (
                Model::Other,
                &[
                    "gpt-4o",
                    "gpt-4.1-mini",
                    "gpt-5-pro",
                    "gpt-5.1-chat-latest",
                    "gpt-oss-120b",
                    "mistral-large",
                    "olmo-2",
                    "",
                ],
            ),
        ] {
            for name in names {
                assert_eq!(Model::of(name), expected, "{name}");
            }
        }
    }

    #[test]
    fn a_budget_is_the_effort_of_its_share_of_the_allowance() {
        assert_eq!(
            [(1024, 8192), (4096, 8192), (8000, 8192), (1, 0)]
                .map(|(it, most)| of_budget(it, most)),
            ["low", "medium", "high", "high"]
        );
    }
}
