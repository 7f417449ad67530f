//! A running API for one test: its store, a process around it that the test plays, and a client.

use api::{ApiDialect, Change, Live, Simulate, Simulated, State, Trial, Tried, Unsound};
use api::{BucketInUse, CountersAway, LimitsAsked, LimitsInUse, Offer};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use route::ids::GatewayId;
use route::{Known, ProviderState};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// The token that may do everything.
pub(crate) const ADMIN: &str = "pmn_the-admin-token-of-the-tests-0000000000000000";
/// Where everything of the account is.
pub(crate) const A: &str = "/client/v4/accounts/acme/ai-gateway";

pub(crate) struct World {
    router: Router,
    pub(crate) live: Arc<Process>,
    pub(crate) store: store::Store,
    _folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With a state other than the usual one.
    pub(crate) async fn with(change: impl FnOnce(&mut State)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = store::Store::open(&url, &store::MasterKey::generate()).await.unwrap();
        let local = store::Actor { id: "local".into(), name: "local".into() };
        let default = store::NewGateway {
            id: "default".into(),
            authentication: false,
            collect_logs: true,
            settings: "{}".into(),
            collectors: None,
        };
        store.gateways().ensure_default(&local, default).await.unwrap();
        let live = Arc::new(Process::new(store.clone()));
        let mut state = State {
            store: store.clone(),
            live: Arc::<Process>::clone(&live),
            account: "acme".into(),
            dialect: ApiDialect::Auto,
            guard: access::WebGuard { hosts: vec!["localhost".into()], ..Default::default() },
            public_url: Some("http://localhost:8787".into()),
            allow_private_upstreams: false,
            version: "0.0.0",
        };
        change(&mut state);
        Self { router: api::router(state), live, store, _folder: folder }
    }

    /// The router itself.
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PATCH, path).json(body)
    }

    pub(crate) fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// A call below the account, or of an absolute path, as the admin.
    pub(crate) fn call(&self, method: Method, path: &str) -> Call<'_> {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("{A}/{path}") };
        let call = Call { world: self, method, path, headers: Vec::new(), body: Vec::new() };
        call.header("host", "localhost:8787").header("authorization", &format!("Bearer {ADMIN}"))
    }

    /// A route in the default gateway; its id.
    pub(crate) async fn route(&self, name: &str) -> String {
        let body = json!({"name": name, "elements": hello()});
        let reply = self.post("gateways/default/routes", &body).ok().await;
        reply.body["result"]["id"].as_str().unwrap().to_owned()
    }

    /// A token with these permissions and limits; its secret.
    pub(crate) async fn token(&self, body: Value) -> String {
        let reply = self.post("/client/v4/accounts/acme/tokens", &body).ok().await;
        reply.body["result"]["value"].as_str().unwrap().to_owned()
    }
}

/// start → model → end, on the built-in provider.
pub(crate) fn hello() -> Value {
    json!([
        {"id": "a", "type": "start", "outputs": {"next": {"elementId": "b"}}},
        {"id": "b", "type": "model", "outputs": {"success": {"elementId": "c"}, "fallback": {"elementId": "c"}},
         "properties": {"provider": "echo", "model": "echo", "timeout": 1000, "retries": 0}},
        {"id": "c", "type": "end", "outputs": {}}
    ])
}

/// The same with an error: `b` calls a provider that is not there.
pub(crate) fn broken() -> Value {
    let mut elements = hello();
    elements[1]["properties"]["provider"] = json!("nobody");
    elements
}

