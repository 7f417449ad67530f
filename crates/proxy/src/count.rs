//! `POST …/messages/count_tokens`: how many tokens a Messages request is, before it is sent.
//!
//! Anthropic counts its own models; for all others it is our estimate (docs/calls.md). For a route it is the first model that the
//! route would call for this request; no limit is asked, for nothing is used.
use crate::asked::Asked;
use crate::call::Question;
use crate::catalog::{Plan, Version};
use crate::job::{self, Job};
use crate::prompt::Prompt;
use crate::reject::{self, Reject};
use crate::visit::{Visit, Wishes, scan};
use crate::{Body, body, respond};
use bytes::Bytes;
use chat::Format;
use http::{HeaderValue, Response};
use route::{Answer, Ask, Dice, Walk};
use serde_json::json;
use std::sync::Arc;

/// Says who counted.
const COUNTED: &str = "pointsman-tokens";

/// The count of a body that is to be read.
pub(crate) async fn tokens<B>(visit: &Visit<'_>, body: B) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    body::check(visit.headers, visit.proxy.settings.max_body)?;
    let wishes = visit.wishes()?;
    let body = visit.json(body).await?;
    of_body(visit, &body, wishes).await
}

/// The count of a body that is there.
pub(crate) async fn of_body(
    visit: &Visit<'_>,
    body: &Bytes,
    Wishes { directives, metadata }: Wishes<'_>,
) -> Result<Response<Body>, Reject> {
    let head = scan(Format::Messages, body)?;
    let Visit { proxy, gateway, caller, headers, arrival } = *visit;
    let job = job::resolve(proxy, gateway, caller, &head.model).await?;
    let prompt = Arc::new(Prompt::new(body, &head));
    let question = Question::new(body, &head, directives.on_unsupported);
    let asked = Asked { gateway, caller, headers, directives, metadata, question, prompt, arrival };
    let plan = match &job {
        Job::Direct(plan) => plan,
        Job::Route(live, version) => first(&asked, live.id.as_str(), version).ok_or_else(|| {
            let message = format!("the route `{}` calls no model for this request", live.name);
            Reject::new(reject::FAILED, message)
        })?,
    };
    let tokens = asked.prompt.tokens(plan.scale);
    let body = json!({"input_tokens": tokens}).to_string();
    let mut response = respond::json(body.into(), arrival);
    response.headers_mut().insert(COUNTED, HeaderValue::from_static("estimated"));
    Ok(response)
}

/// The first model that the route would call, every limit letting it.
fn first<'v>(asked: &Asked<'_>, route: &str, version: &'v Version) -> Option<&'v Arc<Plan>> {
    let mut dice = Dice::seeded(asked.arrival.seed);
    let mut walk = Walk::new(&version.route, route);
    loop {
        match walk.ask(asked, &mut dice) {
            Ask::Admit(_) => walk.answer(Answer::Success),
            Ask::Call(target) => match version.plans.get(target.index).and_then(Option::as_ref) {
                Some(plan) => return Some(plan),
                None => walk.answer(Answer::Fallback),
            },
            Ask::Done(_) => return None,
        }
    }
}
