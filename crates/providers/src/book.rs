//! What a model costs in one gateway, and who says so: the operator's own prices before the catalogue's. What a model can do is the
//! catalogue's word alone.

use crate::capabilities::{Capabilities, Mode};
use crate::catalogue::{Catalogue, LongContext};
use crate::price::Price;
use crate::provider::find;
use std::collections::HashMap;
use std::sync::Arc;

/// Prices that an operator gave, by (provider, model).
pub type Overrides = HashMap<(String, String), Override>;

/// A price that an operator gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// What it costs.
    pub price: Price,
    /// Which override of which moment it is, as logs name it.
    pub version: Arc<str>,
}

/// Which models a cost of a custom provider is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelRule {
    /// The model of this name.
    Equals,
    /// Every model whose name starts so.
    StartsWith,
    /// Every model whose name has this in it.
    Contains,
}

/// What models of a custom provider cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostRule {
    /// Slug of the provider, `custom-` in front.
    pub provider: Box<str>,
    /// How `model` is meant.
    pub rule: ModelRule,
    /// A name or a part of one.
    pub model: Box<str>,
    /// The price and its version.
    pub price: Override,
}

impl CostRule {
    fn is_for(&self, provider: &str, model: &str) -> bool {
        *self.provider == *provider
            && match self.rule {
                ModelRule::Equals => *self.model == *model,
                ModelRule::StartsWith => model.starts_with(&*self.model),
                ModelRule::Contains => model.contains(&*self.model),
            }
    }

    /// The narrower one wins: `equals` before `starts-with` before `contains`, then the longer text.
    fn rank(&self) -> (u8, usize) {
        let rule = match self.rule {
            ModelRule::Equals => 2,
            ModelRule::StartsWith => 1,
            ModelRule::Contains => 0,
        };
        (rule, self.model.len())
    }
}

/// Everything that prices a model in one gateway.
#[derive(Clone, Debug)]
pub struct PriceBook {
    /// Overrides of the gateway: they win.
    pub gateway: Arc<Overrides>,
    /// Overrides of the account.
    pub account: Arc<Overrides>,
    /// Costs of custom providers, oldest first.
    pub custom: Arc<[CostRule]>,
    /// What says so when nobody else does.
    pub catalogue: Arc<Catalogue>,
}

impl Default for PriceBook {
    /// The shipped catalogue alone.
    fn default() -> Self {
        Self {
            gateway: Arc::default(),
            account: Arc::default(),
            custom: Arc::default(),
            catalogue: Catalogue::shipped(),
        }
    }
}

/// What a model costs here, and what it can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// `None`: unknown.
    pub price: Option<Price>,
    /// Another price for long prompts, when `price` is the catalogue's.
    pub long: Option<LongContext>,
    /// What the catalogue says a reply may have at most.
    pub max_output_tokens: Option<u64>,
    /// What the catalogue says it reads at most, in tokens.
    pub context: Option<u64>,
    /// Which calls it is for, as far as the catalogue says.
    pub mode: Option<Mode>,
    /// What the catalogue says it can do.
    pub capabilities: Capabilities,
    /// Who says what it costs, and in which version.
    pub version: Arc<str>,
    /// An operator says so, not a catalogue.
    pub is_override: bool,
    /// The catalogue has the model: its name is not just any that a caller made up.
    pub listed: bool,
}

impl Quote {
    /// The price of a call with so many input tokens.
    #[must_use]
    pub fn price_at(&self, input_tokens: u64) -> Option<Price> {
        let long = self.long.filter(|it| input_tokens > it.above);
        long.map(|it| it.price).or(self.price)
    }
}

impl PriceBook {
    /// The first that knows: the gateway's override, the account's, a custom provider's cost, the catalogue.
    #[must_use]
    pub fn quote(&self, provider: &str, model: &str) -> Quote {
        let listed = self.catalogue.find(provider, model);
        let known = listed.map(|(it, _)| it).unwrap_or_default();
        let quote = Quote {
            price: known.price,
            long: known.long,
            max_output_tokens: known.max_output_tokens,
            context: known.context,
            mode: known.mode,
            capabilities: known.capabilities,
            version: Arc::clone(listed.map_or(self.catalogue.version(), |(_, it)| it)),
            is_override: false,
            listed: listed.is_some(),
        };
        if let Some(own) = self.own(provider, model) {
            let version = Arc::clone(&own.version);
            return Quote {
                price: Some(own.price),
                long: None,
                version,
                is_override: true,
                ..quote
            };
        }
        if find(provider).is_some_and(|it| it.built_in) {
            return Quote { version: "built-in".into(), ..quote };
        }
        quote
    }

    /// Whether anybody has heard of the model.
    #[must_use]
    pub fn knows(&self, provider: &str, model: &str) -> bool {
        self.own(provider, model).is_some() || self.catalogue.find(provider, model).is_some()
    }

    fn own(&self, provider: &str, model: &str) -> Option<&Override> {
        let slug = find(provider).map_or(provider, |it| it.slug);
        let exact = || (slug.to_owned(), model.to_owned());
        let in_list = |it: &'_ Overrides| !it.is_empty();
        let gateway = in_list(&self.gateway).then(|| self.gateway.get(&exact())).flatten();
        let account = || in_list(&self.account).then(|| self.account.get(&exact())).flatten();
        let custom = || {
            let rules = self.custom.iter().filter(|it| it.is_for(slug, model));
            rules.max_by_key(|it| it.rank()).map(|it| &it.price)
        };
        gateway.or_else(account).or_else(custom)
    }
}

#[cfg(test)]
mod tests;
