//! One request's way through a route: a state machine that asks, and moves on when it is answered.

use crate::dice::Dice;
use crate::fact::Facts;
use crate::graph::{Element, ElementIx, Node, Quota, Route, Target};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A position in a route. Allocates once, when made.
#[derive(Debug)]
pub struct Walk<'r> {
    route: &'r Route,
    /// Hash of the route's id.
    salt: u64,
    state: State,
    /// The last one is the element at hand. As long as the route from the start, so it never grows.
    steps: Vec<Step>,
    /// Outputs that are taken whatever would be decided.
    forced: Vec<(ElementIx, u16)>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// The element at hand is to be followed.
    Moving,
    /// The element at hand has asked.
    Asked,
    Over(Done),
}

impl<'r> Walk<'r> {
    /// A walk that stands at the start. `route_id` salts sticky splits.
    #[must_use]
    pub fn new(route: &'r Route, route_id: &str) -> Self {
        let mut steps = Vec::with_capacity(route.len());
        steps.push(Step { element: route.start, output: None });
        Self {
            route,
            salt: xxh3_64(route_id.as_bytes()),
            state: State::Moving,
            steps,
            forced: Vec::new(),
        }
    }

    /// Follows start, conditional and percentage elements by itself and stops at the next question. Asked again without an answer, it gives
    /// the same question.
    pub fn ask(&mut self, facts: &dyn Facts, dice: &mut Dice) -> Ask<'r> {
        loop {
            if let Some(ask) = self.follow(facts, dice) {
                return ask;
            }
        }
    }

    /// As [`Walk::ask`], but one element at a time: `None` when the element at hand asked nothing and has been left.
    pub fn follow(&mut self, facts: &dyn Facts, dice: &mut Dice) -> Option<Ask<'r>> {
        if let State::Over(done) = self.state {
            return Some(Ask::Done(done));
        }
        let Some(element) = self.here() else {
            return Some(self.over(Done::End));
        };
        let output = match &element.node {
            Node::Start => Some(0),
            Node::Conditional(_) | Node::Percentage(_) if self.forced_here().is_some() => {
                self.forced_here()
            }
            Node::Conditional(condition) => Some(u16::from(!condition.holds(facts))),
            Node::Percentage(split) => split.pick(self.salt, facts, dice),
            Node::Rate(quota) => {
                return Some(self.question(self.route.quotas.get(*quota).map(Ask::Admit)));
            }
            Node::Model(target) => {
                return Some(self.question(self.route.targets.get(*target).map(Ask::Call)));
            }
            Node::End => None,
        };
        (!output.is_some_and(|it| self.leave(it))).then(|| self.over(Done::End))
    }

    /// Goes back to the start. What is forced stays so.
    pub fn restart(&mut self) {
        self.state = State::Moving;
        self.steps.truncate(1);
        if let Some(first) = self.steps.first_mut() {
            first.output = None;
        }
    }

    /// Answers the pending question; without one it does nothing.
    pub fn answer(&mut self, answer: Answer) {
        if !matches!(self.state, State::Asked) {
            return;
        }
        let output = match answer {
            Answer::Success => 0,
            Answer::Fallback => 1,
        };
        if self.leave(output) {
            self.state = State::Moving;
        } else {
            let limited = self.here().is_some_and(|it| matches!(it.node, Node::Rate(_)));
            self.state = State::Over(if limited { Done::Limited } else { Done::Failed });
        }
    }

    /// Lets a conditional or percentage element take this output whatever it would decide; a replay does so where what was read is not
    /// known, a simulation where somebody wants to see the other way. `None`, and nothing done: there is no such element or output.
    pub fn force(&mut self, element: &str, output: &str) -> Option<ElementIx> {
        let at = self.route.elements.iter().position(|it| *it.id == *element)?;
        let found = self.route.elements.get(at)?;
        if !matches!(found.node, Node::Conditional(_) | Node::Percentage(_)) {
            return None;
        }
        let output = found.outputs.iter().position(|it| *it.name == *output)?;
        let (element, output) = (u16::try_from(at).ok()?, u16::try_from(output).ok()?);
        self.forced.retain(|(it, _)| *it != element);
        self.forced.push((element, output));
        Some(element)
    }

    /// The route walked.
    #[must_use]
    pub fn route(&self) -> &'r Route {
        self.route
    }

    /// What a limit or model of this walk was answered; `None`: it was not, or the step asks nothing.
    #[must_use]
    pub fn answered(&self, step: Step) -> Option<Answer> {
        let node = &self.route.element(step.element)?.node;
        match (node, step.output) {
            (Node::Rate(_) | Node::Model(_), Some(0)) => Some(Answer::Success),
            (Node::Rate(_) | Node::Model(_), Some(_)) => Some(Answer::Fallback),
            (Node::Rate(_), None) => {
                matches!(self.state, State::Over(Done::Limited)).then_some(Answer::Fallback)
            }
            (Node::Model(_), None) => {
                matches!(self.state, State::Over(Done::Failed)).then_some(Answer::Fallback)
            }
            _ => None,
        }
    }

    /// The elements walked so far, in order, the one at hand included.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    fn forced_here(&self) -> Option<u16> {
        let here = self.steps.last()?.element;
        self.forced.iter().find(|(it, _)| *it == here).map(|(_, output)| *output)
    }

    fn here(&self) -> Option<&'r Element> {
        self.steps.last().and_then(|it| self.route.element(it.element))
    }

    /// Goes out by an output; false when there is no such output.
    fn leave(&mut self, output: u16) -> bool {
        let Some(next) = self.here().and_then(|it| it.outputs.get(usize::from(output))) else {
            return false;
        };
        if let Some(step) = self.steps.last_mut() {
            step.output = Some(output);
        }
        self.steps.push(Step { element: next.to, output: None });
        true
    }

    fn question(&mut self, ask: Option<Ask<'r>>) -> Ask<'r> {
        self.state = State::Asked;
        ask.unwrap_or(Ask::Done(Done::End))
    }

    fn over(&mut self, done: Done) -> Ask<'r> {
        self.state = State::Over(done);
        Ask::Done(done)
    }
}

/// What a walk wants to know.
#[derive(Clone, Copy, Debug)]
pub enum Ask<'r> {
    /// Does this limit admit the request?
    Admit(&'r Quota),
    /// Does this model answer?
    Call(&'r Target),
    /// Nothing: the walk is over.
    Done(Done),
}

/// The answer to [`Ask::Admit`] and [`Ask::Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Admitted; answered.
    Success,
    /// Not admitted; failed after all its attempts.
    Fallback,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// An end element was reached.
    End,
    /// A limit refused and has no `fallback`.
    Limited,
    /// A model failed and has no `fallback`.
    Failed,
}

/// One element walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The element.
    pub element: ElementIx,
    /// Which of its outputs was taken; `None` for end elements and for a question that ended the walk or is still open.
    pub output: Option<u16>,
}

impl Step {
    /// The name of the output taken: `next`, `true`, `50%:b`, `success`, …
    #[must_use]
    pub fn output_name<'r>(&self, route: &'r Route) -> Option<&'r str> {
        let output = route.element(self.element)?.outputs.get(usize::from(self.output?))?;
        Some(&output.name)
    }
}

#[cfg(test)]
mod tests;
