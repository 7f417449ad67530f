//! A data plane with everything around it in memory.
use ::limits::{
    Admitted, Ask as Wanted, Bounds, Boxed, Counters, Denied, Hold, Key, Limits, Permit, Stats,
};
use ::limits::{Rule, Take, Unavailable, Usage};
use access::{Digest, Permission, Scalar, Token, Tokens};
use bytes::Bytes;
use cache::Cache;
use futures_util::FutureExt as _;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use proxy::breaker::Breakers;
use proxy::catalog::{Caching, Catalog, Gateway, GatewayLimits, LiveRoute, Retry, SpendRule};
use proxy::catalog::{RateLimit, Upstream, Version};
use proxy::cooldown::Cooldowns;
use proxy::{Body, Clock, Parts, PinnedVersions, Proxy, Settings};
use route::ids::{AccountId, GatewayId, RouteId, VersionId};
use route::{Known, OnUnavailable, OnUnknownPrice, ProviderState, RouteSpec};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use telemetry::{Record, Records};
use testkit::{FakeUpstream, Script};
use tokio::time::Instant;

const QUEUE: telemetry::Capacity = telemetry::Capacity { records: 1000, bytes: 16 << 20 };
/// What the stored key of `openai` is in every world.
pub(crate) const STORED_KEY: &str = "sk-stored-canary-0123456789";
/// Monday, 2026-11-23, 00:00 UTC.
pub(crate) const MONDAY_MS: u64 = 1_795_392_000_000;

/// Virtual time, as tokio's paused clock has it.
#[derive(Debug)]
struct Virtual(Instant);

impl Clock for Virtual {
    fn now_ms(&self) -> u64 {
        MONDAY_MS + u64::try_from(self.0.elapsed().as_millis()).expect("a short test")
    }
}

impl limits::Clock for Virtual {
    fn now(&self) -> limits::Millis {
        self.now_ms()
    }
}

thread_local!(static ENTROPY: Cell<u64> = const { Cell::new(7) });

/// Seeded: a test runs on one thread and draws the same numbers every time.
fn entropy() -> u64 {
    ENTROPY.with(|it| {
        it.set(
            it.get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        );
        it.get()
    })
}

/// Versions that only a store has; counts how often it is asked.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    versions: Mutex<HashMap<String, Arc<Version>>>,
    asked: Mutex<usize>,
    panics: AtomicBool,
}

impl PinnedVersions for Shelf {
    fn load<'a>(
        &'a self,
        _: &'a GatewayId,
        _: &'a RouteId,
        version: &'a str,
    ) -> Pin<Box<dyn Future<Output = Option<Arc<Version>>> + Send + 'a>> {
        assert!(!self.panics.load(Ordering::Relaxed), "the shelf fell");
        *self.asked.lock().expect("not poisoned") += 1;
        let found = self.versions.lock().expect("not poisoned").get(version).cloned();
        Box::pin(async move { found })
    }
}

impl Shelf {
    pub(crate) fn put(&self, version: Version) {
        self.versions
            .lock()
            .expect("not poisoned")
            .insert(version.id.to_string(), Arc::new(version));
    }

    /// From now on asking panics.
    pub(crate) fn panics(&self) {
        self.panics.store(true, Ordering::Relaxed);
    }

    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().expect("not poisoned")
    }
}

/// Counters that do not answer, or not any more after they have let a request in.
#[derive(Debug, Default)]
pub(crate) struct Away {
    admits: bool,
    me: Mutex<Weak<Self>>,
    /// What was charged for each hold that has ended; `None`: given back.
    ended: Mutex<Vec<Option<u64>>>,
}

impl Away {
    pub(crate) fn ended(&self) -> Vec<Option<u64>> {
        self.ended.lock().expect("not poisoned").clone()
    }

    fn take(&self, ask: &Wanted) -> Option<Permit> {
        let Take::Hold(amount) = ask.take else { return None };
        let hold = Hold { id: 1, at: 0, amount, span: ask.rule.span(), life: 0 };
        let me = self.me.lock().expect("not poisoned").upgrade().expect("alive");
        Some(Permit::shared(me, ask.key.clone(), hold))
    }
}

