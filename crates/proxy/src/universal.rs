//! `POST /v1/{account}/{gateway}`: a list of steps, tried in order until one succeeds.
//!
//! A step is a call of a provider's own API, passed through, or (`provider: "compat"`) of one of our ways in. It carries its own
//! headers: a credential among them is the provider's, and goes to nobody else. What succeeds is what answers with less than 400; the
//! last failure is told when nothing does. Every step has a record of its own; the request counts once in the gateway's limit.
use crate::call::request::KEPT_OF_CALLER;
use crate::entry::WayIn;
use crate::place::{self, Native, Operation};
use crate::reject::Reject;
use crate::serve::Arrival;
use crate::visit::Visit;
use crate::{Body, body, native, unwalked};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::OnceLock;

/// Most steps of a request.
const MOST: usize = 100;
/// The way in of a step, instead of a provider.
const COMPAT: &str = "compat";
/// What a step is, for whoever sent something else.
const A_STEP: &str = "a step is an object with the texts `provider` and `endpoint`, and may have the objects `headers` and `config`, and \
    the body to send as `query`";
/// Tells which step answered.
const STEP: &str = "cf-aig-step";

/// A step, as it is written.
#[derive(Debug, Deserialize)]
struct Step<'b> {
    provider: String,
    endpoint: String,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(borrow)]
    query: Option<&'b RawValue>,
    config: Option<Config>,
}

/// What replaces the headers of the same meaning.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    request_timeout: Option<Value>,
    max_attempts: Option<Value>,
    retry_delay: Option<Value>,
    backoff: Option<Value>,
}

/// Reads the steps and tries them.
pub(crate) async fn serve<B>(visit: &Visit<'_>, body: B) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Display,
{
    body::check(visit.headers, visit.proxy.settings.max_body)?;
    let body = visit.read(body).await?;
    let steps = steps(&body)?;
    let last = steps.len() - 1;
    let mut said = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let result = step.run(visit, index).await;
        match result {
            Ok(mut response) => {
                let status = response.status();
                if status.as_u16() < 400 || index == last {
                    response.headers_mut().insert(STEP, HeaderValue::from(index));
                    return Ok(response);
                }
                said.push(step.failed(index, &format!("the provider answered {status}")));
            }
            Err(reject) => {
                if index == last || reject.is_by_gateway() {
                    said.push(step.failed(index, reject.message()));
                    let only = said.len() == 1;
                    return Err(if only { reject } else { reject.saying(said.join("; ")) });
                }
                said.push(step.failed(index, reject.message()));
            }
        }
    }
    Err(Reject::malformed("there is no step", None))
}

/// The steps of a body, each of which could be one.
fn steps(body: &Bytes) -> Result<Vec<Step<'_>>, Reject> {
    let written: Vec<&RawValue> = serde_json::from_slice(body).map_err(|it| {
        let message =
            format!("the body must be a list of steps; it is none {}: {A_STEP}", place_of(&it));
        Reject::malformed(message, None)
    })?;
    match written.len() {
        0 => Err(Reject::malformed("the list of steps is empty", None)),
        1..=MOST => written.into_iter().enumerate().map(step).collect(),
        count => {
            Err(Reject::malformed(format!("{count} steps are too many; send at most {MOST}"), None))
        }
    }
}

fn step((index, written): (usize, &RawValue)) -> Result<Step<'_>, Reject> {
    serde_json::from_str(written.get()).map_err(|it| {
        let message = format!("step {index} cannot be read {} of it: {A_STEP}", place_of(&it));
        Reject::malformed(message, None)
    })
}

/// Where JSON is at fault. What the parser says of it may repeat a value, and so a provider's key.
fn place_of(error: &serde_json::Error) -> String {
    format!("at line {}, column {}", error.line(), error.column())
}

