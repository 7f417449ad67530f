//! What a request costs: held before its calls, added up by step as they end, settled once. Nano-dollars, integers, saturating.
//!
//! A *step* is a model element called, retries included. Costs are kept by step because limits pay for different ones: a route's cost
//! element for every step from its admission on, a gateway's spend rule for the one step it was asked for.
//!
//! The input of a call is estimated from the request by the model's own vocabulary or a rule, its output from the allowance (the
//! request's maximum, else the model's, else the stated default) times the choices asked for. A call that ends without saying what it
//! used is billed by the same input estimate and one token for four bytes of answer, rounded up. A provider that states its own cost is
//! charged as it says, unless the operator or the caller has set a price. `docs/limits.md` and `docs/prices.md` say so to users.
use crate::asked::Asked;
use crate::catalog::{Plan, Version};
use crate::directives::CUSTOM_COST;
use crate::prompt::Prompt;
use chat::{Head, Reported, Usage};
use providers::{CustomCost, OnDisconnect, Price};
use route::Quota;
use std::sync::Arc;
use telemetry::{Charge, Metrics, Operation};

/// Bytes of an answer that make a token, when its provider does not say how many there were.
const BYTES_PER_TOKEN: u64 = 4;

/// How one request is priced, and what it has cost so far.
#[derive(Debug, Default)]
pub(crate) struct Bill {
    custom: Option<CustomCost>,
    prompt: Arc<Prompt>,
    /// What is done, as metrics name it.
    operation: &'static str,
    /// Output tokens allowed by the request, and how many choices.
    allowance: Option<u64>,
    choices: u64,
    costs: Costs,
    /// What each step was billed for.
    charges: Vec<Charge>,
    /// What of it is whose price.
    parts: telemetry::Costs,
    /// Tokens of everything billed; `None`: nothing was. A total given by the caller is charged with the first.
    used: Option<Usage>,
    /// A model without a price was called, so that the total is not the whole truth.
    unknown: bool,
    /// Who said what it costs, each once.
    versions: Vec<Arc<str>>,
}

/// What one call used, and what its provider says it cost, in nano-dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) usage: Usage,
    pub(crate) stated: Option<u64>,
}

impl Bill {
    pub(crate) fn new(asked: &Asked<'_>) -> Self {
        let (head, custom) = (asked.question.head, asked.directives.custom_cost);
        Self { operation: asked.way.operation(), ..Self::expected(head, &asked.prompt, custom) }
    }

    /// Of a request that nothing will be billed for.
    pub(crate) fn expected(
        head: &Head<'_>,
        prompt: &Arc<Prompt>,
        custom: Option<CustomCost>,
    ) -> Self {
        Self {
            custom,
            prompt: Arc::clone(prompt),
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
            None => plan.quote.price_at(input_tokens),
        }
    }

    pub(crate) fn knows_price(&self, plan: &Plan) -> bool {
        self.price(plan, 0).is_some()
    }

    /// The most one call is expected to cost; 0 when its price is unknown.
    pub(crate) fn estimate(&self, plan: &Plan, default_output: u64) -> u64 {
        // Counting takes time; what costs nothing however long it is need not be counted.
        if self.price(plan, 0).is_none_or(|it| it == Price::FREE) {
            return 0;
        }
        let input = self.prompt.tokens(plan.scale);
        let output = self.allowance(plan, default_output);
        let usage = Usage { input, output, ..Usage::default() };
        self.price(plan, input).map_or(0, |it| it.cost(&usage))
    }

    /// What a cost limit of a route holds: the largest sum of billable calls on the paths from its `success`.
    pub(crate) fn hold(&self, version: &Version, quota: &Quota, default_output: u64) -> u64 {
        if let Some(fixed) = self.fixed() {
            return fixed;
        }
        version.route.hold(quota, &mut |target| {
            let plan = version.plans.get(target.index).and_then(Option::as_ref);
            plan.map_or(0, |it| self.estimate(it, default_output))
        })
    }

