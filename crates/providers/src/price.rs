//! Prices and costs, in integers: pico-dollars a token, nano-dollars an amount, rounded up once.

use chat::{Usage, scaled};
use serde_json::value::RawValue;

/// Pico-dollars per token, one price a class of [`chat::Usage`]. A class that is absent from stored
/// JSON has the price of its side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "Stored")]
pub struct Price {
    /// Input tokens of no other class.
    pub input: u64,
    /// Input tokens read from the provider's cache.
    pub cache_read: u64,
    /// Input tokens written to the provider's cache for its usual time.
    pub cache_write: u64,
    /// Input tokens written to the provider's cache for an hour.
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

impl Price {
    /// Nothing costs anything.
    pub const FREE: Self = Self::flat(0, 0);

    /// One price for all that goes in and one for all that comes out.
    #[must_use]
    pub const fn flat(input: u64, output: u64) -> Self {
        Self {
            input,
            cache_read: input,
            cache_write: input,
            cache_write_1h: input,
            audio_input: input,
            image_input: input,
            output,
            reasoning: output,
            audio_output: output,
            image_output: output,
        }
    }

    /// Every class by name, with its price.
    #[must_use]
    pub const fn classes(&self) -> [(&'static str, u64); 10] {
        [
            ("input", self.input),
            ("cache_read", self.cache_read),
            ("cache_write", self.cache_write),
            ("cache_write_1h", self.cache_write_1h),
            ("audio_input", self.audio_input),
            ("image_input", self.image_input),
            ("output", self.output),
            ("reasoning", self.reasoning),
            ("audio_output", self.audio_output),
            ("image_output", self.image_output),
        ]
    }

    /// Nano-dollars, rounded up once; saturating.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> u64 {
        nano(self.pico(usage, |_| true).div_ceil(1000))
    }

    /// Nano-dollars of input, input read from a cache, input written to one, and output; each rounded down, so that their sum is
    /// [`Price::cost`] or a few nano-dollars less.
    #[must_use]
    pub fn parts(&self, usage: &Usage) -> [u64; 4] {
        [Part::Input, Part::CacheRead, Part::CacheWrite, Part::Output]
            .map(|part| nano(self.pico(usage, |it| it == part) / 1000))
    }

    /// Pico-dollars of these parts.
    fn pico(&self, usage: &Usage, counts: impl Fn(Part) -> bool) -> u128 {
        use Part::{CacheRead, CacheWrite, Input, Output};
        let classes = [
            (Input, self.input, usage.input),
            (CacheRead, self.cache_read, usage.cache_read),
            (CacheWrite, self.cache_write, usage.cache_write),
            (CacheWrite, self.cache_write_1h, usage.cache_write_1h),
            (Input, self.audio_input, usage.audio_input),
            (Input, self.image_input, usage.image_input),
            (Output, self.output, usage.output),
            (Output, self.reasoning, usage.reasoning),
            (Output, self.audio_output, usage.audio_output),
            (Output, self.image_output, usage.image_output),
        ];
        classes
            .into_iter()
            .filter(|(part, ..)| counts(*part))
            .map(|(_, price, tokens)| u128::from(price) * u128::from(tokens))
            .fold(0, u128::saturating_add)
    }
}

/// What a class of tokens is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Input,
    CacheRead,
    CacheWrite,
    Output,
}

fn nano(amount: u128) -> u64 {
    u64::try_from(amount).unwrap_or(u64::MAX)
}

/// A price as some version of this program stored it.
#[derive(serde::Deserialize)]
struct Stored {
    input: u64,
    output: u64,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
    cache_write_1h: Option<u64>,
    audio_input: Option<u64>,
    image_input: Option<u64>,
    reasoning: Option<u64>,
    audio_output: Option<u64>,
    image_output: Option<u64>,
}

