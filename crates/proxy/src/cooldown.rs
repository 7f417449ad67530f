//! Keys that rest: after a refusal or a rate limit a provider key is not used for a while.
//!
//! What rests is the *owner of the quota*, a key at a provider: the same key under two aliases or in two gateways rests once. The state
//! lives beside the catalogs, so that a deployment wakes nothing, and a deadline only ever moves away: the longest of two waits counts.

use providers::Key;
use secrecy::ExposeSecret as _;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long keys rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// After a 429, unless the provider asks for more; nothing shorter is honoured.
    pub limited: Duration,
    /// After a 401, 402 or 403, unless the provider asks for more.
    pub refused: Duration,
    /// Longest rest; nothing longer is honoured.
    pub longest: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limited: Duration::from_secs(1),
            refused: Duration::from_secs(60),
            longest: Duration::from_secs(3600),
        }
    }
}

/// Why a key rests: a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// 401: the provider does not know it.
    Unauthorized,
    /// 402: its account has no money left.
    Unpaid,
    /// 403: it may not do this. Providers say so of one model as well, so it rests for that model only.
    Forbidden,
    /// 429: its quota is used up for now.
    Limited,
}

impl Reason {
    /// Why a key is to rest after this status; `None`: the status says nothing about the key.
    #[must_use]
    pub fn of(status: u16) -> Option<Self> {
        match status {
            401 => Some(Self::Unauthorized),
            402 => Some(Self::Unpaid),
            403 => Some(Self::Forbidden),
            429 => Some(Self::Limited),
            _ => None,
        }
    }

    /// The status, as a metric's label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "401",
            Self::Unpaid => "402",
            Self::Forbidden => "403",
            Self::Limited => "429",
        }
    }
}

/// A key rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resting {
    /// Unix milliseconds at which it may be used again.
    pub until_ms: u64,
    /// Whether it is a matter of quota, rather than of a key that is refused.
    pub limited: bool,
}

/// Most models that a key is remembered to be forbidden for; of more, those that end first are forgotten.
const MAX_MODELS: usize = 256;

/// The rest of one owner of a quota. Asking costs two loads while it does not rest.
#[derive(Debug)]
pub struct Cooldown {
    policy: Option<Policy>,
    /// `until_ms` and, in the lowest bit, `limited`.
    whole: AtomicU64,
    /// The last deadline among `models`.
    last_model: AtomicU64,
    /// Deadlines by model.
    models: Mutex<HashMap<Box<str>, u64>>,
}

impl Cooldown {
    fn new(policy: Option<Policy>) -> Arc<Self> {
        let (whole, last_model) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { policy, whole, last_model, models: Mutex::default() })
    }

    /// Whether the key rests now, for calls of this model.
    #[must_use]
    pub fn resting(&self, model: &str, now_ms: u64) -> Option<Resting> {
        let word = self.whole.load(Ordering::Acquire);
        let whole = Resting { until_ms: word >> 1, limited: word & 1 == 1 };
        let here = Resting { until_ms: self.model_until(model, now_ms), limited: false };
        let longer = if here.until_ms > whole.until_ms { here } else { whole };
        (longer.until_ms > now_ms).then_some(longer)
    }

    fn model_until(&self, model: &str, now_ms: u64) -> u64 {
        if self.last_model.load(Ordering::Acquire) <= now_ms {
            return 0;
        }
        let models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        models.get(model).copied().unwrap_or_default()
    }

    /// Lets it rest, at least as long as the provider asked for; says until when, unless keys never rest.
    pub fn rest(
        &self,
        reason: Reason,
        asked: Option<Duration>,
        model: &str,
        now_ms: u64,
    ) -> Option<Resting> {
        let policy = self.policy?;
        let least = if reason == Reason::Limited { policy.limited } else { policy.refused };
        let wait = asked.unwrap_or_default().max(least).min(policy.longest);
        let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        let until_ms = now_ms.saturating_add(wait).min(u64::MAX >> 1);
        if reason == Reason::Forbidden {
            self.forbid(model, until_ms, now_ms);
        } else {
            let word = until_ms << 1 | u64::from(reason == Reason::Limited);
            self.whole.fetch_max(word, Ordering::AcqRel);
        }
        self.resting(model, now_ms)
    }

    fn forbid(&self, model: &str, until_ms: u64, now_ms: u64) {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        models.retain(|_, it| *it > now_ms);
        let deadline = models.entry(model.into()).or_default();
        *deadline = until_ms.max(*deadline);
        if models.len() > MAX_MODELS {
            let first = models.iter().min_by_key(|(_, it)| **it).map(|(name, _)| name.clone());
            first.and_then(|it| models.remove(&it));
        }
        self.last_model.fetch_max(until_ms, Ordering::AcqRel);
    }
}

/// A provider and the digest of a key.
type Owner = (Box<str>, access::Digest);

/// All of them: one of a process, for all its gateways and catalogs.
#[derive(Debug)]
pub struct Cooldowns {
    policy: Option<Policy>,
    all: Mutex<HashMap<Owner, Arc<Cooldown>>>,
}

/// From this many on, those of keys that no gateway has any more are forgotten when a new one is needed.
const SWEEP_AT: usize = 1024;

impl Cooldowns {
    /// `None`: keys never rest.
    #[must_use]
    pub fn new(policy: Option<Policy>) -> Self {
        Self { policy, all: Mutex::default() }
    }

    /// The state of a key at a provider; the same one each time, whatever the key's alias.
    #[must_use]
    pub fn of(&self, provider: &str, key: &Key) -> Arc<Cooldown> {
        let owner: Owner = (provider.into(), access::Digest::of(key.secret.expose_secret()));
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SWEEP_AT && !all.contains_key(&owner) {
            all.retain(|_, it| Arc::strong_count(it) > 1);
        }
        Arc::clone(all.entry(owner).or_insert_with(|| Cooldown::new(self.policy)))
    }
}

#[cfg(test)]
mod tests;
