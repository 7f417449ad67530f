//! Many nodes on one server, against an exact model: any interleaving, crashes, clocks that jump, costs far from their holds.

use std::sync::Arc;
use std::time::Duration;

use counters::Shared;
use limits::{Ask, Counters, Denied, Key, Permit, Rule, Take, Technique, Usage, mark_sent};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::clock::Manual;
use crate::server::{KINDS, node, space};

const START: u64 = 1_700_000_000_000;
const LIMIT: u64 = 100;
/// As `node` has it: no lease is renewed in the time of a test, so it is the clock that decides.
const LEASE: u64 = 3_600_000;

/// Longer than all clocks jump together.
fn rule() -> Rule {
    Rule { limit: LIMIT, window: Duration::from_secs(3650 * 86400), technique: Technique::Sliding }
}

#[derive(Clone, Debug)]
enum Step {
    Hold {
        node: usize,
        amount: u64,
    },
    Count {
        node: usize,
    },
    Send(usize),
    Settle(usize, u64),
    GiveBack(usize),
    /// Its node dies: nothing is told any more.
    Crash(usize),
    Clock(i64),
}

#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum State {
    Held,
    Sent,
    /// Its lease has ended; so much was charged.
    Lapsed(u64),
}

struct Open {
    permit: Option<Permit>,
    amount: u64,
    lease_ends: u64,
    state: State,
}

struct World {
    nodes: Vec<Arc<Shared>>,
    clock: Arc<Manual>,
    key: Key,
    open: Vec<Open>,
    settled: u64,
    overrun: u64,
}

impl World {
    fn now(&self) -> u64 {
        limits::Clock::now(&*self.clock)
    }

    fn held(&self) -> u64 {
        let open = self.open.iter().filter(|it| !matches!(it.state, State::Lapsed(_)));
        open.map(|it| it.amount).sum()
    }

    async fn run(&mut self, step: &Step) {
        match step {
            Step::Hold { node, amount } => {
                if let Some(mut permits) = self.ask(*node, Take::Hold(*amount)).await {
                    let lease_ends = self.now() + LEASE;
                    let permit = permits.pop();
                    let state = State::Held;
                    self.open.push(Open { permit, amount: *amount, lease_ends, state });
                }
            }
            Step::Count { node } => {
                if self.ask(*node, Take::One).await.is_some() {
                    self.settled += 1;
                }
            }
            Step::Send(index) => self.send(*index).await,
            Step::Settle(index, real) => self.settle(*index, *real),
            Step::GiveBack(index) => {
                if let Some(it) = self.take(*index, |it| it.state != State::Sent) {
                    drop(it.permit);
                }
            }
            Step::Crash(index) => {
                if let Some(it) = index.checked_rem(self.open.len()).map(|it| &mut self.open[it]) {
                    std::mem::forget(it.permit.take());
                }
            }
            Step::Clock(by) => self.clock.set(self.now().saturating_add_signed(*by)),
        }
        self.lapse();
        self.check(step).await;
    }

    /// What every node says is what there is, and no more than the bound.
    async fn check(&self, step: &Step) {
        let now = Usage { settled: self.settled, held: self.held() };
        // Each node tells in order: once it has answered, what it had to tell before has been told.
        for node in &self.nodes {
            node.usage(&self.key, &rule()).await.unwrap();
        }
        for node in &self.nodes {
            assert_eq!(node.usage(&self.key, &rule()).await, Ok(now), "{step:?}");
        }
        assert!(now.settled + now.held <= LIMIT + self.overrun, "the bound of docs/limits.md");
        let measured: u64 = self.nodes.iter().map(|it| it.stats().overrun).sum();
        assert_eq!(measured, self.overrun, "the metric");
    }

    async fn ask(&self, node: usize, take: Take) -> Option<Vec<Permit>> {
        let ask = Ask { key: self.key.clone(), rule: rule(), take };
        let fits = self.settled + self.held() + take.amount() <= LIMIT;
        match self.nodes[node % self.nodes.len()].admit(&[ask]).await {
            Ok(permits) => {
                assert!(fits, "admitted without room");
                Some(permits)
            }
            Err(Denied::Refused { refusal, .. }) => {
                assert!(!fits, "refused with room");
                assert_eq!((refusal.settled, refusal.held), (self.settled, self.held()));
                None
            }
            Err(Denied::Unavailable(_)) => panic!("the server is there"),
        }
    }

