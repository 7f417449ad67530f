//! What only the whole shows, and refuses nothing: elements out of reach, money without prices, requests that no model serves, waits
//! without end.

use super::bounds;
use super::edges::Edges;
use super::element::{Call, Part};
use crate::graph::{LimitType, OnUnknownPrice};
use crate::known::{Known, Need, ProviderState};
use crate::problem::{At, Code, Problems};
use crate::spec::{ElementSpec, Kind, RouteSpec};
use std::time::Duration;

pub(super) fn check(
    spec: &RouteSpec,
    edges: &Edges,
    parts: &[Option<Part>],
    known: &dyn Known,
    problems: &mut Problems,
) {
    let whole = Whole { elements: &spec.elements, edges, parts, known };
    whole.fallbacks(problems);
    // a graph this large is refused, and looking from every limit at every model would take long
    if spec.elements.len() <= bounds::ELEMENTS {
        whole.budgets(problems);
        if let Some(start) = edges.start {
            whole.reach(start, problems);
            whole.needs(start, problems);
            whole.slowest(start, problems);
        }
    }
}

/// The graph with what has been read of it.
struct Whole<'a> {
    elements: &'a [ElementSpec],
    edges: &'a Edges,
    parts: &'a [Option<Part>],
    known: &'a dyn Known,
}

impl<'a> Whole<'a> {
    fn fallbacks(&self, problems: &mut Problems) {
        for (index, element) in
            self.elements.iter().enumerate().filter(|(_, it)| it.kind == Kind::Model)
        {
            if output(element, "fallback").is_none() {
                let message =
                    "When this model fails the request fails, since there is no `fallback`.";
                problems.push(
                    Code::NoFallback,
                    &At::element(index, &element.id).key("outputs"),
                    message,
                );
            }
        }
    }

    fn reach(&self, start: usize, problems: &mut Problems) {
        let reached = self.edges.reached(start);
        let each = || self.elements.iter().enumerate().zip(&reached);
        for ((index, element), _) in each().filter(|(_, reached)| !**reached) {
            let message = "No path leads from the start to this element.";
            problems.push(Code::Unreachable, &At::element(index, &element.id), message);
        }
        if !each().any(|((_, it), reached)| *reached && it.kind == Kind::Model) {
            let message = "No path leads from the start to a model: every request will fail.";
            problems.push(Code::NoModel, &At::ROOT, message);
        }
    }

    fn budgets(&self, problems: &mut Problems) {
        for (index, (element, part)) in self.elements.iter().zip(self.parts).enumerate() {
            let Some(Part::Rate(limit)) = part else { continue };
            if limit.limit_type != LimitType::Cost {
                continue;
            }
            let unpriced = self.unpriced(index, element);
            if unpriced.is_empty() {
                continue;
            }
            let effect = match limit.on_unknown_price {
                OnUnknownPrice::Refuse => {
                    "requests that may reach it will be refused. Give it a price, or set `onUnknownPrice` to \"allow\""
                }
                OnUnknownPrice::Allow => "its calls count as free. Give it a price",
            };
            let message = format!(
                "Behind this limit there is a model without a known price ({}): {effect}.",
                unpriced.join(", ")
            );
            problems.push(Code::BudgetWithoutPrice, &At::element(index, &element.id), message);
        }
    }

    /// The models without price that a limit's `success` may lead to.
    fn unpriced(&self, index: usize, element: &ElementSpec) -> Vec<String> {
        let success =
            output(element, "success").and_then(|it| *self.edges.out.get(index)?.get(it)?);
        let reached = success.map(|it| self.edges.reached(it)).unwrap_or_default();
        let calls =
            self.calls().zip(reached).filter(|(_, reached)| *reached).filter_map(|(call, _)| call);
        let mut names: Vec<_> = calls
            .filter(|it| self.exists(it))
            .filter(|it| !self.known.has_price(&it.provider, &it.model))
            .map(name)
            .collect();
        names.dedup();
        names
    }

    fn exists(&self, call: &Call) -> bool {
        matches!(self.known.provider(&call.provider), ProviderState::Ready | ProviderState::NoKey)
    }

    /// Kinds of requests that fail whichever path they take, because every model on any is known to be unable to serve them.
    fn needs(&self, start: usize, problems: &mut Problems) {
        let reached = self.edges.reached(start);
        let models: Vec<&Call> = self
            .calls()
            .zip(reached)
            .filter_map(|(call, reached)| call.filter(|_| reached))
            .collect();
        // one that could not be read, or of a provider that is not there, may be anything
        let unread = self.elements.iter().zip(self.parts);
        let mut unread = unread.filter(|(it, part)| it.kind == Kind::Model && part.is_none());
        if unread.next().is_some() || models.is_empty() || !models.iter().all(|it| self.exists(it))
        {
            return;
        }
        let mut names: Vec<_> = models.iter().copied().map(name).collect();
        names.sort();
        names.dedup();
        for need in Need::ALL {
            let lacks = |it: &&Call| self.known.lacks(&it.provider, &it.model, need);
            if models.iter().all(lacks) {
                let message = format!(
                    "Requests {} will fail: no model of this route can serve them ({}).",
                    need.phrase(),
                    names.join(", ")
                );
                problems.push(Code::CannotServe, &At::ROOT, message);
            }
        }
    }

    /// By element, the model it calls.
    fn calls(&self) -> impl Iterator<Item = Option<&'a Call>> {
        self.parts.iter().map(|it| match it {
            Some(Part::Model(call)) => Some(call),
            _ => None,
        })
    }

    fn slowest(&self, start: usize, problems: &mut Problems) {
        let Some(backward) = &self.edges.backward else { return };
        let own: Vec<Duration> =
            self.calls().map(|it| it.map_or(Duration::ZERO, patience)).collect();
        // by element: the longest wait from there on, and where it goes next
        let mut worst = vec![(Duration::ZERO, None); own.len()];
        for at in backward {
            let next = self.edges.out.get(*at).into_iter().flatten().flatten();
            let next = next.filter_map(|it| Some((worst.get(*it)?.0, Some(*it)))).max();
            let (after, next) = next.unwrap_or_default();
            if let (Some(slot), Some(own)) = (worst.get_mut(*at), own.get(*at)) {
                *slot = (*own + after, next);
            }
        }
        let total = worst.get(start).map_or(Duration::ZERO, |it| it.0);
        if total <= bounds::WORST_PATH {
            return;
        }
        let mut waits = Vec::new();
        let mut at = Some(start);
        while let Some(here) = at {
            if own.get(here).is_some_and(|it| !it.is_zero()) {
                waits.extend(self.elements.get(here).map(|it| &*it.id));
            }
            at = worst.get(here).and_then(|it| it.1);
        }
        let message = format!(
            "A request may wait {} s for its models ({}), more than 10 minutes. Make `timeout` or `retries` smaller.",
            total.as_secs(),
            waits.join(" → ")
        );
        problems.push(Code::SlowPath, &At::ROOT, message);
    }
}

fn name(call: &Call) -> String {
    format!("`{}/{}`", call.provider, call.model)
}

/// How long a model may keep the walk waiting before its fallback is taken; pauses between attempts not counted.
fn patience(call: &Call) -> Duration {
    call.timeout.unwrap_or(bounds::DEFAULT_TIMEOUT) * (call.retries.unwrap_or(0) + 1)
}

fn output(element: &ElementSpec, name: &str) -> Option<usize> {
    element.outputs.as_deref()?.iter().position(|(it, _)| &**it == name)
}
