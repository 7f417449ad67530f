//! Label values that are not known at compile time: each is allocated once, and found again without.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, PoisonError, RwLock};

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};

/// A label value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Name(Arc<str>);

impl EncodeLabelValue for Name {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        encoder.write_str(&self.0)
    }
}

/// What a value beyond the bound is counted as.
const OTHER: &str = "other";

/// The values of a label so far, and how many there may be.
#[derive(Debug)]
pub(super) struct Names {
    known: RwLock<HashMap<Box<str>, Name>>,
    most: usize,
}

impl Default for Names {
    /// For what an operator makes: gateways and providers.
    fn default() -> Self {
        Self::at_most(10_000)
    }
}

impl Names {
    /// Beyond so many, everything new is `other`.
    pub(super) fn at_most(most: usize) -> Self {
        Self { known: RwLock::default(), most }
    }

    pub(super) fn of(&self, text: &str) -> Name {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = known.get(text) {
            return name.clone();
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let text = if known.len() < self.most { text } else { OTHER };
        known.entry(text.into()).or_insert_with(|| Name(text.into())).clone()
    }

    pub(super) fn other(&self) -> Name {
        self.of(OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn what_is_beyond_the_bound_is_other() {
        let names = Names::at_most(2);
        assert_eq!(&*names.of("a").0, "a");
        assert_eq!(&*names.of("b").0, "b");
        assert_eq!(&*names.of("c").0, "other");
        assert_eq!(&*names.of("a").0, "a");
    }

    #[test]
    fn a_name_is_allocated_once() {
        let names = Names::default();
        assert!(std::sync::Arc::ptr_eq(&names.of("a").0, &names.of("a").0));
    }
}