impl Counters for Away {
    fn admit_seeing<'a>(&'a self, asks: &'a [Wanted]) -> Boxed<'a, Result<Admitted, Denied>> {
        let permits = asks.iter().filter_map(|it| self.take(it)).collect();
        let found = vec![Usage::default(); asks.len()];
        let admitted = Admitted { permits, found };
        let answer = if self.admits { Ok(admitted) } else { Err(Unavailable.into()) };
        Box::pin(async { answer })
    }
    fn mark_sent<'a>(&'a self, _: &'a [(&'a Key, Hold)]) -> Boxed<'a, Result<(), Unavailable>> {
        Box::pin(async { Err(Unavailable) })
    }
    fn end(&self, _: &Key, _: Hold, real: Option<u64>) {
        self.ended.lock().expect("not poisoned").push(real);
    }
    fn stats(&self) -> Stats {
        Stats::default()
    }
}

/// Every provider is there, every model is known.
#[derive(Debug)]
struct Everything;

impl Known for Everything {
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

/// A proxy with two gateways: `default` is open, `locked` wants a token.
pub(crate) struct World {
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) upstream: FakeUpstream,
    pub(crate) limiter: Arc<::limits::Limiter>,
    pub(crate) metrics: Arc<telemetry::Metrics>,
    pub(crate) shelf: Arc<Shelf>,
    records: Mutex<Records>,
    unlogged: Mutex<Records>,
    traced: Mutex<telemetry::Traced>,
}

