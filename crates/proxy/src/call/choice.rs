//! Which key the next attempt uses: the first of the request's order that neither rests nor has failed in this request.

use super::fault::{Fault, Kind};
use super::{Call, Context, Passage};
use crate::breaker::Pass;
use crate::catalog::Plan;
use crate::cooldown::{Reason, Resting};
use crate::keys::{self, Held, NoSeat, Seat};
use providers::{Auth, Forbidden, Key};
use route::Dice;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// Keeps the draw of a key apart from the draws of delays, which have the same seed.
const KEYS: u64 = 0xa076_1d64_78bd_642f;

/// The keys of one call.
#[derive(Debug)]
pub(super) struct Choice<'a> {
    plan: &'a Plan,
    /// Refusals are about the key. Of a path that is only passed through nobody knows: it may be one that no key of this kind may call.
    about_keys: bool,
    /// No other key could take the place of the first one: then it is called whatever it was told before. What the provider says now is
    /// worth more than what we remember, and there is nothing to save it for.
    alone: bool,
    /// Positions in the plan's seats.
    order: Cow<'static, [usize]>,
    /// Those that failed in this request since the last wait.
    spent: Vec<Spent>,
    /// Those that this request itself exhausted before it waited: it may try them again although they rest.
    waited_for: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Spent {
    position: usize,
    limited: bool,
}

/// A key to call with, and its breaker's leave.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    pub(super) position: usize,
    pub(super) seat: &'a Seat,
    pub(super) pass: Option<Pass<'a>>,
}

impl<'a> Choice<'a> {
    pub(super) fn new(call: &Call<'a>) -> Result<Self, Fault> {
        let plan = call.plan;
        let named = call.named_key.filter(|_| !does_without(plan));
        let order = keys::order(&plan.seats, named, Dice::seeded(call.seed ^ KEYS))
            .map_err(|it| no_seat(it, plan, call.named_key.unwrap_or_default()))?;
        let about_keys = call.passage.as_ref().is_none_or(Passage::is_read);
        let (spent, waited_for) = (Vec::new(), Vec::new());
        let mut choice = Self { plan, about_keys, alone: false, order, spent, waited_for };
        let alone = choice.seats().all(|(_, it)| choice.is_first(it));
        choice.alone = alone;
        Ok(choice)
    }

