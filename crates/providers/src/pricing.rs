//! The price in a cost of a custom provider, as the original's API writes it.

use crate::price::{Price, pico};
use serde::Deserialize;
use serde_json::value::RawValue;

/// `cost_in`, `cost_out`, `cost_type` and `token_pricing` of a cost; the rest of it is passed over.
#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow, default)]
    cost_in: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cost_out: Option<&'a RawValue>,
    #[serde(default)]
    cost_type: Option<String>,
    #[serde(borrow, default)]
    token_pricing: Option<Tokens<'a>>,
}

/// The twelve kinds. Images are not counted by their number, nor video by its tokens, in any chat API that is spoken: those three have
/// no effect.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Tokens<'a> {
    #[serde(borrow)]
    input_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_text_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_cached_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_cache_creation_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_audio_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_image_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    input_image_count: Option<&'a RawValue>,
    #[serde(borrow)]
    input_video_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    output_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    output_reasoning_tokens: Option<&'a RawValue>,
    #[serde(borrow)]
    output_image_count: Option<&'a RawValue>,
    #[serde(borrow)]
    total_tokens: Option<&'a RawValue>,
}

/// The price that a cost of a custom provider means, in dollars per token: a kind of its own before `input_tokens` and
/// `output_tokens`, those before `cost_in` and `cost_out`, those before `total_tokens`.
///
/// # Errors
/// What is wrong with it, naming the member.
pub fn provider_cost(json: &str) -> Result<Price, String> {
    let written: Written<'_> = serde_json::from_str(json)
        .map_err(|error| format!("it is not a price as documented: {error}"))?;
    if written.cost_type.as_deref().is_some_and(|it| it != "tokens") {
        return Err("`cost_type` must be `tokens`, the only one there is".to_owned());
    }
    let kinds = written.token_pricing.unwrap_or_default();
    let total = amount("total_tokens", kinds.total_tokens)?;
    let side = |name, kind, flat, value| {
        let found = amount(name, kind)?.or(amount(flat, value)?).or(total);
        found.ok_or_else(|| format!("it needs `{flat}`, or `{name}` in `token_pricing`"))
    };
    let all_input = side("input_tokens", kinds.input_tokens, "cost_in", written.cost_in)?;
    let output = side("output_tokens", kinds.output_tokens, "cost_out", written.cost_out)?;
    let or = |name, kind, otherwise| Ok::<_, String>(amount(name, kind)?.unwrap_or(otherwise));
    let cache_write =
        or("input_cache_creation_tokens", kinds.input_cache_creation_tokens, all_input)?;
    for (name, kind) in [
        ("input_image_count", kinds.input_image_count),
        ("input_video_tokens", kinds.input_video_tokens),
        ("output_image_count", kinds.output_image_count),
    ] {
        amount(name, kind)?;
    }
    Ok(Price {
        input: or("input_text_tokens", kinds.input_text_tokens, all_input)?,
        cache_read: or("input_cached_tokens", kinds.input_cached_tokens, all_input)?,
        cache_write,
        cache_write_1h: cache_write,
        audio_input: or("input_audio_tokens", kinds.input_audio_tokens, all_input)?,
        image_input: or("input_image_tokens", kinds.input_image_tokens, all_input)?,
        reasoning: or("output_reasoning_tokens", kinds.output_reasoning_tokens, output)?,
        ..Price::flat(all_input, output)
    })
}

fn amount(name: &str, raw: Option<&RawValue>) -> Result<Option<u64>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let wrong = || format!("`{name}` must be dollars per token as a number from 0 on");
    pico(raw.get()).map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::provider_cost;
    use crate::Price;

    #[test]
    fn a_cost_is_read_from_the_narrowest_to_the_widest() {
        let read = |json| provider_cost(json).expect("a price");
        assert_eq!(
            read(r#"{"cost_in": 1e-6, "cost_out": 2e-6}"#),
            Price::flat(1_000_000, 2_000_000)
        );
        assert_eq!(
            read(r#"{"token_pricing": {"total_tokens": 1e-6}}"#),
            Price::flat(1_000_000, 1_000_000)
        );
        let all = r#"{"cost_in": 9, "cost_out": 9, "cost_type": "tokens", "token_pricing": {"input_tokens": 1e-12, "input_text_tokens": 2e-12,
            "input_cached_tokens": 3e-12, "input_cache_creation_tokens": 4e-12, "input_audio_tokens": 5e-12, "input_image_tokens": 6e-12,
            "input_image_count": 0.1, "input_video_tokens": 0.1, "output_tokens": 7e-12, "output_reasoning_tokens": 8e-12, "output_image_count": 0.1, "total_tokens": 9}}"#;
        let price = Price {
            input: 2,
            cache_read: 3,
            cache_write: 4,
            cache_write_1h: 4,
            audio_input: 5,
            image_input: 6,
            reasoning: 8,
            ..Price::flat(1, 7)
        };
        assert_eq!(read(all), price);
    }

    #[test]
    fn what_is_no_price_is_refused_by_name() {
        for (json, named) in [
            (r#"{"cost_in": 1}"#, "cost_out"),
            ("{}", "cost_in"),
            (r#"{"cost_in": -1, "cost_out": 1}"#, "cost_in"),
            (r#"{"cost_in": 1, "cost_out": 1, "cost_type": "seconds"}"#, "cost_type"),
            (r#"{"cost_in": 1, "cost_out": 1, "token_pricing": {"tokens": 1}}"#, "tokens"),
        ] {
            let error = provider_cost(json).expect_err("no price");
            assert!(error.contains(named), "{json}: {error}");
        }
    }
}