impl World {
    /// Models play these scripts.
    pub(crate) fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::over(FakeUpstream::playing(scripts))
    }

    /// Every model answers `hello`.
    pub(crate) fn friendly() -> Self {
        Self::playing([Script::completion("hello")])
    }

    pub(crate) fn over(upstream: FakeUpstream) -> Self {
        Self::with_settings(upstream, |_| {})
    }

    pub(crate) fn with_settings(
        upstream: FakeUpstream,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        Self::build(upstream, Bounds::default(), (None, roomy()), change)
    }

    /// With counters that do not answer.
    pub(crate) fn without_counters() -> Self {
        Self::counting_in(Arc::new(Away::default()), [])
    }

    /// With counters that let everything in and then do not answer any more; and what has become of their holds.
    pub(crate) fn losing_counters(scripts: impl IntoIterator<Item = Script>) -> (Self, Arc<Away>) {
        let away = Arc::new(Away { admits: true, ..Away::default() });
        (Self::counting_in(Arc::clone(&away), scripts), away)
    }

    fn counting_in(away: Arc<Away>, scripts: impl IntoIterator<Item = Script>) -> Self {
        *away.me.lock().expect("not poisoned") = Arc::downgrade(&away);
        let away = Limits::shared(away);
        let counters = (Some(away), roomy());
        Self::build(FakeUpstream::playing(scripts), Bounds::default(), counters, |_| {})
    }

    /// With room for so many buckets of limits.
    pub(crate) fn with_buckets(buckets: u64) -> Self {
        Self::build(FakeUpstream::playing([]), Bounds { buckets }, (None, roomy()), |_| {})
    }

    /// With this cache, which both gateways use.
    pub(crate) fn with_cache(upstream: FakeUpstream, cache: Cache) -> Self {
        Self::build(upstream, Bounds::default(), (None, cache), |_| {}).caching(3600)
    }

    /// Both gateways keep answers for so many seconds.
    pub(crate) fn caching(self, seconds: u64) -> Self {
        let ttl = Some(Duration::from_secs(seconds));
        self.change_gateways(|it| Gateway { caching: Caching { ttl, ..it.caching }, ..it.clone() });
        self
    }

    fn build(
        upstream: FakeUpstream,
        bounds: Bounds,
        (counters, cache): (Option<Limits>, Cache),
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let clock = Arc::new(Virtual(Instant::now()));
        let metrics = telemetry::Metrics::new();
        let (recorder, records) = telemetry::queue(QUEUE, Arc::clone(&metrics));
        let (recorder, unlogged) = recorder.counting(100);
        let (tracer, traced) = telemetry::spans(10, Arc::clone(&metrics));
        let limiter = ::limits::Limiter::in_memory_within(Arc::<Virtual>::clone(&clock), bounds);
        let shelf = Arc::new(Shelf::default());
        let mut settings = Settings {
            max_body: 64 << 20,
            max_in_flight: 100,
            guard: access::WebGuard {
                hosts: vec!["localhost".to_owned()],
                ..access::WebGuard::default()
            },
            loopback: true,
            first_byte: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            default_output_tokens: 4096,
        };
        change(&mut settings);
        let dialled = upstream.clone();
        let proxy = Proxy::new(Parts {
            settings,
            catalog: catalog(),
            client: providers::Client::with_connector(move |_| {
                let connection = dialled.connect();
                async move { connection }
            }),
            limits: counters.unwrap_or_else(|| Arc::clone(&limiter).into()),
            cache: Some(Arc::new(cache)),
            recorder,
            tracing: Some(proxy::Tracing {
                tracer,
                sampling: telemetry::Sampling::DEFAULT,
                everywhere: false,
            }),
            metrics: Arc::clone(&metrics),
            clock,
            pinned: Arc::<Shelf>::clone(&shelf),
            entropy,
        });
        Self {
            proxy,
            upstream,
            limiter,
            metrics,
            shelf,
            records: Mutex::new(records),
            unlogged: Mutex::new(unlogged),
            traced: Mutex::new(traced),
        }
    }

    /// What the budget that is the first limit of the route `r` holds: settled, held.
    pub(crate) fn budget(&self) -> (u64, u64) {
        let gateway = &self.proxy.catalog().gateways["default"];
        let version = gateway.routes["r"].deployed.clone().expect("deployed");
        let quota = &version.route.quotas()[0];
        let technique = ::limits::Technique::Sliding;
        let rule = ::limits::Rule { limit: quota.limit, window: quota.window, technique };
        let used = self.limiter.usage(&version.bucket(quota, None).expect("a bucket"), &rule);
        (used.settled, used.held)
    }

    /// Deploys a route in both gateways; its id is `id-<name>`, its version `v1`.
    pub(crate) fn deploy(self, name: &str, elements: &Value) -> Self {
        self.set(name, |gateway| {
            let version = Some(Arc::new(version(gateway, name, "v1", elements)));
            LiveRoute::new(route_id(name), name, version.clone(), version)
        });
        self
    }

    /// Puts a route into both gateways.
    pub(crate) fn set(&self, _name: &str, make: impl Fn(&Gateway) -> LiveRoute) {
        self.change_gateways(|gateway| gateway.with_route(make(gateway)));
    }

    pub(crate) fn change_gateways(&self, change: impl Fn(&Gateway) -> Gateway) {
        self.proxy.update(|catalog| {
            let mut next = catalog.clone();
            for gateway in catalog.gateways.values() {
                next = next.with_gateway(change(gateway));
            }
            next
        });
    }

    /// Prices a model of openai: dollars in pico-dollars a token, in and out.
    pub(crate) fn price(self, model: &str, input: u64, output: u64) -> Self {
        self.change_gateways(|gateway| {
            let mut overrides = (*gateway.prices.gateway).clone();
            let price = providers::Price::flat(input, output);
            let own = providers::Override { price, version: "test price".into() };
            overrides.insert(("openai".to_owned(), model.to_owned()), own);
            let prices =
                providers::PriceBook { gateway: overrides.into(), ..(*gateway.prices).clone() };
            Gateway { prices: Arc::new(prices), ..gateway.clone() }.adopt_routes(gateway)
        });
        self
    }

    /// Lays a price list with these models of openai over the shipped one.
    pub(crate) fn listing(self, models: &Value) -> Self {
        let list = json!({"source": "test list", "date": "1", "models": {"openai": models}});
        let list = providers::Catalogue::parse(list.to_string().as_bytes()).expect("a price list");
        let list = Arc::new(list.over(providers::Catalogue::shipped()));
        self.change_gateways(|gateway| {
            let catalogue = Arc::clone(&list);
            let prices = providers::PriceBook { catalogue, ..(*gateway.prices).clone() };
            Gateway { prices: Arc::new(prices), ..gateway.clone() }.adopt_routes(gateway)
        });
        self
    }

    /// Limits both gateways.
    pub(crate) fn limit(self, make: impl Fn(&GatewayId) -> GatewayLimits) -> Self {
        self.change_gateways(|gateway| {
            let limits = Arc::new(make(&gateway.id));
            Gateway { limits, ..gateway.clone() }.adopt_routes(gateway)
        });
        self
    }

    /// Limits both gateways by these spend rules.
    pub(crate) fn spend(self, rules: impl IntoIterator<Item = SpendRule>) -> Self {
        let spend: Vec<_> = rules.into_iter().map(Arc::new).collect();
        self.limit(|_| GatewayLimits { rate: None, spend: spend.clone() })
    }

    /// Adds a token with this secret.
    pub(crate) fn token(self, secret: &str, token: Token) -> Self {
        self.proxy.update(|catalog| {
            let mut tokens = (*catalog.tokens).clone();
            tokens.by_digest.insert(Digest::of(secret), Arc::new(token.clone()));
            catalog.with_tokens(Arc::new(tokens))
        });
        self
    }

    /// A chat request for this model.
    pub(crate) fn chat(&self, model: &str) -> Ask<'_> {
        let body = json!({"model": model, "messages": [{"role": "user", "content": "hi"}]});
        Ask::new(self, body.to_string())
    }

    /// Records made since the last look.
    pub(crate) fn records(&self) -> Vec<Record> {
        all(&self.records)
    }

    /// What was to be counted without a log, since the last look.
    pub(crate) fn unlogged(&self) -> Vec<Record> {
        all(&self.unlogged)
    }

    /// Requests whose spans are to be made, since the last look.
    pub(crate) fn traced(&self) -> Vec<Record> {
        let mut traced = self.traced.lock().expect("not poisoned");
        let next = || traced.next().now_or_never().flatten().map(Arc::unwrap_or_clone);
        std::iter::from_fn(next).collect()
    }

    /// Whether the next record of the log and the next one that spans are made of are one, and not copies.
    pub(crate) fn shares_records(&self) -> bool {
        let traced = self.traced.lock().expect("not poisoned").take().expect("spans");
        let mut records = self.records.lock().expect("not poisoned");
        let logged = records.next_shared(1).now_or_never().flatten().expect("a log");
        logged.iter().all(|it| Arc::ptr_eq(it, &traced))
    }

    /// The only record made since the last look.
    pub(crate) fn record(&self) -> Record {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "{records:?}");
        records.remove(0)
    }
}

