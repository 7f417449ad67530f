//! `cf-aig-custom-cost`: what a caller says its request costs.
use super::{CUSTOM_COST, bad};
use crate::reject::Reject;
use providers::Price;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Replaces the catalogue's price in the hold and in the settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CustomCost {
    /// Prices a token.
    PerToken(Price),
    /// Nano-dollars for the whole request.
    Total(u64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'h> {
    #[serde(borrow)]
    per_token_in: Option<&'h RawValue>,
    per_token_out: Option<&'h RawValue>,
    per_cache_read_token: Option<&'h RawValue>,
    per_cache_write_token: Option<&'h RawValue>,
    total_cost: Option<&'h RawValue>,
}

impl CustomCost {
    pub(crate) fn parse(text: &str) -> Result<Self, Reject> {
        let wire: Wire<'_> = serde_json::from_str(text)
            .map_err(|it| bad(CUSTOM_COST, format!("is not valid: {it}")))?;
        if let Some(total) = wire.total_cost {
            let rest = [
                wire.per_token_in,
                wire.per_token_out,
                wire.per_cache_read_token,
                wire.per_cache_write_token,
            ];
            if rest.iter().any(Option::is_some) {
                return Err(bad(
                    CUSTOM_COST,
                    "has both `total_cost` and prices per token; give one of them",
                ));
            }
            return Ok(Self::Total(pico(total)?.div_ceil(1000)));
        }
        let (Some(input), Some(output)) = (wire.per_token_in, wire.per_token_out) else {
            return Err(bad(
                CUSTOM_COST,
                "needs `total_cost`, or `per_token_in` and `per_token_out`",
            ));
        };
        let (input, output) = (pico(input)?, pico(output)?);
        Ok(Self::PerToken(Price {
            input,
            cache_read: wire.per_cache_read_token.map(pico).transpose()?.unwrap_or(input),
            cache_write: wire.per_cache_write_token.map(pico).transpose()?.unwrap_or(input),
            audio_input: input,
            output,
            reasoning: output,
            audio_output: output,
        }))
    }
}

/// A JSON number of dollars, exactly.
fn pico(number: &RawValue) -> Result<u64, Reject> {
    providers::pico(number.get()).ok_or_else(|| {
        bad(
            CUSTOM_COST,
            format!("has `{}` where a number of dollars, 0 or more, belongs", number.get()),
        )
    })
}