impl Step<'_> {
    async fn run(&self, visit: &Visit<'_>, index: usize) -> Result<Response<Body>, Reject> {
        let proxy = visit.proxy;
        let arrival = match index {
            0 => visit.arrival.clone(),
            _ => Arrival { id: proxy.new_id(visit.arrival.at_ms), ..visit.arrival.clone() },
        };
        let (way, body) = (self.way_in(), OnceLock::new());
        let visit = &Visit { arrival: &arrival, body: &body, ..*visit };
        let headers = self.headers(visit).map_err(|it| visit.turned_away(Some(way), it))?;
        let tokens = &proxy.catalog().tokens;
        let caller = visit.caller.of_step(&access::credential(&headers, tokens));
        let visit = Visit { caller: &caller, headers: &headers, ..*visit };
        self.ask(&visit).await.map_err(|it| visit.turned_away(Some(way), it))
    }

    /// The way in, as the log names it.
    fn way_in(&self) -> WayIn<'_> {
        let path = self.path();
        let ours = place::way(path).filter(|_| self.provider == COMPAT);
        let ours = ours.and_then(|(operation, _)| unwalked::way_in(&operation));
        ours.unwrap_or(WayIn::native(path))
    }

    fn path(&self) -> &str {
        let path = self.endpoint.split_once('?').map_or(self.endpoint.as_str(), |(path, _)| path);
        path.trim_start_matches('/')
    }

    async fn ask(&self, visit: &Visit<'_>) -> Result<Response<Body>, Reject> {
        let wishes = visit.wishes()?;
        let body = Bytes::copy_from_slice(self.query.map_or("{}", RawValue::get).as_bytes());
        let body = visit.body.get_or_init(|| body).clone();
        let (path, query) = (self.path(), self.endpoint.split_once('?').map(|(_, it)| it));
        if self.provider == COMPAT {
            let Some((Operation::Ask(format), _)) = place::way(path) else {
                return Err(no_way(path));
            };
            return visit.answer(format, &body, wishes).await;
        }
        let to = Native { provider: &self.provider, path };
        let errand = native::Errand { to, method: &Method::POST, query, body: &body };
        native::run(visit, errand, wishes).await
    }

    /// The headers of the request, without its credentials, and over them those of the step.
    fn headers(&self, visit: &Visit<'_>) -> Result<HeaderMap, Reject> {
        let mut headers = visit.headers.clone();
        access::strip(&mut headers);
        headers.remove(header::ACCEPT);
        let tokens = &visit.proxy.catalog().tokens;
        let mut own = HeaderMap::new();
        for (name, value) in &self.headers {
            let (name, value) = self.header(name, value)?;
            own.insert(name, value);
        }
        access::strip_own(&mut own);
        access::conceal(&mut own, &KEPT_OF_CALLER, tokens);
        headers.extend(own);
        if let Some(config) = &self.config {
            config.put(&mut headers, self)?;
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(headers)
    }

    fn header(&self, name: &str, value: &Value) -> Result<(HeaderName, HeaderValue), Reject> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(self.bad_header(name)),
        };
        let name = HeaderName::try_from(name).map_err(|_| self.bad_header(name))?;
        let value = HeaderValue::try_from(text).map_err(|_| self.bad_header(name.as_str()))?;
        Ok((name, value))
    }

    /// A name that no header can have is not repeated: it may be a whole header, with a key in it.
    fn bad_header(&self, name: &str) -> Reject {
        let provider = &self.provider;
        let message = match HeaderName::try_from(name) {
            Ok(name) => {
                format!(
                    "a step for `{provider}` has a header `{name}` whose value no header can have"
                )
            }
            Err(_) => format!("a step for `{provider}` has a header whose name no header can have"),
        };
        Reject::malformed(message, Some("headers"))
    }

    /// Without the query of the endpoint, where some providers take a key.
    fn failed(&self, index: usize, why: &str) -> String {
        format!("step {index} ({}, {}): {why}", self.provider, self.path())
    }
}

fn no_way(path: &str) -> Reject {
    let message = format!(
        "`{path}` is not a way in that a step can have; use `chat/completions`, `responses`, `messages` or `embeddings`"
    );
    Reject::malformed(message, Some("endpoint"))
}

impl Config {
    /// As the headers that mean the same.
    fn put(&self, headers: &mut HeaderMap, step: &Step<'_>) -> Result<(), Reject> {
        for (name, value) in [
            ("cf-aig-request-timeout", &self.request_timeout),
            ("cf-aig-max-attempts", &self.max_attempts),
            ("cf-aig-retry-delay", &self.retry_delay),
            ("cf-aig-backoff", &self.backoff),
        ] {
            if let Some(value) = value {
                let (name, value) = step.header(name, value)?;
                headers.insert(name, value);
            }
        }
        Ok(())
    }
}
