//! Putting a route together from parts that have been found good.

use super::edges::Edges;
use super::element::{Call, Limit, Part};
use crate::field::Field;
use crate::graph::{Element, ElementIx, Node, Output, Quota, Route, Target};
use crate::spec::{ElementSpec, Kind, RouteSpec};
use crate::split::{self, Named, Share, Split};

/// `None` when the parts are not good after all, which the problems have told then.
pub(super) fn route(spec: &RouteSpec, edges: Edges, parts: Vec<Option<Part>>) -> Option<Route> {
    let mut made = Assembly::default();
    let mut elements = Vec::with_capacity(parts.len());
    for (index, (element, part)) in spec.elements.iter().zip(parts).enumerate() {
        let to: Vec<ElementIx> = edges
            .out
            .get(index)?
            .iter()
            .map(|it| ElementIx::try_from((*it)?).ok())
            .collect::<Option<_>>()?;
        let order = order(element);
        let node = made.node(ElementIx::try_from(index).ok()?, element, part?, &order)?;
        let outputs = order.iter().map(|at| output(element, &to, *at)).collect::<Option<_>>()?;
        elements.push(Element { id: element.id.clone(), node, outputs });
    }
    let backward = edges.backward?.into_iter().map(|it| ElementIx::try_from(it).ok());
    Some(Route {
        elements: elements.into(),
        start: ElementIx::try_from(edges.start?).ok()?,
        backward: backward.collect::<Option<_>>()?,
        targets: made.targets.into(),
        quotas: made.quotas.into(),
        fields: made.fields.into(),
    })
}

fn output(element: &ElementSpec, to: &[ElementIx], at: usize) -> Option<Output> {
    let (name, _) = element.outputs.as_deref()?.get(at)?;
    Some(Output { name: name.clone(), to: *to.get(at)? })
}

/// Which of the outputs as sent comes first, second, … in the compiled element.
fn order(element: &ElementSpec) -> Vec<usize> {
    let outputs = element.outputs.as_deref().unwrap_or_default();
    let find = |names: &[&str]| {
        names.iter().filter_map(|name| outputs.iter().position(|(it, _)| &**it == *name)).collect()
    };
    match element.kind {
        Kind::Start => find(&["next"]),
        Kind::Conditional => find(&["true", "false"]),
        Kind::Rate | Kind::Model => find(&["success", "fallback"]),
        Kind::End => Vec::new(),
        Kind::Percentage => {
            let mut all: Vec<usize> = (0..outputs.len()).collect();
            all.sort_by_key(|at| outputs.get(*at).map(|(name, _)| name));
            all
        }
    }
}

#[derive(Default)]
struct Assembly {
    targets: Vec<Target>,
    quotas: Vec<Quota>,
    fields: Vec<Field>,
}

impl Assembly {
    fn node(
        &mut self,
        element: ElementIx,
        spec: &ElementSpec,
        part: Part,
        order: &[usize],
    ) -> Option<Node> {
        Some(match part {
            Part::Start => Node::Start,
            Part::End => Node::End,
            Part::Conditional(condition) => {
                condition.each_field(&mut |it| self.reads(it));
                Node::Conditional(condition)
            }
            Part::Percentage { key, weights } => {
                key.iter().for_each(|it| self.reads(it));
                Node::Percentage(Split::new(key, &spec.id, shares(spec, &weights, order)?))
            }
            Part::Rate(limit) => {
                limit.key.iter().for_each(|it| self.reads(it));
                self.quotas.push(quota(self.quotas.len(), element, limit));
                Node::Rate(self.quotas.len() - 1)
            }
            Part::Model(call) => {
                self.targets.push(target(self.targets.len(), element, call));
                Node::Model(self.targets.len() - 1)
            }
        })
    }

    fn reads(&mut self, field: &Field) {
        if !self.fields.contains(field) {
            self.fields.push(field.clone());
        }
    }
}

fn shares(spec: &ElementSpec, weights: &[u32], order: &[usize]) -> Option<Vec<Share>> {
    let outputs = spec.outputs.as_deref()?;
    let share = |(output, at): (usize, &usize)| {
        let (name, target) = outputs.get(*at)?;
        let label = match split::named(name)? {
            Named::Share { label, .. } => label,
            Named::Rest => None,
        };
        let identity = split::identity(label, target);
        Some(Share { output: u16::try_from(output).ok()?, weight: *weights.get(*at)?, identity })
    };
    order.iter().enumerate().map(share).collect()
}

fn quota(index: usize, element: ElementIx, limit: Limit) -> Quota {
    Quota {
        index,
        element,
        key: limit.key,
        limit_type: limit.limit_type,
        limit: limit.limit,
        window: limit.window,
        technique: limit.technique,
        on_unknown_price: limit.on_unknown_price,
        on_unavailable: limit.on_unavailable,
    }
}

fn target(index: usize, element: ElementIx, call: Call) -> Target {
    Target {
        index,
        element,
        provider: call.provider,
        model: call.model,
        timeout: call.timeout,
        retries: call.retries,
    }
}
