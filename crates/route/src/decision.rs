//! What a walk was decided on, and the same walk again from that alone.
//!
//! A walk depends on its route, on the seed of its dice, on what it reads of the request and on the answers it is given from outside. A
//! [`Decision`] holds these and never the path, so a [`replay`] that takes the same path is a proof and not an echo.

use crate::dice::Dice;
use crate::fact::{Facts, Value};
use crate::field::{Field, FieldError};
use crate::graph::{ElementIx, Node, Route};
use crate::walk::{Answer, Ask, Done, Step, Walk};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::cell::RefCell;

/// The most bytes of JSON of one value that a decision keeps; a longer one is withheld, since a record is no copy of the request.
pub const LONGEST_INPUT: usize = 4096;

/// What a walk has read so far: every field once, in the order of the first look.
#[derive(Debug, Default)]
pub struct Reads(Vec<(Field, Option<Json>)>);

impl Reads {
    /// The same facts, which note here what is read of them.
    pub fn of<'n>(&'n mut self, facts: &'n dyn Facts) -> Reading<'n> {
        Reading { facts, reads: RefCell::new(self) }
    }
}

/// Facts that note what is read of them.
pub struct Reading<'n> {
    facts: &'n dyn Facts,
    reads: RefCell<&'n mut Reads>,
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("reads", &self.reads).finish_non_exhaustive()
    }
}

impl Facts for Reading<'_> {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        let value = self.facts.get(field);
        let mut reads = self.reads.borrow_mut();
        if !reads.0.iter().any(|(it, _)| it == field) {
            reads.0.push((field.clone(), value.as_ref().map(Json::from)));
        }
        value
    }
}

/// All that a walk depended on besides its route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Of the dice; text in JSON, since it has 64 bits.
    #[serde(with = "text")]
    pub seed: u64,
    /// What was read of the request, in the order of the first look.
    pub inputs: Vec<Input>,
    /// What limits and models answered, in the order they were asked.
    pub answers: Vec<Given>,
    /// Outputs of the elements that read something withheld: there replay takes this word instead of deciding.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
}

/// A field that was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// As conditions name it.
    pub field: String,
    /// What was there.
    #[serde(flatten)]
    pub seen: Seen,
}

/// What was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// This.
    Value(Json),
    /// Nothing: the field was missing. Always `true`.
    Absent(bool),
    /// Something that is not kept. Always `true`.
    Withheld(bool),
}

/// The answer to what an element asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Given {
    /// Its id.
    pub element: String,
    /// Admitted or answered; or not.
    pub answer: Answer,
}

/// The output that an element took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its id.
    pub element: String,
    /// The output's name.
    pub output: String,
}

impl Decision {
    /// What these steps of a walk were decided on. `keeps` says of which fields values may be kept; `done` is how the walk ended, if it did.
    #[must_use]
    pub fn of(walk: &Walk<'_>, seed: u64, reads: &Reads, keeps: impl Fn(&Field) -> bool) -> Self {
        let mut withheld = Vec::new();
        let mut input = |(field, value): &(Field, Option<Json>)| {
            let seen = match value {
                None => Seen::Absent(true),
                Some(value) if keeps(field) && is_short(value) => Seen::Value(value.clone()),
                Some(_) => {
                    withheld.push(field.clone());
                    Seen::Withheld(true)
                }
            };
            Input { field: field.to_string(), seen }
        };
        let inputs = reads.0.iter().map(&mut input).collect();
        let route = walk.route();
        let (mut answers, mut outcomes) = (Vec::new(), Vec::new());
        for step in walk.steps() {
            let element = || route.element_id(step.element).to_owned();
            if let Some(answer) = walk.answered(*step) {
                answers.push(Given { element: element(), answer });
            } else if let Some(output) = step.output_name(route)
                && withheld.iter().any(|it| reads_field(route, step.element, it))
            {
                outcomes.push(Outcome { element: element(), output: output.to_owned() });
            }
        }
        Self { seed, inputs, answers, outcomes }
    }
}

fn is_short(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => true,
        Json::String(text) => text.len() <= LONGEST_INPUT,
        Json::Array(_) | Json::Object(_) => value.to_string().len() <= LONGEST_INPUT,
    }
}

/// Whether a condition or split decides by this field.
fn reads_field(route: &Route, element: ElementIx, field: &Field) -> bool {
    let mut found = false;
    match route.element(element).map(|it| &it.node) {
        Some(Node::Conditional(condition)) => condition.each_field(&mut |it| found |= it == field),
        Some(Node::Percentage(split)) => found = split.key.as_ref() == Some(field),
        _ => {}
    }
    found
}

/// A walk taken again.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// The elements walked.
    pub steps: Vec<Step>,
    /// How it ended; `None`: at the last step something was asked that the decision has no answer to.
    pub done: Option<Done>,
    /// Elements whose output was taken from the decision, because what they read was withheld.
    pub taken: Vec<ElementIx>,
    /// Fields that were asked for and are not in the decision; they were taken for missing.
    pub unknown: Vec<Field>,
}

/// Walks a route again from what was decided on.
///
/// # Errors
/// An input is not a field.
pub fn replay(route: &Route, route_id: &str, decision: &Decision) -> Result<Replay, FieldError> {
    let facts = Recorded::of(decision)?;
    let mut walk = Walk::new(route, route_id);
    let outcomes = decision.outcomes.iter();
    let mut taken: Vec<_> = outcomes.filter_map(|it| walk.force(&it.element, &it.output)).collect();
    let mut dice = Dice::seeded(decision.seed);
    let done = loop {
        let element = match walk.ask(&facts, &mut dice) {
            Ask::Done(done) => break Some(done),
            Ask::Admit(quota) => quota.element,
            Ask::Call(target) => target.element,
        };
        let id = route.element_id(element);
        let Some(given) = decision.answers.iter().find(|it| it.element == id) else { break None };
        walk.answer(given.answer);
    };
    let steps = walk.steps().to_vec();
    taken.retain(|it| steps.iter().any(|step| step.element == *it));
    Ok(Replay { steps, done, taken, unknown: facts.unknown.into_inner() })
}

/// The inputs of a decision as facts.
struct Recorded {
    inputs: Vec<(Field, Option<Json>)>,
    unknown: RefCell<Vec<Field>>,
}

impl Recorded {
    fn of(decision: &Decision) -> Result<Self, FieldError> {
        let input = |it: &Input| {
            let value = match &it.seen {
                Seen::Value(value) => Some(value.clone()),
                Seen::Absent(_) | Seen::Withheld(_) => None,
            };
            Ok((Field::parse(&it.field)?, value))
        };
        let inputs = decision.inputs.iter().map(input).collect::<Result<_, _>>()?;
        Ok(Self { inputs, unknown: RefCell::default() })
    }
}

impl Facts for Recorded {
    fn get(&self, field: &Field) -> Option<Value<'_>> {
        let Some((_, value)) = self.inputs.iter().find(|(it, _)| it == field) else {
            self.unknown.borrow_mut().push(field.clone());
            return None;
        };
        value.as_ref().map(Value::from)
    }
}

/// A seed as text.
mod text {
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(seed)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}
