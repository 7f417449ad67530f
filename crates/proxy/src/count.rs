//! `POST …/messages/count_tokens`: how many tokens a Messages request is, before it is sent.
//!
//! Anthropic counts its own models; for all others it is our estimate (docs/calls.md). For a route it is the first model that the
//! route would call for this request; no limit is asked, for nothing is used. It is recorded as a request of a kind of its own.

mod counting;

use crate::asked::Asked;
use crate::call::{self, Answered, Call, EndingKind, Passage, Policy, Question};
use crate::catalog::{Backoff, Plan, Version};
use crate::entry::WayIn;
use crate::job::{self, Job};
use crate::prompt::Prompt;
use crate::reject::{self, Reject};
use crate::visit::{Visit, Wishes, scan};
use crate::{Body, body};
use bytes::Bytes;
use chat::Format;
use counting::Counting;
use http::{Method, Response};
use route::{Answer, Ask, Dice, ElementIx, Walk};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Says who counted: `counted` by the provider, `estimated` by us.
const COUNTED: &str = "pointsman-tokens";
/// The provider that counts, and where.
const COUNTS: &str = "anthropic";
const PATH: &str = "v1/messages/count_tokens";
/// How long it is waited for before the count is estimated.
const PATIENCE: Duration = Duration::from_secs(10);

/// The count of a body that is to be read.
pub(crate) async fn tokens<B>(visit: &Visit<'_>, body: B) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    body::check(visit.headers, visit.proxy.settings.max_body)?;
    let wishes = visit.wishes()?;
    let body = visit.read(body).await?;
    of_body(visit, &body, wishes).await
}

/// The count of a body that is there.
pub(crate) async fn of_body(
    visit: &Visit<'_>,
    body: &Bytes,
    Wishes { directives, metadata }: Wishes<'_>,
) -> Result<Response<Body>, Reject> {
    let head = scan(Format::Messages, body)?;
    let Visit { proxy, gateway, caller, headers, arrival, .. } = *visit;
    let job = job::resolve(proxy, gateway, caller, &head.model).await?;
    let prompt = Arc::new(Prompt::new(body, &head));
    let question = Question::new(body, &head, directives.on_unsupported);
    let way = WayIn::COUNT;
    let asked =
        Asked { gateway, caller, headers, directives, metadata, question, prompt, arrival, way };
    let model = match &job {
        Job::Direct(plan) => (None, &**plan),
        Job::Route(live, version) => first(&asked, live.id.as_str(), version).ok_or_else(|| {
            let message = format!("the route `{}` calls no model for this request", live.name);
            Reject::new(reject::FAILED, message)
        })?,
    };
    let mut counting = Counting::new(proxy, &asked, &job, model);
    let counted = counted(&mut counting).await;
    let by = if counted.is_some() { "counted" } else { "estimated" };
    let body = counted.unwrap_or_else(|| {
        let tokens = asked.prompt.tokens(counting.plan.scale);
        json!({"input_tokens": tokens}).to_string().into()
    });
    Ok(counting.answer(body, by))
}

/// What Anthropic says of a model of its own; `None`: it is not one, or it does not say.
async fn counted(counting: &mut Counting<'_>) -> Option<Bytes> {
    let Counting { proxy, asked, plan, .. } = *counting;
    let Asked { caller, headers, arrival, .. } = *asked;
    if &*plan.endpoint.slug != COUNTS {
        return None;
    }
    let Question { body, head, .. } = &asked.question;
    let body = chat::splice(body, head, &plan.model_json, false).parts.concat().into();
    let native = plan.endpoint.native(PATH, None).ok()?;
    let question = Question::new(&body, head, asked.question.on_unsupported);
    let policy = Policy {
        first_byte: asked.directives.timeout.unwrap_or(PATIENCE).min(PATIENCE),
        hurried: true,
        idle: PATIENCE,
        retries: 0,
        delay: PATIENCE,
        backoff: Backoff::Constant,
    };
    let call = Call {
        plan,
        question: &question,
        id: &arrival.id,
        headers,
        // As with a call of the model: the caller's own key is not used inside a route.
        caller_key: caller.provider_key.filter(|_| head.model.starts_with(COUNTS)),
        named_key: asked.directives.key_alias.as_deref(),
        policy,
        want_usage: false,
        seed: arrival.seed,
        passage: Some(Passage { native: &native, method: &Method::POST }),
        trace: counting.trace.as_ref().map(|it| (it, 0)),
        begun: arrival.begun,
    };
    let called = call::call(&proxy.calls, call).await;
    counting.attempts = called.attempts;
    let Ok(Answered::Stream(live)) = called.result else { return None };
    let (body, ending) = live.collect().await;
    let count: Value = serde_json::from_slice(&body).ok()?;
    (ending.kind == EndingKind::Complete && count.get("input_tokens").is_some_and(Value::is_u64))
        .then_some(body)
}

/// The first model that the route would call, every limit letting it.
fn first<'v>(
    asked: &Asked<'_>,
    route: &str,
    version: &'v Version,
) -> Option<(Option<ElementIx>, &'v Plan)> {
    let mut dice = Dice::seeded(asked.arrival.seed);
    let mut walk = Walk::new(&version.route, route);
    loop {
        match walk.ask(asked, &mut dice) {
            Ask::Admit(_) => walk.answer(Answer::Success),
            Ask::Call(target) => match version.plans.get(target.index).and_then(Option::as_ref) {
                Some(plan) => return Some((walk.steps().last().map(|it| it.element), plan)),
                None => walk.answer(Answer::Fallback),
            },
            Ask::Done(_) => return None,
        }
    }
}