    async fn send(&mut self, index: usize) {
        let Some(it) = index.checked_rem(self.open.len()).map(|it| &mut self.open[it]) else {
            return;
        };
        let Some(permit) = &mut it.permit else { return };
        let stands = !matches!(it.state, State::Lapsed(0));
        let marked = mark_sent([permit]).await.is_ok();
        match it.state {
            State::Held => {
                assert!(marked);
                it.state = State::Sent;
            }
            // Marked before, so that it is not asked about again.
            State::Sent => assert!(marked),
            State::Lapsed(_) => assert_eq!(marked, stands),
        }
    }

    /// Only what was sent costs anything.
    fn settle(&mut self, index: usize, real: u64) {
        let sent = |it: &Open| match it.state {
            State::Sent => true,
            State::Lapsed(charged) => charged > 0,
            State::Held => false,
        };
        let Some(it) = self.take(index, |it| it.permit.is_some() && sent(it)) else { return };
        self.settled += match it.state {
            State::Lapsed(charged) => real.saturating_sub(charged),
            State::Held | State::Sent => real,
        };
        self.overrun += real.saturating_sub(it.amount);
        if let Some(permit) = it.permit {
            permit.settle(real);
        }
    }

    /// Takes the open hold out that is meant, if it is one of these and its node lives.
    fn take(&mut self, index: usize, which: impl Fn(&Open) -> bool) -> Option<Open> {
        let index = index.checked_rem(self.open.len())?;
        let it = &self.open[index];
        (it.permit.is_some() && which(it)).then(|| self.open.swap_remove(index))
    }

    fn lapse(&mut self) {
        let now = self.now();
        for it in self.open.iter_mut().filter(|it| it.lease_ends <= now) {
            it.state = match it.state {
                State::Held => State::Lapsed(0),
                State::Sent => {
                    self.settled += it.amount;
                    State::Lapsed(it.amount)
                }
                lapsed @ State::Lapsed(_) => lapsed,
            };
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..16_usize;
    prop_oneof![
        8 => (0..3_usize, 1..40_u64).prop_map(|(node, amount)| Step::Hold { node, amount }),
        2 => (0..3_usize).prop_map(|node| Step::Count { node }),
        8 => index().prop_map(Step::Send),
        4 => (index(), 0..30_u64).prop_map(|(index, real)| Step::Settle(index, real)),
        1 => (index(), 100..1_000_u64).prop_map(|(index, real)| Step::Settle(index, real)),
        2 => index().prop_map(Step::GiveBack),
        2 => index().prop_map(Step::Crash),
        4 => (1..60_000_i64).prop_map(Step::Clock),
        1 => (600_000..7_200_000_i64).prop_map(Step::Clock),
        1 => (-60_000..-1_i64).prop_map(Step::Clock),
        1 => (-30_000_000..-4_000_000_i64).prop_map(Step::Clock),
    ]
}

#[test]
fn a_budget_of_three_nodes_is_never_wrong_whatever_happens() {
    let runtime = Runtime::new().unwrap();
    for kind in KINDS {
        let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) };
        proptest::test_runner::TestRunner::new(config)
            .run(&prop::collection::vec(step(), 1..60), |steps| {
                runtime.block_on(async {
                    let (space, clock) = (space(), Manual::at(START));
                    let mut nodes = Vec::new();
                    for _ in 0..3 {
                        nodes.push(node(kind, &space, Some(Arc::clone(&clock) as _)).await);
                    }
                    let key = Key::new("budget");
                    let (open, settled, overrun) = (Vec::new(), 0, 0);
                    let mut world = World { nodes, clock, key, open, settled, overrun };
                    for step in &steps {
                        world.run(step).await;
                    }
                });
                Ok(())
            })
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_requests_on_three_nodes_share_a_limit_of_a_thousand_exactly() {
    for kind in KINDS {
        let space = space();
        let rule = Rule { limit: 1_000, ..rule() };
        let mut tasks = JoinSet::new();
        for _ in 0..3 {
            let node = node(kind, &space, None).await;
            for number in 0..5_000 / 3 + 1 {
                let node = Arc::clone(&node);
                let asks = [
                    Ask { key: Key::new("requests"), rule, take: Take::One },
                    Ask {
                        key: Key::new("money"),
                        rule: Rule { limit: 3_000, ..rule },
                        take: Take::Hold(3),
                    },
                ];
                tasks.spawn(async move {
                    let permits = node.admit(&asks).await.ok()?;
                    tokio::task::yield_now().await;
                    permits.into_iter().for_each(|permit| permit.settle(number % 4));
                    Some(number % 4)
                });
            }
        }
        let admitted: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
        let observer = node(kind, &space, None).await;
        let counted = observer.usage(&Key::new("requests"), &rule).await.unwrap();
        assert_eq!((admitted.len(), counted.settled), (1_000, 1_000));
    }
}
