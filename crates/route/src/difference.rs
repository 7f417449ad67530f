//! What changes for traffic between two graphs, in words: for reviews, deployments and CI.

use crate::canonical::inline;
use crate::json::Json;
use crate::spec::{ElementSpec, Kind, RouteSpec};
use crate::split::{self, Named};
use serde::Serialize;
use std::fmt;

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An element that was not there.
    Added {
        /// Its id.
        element: String,
        /// What it does.
        does: String,
    },
    /// An element that is not there any more.
    Removed {
        /// Its id.
        element: String,
        /// What it did.
        did: String,
    },
    /// An id that stands for an element of another type.
    Retyped {
        /// The id.
        element: String,
        /// What it did.
        did: String,
        /// What it does.
        does: String,
    },
    /// A part of what reaches a percentage element goes another way.
    Moved {
        /// The percentage element.
        element: String,
        /// How much, in hundredths of a percent.
        share: u32,
        /// It is reached by everything.
        all: bool,
        /// Where it went.
        from: String,
        /// Where it goes.
        to: String,
    },
    /// The shares lead where they led, but are called otherwise: who has a key may move.
    Renamed {
        /// The percentage element.
        element: String,
        /// The names of its outputs.
        from: Vec<String>,
        /// What they are now.
        to: Vec<String>,
    },
    /// A model element calls another model.
    Model {
        /// The element.
        element: String,
        /// `provider/model`.
        from: String,
        /// What it is now.
        to: String,
    },
    /// An output leads to another element.
    Rewired {
        /// The element.
        element: String,
        /// Its output.
        output: String,
        /// Where it led; `None`: it was not there.
        from: Option<String>,
        /// Where it leads; `None`: it is not there any more.
        to: Option<String>,
    },
    /// A property has another value.
    Property {
        /// The element.
        element: String,
        /// The property.
        name: String,
        /// What it was, as JSON; `None`: it was not there.
        from: Option<String>,
        /// What it is.
        to: Option<String>,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { element, does } => write!(f, "`{element}` is new: {does}"),
            Self::Removed { element, did } => write!(f, "`{element}` is gone: {did}"),
            Self::Retyped { element, did, does } => {
                write!(f, "`{element}` is another element: {does} instead of {did}")
            }
            Self::Moved { element, share, all, from, to } => {
                let percent = Percent(*share);
                if *all {
                    write!(f, "{percent} of traffic moves from {from} to {to}")
                } else {
                    write!(f, "{percent} of what reaches `{element}` moves from {from} to {to}")
                }
            }
            Self::Renamed { element, from, to } => {
                let list = |it: &[String]| it.join("`, `");
                write!(
                    f,
                    "the outputs of `{element}` are `{}` instead of `{}`",
                    list(to),
                    list(from)
                )
            }
            Self::Model { element, from, to } => {
                write!(f, "`{element}` calls {to} instead of {from}")
            }
            Self::Rewired { element, output, from, to } => match (from, to) {
                (Some(from), Some(to)) => {
                    write!(f, "`{output}` of `{element}` leads to {to} instead of {from}")
                }
                (None, Some(to)) => {
                    write!(f, "`{element}` has the output `{output}`, which leads to {to}")
                }
                (from, _) => {
                    let from = from.as_deref().unwrap_or_default();
                    write!(f, "`{element}` has no output `{output}` any more; it led to {from}")
                }
            },
            Self::Property { element, name, from, to } => match (from, to) {
                (Some(from), Some(to)) => {
                    write!(f, "`{name}` of `{element}` is {to} instead of {from}")
                }
                (None, Some(to)) => write!(f, "`{element}` has `{name}`: {to}"),
                (from, _) => {
                    let from = from.as_deref().unwrap_or_default();
                    write!(f, "`{element}` has no `{name}` any more; it was {from}")
                }
            },
        }
    }
}

/// Hundredths of a percent.
struct Percent(u32);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 100, self.0 % 100) {
            (whole, 0) => write!(f, "{whole}%"),
            (whole, it) if it % 10 == 0 => write!(f, "{whole}.{}%", it / 10),
            (whole, it) => write!(f, "{whole}.{it:02}%"),
        }
    }
}

