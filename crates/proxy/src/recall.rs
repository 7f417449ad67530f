//! Answers that are kept: looked for before a model is called, per model of a route, and put there when a call has brought one.
//!
//! Who asks is the token, or without one the caller's own provider key, or, on an open gateway, anybody; together with account and gateway.
//! What is asked is the body with the model's name as the provider has it, or `cf-aig-cache-key` instead of the body. Everything that
//! decides which form the answer has is a part of the key in any case: the way in, provider and model, the URL, the headers that go on.
use crate::Proxy;
use crate::body;
use crate::call::{Passage, Question};
use crate::catalog::Plan;
use crate::run::Run;
use cache::{Answer, Asked as Words, Caller as Whose, Found, Key, Place, What, Who};
use chat::Format;
use dialects::OnUnsupported;
use http::{HeaderMap, Method, header};
use memchr::memmem;
use route::Target;
use std::sync::Arc;
use std::time::Duration;

/// Headers that change what a provider answers to a call that is passed through.
const PASSED: [&str; 3] = ["accept", "content-type", "prefer"];
/// Ends of paths where a model is asked in a format that is not read here.
const QUESTIONS: [&str; 8] = [
    "/completions",
    "/images/generations",
    "/audio/speech",
    "/moderations",
    "/embeddings",
    "/rerank",
    "/embed",
    ":predict",
];

/// What a look finds.
#[derive(Debug)]
pub(crate) enum Recalled {
    Answer(Arc<Answer>),
    /// Where to put the answer that is got now, if it is one to keep.
    Nothing(Option<Keeping>),
}

/// Where an answer goes once it is whole. Dropped, whoever waits for it asks.
#[derive(Debug)]
pub(crate) struct Keeping {
    place: Box<Place>,
    ttl: Duration,
}

impl Keeping {
    /// Others may be waiting for it.
    pub(crate) fn is_awaited(&self) -> bool {
        self.place.is_awaited()
    }

    /// Keeps the answer; `None`: it was too large to be held.
    pub(crate) fn keep(self, proxy: &Proxy, answer: Option<Answer>) {
        let now_ms = proxy.calls.clock.now_ms();
        let kept = answer.is_some_and(|it| self.place.keep(it, now_ms, self.ttl));
        proxy.calls.metrics.cache(if kept { "store" } else { "not_stored" });
    }
}

impl Run<'_> {
    /// Looks for the answer of this model. Who finds the same question being asked waits, no longer than it would for the model.
    pub(crate) async fn recall(&self, plan: &Plan, target: Option<&Target>) -> Recalled {
        let Some(cache) = &self.proxy.cache else { return Recalled::Nothing(None) };
        let wishes = &self.asked.directives.recall;
        let Some(ttl) = wishes.ttl(self.asked.gateway.caching.ttl) else {
            return Recalled::Nothing(None);
        };
        let metrics = &self.proxy.calls.metrics;
        if wishes.skip {
            metrics.cache("bypass");
            return Recalled::Nothing(None);
        }
        let Some(key) = self.key(plan) else { return Recalled::Nothing(None) };
        let wait = self.policy(target).first_byte;
        // On the heap: most requests do not come here, and are smaller for it.
        match Box::pin(cache.look(key, self.proxy.calls.clock.now_ms(), wait)).await {
            Found::Kept(answer) => {
                metrics.cache("hit");
                Recalled::Answer(answer)
            }
            Found::Joined(answer) => {
                metrics.cache("joined");
                Recalled::Answer(answer)
            }
            Found::Nothing(place) => {
                metrics.cache("miss");
                Recalled::Nothing(Some(Keeping { place: Box::new(place), ttl }))
            }
        }
    }

    /// `None`: the answer is not one to keep.
    fn key(&self, plan: &Plan) -> Option<Key> {
        let asked = self.asked;
        let (question, caller) = (&asked.question, asked.caller);
        if is_deferred(question) {
            return None;
        }
        let token = caller.token.as_ref().map(|it| &*it.id);
        let catalog = self.proxy.catalog();
        let who = Who {
            account: catalog.account.as_str(),
            gateway: asked.gateway.id.as_str(),
            generation: asked.gateway.caching.generation,
            caller: match (token, caller.provider_key) {
                (Some(token), None) => Whose::Token(token),
                (Some(token), Some(key)) => Whose::TokenWithKey { token, key },
                (None, Some(key)) => Whose::ProviderKey(key),
                (None, None) => Whose::Anonymous,
            },
        };
        let stream = question.head.stream;
        let body;
        let (way, target, pieces) = if let Some(passage) = &self.passage {
            let explicit = asked.directives.recall.is_explicit();
            if !is_repeatable(passage, asked.headers, explicit) {
                return None;
            }
            let target = passage.native.uri.to_string();
            ("native", target, std::slice::from_ref(question.body))
        } else {
            let way = plan.way(question.head.format)?;
            let uri = if stream { &way.stream } else { &way.plain };
            body = chat::splice(question.body, question.head, &plan.model_json, false);
            (question.head.format.name(), uri.to_string(), &body.parts[..])
        };
        let name = asked.directives.recall.name.as_deref();
        let what = What {
            way,
            provider: &plan.endpoint.slug,
            model: &plan.model,
            target: &target,
            stream,
            headers: &self.telling(plan),
            asked: name.map_or(Words::Body(pieces), Words::Named),
        };
        Some(Key::new(&who, &what))
    }

    /// The headers that change the answer.
    fn telling<'h>(&'h self, plan: &'h Plan) -> Vec<(&'h str, &'h [u8])> {
        let (headers, directives) = (self.asked.headers, &self.asked.directives);
        let passed: &[&str] = if self.passage.is_some() { &PASSED } else { &[] };
        let names = plan.endpoint.forwards.iter().chain(passed).copied();
        let mut told: Vec<_> = names
            .flat_map(|name| headers.get_all(name).iter().map(move |it| (name, it.as_bytes())))
            .collect();
        if directives.on_unsupported == OnUnsupported::Drop {
            told.push(("pointsman-on-unsupported", b"drop"));
        }
        if let Some(alias) = &directives.key_alias {
            told.push(("cf-aig-byok-alias", alias.as_bytes()));
        }
        told
    }
}

/// Whether the answer may be one that is still to come: a response that is made in the background.
fn is_deferred(question: &Question<'_>) -> bool {
    question.head.format == Format::Responses
        && memmem::find(question.body, b"\"background\"").is_some()
}

/// Whether the same call may have the same answer: a whole one is asked for, of a model. What else a provider is told to do is done each
/// time, unless the request itself says otherwise.
fn is_repeatable(passage: &Passage<'_>, headers: &HeaderMap, explicit: bool) -> bool {
    let partial = [header::RANGE, header::IF_MATCH, header::IF_NONE_MATCH];
    let whole = !partial.iter().any(|it| headers.contains_key(it));
    let native = passage.native;
    let asks = native.speech.is_some()
        || native.model.is_some()
        || QUESTIONS.iter().any(|it| native.uri.path().ends_with(it));
    passage.method == Method::POST && body::is_json(headers) && whole && (asks || explicit)
}
