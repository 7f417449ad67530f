//! The one sender: hyper-util's client over rustls, with large idle pools. No redirects, cookies,
//! decompression or proxies, because a gateway passes things on as they are.
//!
//! Endpoints that may only be public have an inner client, hence a pool, of their own: a connection
//! that was opened without the check is never used for a call that needs it.

mod address;
mod connect;
mod given;
mod tls;

use crate::error::{Error, chain};
use crate::spliced::Spliced;
use crate::surroundings::Surroundings;
use connect::{Tcp, Timed};
use given::Given;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::time::Duration;

pub use address::is_public;

/// Under the 60 s after which servers and load balancers commonly close.
const IDLE: Duration = Duration::from_secs(50);
/// Idle connections kept to one host; more are closed.
const MAX_IDLE_PER_HOST: usize = 1024;

/// The single sender. Clones share the pools.
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
    surroundings: Surroundings,
}

enum Inner {
    Network { open: Box<Network>, public_only: Box<Network> },
    Given(Box<Pool<Given, Spliced>>),
}

type Network = Pool<Timed<HttpsConnector<Tcp>>, Spliced>;

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Network { .. } => "Network",
            Self::Given(_) => "Given",
        })
    }
}

/// How to build a [`Client`].
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Which versions of HTTP are spoken.
    pub http: Http,
    /// Extra root certificates (PEM), for tests and private CAs.
    pub extra_roots_pem: Option<Vec<u8>>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { http: Http::One, extra_roots_pem: None }
    }
}

/// Which versions of HTTP a [`Client`] speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http {
    /// HTTP/1.1. The usual one: hyper-util opens one HTTP/2 connection an origin, and a provider's
    /// limit of streams on it would bound us.
    One,
    /// HTTP/2 where TLS negotiates it.
    Negotiated,
    /// HTTP/2, also without TLS, as gRPC wants it.
    Two,
}

impl Client {
    /// Certificates are judged by the platform's verifier, with the extra roots.
    ///
    /// # Errors
    /// The extra roots are not certificates.
    pub fn new(options: &ClientOptions) -> Result<Self, Error> {
        let tls = tls::config(options.extra_roots_pem.as_deref())?;
        let network = |public_only| {
            let builder = HttpsConnectorBuilder::new().with_tls_config(tls.clone());
            let builder = builder.https_or_http().enable_http1();
            let tcp = Tcp { public_only };
            let connector = match options.http {
                Http::One => builder.wrap_connector(tcp),
                Http::Negotiated | Http::Two => builder.enable_http2().wrap_connector(tcp),
            };
            Box::new(pool().http2_only(options.http == Http::Two).build(Timed(connector)))
        };
        let inner = Inner::Network { open: network(false), public_only: network(true) };
        Ok(Self { inner: Arc::new(inner), surroundings: Surroundings::default() })
    }

    /// For tests: connections come from the function (an in-memory upstream under virtual time),
    /// without TLS whatever the URL says.
    pub fn with_connector<F, Fut, Io>(connect: F) -> Self
    where
        F: Fn(http::Uri) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = std::io::Result<Io>> + Send + 'static,
        Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let inner = Inner::Given(Box::new(pool().build(Given::new(connect))));
        Self { inner: Arc::new(inner), surroundings: Surroundings::default() }
    }

    /// Signs in to clouds by what the process stands in. Without this there are only stored keys.
    #[must_use]
    pub fn within(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Sends; resolves at the response head. Dropping the future or the body closes the
    /// connection, or cancels the stream, of the upstream call.
    ///
    /// A request that finds its pooled connection dead before a byte was written is sent again on
    /// a new one; after that nothing is repeated here.
    ///
    /// # Errors
    /// Whatever keeps a response head from coming, by kind.
    pub async fn send(
        &self,
        request: http::Request<Spliced>,
        public_only: bool,
    ) -> Result<http::Response<Incoming>, Error> {
        let response = match &*self.inner {
            Inner::Network { public_only: pool, .. } if public_only => pool.request(request),
            Inner::Network { open, .. } => open.request(request),
            Inner::Given(pool) => pool.request(request),
        };
        response.await.map_err(|error| classify(&error))
    }
}

fn pool() -> hyper_util::client::legacy::Builder {
    let mut builder = Pool::builder(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(MAX_IDLE_PER_HOST)
        .http2_keep_alive_interval(Duration::from_secs(20));
    builder
}

/// Our connectors say what failed; what else fails while connecting is the TLS between them and HTTP.
fn classify(error: &hyper_util::client::legacy::Error) -> Error {
    let cause = std::error::Error::source(error);
    let mut causes = std::iter::successors(cause, |it| it.source());
    if let Some(ours) = causes.find_map(ours) {
        return ours.clone();
    }
    let line = cause.map_or_else(|| error.to_string(), chain);
    if error.is_connect() { Error::Tls(line) } else { Error::Broken(line) }
}

/// Our error, also when it travels inside an `io::Error`, whose `source` would skip it.
fn ours<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
    let inside = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    cause.downcast_ref().or_else(|| inside?.downcast_ref())
}
