//! Many buckets looked at at once, for people: which of them are nearest to their limits.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::Arc;

use crate::{Key, Millis, Rule, Usage};

/// Says under which rule a bucket is looked at; `None`: it is not wanted. Gets keys as they are stored ([`Key::bounded`]). No request waits for it.
pub type RuleOf = Arc<dyn Fn(&Key) -> Option<Rule> + Send + Sync>;

/// Which buckets to look at, and how many to tell of.
#[derive(Clone)]
pub struct Survey {
    /// What their keys begin with.
    pub prefix: Vec<u8>,
    /// What they allow.
    pub rule_of: RuleOf,
    /// Only those of which at least so much is used, in thousandths of their limits.
    pub least: u64,
    /// At most so many, the nearest to their limits.
    pub most: usize,
}

impl std::fmt::Debug for Survey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { prefix, rule_of: _, least, most } = self;
        f.debug_struct("Survey")
            .field("prefix", prefix)
            .field("least", least)
            .field("most", most)
            .finish_non_exhaustive()
    }
}

/// A bucket in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name, as it is stored.
    pub key: Key,
    /// What it allows.
    pub rule: Rule,
    /// What is in it.
    pub state: Look,
}

/// What is in a bucket at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Counted, settled and held.
    pub usage: Usage,
    /// When the oldest of what is settled leaves the window; `None`: there is nothing but holds.
    pub refills_at: Option<Millis>,
    /// When all that is used or held now will have left the window, as [`crate::Refusal::reset_at`].
    pub reset_at: Millis,
}

impl Look {
    /// Settled and held together.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.usage.settled.saturating_add(self.usage.held)
    }
}

/// What a [`Survey`] has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surveyed {
    /// The nearest to their limits first; among equals, by key.
    pub nearest: Vec<Seen>,
    /// How many there were, also of those that are not told of.
    pub found: u64,
    /// Every bucket was looked at. Counters in memory always look at all.
    pub whole: bool,
}

/// Gathers what a survey finds, and never keeps more than it tells.
#[derive(Debug)]
pub struct Nearest {
    kept: BinaryHeap<Reverse<Ranked>>,
    found: u64,
    least: u64,
    most: usize,
}

impl Nearest {
    /// For this survey.
    #[must_use]
    pub fn new(survey: &Survey) -> Self {
        Self { kept: BinaryHeap::new(), found: 0, least: survey.least, most: survey.most }
    }

    /// One more bucket. An empty one is not in use.
    pub fn add(&mut self, key: &Key, rule: Rule, state: Look) {
        let used = state.used();
        let is_near = u128::from(used) * 1000 >= u128::from(rule.limit) * u128::from(self.least);
        if used == 0 || !is_near {
            return;
        }
        self.found += 1;
        let seen = Ranked(Seen { key: key.clone(), rule, state });
        if self.kept.len() >= self.most {
            let is_nearer = self.kept.peek().is_some_and(|Reverse(farthest)| *farthest < seen);
            if !is_nearer {
                return;
            }
            self.kept.pop();
        }
        self.kept.push(Reverse(seen));
    }

    /// What was found; `whole`: nothing was left out.
    #[must_use]
    pub fn finish(self, whole: bool) -> Surveyed {
        let nearest = self.kept.into_sorted_vec().into_iter().map(|Reverse(Ranked(it))| it);
        Surveyed { nearest: nearest.collect(), found: self.found, whole }
    }
}

/// In the order of nearness.
#[derive(Debug, PartialEq, Eq)]
struct Ranked(Seen);

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let scaled = |it: &Seen, by: &Seen| {
            u128::from(it.state.used()).saturating_mul(u128::from(by.rule.limit.max(1)))
        };
        let (own, theirs) = (scaled(&self.0, &other.0), scaled(&other.0, &self.0));
        own.cmp(&theirs).then_with(|| other.0.key.0.cmp(&self.0.key.0))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
