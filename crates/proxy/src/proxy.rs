//! The data plane as a value: made by the binary, given requests and new catalogs.
use crate::call::{Context, Room};
use crate::catalog::{Catalog, Version};
use crate::load::Load;
use crate::pins::Pins;
use crate::reject::{self, Reject};
use crate::serve::Arrival;
use crate::trace::Tracing;
use crate::{Body, Clock, place, respond, serve};
use arc_swap::ArcSwap;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Method, Request, Response, header};
use route::ids::{GatewayId, RouteId};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Loads a pinned version that the catalog does not hold: the one exception to "no SQL". Implemented by the binary, cached here.
pub trait PinnedVersions: Send + Sync + std::fmt::Debug {
    /// The version with this id of this route, compiled and planned; `None` when there is none or it does not compile.
    fn load<'a>(
        &'a self,
        gateway: &'a GatewayId,
        route: &'a RouteId,
        version: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<Arc<Version>>> + Send + 'a>>;
}

/// What the data plane is told once.
#[derive(Debug)]
pub struct Settings {
    /// Largest request body, bytes: 64 MiB.
    pub max_body: usize,
    /// Requests under way at most; more get a 503.
    pub max_in_flight: usize,
    /// Which hosts and web origins may speak to this server.
    pub guard: access::WebGuard,
    /// Only this machine can reach the data plane: an open gateway then honours `cf-aig-custom-cost`.
    pub loopback: bool,
    /// A model element's time to its first meaningful byte when nothing else says: 120 s.
    pub first_byte: Duration,
    /// Between chunks: 60 s.
    pub idle: Duration,
    /// Tokens held for an answer when neither request nor catalogue says (docs/limits.md): 4096.
    pub default_output_tokens: u64,
}

/// What a [`Proxy`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// What it is told once.
    pub settings: Settings,
    /// The first catalog.
    pub catalog: Catalog,
    /// The one sender.
    pub client: providers::Client,
    /// Counts and budgets.
    pub limits: limits::Limits,
    /// Answers that are kept; `None`: nowhere.
    pub cache: Option<Arc<cache::Cache>>,
    /// Where records go.
    pub recorder: telemetry::Recorder,
    /// Where spans are made of them; `None`: nowhere.
    pub tracing: Option<Tracing>,
    /// What is counted.
    pub metrics: Arc<telemetry::Metrics>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where pinned versions come from.
    pub pinned: Arc<dyn PinnedVersions>,
    /// Makes the seed of a request's dice and its `UUIDv7` id.
    pub entropy: fn() -> u64,
}

/// Bytes of answers that are kept while they are relayed, of all requests: 256 MiB.
const HELD: usize = 256 << 20;

/// The data plane.
#[derive(Debug)]
pub struct Proxy {
    pub(crate) settings: Settings,
    pub(crate) calls: Context,
    pub(crate) limits: limits::Limits,
    pub(crate) cache: Option<Arc<cache::Cache>>,
    pub(crate) recorder: telemetry::Recorder,
    pub(crate) tracing: Option<Tracing>,
    pub(crate) pins: Pins,
    catalog: ArcSwap<Catalog>,
    load: Arc<Load>,
    entropy: fn() -> u64,
}

impl Proxy {
    /// Ready to serve.
    pub fn new(parts: Parts) -> Arc<Self> {
        let load = Load::new(parts.settings.max_in_flight, Arc::clone(&parts.metrics));
        Arc::new(Self {
            settings: parts.settings,
            calls: Context {
                client: parts.client,
                clock: parts.clock,
                metrics: parts.metrics,
                room: Room::new(HELD),
                limits: parts.limits.clone(),
            },
            limits: parts.limits,
            cache: parts.cache,
            recorder: parts.recorder,
            tracing: parts.tracing,
            pins: Pins::new(parts.pinned),
            catalog: ArcSwap::from_pointee(parts.catalog),
            load: Arc::new(load),
            entropy: parts.entropy,
        })
    }

    /// What it was told once.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The catalog in force.
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// Changes the catalog atomically: two changes at the same time both happen. `change` may run more than once. Requests under way
    /// keep the catalog they began with.
    pub fn update(&self, mut change: impl FnMut(&Catalog) -> Catalog) {
        self.catalog.rcu(|it| change(it));
        self.pins.clear();
    }

    /// Replaces the catalog whole, whatever it is now; see [`Proxy::update`].
    pub fn swap(&self, catalog: Catalog) {
        self.catalog.store(Arc::new(catalog));
        self.pins.clear();
    }

    /// Serves `/v1/…` and the `/client/v4/accounts/{account}/ai/v1/…` twin. Never fails: every error is a response, a panic too.
    pub async fn handle<B>(self: &Arc<Self>, request: Request<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let at_ms = self.calls.clock.now_ms();
        let id = self.new_id(at_ms);
        let shape = place::shape(request.uri().path());
        let Some(slot) = self.load.enter() else {
            return Reject::busy(self.load.draining()).into_response(shape, &id, None);
        };
        if let Err(foreign) = self.settings.guard.check(request.headers()) {
            return Reject::new(reject::FORBIDDEN, foreign.to_string()).into_response(
                shape,
                &id,
                Some(slot),
            );
        }
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut response = if request.method() == Method::OPTIONS {
            respond::preflight(request.headers())
        } else {
            let (begun, seed) = (Instant::now(), (self.entropy)());
            self.answer(request, Arrival { id, at_ms, begun, seed, slot, shape }).await
        };
        respond::allow_origin(&mut response, origin);
        response
    }

    /// Serves, and turns what goes wrong into a response.
    async fn answer<B>(self: &Arc<Self>, request: Request<B>, arrival: Arrival) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: std::fmt::Display,
    {
        let served = AssertUnwindSafe(serve::serve(self, request, &arrival)).catch_unwind().await;
        let reject = match served {
            Ok(Ok(response)) => return response,
            Ok(Err(reject)) => reject,
            Err(_) => {
                tracing::error!(request = %arrival.id, "a request panicked");
                let message =
                    format!("something broke inside Pointsman; the request was {}", arrival.id);
                Reject::new(reject::INTERNAL, message)
            }
        };
        reject.into_response(arrival.shape, &arrival.id, Some(arrival.slot))
    }

    /// No new requests from now on (503), for shutdown.
    pub fn drain(&self) {
        self.load.drain();
    }

    /// Resolves when no request is under way.
    pub async fn idle(&self) {
        self.load.idle().await;
    }

    /// Requests under way, streams that are still being sent included.
    pub fn in_flight(&self) -> usize {
        self.load.in_flight()
    }

    pub(crate) fn new_id(&self, at_ms: u64) -> String {
        let (high, low) = ((self.entropy)().to_le_bytes(), (self.entropy)().to_le_bytes());
        let [a, b, c, d, e, f, g, h] = high;
        let [i, j, ..] = low;
        let id = uuid::Builder::from_unix_timestamp_millis(at_ms, &[a, b, c, d, e, f, g, h, i, j])
            .into_uuid();
        id.hyphenated().to_string()
    }
}
