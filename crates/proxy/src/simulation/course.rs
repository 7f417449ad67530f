//! The walk itself: the questions of [`route::Walk`] answered from what is assumed and what the gateway knows.

use super::memo::Memo;
use super::{Assumed, By, Distribution, Edge, Ground, Limit, Look, MOST_DRAWS, Model, Passed};
use super::{Share, Simulation, Unsound};
use crate::bill::Bill;
use crate::call::{self, Call, Cause, Failure, Policy, Question};
use crate::catalog::{Backoff, Plan};
use crate::facts::Sight;
use crate::fit;
use crate::run::UNSUPPORTED;
use crate::verdict::row;
use http::StatusCode;
use route::{
    Answer, Ask, Dice, Done, ElementIx, Facts as _, LimitType, OnUnknownPrice, Quota, Route, Step,
    Target, Walk,
};
use std::cell::OnceCell;
use std::time::Duration;
use tokio::time::Instant;

/// Of calls that are not made.
const NEVER: Policy = Policy {
    first_byte: Duration::ZERO,
    hurried: false,
    idle: Duration::ZERO,
    retries: 0,
    delay: Duration::ZERO,
    backoff: Backoff::Constant,
};

/// The request, read.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) sight: Sight<'a>,
    pub(super) question: &'a Question<'a>,
    /// The alias of the stored key that it names.
    pub(super) key: Option<&'a str>,
    pub(super) bill: Bill,
}

/// A request on a route, and what is assumed of everybody else.
#[derive(Debug)]
pub(super) struct Course<'a> {
    ground: &'a Ground<'a>,
    route: &'a Route,
    asked: Asked<'a>,
    memo: Memo<'a>,
    assumed: &'a Assumed,
    /// What limits and models are assumed to say.
    answers: Vec<(ElementIx, Answer)>,
    /// Branches that are assumed.
    forced: Vec<ElementIx>,
    /// What is known of each target of the route, found out when it is reached.
    calls: Vec<OnceCell<Verdict>>,
}

/// What the gateway knows of a call before it is made.
#[derive(Debug)]
struct Verdict {
    told: Model,
    /// Why it fails whatever is assumed, and when that is found out.
    barred: Option<(When, Failure)>,
    /// Some spend rule of the gateway does not let it be called while its price is unknown.
    wants_price: bool,
}

/// The order in which production finds out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// The provider has gone.
    Gone,
    /// It cannot serve such a request: before limits are asked.
    Unfit,
    /// It cannot be called: after they were.
    Called,
}

/// Why a model that was asked does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// The gateway knows that it cannot: [`Verdict::barred`].
    Barred,
    /// Its price is unknown, and a limit wants one.
    Unpriced,
    /// It is assumed not to.
    Assumed,
}

/// Who was asked at an element.
#[derive(Clone, Copy, Debug)]
enum Consulted<'a> {
    Nobody,
    Limit(&'a Quota),
    Model(&'a Target, Option<Why>),
}

/// What has happened on the way. Nothing in it is put into words: of ten thousand ways one is told.
#[derive(Debug)]
struct Way<'a> {
    done: Option<Done>,
    /// Position among the steps, and target, of the model that answered last.
    answered: Option<(usize, usize)>,
    refused: bool,
    failure: Option<(&'a Target, Why)>,
    /// A limit that wants prices is held.
    priced_only: bool,
    /// `None`: a call whose price is unknown has been made.
    cost: Option<u64>,
    calls: u32,
}

/// An element that has been passed.
#[derive(Clone, Copy, Debug)]
struct Met<'a> {
    element: ElementIx,
    by: By,
    consulted: Consulted<'a>,
}

impl Way<'_> {
    fn new() -> Self {
        Self {
            done: None,
            answered: None,
            refused: false,
            failure: None,
            priced_only: false,
            cost: Some(0),
            calls: 0,
        }
    }

    /// The step and the target of the model whose answer the caller sees.
    fn answer(&self) -> Option<(usize, usize)> {
        self.answered.filter(|_| self.done != Some(Done::Limited))
    }
}