    /// Lets go of the request's body: the end of a stream may be far.
    pub(crate) fn drop_body(&mut self) {
        self.prompt = Arc::new(self.prompt.without_body());
    }

    /// Output tokens that are held for one call.
    pub(crate) fn allowance(&self, plan: &Plan, default_output: u64) -> u64 {
        let one = self.allowance.or(plan.quote.max_output_tokens).unwrap_or(default_output);
        one.saturating_mul(self.choices.max(1))
    }

    /// The most that one call adds to this request's cost. A total given by the caller is paid with the first.
    pub(crate) fn next(&self, plan: &Plan, default_output: u64, first: bool) -> u64 {
        match self.fixed() {
            Some(total) if first && self.used.is_none() => total,
            Some(_) => 0,
            None => self.estimate(plan, default_output),
        }
    }

    /// A total the caller gave is the hold, whatever the calls.
    pub(crate) fn fixed(&self) -> Option<u64> {
        match self.custom {
            Some(CustomCost::Total(total)) => Some(total),
            _ => None,
        }
    }

    /// Adds what a call of this step used, whenever that is known.
    pub(crate) fn add(&mut self, step: usize, plan: &Plan, used: Used, metrics: &Metrics) {
        let price = self.price(plan, used.usage.tokens_in());
        let ours = price.map(|it| it.cost(&used.usage));
        let stated = used.stated.filter(|_| self.custom.is_none());
        if let (Some(ours), Some(stated)) = (ours, stated) {
            metrics.cost_stated(&plan.endpoint.slug, stated, ours);
        }
        let stated = stated.filter(|_| !plan.quote.is_override);
        let model = plan.quote.listed.then_some(&*plan.model);
        let (provider, name) = (&*plan.endpoint.slug, self.operation);
        let what = Operation { provider, model, name, cause: None };
        metrics.billed(&what, &used.usage, stated.or(ours));
        match stated.or(ours) {
            Some(cost) => {
                self.costs.add(step, cost);
                let price = price.filter(|_| stated.is_none());
                self.part(cost, price.map(|it| it.parts(&used.usage)).unwrap_or_default());
            }
            None => self.unknown = true,
        }
        self.note(self.version(plan, stated, ours));
        let fixed = self.fixed().filter(|_| self.used.is_none()).unwrap_or_default();
        self.costs.add(step, fixed);
        self.part(fixed, [0; 4]);
        let cost = stated.or(ours).map(|it| it.saturating_add(fixed));
        self.charge(step, plan, used.usage, cost);
        self.used = Some(self.used.map_or(used.usage, |it| it.plus(&used.usage)));
    }

    /// Notes what a step was billed for.
    fn charge(&mut self, step: usize, plan: &Plan, usage: Usage, cost: Option<u64>) {
        let step = u32::try_from(step).unwrap_or(u32::MAX);
        match self.charges.iter_mut().find(|it| it.step == step) {
            Some(it) => {
                it.usage = it.usage.plus(&usage);
                it.cost = it.cost.zip(cost).map(|(before, more)| before.saturating_add(more));
            }
            None => self.charges.push(Charge {
                step,
                provider: plan.endpoint.slug.clone(),
                model: plan.model.clone(),
                usage,
                cost,
            }),
        }
    }

    /// For the record: what each step was billed for.
    pub(crate) fn into_charges(self) -> Vec<Charge> {
        self.charges
    }

    /// Notes what a cost is made of; what no class of tokens accounts for is `other`.
    fn part(&mut self, cost: u64, [input, cache_read, cache_write, output]: [u64; 4]) {
        let told =
            [input, cache_read, cache_write, output].into_iter().fold(0, u64::saturating_add);
        let parts = &mut self.parts;
        for (sum, part) in [
            (&mut parts.input, input),
            (&mut parts.cache_read, cache_read),
            (&mut parts.cache_write, cache_write),
            (&mut parts.output, output),
            (&mut parts.other, cost.saturating_sub(told)),
        ] {
            *sum = sum.saturating_add(part);
        }
    }

