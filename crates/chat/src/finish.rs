//! Why a model stopped, in one set of words for all formats.

use crate::json::{Cursor, Fault, is_filled};

/// Why a model stopped. The names are OpenAI's, where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done, or a stop text came.
    Stop,
    /// It had used up what it was allowed.
    Length,
    /// It calls functions.
    ToolCalls,
    /// A filter stepped in.
    ContentFilter,
    /// It declined.
    Refusal,
    /// Something that only its provider has a word for.
    Other,
}

impl FinishReason {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
            Self::Other => "other",
        }
    }

    /// From the word of any provider, as JSON; `None` when it is none. Words of OpenAI, Anthropic, Gemini, Converse and Cohere.
    #[must_use]
    pub(crate) fn read(raw: &[u8]) -> Option<Self> {
        if !is_filled(raw) {
            return None;
        }
        let word = raw.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(raw);
        Some(match word.to_ascii_lowercase().as_slice() {
            b"stop" | b"end_turn" | b"stop_sequence" | b"complete" | b"completed" | b"eos" => {
                Self::Stop
            }
            b"length" | b"max_tokens" | b"max_output_tokens" | b"model_context_window_exceeded" => {
                Self::Length
            }
            b"tool_calls" | b"tool_call" | b"tool_use" | b"function_call" => Self::ToolCalls,
            b"content_filter"
            | b"content_filtered"
            | b"guardrail_intervened"
            | b"safety"
            | b"recitation"
            | b"blocklist"
            | b"prohibited_content"
            | b"spii"
            | b"image_safety" => Self::ContentFilter,
            b"refusal" => Self::Refusal,
            _ => Self::Other,
        })
    }

    /// Of the first choice of a chat completion.
    pub(crate) fn of_choice(
        cursor: &mut Cursor<'_>,
        found: &mut Option<Self>,
    ) -> Result<(), Fault> {
        cursor.object(|cursor, key| {
            if &*key.name() == b"finish_reason" {
                *found = found.or(Self::read(cursor.raw()?));
                Ok(())
            } else {
                cursor.skip()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::FinishReason as F;

    #[test]
    fn words_of_every_provider_are_known() {
        for (raw, expected) in [
            (r#""stop""#, Some(F::Stop)),
            (r#""end_turn""#, Some(F::Stop)),
            (r#""MAX_TOKENS""#, Some(F::Length)),
            (r#""tool_use""#, Some(F::ToolCalls)),
            (r#""TOOL_CALL""#, Some(F::ToolCalls)),
            (r#""SAFETY""#, Some(F::ContentFilter)),
            (r#""refusal""#, Some(F::Refusal)),
            (r#""pause_turn""#, Some(F::Other)),
            ("null", None),
            (r#""""#, None),
        ] {
            assert_eq!(F::read(raw.as_bytes()), expected, "{raw}");
        }
    }
}
