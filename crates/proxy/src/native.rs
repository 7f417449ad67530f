//! `/v1/{account}/{gateway}/{provider}/…`: a provider's own API, passed through with the gateway's key, limits, log and breaker.
//!
//! Where the SDKs of coding agents only take a base URL, `dynamic/<route>` as the model makes the same path a way in.
use crate::asked::Asked;
use crate::call::{Passage, Question};
use crate::catalog::{Gateway, Plan, Upstream};
use crate::job::{self, Job};
use crate::place::{Native, Operation};
use crate::prompt::Prompt;
use crate::reject::{self, Reject};
use crate::run::Run;
use crate::visit::{Visit, Wishes};
use crate::{Body, body, count};
use bytes::Bytes;
use chat::{Format, Head};
use http::header::ORIGIN;
use http::{HeaderMap, Method, Response, request};
use providers::BadNative;
use std::borrow::Cow;
use std::sync::Arc;

/// What is to be passed through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errand<'a> {
    pub(crate) to: Native<'a>,
    pub(crate) method: &'a Method,
    pub(crate) query: Option<&'a str>,
    pub(crate) body: &'a Bytes,
}

/// Reads the request, and passes it through or runs the route it names.
pub(crate) async fn serve<B>(
    visit: &Visit<'_>,
    to: Native<'_>,
    (parts, body): (&request::Parts, B),
) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    keep_pages_out(visit.headers)?;
    body::check_size(visit.headers, visit.proxy.settings.max_body)?;
    let wishes = visit.wishes()?;
    let body = visit.read(body).await?;
    let errand = Errand { to, method: &parts.method, query: parts.uri.query(), body: &body };
    run(visit, errand, wishes).await
}

/// Runs the route that the body names, or passes the call through.
pub(crate) async fn run(
    visit: &Visit<'_>,
    errand: Errand<'_>,
    wishes: Wishes<'_>,
) -> Result<Response<Body>, Reject> {
    match route_at(&errand.to, visit.headers, errand.body) {
        Some(Operation::CountTokens) => count::of_body(visit, errand.body, wishes).await,
        Some(Operation::Ask(format)) => visit.answer(format, errand.body, wishes).await,
        _ => pass(visit, errand, wishes).await,
    }
}

/// A browser says where a request came from even when it sends no `Origin`, as with an image of another site.
fn keep_pages_out(headers: &HeaderMap) -> Result<(), Reject> {
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    if headers.contains_key(ORIGIN) || !matches!(site, Some(b"cross-site" | b"same-site")) {
        return Ok(());
    }
    let message = "a web page of another site may not call this; if it should, let it send its `Origin` and list that in `cors_origins`";
    Err(Reject::new(reject::FORBIDDEN, message))
}

/// The way in that this path is because its model is a route.
fn route_at(to: &Native<'_>, headers: &HeaderMap, body: &Bytes) -> Option<Operation<'static>> {
    let operation = to.way_in().filter(|_| body::is_json(headers))?;
    chat::glance(body).model.filter(|it| it.starts_with("dynamic/")).map(|_| operation)
}

/// Passes a call through.
async fn pass(
    visit: &Visit<'_>,
    errand: Errand<'_>,
    Wishes { directives, metadata }: Wishes<'_>,
) -> Result<Response<Body>, Reject> {
    let Visit { proxy, gateway, caller, headers, arrival, counted } = *visit;
    let Errand { to, method, query, body } = errand;
    if !caller.calls_models() {
        let message = "this token is for some routes only; it may not call a provider's own API";
        return Err(Reject::new(reject::FORBIDDEN, message));
    }
    let upstream = upstream(gateway, to.provider)?;
    let tokens = &proxy.catalog().tokens;
    let query = query.map(|it| access::conceal_query(it, tokens));
    let native = upstream.endpoint.native(to.path, query.as_deref()).map_err(|it| refused(&it))?;
    let upstream = if native.key_allowed {
        upstream
    } else {
        Arc::new(upstream.without_keys(caller.provider_key))
    };
    let head = head(&native, headers, body);
    if head.model.len() > job::LONGEST {
        let message = format!("the model's name is longer than {} bytes", job::LONGEST);
        return Err(Reject::malformed(message, Some("model")));
    }
    let mut plan = Plan::new(&upstream, &head.model, gateway);
    if method.is_safe() {
        // To look at something costs nothing.
        plan.spend = Box::default();
    }
    let job = Job::Direct(Arc::new(plan));
    let prompt = Arc::new(Prompt::new(body, &head));
    let question = Question::new(body, &head, directives.on_unsupported);
    let asked = Asked { gateway, caller, headers, directives, metadata, question, prompt, arrival };
    let mut run = Run::new(proxy, &asked, &job).passing(Passage { native: &native, method });
    run.counted = counted;
    let done = run.drive().await;
    run.finish(done)
}

fn upstream(gateway: &Gateway, provider: &str) -> Result<Arc<Upstream>, Reject> {
    let message = match gateway.providers.get(provider) {
        Some(it) if !it.endpoint.built_in => return Ok(Arc::clone(it)),
        Some(_) => format!("`{provider}` has no API of its own; call `{provider}/<model>`"),
        None => format!("`{provider}` is not a provider of the gateway `{}`", gateway.id),
    };
    Err(Reject::new(reject::NO_PROVIDER, message))
}

fn refused(error: &BadNative) -> Reject {
    match error {
        BadNative::NoBaseUrl => Reject::new(reject::NO_PROVIDER, error.to_string()),
        BadNative::Path(_) | BadNative::Place(_) => Reject::malformed(error.to_string(), None),
    }
}

/// What is known of the request: all of it where its format is one that requests are read in, else what it tells at a glance.
fn head<'b>(native: &providers::Native, headers: &HeaderMap, body: &'b Bytes) -> Head<'b> {
    let json = body::is_json(headers);
    let read = native.speech.filter(|_| json).and_then(|it| chat::scan_as(it, body).ok());
    let mut head = read.unwrap_or_else(|| {
        let glance = if json { chat::glance(body) } else { chat::Glance::default() };
        let asks = native.speech.is_some() || native.model.is_some();
        let bytes = if json && asks { body.len() } else { 0 };
        Head::unread(native.speech.unwrap_or(Format::Chat), glance, bytes)
    });
    if let Some(model) = &native.model {
        head.model = Cow::Owned(model.to_string());
    }
    head.stream |= native.stream;
    head
}
