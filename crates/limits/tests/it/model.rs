//! The limiter against a naive model, a list of everything that was charged, under any interleaving.

use std::sync::Arc;
use std::time::Duration;

use limits::{Key, Limiter, Permit, Refusal, Rule, Technique};
use proptest::prelude::*;

use crate::clock::Manual;
use crate::files::Folder;

const START: u64 = 1_700_000_000_000;
const LIMIT: u64 = 20;

#[derive(Clone, Debug)]
enum Step {
    Count,
    Hold(u64),
    Send(usize),
    Settle(usize, u64),
    Release(usize),
    Drop(usize),
    Advance(u64),
    Back(u64),
    Tick,
    Crash,
    Rule(Rule),
}

/// One charge. `saved` says whether a crash would keep it, `owed` whether the limiter must still know it.
#[derive(Clone, Debug)]
struct Charge {
    at: u64,
    amount: u64,
    excess: u64,
    window: u64,
    saved: bool,
    owed: bool,
}

#[derive(Debug)]
struct Open {
    permit: Permit,
    at: u64,
    window: u64,
    sent: bool,
}

/// The limiter, and what it should be.
#[derive(Debug)]
struct Pair {
    folder: Folder,
    clock: Arc<Manual>,
    limiter: Arc<Limiter>,
    rule: Rule,
    charges: Vec<Charge>,
    open: Vec<Open>,
    /// The clock's highest so far.
    now: u64,
    /// The longest window the bucket has served since it was last empty.
    horizon: u64,
    /// The same, as files say.
    saved: u64,
    /// The widest cell that any rule so far had.
    cell: u64,
    overrun: u64,
}

fn key() -> Key {
    Key::new("one")
}

fn millis(rule: &Rule) -> u64 {
    u64::try_from(rule.window.as_millis()).expect("windows are short here")
}

fn cell(rule: &Rule) -> u64 {
    match rule.technique {
        Technique::Sliding => millis(rule).div_ceil(64),
        Technique::Fixed => millis(rule),
    }
}

fn rules() -> Vec<Rule> {
    let rule =
        |window, technique| Rule { limit: LIMIT, window: Duration::from_millis(window), technique };
    vec![
        rule(1_000, Technique::Sliding),
        rule(60_000, Technique::Sliding),
        rule(60_000, Technique::Fixed),
        rule(100, Technique::Sliding),
    ]
}