impl<'a> Course<'a> {
    pub(super) fn new(
        ground: &'a Ground<'a>,
        asked: Asked<'a>,
        assumed: &'a Assumed,
    ) -> Result<Self, Unsound> {
        let route = &*ground.version.route;
        check_down(route, &assumed.down)?;
        let (mut answers, mut forced) = (Vec::new(), Vec::new());
        for (element, output) in &assumed.outcomes {
            match outcome(route, element, output)? {
                (it, Some(answer)) => answers.push((it, answer)),
                (it, None) => forced.push(it),
            }
        }
        let calls = route.targets().iter().map(|_| OnceCell::new()).collect();
        let memo = Memo::new(route, asked.sight);
        Ok(Self { ground, route, asked, memo, assumed, answers, forced, calls })
    }

    pub(super) fn simulation(&self) -> Simulation {
        let (mut walk, mut dice) = (self.walk(), Dice::seeded(self.assumed.seed));
        let mut met = Vec::new();
        let way = self.drive(&mut walk, &mut dice, &mut |it| met.push((it, self.memo.looked())));
        let mut reads: Vec<usize> = Vec::new();
        for at in met.iter().flat_map(|(_, reads)| reads) {
            if !reads.contains(at) {
                reads.push(*at);
            }
        }
        let look = |at| {
            let (field, value) = self.memo.at(at)?;
            Some(Look { field: field.clone(), value: value.cloned() })
        };
        let (status, failure) = self.verdict(&way);
        Simulation {
            answer: way.answer().map(|(step, _)| step),
            status: status.as_u16(),
            failure,
            cost: way.cost,
            reads: reads.into_iter().filter_map(look).collect(),
            steps: walk
                .steps()
                .iter()
                .zip(met)
                .map(|(step, (met, reads))| self.passed(*step, met, &reads))
                .collect(),
            distribution: (self.assumed.draws > 0).then(|| self.distribution()),
        }
    }