    /// For the log: the parts of the cost, which sum to it; `None` when a part of the cost is not known, or nothing was billed.
    pub(crate) fn parts(&self) -> Option<telemetry::Costs> {
        (!self.unknown && self.used.is_some()).then_some(self.parts)
    }

    /// A call was made of which nobody knows what it used.
    pub(crate) fn add_unknown(&mut self) {
        self.unknown = true;
    }

    /// Who says what a call costs.
    fn version(&self, plan: &Plan, stated: Option<u64>, ours: Option<u64>) -> Option<Arc<str>> {
        match (self.custom, stated, ours) {
            (Some(_), ..) => Some(CUSTOM_COST.into()),
            (None, Some(_), _) => Some(format!("stated by {}", plan.endpoint.slug).into()),
            (None, None, Some(_)) => Some(Arc::clone(&plan.quote.version)),
            (None, None, None) => None,
        }
    }

    fn note(&mut self, version: Option<Arc<str>>) {
        self.versions.extend(version.filter(|it| !self.versions.contains(it)));
    }

    /// What a call used, by its own account or by the stated rule.
    pub(crate) fn used_by(
        &self,
        plan: &Plan,
        said: Option<&Reported>,
        answer_bytes: u64,
        metrics: &Metrics,
    ) -> Used {
        let Some(said) = said else {
            let output = answer_bytes.div_ceil(BYTES_PER_TOKEN);
            let input = self.prompt.known(plan.scale);
            let usage = Usage { input, output, ..Usage::default() };
            return Used { usage, stated: None };
        };
        if !said.consistent {
            metrics.usage_inconsistent(&plan.endpoint.slug);
        }
        Used { usage: said.usage, stated: plan.endpoint.stated_cost.of(&said.stated) }
    }

    /// What a call is charged whose reader left before its end: a provider that generates to the end bills for that, as far as anybody
    /// knows up to the output allowance.
    pub(crate) fn abandoned(&self, plan: &Plan, used: Used, default_output: u64) -> Used {
        if plan.endpoint.on_disconnect == OnDisconnect::StopsBilling {
            return used;
        }
        let unseen = self.allowance(plan, default_output).saturating_sub(used.usage.tokens_out());
        let output = used.usage.output.saturating_add(unseen);
        Used { usage: Usage { output, ..used.usage }, stated: None }
    }

    /// What a limit that pays for these steps is charged, so far.
    pub(crate) fn share(&self, pays: Pays) -> u64 {
        match pays {
            Pays::From(step) => self.costs.since(step),
            Pays::Only(step) => self.costs.of(step),
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

    /// For the log: who said what it costs.
    pub(crate) fn price_version(&self) -> Option<String> {
        (!self.versions.is_empty()).then(|| self.versions.join(", "))
    }

    pub(crate) fn is_custom(&self) -> bool {
        self.custom.is_some()
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

    fn of(&self, step: usize) -> u64 {
        match step.checked_sub(1) {
            None => self.first,
            Some(index) => self.later.get(index).copied().unwrap_or_default(),
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
    /// This one: a spend rule of the gateway.
    Only(usize),
}

/// A cost limit's permit.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) permit: limits::Permit,
    pub(crate) pays: Pays,
    /// Position of the limit among the quotas of the route, or among the spend rules of the call.
    pub(crate) index: usize,
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

/// Ends every limit of a request that nobody waits for any more, whose last call may cost more than is known.
pub(crate) fn abandon(permits: Vec<Held>, bill: &Bill) {
    for Held { permit, pays, .. } in permits {
        permit.abandon(bill.share(pays));
    }
}

#[cfg(test)]
mod tests;
