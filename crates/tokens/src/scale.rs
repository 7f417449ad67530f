//! What counts the tokens of a model's text: a vocabulary, or a rule.

use crate::rule::Rule;
use std::sync::LazyLock;
use tiktoken::CoreBpe;

/// What counts the tokens of a model's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scale {
    /// OpenAI's `o200k_base`: gpt-4o and everything after it, o1 to o4, gpt-oss.
    O200k,
    /// OpenAI's `cl100k_base`: gpt-4 and gpt-3.5.
    Cl100k,
    /// By bytes, for Claude.
    Claude,
    /// By bytes, for vocabularies of about 50,000 tokens, which cut other scripts than Latin small: `SmolLM`, gpt-2.
    Small,
    /// By bytes, for what else there is: Llama, Qwen, Mistral, `DeepSeek`, Kimi, GLM, `MiniMax` and the unknown.
    Other,
}

/// Beginnings of the names of models that read `o200k_base`.
const O200K: [&str; 9] =
    ["gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt-", "o1", "o3", "o4"];
/// Beginnings of the names of models that read `cl100k_base`, when they are none of those above.
const CL100K: [&str; 3] = ["gpt-4", "gpt-3.5", "gpt-35"];

static O200K_BASE: LazyLock<Option<&CoreBpe>> =
    LazyLock::new(|| tiktoken::get_encoding("o200k_base"));
static CL100K_BASE: LazyLock<Option<&CoreBpe>> =
    LazyLock::new(|| tiktoken::get_encoding("cl100k_base"));

impl Scale {
    /// That of a model, by the last part of its name (`openai/gpt-5` on a reseller is gpt-5); fine-tuned ones by what they are made
    /// of. What OpenAI itself serves under a name that is not known here reads its newest vocabulary.
    #[must_use]
    pub fn of(provider: &str, model: &str) -> Self {
        let model = model.strip_prefix("ft:").unwrap_or(model);
        let name = model.rsplit('/').next().unwrap_or(model).to_ascii_lowercase();
        let begins = |all: &[&str]| all.iter().any(|it| name.starts_with(it));
        let has = |all: &[&str]| all.iter().any(|it| name.contains(it));
        if begins(&O200K) {
            Self::O200k
        } else if begins(&CL100K) {
            Self::Cl100k
        } else if provider == "openai" {
            Self::O200k
        } else if has(&["claude"]) {
            Self::Claude
        } else if has(&["smollm", "gpt-2", "gpt2"]) {
            Self::Small
        } else {
            Self::Other
        }
    }

    /// Tokens of a text as a whole.
    #[must_use]
    pub fn tokens(self, text: &str) -> u64 {
        match self {
            Self::O200k => exact(*O200K_BASE, text),
            Self::Cl100k => exact(*CL100K_BASE, text),
            Self::Claude => Rule::CLAUDE.tokens(text),
            Self::Small => Rule::SMALL.tokens(text),
            Self::Other => Rule::OTHER.tokens(text),
        }
    }
}

/// The vocabularies are in the binary; were one not, the rule would still count.
fn exact(vocabulary: Option<&CoreBpe>, text: &str) -> u64 {
    match vocabulary {
        Some(it) => u64::try_from(it.count(text)).unwrap_or(u64::MAX),
        None => Rule::OTHER.tokens(text),
    }
}

/// Unpacks the vocabularies, so that no request has to wait for it: about 100 ms, once, on a thread that may block.
pub fn warm() {
    for scale in [Scale::O200k, Scale::Cl100k] {
        std::hint::black_box(scale.tokens("a"));
    }
}

#[cfg(test)]
mod tests {
    use super::Scale;

    #[test]
    fn models_are_known_by_the_last_part_of_their_name() {
        for (provider, model, expected) in [
            ("openai", "gpt-4o-mini", Scale::O200k),
            ("openai", "gpt-4.1", Scale::O200k),
            ("openai", "gpt-4-0613", Scale::Cl100k),
            ("openai", "gpt-3.5-turbo", Scale::Cl100k),
            ("openai", "ft:gpt-4o-mini-2024-07-18:acme::abc", Scale::O200k),
            ("openai", "something-new", Scale::O200k),
            ("openrouter", "openai/gpt-5", Scale::O200k),
            ("groq", "openai/gpt-oss-120b", Scale::O200k),
            ("openrouter", "anthropic/claude-sonnet-4.5", Scale::Claude),
            ("custom-lab", "SmolLM2-135M", Scale::Small),
            ("groq", "llama-3.3-70b-versatile", Scale::Other),
            ("ollama", "whatever", Scale::Other),
        ] {
            assert_eq!(Scale::of(provider, model), expected, "{provider}/{model}");
        }
    }
}
