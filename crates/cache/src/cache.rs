//! The cache itself: looked into before a model is called, and given what the call brings.

use crate::answer::Answer;
use crate::flights::{Entered, Flights, Lead};
use crate::key::Key;
use crate::memory::Memory;
use crate::remote::Remote;
use crate::sealed;
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How often somebody follows, before it asks for itself.
const ROUNDS: usize = 3;

/// Answers that are kept.
#[derive(Debug)]
pub struct Cache {
    place: Where,
    /// `None`: the same question may be asked twice at the same time.
    flights: Option<Arc<Flights>>,
}

#[derive(Debug)]
enum Where {
    Memory(Memory),
    Redis(Remote),
}

/// What a look finds.
#[derive(Debug)]
pub enum Found {
    /// An answer that was kept.
    Kept(Arc<Answer>),
    /// The answer to the same question that was being asked meanwhile.
    Joined(Arc<Answer>),
    /// Nothing; the answer that is got now can be put here.
    Nothing(Place),
}

/// Where the answer to one question is to be put. Dropped without one, whoever waits for it asks.
#[derive(Debug)]
pub struct Place {
    cache: Arc<Cache>,
    key: Key,
    lead: Option<Lead>,
}

impl Cache {
    /// In this process, in so many bytes at most.
    #[must_use]
    pub fn in_memory(bytes: u64) -> Self {
        Self { place: Where::Memory(Memory::new(bytes)), flights: None }
    }

    /// In a server.
    #[must_use]
    pub fn in_redis(remote: Remote) -> Self {
        Self { place: Where::Redis(remote), flights: None }
    }

    /// The same question, asked again while it is being asked, waits for the answer to the first. Within this process.
    #[must_use]
    pub fn coalescing(self) -> Self {
        Self { flights: Some(Arc::default()), ..self }
    }

    /// Looks for an answer. Whoever finds the question being asked waits for it, for so long at most.
    pub async fn look(self: &Arc<Self>, key: Key, now_ms: u64, wait: Duration) -> Found {
        let Some(flights) = &self.flights else {
            return self.found(key, now_ms, None).await;
        };
        let end = Instant::now() + wait;
        for _ in 0..ROUNDS {
            match flights.enter(key) {
                Entered::Leader(lead) => return self.found(key, now_ms, Some(lead)).await,
                Entered::Alone => break,
                Entered::Follower(follow) => match timeout_at(end, follow.wait()).await {
                    Ok(Some(answer)) => return Found::Joined(answer),
                    Ok(None) => {}
                    Err(_) => break,
                },
            }
        }
        self.found(key, now_ms, None).await
    }

    async fn found(self: &Arc<Self>, key: Key, now_ms: u64, lead: Option<Lead>) -> Found {
        let entry = self.get(&key).await;
        match entry.map(|it| sealed::open(&key, it, now_ms)) {
            Some(Some(answer)) => {
                let answer = Arc::new(answer);
                if let Some(lead) = lead {
                    lead.land(Arc::clone(&answer));
                }
                return Found::Kept(answer);
            }
            Some(None) => self.forget(&key),
            None => {}
        }
        Found::Nothing(Place { cache: Arc::clone(self), key, lead })
    }

    async fn get(&self, key: &Key) -> Option<Bytes> {
        match &self.place {
            Where::Memory(memory) => memory.get(key),
            Where::Redis(remote) => remote.get(key).await,
        }
    }

    /// An entry that has ended takes no room. A server forgets by itself.
    fn forget(&self, key: &Key) {
        if let Where::Memory(memory) = &self.place {
            memory.forget(key);
        }
    }

    fn put(&self, key: Key, entry: Bytes, time: (u64, u64)) -> bool {
        match &self.place {
            Where::Memory(memory) => memory.put(key, entry),
            Where::Redis(remote) => remote.put(&key, &entry, time),
        }
    }

    /// Bytes that entries take in this process; 0 when they are in a server.
    #[must_use]
    pub fn size(&self) -> u64 {
        match &self.place {
            Where::Memory(memory) => memory.size(),
            Where::Redis(_) => 0,
        }
    }

    /// At shutdown: waits until a server has what was given to it, for so long at most.
    pub async fn close(&self, within: Duration) {
        if let Where::Redis(remote) = &self.place {
            remote.close(within).await;
        }
    }
}

impl Place {
    /// Somebody may be waiting for what is put here; whoever holds it must not wait for others meanwhile.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.lead.is_some()
    }

    /// Keeps an answer for so long, and gives it to whoever waits for it. Says whether it is kept: one that is no success, too large, or
    /// for which there is no room, is not.
    pub fn keep(self, answer: Answer, now_ms: u64, ttl: Duration) -> bool {
        if !answer.is_fit() {
            return false;
        }
        let stays_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        let ends_ms = now_ms.saturating_add(stays_ms);
        let entry = sealed::seal(&self.key, &answer, ends_ms);
        let kept = entry.is_some_and(|it| self.cache.put(self.key, it, (stays_ms, ends_ms)));
        if let Some(lead) = self.lead {
            lead.land(Arc::new(answer));
        }
        kept
    }
}
