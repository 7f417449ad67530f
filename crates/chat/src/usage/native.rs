//! Usage as providers other than OpenAI count it.

use super::{Reported, Stated, Usage};
use crate::json::{Cursor, Fault, members, whole};

/// Anthropic's `usage`: `input_tokens` is what was neither read from the cache nor written to it; `output_tokens` holds the
/// thinking (<https://docs.anthropic.com/en/api/messages>).
pub(super) fn messages(raw: &[u8]) -> Option<Reported> {
    let (mut input, mut output, mut read, mut written) = (None, None, None, None);
    let (mut usual, mut hour, mut thinking) = (None, None, None);
    members(raw, |name, raw| match name {
        b"input_tokens" => input = whole(raw),
        b"output_tokens" => output = whole(raw),
        b"cache_read_input_tokens" => read = whole(raw),
        b"cache_creation_input_tokens" => written = whole(raw),
        b"cache_creation" => each(raw, |name, raw| match name {
            b"ephemeral_5m_input_tokens" => usual = whole(raw),
            b"ephemeral_1h_input_tokens" => hour = whole(raw),
            _ => {}
        }),
        b"output_tokens_details" => each(raw, |name, raw| {
            if name == b"thinking_tokens" {
                thinking = whole(raw);
            }
        }),
        _ => {}
    })
    .ok()?;
    if input.is_none() && output.is_none() {
        return None;
    }
    let hour = hour.unwrap_or_default();
    let usual = usual.or_else(|| written.map(|it| it.saturating_sub(hour))).unwrap_or_default();
    let (output, said) = (output.unwrap_or_default(), thinking.unwrap_or_default());
    let reasoning = said.min(output);
    let usage = Usage {
        input: input.unwrap_or_default(),
        cache_read: read.unwrap_or_default(),
        cache_write: usual,
        cache_write_1h: hour,
        output: output - reasoning,
        reasoning,
        ..Usage::default()
    };
    let sums = written.is_none_or(|it| it == usual.saturating_add(hour));
    Some(reported(usage, sums && said == reasoning))
}

/// Converse's `usage`: what is cached is beside `inputTokens`; `cacheDetails` says for how long it is kept
/// (<https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html>).
pub(super) fn converse(raw: &[u8]) -> Option<Reported> {
    let (mut input, mut output, mut total, mut read) = (None, None, None, None);
    let (mut written, mut hour) = (None, 0_u64);
    members(raw, |name, raw| match name {
        b"inputTokens" => input = whole(raw),
        b"outputTokens" => output = whole(raw),
        b"totalTokens" => total = whole(raw),
        b"cacheReadInputTokens" => read = whole(raw),
        b"cacheWriteInputTokens" => written = whole(raw),
        b"cacheDetails" => list(raw, b"ttl", b"inputTokens", |ttl, tokens| {
            if ttl == b"\"1h\"" {
                hour = hour.saturating_add(tokens);
            }
        }),
        _ => {}
    })
    .ok()?;
    if input.is_none() && output.is_none() {
        return None;
    }
    let written = written.unwrap_or_default();
    let usage = Usage {
        input: input.unwrap_or_default(),
        cache_read: read.unwrap_or_default(),
        cache_write: written.saturating_sub(hour),
        cache_write_1h: hour.min(written),
        output: output.unwrap_or_default(),
        ..Usage::default()
    };
    let counted = usage.tokens_in().saturating_add(usage.tokens_out());
    let without_cache = usage.input.saturating_add(usage.output);
    let sums = total.is_none_or(|it| it == counted || it == without_cache);
    Some(reported(usage, sums && hour <= written))
}

/// Bedrock's account of a call in a model's own format, in the last event of its stream.
pub(super) fn invocation(event: &[u8]) -> Option<Reported> {
    let mut counts = [None; 4];
    let [input, read, written, output] = &mut counts;
    each(event, |name, raw| {
        if name == b"amazon-bedrock-invocationMetrics" {
            each(raw, |name, raw| match name {
                b"inputTokenCount" => *input = whole(raw),
                b"cacheReadInputTokenCount" => *read = whole(raw),
                b"cacheWriteInputTokenCount" => *written = whole(raw),
                b"outputTokenCount" => *output = whole(raw),
                _ => {}
            });
        }
    });
    Reported::of_counts(counts)
}

/// Cohere's `usage`: what is billed, else what was read and written
/// (<https://docs.cohere.com/reference/chat>).
pub(super) fn cohere(raw: &[u8]) -> Option<Reported> {
    let (mut billed, mut tokens, mut cached) = ((None, None), (None, None), None);
    let sides = |sides: &mut (Option<u64>, Option<u64>), raw| {
        each(raw, |name, raw| match name {
            b"input_tokens" => sides.0 = whole(raw),
            b"output_tokens" => sides.1 = whole(raw),
            _ => {}
        });
    };
    members(raw, |name, raw| match name {
        b"billed_units" => sides(&mut billed, raw),
        b"tokens" => sides(&mut tokens, raw),
        b"cached_tokens" => cached = whole(raw),
        _ => {}
    })
    .ok()?;
    let (input, output) = if billed == (None, None) { tokens } else { billed };
    if input.is_none() && output.is_none() {
        return None;
    }
    let (input, said) = (input.unwrap_or_default(), cached.unwrap_or_default());
    let cache_read = said.min(input);
    let usage = Usage {
        input: input - cache_read,
        cache_read,
        output: output.unwrap_or_default(),
        ..Usage::default()
    };
    Some(reported(usage, true))
}

