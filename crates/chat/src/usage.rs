//! What a call used, in classes that do not overlap, so that each token is priced once.

mod counts;
mod native;

use crate::format::Format;
use counts::Counts;
use serde_json::value::RawValue;

/// Tokens in disjoint classes: their sum is what was processed. A class that is absent from stored
/// JSON is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Input tokens of no other class.
    pub input: u64,
    /// Input tokens read from the provider's prompt cache.
    pub cache_read: u64,
    /// Input tokens written to the provider's prompt cache for its usual time (Anthropic's 5 minutes).
    pub cache_write: u64,
    /// Input tokens written to the provider's prompt cache for an hour.
    pub cache_write_1h: u64,
    /// Audio input tokens.
    pub audio_input: u64,
    /// Image input tokens.
    pub image_input: u64,
    /// Output tokens of no other class.
    pub output: u64,
    /// Reasoning tokens.
    pub reasoning: u64,
    /// Audio output tokens.
    pub audio_output: u64,
    /// Image output tokens.
    pub image_output: u64,
}

/// A provider's account of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// In the normal form.
    pub usage: Usage,
    /// The provider's numbers add up. When they do not, no number is below 0, a part is at most its
    /// total, and tokens that only `total_tokens` knows of are output.
    pub consistent: bool,
    /// What the provider says it costs.
    pub stated: Stated,
}

/// What a provider says a call costs, by where it says so. Nano-dollars, rounded up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// `cost`, a number of dollars; with `is_byok`, `cost_details.upstream_inference_cost` is added,
    /// which the owner of that key pays as well (`OpenRouter`).
    pub cost: Option<u64>,
    /// `cost.total_cost`, in dollars (Perplexity).
    pub total_cost: Option<u64>,
    /// `cost_in_usd_ticks`, of which 10^10 are a dollar (xAI).
    pub ticks: Option<u64>,
}

impl Usage {
    /// All input tokens.
    #[must_use]
    pub fn tokens_in(&self) -> u64 {
        [self.cache_read, self.cache_write, self.cache_write_1h, self.audio_input, self.image_input]
            .into_iter()
            .fold(self.input, u64::saturating_add)
    }

    /// All output tokens.
    #[must_use]
    pub fn tokens_out(&self) -> u64 {
        [self.reasoning, self.audio_output, self.image_output]
            .into_iter()
            .fold(self.output, u64::saturating_add)
    }

    /// Class by class; saturating.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let sum = u64::saturating_add;
        Self {
            input: sum(self.input, other.input),
            cache_read: sum(self.cache_read, other.cache_read),
            cache_write: sum(self.cache_write, other.cache_write),
            cache_write_1h: sum(self.cache_write_1h, other.cache_write_1h),
            audio_input: sum(self.audio_input, other.audio_input),
            image_input: sum(self.image_input, other.image_input),
            output: sum(self.output, other.output),
            reasoning: sum(self.reasoning, other.reasoning),
            audio_output: sum(self.audio_output, other.audio_output),
            image_output: sum(self.image_output, other.image_output),
        }
    }
}

impl Reported {
    /// From an OpenAI-shaped `usage` object; `None` when it is `null` or counts neither prompt nor
    /// completion.
    ///
    /// OpenAI's details are parts of their totals (`cached_tokens` of `prompt_tokens`, and so on):
    /// they are taken out of it, and never more than there is. Where `total_tokens` shows that a
    /// part is counted *beside* its total (xAI's reasoning, a cache counted as Anthropic does), it is
    /// not taken out. Other forms that are read stand in `docs/prices.md`.
    #[must_use]
    pub fn from_openai(usage: &RawValue) -> Option<Self> {
        Self::read(usage.get().as_bytes())
    }

