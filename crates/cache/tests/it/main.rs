//! The cache in memory and on real Redis and Valkey servers.
#![expect(
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, finds its servers in the environment and spawns what it lets race"
)]

mod coalescing;
mod keys;
mod memory;
mod redis;

use bytes::Bytes;
use cache::{Answer, Asked, Cache, Caller, Found, Key, Place, What, Who};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::Duration;

/// An hour.
const HOUR: Duration = Duration::from_secs(3600);

fn key_of(token: &str, body: &str) -> Key {
    let who =
        Who { account: "acc", gateway: "default", generation: 1, caller: Caller::Token(token) };
    let what = What {
        way: "chat",
        provider: "openai",
        model: "gpt",
        target: "https://api.openai.com/v1/chat/completions",
        stream: false,
        headers: &[],
        asked: Asked::Body(&[Bytes::copy_from_slice(body.as_bytes())]),
    };
    Key::new(&who, &what)
}

fn answer(text: &str) -> Answer {
    let headers = HeaderMap::from_iter([(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    )]);
    let frames = vec![Bytes::copy_from_slice(text.as_bytes())];
    Answer { status: StatusCode::OK, headers, frames, usage: None, finish: None }
}

async fn look(cache: &Arc<Cache>, key: Key, now_ms: u64) -> Found {
    cache.look(key, now_ms, HOUR).await
}

/// What is kept.
async fn kept(cache: &Arc<Cache>, key: Key, now_ms: u64) -> Option<Answer> {
    match look(cache, key, now_ms).await {
        Found::Kept(answer) => Some((*answer).clone()),
        Found::Joined(_) => panic!("nobody asks"),
        Found::Nothing(_) => None,
    }
}

/// The place of an answer that is not there.
async fn place(cache: &Arc<Cache>, key: Key) -> Place {
    match look(cache, key, 0).await {
        Found::Nothing(place) => place,
        found => panic!("{found:?}"),
    }
}