fn all(records: &Mutex<Records>) -> Vec<Record> {
    let mut records = records.lock().expect("not poisoned");
    let mut all = Vec::new();
    while let Some(Some(batch)) = records.next_batch(100).now_or_never() {
        all.extend(batch);
    }
    all.iter().for_each(is_charged_in_full);
    all
}

/// What its model elements were charged is all that was: not more, not less.
fn is_charged_in_full(it: &Record) {
    let used = it.charges.iter().map(|it| it.usage).reduce(|sum, it| sum.plus(&it));
    if !it.cached {
        assert_eq!(used, it.usage, "{it:?}");
    }
    if let Some(cost) = it.cost {
        let charged: Option<u64> = it.charges.iter().map(|it| it.cost).sum();
        assert_eq!(charged, Some(cost), "{it:?}");
    }
}

/// The id that [`World::deploy`] gives a route.
pub(crate) fn route_id(name: &str) -> RouteId {
    RouteId::from(format!("id-{name}"))
}

/// Compiles and plans.
pub(crate) fn version(gateway: &Gateway, route: &str, id: &str, elements: &Value) -> Version {
    let spec = RouteSpec::parse(&elements.to_string()).expect("a graph");
    let compiled = route::compile(&spec, &Everything);
    let graph = compiled.route.unwrap_or_else(|| panic!("{:?}", compiled.problems));
    Version::new(VersionId::from(id), graph, &route_id(route), gateway)
}

/// So many requests in so many seconds, fixed.
pub(crate) fn requests(gateway: &GatewayId, limit: u64, seconds: u64) -> RateLimit {
    RateLimit::new(gateway, fixed(limit, seconds), OnUnavailable::Open)
}

fn fixed(limit: u64, seconds: u64) -> Rule {
    let window = Duration::from_secs(seconds);
    Rule { limit, window, technique: ::limits::Technique::Fixed }
}

/// So many cents an hour, fixed, for every call.
pub(crate) fn cents(id: &str, cents: u64) -> SpendRule {
    SpendRule {
        id: id.into(),
        rule: fixed(cents * 10_000_000, 3600),
        model: None,
        provider: None,
        metadata: Vec::new(),
        on_unavailable: OnUnavailable::Closed,
        on_unknown_price: OnUnknownPrice::Refuse,
    }
}

/// A token that may run everything.
pub(crate) fn runner() -> Token {
    Token {
        id: "tok-1".to_owned(),
        name: "runner".to_owned(),
        permissions: [Permission::Run].into(),
        expires_at: None,
        gateways: None,
        routes: None,
        metadata: BTreeMap::new(),
    }
}