    /// Which of two accounts in one stream counts: the later one, for running accounts grow; but one without a
    /// token does not undo one that has some. Workers AI ends streams of some models with usage that is all zeros.
    #[must_use]
    pub fn latest(earlier: Option<Self>, later: Option<Self>) -> Option<Self> {
        let counts = |it: &Self| it.usage != Usage::default();
        later.filter(|it| counts(it) || !earlier.as_ref().is_some_and(counts)).or(earlier)
    }

    /// Which of two accounts in one stream of this format counts: [`Reported::latest`], except that Anthropic gives the input at the
    /// beginning and the output at the end, so each side is that of the later account that has some of it.
    #[must_use]
    pub fn merged(format: Format, earlier: Option<Self>, later: Option<Self>) -> Option<Self> {
        match (format, earlier, later) {
            (Format::Messages, Some(earlier), Some(later)) => Some(earlier.by_sides(later)),
            _ => Self::latest(earlier, later),
        }
    }

    fn by_sides(self, later: Self) -> Self {
        let mut input = if later.usage.tokens_in() > 0 { later.usage } else { self.usage };
        let written = |it: &Usage| it.cache_write.saturating_add(it.cache_write_1h);
        if written(&input) == written(&self.usage) {
            // Only the account at the beginning says for how long what was written is kept.
            input.cache_write = self.usage.cache_write;
            input.cache_write_1h = self.usage.cache_write_1h;
        }
        let output = if later.usage.tokens_out() > 0 { later.usage } else { self.usage };
        let usage = Usage {
            output: output.output,
            reasoning: output.reasoning,
            audio_output: output.audio_output,
            image_output: output.image_output,
            ..input
        };
        Self { usage, consistent: self.consistent && later.consistent, stated: later.stated }
    }

    /// From the JSON text of a usage object of this format; `None` when it is `null` or counts neither input nor output.
    ///
    /// `OpenAI`'s are read as in [`Reported::from_openai`]. Anthropic, Bedrock and the rest count in their own way: what is cached is
    /// beside the input of Anthropic and Converse, and a part of Gemini's; thoughts are beside Gemini's candidates, and a part of
    /// Anthropic's output.
    #[must_use]
    pub fn read_as(format: Format, raw: &[u8]) -> Option<Self> {
        match format {
            Format::Chat | Format::Responses | Format::Embeddings => Self::read(raw),
            Format::Messages => native::messages(raw),
            Format::Gemini | Format::GeminiEmbeddings => native::gemini(raw),
            Format::Converse => native::converse(raw),
            Format::Cohere | Format::CohereEmbeddings => native::cohere(raw),
        }
    }

    /// The member of a reply of this format that holds its usage.
    #[must_use]
    pub const fn member_of(format: Format) -> &'static str {
        match format {
            Format::Gemini | Format::GeminiEmbeddings => "usageMetadata",
            Format::CohereEmbeddings => "meta",
            _ => "usage",
        }
    }

    /// From the event of a model's own stream that Bedrock passes on, where it is the last one: Bedrock puts its counts into it, as
    /// `amazon-bedrock-invocationMetrics`. What is cached is beside the input, as in Converse.
    #[must_use]
    pub fn of_invocation(event: &[u8]) -> Option<Self> {
        native::invocation(event)
    }

    /// Counts that stand beside each other: input, cache read, cache written, output. `None` when there is neither input nor output.
    #[must_use]
    pub fn of_counts([input, read, written, output]: [Option<u64>; 4]) -> Option<Self> {
        if input.is_none() && output.is_none() {
            return None;
        }
        let usage = Usage {
            input: input.unwrap_or_default(),
            cache_read: read.unwrap_or_default(),
            cache_write: written.unwrap_or_default(),
            output: output.unwrap_or_default(),
            ..Usage::default()
        };
        Some(Self { usage, consistent: true, stated: Stated::default() })
    }

    pub(crate) fn read(raw: &[u8]) -> Option<Self> {
        let counts = Counts::read(raw).ok()?;
        counts.is_usage().then(|| counts.reported())
    }
}

#[cfg(test)]
mod tests;
