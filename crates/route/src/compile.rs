//! From a graph that was sent to a route that can be walked, or to everything that is wrong with it.
//!
//! Three passes, each over all elements, so that every problem is told at once: the graph (`edges`), each element by itself (`element`), and what
//! only the whole shows (`advice`). A route is assembled when none of them found an error.

use crate::graph::Route;
use crate::known::Known;
use crate::problem::{Problem, Problems};
use crate::spec::RouteSpec;

mod advice;
mod assemble;
pub mod bounds;
mod edges;
mod element;
mod properties;

/// The outcome of [`compile`].
#[derive(Debug)]
pub struct Compiled {
    /// `Some` exactly when no problem has severity `Error`.
    pub route: Option<Route>,
    /// Every problem: those of the graph as a whole first, then element by element.
    pub problems: Vec<Problem>,
}

/// Compiles: tells every problem of the graph, and makes the route when none of them is an error.
#[must_use]
pub fn compile(spec: &RouteSpec, known: &dyn Known) -> Compiled {
    let mut problems = Problems::default();
    let edges = edges::check(spec, &mut problems);
    let mut patterns = bounds::PATTERNS;
    let parts: Vec<_> = spec
        .elements
        .iter()
        .enumerate()
        .map(|(index, it)| element::check(index, it, known, &mut patterns, &mut problems))
        .collect();
    advice::check(spec, &edges, &parts, known, &mut problems);
    let route = if problems.has_errors() { None } else { assemble::route(spec, edges, parts) };
    Compiled { route, problems: problems.into_sorted() }
}

#[cfg(test)]
mod tests;
