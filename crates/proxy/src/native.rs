//! `/v1/{account}/{gateway}/{provider}/…`: a provider's own API, passed through with the gateway's key, limits, log and breaker.
//!
//! Where the SDKs of coding agents only take a base URL, `dynamic/<route>` as the model makes the same path a way in.
use crate::asked::Asked;
use crate::call::{Passage, Question};
use crate::catalog::{Gateway, Plan, Upstream};
use crate::entry::WayIn;
use crate::job::{self, Job};
use crate::place::{Native, Operation};
use crate::prompt::Prompt;
use crate::reject::{self, Reject};
use crate::run::Run;
use crate::visit::{Visit, Wishes};
use crate::{Body, body, count};
use bytes::Bytes;
use chat::{Format, Head, Named};
use http::header::ORIGIN;
use http::{HeaderMap, Method, Response, request};
use providers::{BadNative, KeyUse};
use std::borrow::Cow;
use std::sync::Arc;

/// Methods that are passed on. OPTIONS is answered before, and what is not here is refused.
const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
/// The same for people and `allow`.
const ALLOWED: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

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
    check_method(&parts.method)?;
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
    match route_at(&errand.to, errand.body) {
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

/// Refuses what is no call of an API: a server that answers TRACE sends the request back, and the gateway's key with it.
fn check_method(method: &Method) -> Result<(), Reject> {
    if METHODS.contains(method) {
        return Ok(());
    }
    let message = format!("{method} is not passed on to a provider; use one of {ALLOWED}");
    Err(Reject::new(reject::METHOD, message).allow(ALLOWED))
}

/// The way in that this path is because its model is a route.
fn route_at(to: &Native<'_>, body: &Bytes) -> Option<Operation<'static>> {
    let operation = to.way_in()?;
    let model = chat::glance(body)?.model.name()?;
    model.starts_with("dynamic/").then_some(operation)
}

/// Passes a call through.
async fn pass(
    visit: &Visit<'_>,
    errand: Errand<'_>,
    Wishes { directives, metadata }: Wishes<'_>,
) -> Result<Response<Body>, Reject> {
    let Visit { proxy, gateway, caller, headers, arrival, counted, .. } = *visit;
    let Errand { to, method, query, body } = errand;
    if !caller.calls_models() {
        let message = "this token is for some routes only; it may not call a provider's own API";
        return Err(Reject::new(reject::FORBIDDEN, message));
    }
    let upstream = upstream(gateway, to.provider)?;
    let tokens = &proxy.catalog().tokens;
    let query = query.map(|it| access::conceal_query(it, tokens));
    let native = upstream.endpoint.native(to.path, query.as_deref()).map_err(|it| refused(&it))?;
    let upstream = match native.keys {
        KeyUse::Any => upstream,
        _ => Arc::new(upstream.within(&native.keys, caller.provider_key)),
    };
    let looks = matches!(*method, Method::GET | Method::HEAD);
    if !looks {
        check_body(&native, body)?;
    }
    let (head, is_sure) = head(&native, body);
    if head.model.len() > job::LONGEST {
        let message = format!("the model's name is longer than {} bytes", job::LONGEST);
        return Err(Reject::malformed(message, Some("model")));
    }
    let mut plan = Plan::new(&upstream, &head.model, gateway);
    if looks {
        // To look at something costs nothing.
        plan.spend = Box::default();
    } else if !is_sure {
        plan = plan.of_any_model(gateway);
    }
    let job = Job::Direct(Arc::new(plan));
    let prompt = Arc::new(Prompt::new(body, &head));
    let question = Question::new(body, &head, directives.on_unsupported);
    let way = WayIn::native(to.path);
    let asked =
        Asked { gateway, caller, headers, directives, metadata, question, prompt, arrival, way };
    let run = Run::new(proxy, &asked, &job, counted);
    run.passing(Passage { native: &native, method }).answer().await
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

/// Refuses a body that no format has, where one is spoken: what the provider makes of it nobody knows here, and rules ask what it is.
fn check_body(native: &providers::Native, body: &Bytes) -> Result<(), Reject> {
    let Some(format) = native.speech.filter(|_| !body.is_empty()) else { return Ok(()) };
    if chat::glance(body).is_some() {
        return Ok(());
    }
    if !is_object(body) {
        let message = "the body must be a JSON object in UTF-8 at this path";
        return Err(Reject::new(reject::MEDIA_TYPE, message));
    }
    let why = chat::scan_as(format, body).err().map(|it| it.message).unwrap_or_default();
    Err(Reject::malformed(why, None))
}

/// Whether a body begins as an object of JSON does, whatever it is said to be.
fn is_object(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    body.trim_ascii_start().starts_with(b"{")
}

/// What is known of the request: all of it where its format is one that requests are read in, else what it tells at a glance; and whether
/// its model is what it seems to be, as providers may read a body otherwise than we do.
fn head<'b>(native: &providers::Native, body: &'b Bytes) -> (Head<'b>, bool) {
    let read = native.speech.and_then(|it| chat::scan_as(it, body).ok());
    let in_path = native.model.as_deref().map(|it| Cow::Owned(it.to_owned()));
    let (mut head, mut is_sure) = match read {
        Some(head) => (head, true),
        None => glanced(native, body),
    };
    if let Some(model) = in_path {
        (head.model, is_sure) = (model, true);
    }
    head.stream |= native.stream;
    (head, is_sure)
}

fn glanced<'b>(native: &providers::Native, body: &'b Bytes) -> (Head<'b>, bool) {
    let glance = chat::glance(body);
    let unreadable = glance.is_none() && is_object(body);
    let mut glance = glance.unwrap_or_default();
    let (model, other) = (std::mem::take(&mut glance.model), std::mem::take(&mut glance.other));
    let asks = native.speech.is_some() || native.model.is_some();
    let bytes = if asks { body.len() } else { 0 };
    let named = if native.speech.is_some() { model } else { model.and(other) };
    let is_sure = match named {
        Named::As(_) => true,
        // A path that asks a model something asks one by default where the body names none.
        Named::Nowhere => native.speech.is_none() && !unreadable,
        Named::Unclear => false,
    };
    let format = native.speech.unwrap_or(Format::Chat);
    (Head::unread(format, named.name().unwrap_or_default(), &glance, bytes), is_sure)
}
