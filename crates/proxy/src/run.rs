//! One request on its way through a route: answers the walk's questions with limits and calls, and keeps what it finds.
//!
//! The rules of design 2 that live here: a cost limit holds before and is charged after; a model without a price is not called while a
//! cost limit that wants one is held; when a success leads on to another model, its reply is collected and billed, and the later reply
//! replaces it. A run that is dropped (the client left before an answer) is recorded too, and what it holds is charged in full once a
//! call has left, because nobody can say what the provider will bill.
use crate::asked::Asked;
use crate::bill::{Bill, Held};
use crate::call::{
    self, Answered, Attempt, Call, Called, Cause, EndingKind, Failure, Passage, Policy,
};
use crate::catalog::{Backoff, Plan, Version};
use crate::fit;
use crate::job::Job;
use crate::notes::{Notes, micros};
use crate::recall::{Keeping, Recalled};
use crate::refusal::{By, RefusalKind, Refused};
use crate::reject::Reject;
use crate::trail::{Made, Trail};
use crate::{Body, Proxy};
use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use route::{Answer, Ask, Dice, Done, Quota, Target, Walk};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use telemetry::Trace;
use tokio::time::Instant;

/// The cause of a failure that the request brings about in itself: the model, or its provider, cannot be asked that.
pub(crate) const UNSUPPORTED: &str = "unsupported";
/// Before the first retry, when neither header nor gateway says.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// The run of one request.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) proxy: &'a Arc<Proxy>,
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) job: &'a Job,
    /// `None` on a direct call.
    pub(crate) walk: Option<Walk<'a>>,
    dice: Dice,
    pub(crate) bill: Bill,
    pub(crate) permits: Vec<Held>,
    /// Every model element called, in order.
    pub(crate) made: Vec<Made>,
    /// The last success.
    pub(crate) kept: Option<Kept<'a>>,
    /// The last failure.
    pub(crate) failure: Option<Failure>,
    /// The last limit that refused.
    pub(crate) refused: Option<Refused<'a>>,
    /// The model that is being asked and has not answered to the end, and its position among those called.
    pub(crate) pending: Option<(usize, &'a Arc<Plan>)>,
    /// The gateway's limit of requests has been asked.
    pub(crate) counted: &'a AtomicBool,
    /// The record has been made.
    pub(crate) ended: bool,
    /// Calls are passed through.
    pub(crate) passage: Option<Passage<'a>>,
    pub(crate) notes: Notes,
    /// Its place in a distributed trace; `None`: nobody traces.
    pub(crate) trace: Option<Trace>,
}

/// A model's reply.
#[derive(Debug)]
pub(crate) struct Kept<'a> {
    /// Its position among the model elements called.
    pub(crate) step: usize,
    pub(crate) plan: &'a Arc<Plan>,
    pub(crate) reply: Reply,
}

/// Where a reply is from.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a request holds one at a time, and most are from a call"
)]
pub(crate) enum Reply {
    /// A call, and where it is to be kept when it is whole.
    Called(Answered, Option<Keeping>),
    /// It was kept.
    Recalled(Arc<cache::Answer>),
}

/// Why a model is not called.
#[derive(Debug)]
struct Skipped {
    kind: &'static str,
    message: String,
    /// The spend rule that forbids it.
    rule: Option<Box<str>>,
}

