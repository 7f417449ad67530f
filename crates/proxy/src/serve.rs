//! The request path, from the head of a request to the head of its response.
use crate::call::request::KEPT_OF_CALLER;
use crate::caller::Caller;
use crate::entry::WayIn;
use crate::load::Slot;
use crate::place::{Operation, Place};
use crate::reject::{self, Reject};
use crate::shape::Shape;
use crate::unwalked::Stranger;
use crate::visit::Visit;
use crate::{Body, Proxy, count, models, native, universal, unwalked};
use bytes::Bytes;
use http::header::UPGRADE;
use http::{HeaderMap, Request, Response};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use tokio::time::Instant;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// Its id, in the log and in `cf-aig-log-id`.
    pub(crate) id: String,
    pub(crate) at_ms: u64,
    /// The same moment, to measure from.
    pub(crate) begun: Instant,
    /// Everything random about this request comes from here.
    pub(crate) seed: u64,
    /// Its place among the requests under way.
    pub(crate) slot: Slot,
    /// How its errors are written.
    pub(crate) shape: Shape,
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
    access::conceal(&mut parts.headers, &KEPT_OF_CALLER, &catalog.tokens);
    let headers = &parts.headers;
    let Place { operation, site } = Place::find(&parts.method, parts.uri.path())?;
    let way = operation.as_ref().map_or(Some(WayIn::nowhere(site.path)), unwalked::way_in);
    // What is not there is told to anybody, and recorded of those that are let in.
    let operation = no_upgrade(headers).and(operation);
    let gateway = match site.gateway(&catalog, headers) {
        Ok(it) => it,
        Err(it) => return Err(operation.err().unwrap_or(it)),
    };
    let caller = match Caller::admit(headers, &catalog.tokens, gateway, arrival.at_ms) {
        Ok(it) => it,
        Err(it) => {
            let reject = operation.err().unwrap_or(it);
            return Err(Stranger { proxy, gateway, headers, arrival }.turned_away(way, reject));
        }
    };
    let (caller, counted, read) = (&caller, &AtomicBool::new(false), &OnceLock::new());
    let visit = Visit { proxy, gateway, caller, headers, arrival, counted, body: read };
    let operation = operation.map_err(|it| visit.turned_away(way, it))?;
    let answer = match operation {
        Operation::Ask(format) => visit.ask(format, body).await,
        Operation::CountTokens => count::tokens(&visit, body).await,
        Operation::Models => Ok(visit.looked(models::list(gateway, caller, arrival))),
        Operation::Model(name) => {
            models::one(gateway, caller, arrival, name).map(|it| visit.looked(it))
        }
        Operation::Native(to) => native::serve(&visit, to, (&parts, body)).await,
        Operation::Universal => universal::serve(&visit, body).await,
    };
    answer.map_err(|it| visit.turned_away(way, it))
}

/// Refuses to become something else than HTTP: no socket is served yet.
fn no_upgrade(headers: &HeaderMap) -> Result<(), Reject> {
    if !headers.get(UPGRADE).is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        return Ok(());
    }
    let message = "WebSocket is not served: neither a provider's realtime API nor the universal endpoint over a socket; \
        send an HTTP request, with `stream` to get the answer as it is made, or call the realtime API of the provider directly";
    Err(Reject::new(reject::NOT_SERVED, message))
}