    fn walk(&self) -> Walk<'a> {
        let mut walk = Walk::new(self.route, self.ground.route.as_str());
        for (element, output) in &self.assumed.outcomes {
            walk.force(element, output);
        }
        walk
    }

    /// Walks to the end, and tells of every element.
    fn drive(
        &self,
        walk: &mut Walk<'a>,
        dice: &mut Dice,
        tell: &mut dyn FnMut(Met<'a>),
    ) -> Way<'a> {
        let mut way = Way::new();
        loop {
            let at = walk.steps().len() - 1;
            let Some(here) = walk.steps().get(at).copied() else { return way };
            let before = dice.clone();
            let mut met =
                Met { element: here.element, by: By::Graph, consulted: Consulted::Nobody };
            match walk.follow(&self.memo, dice) {
                None => met.by = self.decided_by(here.element, before != *dice),
                Some(Ask::Admit(quota)) => {
                    let (answer, by) = self.admit(quota, &mut way);
                    (met.by, met.consulted) = (by, Consulted::Limit(quota));
                    walk.answer(answer);
                }
                Some(Ask::Call(target)) => {
                    let (why, by) = self.call(target, at, &mut way);
                    (met.by, met.consulted) = (by, Consulted::Model(target, why));
                    walk.answer(if why.is_some() { Answer::Fallback } else { Answer::Success });
                }
                Some(Ask::Done(done)) => {
                    way.done = Some(done);
                    // After a question that ended the walk, its element has been told of.
                    if done == Done::End {
                        tell(met);
                    }
                    return way;
                }
            }
            tell(met);
        }
    }

    fn decided_by(&self, element: ElementIx, drawn: bool) -> By {
        match self.route.element_type(element) {
            "conditional" | "percentage" if self.forced.contains(&element) => By::Assumption,
            "percentage" if drawn => By::Draw,
            "conditional" | "percentage" => By::Request,
            _ => By::Graph,
        }
    }

    fn assumed(&self, element: ElementIx) -> Option<Answer> {
        self.answers.iter().find(|(it, _)| *it == element).map(|(_, answer)| *answer)
    }

    fn admit(&self, quota: &Quota, way: &mut Way<'_>) -> (Answer, By) {
        // Production reads it to find the bucket.
        let _ = quota.key.as_ref().and_then(|it| self.memo.get(it));
        let assumed = self.assumed(quota.element);
        let answer = assumed.unwrap_or(Answer::Success);
        if answer == Answer::Fallback {
            way.refused = true;
        } else if quota.limit_type == LimitType::Cost {
            way.priced_only |= quota.on_unknown_price == OnUnknownPrice::Refuse;
        }
        (answer, if assumed.is_some() { By::Assumption } else { By::Default })
    }

    fn limit(&self, quota: &Quota) -> Limit {
        let default_output = self.ground.default_output_tokens;
        Limit {
            counts: quota.limit_type,
            limit: quota.limit,
            window_s: quota.window.as_secs(),
            takes: match quota.limit_type {
                LimitType::Count => 1,
                LimitType::Cost => self.asked.bill.hold(self.ground.version, quota, default_output),
            },
        }
    }

    /// Asks a model; why it does not answer.
    fn call(&self, target: &'a Target, step: usize, way: &mut Way<'a>) -> (Option<Why>, By) {
        let Some(known) = self.known(target) else { return (Some(Why::Barred), By::Gateway) };
        let unpriced = known.told.cost.is_none() && (way.priced_only || known.wants_price);
        let assumed = self.assumed(target.element);
        let down = || self.assumed.down.iter().any(|it| names(it, target));
        let barred = known.barred.as_ref().map(|(when, _)| *when);
        let (why, by) = match barred {
            Some(When::Gone | When::Unfit) => (Why::Barred, By::Gateway),
            _ if unpriced => (Why::Unpriced, By::Gateway),
            Some(When::Called) => (Why::Barred, By::Gateway),
            None if assumed == Some(Answer::Fallback) || (assumed.is_none() && down()) => {
                (Why::Assumed, By::Assumption)
            }
            None => {
                self.pay(target, way);
                way.answered = Some((step, target.index));
                return (None, if assumed.is_some() { By::Assumption } else { By::Default });
            }
        };
        if why == Why::Unpriced {
            way.refused = true;
        } else if barred != Some(When::Gone) {
            way.refused = false;
        }
        let is_unsupported = why == Why::Barred
            && known.barred.as_ref().is_some_and(|(_, it)| it.cause.kind == UNSUPPORTED);
        if !is_unsupported || way.failure.is_none() {
            way.failure = Some((target, why));
        }
        (Some(why), by)
    }

    fn known(&self, target: &Target) -> Option<&Verdict> {
        Some(self.calls.get(target.index)?.get_or_init(|| self.know(target)))
    }

    /// A failure in words.
    fn failure(&self, target: &Target, why: Why) -> Failure {
        match why {
            Why::Barred => {
                let barred = self.known(target).and_then(|it| it.barred.as_ref());
                barred.map_or_else(gone, |(_, failure)| failure.clone())
            }
            Why::Unpriced => {
                failure("price_unknown", "its price is unknown, and a limit of dollars wants one")
            }
            Why::Assumed => failure("assumed", "it is assumed not to answer"),
        }
    }

    fn model(&self, target: &Target, why: Option<Why>) -> Model {
        let told = self.known(target).map_or_else(|| bare(target), |it| it.told.clone());
        Model { failure: why.map(|it| self.failure(target, it).cause.message), ..told }
    }

    /// The status that the caller sees, and why no model answers. What [`crate::verdict`] and [`crate::finish`] decide, of what can happen here.
    fn verdict(&self, way: &Way<'_>) -> (StatusCode, Option<String>) {
        let refused = || Some("a limit does not admit it".to_owned());
        match way.failure {
            _ if way.done == Some(Done::Limited) => (StatusCode::TOO_MANY_REQUESTS, refused()),
            _ if way.answered.is_some() => (StatusCode::OK, None),
            None if way.refused => (StatusCode::TOO_MANY_REQUESTS, refused()),
            None => (StatusCode::BAD_GATEWAY, Some("the way ends without a model".to_owned())),
            Some((target, why)) => {
                let failure = self.failure(target, why);
                let sentence = self.failed(target, &failure.cause.message);
                (row(&failure).status, Some(sentence))
            }
        }
    }

    fn pay(&self, target: &Target, way: &mut Way<'_>) {
        let plan = self.ground.version.plans.get(target.index).and_then(Option::as_ref);
        let Some(plan) = plan else { return };
        let cost = self.asked.bill.next(plan, self.ground.default_output_tokens, way.calls == 0);
        let sum = way.cost.map(|it| it.saturating_add(cost));
        way.cost = sum.filter(|_| self.asked.bill.knows_price(plan));
        way.calls += 1;
    }

    /// What the gateway knows of a call.
    fn know(&self, target: &Target) -> Verdict {
        let Some(plan) = self.ground.version.plans.get(target.index).and_then(Option::as_ref)
        else {
            let barred = Some((When::Gone, gone()));
            return Verdict { told: bare(target), barred, wants_price: false };
        };
        let Sight { head, prompt, body, metadata, .. } = self.asked.sight;
        let default_output = self.ground.default_output_tokens;
        let bill = &self.asked.bill;
        let told = Model {
            format: plan.way(head.format).map(|it| it.format),
            input_tokens: prompt.tokens(plan.scale),
            output_tokens: bill.allowance(plan, default_output),
            cost: bill.knows_price(plan).then(|| bill.next(plan, default_output, true)),
            ..bare(target)
        };
        let unfit = fit::unfit(plan, head, prompt, body);
        let barred = match unfit {
            Some(why) => Some((When::Unfit, failure(UNSUPPORTED, &why))),
            None => self.foreseen(plan).map(|it| (When::Called, it)),
        };
        let wants_price = plan.want_price(metadata).next().is_some();
        Verdict { told, barred, wants_price }
    }

    /// Why a call would fail, as far as that is known without making it.
    fn foreseen(&self, plan: &Plan) -> Option<Failure> {
        let Asked { sight, question, key, .. } = &self.asked;
        let call = Call {
            plan,
            question,
            id: "simulation",
            headers: sight.headers,
            caller_key: None,
            named_key: *key,
            policy: NEVER,
            want_usage: true,
            seed: self.assumed.seed,
            begun: Instant::now(),
            passage: None,
            trace: None,
        };
        call::foreseen(&call, self.ground.keys, sight.at_ms)
    }

    fn failed(&self, target: &Target, why: &str) -> String {
        let element = self.route.element_id(target.element);
        format!("element `{element}` calls {}/{}: {why}", target.provider, target.model)
    }

    fn passed(&self, step: Step, met: Met<'_>, reads: &[usize]) -> Passed {
        let to = step.output.and_then(|it| self.route.outputs(step.element).nth(it.into()));
        let kind = self.route.element_type(step.element);
        let outcome = step.output_name(self.route).unwrap_or(match kind {
            "end" => "end",
            "model" => "failed",
            _ => "refused",
        });
        let field = |at: &usize| self.memo.at(*at).map(|(it, _)| it.clone());
        Passed {
            element: self.route.element_id(step.element).to_owned(),
            kind,
            outcome: outcome.to_owned(),
            to: to.map(|(_, to)| self.route.element_id(to).to_owned()),
            by: met.by,
            reads: reads.iter().filter_map(field).collect(),
            limit: match met.consulted {
                Consulted::Limit(quota) => Some(self.limit(quota)),
                _ => None,
            },
            model: match met.consulted {
                Consulted::Model(target, why) => Some(self.model(target, why)),
                _ => None,
            },
        }
    }

    /// The same dice over and over. What did not depend on them is decided once.
    fn distribution(&self) -> Distribution {
        let draws = self.assumed.draws.min(MOST_DRAWS);
        let (mut walk, mut dice) = (self.walk(), Dice::seeded(self.assumed.seed));
        let mut taken: Vec<Vec<u32>> = (0..self.route.len())
            .map(|it| vec![0; self.route.outputs(index(it)).count()])
            .collect();
        let mut answered = vec![0; self.route.targets().len()];
        for _ in 0..draws {
            let mut settled = Vec::new();
            let way = self.drive(&mut walk, &mut dice, &mut |met| {
                if met.by == By::Request {
                    settled.push(met.element);
                }
            });
            for step in walk.steps() {
                let edge = step.output.and_then(|it| {
                    taken.get_mut(usize::from(step.element))?.get_mut(usize::from(it))
                });
                edge.into_iter().for_each(|it| *it += 1);
            }
            let model = way.answer().and_then(|(_, target)| answered.get_mut(target));
            model.into_iter().for_each(|it| *it += 1);
            self.settle(&mut walk, &settled);
            walk.restart();
        }
        self.counted(draws, &taken, &answered)
    }

    /// Lets elements take the way again that they took.
    fn settle(&self, walk: &mut Walk<'a>, elements: &[ElementIx]) {
        for element in elements {
            let step = walk.steps().iter().find(|it| it.element == *element);
            let output = step.and_then(|it| it.output_name(self.route)).map(str::to_owned);
            if let Some(output) = output {
                walk.force(self.route.element_id(*element), &output);
            }
        }
    }

    fn counted(&self, draws: u32, taken: &[Vec<u32>], answered: &[u32]) -> Distribution {
        let id = |it| self.route.element_id(it).to_owned();
        let edges = taken.iter().enumerate().flat_map(|(at, counts)| {
            let element = index(at);
            self.route.outputs(element).zip(counts).map(move |((output, to), count)| Edge {
                element: id(element),
                output: output.to_owned(),
                to: id(to),
                count: *count,
            })
        });
        let models = self.route.targets().iter().zip(answered).map(|(target, count)| Share {
            element: id(target.element),
            provider: target.provider.to_string(),
            model: target.model.to_string(),
            count: *count,
        });
        Distribution {
            draws,
            edges: edges.collect(),
            models: models.collect(),
            unanswered: draws - answered.iter().sum::<u32>(),
        }
    }
}

