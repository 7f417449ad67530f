//! The numbers as a provider gives them, which overlap, and how they are made disjoint.

use super::{Reported, Stated, Usage};
use crate::json::{Cursor, Fault, scaled, whole};

/// Decimal places of a nano-dollar.
const NANO: i32 = 9;
/// xAI's ticks in a nano-dollar.
const TICKS: u64 = 10;

/// The numbers of a `usage` object.
#[derive(Debug, Default)]
pub(super) struct Counts {
    prompt: Option<u64>,
    completion: Option<u64>,
    total: Option<u64>,
    cached: Option<u64>,
    cache_hit: Option<u64>,
    cache_miss: Option<u64>,
    written: Option<u64>,
    written_5m: Option<u64>,
    written_1h: Option<u64>,
    audio_in: Option<u64>,
    image_in: Option<u64>,
    citations: Option<u64>,
    reasoning: Option<u64>,
    /// At the top level of `usage`: beside `completion_tokens` where there are `citation_tokens`
    /// (Perplexity's research), a part of them elsewhere (`SGLang`).
    reasoning_on_top: Option<u64>,
    audio_out: Option<u64>,
    image_out: Option<u64>,
    stated: Stated,
    upstream_cost: Option<u64>,
    own_key: bool,
}

impl Counts {
    pub(super) fn read(raw: &[u8]) -> Result<Self, Fault> {
        let mut counts = Self::default();
        Cursor::new(raw).object(|cursor, key| match &*key.name() {
            b"prompt_tokens_details"
            | b"prompt_token_details"
            | b"input_tokens_details"
            | b"input_token_details" => counts.input_details(cursor),
            b"completion_tokens_details" | b"output_tokens_details" | b"output_token_details" => {
                counts.output_details(cursor)
            }
            b"cache_creation" => counts.written_details(cursor),
            b"cost" if cursor.peek() == Some(b'{') => each(cursor, |name, raw| {
                if name == b"total_cost" {
                    counts.stated.total_cost = nano(raw);
                }
            }),
            b"cost_details" => each(cursor, |name, raw| {
                if name == b"upstream_inference_cost" {
                    counts.upstream_cost = nano(raw);
                }
            }),
            name => {
                counts.top(name, cursor.raw()?);
                Ok(())
            }
        })?;
        Ok(counts)
    }

    fn top(&mut self, name: &[u8], raw: &[u8]) {
        let count = || whole(raw);
        match name {
            b"prompt_tokens" => self.prompt = count().or(self.prompt),
            b"completion_tokens" => self.completion = count().or(self.completion),
            // Of Responses, images and audio.
            b"input_tokens" => self.prompt = self.prompt.or(count()),
            b"output_tokens" => self.completion = self.completion.or(count()),
            b"total_tokens" => self.total = count(),
            b"prompt_cache_hit_tokens" => self.cache_hit = count(),
            b"prompt_cache_miss_tokens" => self.cache_miss = count(),
            b"cache_read_input_tokens" | b"cached_tokens" | b"num_cached_tokens" => {
                self.cached = self.cached.or(count());
            }
            b"cache_creation_input_tokens" => self.written = self.written.or(count()),
            b"citation_tokens" => self.citations = count(),
            b"reasoning_tokens" => self.reasoning_on_top = count(),
            b"cost" => self.stated.cost = nano(raw),
            b"cost_in_usd_ticks" => self.stated.ticks = count().map(|it| it.div_ceil(TICKS)),
            b"is_byok" => self.own_key = raw == b"true",
            _ => {}
        }
    }

    fn input_details(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        if cursor.peek() != Some(b'{') {
            return cursor.skip();
        }
        cursor.object(|cursor, key| {
            let name = key.name();
            if &*name == b"cache_creation" {
                return self.written_details(cursor);
            }
            let count = whole(cursor.raw()?);
            match &*name {
                b"cached_tokens" => self.cached = count.or(self.cached),
                b"cache_write_tokens"
                | b"cache_creation_input_tokens"
                | b"cache_creation_tokens" => {
                    self.written = count.or(self.written);
                }
                b"audio_tokens" => self.audio_in = count,
                b"image_tokens" => self.image_in = count,
                _ => {}
            }
            Ok(())
        })
    }

    fn output_details(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        each(cursor, |name, raw| match name {
            b"reasoning_tokens" => self.reasoning = whole(raw),
            b"audio_tokens" => self.audio_out = whole(raw),
            b"image_tokens" => self.image_out = whole(raw),
            _ => {}
        })
    }

