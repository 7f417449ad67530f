//! Credentials of the surroundings, fetched when they are needed and kept while they are good.

use super::{Keys, source};
use crate::{Client, Error};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Fetched anew this long before they expire.
const EARLY_MS: u64 = 5 * 60_000;
/// What does not expire is looked up again after this: files change.
const LOOK_AGAIN_MS: u64 = 15 * 60_000;
/// A failure is repeated this long without asking again.
const PAUSE_MS: u64 = 5_000;

/// What was fetched last. One caller at a time fetches; the others use what is still good, or wait for it.
#[derive(Debug)]
pub(crate) struct Ambient {
    state: Mutex<State>,
    turn: Semaphore,
}

#[derive(Debug, Default)]
struct State {
    keys: Option<Arc<Keys>>,
    fetch_at_ms: u64,
    failed: Option<(u64, Error)>,
}

impl Default for Ambient {
    fn default() -> Self {
        Self { state: Mutex::default(), turn: Semaphore::new(1) }
    }
}

/// The credentials of the surroundings.
pub(super) async fn keys(client: &Client, now_ms: u64) -> Result<Arc<Keys>, Error> {
    let ambient = client.surroundings().aws();
    if let Some(known) = ambient.with(|it| it.known(now_ms)) {
        return known;
    }
    let _turn = match (ambient.turn.try_acquire(), ambient.with(|it| it.good(now_ms))) {
        (Ok(turn), _) => turn,
        (Err(_), Some(good)) => return Ok(good),
        (Err(_), None) => {
            let turn = ambient.turn.acquire().await;
            turn.map_err(|it| Error::Credentials(it.to_string()))?
        }
    };
    if let Some(known) = ambient.with(|it| it.known(now_ms)) {
        return known;
    }
    let found = source::find(client, now_ms).await;
    ambient.with(|it| it.take(found, now_ms))
}

impl Ambient {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// What need not be asked for.
    fn known(&self, now_ms: u64) -> Option<Result<Arc<Keys>, Error>> {
        let fresh = self.good(now_ms).filter(|_| now_ms < self.fetch_at_ms);
        fresh.map(Ok).or_else(|| {
            let (_, error) = self.failed.as_ref().filter(|(until, _)| now_ms < *until)?;
            Some(self.good(now_ms).ok_or_else(|| error.clone()))
        })
    }

    fn good(&self, now_ms: u64) -> Option<Arc<Keys>> {
        let good = |it: &&Arc<Keys>| it.expires_ms.is_none_or(|end| now_ms < end);
        self.keys.as_ref().filter(good).map(Arc::clone)
    }

    fn take(&mut self, found: Result<Keys, Error>, now_ms: u64) -> Result<Arc<Keys>, Error> {
        match found {
            Ok(keys) => {
                self.fetch_at_ms = match keys.expires_ms {
                    // Of what is short-lived by itself, the second half is left.
                    Some(end) => {
                        let left = end.saturating_sub(now_ms);
                        end.saturating_sub(EARLY_MS.min(left / 2))
                    }
                    None => now_ms.saturating_add(LOOK_AGAIN_MS),
                };
                self.failed = None;
                let keys = Arc::new(keys);
                self.keys = Some(Arc::clone(&keys));
                Ok(keys)
            }
            Err(error) => {
                self.failed = Some((now_ms.saturating_add(PAUSE_MS), error.clone()));
                self.good(now_ms).ok_or(error)
            }
        }
    }
}