fn gone() -> Failure {
    failure("no_provider", "the provider has been deleted from this gateway")
}

fn failure(kind: &'static str, message: &str) -> Failure {
    let cause = Cause { kind, message: message.to_owned(), sent: false };
    let (status, retry_after, refusal) = (None, None, None);
    Failure { status, timeout: false, limited: false, cause, retry_after, refusal }
}

fn bare(target: &Target) -> Model {
    Model {
        provider: target.provider.to_string(),
        model: target.model.to_string(),
        format: None,
        input_tokens: 0,
        output_tokens: 0,
        cost: None,
        failure: None,
    }
}

/// Whether a name is that of a target's provider or of its model there.
fn names(name: &str, target: &Target) -> bool {
    let model = name.strip_prefix(&*target.provider).and_then(|it| it.strip_prefix('/'));
    name == &*target.provider || model == Some(&*target.model)
}

fn check_down(route: &Route, down: &[String]) -> Result<(), Unsound> {
    for (index, name) in down.iter().enumerate() {
        if !route.targets().iter().any(|it| names(name, it)) {
            let message = format!(
                "no model element of this route calls `{name}`; write `<provider>` or `<provider>/<model>` as one of them has it"
            );
            return Err(Unsound::Down { index, message });
        }
    }
    Ok(())
}

