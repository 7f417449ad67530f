//! The models and prices that ship with the binary: a reduced copy of LiteLLM's list, made by
//! `scripts/update-prices.py`. Parsed once, when first asked.

use crate::echo;
use crate::price::{Price, pico};
use crate::provider::{Dialect, find};
use chat::Usage;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

static DATA: &[u8] = include_bytes!("../data/prices.json");

/// A model in the shipped catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// What its tokens cost; `None` when not known.
    pub price: Option<Price>,
    /// Another price for long prompts.
    pub long: Option<LongContext>,
    /// Most tokens it writes in one reply.
    pub max_output_tokens: Option<u64>,
    /// Most tokens it reads.
    pub context: Option<u64>,
}

/// The price of a whole request whose prompt is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongContext {
    /// It holds when there are more input tokens than this.
    pub above: u64,
    /// The price of all tokens of such a request.
    pub price: Price,
}

impl Model {
    /// The price for a request with this many input tokens.
    #[must_use]
    pub fn price_at(&self, input_tokens: u64) -> Option<Price> {
        let long = self.long.filter(|it| input_tokens > it.above);
        long.map(|it| it.price).or(self.price)
    }

    /// Nano-dollars of a call; `None` when the price is not known.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Option<u64> {
        Some(self.price_at(usage.tokens_in())?.cost(usage))
    }
}

/// A model of the catalogue: by exact id, else by the id with the provider's name in front, else
/// without a date at the end (`-2025-08-07`, `-20250807`, `-0613`).
///
/// Everything `echo` serves is free. A model that is not found has no price, never a price of 0.
#[must_use]
pub fn model(provider: &str, model: &str) -> Option<Model> {
    let row = find(provider)?;
    if row.dialect == Dialect::Echo {
        let price = Some(Price::FREE);
        return Some(Model { price, long: None, max_output_tokens: None, context: None });
    }
    let models = catalogue().models.get(row.price_name)?;
    let unqualified = [row.price_name, row.slug]
        .into_iter()
        .find_map(|it| model.strip_prefix(it)?.strip_prefix('/'));
    let ids = [Some(model), unqualified].into_iter().flatten();
    ids.clone().chain(ids.filter_map(undated)).find_map(|id| models.get(id)).copied()
}

/// Ids of the models the catalogue has for a provider, in alphabetical order.
#[must_use]
pub fn models(provider: &str) -> Vec<&'static str> {
    let Some(row) = find(provider) else { return Vec::new() };
    if row.dialect == Dialect::Echo {
        return echo::MODELS.to_vec();
    }
    let models = catalogue().models.get(row.price_name);
    let mut ids: Vec<_> = models.into_iter().flat_map(|it| it.keys().copied()).collect();
    ids.sort_unstable();
    ids
}

/// Version and date of the shipped catalogue.
#[must_use]
pub fn catalogue_version() -> &'static str {
    &catalogue().version
}

/// Whether the catalogue has models under this name.
#[cfg(test)]
pub(crate) fn has_models(price_name: &str) -> bool {
    catalogue().models.contains_key(price_name)
}

/// The id without a date at its end; `None` when it has none.
fn undated(id: &str) -> Option<&str> {
    let digits = |it: &str, count| it.len() == count && it.bytes().all(|it| it.is_ascii_digit());
    let (rest, last) = id.rsplit_once('-')?;
    if digits(last, 8) {
        return Some(rest);
    }
    let (rest, month) = rest.rsplit_once('-')?;
    let (rest, year) = rest.rsplit_once('-')?;
    (digits(last, 2) && digits(month, 2) && digits(year, 4)).then_some(rest)
}

struct Catalogue {
    version: String,
    models: HashMap<&'static str, HashMap<&'static str, Model>>,
}

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let file: File<'static> =
            serde_json::from_slice(DATA).expect("a test parses the shipped file");
        let read = |models: HashMap<&'static str, Row<'static>>| {
            models.into_iter().map(|(id, row)| (id, row.model())).collect()
        };
        Catalogue {
            version: format!("{} ({})", file.source, file.date),
            models: file.models.into_iter().map(|(name, models)| (name, read(models))).collect(),
        }
    })
}

/// `data/prices.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    source: &'a str,
    date: &'a str,
    #[serde(rename = "licence")]
    _licence: &'a str,
    #[serde(borrow)]
    models: HashMap<&'a str, HashMap<&'a str, Row<'a>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row<'a> {
    #[serde(borrow)]
    price: Option<Prices<'a>>,
    #[serde(borrow)]
    long: Option<Long<'a>>,
    max_output_tokens: Option<u64>,
    context: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long<'a> {
    above: u64,
    #[serde(borrow)]
    price: Prices<'a>,
}

/// Dollars per token as text; a class without a price of its own has that of its side.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prices<'a> {
    input: Option<&'a str>,
    cache_read: Option<&'a str>,
    cache_write: Option<&'a str>,
    audio_input: Option<&'a str>,
    output: Option<&'a str>,
    reasoning: Option<&'a str>,
    audio_output: Option<&'a str>,
}

impl Row<'_> {
    fn model(&self) -> Model {
        let long = self.long.as_ref();
        Model {
            price: self.price.as_ref().and_then(Prices::price),
            long: long
                .and_then(|it| Some(LongContext { above: it.above, price: it.price.price()? })),
            max_output_tokens: self.max_output_tokens,
            context: self.context,
        }
    }
}

impl Prices<'_> {
    fn price(&self) -> Option<Price> {
        let flat = Price::flat(pico(self.input?)?, pico(self.output?)?);
        let or = |text: Option<&str>, otherwise| text.and_then(pico).unwrap_or(otherwise);
        Some(Price {
            cache_read: or(self.cache_read, flat.input),
            cache_write: or(self.cache_write, flat.input),
            audio_input: or(self.audio_input, flat.input),
            reasoning: or(self.reasoning, flat.output),
            audio_output: or(self.audio_output, flat.output),
            ..flat
        })
    }
}

#[cfg(test)]
mod tests;
