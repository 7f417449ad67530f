//! The graph by itself: ids, starts and ends, where outputs lead, cycles. Every step is linear, since a graph of any size may be sent.

use super::bounds;
use crate::problem::{At, Code, Problems};
use crate::spec::{ElementSpec, Kind, RouteSpec};
use std::collections::HashMap;

/// Where everything leads.
#[derive(Debug)]
pub(super) struct Edges {
    /// By element, in the order of its outputs as sent: the element each leads to, or `None` when dangling.
    pub(super) out: Vec<Vec<Option<usize>>>,
    pub(super) start: Option<usize>,
    /// Every element after those it leads to; `None` when there are cycles.
    pub(super) backward: Option<Vec<usize>>,
}

impl Edges {
    /// Which elements are `from` or behind it.
    pub(super) fn reached(&self, from: usize) -> Vec<bool> {
        let mut seen = vec![false; self.out.len()];
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            match seen.get_mut(at) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            open.extend(self.out.get(at).into_iter().flatten().flatten());
        }
        seen
    }
}

pub(super) fn check(spec: &RouteSpec, problems: &mut Problems) -> Edges {
    let elements = &spec.elements;
    if elements.len() > bounds::ELEMENTS {
        let message = format!(
            "There are {} elements; a route may have {}.",
            elements.len(),
            bounds::ELEMENTS
        );
        problems.push(Code::TooManyElements, &At::ROOT, message);
    }
    let start = ends(elements, problems);
    let ids = ids(elements, problems);
    let out: Vec<_> =
        elements.iter().enumerate().map(|(index, it)| outputs(index, it, &ids, problems)).collect();
    let mut search =
        Search { elements, out: &out, colours: vec![Colour::New; out.len()], order: Vec::new() };
    let acyclic = search.run(problems);
    let order = search.order;
    Edges { out, start, backward: acyclic.then_some(order) }
}

/// One start, some end. Gives the first start.
fn ends(elements: &[ElementSpec], problems: &mut Problems) -> Option<usize> {
    let mut start = None;
    for (index, element) in elements.iter().enumerate().filter(|(_, it)| it.kind == Kind::Start) {
        if start.is_some() {
            let message = "A route has one start. Remove this one.";
            problems.push(
                Code::SeveralStarts,
                &At::element(index, &element.id).key("type"),
                message,
            );
        } else {
            start = Some(index);
        }
    }
    if start.is_none() {
        let message = "A route needs one element of type `start`, where requests come in.";
        problems.push(Code::NoStart, &At::ROOT, message);
    }
    if !elements.iter().any(|it| it.kind == Kind::End) {
        let message = "A route needs at least one element of type `end`, where responses go out.";
        problems.push(Code::NoEnd, &At::ROOT, message);
    }
    start
}

fn ids<'s>(elements: &'s [ElementSpec], problems: &mut Problems) -> HashMap<&'s str, usize> {
    let mut ids = HashMap::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        let id: &str = &element.id;
        let at = At::element(index, id);
        let at = at.key("id");
        if id.is_empty() {
            problems.push(Code::EmptyId, &at, "An element's id must not be empty.");
        } else if id.len() > bounds::ID_BYTES {
            let message = format!(
                "This id has {} bytes; at most {} are allowed.",
                id.len(),
                bounds::ID_BYTES
            );
            problems.push(Code::LongId, &at, message);
        }
        match ids.get(id) {
            Some(first) if !id.is_empty() => {
                let message =
                    format!("Element {first} has the id `{id}` too. Give each element its own.");
                problems.push(Code::DuplicateId, &at, message);
            }
            Some(_) => {}
            None => drop(ids.insert(id, index)),
        }
    }
    ids
}

/// The outputs a type must have and may have; `None`: any name, which the element's own check reads.
fn allowed(kind: Kind) -> Option<(&'static [&'static str], &'static [&'static str])> {
    match kind {
        Kind::Start => Some((&["next"], &[])),
        Kind::Conditional => Some((&["true", "false"], &[])),
        Kind::Rate | Kind::Model => Some((&["success"], &["fallback"])),
        Kind::End => Some((&[], &[])),
        Kind::Percentage => None,
    }
}