/// The element that an outcome is assumed for, and what a limit or model says; `None`: it is a branch.
fn outcome(
    route: &Route,
    element: &str,
    output: &str,
) -> Result<(ElementIx, Option<Answer>), Unsound> {
    let unsound = |message| Err(Unsound::Outcome { element: element.to_owned(), message });
    let Some(ix) = route.find(element) else {
        return unsound(format!("the route has no element `{element}`"));
    };
    match (route.element_type(ix), output) {
        ("rate" | "model", "success") => Ok((ix, Some(Answer::Success))),
        ("rate" | "model", "fallback") => Ok((ix, Some(Answer::Fallback))),
        ("rate" | "model", _) => unsound(format!(
            "`{element}` has no outcome `{output}`; it has `success` and `fallback`"
        )),
        ("conditional" | "percentage", _) if route.outputs(ix).any(|(it, _)| it == output) => {
            Ok((ix, None))
        }
        ("conditional" | "percentage", _) => {
            let known: Vec<_> = route.outputs(ix).map(|(it, _)| format!("`{it}`")).collect();
            let known = known.join(", ");
            unsound(format!("`{element}` has no output `{output}`; it has {known}"))
        }
        (kind, _) => unsound(format!("`{element}` is of type `{kind}`, which has one way only")),
    }
}

fn index(at: usize) -> ElementIx {
    ElementIx::try_from(at).unwrap_or(ElementIx::MAX)
}
