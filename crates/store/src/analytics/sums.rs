//! What is known of a set of requests.

use chat::Usage;
use telemetry::{Charge, Record};

use super::histogram::{Adder, Histogram};

/// Sums over requests; they saturate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Requests.
    pub requests: u64,
    /// Of them, those that no model answered to the end.
    pub errors: u64,
    /// Of them, those answered from the cache.
    pub cached: u64,
    /// Nano-dollars, as far as they are known.
    pub cost: u64,
    /// Requests that used tokens whose price is unknown: they are not in `cost`.
    pub unpriced: u64,
    /// All input tokens that were billed.
    pub tokens_in: u64,
    /// All output tokens that were billed.
    pub tokens_out: u64,
    /// Of `tokens_in`, those read from the provider's cache.
    pub cache_read: u64,
    /// Of `tokens_in`, those written to the provider's cache.
    pub cache_write: u64,
    /// Milliseconds from admission to the last byte.
    pub duration_ms: Histogram,
    /// Milliseconds from admission to the first byte of a streamed answer.
    pub first_token_ms: Histogram,
}

impl Sums {
    /// Of one request. An answer from the cache used nothing.
    #[must_use]
    pub fn of(it: &Record) -> Self {
        let mut sums = Self {
            requests: 1,
            errors: u64::from(!it.success),
            cached: u64::from(it.cached),
            ..Self::charged(billed(it), it.cost)
        };
        sums.duration_ms.record(it.duration_ms);
        if let Some(first) = it.first_byte_ms.filter(|_| it.streamed) {
            sums.first_token_ms.record(first);
        }
        sums
    }

    /// Of the calls of one model element for a request.
    pub(super) fn of_calls(charge: Option<&Charge>, failed: bool, ms: u64) -> Self {
        let mut sums = Self {
            requests: 1,
            errors: u64::from(failed),
            ..charge.map(|it| Self::charged(Some(it.usage), it.cost)).unwrap_or_default()
        };
        sums.duration_ms.record(ms);
        sums
    }

    fn charged(usage: Option<Usage>, cost: Option<u64>) -> Self {
        let used = usage.unwrap_or_default();
        Self {
            cost: cost.unwrap_or_default(),
            unpriced: u64::from(usage.is_some() && cost.is_none()),
            tokens_in: used.tokens_in(),
            tokens_out: used.tokens_out(),
            cache_read: used.cache_read,
            cache_write: used.cache_write.saturating_add(used.cache_write_1h),
            ..Self::default()
        }
    }

    /// Adds others.
    pub fn add(&mut self, other: &Self) {
        self.each(other, u64::saturating_add);
        self.duration_ms.add(&other.duration_ms);
        self.first_token_ms.add(&other.first_token_ms);
    }

    /// Takes a part of them away.
    pub fn subtract(&mut self, part: &Self) {
        self.each(part, u64::saturating_sub);
        self.duration_ms.subtract(&part.duration_ms);
        self.first_token_ms.subtract(&part.first_token_ms);
    }

    fn each(&mut self, other: &Self, with: fn(u64, u64) -> u64) {
        for (mine, other) in self.numbers_mut().into_iter().zip(other.numbers()) {
            *mine = with(*mine, other);
        }
    }

    /// In the order of [`NUMBERS`].
    pub(super) fn numbers(&self) -> [u64; NUMBERS.len()] {
        [
            self.requests,
            self.errors,
            self.cached,
            self.cost,
            self.unpriced,
            self.tokens_in,
            self.tokens_out,
            self.cache_read,
            self.cache_write,
        ]
    }

    /// In the order of [`NUMBERS`].
    pub(super) fn numbers_mut(&mut self) -> [&mut u64; NUMBERS.len()] {
        [
            &mut self.requests,
            &mut self.errors,
            &mut self.cached,
            &mut self.cost,
            &mut self.unpriced,
            &mut self.tokens_in,
            &mut self.tokens_out,
            &mut self.cache_read,
            &mut self.cache_write,
        ]
    }

    /// Both histograms as bytes.
    pub(super) fn times(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.duration_ms.write(&mut bytes);
        self.first_token_ms.write(&mut bytes);
        bytes
    }

    /// Takes the histograms that [`Self::times`] wrote; `None` when it is something else.
    pub(super) fn read_times(&mut self, mut bytes: &[u8]) -> Option<()> {
        self.duration_ms = Histogram::read(&mut bytes)?;
        self.first_token_ms = Histogram::read(&mut bytes)?;
        bytes.is_empty().then_some(())
    }
}

/// Tokens of what was billed: that of an answer from the cache was not, but a call that failed before it may have been.
fn billed(it: &Record) -> Option<Usage> {
    if it.cached {
        it.charges.iter().map(|it| it.usage).reduce(|sum, it| sum.plus(&it))
    } else {
        it.usage
    }
}

/// Adds stored sums up.
#[derive(Debug, Default)]
pub(super) struct Summing {
    numbers: Sums,
    duration_ms: Adder,
    first_token_ms: Adder,
}

impl Summing {
    /// Adds numbers and what [`Sums::times`] wrote, any number of times; `None` when it is something else.
    pub(super) fn add(&mut self, numbers: [u64; NUMBERS.len()], mut times: &[u8]) -> Option<()> {
        for (mine, more) in self.numbers.numbers_mut().into_iter().zip(numbers) {
            *mine = mine.saturating_add(more);
        }
        while !times.is_empty() {
            self.duration_ms.read(&mut times)?;
            self.first_token_ms.read(&mut times)?;
        }
        Some(())
    }

    /// The sum, and begins anew.
    pub(super) fn take(&mut self) -> Sums {
        Sums {
            duration_ms: self.duration_ms.take(),
            first_token_ms: self.first_token_ms.take(),
            ..std::mem::take(&mut self.numbers)
        }
    }
}

/// Columns of the numbers.
pub(super) const NUMBERS: [&str; 9] = [
    "requests",
    "errors",
    "cached",
    "cost",
    "unpriced",
    "tokens_in",
    "tokens_out",
    "cache_read",
    "cache_write",
];

/// Whether a column counts requests: of these there are never so many that their sum is too large for the database.
pub(super) fn counts_requests(column: &str) -> bool {
    matches!(column, "requests" | "errors" | "cached" | "unpriced")
}
