//! A model element whose provider is scripted, in memory.

use bytes::Bytes;
use http_body_util::BodyExt as _;
use proxy::breaker::Breaker;
use proxy::call::{Answered, Call, Called, Context, Ending, Failure, Live, Policy, Question, Room};
use proxy::catalog::{Backoff, Plan};
use proxy::cooldown::Cooldowns;
use proxy::keys::{Held, Seat};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{FakeUpstream, Script};
use tokio::time::Instant;

/// Of every call in these tests.
pub(super) const KEY: &str = "sk-upstream/secret+0123456789";
/// 2023-11-14T22:13:20Z, when every test begins.
pub(super) const BEGIN_MS: u64 = 1_700_000_000_000;

/// Unix time that goes with tokio's.
#[derive(Debug)]
struct Virtual(Instant);

impl proxy::Clock for Virtual {
    fn now_ms(&self) -> u64 {
        BEGIN_MS + u64::try_from(self.0.elapsed().as_millis()).expect("a short test")
    }
}

impl limits::Clock for Virtual {
    fn now(&self) -> limits::Millis {
        proxy::Clock::now_ms(self)
    }
}

/// A model element and its provider.
pub(super) struct Rig {
    pub(super) upstream: FakeUpstream,
    pub(super) cx: Context,
    pub(super) endpoint: providers::Endpoint,
    pub(super) model: &'static str,
    pub(super) breaker: Option<Arc<Breaker>>,
    pub(super) policy: Policy,
    pub(super) headers: http::HeaderMap,
    pub(super) caller_key: Option<&'static str>,
    pub(super) want_usage: bool,
    pub(super) seed: u64,
    pub(super) body: Value,
}

impl Rig {
    pub(super) fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::of(FakeUpstream::playing(scripts))
    }

    pub(super) fn of(upstream: FakeUpstream) -> Self {
        let wire = upstream.clone();
        let client = providers::Client::with_connector(move |_| std::future::ready(wire.connect()));
        let secret = SecretString::from(KEY);
        let key = providers::Key { alias: "stored:default".into(), secret };
        let endpoint =
            providers::Endpoint::custom("custom-test", "http://upstream.test/v1", Some(key), false)
                .expect("a good URL");
        let clock = Arc::new(Virtual(Instant::now()));
        let limits = limits::Limiter::in_memory(Arc::<Virtual>::clone(&clock)).into();
        Self {
            upstream,
            cx: Context {
                client,
                clock,
                metrics: telemetry::Metrics::new(),
                limits,
                room: Room::new(1 << 20),
            },
            endpoint,
            model: "gpt-4o-mini",
            breaker: None,
            policy: Policy {
                first_byte: Duration::from_secs(120),
                hurried: false,
                idle: Duration::from_secs(60),
                retries: 0,
                delay: Duration::from_millis(200),
                backoff: Backoff::Exponential,
            },
            headers: http::HeaderMap::new(),
            caller_key: None,
            want_usage: true,
            seed: 1,
            body: json!({"model": "dynamic/support", "messages": [{"role": "user", "content": "hi"}]}),
        }
    }

    pub(super) fn streaming(mut self) -> Self {
        self.body["stream"] = true.into();
        self
    }

    pub(super) fn asking_usage(mut self) -> Self {
        self.body["stream_options"] = json!({"include_usage": true});
        self
    }

    pub(super) fn retries(mut self, retries: u32) -> Self {
        self.policy.retries = retries;
        self
    }

    pub(super) fn first_byte(mut self, time: Duration) -> Self {
        self.policy.first_byte = time;
        self
    }

    pub(super) async fn call(&self) -> Called {
        let body = Bytes::from(self.body.to_string());
        let head = chat::scan(&body).expect("a chat request");
        let plan = self.plan();
        let question = Question::new(&body, &head, dialects::OnUnsupported::Refuse);
        proxy::call::call(&self.cx, self.with(&plan, &question)).await
    }

    pub(super) fn plan(&self) -> Plan {
        Plan {
            endpoint: Arc::new(self.endpoint.clone()),
            ways: self.endpoint.ways(self.model),
            model: self.model.into(),
            model_json: Bytes::from(json!(self.model).to_string()),
            scale: tokens::Scale::Other,
            quote: providers::PriceBook::default().quote("nobody", self.model),
            seats: Box::new([Seat { held: self.held(), breaker: self.breaker.clone() }]),
            spend: Box::default(),
        }
    }

    /// The endpoint's key, which never rests.
    fn held(&self) -> Option<Held> {
        let key = self.endpoint.key.as_ref()?;
        Some(Held::only(&self.endpoint.slug, key, &Cooldowns::new(None)))
    }

    pub(super) fn with<'a>(&'a self, plan: &'a Plan, question: &'a Question<'a>) -> Call<'a> {
        Call {
            plan,
            question,
            id: "0192-id",
            headers: &self.headers,
            caller_key: self.caller_key,
            named_key: None,
            policy: self.policy,
            want_usage: self.want_usage,
            seed: self.seed,
            passage: None,
            trace: None,
            begun: Instant::now(),
        }
    }

    /// The call fails; how.
    pub(super) async fn failure(&self) -> Failure {
        self.call().await.result.expect_err("a failure")
    }

    /// The call succeeds with a stream, not relayed yet.
    pub(super) async fn live(&self) -> Live {
        live(self.call().await)
    }

    /// The call succeeds with a stream; what the client gets of it, and how it ends.
    pub(super) async fn relayed(&self) -> (Bytes, Ending) {
        relay(self.live().await).await
    }

    /// Seconds between the requests the provider saw.
    pub(super) fn gaps(&self) -> Vec<f64> {
        let seen = self.upstream.seen();
        seen.windows(2).map(|it| (it[1].at - it[0].at).as_secs_f64()).collect()
    }
}

pub(super) fn live(called: Called) -> Live {
    match called.result {
        Ok(Answered::Stream(live)) => live,
        other => panic!("no stream: {other:?}"),
    }
}

pub(super) fn plain(called: Called) -> Bytes {
    match called.result {
        Ok(Answered::Plain { body, .. }) => body,
        other => panic!("no plain answer: {other:?}"),
    }
}

/// Relays to the end: the bytes of a good HTTP body, and how it ended.
pub(super) async fn relay(live: Live) -> (Bytes, Ending) {
    let endings = Endings::default();
    let body = live.relay(endings.finish());
    let bytes = body.collect().await.expect("a body that ends normally").to_bytes();
    (bytes, endings.only())
}

/// Gathers what `finish` is told.
#[derive(Clone, Default)]
pub(super) struct Endings(Arc<Mutex<Vec<Ending>>>);

impl Endings {
    pub(super) fn finish(&self) -> proxy::call::Finish {
        let all = self.clone();
        Box::new(move |ending| all.0.lock().expect("not poisoned").push(ending))
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().expect("not poisoned").len()
    }

    /// The only one.
    pub(super) fn only(&self) -> Ending {
        let all = self.0.lock().expect("not poisoned");
        assert_eq!(all.len(), 1, "finish runs exactly once");
        all[0].clone()
    }
}

/// Kinds of the causes of all attempts; `ok` for one that answered.
pub(super) fn kinds(called: &Called) -> Vec<&'static str> {
    called.attempts.iter().map(|it| it.cause.as_ref().map_or("ok", |it| it.kind)).collect()
}