impl From<Stored> for Price {
    fn from(it: Stored) -> Self {
        let (input, output) = (it.input, it.output);
        let cache_write = it.cache_write.unwrap_or(input);
        Self {
            input,
            cache_read: it.cache_read.unwrap_or(input),
            cache_write,
            cache_write_1h: it.cache_write_1h.unwrap_or(cache_write),
            audio_input: it.audio_input.unwrap_or(input),
            image_input: it.image_input.unwrap_or(input),
            output,
            reasoning: it.reasoning.unwrap_or(output),
            audio_output: it.audio_output.unwrap_or(output),
            image_output: it.image_output.unwrap_or(output),
        }
    }
}

/// Dollars as decimal text (`1.25e-07`) to pico-dollars, rounded up. `None`: not a non-negative
/// JSON number, or too large.
#[must_use]
pub fn pico(text: &str) -> Option<u64> {
    scaled(text, 12)
}

/// A price the caller brings, from the `cf-aig-custom-cost` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomCost {
    /// A price per token.
    PerToken(Price),
    /// Nano-dollars for the whole request.
    Total(u64),
}

/// What is wrong with a `cf-aig-custom-cost` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCustomCost {
    /// Not a JSON object with these members.
    #[error(
        "cf-aig-custom-cost must be a JSON object with `total_cost`, or with `per_token_in` and `per_token_out`"
    )]
    Shape,
    /// Both ways of saying it.
    #[error("cf-aig-custom-cost has both `total_cost` and prices per token; give one of them")]
    Both,
    /// A member that is not an amount.
    #[error("`{0}` in cf-aig-custom-cost must be dollars as a number from 0 on")]
    Amount(&'static str),
}

/// The header as it is written; numbers stay text, so that nothing is rounded by a float.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    #[serde(borrow, default)]
    total_cost: Option<&'a RawValue>,
    #[serde(borrow, default)]
    per_token_in: Option<&'a RawValue>,
    #[serde(borrow, default)]
    per_token_out: Option<&'a RawValue>,
    #[serde(borrow, default)]
    per_cache_read_token: Option<&'a RawValue>,
    #[serde(borrow, default)]
    per_cache_write_token: Option<&'a RawValue>,
}

impl Written<'_> {
    fn has_prices(&self) -> bool {
        [
            self.per_token_in,
            self.per_token_out,
            self.per_cache_read_token,
            self.per_cache_write_token,
        ]
        .iter()
        .any(Option::is_some)
    }
}

impl CustomCost {
    /// Reads the header: `{"total_cost": 0.01}`, or `{"per_token_in": …, "per_token_out": …}` with
    /// optional `per_cache_read_token` and `per_cache_write_token`, all in dollars. A cache price
    /// that is absent is the input price.
    ///
    /// # Errors
    /// It is not such an object, or an amount is not a number from 0 on.
    pub fn parse(header: &str) -> Result<Self, BadCustomCost> {
        let written: Written<'_> =
            serde_json::from_str(header).map_err(|_| BadCustomCost::Shape)?;
        if let Some(total) = written.total_cost {
            if written.has_prices() {
                return Err(BadCustomCost::Both);
            }
            let total = scaled(total.get(), 9).ok_or(BadCustomCost::Amount("total_cost"))?;
            return Ok(Self::Total(total));
        }
        let (Some(input), Some(output)) = (written.per_token_in, written.per_token_out) else {
            return Err(BadCustomCost::Shape);
        };
        let read = |raw: &RawValue, name| pico(raw.get()).ok_or(BadCustomCost::Amount(name));
        let mut price = Price::flat(read(input, "per_token_in")?, read(output, "per_token_out")?);
        if let Some(raw) = written.per_cache_read_token {
            price.cache_read = read(raw, "per_cache_read_token")?;
        }
        if let Some(raw) = written.per_cache_write_token {
            price.cache_write = read(raw, "per_cache_write_token")?;
            price.cache_write_1h = price.cache_write;
        }
        Ok(Self::PerToken(price))
    }

    /// Nano-dollars of a call that used this much.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> u64 {
        match self {
            Self::PerToken(price) => price.cost(usage),
            Self::Total(total) => *total,
        }
    }
}

#[cfg(test)]
mod tests;
