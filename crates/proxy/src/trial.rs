//! One call that an operator asks for, to see whether a model answers: through the executor of real calls, around everything else.

use crate::Proxy;
use crate::call::{self, Attempt, Call, Policy, Question};
use crate::catalog::Backoff;
use crate::keys::Seat;
use bytes::Bytes;
use dialects::OnUnsupported;
use http::HeaderMap;
use route::ids::GatewayId;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Nobody waits longer than that for a yes or no.
const PATIENCE: Duration = Duration::from_secs(20);

impl Proxy {
    /// Asks a model for a few tokens, once, as this gateway would: its keys, its network, its judgement of answers. Not counted by limits,
    /// not recorded, and no breaker is asked or told, nor a key that rests. `None`: the gateway does not have the provider, or it has no models to be called.
    pub async fn try_model(
        &self,
        gateway: &GatewayId,
        provider: &str,
        model: &str,
    ) -> Option<Attempt> {
        let catalog = self.catalog();
        let mut plan = catalog.gateways.get(gateway)?.plan(provider, model)?;
        if plan.ways.is_empty() {
            return None;
        }
        plan.seats.iter_mut().for_each(Seat::set_apart);
        let body = json!({
            "model": model,
            "messages": [{"role": "user", "content": "Say OK."}],
            "max_tokens": 16,
        });
        let body = Bytes::from(body.to_string());
        let head = chat::scan(&body).ok()?;
        let question = Question::new(&body, &head, OnUnsupported::Refuse);
        let call = Call {
            plan: &plan,
            question: &question,
            passage: None,
            trace: None,
            begun: Instant::now(),
            id: "test",
            headers: &HeaderMap::new(),
            caller_key: None,
            named_key: None,
            policy: Policy {
                first_byte: PATIENCE,
                hurried: true,
                idle: PATIENCE,
                retries: 0,
                delay: Duration::ZERO,
                backoff: Backoff::Constant,
            },
            want_usage: false,
            seed: 0,
        };
        call::call(&self.calls, call).await.attempts.pop()
    }
}
