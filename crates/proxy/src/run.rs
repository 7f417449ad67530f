//! One request on its way through a route: answers the walk's questions with limits and calls, and keeps what it finds.
//!
//! The rules of design 2 that live here: a cost limit holds before and is charged after; a model without a price is not called while a
//! cost limit that wants one is held; when a success leads on to another model, its reply is collected and billed, and the later reply
//! replaces it. A run that is dropped (the client left before an answer) is recorded too, and what it holds is charged in full once a
//! call has left, because nobody can say what the provider will bill.
use crate::Proxy;
use crate::asked::Asked;
use crate::bill::{Bill, Held, Pays};
use crate::call::{self, Answered, Attempt, Call, Called, Cause, EndingKind, Failure, Policy};
use crate::catalog::{Backoff, Plan, Version};
use crate::job::Job;
use crate::trail::{Made, Trail};
use limits::{Ask as Wanted, Denied, Permit, Take};
use route::{
    Answer, Ask, Dice, Done, Facts as _, LimitType, OnUnavailable, OnUnknownPrice, Quota, Target,
    Walk,
};
use std::sync::Arc;
use std::time::Duration;

/// Before the first retry, when neither header nor gateway says.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// The run of one request.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub(crate) proxy: &'a Arc<Proxy>,
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) job: &'a Job,
    /// `None` on a direct call.
    walk: Option<Walk<'a>>,
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
    /// The record has been made.
    pub(crate) ended: bool,
}

/// A model's reply.
#[derive(Debug)]
pub(crate) struct Kept<'a> {
    /// Its position among the model elements called.
    pub(crate) step: usize,
    pub(crate) plan: &'a Arc<Plan>,
    pub(crate) answered: Answered,
}

/// A limit that refused, and the value that chose its bucket.
#[derive(Debug)]
pub(crate) struct Refused<'a> {
    pub(crate) quota: &'a Quota,
    /// `None`: nobody knows what the limit has, its counters do not answer.
    pub(crate) refusal: Option<limits::Refusal>,
    pub(crate) value: Option<String>,
}

impl<'a> Run<'a> {
    pub(crate) fn new(proxy: &'a Arc<Proxy>, asked: &'a Asked<'a>, job: &'a Job) -> Self {
        let walk = match job {
            Job::Route(live, version) => Some(Walk::new(&version.route, live.id.as_str())),
            Job::Direct(_) => None,
        };
        Self {
            proxy,
            asked,
            job,
            walk,
            dice: Dice::seeded(asked.arrival.seed),
            bill: Bill::new(asked.head, asked.directives.custom_cost),
            permits: Vec::new(),
            made: Vec::new(),
            kept: None,
            failure: None,
            refused: None,
            pending: None,
            ended: false,
        }
    }

