//! The keys that a gateway has for one provider, and which of them a request uses.
//!
//! The one that the request names, else by weight, else the default one and then the others in its place. The order follows from the
//! request's seed alone, so that a replay tries the same keys; keys that rest, are at their limit or have failed in this request are
//! passed over.

use crate::breaker::Breaker;
use crate::bucket::Bucket;
use crate::cooldown::{Cooldown, Cooldowns};
use limits::{Ask, Rule, Take, Technique};
use providers::Key;
use route::Dice;
use route::ids::GatewayId;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// What the alias of every stored key begins with in logs.
const STORED: &str = "stored:";

/// A key as it is stored in a gateway.
#[derive(Clone, Debug)]
pub struct StoredKey {
    /// The alias it was stored under.
    pub alias: Box<str>,
    /// The key.
    pub secret: secrecy::SecretString,
    /// Its share of the traffic; `None`: nobody has said.
    pub weight: Option<u32>,
    /// Used where nothing else says which.
    pub is_default: bool,
    /// How often it may be used; `None`: as often as it is its turn.
    pub limit: Option<KeyLimit>,
}

/// So many attempts in any period of this length with a stored key, whoever makes them.
#[derive(Clone, Debug)]
pub struct KeyLimit {
    rule: Rule,
    bucket: limits::Key,
}

impl KeyLimit {
    /// The limit of the key that is stored in this gateway under this id. What it has counted outlives other numbers and another secret.
    #[must_use]
    pub fn new(gateway: &GatewayId, id: &str, attempts: u64, period: Duration) -> Self {
        let rule = Rule { limit: attempts, window: period, technique: Technique::Sliding };
        Self { rule, bucket: Bucket::of_parts(&[gateway.as_str(), "", id, "key"]).shared() }
    }

    pub(crate) fn ask(&self) -> Ask {
        Ask { key: self.bucket.clone(), rule: self.rule, take: Take::One }
    }
}

/// A key and its state.
#[derive(Clone, Debug)]
pub struct Held {
    /// The key, named as in logs.
    pub key: Arc<Key>,
    /// See [`StoredKey::weight`].
    pub weight: Option<u32>,
    /// See [`StoredKey::is_default`].
    pub is_default: bool,
    /// See [`StoredKey::limit`].
    pub limit: Option<KeyLimit>,
    /// Shared with every other place that has the same key.
    pub cooldown: Arc<Cooldown>,
}

impl Held {
    /// The only key of a provider.
    #[must_use]
    pub fn only(provider: &str, key: &Key, cooldowns: &Cooldowns) -> Self {
        let cooldown = cooldowns.of(provider, key);
        Self { key: Arc::new(key.clone()), weight: None, is_default: false, limit: None, cooldown }
    }

    /// A stored key of a provider.
    #[must_use]
    pub fn stored(provider: &str, stored: StoredKey, cooldowns: &Cooldowns) -> Self {
        let StoredKey { alias, secret, weight, is_default, limit } = stored;
        let key = Key { alias: format!("{STORED}{alias}").into(), secret };
        Self { weight, is_default, limit, ..Self::only(provider, &key, cooldowns) }
    }

    /// The alias it was stored under; `None`: it is not stored.
    #[must_use]
    pub fn alias(&self) -> Option<&str> {
        self.key.alias.strip_prefix(STORED)
    }
}

/// One way to call a model: with this key, as this breaker allows.
#[derive(Clone, Debug)]
pub struct Seat {
    /// `None`: the gateway has no key; the caller's own is used if there is one.
    pub held: Option<Held>,
    /// Of the provider, the model and this key; `None` when the gateway's breaker is off.
    pub breaker: Option<Arc<Breaker>>,
}

impl Seat {
    /// Without the state that it shares with other calls: neither asked nor told.
    pub(crate) fn set_apart(&mut self) {
        self.breaker = None;
        if let Some(held) = &mut self.held {
            held.cooldown = Cooldowns::new(None).of("", &held.key);
            held.limit = None;
        }
    }
}

/// Why no seat can be chosen at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// No key has the alias that the request names; these exist.
    UnknownAlias(Vec<Box<str>>),
    /// Every key is used only when it is named.
    AllByName,
}

/// The seats in the order in which a request tries them: by positions in `seats`, never empty.
pub(crate) fn order(
    seats: &[Seat],
    named: Option<&str>,
    mut dice: Dice,
) -> Result<Cow<'static, [usize]>, NoSeat> {
    if let Some(alias) = named {
        return by_name(seats, alias);
    }
    if seats.len() == 1 && weight(seats, 0) != Some(0) {
        return Ok(Cow::Borrowed(&[0]));
    }
    let mut left: Vec<(usize, u32)> = (0..seats.len())
        .map(|it| (it, weight(seats, it).unwrap_or(1)))
        .filter(|(_, weight)| *weight > 0)
        .collect();
    let mut order = Vec::with_capacity(left.len());
    if (0..seats.len()).all(|it| weight(seats, it).is_none()) {
        let default = |it: &Seat| it.held.as_ref().is_some_and(|it| it.is_default);
        if let Some(first) = seats.iter().position(default) {
            order.push(first);
            left.retain(|(it, _)| *it != first);
        }
    }
    while !left.is_empty() {
        order.push(left.swap_remove(drawn(&left, &mut dice)).0);
    }
    if order.is_empty() { Err(NoSeat::AllByName) } else { Ok(order.into()) }
}

fn weight(seats: &[Seat], position: usize) -> Option<u32> {
    seats.get(position)?.held.as_ref()?.weight
}

fn by_name(seats: &[Seat], alias: &str) -> Result<Cow<'static, [usize]>, NoSeat> {
    let alias_of = |it: &Seat| it.held.as_ref().and_then(Held::alias).map(Box::from);
    match seats.iter().position(|it| alias_of(it).as_deref() == Some(alias)) {
        Some(found) => Ok(vec![found].into()),
        None => Err(NoSeat::UnknownAlias(seats.iter().filter_map(alias_of).collect())),
    }
}

/// A position in `left`, each as likely as its weight says.
fn drawn(left: &[(usize, u32)], dice: &mut Dice) -> usize {
    let total: u64 = left.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let mut draw = u64::from(dice.below(u32::try_from(total).unwrap_or(u32::MAX)));
    for (position, (_, weight)) in left.iter().enumerate() {
        match draw.checked_sub((*weight).into()) {
            Some(rest) => draw = rest,
            None => return position,
        }
    }
    0
}

#[cfg(test)]
mod tests;
