//! Prices and costs, in integers: pico-dollars a token, nano-dollars an amount, rounded up once.

use chat::Usage;

/// A pico-dollar is 10^-12 dollars.
const PICO_DIGITS: i32 = 12;

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
    let shift = PICO_DIGITS.checked_add(exponent)?.checked_sub(places)?;
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

#[cfg(test)]
mod tests;