    /// Walks to the end. A direct call is the walk of a route with one model.
    pub(crate) async fn drive(&mut self) -> Done {
        let job = self.job;
        let version = match job {
            Job::Route(_, version) => version,
            Job::Direct(plan) => {
                self.call(plan, None).await;
                return Done::End;
            }
        };
        loop {
            let answer = match self.ask() {
                Ask::Admit(quota) => self.admit(version, quota).await,
                Ask::Call(target) => self.call_element(version, target).await,
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
        let asked = self.asked;
        self.walk.as_mut().map_or(Ask::Done(Done::End), |it| it.ask(asked, &mut self.dice))
    }

    /// Counts the request, or holds what it may cost.
    async fn admit(&mut self, version: &Version, quota: &'a Quota) -> Answer {
        let value = quota.key.as_ref().and_then(|it| self.asked.get(it));
        let Some(key) = version.bucket(quota, value.as_ref()) else { return Answer::Fallback };
        let rule = limits::Rule {
            limit: quota.limit,
            window: quota.window,
            technique: technique(quota.technique),
        };
        let take = match quota.limit_type {
            LimitType::Count => Take::One,
            LimitType::Cost => Take::Hold(self.hold(version, quota)),
        };
        let ask = Wanted { key, rule, take };
        let refusal = match self.proxy.limits.admit(std::slice::from_ref(&ask)).await {
            Ok(permits) => {
                self.hold_on(permits, quota);
                return Answer::Success;
            }
            Err(Denied::Refused { refusal, .. }) => Some(refusal),
            Err(Denied::Unavailable(_)) => None,
        };
        if refusal.is_none_or(|it| it.full) && open_when_unavailable(quota) {
            return Answer::Success;
        }
        self.proxy.calls.metrics.limit_refused(kind(quota.limit_type));
        self.refused = Some(Refused { quota, refusal, value: value.as_ref().map(shown) });
        Answer::Fallback
    }

    /// Keeps what was held for the end of the request.
    fn hold_on(&mut self, permits: Vec<Permit>, quota: &Quota) {
        let priced_only = quota.on_unknown_price == OnUnknownPrice::Refuse;
        let (pays, open) = (Pays::From(self.made.len()), open_when_unavailable(quota));
        let held = |permit| Held { permit, pays, priced_only, open };
        self.permits.extend(permits.into_iter().map(held));
    }

    /// The largest sum of billable calls on the paths from the limit's `success`.
    fn hold(&self, version: &Version, quota: &Quota) -> u64 {
        if let Some(fixed) = self.bill.fixed() {
            return fixed;
        }
        let default_output = self.proxy.settings.default_output_tokens;
        version.route.hold(quota, &mut |target| {
            let plan = version.plans.get(target.index).and_then(Option::as_ref);
            plan.map_or(0, |it| self.bill.estimate(it, default_output))
        })
    }

    /// Calls a model element, unless something forbids it.
    async fn call_element(&mut self, version: &'a Version, target: &'a Target) -> Answer {
        let Some(plan) = version.plans.get(target.index).and_then(Option::as_ref) else {
            let message =
                format!("the provider `{}` has been deleted from this gateway", target.provider);
            return self.skip(target, "no_provider", message);
        };
        if !self.bill.knows_price(plan) && self.permits.iter().any(|it| it.priced_only) {
            let message = format!(
                "the price of {}/{} is not known and a cost limit is held; give it a price or set `onUnknownPrice` to `allow`",
                target.provider, target.model
            );
            return self.skip(target, "price_unknown", message);
        }
        self.collect().await;
        let permits = self.permits.iter_mut().map(|it| &mut it.permit);
        if limits::mark_sent(permits).await.is_err() && self.permits.iter().any(|it| !it.open) {
            let message = "the counters of a cost limit do not answer, and it lets nothing through then; \
                           set `onUnavailable` to `open` if it should";
            return self.skip(target, "limits_unavailable", message.to_owned());
        }
        self.call(plan, Some(target)).await
    }

    /// Calls a model and keeps what came of it.
    async fn call(&mut self, plan: &'a Arc<Plan>, target: Option<&'a Target>) -> Answer {
        let asked = self.asked;
        let step = self.made.len();
        let call = Call {
            plan,
            body: asked.body,
            head: asked.head,
            headers: asked.headers,
            caller_key: asked.caller.provider_key.filter(|_| target.is_none()),
            policy: self.policy(target),
            want_usage: asked.collects_log() || !self.permits.is_empty(),
            seed: seed(asked.arrival.seed, step),
        };
        self.pending = Some((step, plan));
        let Called { attempts, result } = call::call(&self.proxy.calls, call).await;
        self.pending = None;
        let failed = attempts.iter().filter(|it| it.cause.is_some());
        let metrics = &self.proxy.calls.metrics;
        for said in failed.filter_map(|it| it.usage.as_ref()) {
            self.bill.add(step, plan, self.bill.used_by(plan, Some(said), 0, metrics), metrics);
        }
        self.made.push(Made { element: target.map(|it| it.element), attempts });
        match result {
            Ok(answered) => {
                self.keep(Kept { step, plan, answered });
                Answer::Success
            }
            Err(failure) => {
                self.failure = Some(failure);
                Answer::Fallback
            }
        }
    }

    /// A complete reply is billed at once, a stream when it has ended.
    fn keep(&mut self, kept: Kept<'a>) {
        if let Answered::Plain { usage, body, .. } = &kept.answered {
            let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
            let metrics = &self.proxy.calls.metrics;
            let used = self.bill.used_by(kept.plan, usage.as_ref(), bytes, metrics);
            self.bill.add(kept.step, kept.plan, used, metrics);
        }
        self.kept = Some(kept);
    }

    /// Reads an answer that is still under way to its end, because something comes after it. One that breaks is no answer any more.
    async fn collect(&mut self) {
        let Some(Kept { step, plan, answered }) = self.kept.take() else { return };
        let answered = match answered {
            Answered::Stream(live) => {
                let (status, headers) = (live.status, live.headers.clone());
                self.pending = Some((step, plan));
                let (body, ending) = live.collect().await;
                self.pending = None;
                let metrics = &self.proxy.calls.metrics;
                let bytes = ending.content_bytes;
                let used = self.bill.used_by(plan, ending.usage.as_ref(), bytes, metrics);
                self.bill.add(step, plan, used, metrics);
                if ending.kind != EndingKind::Complete {
                    return;
                }
                Answered::Plain { status, headers, body, usage: ending.usage }
            }
            plain @ Answered::Plain { .. } => plain,
        };
        self.kept = Some(Kept { step, plan, answered });
    }

    /// A model element that is not called, and why: it falls back.
    fn skip(&mut self, target: &Target, kind: &'static str, message: String) -> Answer {
        let cause = Cause { kind, message, sent: false };
        let attempt = Attempt {
            provider: target.provider.clone(),
            model: target.model.clone(),
            key_alias: "".into(),
            status: None,
            ms: 0,
            first_byte_ms: None,
            cause: Some(cause.clone()),
            usage: None,
        };
        self.made.push(Made { element: Some(target.element), attempts: vec![attempt] });
        self.failure = Some(Failure { status: None, timeout: false, cause, retry_after: None });
        Answer::Fallback
    }

    /// What the element says, else the headers, else the gateway, else the defaults.
    fn policy(&self, target: Option<&Target>) -> Policy {
        let (headers, gateway) = (&self.asked.directives, &self.asked.gateway.retry);
        let attempts = headers.max_attempts.or(gateway.max_attempts).unwrap_or(1);
        let element = target.and_then(|it| it.timeout);
        Policy {
            first_byte: element.or(headers.timeout).unwrap_or(self.proxy.settings.first_byte),
            hurried: element.is_none() && headers.timeout.is_some(),
            idle: self.proxy.settings.idle,
            retries: target.and_then(|it| it.retries).unwrap_or(attempts.saturating_sub(1)),
            delay: headers
                .delay
                .or(gateway.delay_ms.map(Duration::from_millis))
                .unwrap_or(FIRST_DELAY),
            backoff: headers.backoff.or(gateway.backoff).unwrap_or(Backoff::Exponential),
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

fn technique(it: route::Technique) -> limits::Technique {
    match it {
        route::Technique::Sliding => limits::Technique::Sliding,
        route::Technique::Fixed => limits::Technique::Fixed,
    }
}

/// Whether a limit lets requests through that it cannot count: money is not spent uncounted unless the element says so.
fn open_when_unavailable(quota: &Quota) -> bool {
    match quota.on_unavailable {
        Some(said) => said == OnUnavailable::Open,
        None => quota.limit_type == LimitType::Count,
    }
}

/// The limit type, as routes and metrics name it.
pub(crate) fn kind(it: LimitType) -> &'static str {
    match it {
        LimitType::Count => "count",
        LimitType::Cost => "cost",
    }
}

/// A key value as it is told to the caller.
fn shown(value: &route::Value<'_>) -> String {
    /// A longer one is cut.
    const LONGEST: usize = 64;
    let text = match value {
        route::Value::Null => "null".to_owned(),
        route::Value::Bool(it) => it.to_string(),
        route::Value::Number(it) => it.to_string(),
        route::Value::Text(it) => it.chars().take(LONGEST).collect(),
        route::Value::Other(it) => it.to_string(),
    };
    text.chars().take(LONGEST).collect()
}

/// A seed of its own for every call, so that the draws of the walk do not depend on how calls went.
fn seed(request: u64, step: usize) -> u64 {
    let step = u64::try_from(step).unwrap_or(u64::MAX);
    request ^ step.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
