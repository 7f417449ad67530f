//! Asking limits before anything is called: a route's rate elements as the walk reaches them, one by one; the gateway's own before each
//! call of a model, all of those that are for it in one decision.
//!
//! A rate element's permit pays for every step from there on and ends with the request; a spend rule's pays for its own step and ends
//! with that. The gateway's limit of requests counts a request once, together with the spend rules of the first call that may be made.
use crate::bill::{Held, Pays};
use crate::catalog::{Plan, RateLimit, Spend, Version};
use crate::notes::{Place, Seen, State};
use crate::refusal::{self, By, Refused, Why};
use crate::run::Run;
use limits::{Admitted, Ask, Denied, Permit, Refusal, Rule, Take, Usage};
use route::{Answer, Facts as _, LimitType, OnUnavailable, OnUnknownPrice, Quota};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// One of the gateway's limits, to be asked for a call.
#[derive(Clone, Copy, Debug)]
enum Own<'a> {
    Rate(&'a RateLimit),
    /// With its position among the rules of the plan.
    Spend(usize, &'a Spend),
}

impl Own<'_> {
    fn is_open(&self) -> bool {
        let state = match self {
            Self::Rate(rate) => rate.on_unavailable,
            Self::Spend(_, spend) => spend.rule.on_unavailable,
        };
        state == OnUnavailable::Open
    }
}

impl<'a> Run<'a> {
    /// Counts the request at a rate element, or holds there what it may cost.
    pub(crate) async fn admit(&mut self, version: &Version, quota: &'a Quota) -> Answer {
        let asked = self.asked;
        let value = quota.key.as_ref().and_then(|it| asked.get(it));
        quota.key.iter().for_each(|it| self.notes.read(it, asked));
        let Some(key) = version.bucket(quota, value.as_ref()) else { return Answer::Fallback };
        let take = match quota.limit_type {
            LimitType::Count => Take::One,
            LimitType::Cost => Take::Hold(self.bill.hold(
                version,
                quota,
                self.proxy.settings.default_output_tokens,
            )),
        };
        let ask = Ask { key, rule: refusal::rule(quota), take };
        let (place, rule) = (Place::Element(quota.element), ask.rule);
        let wanted = Asked { place, rule_id: None, counts: quota.limit_type, rule, take };
        let (why, said) = match self.proxy.limits.admit_seeing(std::slice::from_ref(&ask)).await {
            Ok(Admitted { permits, found }) => {
                let found = found.first().copied().unwrap_or_default();
                self.notes.limit(|| wanted.seen(Said::Taken(found), true));
                self.hold_on(permits, quota);
                return Answer::Success;
            }
            Err(Denied::Refused { refusal, .. }) => (Why::Refused(refusal), Said::Refused(refusal)),
            Err(Denied::Unavailable(_)) => (Why::Unavailable, Said::Unavailable),
        };
        let goes_on = said.is_nothing() && open_when_unavailable(quota);
        self.notes.limit(|| wanted.seen(said, goes_on));
        if goes_on {
            return Answer::Success;
        }
        let key = refusal::key_of(quota, value.as_ref());
        self.refuse(Refused { by: By::Element(quota), why, key });
        Answer::Fallback
    }

    /// Keeps what a rate element held for the end of the request.
    fn hold_on(&mut self, permits: Vec<Permit>, quota: &Quota) {
        let priced_only = quota.on_unknown_price == OnUnknownPrice::Refuse;
        let (pays, open) = (Pays::From(self.made.len()), open_when_unavailable(quota));
        let held = |permit| Held { permit, pays, index: quota.index, priced_only, open };
        self.permits.extend(permits.into_iter().map(held));
    }