impl Pair {
    fn new(rule: Rule) -> Self {
        let (folder, clock) = (Folder::new(), Manual::at(START));
        let limiter =
            Limiter::open(folder.as_ref(), Arc::clone(&clock) as _).expect("an empty folder");
        let (charges, open) = (Vec::new(), Vec::new());
        let (horizon, cell) = (millis(&rule), cell(&rule));
        Self {
            folder,
            clock,
            limiter,
            rule,
            charges,
            open,
            now: START,
            horizon,
            saved: 0,
            cell,
            overrun: 0,
        }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Count => {
                let result = self.limiter.count(&key(), &self.rule);
                if self.judge(1, result.as_ref().err()) {
                    self.charge(self.now, 1, millis(&self.rule), false);
                }
            }
            Step::Hold(amount) => {
                let result = self.limiter.hold(&key(), &self.rule, *amount);
                if self.judge(*amount, result.as_ref().err()) {
                    let permit = result.expect("judged");
                    let window = millis(&self.rule);
                    self.open.push(Open { permit, at: self.now, window, sent: false });
                }
            }
            Step::Send(index) => {
                if let Some(open) = self.pick(*index).and_then(|index| self.open.get_mut(index)) {
                    self.limiter.mark_sent(&mut open.permit);
                    open.sent = true;
                }
            }
            Step::Settle(index, real) => {
                self.end(*index, Some(*real), |permit| permit.settle(*real));
            }
            Step::Release(index) => self.end(*index, Some(0), Permit::release),
            Step::Drop(index) => self.end(*index, None, drop),
            Step::Advance(by) => {
                self.clock.advance(*by);
                self.now = self.now.max(limits::Clock::now(&*self.clock));
            }
            Step::Back(by) => self.clock.set(self.now - by),
            Step::Tick => {
                self.limiter.tick().expect("the folder is there");
                self.charges.iter_mut().for_each(|charge| charge.saved = true);
                self.saved = self.horizon;
            }
            Step::Crash => self.crash(),
            Step::Rule(rule) => self.change(*rule),
        }
        self.forget();
        self.check();
    }

    fn pick(&self, index: usize) -> Option<usize> {
        index.checked_rem(self.open.len())
    }

    /// Ends a hold; without a real amount by the rule for lost permits.
    fn end(&mut self, index: usize, real: Option<u64>, end: impl FnOnce(Permit)) {
        let Some(index) = self.pick(index) else { return };
        let Open { permit, at, window, sent } = self.open.swap_remove(index);
        let held = permit.held();
        let real = real.unwrap_or(if sent { held } else { 0 });
        end(permit);
        let excess = real.saturating_sub(held);
        self.overrun += excess;
        self.charges.push(Charge { at, amount: real, excess, window, saved: true, owed: true });
    }

    fn charge(&mut self, at: u64, amount: u64, window: u64, saved: bool) {
        self.charges.push(Charge { at, amount, excess: 0, window, saved, owed: true });
    }

    /// Whatever is in files is what is left; sent holds are charged, unsent ones gone.
    fn crash(&mut self) {
        self.clock.set(self.now);
        self.folder = self.folder.crashed();
        for Open { permit, at, window, sent } in std::mem::take(&mut self.open) {
            if sent {
                let amount = permit.held();
                self.charge(at, amount, window, true);
            }
        }
        self.charges.retain(|charge| charge.saved);
        self.limiter =
            Limiter::open(self.folder.as_ref(), Arc::clone(&self.clock) as _).expect("whole files");
        self.overrun = 0;
        let charged = self.charges.iter().filter(|charge| charge.owed);
        self.horizon = charged.map(|charge| charge.window).max().unwrap_or(0).max(self.saved);
    }

    /// A bucket learns a rule when it is first asked under it, so it is asked.
    fn change(&mut self, rule: Rule) {
        self.rule = rule;
        self.cell = self.cell.max(cell(&rule));
        self.horizon = self.horizon.max(millis(&rule));
        drop(self.limiter.hold(&key(), &rule, 0));
    }

    /// What has left every window the bucket knows is not owed any more, and a bucket without anything knows no window.
    fn forget(&mut self) {
        let (now, horizon) = (self.now, self.horizon);
        for charge in &mut self.charges {
            charge.owed &= charge.amount > 0 && charge.at + horizon > now;
        }
        if self.open.is_empty() && !self.charges.iter().any(|charge| charge.owed) {
            self.horizon = millis(&self.rule);
            self.saved = 0;
        }
    }

    /// What must count now at least, and what may count at most.
    fn bounds(&self) -> (u64, u64) {
        let window = millis(&self.rule);
        let since = match self.rule.technique {
            Technique::Sliding => (self.now + 1).saturating_sub(window),
            Technique::Fixed => self.now / window * window,
        };
        let least = self
            .charges
            .iter()
            .filter(|charge| charge.owed && charge.at >= since)
            .map(|charge| charge.amount)
            .sum();
        let late = self.charges.iter().filter(|charge| charge.at + self.cell > since);
        (least, late.map(|charge| charge.amount).sum())
    }

    fn held(&self) -> u64 {
        self.open.iter().map(|open| open.permit.held()).sum()
    }

    /// Whether it was admitted, which must be right.
    fn judge(&self, amount: u64, refusal: Option<&Refusal>) -> bool {
        let ((least, most), held) = (self.bounds(), self.held());
        match refusal {
            None => assert!(least + held + amount <= LIMIT, "{least} + {held} + {amount} admitted"),
            Some(refusal) => {
                assert!(most + held + amount > LIMIT, "{most} + {held} + {amount} refused");
                assert!(!refusal.full && refusal.retry_after >= Duration::from_millis(1));
                assert_eq!(refusal.remaining, LIMIT.saturating_sub(refusal.settled + refusal.held));
                assert!(refusal.reset_at >= self.now);
            }
        }
        refusal.is_none()
    }

    fn check(&self) {
        let usage = self.limiter.usage(&key(), &self.rule);
        let (least, most) = self.bounds();
        assert!((least..=most).contains(&usage.settled), "{least} <= {} <= {most}", usage.settled);
        assert_eq!(usage.held, self.held());
        let stats = self.limiter.stats();
        assert_eq!(usize::try_from(stats.holds), Ok(self.open.len()));
        assert_eq!((stats.overrun, stats.journal_errors), (self.overrun, 0));
    }

    /// No interval of the window's length was charged more than the limit and what settlements in it had above their holds.
    fn no_window_is_above_the_limit(&self) {
        let window = millis(&self.rule);
        for end in self.charges.iter().map(|charge| charge.at) {
            let since = match self.rule.technique {
                Technique::Sliding => end + 1 - window,
                Technique::Fixed => end / window * window,
            };
            let inside = self.charges.iter().filter(|charge| (since..=end).contains(&charge.at));
            let (sum, excess) =
                inside.fold((0, 0), |(sum, excess), it| (sum + it.amount, excess + it.excess));
            assert!(sum <= LIMIT + excess, "{sum} charged, {excess} of it overrun");
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let index = || 0..8_usize;
    prop_oneof![
        6 => Just(Step::Count),
        6 => (0..12_u64).prop_map(Step::Hold),
        4 => index().prop_map(Step::Send),
        4 => (index(), 0..16_u64).prop_map(|(index, real)| Step::Settle(index, real)),
        1 => index().prop_map(Step::Release),
        2 => index().prop_map(Step::Drop),
        3 => (1..40_u64).prop_map(Step::Advance),
        2 => (40..2_000_u64).prop_map(Step::Advance),
        1 => (2_000..70_000_u64).prop_map(Step::Advance),
        1 => (1..10_000_u64).prop_map(Step::Back),
        1 => Just(Step::Tick),
        1 => Just(Step::Crash),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn a_limiter_is_never_wrong_under_one_rule(
        rule in prop::sample::select(rules()),
        steps in prop::collection::vec(step(), 1..90),
    ) {
        let mut pair = Pair::new(rule);
        steps.iter().for_each(|step| pair.run(step));
        pair.no_window_is_above_the_limit();
    }

    #[test]
    fn a_limiter_never_counts_too_little_when_rules_change(
        steps in prop::collection::vec(prop_oneof![8 => step(), 1 => prop::sample::select(rules()).prop_map(Step::Rule)], 1..90),
    ) {
        let mut pair = Pair::new(rules()[0]);
        steps.iter().for_each(|step| pair.run(step));
    }

    #[test]
    fn what_a_refusal_promises_is_kept(
        rule in prop::sample::select(rules()),
        steps in prop::collection::vec((0..30_u64, 1..8_u64), 1..200),
    ) {
        let clock = Manual::at(START);
        let limiter = Limiter::in_memory(Arc::clone(&clock) as _);
        for (advance, amount) in steps {
            clock.advance(advance);
            if let Err(refusal) = limiter.hold(&key(), &rule, amount).map(|permit| permit.settle(amount)) {
                let wait = u64::try_from(refusal.retry_after.as_millis()).expect("short");
                clock.advance(wait - 1);
                prop_assert!(wait == 1 || limiter.hold(&key(), &rule, amount).is_err(), "earlier than said");
                clock.advance(1);
                prop_assert!(limiter.hold(&key(), &rule, amount).is_ok(), "not when said");
            }
        }
    }
}