/// A token that speaks for one user.
pub(crate) fn of_user(user: &str) -> Token {
    Token { metadata: [("user".to_owned(), Scalar::Text(user.to_owned()))].into(), ..runner() }
}

/// A cache with room for everything; nothing is kept in it unless somebody asks.
fn roomy() -> Cache {
    Cache::in_memory(64 << 20)
}

fn catalog() -> Catalog {
    let gateways = [gateway("default", false), gateway("locked", true)];
    Catalog {
        account: AccountId::from("acc"),
        gateways: gateways.into_iter().map(|it| (it.id.clone(), Arc::new(it))).collect(),
        tokens: Arc::new(Tokens::default()),
    }
}

fn gateway(id: &str, authentication: bool) -> Gateway {
    let key = || Some(providers::Key { alias: "stored:default".into(), secret: STORED_KEY.into() });
    let at = |slug: &str, base: &str, key| {
        let provider = providers::find(slug).expect("a row");
        let endpoint = providers::Endpoint::new(provider, Some(base), key).expect("an endpoint");
        let upstream = Upstream::new(Arc::new(endpoint), Vec::new(), &Cooldowns::new(None));
        (Box::from(slug), Arc::new(upstream))
    };
    let upstream = |slug, key| at(slug, "http://upstream.test/v1", key);
    Gateway {
        id: GatewayId::from(id),
        authentication,
        collect_logs: true,
        collect_log_payloads: true,
        traced: false,
        retry: Retry::default(),
        caching: Caching::default(),
        limits: Arc::default(),
        routes: HashMap::new(),
        providers: [
            upstream("openai", key()),
            upstream("groq", None),
            upstream("openrouter", key()),
            upstream("mistral", key()),
            upstream("echo", None),
            at("anthropic", "http://upstream.test", key()),
            at("google-ai-studio", "http://upstream.test", key()),
            at("elevenlabs", "http://upstream.test", key()),
        ]
        .into(),
        breakers: Breakers::new(None),
        prices: Arc::default(),
    }
}

/// A request being written.
pub(crate) struct Ask<'w> {
    world: &'w World,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl<'w> Ask<'w> {
    pub(crate) fn new(world: &'w World, body: impl Into<Bytes>) -> Self {
        let path = "/v1/acc/default/compat/chat/completions".to_owned();
        let ask = Self {
            world,
            method: Method::POST,
            path,
            headers: HeaderMap::new(),
            body: body.into(),
        };
        ask.header("host", "localhost").header("content-type", "application/json")
    }

    pub(crate) fn get(world: &'w World, path: &str) -> Self {
        Self { method: Method::GET, ..Self::new(world, "") }.path(path)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().expect("a header value"));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) fn token(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    pub(crate) fn locked(self) -> Self {
        self.path("/v1/acc/locked/compat/chat/completions")
    }

    pub(crate) fn path(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// Adds members to the body.
    pub(crate) fn with(mut self, members: Value) -> Self {
        let mut body: Value = serde_json::from_slice(&self.body).expect("a JSON body");
        let (Value::Object(body_members), Value::Object(more)) = (&mut body, members) else {
            panic!("objects")
        };
        body_members.extend(more);
        self.body = body.to_string().into();
        self
    }

    pub(crate) fn streamed(self) -> Self {
        self.with(json!({"stream": true}))
    }

    /// Sends; the body is not read yet.
    pub(crate) async fn begin(self) -> Response<Body> {
        let length = self.body.len();
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("a path");
        *request.headers_mut() = self.headers;
        request.headers_mut().entry("content-length").or_insert(length.into());
        Box::pin(self.world.proxy.handle(request)).await
    }

    pub(crate) async fn send(self) -> Answer {
        let (head, body) = self.begin().await.into_parts();
        let body = body.collect().await.expect("a body never fails").to_bytes();
        Answer { status: head.status, headers: head.headers, body }
    }
}

/// A response, read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().expect("text"))
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What the model said.
    pub(crate) fn said(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()["choices"][0]["message"]["content"].as_str().unwrap_or_default().to_owned()
    }

    /// The number and the message of an error.
    pub(crate) fn error(&self) -> (u16, u64, String) {
        let json = self.json();
        let code = json["errors"][0]["code"].as_u64().unwrap_or_default();
        (
            self.status.as_u16(),
            code,
            json["error"]["message"].as_str().unwrap_or_default().to_owned(),
        )
    }
}
