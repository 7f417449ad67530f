//! What is wrong with a graph: which rule, where, and what to do about it.

use std::fmt::Write;

mod code;

pub use code::Code;

/// One complaint about a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which rule is broken.
    pub code: Code,
    /// Id of the element, when the complaint is about one that has an id.
    pub element: Option<String>,
    /// From the elements array on: `[Index(2), Key("outputs"), Key("true")]`. Empty: the graph as a whole.
    pub path: Vec<Segment>,
    /// A plain sentence: what is wrong and what to do. Where the original's validator has a fixed wording
    /// (`Required`, `Expected string, received number`) it is that wording.
    pub message: String,
}

impl Problem {
    /// Whether this refuses the graph.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// JSON pointer (RFC 6901) below the request body: `/elements/2/outputs/true`.
    #[must_use]
    pub fn pointer(&self) -> String {
        let mut out = String::from("/elements");
        for segment in &self.path {
            match segment {
                Segment::Key(key) => {
                    out.push('/');
                    out.push_str(&key.replace('~', "~0").replace('/', "~1"));
                }
                // writing to a String cannot fail
                Segment::Index(index) => drop(write!(out, "/{index}")),
            }
        }
        out
    }
}

/// One step of a [`Problem::path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// A member of an object.
    Key(String),
    /// An item of an array, from 0.
    Index(usize),
}

/// What a problem does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Refuses: a graph with errors is never deployed.
    Error,
    /// Is told, and refuses nothing.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in the graph, as a chain of borrowed steps: nothing is allocated until there is a problem to tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    up: Option<&'a At<'a>>,
    step: Step<'a>,
    element: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    /// The graph as a whole.
    pub(crate) const ROOT: At<'static> = At { up: None, step: Step::Root, element: None };

    /// The element at `index` of the array.
    pub(crate) fn element(index: usize, id: &'a str) -> Self {
        At { up: None, step: Step::Index(index), element: Some(id) }
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        At { up: Some(self), step: Step::Key(key), element: self.element }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        At { up: Some(self), step: Step::Index(index), element: self.element }
    }

    fn path(&self) -> Vec<Segment> {
        let mut path = self.up.map_or_else(Vec::new, Self::path);
        match self.step {
            Step::Root => {}
            Step::Key(key) => path.push(Segment::Key(key.to_owned())),
            Step::Index(index) => path.push(Segment::Index(index)),
        }
        path
    }
}

/// Problems as they are found. A graph may be 4 MiB of nonsense, so at most [`Problems::MOST`] are kept and the rest is
/// told as a number ([`Code::MoreProblems`]).
#[derive(Debug, Default)]
pub(crate) struct Problems {
    kept: Vec<Problem>,
    unlisted: usize,
    errors: bool,
}

impl Problems {
    /// More than the warnings that 200 elements can give, so only errors are ever left unlisted.
    pub(crate) const MOST: usize = 2_000;

    pub(crate) fn push(&mut self, code: Code, at: &At<'_>, message: impl Into<String>) {
        self.errors |= code.severity() == Severity::Error;
        if self.kept.len() >= Self::MOST {
            self.unlisted += 1;
            return;
        }
        let element = at.element.map(str::to_owned);
        self.kept.push(Problem { code, element, path: at.path(), message: message.into() });
    }

    /// Names the elements of problems that were found before the elements were.
    pub(crate) fn name_elements<'a>(&mut self, id: impl Fn(usize) -> Option<&'a str>) {
        for problem in self.kept.iter_mut().filter(|it| it.element.is_none()) {
            if let Some(Segment::Index(index)) = problem.path.first() {
                problem.element = id(*index).map(str::to_owned);
            }
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors
    }

    /// All of them: those about the whole graph first, then element by element, each in the order found.
    pub(crate) fn into_sorted(mut self) -> Vec<Problem> {
        let element = |it: &Problem| match it.path.first() {
            Some(Segment::Index(index)) => Some(*index),
            _ => None,
        };
        self.kept.sort_by_key(element);
        if self.unlisted > 0 {
            self.kept.push(Problem {
                code: Code::MoreProblems,
                element: None,
                path: Vec::new(),
                message: format!(
                    "{} more problems are not listed. Correct these first.",
                    self.unlisted
                ),
            });
        }
        self.kept
    }
}
