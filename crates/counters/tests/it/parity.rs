//! Memory and server give the same answers for the same history.

use std::sync::Arc;
use std::time::Duration;

use counters::{Options, Shared};
use limits::{Ask, Denied, Key, Limiter, Limits, Permit, Rule, Take, Technique, mark_sent};
use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::clock::Manual;
use crate::server::{KINDS, PATIENT, connected, space, url};

const START: u64 = 1_700_000_000_000;
const LIMIT: u64 = 20;
/// Room for charges in every slot of a window.
const WIDE: u64 = 90;

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
        Rule { limit: WIDE, ..rule(1_000, Technique::Sliding) },
        Rule { limit: WIDE, ..rule(7_777, Technique::Sliding) },
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
        let memory = Limits::from(Arc::clone(&self.memory)).admit_seeing(&asks).await;
        let shared = Limits::shared(Arc::clone(&self.shared) as _).admit_seeing(&asks).await;
        match (memory, shared) {
            (Ok(memory), Ok(shared)) => {
                assert_eq!(memory.found, shared.found);
                assert_eq!(memory.permits.len(), shared.permits.len());
                self.open.extend(memory.permits.into_iter().zip(shared.permits));
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
        // Where windows and cells end, and one millisecond beside.
        3 => (prop::sample::select(vec![100, 1_000, 7_777, 60_000, 86_400_000_u64]), 0..3_u64).prop_map(|(edge, by)| Step::Advance(edge + by - 1)),
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

/// Many charges, so that slots have to be joined, under rules of several geometries and close to their limits.
fn busy_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..3_u64).prop_map(|amount| Step::Ask(vec![(0, Take::Hold(amount))])),
        4 => Just(Step::Ask(vec![(0, Take::One)])),
        6 => (0..8_usize, 0..3_u64).prop_map(|(index, real)| Step::Settle(index, real)),
        8 => (1..60_u64).prop_map(Step::Advance),
        1 => prop::sample::select(vec![98, 99, 100, 998, 999, 1_000]).prop_map(Step::Advance),
        1 => prop::sample::select(rules()).prop_map(Step::Rule),
    ]
}

/// So many histories of such steps, on every kind of server.
fn compare(cases: u32, steps: impl Strategy<Value = Vec<Step>>) {
    let runtime = Runtime::new().unwrap();
    for kind in KINDS {
        let clock = Manual::at(START);
        // Memory knows no leases: here they outlast every jump of the clock.
        let options = Options {
            clock: Some(Arc::clone(&clock) as _),
            lease: Duration::from_secs(10 * 365 * 86_400),
            patience: PATIENT,
            ..Options::new(space())
        };
        let shared = runtime.block_on(connected(&url(kind), options));
        let config =
            ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
        let number = std::cell::Cell::new(0);
        proptest::test_runner::TestRunner::new(config)
            .run(&steps, |steps| {
                number.set(number.get() + 1);
                check(&runtime, (&clock, &shared), format!("history {}", number.get()), &steps);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn memory_and_server_give_the_same_answers_for_the_same_history() {
    compare(100, prop::collection::vec(step(), 1..80));
}

#[test]
fn memory_and_server_join_slots_alike_when_there_are_many() {
    compare(12, prop::collection::vec(busy_step(), 300..600));
}
