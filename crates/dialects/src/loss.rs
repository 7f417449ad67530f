//! What a translation cannot carry over.

use crate::request::{Rest, Tool, Weight};
use std::collections::HashSet;

/// What to do with what cannot be translated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnsupported {
    /// The request is refused, with every field named.
    #[default]
    Refuse,
    /// It is left out, and the caller is told.
    Drop,
}

/// Something of a request that the target cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The caller's field, as a path.
    pub field: String,
    /// A clause: why.
    pub why: String,
}

/// The losses of one translation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// The answer could be another one without them.
    pub meaning: Vec<Loss>,
    /// The model is not told of them anyway; fields only.
    pub hints: Vec<String>,
    /// All of these, so that a long conversation is not searched through for each.
    told: HashSet<(String, Option<String>)>,
}

/// A request that the target cannot express. The message names every field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", sentence(.losses))]
pub struct Refused {
    /// At least one.
    pub losses: Vec<Loss>,
}

impl Losses {
    /// Something that matters cannot be expressed.
    pub fn lose(&mut self, field: impl Into<String>, why: impl Into<String>) {
        let (field, why) = (field.into(), why.into());
        if self.told.insert((field.clone(), Some(why.clone()))) {
            self.meaning.push(Loss { field, why });
        }
    }

    /// A hint has no place.
    pub fn hint(&mut self, field: impl Into<String>) {
        let field = field.into();
        if self.told.insert((field.clone(), None)) {
            self.hints.push(field);
        }
    }

    /// What `OpenAI`'s formats have no place for in a tool; false when that is the whole of it.
    pub(crate) fn tool(&mut self, tool: &Tool, not_taken: &str) -> bool {
        if tool.built_in.is_some() {
            let why = format!("is the tool `{}`, which only its own provider has", tool.name);
            self.lose(&tool.at, why);
            return false;
        }
        for name in tool.rest.keys() {
            self.lose(format!("{}.{name}", tool.at), not_taken);
        }
        if tool.cache.is_some() {
            self.hint(format!("{}.cache_control", tool.at));
        }
        true
    }

    /// A member without a place in the neutral form has none in the target either.
    pub fn rest(&mut self, rest: &Rest, why: &str) {
        match rest.weight {
            Weight::Meaning => self.lose(&rest.field, why),
            Weight::Hint => self.hint(&rest.field),
        }
    }

    /// Every field that was left out.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        self.meaning.iter().map(|it| &it.field).chain(&self.hints).cloned().collect()
    }
}

impl Refused {
    /// One field.
    pub fn one(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self { losses: vec![Loss { field: field.into(), why: why.into() }] }
    }
}

fn sentence(losses: &[Loss]) -> String {
    let named: Vec<String> =
        losses.iter().map(|Loss { field, why }| format!("`{field}` {why}")).collect();
    named.join("; ")
}