/// What changes for traffic, element by element in the order of `after`, then what is gone. Nothing: the graphs differ at most in what no
/// walk depends on, such as the order of elements or where an editor draws them.
#[must_use]
pub fn difference(before: &RouteSpec, after: &RouteSpec) -> Vec<Change> {
    let both = Both { before, after };
    let mut changes = Vec::new();
    for new in &after.elements {
        match find(before, &new.id) {
            None => changes.push(Change::Added { element: new.id.to_string(), does: does(new) }),
            Some(old) if old.kind != new.kind => changes.push(Change::Retyped {
                element: new.id.to_string(),
                did: does(old),
                does: does(new),
            }),
            Some(old) => both.element(old, new, &mut changes),
        }
    }
    let gone = before.elements.iter().filter(|it| find(after, &it.id).is_none());
    changes.extend(gone.map(|it| Change::Removed { element: it.id.to_string(), did: does(it) }));
    changes
}

#[derive(Clone, Copy)]
struct Both<'a> {
    before: &'a RouteSpec,
    after: &'a RouteSpec,
}

impl Both<'_> {
    fn element(self, old: &ElementSpec, new: &ElementSpec, changes: &mut Vec<Change>) {
        let moved = (new.kind == Kind::Percentage).then(|| self.moved(old, new)).flatten();
        match moved {
            Some(moved) => changes.extend(moved),
            None => changes.extend(self.rewired(old, new)),
        }
        if new.kind == Kind::Model && calls(old) != calls(new) {
            let (element, from, to) = (new.id.to_string(), calls(old), calls(new));
            changes.push(Change::Model { element, from, to });
        }
        let names = members(old).iter().chain(members(new)).map(|(name, _)| &**name);
        let mut seen = Vec::new();
        for name in names {
            let told = new.kind == Kind::Model && matches!(name, "provider" | "model");
            if told || seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let (from, to) = (property(old, name), property(new, name));
            if !same(from, to) {
                let (from, to) = (from.map(inline), to.map(inline));
                let (element, name) = (new.id.to_string(), name.to_owned());
                changes.push(Change::Property { element, name, from, to });
            }
        }
    }

    /// How the shares of a percentage element move; `None`: they cannot be read as such.
    fn moved(self, old: &ElementSpec, new: &ElementSpec) -> Option<Vec<Change>> {
        let (was, is) = (shares(old)?, shares(new)?);
        let of = |all: &[(&str, u32)], target: &str| {
            all.iter().find(|(it, _)| *it == target).map_or(0, |(_, weight)| *weight)
        };
        let mut losers: Vec<_> = was
            .iter()
            .map(|(target, weight)| (*target, weight.saturating_sub(of(&is, target))))
            .collect();
        let all = self.is_first(new);
        let mut changes = Vec::new();
        for (target, weight) in &is {
            let mut wanted = weight.saturating_sub(of(&was, target));
            for (loser, left) in &mut losers {
                let share = wanted.min(*left);
                if share > 0 {
                    wanted -= share;
                    *left -= share;
                    changes.push(Change::Moved {
                        element: new.id.to_string(),
                        share,
                        all,
                        from: named(self.before, loser),
                        to: named(self.after, target),
                    });
                }
            }
        }
        if changes.is_empty() && outputs(old) != outputs(new) {
            let names = |it: &ElementSpec| -> Vec<_> {
                outputs(it).iter().map(|(name, _)| name.to_string()).collect()
            };
            let (element, from, to) = (new.id.to_string(), names(old), names(new));
            changes.push(Change::Renamed { element, from, to });
        }
        Some(changes)
    }

    /// Whether everything reaches this element, in both graphs.
    fn is_first(self, element: &ElementSpec) -> bool {
        [self.before, self.after].into_iter().all(|it| {
            let start = it.elements.iter().find(|it| it.kind == Kind::Start);
            let mut next = start.into_iter().flat_map(outputs).map(|(_, to)| to);
            next.next() == Some(&element.id)
        })
    }

    fn rewired(self, old: &ElementSpec, new: &ElementSpec) -> Vec<Change> {
        let to = |it: &ElementSpec, name: &str| {
            outputs(it).iter().find(|(it, _)| **it == *name).map(|(_, to)| to.clone())
        };
        let mut changes = Vec::new();
        let mut change = |output: &str, was: Option<Box<str>>, is: Option<Box<str>>| {
            if was != is {
                changes.push(Change::Rewired {
                    element: new.id.to_string(),
                    output: output.to_owned(),
                    from: was.map(|it| named(self.before, &it)),
                    to: is.map(|it| named(self.after, &it)),
                });
            }
        };
        for (output, is) in outputs(new) {
            change(output, to(old, output), Some(is.clone()));
        }
        for (output, was) in outputs(old) {
            if to(new, output).is_none() {
                change(output, Some(was.clone()), None);
            }
        }
        changes
    }
}