    /// The key that comes first.
    pub(super) fn first(&self) -> Option<&'a Arc<Key>> {
        let seat = self.plan.seats.get(*self.order.first()?)?;
        seat.held.as_ref().map(|it| &it.key)
    }

    /// The key for the next attempt.
    ///
    /// # Errors
    /// Every key rests, or its breaker is open.
    pub(super) fn take(&self, now_ms: u64) -> Result<Taken<'a>, Fault> {
        let mut resting: Option<Resting> = None;
        let mut open = None;
        for (position, seat) in self.unspent() {
            if let Some(rest) = self.resting(seat, now_ms) {
                let first = resting.is_none_or(|it| rest.until_ms < it.until_ms);
                resting = if first { Some(rest) } else { resting };
                continue;
            }
            match leave(seat, now_ms) {
                Ok(pass) => return Ok(Taken { position, seat, pass }),
                Err(fault) => open = open.or(Some(fault)),
            }
        }
        for (position, seat) in self.seats().filter(|(it, _)| self.waited_for.contains(it)) {
            if let Ok(pass) = leave(seat, now_ms) {
                return Ok(Taken { position, seat, pass });
            }
        }
        Err(match (resting, open) {
            (Some(rest), _) => {
                let wait = Duration::from_millis(rest.until_ms.saturating_sub(now_ms));
                Fault::cooldown(&self.plan.endpoint.slug, wait, rest.limited)
            }
            (None, open) => open.unwrap_or_else(|| Fault::no_key(&self.plan.endpoint.slug)),
        })
    }

    /// Notes what a failed attempt says of its key; whether another one may be tried at once.
    pub(super) fn failed(&mut self, cx: &Context, position: usize, fault: &Fault) -> bool {
        let Kind::Status(status) = fault.kind else { return false };
        let Some(reason) = Reason::of(status).filter(|it| self.is_about_key(*it)) else {
            return false;
        };
        let seats = &self.plan.seats;
        let Some(held) = seats.get(position).and_then(|it| it.held.as_ref()) else { return false };
        self.spent.push(Spent { position, limited: reason == Reason::Limited });
        let now_ms = cx.clock.now_ms();
        let asked = fault.retry_after.or(fault.resets);
        let was_awake = self.resting_of(held, now_ms).is_none();
        let rest = held.cooldown.rest(reason, asked, &self.plan.model, now_ms);
        if let Some(rest) = rest.filter(|_| was_awake) {
            self.tell(cx, held, reason, rest.until_ms.saturating_sub(now_ms));
        }
        self.unspent().any(|(_, it)| self.resting(it, now_ms).is_none())
    }

    fn is_about_key(&self, reason: Reason) -> bool {
        let row = || providers::find(&self.plan.endpoint.slug);
        let is_content = || row().is_some_and(|it| it.forbidden == Forbidden::Request);
        self.about_keys && !(reason == Reason::Forbidden && is_content())
    }

    fn tell(&self, cx: &Context, held: &Held, reason: Reason, ms: u64) {
        let provider = &*self.plan.endpoint.slug;
        cx.metrics.key_cooldown(provider, reason.as_str());
        if reason != Reason::Limited {
            let (status, key, model) = (reason.as_str(), &*held.key.alias, &*self.plan.model);
            tracing::warn!(
                provider,
                model,
                key,
                status,
                ms,
                "the provider refuses this key; it rests"
            );
        }
    }

    /// The request has waited as it was asked to: keys whose quota it found used up may be tried again.
    pub(super) fn waited(&mut self) {
        self.waited_for.clear();
        self.waited_for.extend(self.spent.iter().filter(|it| it.limited).map(|it| it.position));
        self.spent.retain(|it| !it.limited);
    }

    fn seats(&self) -> impl Iterator<Item = (usize, &'a Seat)> {
        let plan = self.plan;
        self.order.iter().filter_map(move |it| Some((*it, plan.seats.get(*it)?)))
    }

    /// Those whose key, under whatever alias, has not failed in this request.
    fn unspent(&self) -> impl Iterator<Item = (usize, &'a Seat)> {
        self.seats().filter(|(position, seat)| {
            !self.spent.iter().any(|it| it.position == *position || self.is_same(it.position, seat))
        })
    }

    /// Whether its key, under whatever alias, is the first one.
    fn is_first(&self, seat: &Seat) -> bool {
        self.order.len() == 1 || self.order.first().is_some_and(|it| self.is_same(*it, seat))
    }

    fn is_same(&self, position: usize, seat: &Seat) -> bool {
        let one = self.plan.seats.get(position).and_then(|it| it.held.as_ref());
        one.zip(seat.held.as_ref()).is_some_and(|(a, b)| Arc::ptr_eq(&a.cooldown, &b.cooldown))
    }

    fn resting(&self, seat: &Seat, now_ms: u64) -> Option<Resting> {
        self.resting_of(seat.held.as_ref()?, now_ms).filter(|_| !self.alone)
    }

    fn resting_of(&self, held: &Held, now_ms: u64) -> Option<Resting> {
        held.cooldown.resting(&self.plan.model, now_ms)
    }
}

/// Leave to call, of the breaker if there is one.
fn leave(seat: &Seat, now_ms: u64) -> Result<Option<Pass<'_>>, Fault> {
    let Some(breaker) = &seat.breaker else { return Ok(None) };
    breaker
        .admit(now_ms)
        .map(Some)
        .map_err(|open| Fault::breaker(Duration::from_millis(open.until_ms.saturating_sub(now_ms))))
}

/// Whether no key is there and none is needed: then none can be named either.
fn does_without(plan: &Plan) -> bool {
    let endpoint = &plan.endpoint;
    let keyless = || providers::find(&endpoint.slug).is_some_and(|it| it.keyless);
    plan.seats.iter().all(|it| it.held.is_none())
        && (endpoint.built_in || endpoint.auth == Auth::None || keyless())
}

fn no_seat(why: NoSeat, plan: &Plan, named: &str) -> Fault {
    let slug = &plan.endpoint.slug;
    match why {
        NoSeat::AllByName => Fault::new(
            Kind::NoKey,
            format!(
                "every stored key of `{slug}` has weight 0: name one in cf-aig-byok-alias, or give one a weight"
            ),
        ),
        NoSeat::UnknownAlias(known) => {
            let known: Vec<_> = known.iter().map(|it| format!("`{it}`")).collect();
            let known = if known.is_empty() {
                "none is stored".to_owned()
            } else {
                format!("stored are {}", known.join(", "))
            };
            Fault::new(
                Kind::NoAlias,
                format!(
                    "this gateway has no key `{}` for `{slug}`, which cf-aig-byok-alias names; {known}",
                    named.escape_debug()
                ),
            )
        }
    }
}
