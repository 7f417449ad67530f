//! What a request costs: held before its calls, added up by step as they end, settled once. Nano-dollars, integers, saturating.
//!
//! A *step* is a model element called, retries included. Costs are kept by step because limits pay for different ones: a route's cost
//! element for every step from its admission on, a gateway's spend rule for the one step it was asked for.
//!
//! The input of a call is estimated from the request, its output from the allowance (the request's maximum, else the model's, else the
//! stated default) times the choices asked for. A call that ends without saying what it used is billed by the same input estimate and
//! one token for four bytes of answer, rounded up. `docs/limits.md` says so to users.
use crate::catalog::Plan;
use chat::{Head, Usage};
use providers::{CustomCost, Price};

/// Bytes of an answer that make a token, when its provider does not say how many there were.
const BYTES_PER_TOKEN: u64 = 4;

/// How one request is priced, and what it has cost so far.
#[derive(Debug, Default)]
pub(crate) struct Bill {
    custom: Option<CustomCost>,
    input_tokens: u64,
    /// Output tokens allowed by the request, and how many choices.
    allowance: Option<u64>,
    choices: u64,
    costs: Costs,
    /// Tokens of everything billed; `None`: nothing was. A total given by the caller is charged with the first.
    used: Option<Usage>,
    /// A model without a price was called, so that the total is not the whole truth.
    unknown: bool,
}

impl Bill {
    pub(crate) fn new(head: &Head<'_>, custom: Option<CustomCost>) -> Self {
        Self {
            custom,
            input_tokens: head.input_tokens(),
            allowance: head.max_output_tokens,
            choices: head.choices,
            ..Self::default()
        }
    }

    /// The price of a call with this much input: the caller's own replaces the catalogue's.
    fn price(&self, plan: &Plan, input_tokens: u64) -> Option<Price> {
        match self.custom {
            Some(CustomCost::PerToken(price)) => Some(price),
            Some(CustomCost::Total(_)) => Some(Price::FREE),
            None => plan.price_at(input_tokens),
        }
    }

    pub(crate) fn knows_price(&self, plan: &Plan) -> bool {
        self.price(plan, 0).is_some()
    }

    /// The most one call is expected to cost; 0 when its price is unknown.
    pub(crate) fn estimate(&self, plan: &Plan, default_output: u64) -> u64 {
        let allowance = self.allowance.or(plan.max_output_tokens).unwrap_or(default_output);
        let output = allowance.saturating_mul(self.choices.max(1));
        let usage = Usage { input: self.input_tokens, output, ..Usage::default() };
        self.price(plan, self.input_tokens).map_or(0, |it| it.cost(&usage))
    }

    /// A total the caller gave is the hold, whatever the calls.
    pub(crate) fn fixed(&self) -> Option<u64> {
        match self.custom {
            Some(CustomCost::Total(total)) => Some(total),
            _ => None,
        }
    }

    /// Adds what a call of this step used, whenever that is known.
    pub(crate) fn add(&mut self, step: usize, plan: &Plan, usage: &Usage) {
        match self.price(plan, usage.tokens_in()) {
            Some(price) => self.costs.add(step, price.cost(usage)),
            None => self.unknown = true,
        }
        if self.used.is_none() {
            self.costs.add(step, self.fixed().unwrap_or_default());
        }
        self.used = Some(self.used.map_or(*usage, |it| sum(&it, usage)));
    }

    /// What a call used, by its own account or by the stated rule.
    pub(crate) fn usage(&self, said: Option<Usage>, answer_bytes: u64) -> Usage {
        said.unwrap_or_else(|| Usage {
            input: self.input_tokens,
            output: answer_bytes.div_ceil(BYTES_PER_TOKEN),
            ..Usage::default()
        })
    }

    /// What a limit that pays for these steps is charged, so far.
    pub(crate) fn share(&self, pays: Pays) -> u64 {
        match pays {
            Pays::From(step) => self.costs.since(step),
        }
    }

    /// For the log: `None` when a part of the cost is not known.
    pub(crate) fn cost(&self) -> Option<u64> {
        (!self.unknown).then_some(self.costs.since(0))
    }

    /// For the log: tokens of all billed calls.
    pub(crate) fn used(&self) -> Option<Usage> {
        self.used
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.custom.is_some()
    }
}

fn sum(a: &Usage, b: &Usage) -> Usage {
    Usage {
        input: a.input.saturating_add(b.input),
        cache_read: a.cache_read.saturating_add(b.cache_read),
        cache_write: a.cache_write.saturating_add(b.cache_write),
        audio_input: a.audio_input.saturating_add(b.audio_input),
        output: a.output.saturating_add(b.output),
        reasoning: a.reasoning.saturating_add(b.reasoning),
        audio_output: a.audio_output.saturating_add(b.audio_output),
    }
}

/// What each step has cost. Most requests have one step, which takes no memory of its own.
#[derive(Debug, Default)]
struct Costs {
    first: u64,
    /// Of the steps after the first.
    later: Vec<u64>,
}

impl Costs {
    fn add(&mut self, step: usize, cost: u64) {
        if cost == 0 {
            return;
        }
        let slot = match step.checked_sub(1) {
            None => Some(&mut self.first),
            Some(index) => {
                self.later.resize(self.later.len().max(step), 0);
                self.later.get_mut(index)
            }
        };
        if let Some(slot) = slot {
            *slot = slot.saturating_add(cost);
        }
    }

    /// All steps from this one on.
    fn since(&self, step: usize) -> u64 {
        let all = std::iter::once(&self.first).chain(&self.later);
        all.skip(step).fold(0, |sum, it| sum.saturating_add(*it))
    }
}

/// The steps that a limit pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pays {
    /// Every one from this on: a limit on the way of a route. What had been called before it was admitted is not its business, even if
    /// that ends later.
    From(usize),
}

/// A cost limit's permit.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) permit: limits::Permit,
    pub(crate) pays: Pays,
    /// Models without a price are not called while this is held.
    pub(crate) priced_only: bool,
    /// Calls leave although the counters do not answer.
    pub(crate) open: bool,
}

/// Charges every limit on the path with what was really used; durable when this returns.
pub(crate) fn settle(permits: Vec<Held>, bill: &Bill) {
    for Held { permit, pays, .. } in permits {
        permit.settle(bill.share(pays));
    }
}

#[cfg(test)]
mod tests;
