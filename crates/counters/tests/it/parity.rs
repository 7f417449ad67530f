//! Memory and server give the same answers for the same history.

use std::sync::Arc;
use std::time::Duration;

use counters::Shared;
use limits::{Ask, Denied, Key, Limiter, Limits, Permit, Rule, Take, Technique, mark_sent};
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::clock::Manual;
use crate::server::{KINDS, node, space};

const START: u64 = 1_700_000_000_000;
const LIMIT: u64 = 20;

#[derive(Clone, Debug)]
enum Step {
    /// Which of three keys, and how much of each.
    Ask(Vec<(usize, Take)>),
    Send(usize),
    Settle(usize, u64),
    Release(usize),
    Drop(usize),
    Advance(u64),
    Back(u64),
    Rule(Rule),
}

fn rules() -> Vec<Rule> {
    let rule =
        |window, technique| Rule { limit: LIMIT, window: Duration::from_millis(window), technique };
    vec![
        rule(1_000, Technique::Sliding),
        rule(60_000, Technique::Sliding),
        rule(60_000, Technique::Fixed),
        rule(100, Technique::Sliding),
        rule(7_777, Technique::Sliding),
        rule(86_400_000, Technique::Sliding),
    ]
}

/// Both, on one clock.
struct Pair {
    clock: Arc<Manual>,
    memory: Arc<Limiter>,
    shared: Arc<Shared>,
    name: String,
    rule: Rule,
    open: Vec<(Permit, Permit)>,
}

impl Pair {
    fn key(&self, index: usize) -> Key {
        Key::new(format!("{}/{index}", self.name))
    }

    /// Everything that one says is what the other says.
    async fn run(&mut self, step: &Step) {
        match step {
            Step::Ask(wanted) => self.ask(wanted).await,
            Step::Send(index) => {
                let length = self.open.len();
                if let Some((one, other)) =
                    index.checked_rem(length).and_then(|it| self.open.get_mut(it))
                {
                    mark_sent([one]).await.unwrap();
                    mark_sent([other]).await.unwrap();
                }
            }
            Step::Settle(index, real) => self.end(*index, |it| it.settle(*real)),
            Step::Release(index) => self.end(*index, Permit::release),
            Step::Drop(index) => self.end(*index, drop),
            Step::Advance(by) => self.clock.advance(*by),
            Step::Back(by) => {
                let now = limits::Clock::now(&*self.clock);
                self.clock.set(now - by);
            }
            Step::Rule(rule) => self.rule = *rule,
        }
        for index in 0..3 {
            let key = self.key(index);
            let memory = self.memory.usage(&key, &self.rule);
            assert_eq!(self.shared.usage(&key, &self.rule).await, Ok(memory), "{step:?}");
        }
    }

    async fn ask(&mut self, wanted: &[(usize, Take)]) {
        let asks: Vec<_> = wanted
            .iter()
            .map(|(index, take)| Ask { key: self.key(*index), rule: self.rule, take: *take })
            .collect();
        let memory = Limits::from(Arc::clone(&self.memory)).admit(&asks).await;
        let shared = Limits::shared(Arc::clone(&self.shared) as _).admit(&asks).await;
        match (memory, shared) {
            (Ok(memory), Ok(shared)) => {
                assert_eq!(memory.len(), shared.len());
                self.open.extend(memory.into_iter().zip(shared));
            }
            (Err(memory @ Denied::Refused { .. }), Err(shared)) => assert_eq!(memory, shared),
            (memory, shared) => panic!("{memory:?} in memory, {shared:?} on the server"),
        }
    }

    fn end(&mut self, index: usize, end: impl Fn(Permit)) {
        if let Some(index) = index.checked_rem(self.open.len()) {
            let (one, other) = self.open.swap_remove(index);
            end(one);
            end(other);
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..8_usize;
    let take = || prop_oneof![Just(Take::One), (0..12_u64).prop_map(Take::Hold)];
    let asks = prop::sample::subsequence(vec![0_usize, 1, 2], 1..=3)
        .prop_flat_map(move |keys| {
            let count = keys.len();
            (Just(keys), prop::collection::vec(take(), count))
        })
        .prop_map(|(keys, takes)| keys.into_iter().zip(takes).collect());
    prop_oneof![
        12 => asks.prop_map(Step::Ask),
        3 => index().prop_map(Step::Send),
        4 => (index(), 0..16_u64).prop_map(|(index, real)| Step::Settle(index, real)),
        1 => index().prop_map(Step::Release),
        2 => index().prop_map(Step::Drop),
        4 => (1..40_u64).prop_map(Step::Advance),
        2 => (40..2_000_u64).prop_map(Step::Advance),
        1 => (2_000..70_000_u64).prop_map(Step::Advance),
        1 => (1..10_000_u64).prop_map(Step::Back),
        1 => Just(Step::Back(2 * 3_600_000)),
        2 => prop::sample::select(rules()).prop_map(Step::Rule),
    ]
}

/// The clock jumps by a day at most in one history; each begins after the former one.
fn check(runtime: &Runtime, pair: (&Arc<Manual>, &Arc<Shared>), name: String, steps: &[Step]) {
    let (clock, shared) = pair;
    let first = rules().swap_remove(0);
    clock.set(START);
    let mut pair = Pair {
        clock: Arc::clone(clock),
        memory: Limiter::in_memory(Arc::clone(clock) as _),
        shared: Arc::clone(shared),
        name,
        rule: first,
        open: Vec::new(),
    };
    runtime.block_on(async {
        // Memory has one clock for all keys, the server one a bucket: all begin at the same time.
        pair.ask(&[(0, Take::Hold(0)), (1, Take::Hold(0)), (2, Take::Hold(0))]).await;
        for step in steps {
            pair.run(step).await;
        }
    });
}

#[test]
fn memory_and_server_give_the_same_answers_for_the_same_history() {
    let runtime = Runtime::new().unwrap();
    for kind in KINDS {
        let clock = Manual::at(START);
        let shared = runtime.block_on(node(kind, &space(), Some(Arc::clone(&clock) as _)));
        let config =
            ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) };
        let mut runner = proptest::test_runner::TestRunner::new(config);
        let number = std::cell::Cell::new(0);
        runner
            .run(&prop::collection::vec(step(), 1..80), |steps| {
                number.set(number.get() + 1);
                check(&runtime, (&clock, &shared), format!("history {}", number.get()), &steps);
                Ok(())
            })
            .unwrap();
    }
}
