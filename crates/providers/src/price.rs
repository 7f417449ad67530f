//! Prices and costs, in integers: pico-dollars a token, nano-dollars an amount, rounded up once.

use chat::Usage;
use serde_json::value::RawValue;

/// Pico-dollars per token, one price a class of [`chat::Usage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Price {
    /// Input tokens of no other class.
    pub input: u64,
    /// Input tokens read from the provider's cache.
    pub cache_read: u64,
    /// Input tokens written to the provider's cache.
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
            audio_input: input,
            output,
            reasoning: output,
            audio_output: output,
        }
    }

    /// Nano-dollars, rounded up once; saturating.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> u64 {
        let classes = [
            (self.input, usage.input),
            (self.cache_read, usage.cache_read),
            (self.cache_write, usage.cache_write),
            (self.audio_input, usage.audio_input),
            (self.output, usage.output),
            (self.reasoning, usage.reasoning),
            (self.audio_output, usage.audio_output),
        ];
        let pico = classes
            .into_iter()
            .map(|(price, tokens)| u128::from(price) * u128::from(tokens))
            .fold(0, u128::saturating_add);
        u64::try_from(pico.div_ceil(1000)).unwrap_or(u64::MAX)
    }
}

/// Dollars as decimal text (`1.25e-07`) to pico-dollars, rounded up. `None`: not a non-negative
/// JSON number, or too large.
#[must_use]
pub fn pico(text: &str) -> Option<u64> {
    scaled(text, 12)
}

/// Dollars as decimal text to units of 10^-`digits` dollars, exactly, rounded up.
fn scaled(text: &str, digits: i32) -> Option<u64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let value: u128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let shift = digits.checked_add(exponent)?.checked_sub(places)?;
    let power = 10_u128.checked_pow(shift.unsigned_abs());
    let value = match (value, power) {
        (0, _) => 0,
        (value, Some(power)) if shift >= 0 => value.checked_mul(power)?,
        (value, Some(power)) => value.div_ceil(power),
        (_, None) if shift < 0 => 1,
        (_, None) => return None,
    };
    u64::try_from(value).ok()
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
