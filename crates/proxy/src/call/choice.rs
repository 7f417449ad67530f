//! Which key the next attempt uses: the first of the request's order that neither rests nor is at its limit nor has failed in this request.

use super::fault::{Fault, Kind, Passed};
use super::{Call, Context, Passage};
use crate::breaker::Pass;
use crate::catalog::Plan;
use crate::cooldown::{Reason, Resting};
use crate::keys::{self, Held, NoSeat, Seat};
use limits::Denied;
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

    /// The key for the next attempt, which its limit counts.
    ///
    /// # Errors
    /// Every key rests, is at its limit, or its breaker is open.
    pub(super) async fn take(&self, cx: &Context) -> Result<Taken<'a>, Fault> {
        let now_ms = cx.clock.now_ms();
        let mut skipped = Skipped::default();
        for (position, seat) in self.unspent() {
            if let Some(rest) = self.resting(seat, now_ms) {
                let why = if rest.limited { Passed::UsedUp } else { Passed::Refused };
                skipped.note(Left::Until(rest.until_ms, why));
                continue;
            }
            match leave(cx, seat, now_ms).await {
                Ok(pass) => return Ok(Taken { position, seat, pass }),
                Err(left) => skipped.note(left),
            }
        }
        for (position, seat) in self.seats().filter(|(it, _)| self.waited_for.contains(it)) {
            match leave(cx, seat, now_ms).await {
                Ok(pass) => return Ok(Taken { position, seat, pass }),
                Err(left) => skipped.note(left),
            }
        }
        Err(skipped.fault(&self.plan.endpoint.slug, now_ms))
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

/// Why a key was left where it is.
enum Left {
    /// May be used again from this time on, in Unix milliseconds.
    Until(u64, Passed),
    /// Its breaker is open.
    Open(Fault),
}

/// The keys that were passed over.
#[derive(Default)]
struct Skipped {
    /// The one that may be used again first.
    first: Option<(u64, Passed)>,
    open: Option<Fault>,
}

impl Skipped {
    fn note(&mut self, left: Left) {
        match left {
            Left::Until(until_ms, why) => {
                if self.first.is_none_or(|(first, _)| until_ms < first) {
                    self.first = Some((until_ms, why));
                }
            }
            Left::Open(fault) => self.open = self.open.take().or(Some(fault)),
        }
    }

    fn fault(self, slug: &str, now_ms: u64) -> Fault {
        match (self.first, self.open) {
            (Some((until_ms, why)), _) => {
                let wait = Duration::from_millis(until_ms.saturating_sub(now_ms));
                Fault::cooldown(slug, wait, why)
            }
            (None, open) => open.unwrap_or_else(|| Fault::no_key(slug)),
        }
    }
}

/// Leave to call: of the breaker if there is one, and then of the key's own limit, which counts the call. A call that cannot be counted
/// is made.
async fn leave<'s>(cx: &Context, seat: &'s Seat, now_ms: u64) -> Result<Option<Pass<'s>>, Left> {
    let pass = seat.breaker.as_ref().map(|it| it.admit(now_ms)).transpose().map_err(|open| {
        let wait = Duration::from_millis(open.until_ms.saturating_sub(now_ms));
        Left::Open(Fault::breaker(wait))
    })?;
    let limit = seat.held.as_ref().and_then(|it| it.limit.as_ref());
    let Some(limit) = limit else { return Ok(pass) };
    match cx.limits.admit(&[limit.ask()]).await {
        Err(Denied::Refused { refusal, .. }) if !refusal.full => {
            let wait = u64::try_from(refusal.retry_after.as_millis()).unwrap_or(u64::MAX);
            Err(Left::Until(now_ms.saturating_add(wait), Passed::AtLimit))
        }
        Ok(_) | Err(_) => Ok(pass),
    }
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