    /// Anthropic's split of what was written by how long it is kept.
    fn written_details(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Fault> {
        each(cursor, |name, raw| match name {
            b"ephemeral_5m_input_tokens" => self.written_5m = whole(raw),
            b"ephemeral_1h_input_tokens" => self.written_1h = whole(raw),
            b"cache_creation_input_tokens" => self.written = whole(raw).or(self.written),
            _ => {}
        })
    }

    pub(super) fn is_usage(&self) -> bool {
        self.prompt.is_some() || self.completion.is_some()
    }

    pub(super) fn reported(&self) -> Reported {
        let mut input = Part::of(self.prompt);
        let mut output = Part::of(self.completion);
        let mut surplus = self.surplus();

        let cached = self.cached.or(self.cache_hit).unwrap_or_default();
        let hour = self.written_1h.unwrap_or_default();
        let usual = self
            .written_5m
            .or_else(|| self.written.map(|it| it.saturating_sub(hour)))
            .unwrap_or_default();
        let kept = cached.saturating_add(usual).saturating_add(hour);
        let reasoning = self.reasoning.or(self.reasoning_on_top).unwrap_or_default();
        if let Some(citations) = self.citations {
            input.add(citations, &mut surplus);
            output.add(if self.reasoning.is_none() { reasoning } else { 0 }, &mut surplus);
        } else if reasoning > 0 && surplus >= reasoning {
            output.add(reasoning, &mut surplus);
        }
        if kept > input.left && surplus >= kept {
            input.add(kept, &mut surplus);
        }
        output.left = output.left.saturating_add(surplus);

        let mut usage = Usage {
            cache_read: input.take(cached),
            cache_write: input.take(usual),
            cache_write_1h: input.take(hour),
            reasoning: output.take(reasoning),
            ..Usage::default()
        };
        let fits = input.fits && output.fits;
        // What was read from the cache may have been audio and images.
        usage.audio_input = input.take(self.audio_in.unwrap_or_default());
        usage.image_input = input.take(self.image_in.unwrap_or_default());
        usage.audio_output = output.take(self.audio_out.unwrap_or_default());
        usage.image_output = output.take(self.image_out.unwrap_or_default());
        (usage.input, usage.output) = (input.left, output.left);
        let consistent = fits && output.fits && surplus == 0 && self.media_fit() && self.sums_fit();
        Reported { usage, consistent, stated: self.stated() }
    }

    /// Tokens of `total_tokens` that are neither prompt nor completion.
    fn surplus(&self) -> u64 {
        let counted =
            self.prompt.unwrap_or_default().saturating_add(self.completion.unwrap_or_default());
        self.total.unwrap_or_default().saturating_sub(counted)
    }

    fn media_fit(&self) -> bool {
        let media =
            self.audio_in.unwrap_or_default().saturating_add(self.image_in.unwrap_or_default());
        media <= self.prompt.unwrap_or_default()
    }

    /// Whether what should be a sum is not less than its parts.
    fn sums_fit(&self) -> bool {
        let prompt = self.prompt.unwrap_or_default();
        let halves = self.cache_hit.zip(self.cache_miss);
        let counted = prompt.checked_add(self.completion.unwrap_or_default());
        halves.is_none_or(|(hit, miss)| hit.checked_add(miss) == Some(prompt))
            && self.total.is_none_or(|total| counted.is_some_and(|it| it <= total))
    }

    fn stated(&self) -> Stated {
        let upstream = self.upstream_cost.filter(|_| self.own_key).unwrap_or_default();
        Stated { cost: self.stated.cost.map(|it| it.saturating_add(upstream)), ..self.stated }
    }
}

/// What is left of a total while its parts are taken out.
#[derive(Debug)]
struct Part {
    left: u64,
    /// No part was larger than what was left.
    fits: bool,
}

impl Part {
    fn of(total: Option<u64>) -> Self {
        Self { left: total.unwrap_or_default(), fits: true }
    }

    /// Adds what is counted beside the total; `total_tokens` may know of it.
    fn add(&mut self, part: u64, surplus: &mut u64) {
        self.left = self.left.saturating_add(part);
        *surplus = surplus.saturating_sub(part);
    }

    fn take(&mut self, part: u64) -> u64 {
        let taken = part.min(self.left);
        self.fits &= taken == part;
        self.left -= taken;
        taken
    }
}

/// Calls `each` with the members of an object; anything else has none.
fn each(cursor: &mut Cursor<'_>, mut each: impl FnMut(&[u8], &[u8])) -> Result<(), Fault> {
    if cursor.peek() != Some(b'{') {
        return cursor.skip();
    }
    cursor.object(|cursor, key| {
        let raw = cursor.raw()?;
        each(&key.name(), raw);
        Ok(())
    })
}

/// Dollars as a JSON number, to nano-dollars, rounded up.
fn nano(raw: &[u8]) -> Option<u64> {
    scaled(std::str::from_utf8(raw).ok()?, NANO)
}