fn find<'s>(spec: &'s RouteSpec, id: &str) -> Option<&'s ElementSpec> {
    spec.elements.iter().find(|it| *it.id == *id)
}

fn outputs(element: &ElementSpec) -> &[(Box<str>, Box<str>)] {
    element.outputs.as_deref().unwrap_or_default()
}

fn members(element: &ElementSpec) -> &[(Box<str>, Json)] {
    match &element.properties {
        Some(Json::Object(members)) => members,
        _ => &[],
    }
}

fn property<'s>(element: &'s ElementSpec, name: &str) -> Option<&'s Json> {
    members(element).iter().find(|(it, _)| **it == *name).map(|(_, it)| it)
}

/// `provider/model`.
fn calls(element: &ElementSpec) -> String {
    let text = |name| match property(element, name) {
        Some(Json::Text(it)) => &**it,
        _ => "?",
    };
    format!("{}/{}", text("provider"), text("model"))
}

fn does(element: &ElementSpec) -> String {
    match element.kind {
        Kind::Model => format!("a call of {}", calls(element)),
        Kind::Conditional => "a condition".to_owned(),
        Kind::Percentage => "a split".to_owned(),
        Kind::Rate => "a limit".to_owned(),
        Kind::Start => "the start".to_owned(),
        Kind::End => "an end".to_owned(),
    }
}

/// An element that something leads to, and the model if it is one.
fn named(spec: &RouteSpec, id: &str) -> String {
    match find(spec, id) {
        Some(it) if it.kind == Kind::Model => format!("`{id}` ({})", calls(it)),
        _ => format!("`{id}`"),
    }
}

/// The shares by where they lead, each once, in the order written. `None`: they are no shares, or do not total 100%.
fn shares(element: &ElementSpec) -> Option<Vec<(&str, u32)>> {
    let mut shares: Vec<(&str, u32)> = Vec::new();
    let (mut total, mut rest) = (0, None);
    for (name, to) in outputs(element) {
        let weight = match split::named(name)? {
            Named::Share { weight, .. } => weight,
            Named::Rest => {
                rest = Some(&**to);
                0
            }
        };
        total += weight;
        add(&mut shares, to, weight);
    }
    if let Some(to) = rest {
        add(&mut shares, to, split::WHOLE.checked_sub(total)?);
        total = split::WHOLE;
    }
    (total == split::WHOLE).then_some(shares)
}

fn add<'s>(shares: &mut Vec<(&'s str, u32)>, to: &'s str, weight: u32) {
    match shares.iter_mut().find(|(it, _)| *it == to) {
        Some((_, sum)) => *sum += weight,
        None => shares.push((to, weight)),
    }
}

/// Equal, whatever the order of members.
fn same(a: Option<&Json>, b: Option<&Json>) -> bool {
    match (a, b) {
        (Some(Json::Object(a)), Some(object @ Json::Object(b))) => {
            a.len() == b.len() && a.iter().all(|(name, it)| same(Some(it), object.get(name)))
        }
        (Some(Json::Array(a)), Some(Json::Array(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(Some(a), Some(b)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests;
