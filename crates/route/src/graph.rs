//! The compiled route: elements by number, every output resolved, every number checked. No invalid value exists, and nothing in it changes.

use crate::condition::Condition;
use crate::field::Field;
use crate::spec::Kind;
use crate::split::Split;
use std::time::Duration;

/// The number of an element in a [`Route`]: its position in the client's array.
pub type ElementIx = u16;

/// A compiled graph. Made by [`compile`](crate::compile()), walked by [`Walk`](crate::Walk).
#[derive(Debug)]
pub struct Route {
    pub(crate) elements: Box<[Element]>,
    pub(crate) start: ElementIx,
    /// Every element after those that its outputs lead to.
    pub(crate) backward: Box<[ElementIx]>,
    pub(crate) targets: Box<[Target]>,
    pub(crate) quotas: Box<[Quota]>,
    pub(crate) fields: Box<[Field]>,
}

#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) id: Box<str>,
    pub(crate) node: Node,
    /// In the order [`Node`] says.
    pub(crate) outputs: Box<[Output]>,
}

#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) name: Box<str>,
    pub(crate) to: ElementIx,
}

/// What an element does. Outputs: `next`; `true`, `false`; the shares by name; `success` and perhaps `fallback`; none.
#[derive(Debug)]
pub(crate) enum Node {
    Start,
    Conditional(Condition),
    Percentage(Split),
    /// Position in [`Route::quotas`].
    Rate(usize),
    /// Position in [`Route::targets`].
    Model(usize),
    End,
}

impl Node {
    fn kind(&self) -> Kind {
        match self {
            Self::Start => Kind::Start,
            Self::Conditional(_) => Kind::Conditional,
            Self::Percentage(_) => Kind::Percentage,
            Self::Rate(_) => Kind::Rate,
            Self::Model(_) => Kind::Model,
            Self::End => Kind::End,
        }
    }
}

impl Route {
    /// The client's id of an element; empty for a number that is none of this route's.
    #[must_use]
    pub fn element_id(&self, ix: ElementIx) -> &str {
        self.element(ix).map_or("", |it| &it.id)
    }

    /// The type of an element as the API reference names it (`rate`, also when it was sent as `rate_limit`); empty for a number that is none of
    /// this route's.
    #[must_use]
    pub fn element_type(&self, ix: ElementIx) -> &'static str {
        self.element(ix).map_or("", |it| it.node.kind().as_str())
    }

    /// The number of the element with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<ElementIx> {
        let at = self.elements.iter().position(|it| *it.id == *id)?;
        ElementIx::try_from(at).ok()
    }

    /// The outputs of an element, by name, with the elements they lead to; in the order that [`Step::output`](crate::Step) counts in.
    pub fn outputs(&self, ix: ElementIx) -> impl Iterator<Item = (&str, ElementIx)> {
        self.element(ix).into_iter().flat_map(|it| &it.outputs).map(|it| (&*it.name, it.to))
    }

    /// How many elements there are; a walk has at most as many steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Always false: a route has a start and an end at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Every model element, reachable or not; `Target::index` is the position here.
    #[must_use]
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// Every rate element, reachable or not; `Quota::index` is the position here.
    #[must_use]
    pub fn quotas(&self) -> &[Quota] {
        &self.quotas
    }

    /// Whether some limit counts money, so that calls must be priced.
    #[must_use]
    pub fn has_cost_quota(&self) -> bool {
        self.quotas.iter().any(|it| it.limit_type == LimitType::Cost)
    }

    /// Every field that some condition, key or limit reads, once each. Whatever is not here is never asked for.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter()
    }

    /// The hold of a cost limit: the largest sum of `cost` over the billable calls on any path from the quota's `success`. A model adds its cost on its
    /// `success` edge and nothing on its `fallback` edge, since retries and failed attempts add what they cost as they occur. Saturating.
    /// The closure says what one call of a target may cost, in nano-dollars (0 when unknown and allowed).
    pub fn hold(&self, quota: &Quota, cost: &mut dyn FnMut(&Target) -> u64) -> u64 {
        let mut most = vec![0_u64; self.elements.len()];
        for ix in &self.backward {
            let Some(element) = self.element(*ix) else { continue };
            let after = |output: &Output| most.get(usize::from(output.to)).copied().unwrap_or(0);
            let outputs = element.outputs.iter().map(after);
            if *ix == quota.element {
                // `success` is a rate element's first output
                return element.outputs.first().map_or(0, after);
            }
            let sum = match element.node {
                Node::Model(target) => {
                    let own = self.targets.get(target).map_or(0, &mut *cost);
                    outputs
                        .enumerate()
                        .map(|(at, it)| if at == 0 { it.saturating_add(own) } else { it })
                        .max()
                }
                _ => outputs.max(),
            };
            if let Some(slot) = most.get_mut(usize::from(*ix)) {
                *slot = sum.unwrap_or(0);
            }
        }
        0
    }

    pub(crate) fn element(&self, ix: ElementIx) -> Option<&Element> {
        self.elements.get(usize::from(ix))
    }
}

/// A model element: what to call.
#[derive(Debug)]
pub struct Target {
    /// Position in [`Route::targets`].
    pub index: usize,
    /// The element.
    pub element: ElementIx,
    /// Slug of the provider.
    pub provider: Box<str>,
    /// The provider's name of the model.
    pub model: Box<str>,
    /// An attempt's time until the first meaningful byte. `None` when absent or 0: a header or the gateway's default fills it.
    pub timeout: Option<Duration>,
    /// Retries besides the first attempt; `None` when absent or 0: a header fills it.
    pub retries: Option<u32>,
}

/// A rate element: what to admit against.
#[derive(Debug)]
pub struct Quota {
    /// Position in [`Route::quotas`].
    pub index: usize,
    /// The element.
    pub element: ElementIx,
    /// Whose buckets are apart; `None`: one bucket for all.
    pub key: Option<Field>,
    /// What is counted.
    pub limit_type: LimitType,
    /// Requests, or nano-dollars.
    pub limit: u64,
    /// Whole seconds.
    pub window: Duration,
    /// How the window moves.
    pub technique: Technique,
    /// What a cost limit does with a model that has no price.
    pub on_unknown_price: OnUnknownPrice,
    /// `None`: the default (open for count, closed for cost).
    pub on_unavailable: Option<OnUnavailable>,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LimitType {
    /// Requests.
    Count,
    /// US dollars.
    Cost,
}

/// How a limit's window moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technique {
    /// Any interval as long as the window.
    Sliding,
    /// Windows aligned to the Unix epoch.
    Fixed,
}

/// What a cost limit does with a model that has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnknownPrice {
    /// As if the limit were reached.
    Refuse,
    /// The call counts as free.
    Allow,
}

/// What a limit does when its counter cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnavailable {
    /// Admits.
    Open,
    /// As if the limit were reached.
    Closed,
}
