//! What a call used, in classes that do not overlap, so that each token is priced once.

use crate::json::{Cursor, Fault, whole};
use serde_json::value::RawValue;

/// Tokens in disjoint classes; their sum is what was processed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Input tokens of no other class.
    pub input: u64,
    /// Input tokens read from the provider's prompt cache.
    pub cache_read: u64,
    /// Input tokens written to the provider's prompt cache.
    pub cache_write: u64,
    /// Audio input tokens.
    pub audio_input: u64,
    /// Output tokens of no other class.
    pub output: u64,
    /// Reasoning tokens.
    pub reasoning: u64,
    /// Audio output tokens.
    pub audio_output: u64,
}

impl Usage {
    /// From an OpenAI-shaped `usage` object; `None` when it is `null` or counts neither prompt nor
    /// completion.
    ///
    /// OpenAI's details are parts of their totals (`cached_tokens` of `prompt_tokens`, and so on):
    /// they are taken out of it, and never more than there is. Also read:
    /// `prompt_cache_hit_tokens` (`DeepSeek`), `prompt_tokens_details.cache_write_tokens`
    /// (`OpenRouter`). Where `total_tokens` shows that reasoning is counted *beside*
    /// `completion_tokens` (xAI), it is not taken out.
    #[must_use]
    pub fn from_openai(usage: &RawValue) -> Option<Self> {
        Self::read(usage.get().as_bytes())
    }

    pub(crate) fn read(raw: &[u8]) -> Option<Self> {
        let counts = Counts::read(raw).ok()?;
        if counts.prompt.is_none() && counts.completion.is_none() {
            return None;
        }
        Some(counts.disjoint())
    }

    /// All input tokens.
    #[must_use]
    pub fn tokens_in(&self) -> u64 {
        [self.cache_read, self.cache_write, self.audio_input]
            .into_iter()
            .fold(self.input, u64::saturating_add)
    }

    /// All output tokens.
    #[must_use]
    pub fn tokens_out(&self) -> u64 {
        self.output.saturating_add(self.reasoning).saturating_add(self.audio_output)
    }
}

/// The numbers as the provider gives them; the details overlap their totals.
#[derive(Debug, Default)]
struct Counts {
    prompt: Option<u64>,
    completion: Option<u64>,
    total: Option<u64>,
    cached: Option<u64>,
    cache_hit: Option<u64>,
    cache_written: Option<u64>,
    audio_in: Option<u64>,
    audio_out: Option<u64>,
    reasoning: Option<u64>,
}

impl Counts {
    fn read(raw: &[u8]) -> Result<Self, Fault> {
        let mut counts = Self::default();
        Cursor::new(raw).object(|cursor, key| match &*key.name() {
            b"prompt_tokens_details" => details(cursor, |name, count| match name {
                b"cached_tokens" => counts.cached = count,
                b"cache_write_tokens" => counts.cache_written = count,
                b"audio_tokens" => counts.audio_in = count,
                _ => {}
            }),
            b"completion_tokens_details" => details(cursor, |name, count| match name {
                b"reasoning_tokens" => counts.reasoning = count,
                b"audio_tokens" => counts.audio_out = count,
                _ => {}
            }),
            name => {
                let count = whole(cursor.raw()?);
                match name {
                    b"prompt_tokens" => counts.prompt = count,
                    b"completion_tokens" => counts.completion = count,
                    b"total_tokens" => counts.total = count,
                    b"prompt_cache_hit_tokens" => counts.cache_hit = count,
                    _ => {}
                }
                Ok(())
            }
        })?;
        Ok(counts)
    }

    fn disjoint(&self) -> Usage {
        let mut input = self.prompt.unwrap_or_default();
        let mut output = self.completion.unwrap_or_default();
        let given = self.reasoning.unwrap_or_default();
        let beside = input.saturating_add(output).saturating_add(given);
        let reasoning_beside = given > 0 && self.total.is_some_and(|total| total >= beside);
        let reasoning = if reasoning_beside { given } else { take(&mut output, self.reasoning) };
        Usage {
            cache_read: take(&mut input, self.cached.or(self.cache_hit)),
            cache_write: take(&mut input, self.cache_written),
            audio_input: take(&mut input, self.audio_in),
            input,
            reasoning,
            audio_output: take(&mut output, self.audio_out),
            output,
        }
    }
}

/// Calls `each` with the counts of a details object; `null` has none.
fn details(cursor: &mut Cursor<'_>, mut each: impl FnMut(&[u8], Option<u64>)) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        let raw = cursor.raw()?;
        each(&key.name(), whole(raw));
        Ok(())
    })
}

/// Moves a part out of a total, at most all of it.
fn take(total: &mut u64, part: Option<u64>) -> u64 {
    let part = part.unwrap_or_default().min(*total);
    *total -= part;
    part
}

#[cfg(test)]
mod tests;
