//! Models and their prices, as versioned data: what ships with the binary, and what an operator lays over it.
//!
//! The shipped data is a reduced copy of LiteLLM's list, made by `scripts/update-prices.py` and parsed once, when first asked. Another
//! list of the same format (`docs/prices.md`) is laid over it: a model it names is taken from it, every other from below; what it does
//! not say of a model's abilities is taken from below as well.

mod change;
mod file;
mod id;

use crate::capabilities::{Capabilities, Mode};
use crate::echo;
use crate::price::Price;
use crate::provider::find;
use chat::Usage;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

pub use change::{Change, Changed};
pub use file::PriceProblem;

static DATA: &[u8] = include_bytes!("../data/prices.json");

static SHIPPED: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::parse(DATA).expect("a test parses the shipped file")));

/// A model in a catalogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Model {
    /// What its tokens cost; `None` when not known.
    pub price: Option<Price>,
    /// Another price for long prompts.
    pub long: Option<LongContext>,
    /// Most tokens it writes in one reply.
    pub max_output_tokens: Option<u64>,
    /// Most tokens it reads.
    pub context: Option<u64>,
    /// Which calls it is for; `None` when the list does not say.
    pub mode: Option<Mode>,
    /// What it can do.
    pub capabilities: Capabilities,
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

/// A list of models and prices, and what it is laid over.
#[derive(Clone, Debug)]
pub struct Catalogue {
    version: Arc<str>,
    models: HashMap<Box<str>, HashMap<Box<str>, Model>>,
    below: Option<Arc<Catalogue>>,
}

impl Catalogue {
    /// The one that ships with the binary.
    #[must_use]
    pub fn shipped() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Reads a price file.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file's members.
    pub fn parse(text: &[u8]) -> Result<Self, Vec<PriceProblem>> {
        file::parse(text)
    }

    /// This list where it has the model, else `below`.
    #[must_use]
    pub fn over(self, below: Arc<Self>) -> Self {
        Self { below: Some(below), ..self }
    }

    /// What it is and of which date, as logs name it: `<source> (<date>)`.
    #[must_use]
    pub fn version(&self) -> &Arc<str> {
        &self.version
    }

    /// A model and the version of the list it stands in: by exact id, else by the id with the provider's name in front, else without
    /// a date at the end (`-2025-08-07`, `-20250807`), else without a region in front (`us.`, as Bedrock has them).
    ///
    /// Everything `echo` serves is free. A model that is not found has no price, never a price of 0.
    #[must_use]
    pub fn find(&self, provider: &str, model: &str) -> Option<(Model, &Arc<str>)> {
        let row = find(provider);
        if row.is_some_and(|it| it.built_in) {
            return Some((Model { price: Some(Price::FREE), ..Model::default() }, &self.version));
        }
        let names = [row.map_or(provider, |it| it.price_name), row.map_or(provider, |it| it.slug)];
        let ids = id::names(names, model);
        let mut layers = self.layers().filter_map(|it| Some((it.own(names, &ids)?, &it.version)));
        let (mut found, version) = layers.next()?;
        for (below, _) in layers {
            found.capabilities = found.capabilities.over(below.capabilities);
        }
        Some((found, version))
    }

    /// The model alone; see [`Catalogue::find`].
    #[must_use]
    pub fn model(&self, provider: &str, model: &str) -> Option<Model> {
        self.find(provider, model).map(|(found, _)| found)
    }

    /// Ids of the models there are for a provider, in alphabetical order.
    #[must_use]
    pub fn models(&self, provider: &str) -> Vec<&str> {
        let row = find(provider);
        if row.is_some_and(|it| it.built_in) {
            return echo::MODELS.to_vec();
        }
        let names = [row.map_or(provider, |it| it.price_name), row.map_or(provider, |it| it.slug)];
        let lists =
            self.layers().flat_map(|it| names.iter().filter_map(|name| it.models.get(*name)));
        let ids: BTreeSet<_> = lists.flat_map(|it| it.keys().map(AsRef::as_ref)).collect();
        ids.into_iter().collect()
    }

    /// Names under which there are models, in alphabetical order.
    #[must_use]
    pub fn providers(&self) -> Vec<&str> {
        let names: BTreeSet<_> =
            self.layers().flat_map(|it| it.models.keys().map(AsRef::as_ref)).collect();
        names.into_iter().collect()
    }

    /// What this list, laid over `old`, would change, in alphabetical order.
    #[must_use]
    pub fn changes(&self, old: &Self) -> Vec<Change> {
        change::between(self, old)
    }

    fn layers(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |it| it.below.as_deref())
    }

    /// The first of these ids under one of these names, in this list alone.
    fn own(&self, names: [&str; 2], ids: &[&str]) -> Option<Model> {
        let lists = names.iter().filter_map(|it| self.models.get(*it));
        lists.flat_map(|list| ids.iter().filter_map(|id| list.get(*id))).next().copied()
    }
}

#[cfg(test)]
mod tests;