impl Skipped {
    fn because(kind: &'static str, message: String) -> Self {
        Self { kind, message, rule: None }
    }
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        proxy: &'a Arc<Proxy>,
        asked: &'a Asked<'a>,
        job: &'a Job,
        counted: &'a AtomicBool,
    ) -> Self {
        let walk = match job {
            Job::Route(live, version) => Some(Walk::new(&version.route, live.id.as_str())),
            Job::Direct(_) => None,
        };
        let trace = proxy.place(asked.gateway, asked.headers, asked.arrival);
        let noted = asked.is_told(trace.as_ref()) || asked.directives.trace;
        Self {
            proxy,
            asked,
            job,
            walk,
            dice: Dice::seeded(asked.arrival.seed),
            bill: Bill::new(asked),
            permits: Vec::new(),
            made: Vec::new(),
            kept: None,
            failure: None,
            refused: None,
            pending: None,
            counted,
            ended: false,
            passage: None,
            trace,
            notes: Notes::new(asked.arrival.begun, noted),
        }
    }

    /// Passes the call through to the provider's own API instead.
    pub(crate) fn passing(self, passage: Passage<'a>) -> Self {
        let mut run = self;
        run.passage = Some(passage);
        run
    }

    /// Walks to the end and gives the response.
    pub(crate) async fn answer(mut self) -> Result<Response<Body>, Reject> {
        let done = self.drive().await;
        self.finish(done)
    }

    /// Walks to the end. A direct call is the walk of a route with one model.
    async fn drive(&mut self) -> Done {
        let job = self.job;
        let version = match job {
            Job::Route(_, version) => version,
            Job::Direct(plan) => {
                return self.call_model(plan, None).await.err().unwrap_or(Done::End);
            }
        };
        loop {
            let answer = match self.ask() {
                Ask::Admit(quota) => {
                    let since = Instant::now();
                    let answer = self.admit(version, quota).await;
                    self.notes.decided(since);
                    self.notes.took(since);
                    answer
                }
                Ask::Call(target) => {
                    let since = Instant::now();
                    let called = self.call_element(version, target).await;
                    self.notes.took(since);
                    match called {
                        Ok(answer) => answer,
                        Err(done) => return done,
                    }
                }
                Ask::Done(done) => {
                    if done == Done::Limited {
                        self.collect().await;
                    }
                    return done;
                }
            };
            if let Some(walk) = &mut self.walk {
                walk.answer(answer);
            }
        }
    }

    fn ask(&mut self) -> Ask<'a> {
        let Self { asked, walk, dice, notes, .. } = self;
        walk.as_mut().map_or(Ask::Done(Done::End), |it| notes.ask(it, *asked, dice))
    }

    /// Calls a model element, unless something forbids it.
    async fn call_element(
        &mut self,
        version: &'a Version,
        target: &'a Target,
    ) -> Result<Answer, Done> {
        if let Some(plan) = version.plans.get(target.index).and_then(Option::as_ref) {
            return self.call_model(plan, Some(target)).await;
        }
        let message =
            format!("the provider `{}` has been deleted from this gateway", target.provider);
        let skipped = Skipped::because("no_provider", message);
        self.failure = Some(self.skip(Some(target), (&target.provider, &target.model), skipped));
        Ok(Answer::Fallback)
    }

    /// Calls a model if every limit lets it; an error when the walk ends with that.
    async fn call_model(
        &mut self,
        plan: &'a Arc<Plan>,
        target: Option<&'a Target>,
    ) -> Result<Answer, Done> {
        if let Some(target) = target
            && let Some(why) = fit::unfit(
                plan,
                self.asked.question.head,
                &self.asked.prompt,
                self.asked.question.body,
            )
        {
            let skipped = Skipped::because(UNSUPPORTED, why);
            let failure = self.skip(Some(target), (&plan.endpoint.slug, &plan.model), skipped);
            self.refused = None;
            self.failed(failure);
            return Ok(Answer::Fallback);
        }
        if self.is_awaited() {
            self.collect().await;
        }
        let keeping = match self.recall(plan, target).await {
            Recalled::Answer(answer) => return Ok(self.tell_again(plan, target, answer).await),
            Recalled::Nothing(keeping) => keeping,
        };
        if let Some(refused) = self.unpriced(plan) {
            return Ok(self.bar(refused, plan, target));
        }
        if let Err(refused) = self.admit_call(plan).await {
            let ends = matches!(refused.by, By::Gateway(_));
            let answer = self.bar(refused, plan, target);
            return if ends { Err(Done::Limited) } else { Ok(answer) };
        }
        self.collect().await;
        if let Err(refused) = self.mark_sent(plan).await {
            self.release_step(self.made.len());
            return Ok(self.bar(refused, plan, target));
        }
        Ok(self.call(plan, target, keeping).await)
    }

    /// Others may be waiting for an answer that is still under way here: it is read before this request waits for any of theirs, or two
    /// could wait for each other.
    fn is_awaited(&self) -> bool {
        let Some(Kept { reply: Reply::Called(_, Some(keeping)), .. }) = &self.kept else {
            return false;
        };
        keeping.is_awaited()
    }

    /// Takes an answer that was kept: nobody is called, nothing is charged, and no limit of the gateway is asked.
    async fn tell_again(
        &mut self,
        plan: &'a Arc<Plan>,
        target: Option<&'a Target>,
        answer: Arc<cache::Answer>,
    ) -> Answer {
        self.collect().await;
        let step = self.made.len();
        let element = target.map(|it| it.element);
        self.made.push(Made { element, attempts: Vec::new(), rule: None, cached: true });
        self.kept = Some(Kept { step, plan, reply: Reply::Recalled(answer) });
        Answer::Success
    }

    /// A model that a limit does not let be called: it falls back, and the limit is to blame if nothing comes after it.
    fn bar(&mut self, refused: Refused<'a>, plan: &Plan, target: Option<&'a Target>) -> Answer {
        let skipped = Skipped {
            kind: refused.kind().cause(),
            message: refused.message(&self.names(&refused)),
            rule: refused.rule_id().map(Into::into),
        };
        let failure = self.skip(target, (&plan.endpoint.slug, &plan.model), skipped);
        // A price that is unknown is a fault of the configuration, not a limit that is reached.
        let is_failure = refused.kind() == RefusalKind::PriceUnknown;
        self.failure = is_failure.then_some(failure);
        self.refuse(refused);
        Answer::Fallback
    }

    /// Calls a model and keeps what came of it.
    async fn call(
        &mut self,
        plan: &'a Arc<Plan>,
        target: Option<&'a Target>,
        keeping: Option<Keeping>,
    ) -> Answer {
        let asked = self.asked;
        let step = self.made.len();
        let call = Call {
            plan,
            question: &asked.question,
            id: &asked.arrival.id,
            headers: asked.headers,
            caller_key: asked.caller.provider_key.filter(|_| target.is_none()),
            named_key: asked.directives.key_alias.as_deref(),
            policy: self.policy(target),
            want_usage: true,
            seed: seed(asked.arrival.seed, step),
            passage: self.passage,
            trace: self.trace.as_ref().map(|it| (it, step)),
            begun: self.notes.begun(),
        };
        self.pending = Some((step, plan));
        let Called { attempts, result } = call::call(&self.proxy.calls, call).await;
        self.pending = None;
        self.notes.waited(attempts.iter().map(|it| it.us).sum());
        let failed = attempts.iter().filter(|it| it.cause.is_some());
        let metrics = &self.proxy.calls.metrics;
        for said in failed.filter_map(|it| it.usage.as_ref()) {
            self.bill.add(step, plan, self.bill.used_by(plan, Some(said), 0, metrics), metrics);
        }
        self.made.push(Made {
            element: target.map(|it| it.element),
            attempts,
            rule: None,
            cached: false,
        });
        match result {
            Ok(answered) => {
                self.keep(Kept { step, plan, reply: Reply::Called(answered, keeping) });
                Answer::Success
            }
            Err(failure) => {
                self.settle_step(step);
                self.refused = None;
                self.failed(failure);
                Answer::Fallback
            }
        }
    }

    /// The failure to tell of, should it be the last: one that a provider is to blame for, sooner than a model that
    /// could not be asked.
    fn failed(&mut self, failure: Failure) {
        if failure.cause.kind != UNSUPPORTED || self.failure.is_none() {
            self.failure = Some(failure);
        }
    }

    /// A complete reply is billed at once, a stream when it has ended.
    fn keep(&mut self, mut kept: Kept<'a>) {
        if let Reply::Called(Answered::Plain { status, headers, body, usage, finish }, keeping) =
            &mut kept.reply
        {
            let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
            let metrics = &self.proxy.calls.metrics;
            let used = self.bill.used_by(kept.plan, usage.as_ref(), bytes, metrics);
            self.bill.add(kept.step, kept.plan, used, metrics);
            let (status, finish) = (*status, *finish);
            self.keep_whole(keeping.take(), (status, headers, body), used.usage, finish);
            self.settle_step(kept.step);
        }
        self.kept = Some(kept);
    }

    /// Keeps an answer that is there as a whole, where it is to be kept.
    fn keep_whole(
        &self,
        keeping: Option<Keeping>,
        (status, headers, body): (StatusCode, &HeaderMap, &Bytes),
        usage: chat::Usage,
        finish: Option<chat::FinishReason>,
    ) {
        let Some(keeping) = keeping else { return };
        let (headers, frames) = (headers.clone(), vec![body.clone()]);
        let answer = cache::Answer { status, headers, frames, usage: Some(usage), finish };
        keeping.keep(self.proxy, Some(answer));
    }

    /// Reads an answer that is still under way to its end, because something comes after it. One that breaks is no answer any more.
    async fn collect(&mut self) {
        let Some(Kept { step, plan, reply }) = self.kept.take() else { return };
        let reply = match reply {
            Reply::Called(Answered::Stream(live), keeping) => {
                let (status, headers) = (live.status, live.headers.clone());
                self.pending = Some((step, plan));
                let (body, ending) = live.collect().await;
                self.pending = None;
                let metrics = &self.proxy.calls.metrics;
                let bytes = ending.content_bytes;
                let used = self.bill.used_by(plan, ending.usage.as_ref(), bytes, metrics);
                self.bill.add(step, plan, used, metrics);
                self.settle_step(step);
                if ending.kind != EndingKind::Complete {
                    return;
                }
                self.keep_whole(keeping, (status, &headers, &body), used.usage, ending.finish);
                Reply::Called(
                    Answered::Plain {
                        status,
                        headers,
                        body,
                        usage: ending.usage,
                        finish: ending.finish,
                    },
                    None,
                )
            }
            whole => whole,
        };
        self.kept = Some(Kept { step, plan, reply });
    }

    /// Notes a model that is not called; the failure that this may be.
    fn skip(
        &mut self,
        target: Option<&Target>,
        (provider, model): (&str, &str),
        Skipped { kind, message, rule }: Skipped,
    ) -> Failure {
        let cause = Cause { kind, message, sent: false };
        let attempt = Attempt {
            provider: provider.into(),
            model: model.into(),
            listed: false,
            called: false,
            key_alias: "".into(),
            status: None,
            ms: 0,
            at_us: micros(self.notes.begun().elapsed()),
            us: 0,
            first_byte_us: None,
            cause: Some(cause.clone()),
            usage: None,
        };
        let element = target.map(|it| it.element);
        self.made.push(Made { element, attempts: vec![attempt], rule, cached: false });
        Failure {
            status: None,
            timeout: false,
            limited: false,
            cause,
            retry_after: None,
            refusal: None,
        }
    }

    /// What the element says, else the headers, else the gateway, else the defaults.
    pub(crate) fn policy(&self, target: Option<&Target>) -> Policy {
        let (headers, gateway) = (&self.asked.directives, &self.asked.gateway.retry);
        let attempts = headers.max_attempts.or(gateway.max_attempts).unwrap_or(1);
        let element = target.and_then(|it| it.timeout);
        Policy {
            first_byte: element.or(headers.timeout).unwrap_or(self.proxy.settings.first_byte),
            hurried: element.is_none() && headers.timeout.is_some(),
            idle: self.proxy.settings.idle,
            retries: match self.passage {
                Some(passage) if !passage.may_repeat() => 0,
                _ => target.and_then(|it| it.retries).unwrap_or(attempts.saturating_sub(1)),
            },
            delay: headers
                .delay
                .or(gateway.delay_ms.map(Duration::from_millis))
                .unwrap_or(FIRST_DELAY),
            backoff: headers.backoff.or(gateway.backoff).unwrap_or(Backoff::Exponential),
        }
    }

    /// A rate element of the route, by its position among them.
    pub(crate) fn quota(&self, index: usize) -> Option<&'a Quota> {
        match self.job {
            Job::Route(_, version) => version.route.quotas().get(index),
            Job::Direct(_) => None,
        }
    }

    /// The way so far.
    pub(crate) fn trail(&self, messages: bool) -> Trail<'_> {
        let version = match self.job {
            Job::Route(_, version) => Some(&**version),
            Job::Direct(_) => None,
        };
        Trail {
            version,
            steps: self.walk.as_ref().map_or(&[], Walk::steps),
            made: &self.made,
            log: self.notes.log().filter(|_| !messages),
            messages,
        }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.left();
        }
    }
}

/// A seed of its own for every call, so that the draws of the walk do not depend on how calls went.
fn seed(request: u64, step: usize) -> u64 {
    let step = u64::try_from(step).unwrap_or(u64::MAX);
    request ^ step.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