    /// The limit that does not let this model be called because its price is unknown.
    pub(crate) fn unpriced(&self, plan: &'a Plan) -> Option<Refused<'a>> {
        if self.bill.knows_price(plan) {
            return None;
        }
        let mut rules = plan.want_price(&self.asked.metadata);
        let held =
            self.permits.iter().find(|it| it.priced_only && matches!(it.pays, Pays::From(_)));
        let by = held
            .and_then(|it| self.quota(it.index))
            .map(By::Element)
            .or_else(|| rules.next().map(|it| By::Rule(it, plan)))?;
        Some(self.refused(by, Why::PriceUnknown))
    }

    /// Asks the gateway's limits for one call of this model, all or nothing: the limit of requests, unless it has counted this request,
    /// and the spend rules that are for the call.
    pub(crate) async fn admit_call(&mut self, plan: &'a Arc<Plan>) -> Result<(), Refused<'a>> {
        let rate = self
            .asked
            .gateway
            .limits
            .rate
            .as_ref()
            .filter(|_| !self.counted.load(Ordering::Relaxed));
        if rate.is_none() && plan.spend.is_empty() {
            return Ok(());
        }
        let (mut limits, mut asks) = self.own(rate, plan);
        while !asks.is_empty() {
            match self.proxy.limits.admit_seeing(&asks).await {
                Ok(Admitted { permits, found }) => {
                    for ((limit, ask), found) in limits.iter().zip(&asks).zip(found) {
                        self.note_own(*limit, ask, Said::Taken(found));
                    }
                    self.hold_for_step(permits, &limits);
                    break;
                }
                Err(Denied::Refused { index, refusal }) => {
                    let index = index.min(asks.len() - 1);
                    let (ask, limit) = (asks.remove(index), limits.remove(index));
                    self.note_own(limit, &ask, Said::Refused(refusal));
                    if !(refusal.full && limit.is_open()) {
                        return Err(self.refused(by(limit, plan), Why::Refused(refusal)));
                    }
                    // It goes uncounted; what the others say is still to be asked.
                }
                Err(Denied::Unavailable(_)) => {
                    for (limit, ask) in limits.iter().zip(&asks) {
                        self.note_own(*limit, ask, Said::Unavailable);
                    }
                    let closed = limits.iter().find(|it| !it.is_open());
                    match closed {
                        Some(limit) => return Err(self.refused(by(*limit, plan), Why::Unavailable)),
                        None => break,
                    }
                }
            }
        }
        self.counted.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Notes what one of the gateway's limits said before the coming call.
    fn note_own(&mut self, limit: Own<'_>, ask: &Ask, said: Said) {
        let (rule_id, counts) = match limit {
            Own::Rate(_) => (None, LimitType::Count),
            Own::Spend(_, spend) => (Some(&*spend.rule.id), LimitType::Cost),
        };
        let place = Place::Step(self.made.len());
        let asked = Asked { place, rule_id, counts, rule: ask.rule, take: ask.take };
        let admitted = matches!(said, Said::Taken(_)) || (said.is_nothing() && limit.is_open());
        self.notes.limit(|| asked.seen(said, admitted));
    }

    /// The limits to be asked for a call, and what to ask of each.
    fn own(&self, rate: Option<&'a RateLimit>, plan: &'a Plan) -> (Vec<Own<'a>>, Vec<Ask>) {
        let metadata = &self.asked.metadata;
        let mut limits = Vec::with_capacity(plan.spend.len() + 1);
        let mut asks = Vec::with_capacity(limits.capacity());
        if let Some(rate) = rate {
            limits.push(Own::Rate(rate));
            asks.push(rate.ask());
        }
        // Counting tokens takes time: once, and only for a rule that wants to know.
        let mut hold = None;
        for (index, spend) in plan.spend.iter().enumerate().filter(|(_, it)| it.is_for(metadata)) {
            let hold = *hold.get_or_insert_with(|| {
                let default_output = self.proxy.settings.default_output_tokens;
                self.bill.next(plan, default_output, self.kept.is_none())
            });
            limits.push(Own::Spend(index, spend));
            asks.push(spend.ask(metadata, hold));
        }
        (limits, asks)
    }

    /// Keeps what spend rules hold for the coming step.
    fn hold_for_step(&mut self, permits: Vec<Permit>, limits: &[Own<'_>]) {
        let pays = Pays::Only(self.made.len());
        let rules = limits.iter().filter_map(|it| match it {
            Own::Spend(index, spend) => Some((*index, spend)),
            Own::Rate(_) => None,
        });
        self.permits.extend(permits.into_iter().zip(rules).map(|(permit, (index, spend))| {
            let open = spend.rule.on_unavailable == OnUnavailable::Open;
            Held { permit, pays, index, priced_only: false, open }
        }));
    }

    /// Tells the counters that a call is about to leave; the limit that lets none leave when they do not answer.
    pub(crate) async fn mark_sent(&mut self, plan: &'a Arc<Plan>) -> Result<(), Refused<'a>> {
        let permits = self.permits.iter_mut().map(|it| &mut it.permit);
        if limits::mark_sent(permits).await.is_ok() {
            return Ok(());
        }
        let closed = self.permits.iter().find(|it| !it.open);
        let by = closed.and_then(|it| match it.pays {
            Pays::From(_) => self.quota(it.index).map(By::Element),
            Pays::Only(_) => plan.spend.get(it.index).map(|it| By::Rule(it, plan)),
        });
        if let Some(by) = by {
            return Err(self.refused(by, Why::Unavailable));
        }
        self.permits.iter_mut().for_each(|it| it.permit.leave_untold());
        Ok(())
    }

    /// Gives back what spend rules hold for a step that is not made.
    pub(crate) fn release_step(&mut self, step: usize) {
        self.permits.retain(|it| it.pays != Pays::Only(step));
    }

    /// Ends what spend rules hold for a step whose cost is known.
    pub(crate) fn settle_step(&mut self, step: usize) {
        let ended: Vec<Held> =
            self.permits.extract_if(.., |it| it.pays == Pays::Only(step)).collect();
        crate::bill::settle(ended, &self.bill);
    }

    /// Remembers a refusal as the last thing that happened.
    pub(crate) fn refuse(&mut self, refused: Refused<'a>) {
        self.proxy.calls.metrics.limit_refused(refused.kind().as_str());
        self.refused = Some(refused);
    }

    fn refused(&self, by: By<'a>, why: Why) -> Refused<'a> {
        let asked = self.asked;
        let key = match by {
            By::Element(quota) => {
                let value = quota.key.as_ref().and_then(|it| asked.get(it));
                refusal::key_of(quota, value.as_ref())
            }
            By::Gateway(_) => Vec::new(),
            By::Rule(spend, plan) => {
                spend.partitions(&asked.metadata, (&plan.endpoint.slug, &plan.model))
            }
        };
        Refused { by, why, key }
    }
}

fn by<'a>(limit: Own<'a>, plan: &'a Plan) -> By<'a> {
    match limit {
        Own::Rate(rate) => By::Gateway(rate),
        Own::Spend(_, spend) => By::Rule(spend, plan),
    }
}

/// What was asked of a limit.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    place: Place,
    /// Of a spend rule.
    rule_id: Option<&'a str>,
    counts: LimitType,
    rule: Rule,
    take: Take,
}

/// What it said.
#[derive(Clone, Copy, Debug)]
enum Said {
    /// There was room; this was there before.
    Taken(Usage),
    Refused(Refusal),
    Unavailable,
}

impl Said {
    /// Nobody knows what the bucket has: the counters do not answer, or have no memory for another bucket.
    fn is_nothing(self) -> bool {
        match self {
            Self::Taken(_) => false,
            Self::Refused(it) => it.full,
            Self::Unavailable => true,
        }
    }
}

impl Asked<'_> {
    /// For the record; `admitted` says whether the request went on.
    fn seen(self, said: Said, admitted: bool) -> Seen {
        let Self { place, rule_id, counts, rule, take } = self;
        Seen {
            place,
            rule: rule_id.map(Box::from),
            counts: match counts {
                LimitType::Count => "count",
                LimitType::Cost => "cost",
            },
            limit: rule.limit,
            window_s: rule.window.as_secs(),
            admitted,
            taken: matches!(said, Said::Taken(_)).then(|| take.amount()),
            state: match said {
                Said::Taken(found) => Some(after(found, rule, take)),
                _ if said.is_nothing() => None,
                Said::Refused(it) => Some(State {
                    settled: it.settled,
                    held: it.held,
                    remaining: it.remaining,
                    retry_after_ms: Some(
                        u64::try_from(it.retry_after.as_millis()).unwrap_or(u64::MAX),
                    ),
                }),
                Said::Unavailable => None,
            },
            unavailable: said.is_nothing(),
        }
    }
}

/// What is in a bucket after this has been taken from it.
fn after(Usage { settled, held }: Usage, rule: Rule, take: Take) -> State {
    let (settled, held) = match take {
        Take::One => (settled.saturating_add(1), held),
        Take::Hold(amount) => (settled, held.saturating_add(amount)),
    };
    let remaining = rule.limit.saturating_sub(settled).saturating_sub(held);
    State { settled, held, remaining, retry_after_ms: None }
}

/// Whether a limit lets requests through that it cannot count: money is not spent uncounted unless the element says so.
fn open_when_unavailable(quota: &Quota) -> bool {
    match quota.on_unavailable {
        Some(said) => said == OnUnavailable::Open,
        None => quota.limit_type == LimitType::Count,
    }
}
