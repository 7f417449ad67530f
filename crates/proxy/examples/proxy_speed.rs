//! What the data plane costs a request, without sockets: `cargo run --release -p proxy --example proxy_speed`.
//!
//! Every request goes through a route of a condition, a limit and a model, with logging on. The model is `echo`, whose own cost is printed
//! first; what is left is admission, scan, walk, limit, call, headers and the record.
#![expect(clippy::print_stdout, reason = "printing the figures is all it does")]

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use proxy::breaker::Breakers;
use proxy::catalog::{Catalog, Gateway, LiveRoute, Retry, Upstream, Version};
use proxy::cooldown::Cooldowns;
use proxy::{Clock, Parts, PinnedVersions, Proxy, Settings};
use route::ids::{AccountId, GatewayId, RouteId, VersionId};
use route::{Known, ProviderState, RouteSpec};
use std::collections::HashMap;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 200_000;
const START_MS: u64 = 1_700_000_000_000;
const ELEMENTS: &str = r#"[
  {"id": "start", "type": "start", "outputs": {"next": {"elementId": "if"}}},
  {"id": "if", "type": "conditional", "properties": {"conditions": {"metadata.plan": "pro"}},
   "outputs": {"true": {"elementId": "quota"}, "false": {"elementId": "end"}}},
  {"id": "quota", "type": "rate", "properties": {"limitType": "count", "key": "metadata.user", "limit": 1000000000, "window": 60},
   "outputs": {"success": {"elementId": "main"}, "fallback": {"elementId": "end"}}},
  {"id": "main", "type": "model", "properties": {"provider": "echo", "model": "echo"},
   "outputs": {"success": {"elementId": "end"}, "fallback": {"elementId": "end"}}},
  {"id": "end", "type": "end"}
]"#;

#[derive(Debug)]
struct Running(Instant);

impl Clock for Running {
    fn now_ms(&self) -> u64 {
        START_MS + u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl limits::Clock for Running {
    fn now(&self) -> limits::Millis {
        self.now_ms()
    }
}

#[derive(Debug)]
struct Nothing;

impl PinnedVersions for Nothing {
    fn load<'a>(
        &'a self,
        _: &'a GatewayId,
        _: &'a RouteId,
        _: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<Arc<Version>>> + Send + 'a>> {
        Box::pin(std::future::ready(None))
    }
}

impl Known for Nothing {
    fn provider(&self, _: &str) -> ProviderState {
        ProviderState::Ready
    }
    fn has_price(&self, _: &str, _: &str) -> bool {
        true
    }
    fn has_model(&self, _: &str, _: &str) -> bool {
        true
    }
}

fn gateway() -> Gateway {
    let echo = providers::find("echo").expect("a row");
    let endpoint =
        providers::Endpoint::new(echo, Some("http://echo.invalid"), None).expect("an endpoint");
    let gateway = Gateway {
        id: GatewayId::from("default"),
        authentication: false,
        collect_logs: true,
        collect_log_payloads: true,
        traced: false,
        retry: Retry::default(),
        caching: proxy::catalog::Caching::default(),
        limits: Arc::default(),
        routes: HashMap::new(),
        providers: [(
            "echo".into(),
            Arc::new(Upstream::new(Arc::new(endpoint), Vec::new(), &Cooldowns::new(None))),
        )]
        .into(),
        breakers: Breakers::new(None),
        prices: Arc::default(),
    };
    let spec = RouteSpec::parse(ELEMENTS).expect("a graph");
    let graph = route::compile(&spec, &Nothing).route.expect("a route");
    let id = RouteId::from("r1");
    let version = Some(Arc::new(Version::new(VersionId::from("v1"), graph, &id, &gateway)));
    gateway.with_route(LiveRoute::new(id, "support", version.clone(), version))
}

const QUEUE: telemetry::Capacity = telemetry::Capacity { records: 10_000, bytes: 16 << 20 };

fn proxy() -> (Arc<Proxy>, telemetry::Records) {
    let clock = Arc::new(Running(Instant::now()));
    let metrics = telemetry::Metrics::new();
    let (recorder, records) = telemetry::queue(QUEUE, Arc::clone(&metrics));
    let proxy = Proxy::new(Parts {
        settings: Settings {
            max_body: 64 << 20,
            max_in_flight: 1000,
            guard: access::WebGuard {
                hosts: vec!["localhost".to_owned()],
                ..access::WebGuard::default()
            },
            loopback: true,
            first_byte: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            default_output_tokens: 4096,
        },
        catalog: Catalog {
            account: AccountId::from("acc"),
            gateways: HashMap::new(),
            tokens: Arc::default(),
        }
        .with_gateway(gateway()),
        client: providers::Client::new(&providers::ClientOptions::default()).expect("a client"),
        limits: limits::Limiter::in_memory(Arc::<Running>::clone(&clock)).into(),
        cache: None,
        recorder,
        tracing: None,
        metrics,
        clock,
        pinned: Arc::new(Nothing),
        entropy: || 0x5DEE_CE66_D1CE_4E5B,
    });
    (proxy, records)
}

fn request(body: &Bytes, model_call: bool) -> Request<Full<Bytes>> {
    let path = if model_call {
        "/v1/acc/default/compat/chat/completions"
    } else {
        "/v1/acc/none/compat/chat/completions"
    };
    Request::post(path)
        .header(header::HOST, "localhost:8787")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::USER_AGENT, "OpenAI/Python 3.54.0")
        .header("cf-aig-metadata", r#"{"plan": "pro", "user": "ada"}"#)
        .body(Full::new(body.clone()))
        .expect("a request")
}

async fn measure(what: &str, body: &Bytes, model_call: bool) {
    let (proxy, mut records) = proxy();
    let start = Instant::now();
    for round in 0..ROUNDS {
        let response = proxy.handle(request(body, model_call)).await;
        assert_eq!(response.status().is_success(), model_call, "{:?}", response.headers());
        black_box(response.into_body().collect().await.ok());
        if round % 1000 == 0 {
            while records.next_batch(1000).now_or_never().flatten().is_some() {}
        }
    }
    print(what, start);
}

fn print(what: &str, start: Instant) {
    println!("{what:58}{:>9.2} µs", start.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS));
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let text = "All the world is a railway. ".repeat(36);
    let body = format!(
        r#"{{"model": "dynamic/support", "messages": [{{"role": "user", "content": "{text}"}}]}}"#
    );
    let body = Bytes::from(body);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        let answer = providers::echo::answer("echo", black_box(&body), false);
        black_box(answer.into_body().collect().await.ok());
    }
    print("echo by itself, 1 KB", start);
    let start = Instant::now();
    for _ in 0..ROUNDS {
        black_box(request(&body, true));
    }
    print("making the request", start);
    measure("a request refused at its gateway", &body, false).await;
    measure("condition, limit, echo, record, 1 KB", &body, true).await;
}
