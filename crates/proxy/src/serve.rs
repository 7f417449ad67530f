//! The request path, from the head of a request to the head of its response.
use crate::asked::Asked;
use crate::call::Question;
use crate::call::request::FORWARDED_TO_ANY;
use crate::caller::Caller;
use crate::catalog::Gateway;
use crate::directives::Directives;
use crate::load::Slot;
use crate::metadata::Metadata;
use crate::place::{Operation, Place};
use crate::prompt::Prompt;
use crate::reject::Reject;
use crate::run::Run;
use crate::{Body, Proxy, body, job, models, respond};
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{Request, Response, request};
use std::sync::Arc;

/// A request as it arrived.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// Its id, in the log and in `cf-aig-log-id`.
    pub(crate) id: String,
    pub(crate) at_ms: u64,
    /// Everything random about this request comes from here.
    pub(crate) seed: u64,
    /// Its place among the requests under way.
    pub(crate) slot: Slot,
}

/// Finds the operation, the gateway and the caller, and answers. The catalog captured here is used to the end of the request.
pub(crate) async fn serve<B>(
    proxy: &Arc<Proxy>,
    request: Request<B>,
    arrival: &Arrival,
) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::fmt::Display,
{
    let (mut parts, body) = request.into_parts();
    let catalog = proxy.catalog();
    access::conceal(&mut parts.headers, &FORWARDED_TO_ANY, &catalog.tokens);
    access::conceal(&mut parts.headers, &[USER_AGENT], &catalog.tokens);
    let place = Place::find(&parts.method, parts.uri.path())?;
    let gateway = place.gateway(&catalog, &parts.headers)?;
    let answer = match Caller::admit(&parts.headers, &catalog.tokens, gateway, arrival.at_ms) {
        Err(reject) => Err(reject),
        Ok(caller) => match place.operation {
            Operation::Models => Ok(models::list(gateway, &caller, arrival)),
            Operation::Chat => complete(proxy, gateway, &caller, (&parts, body), arrival).await,
        },
    };
    if let Err(reject) = &answer
        && !reject.is_recorded()
    {
        let took = respond::seconds(proxy.calls.clock.now_ms().saturating_sub(arrival.at_ms));
        proxy.calls.metrics.request(gateway.id.as_str(), reject.status().as_u16(), took);
    }
    answer
}

/// A chat completion: read, resolve, walk, answer.
async fn complete<B>(
    proxy: &Arc<Proxy>,
    gateway: &Gateway,
    caller: &Caller<'_>,
    (parts, body): (&request::Parts, B),
    arrival: &Arrival,
) -> Result<Response<Body>, Reject>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::fmt::Display,
{
    let headers = &parts.headers;
    body::check(headers, proxy.settings.max_body)?;
    let trusted = proxy.settings.loopback && !gateway.authentication;
    let directives = Directives::read(headers, caller, trusted)?;
    let metadata = Metadata::read(headers, caller.token.as_ref())?;
    let body = body::read(headers, body, &proxy.settings).await?;
    let head = chat::scan(&body).map_err(|it| Reject::malformed(it.message, it.param))?;
    let job = job::resolve(proxy, gateway, caller, &head.model).await?;
    let prompt = Arc::new(Prompt::new(&body, &head));
    let question = Question::new(&body, &head, directives.on_unsupported);
    let asked = Asked { gateway, caller, headers, directives, metadata, question, prompt, arrival };
    let mut run = Run::new(proxy, &asked, &job);
    let done = run.drive().await;
    run.finish(done)
}
