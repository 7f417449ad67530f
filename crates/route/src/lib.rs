//! The route language: `elements` JSON in, a compiled [`Route`] and every [`Problem`] out; and the [`Walk`] over it.
//!
//! ```text
//! elements JSON ─► RouteSpec::parse ─► compile(&spec, &known) ─► Route ─► Walk::ask / Walk::answer
//!                  (is it a graph?)    (does it make sense?)             (one request's way through it)
//! ```
//!
//! Pure: values in, values out. No clock, randomness, I/O or async. Live traffic, the simulator, route tests and replay
//! are drivers of the same [`Walk`], so what one of them shows is what the others do.

pub mod ids;

mod canonical;
mod compile;
mod condition;
mod decision;
mod dice;
mod difference;
mod exact;
mod fact;
mod field;
mod graph;
mod json;
mod known;
mod problem;
mod scan;
mod spec;
mod split;
#[cfg(test)]
mod testing;
mod walk;

pub use canonical::canonical;
pub use compile::{Compiled, bounds, compile};
pub use decision::{
    Decision, Given, Input, LONGEST_INPUT, Outcome, Reading, Reads, Replay, Seen, replay,
};
pub use dice::Dice;
pub use difference::{Change, difference};
pub use exact::scaled;
pub use fact::{Facts, Value};
pub use field::{BodyPath, Field, FieldError, RequestField};
pub use graph::{
    ElementIx, LimitType, OnUnavailable, OnUnknownPrice, Quota, Route, Target, Technique,
};
pub use known::{Judged, Known, Need, ProviderState};
pub use problem::{Code, Problem, Segment, Severity};
pub use spec::RouteSpec;
pub use walk::{Answer, Ask, Done, Step, Walk};