/// Gemini's numbers.
#[derive(Debug, Default)]
struct Gemini {
    prompt: Option<u64>,
    tools: u64,
    cached: u64,
    candidates: Option<u64>,
    thoughts: u64,
    total: Option<u64>,
    prompt_media: Media,
    cached_media: Media,
    candidates_media: Media,
}

/// Tokens by what they stand for.
#[derive(Clone, Copy, Debug, Default)]
struct Media {
    audio: u64,
    image: u64,
}

impl Media {
    fn read(raw: &[u8]) -> Self {
        let mut media = Self::default();
        list(raw, b"modality", b"tokenCount", |modality, tokens| match modality {
            b"\"AUDIO\"" => media.audio = media.audio.saturating_add(tokens),
            b"\"IMAGE\"" => media.image = media.image.saturating_add(tokens),
            _ => {}
        });
        media
    }
}

/// Gemini's `usageMetadata`: what is cached is a part of the prompt, thoughts are beside the candidates (a part of them where the
/// total says so), and what tools read is beside the prompt (<https://ai.google.dev/api/generate-content#UsageMetadata>).
pub(super) fn gemini(raw: &[u8]) -> Option<Reported> {
    let mut said = Gemini::default();
    members(raw, |name, raw| match name {
        b"promptTokenCount" => said.prompt = whole(raw),
        b"toolUsePromptTokenCount" => said.tools = whole(raw).unwrap_or_default(),
        b"cachedContentTokenCount" => said.cached = whole(raw).unwrap_or_default(),
        // Embeddings and `countTokens` have other names for the same.
        b"candidatesTokenCount" | b"responseTokenCount" => said.candidates = whole(raw),
        b"thoughtsTokenCount" => said.thoughts = whole(raw).unwrap_or_default(),
        b"totalTokenCount" => said.total = whole(raw),
        b"promptTokensDetails" => said.prompt_media = Media::read(raw),
        b"cacheTokensDetails" => said.cached_media = Media::read(raw),
        b"candidatesTokensDetails" | b"responseTokensDetails" => {
            said.candidates_media = Media::read(raw);
        }
        _ => {}
    })
    .ok()?;
    said.reported()
}

impl Gemini {
    fn reported(&self) -> Option<Reported> {
        if self.prompt.is_none() && self.candidates.is_none() {
            return None;
        }
        let mut fits = true;
        let mut take = |left: &mut u64, part: u64| {
            let taken = part.min(*left);
            fits &= taken == part;
            *left -= taken;
            taken
        };
        let mut input = self.prompt.unwrap_or_default();
        let mut output = self.candidates.unwrap_or_default();
        let read = input.saturating_add(self.tools);
        let thoughts_inside = self.thoughts > 0
            && self.total == read.checked_add(output).filter(|_| output >= self.thoughts);
        let cache_read = take(&mut input, self.cached);
        let (prompt, cached) = (self.prompt_media, self.cached_media);
        let audio = prompt.audio.saturating_sub(cached.audio).min(input);
        let audio_input = take(&mut input, audio);
        let image = prompt.image.saturating_sub(cached.image).min(input);
        let image_input = take(&mut input, image);
        let reasoning =
            if thoughts_inside { take(&mut output, self.thoughts) } else { self.thoughts };
        let audio_output = take(&mut output, self.candidates_media.audio);
        let image_output = take(&mut output, self.candidates_media.image);
        let usage = Usage {
            input: input.saturating_add(self.tools),
            cache_read,
            audio_input,
            image_input,
            output,
            reasoning,
            audio_output,
            image_output,
            ..Usage::default()
        };
        let counted = usage.tokens_in().saturating_add(usage.tokens_out());
        // The first events of a stream may count what has not been said yet.
        let sums = self.total.is_none_or(|it| it >= counted);
        Some(reported(usage, fits && sums))
    }
}

fn reported(usage: Usage, consistent: bool) -> Reported {
    Reported { usage, consistent, stated: Stated::default() }
}

/// The members of an object; anything else has none.
fn each(raw: &[u8], found: impl FnMut(&[u8], &[u8])) {
    let _read = members(raw, found);
}

/// The objects of a list that have both of these members, the second of them a number.
fn list(raw: &[u8], label: &[u8], count: &[u8], mut found: impl FnMut(&[u8], u64)) {
    let _read = Cursor::new(raw).array(|cursor| {
        let (mut text, mut tokens) = (&b""[..], None);
        let object = cursor.raw()?;
        each(object, |name, raw| {
            if name == count {
                tokens = whole(raw);
            }
        });
        members(object, |name, raw| {
            if name == label {
                text = raw;
            }
        })?;
        if let Some(tokens) = tokens {
            found(text, tokens);
        }
        Ok::<(), Fault>(())
    });
}

#[cfg(test)]
mod tests;
