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

/// A request that the target cannot express. The message names the fields, up to 20 of them.
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

/// So many losses are named; a long conversation can have one in every message.
const NAMED: usize = 20;

fn sentence(losses: &[Loss]) -> String {
    let named = losses.iter().take(NAMED);
    let named: Vec<String> = named.map(|Loss { field, why }| format!("`{field}` {why}")).collect();
    let named = named.join("; ");
    match losses.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named}; and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Loss, Refused};

    #[test]
    fn twenty_losses_are_named_and_the_others_counted() {
        let loss = |n| Loss { field: format!("messages[{n}].name"), why: "is lost".to_owned() };
        let said = |count| Refused { losses: (0..count).map(loss).collect() }.to_string();
        assert_eq!(said(1), "`messages[0].name` is lost");
        assert!(said(20).ends_with("; `messages[19].name` is lost"), "{}", said(20));
        let many = said(5000);
        assert!(many.ends_with("; `messages[19].name` is lost; and 4980 more"), "{many}");
    }
}
