//! What another price list would change, and which of it is too much to be believed unseen.

use super::{Catalogue, Model};
use crate::price::Price;

/// A price that grows or falls by more than this factor is confirmed by a person or not taken.
const JUMP: u64 = 20;

/// One model whose price is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Name of the provider in the list.
    pub provider: String,
    /// The model.
    pub model: String,
    /// How.
    pub changed: Changed,
    /// A class costs more than 20 times as much as before, or less than a 20th, or is free or no longer free.
    pub jumps: bool,
}

/// How a model's price is not what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It had none.
    New(Price),
    /// It has none any more.
    Gone(Price),
    /// Before and after.
    Other(Price, Price),
}

pub(super) fn between(new: &Catalogue, old: &Catalogue) -> Vec<Change> {
    let mut changes = Vec::new();
    for (provider, models) in &new.models {
        for (id, model) in models {
            let before = old.model(provider_slug(provider), id).unwrap_or_default();
            changes.extend(one(provider, id, &before, model));
        }
    }
    changes.sort_unstable_by(|a, b| (&a.provider, &a.model).cmp(&(&b.provider, &b.model)));
    changes
}

/// A list may name a provider by its name in catalogues or by its slug.
fn provider_slug(name: &str) -> &str {
    let row = crate::table().iter().find(|it| it.price_name == name || it.slug == name);
    row.map_or(name, |it| it.slug)
}

fn one(provider: &str, id: &str, before: &Model, after: &Model) -> Option<Change> {
    let long = |it: &Model| it.long.map(|it| it.price);
    let changed = match (before.price, after.price) {
        (None, None) => return None,
        (None, Some(new)) => Changed::New(new),
        (Some(old), None) => Changed::Gone(old),
        (Some(old), Some(new)) if old == new && before.long == after.long => return None,
        (Some(old), Some(new)) => Changed::Other(old, new),
    };
    let jumps = matches!(changed, Changed::Other(old, new) if jumps(&old, &new))
        || long(before).zip(long(after)).is_some_and(|(old, new)| jumps(&old, &new));
    Some(Change { provider: provider.to_owned(), model: id.to_owned(), changed, jumps })
}

fn jumps(old: &Price, new: &Price) -> bool {
    old.classes().iter().zip(new.classes()).any(|(&(_, old), (_, new))| {
        let (low, high) = (old.min(new), old.max(new));
        high > low.saturating_mul(JUMP)
    })
}