pub(crate) struct Call<'w> {
    world: &'w World,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call<'_> {
    /// Sets or replaces a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn token(self, secret: &str) -> Self {
        self.header("authorization", &format!("Bearer {secret}"))
    }

    /// As a generated SDK.
    pub(crate) fn sdk(self) -> Self {
        self.header("x-stainless-lang", "js")
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    pub(crate) fn text(self, body: &str) -> Self {
        self.bytes(body.as_bytes()).header("content-type", "application/json")
    }

    pub(crate) fn bytes(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    pub(crate) async fn send(self) -> Reply {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Reply { status: head.status, headers: head.headers, body, text }
    }

    /// Sends, and expects success in the envelope.
    #[track_caller]
    pub(crate) fn ok(self) -> impl Future<Output = Reply> {
        let at = std::panic::Location::caller();
        async move {
            let reply = self.send().await;
            assert_eq!(reply.status, StatusCode::OK, "{at}: {}", reply.text);
            assert_eq!(reply.body["success"], true, "{at}");
            assert_eq!(reply.body["errors"], json!([]), "{at}");
            assert!(reply.body["messages"].is_array(), "{at}");
            reply
        }
    }

    /// Sends, and expects a refusal in the envelope; the first error.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: u32) -> impl Future<Output = Reply> {
        let at = std::panic::Location::caller();
        async move {
            let reply = self.send().await;
            assert_eq!(reply.status.as_u16(), status, "{at}: {}", reply.text);
            assert_eq!(reply.body["success"], false, "{at}");
            assert_eq!(reply.body["errors"][0]["code"], code, "{at}: {}", reply.text);
            let advice = reply.body["messages"].as_array().expect("messages is a list");
            let warning = |it: &Value| it["problem"]["severity"] == "warning";
            assert!(advice.iter().all(warning), "{at}: {}", reply.text);
            assert_eq!(reply.body["result"], json!({}), "{at}");
            reply
        }
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn etag(&self) -> String {
        self.headers["etag"].to_str().unwrap().to_owned()
    }

    pub(crate) fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap()
    }

    pub(crate) fn result(&self, field: &str) -> String {
        self.body["result"][field].as_str().unwrap().to_owned()
    }

    /// The body with ids and times named instead of shown.
    pub(crate) fn redacted(&self) -> Value {
        let mut body = self.body.clone();
        redact(&mut body);
        body
    }
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), &*value) {
                    (
                        "created_at" | "modified_at" | "issued_on" | "effective_from",
                        Value::String(_),
                    ) => {
                        *value = json!("[time]");
                    }
                    ("version_id" | "deployment_id" | "prefix" | "value", Value::String(_)) => {
                        *value = json!(format!("[{key}]"));
                    }
                    ("id" | "secret_id" | "resource", Value::String(id)) if id.len() > 20 => {
                        *value = json!("[id]");
                    }
                    _ => redact(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(redact),
        _ => {}
    }
}

/// The process around the API, as the test plays it.
#[derive(Debug)]
pub(crate) struct Process {
    store: store::Store,
    tokens: Mutex<Arc<access::Tokens>>,
    published: Mutex<Vec<Change>>,
    pub(crate) providers: Mutex<BTreeSet<String>>,
    pub(crate) fails: AtomicBool,
    /// What was tried.
    pub(crate) trials: Mutex<Vec<Trial>>,
    /// How every trial goes.
    pub(crate) tried: Mutex<Result<Tried, String>>,
    /// What was to be simulated.
    pub(crate) simulations: Mutex<Vec<Simulate>>,
    /// What every simulation tells.
    pub(crate) simulated: Mutex<Result<Simulated, Unsound>>,
    /// What was asked of limits.
    pub(crate) asked: Mutex<Vec<LimitsAsked>>,
    /// What there is of them; `None`: the counters do not answer.
    pub(crate) in_use: Mutex<Option<LimitsInUse>>,
    /// What can be called.
    pub(crate) offer: Mutex<Offer>,
    pub(crate) now_ms: AtomicU64,
}

