//! Credentials that may expire, fetched when they are needed and kept while they are good.

use crate::Error;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// Fetched anew this long before they expire.
const EARLY_MS: u64 = 5 * 60_000;
/// What does not expire is looked up again after this: files change.
const LOOK_AGAIN_MS: u64 = 15 * 60_000;
/// A failure is repeated this long without asking again.
const PAUSE_MS: u64 = 5_000;

/// What was fetched last. One caller at a time fetches; the others use what is still good, or wait for it.
#[derive(Debug)]
pub(super) struct Kept<T> {
    state: Mutex<State<T>>,
    turn: Semaphore,
}

#[derive(Debug)]
struct State<T> {
    value: Option<Good<T>>,
    failed: Option<(u64, Error)>,
}

/// A value and until when it is good, in Unix milliseconds.
#[derive(Clone, Debug)]
pub(super) struct Good<T> {
    pub(super) value: T,
    fetch_at_ms: u64,
    expires_ms: Option<u64>,
}

impl<T> Good<T> {
    /// Of a value that is short-lived by itself, the second half is left when it is fetched anew.
    pub(super) fn new(value: T, now_ms: u64, expires_ms: Option<u64>) -> Self {
        let fetch_at_ms = match expires_ms {
            Some(end) => end.saturating_sub(EARLY_MS.min(end.saturating_sub(now_ms) / 2)),
            None => now_ms.saturating_add(LOOK_AGAIN_MS),
        };
        Self { value, fetch_at_ms, expires_ms }
    }
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        let state = State { value: None, failed: None };
        Self { state: Mutex::new(state), turn: Semaphore::new(1) }
    }
}

impl<T: Clone> Kept<T> {
    /// The value, fetched if need be.
    pub(super) async fn get(
        &self,
        now_ms: u64,
        fetch: impl Future<Output = Result<Good<T>, Error>>,
    ) -> Result<T, Error> {
        if let Some(known) = self.with(|it| it.known(now_ms)) {
            return known;
        }
        let _turn = match (self.turn.try_acquire(), self.with(|it| it.good(now_ms))) {
            (Ok(turn), _) => turn,
            (Err(_), Some(good)) => return Ok(good),
            (Err(_), None) => {
                let turn = self.turn.acquire().await;
                turn.map_err(|it| Error::Credentials(it.to_string()))?
            }
        };
        if let Some(known) = self.with(|it| it.known(now_ms)) {
            return known;
        }
        let fetched = fetch.await;
        self.with(|it| it.take(fetched, now_ms))
    }

    /// Whether it is of use to nobody.
    pub(super) fn is_stale(&self, now_ms: u64) -> bool {
        self.turn.available_permits() > 0 && self.with(|it| it.good(now_ms)).is_none()
    }

    fn with<R>(&self, act: impl FnOnce(&mut State<T>) -> R) -> R {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<T: Clone> State<T> {
    /// What need not be asked for.
    fn known(&self, now_ms: u64) -> Option<Result<T, Error>> {
        if let Some(value) = self.value.as_ref().filter(|it| now_ms < it.fetch_at_ms) {
            return Some(Ok(value.value.clone()));
        }
        let (_, error) = self.failed.as_ref().filter(|(until, _)| now_ms < *until)?;
        Some(self.good(now_ms).ok_or_else(|| error.clone()))
    }

    fn good(&self, now_ms: u64) -> Option<T> {
        let value =
            self.value.as_ref().filter(|it| it.expires_ms.is_none_or(|end| now_ms < end))?;
        Some(value.value.clone())
    }

    fn take(&mut self, fetched: Result<Good<T>, Error>, now_ms: u64) -> Result<T, Error> {
        match fetched {
            Ok(good) => {
                self.failed = None;
                let value = good.value.clone();
                self.value = Some(good);
                Ok(value)
            }
            Err(error) => {
                self.failed = Some((now_ms.saturating_add(PAUSE_MS), error.clone()));
                self.good(now_ms).ok_or(error)
            }
        }
    }
}