fn outputs(
    index: usize,
    spec: &ElementSpec,
    ids: &HashMap<&str, usize>,
    problems: &mut Problems,
) -> Vec<Option<usize>> {
    let element = At::element(index, &spec.id);
    let at = element.key("outputs");
    let outputs = spec.outputs.as_deref().unwrap_or_default();
    names(spec, outputs, &at, problems);
    outputs
        .iter()
        .map(|(name, target)| {
            let found = ids.get(&**target).copied();
            if found.is_none() {
                let message = match &**target {
                    "" => format!("`{name}` leads nowhere: name the element that comes next."),
                    _ => format!("`{name}` leads to `{target}`, and no element has this id."),
                };
                problems.push(Code::DanglingOutput, &at.key(name), message);
            }
            found
        })
        .collect()
}

fn names(
    spec: &ElementSpec,
    outputs: &[(Box<str>, Box<str>)],
    at: &At<'_>,
    problems: &mut Problems,
) {
    let kind = spec.kind.as_str();
    let Some((must, may)) = allowed(spec.kind) else {
        if outputs.is_empty() {
            let message = "A percentage element needs at least one share, such as {\"100%\": {\"elementId\": …}}.";
            problems.push(Code::MissingOutput, at, message);
        }
        return;
    };
    for name in must.iter().filter(|name| outputs.iter().all(|(it, _)| &**it != **name)) {
        problems.push(
            Code::MissingOutput,
            &at.key(name),
            format!("The output `{name}` of this {kind} element is missing."),
        );
    }
    for (name, _) in
        outputs.iter().filter(|(it, _)| !must.contains(&&**it) && !may.contains(&&**it))
    {
        let all: Vec<_> = must.iter().chain(may).map(|it| format!("`{it}`")).collect();
        let message = match all.as_slice() {
            [] => "An end element has no outputs. Remove this one.".to_owned(),
            some => {
                format!("A {kind} element has no output `{name}`. It has {}.", some.join(" and "))
            }
        };
        problems.push(Code::UnknownOutput, &at.key(name), message);
    }
}

/// Depth-first search without recursion.
struct Search<'s> {
    elements: &'s [ElementSpec],
    out: &'s [Vec<Option<usize>>],
    colours: Vec<Colour>,
    order: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Colour {
    New,
    /// On the way from the root to where the search is, at this place of it.
    Open(usize),
    Finished,
}

impl Search<'_> {
    /// Visits everything; whether there was no cycle. Each output that leads back is told.
    fn run(&mut self, problems: &mut Problems) -> bool {
        let mut acyclic = true;
        for root in 0..self.out.len() {
            acyclic &= self.visit(root, problems);
        }
        acyclic
    }

    fn visit(&mut self, root: usize, problems: &mut Problems) -> bool {
        let mut acyclic = true;
        if self.colours.get(root) != Some(&Colour::New) {
            return true;
        }
        // an element and how many of its outputs are done
        let mut way = vec![(root, 0_usize)];
        self.colour(root, Colour::Open(0));
        while let Some((at, done)) = way.last_mut() {
            let (here, output) = (*at, *done);
            let Some(next) = self.out.get(here).and_then(|it| it.get(output)) else {
                self.colour(here, Colour::Finished);
                self.order.push(here);
                way.pop();
                continue;
            };
            *done += 1;
            let Some(next) = *next else { continue };
            match self.colours.get(next) {
                Some(Colour::New) => {
                    self.colour(next, Colour::Open(way.len()));
                    way.push((next, 0));
                }
                Some(Colour::Open(place)) => {
                    acyclic = false;
                    self.tell(&way, *place, problems);
                }
                _ => {}
            }
        }
        acyclic
    }

    fn colour(&mut self, index: usize, colour: Colour) {
        if let Some(it) = self.colours.get_mut(index) {
            *it = colour;
        }
    }

    /// Tells of the output that the end of the way has just followed back to `place` of the way.
    fn tell(&self, way: &[(usize, usize)], place: usize, problems: &mut Problems) {
        const SHOWN: usize = 12;
        let Some((here, done)) = way.last().copied() else { return };
        let Some(element) = self.elements.get(here) else { return };
        let Some((name, _)) = element.outputs.as_deref().and_then(|it| it.get(done - 1)) else {
            return;
        };
        let id = |index: usize| self.elements.get(index).map_or("", |it| &*it.id);
        let round = way.get(place..).unwrap_or_default();
        let mut shown: Vec<_> = round.iter().take(SHOWN).map(|(it, _)| id(*it)).collect();
        if round.len() > SHOWN {
            shown.push("…");
        }
        shown.extend(round.first().map(|(it, _)| id(*it)));
        let message = format!(
            "This output closes a circle: {}. Requests must come to an end.",
            shown.join(" → ")
        );
        problems.push(
            Code::Cycle,
            &At::element(here, &element.id).key("outputs").key(name),
            message,
        );
    }
}