impl Process {
    fn new(store: store::Store) -> Self {
        Self {
            store,
            tokens: Mutex::new(Arc::new(with_admin(access::Tokens::default()))),
            published: Mutex::default(),
            providers: Mutex::new(["echo", "openai"].map(str::to_owned).into()),
            fails: AtomicBool::new(false),
            trials: Mutex::default(),
            tried: Mutex::new(Err("nothing can be tried yet".into())),
            simulations: Mutex::default(),
            simulated: Mutex::new(Err(Unsound {
                place: vec!["request".into()],
                message: "nothing can be simulated yet".into(),
            })),
            asked: Mutex::default(),
            in_use: Mutex::new(Some(LimitsInUse {
                nearest: Vec::new(),
                found: 0,
                complete: true,
                shared: false,
            })),
            offer: Mutex::new(Offer { providers: Vec::new(), prices: Arc::default() }),
            now_ms: AtomicU64::new(1_800_000_000_000),
        }
    }

    /// What was published since the last time.
    pub(crate) fn published(&self) -> Vec<Change> {
        std::mem::take(&mut self.published.lock().unwrap())
    }

    async fn take_over(&self, change: Change) -> Result<(), String> {
        if self.fails.load(Ordering::Relaxed) {
            return Err("the catalog could not be built".into());
        }
        if change == Change::Tokens {
            let mut tokens = access::Tokens::default();
            for (digest, token) in self.store.tokens().all().await.map_err(|it| it.to_string())? {
                tokens.by_digest.insert(digest, Arc::new(token));
            }
            *self.tokens.lock().unwrap() = Arc::new(with_admin(tokens));
        }
        self.published.lock().unwrap().push(change);
        Ok(())
    }
}

fn with_admin(mut tokens: access::Tokens) -> access::Tokens {
    tokens.by_digest.insert(access::Digest::of(ADMIN), Arc::new(access::Token::admin()));
    tokens
}

impl Live for Process {
    fn known(&self, _: &GatewayId) -> Arc<dyn Known + Send + Sync> {
        Arc::new(Providers(self.providers.lock().unwrap().clone()))
    }

    fn publish(
        &self,
        change: Change,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + '_>> {
        Box::pin(self.take_over(change))
    }

    fn tokens(&self) -> Arc<access::Tokens> {
        Arc::clone(&self.tokens.lock().unwrap())
    }

    fn now_ms(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn try_model(
        &self,
        trial: Trial,
    ) -> Pin<Box<dyn Future<Output = Result<Tried, String>> + Send + '_>> {
        self.trials.lock().unwrap().push(trial);
        let tried = self.tried.lock().unwrap().clone();
        Box::pin(std::future::ready(tried))
    }

    fn simulate(
        &self,
        simulate: Simulate,
    ) -> Pin<Box<dyn Future<Output = Result<Simulated, Unsound>> + Send + '_>> {
        self.simulations.lock().unwrap().push(simulate);
        let simulated = self.simulated.lock().unwrap().clone();
        Box::pin(std::future::ready(simulated))
    }

    fn offer(&self, _: &GatewayId) -> Offer {
        self.offer.lock().unwrap().clone()
    }

    fn limits_in_use(
        &self,
        asked: LimitsAsked,
    ) -> Pin<Box<dyn Future<Output = Result<LimitsInUse, CountersAway>> + Send + '_>> {
        self.asked.lock().unwrap().push(asked);
        let in_use = self.in_use.lock().unwrap().clone();
        Box::pin(std::future::ready(in_use.ok_or(CountersAway)))
    }

    fn reset_limit<'a>(
        &'a self,
        gateway: &'a GatewayId,
        bucket: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Option<BucketInUse>, CountersAway>> + Send + 'a>> {
        let in_use = self.in_use.lock().unwrap();
        let found = in_use.as_ref().map(|it| {
            let mut here = it.nearest.iter().filter(|_| gateway.as_str() == "default");
            here.find(|it| it.id == bucket).cloned()
        });
        Box::pin(std::future::ready(found.ok_or(CountersAway)))
    }
}

struct Providers(BTreeSet<String>);

impl Known for Providers {
    fn provider(&self, slug: &str) -> ProviderState {
        if self.0.contains(slug) { ProviderState::Ready } else { ProviderState::Unknown }
    }

    fn has_price(&self, _: &str, _: &str) -> bool {
        true
    }

    fn has_model(&self, _: &str, model: &str) -> bool {
        model != "unheard-of"
    }
}
