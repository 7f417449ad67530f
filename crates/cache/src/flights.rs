//! Questions that are being asked right now, so that the same one is asked once.
//!
//! Whoever comes first leads, the others follow and are told what it gets. A leader that goes without an answer, for whatever reason,
//! ends its channel by being dropped; its followers then look again, and one of them leads.

use crate::answer::Answer;
use crate::key::Key;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Most that follow one leader; more ask for themselves.
const FOLLOWERS: usize = 1024;

type Told = Option<Arc<Answer>>;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Flight>>);

#[derive(Clone, Debug)]
struct Flight {
    told: watch::Receiver<Told>,
    room: Arc<Semaphore>,
}

/// What somebody is who asks.
#[derive(Debug)]
pub(crate) enum Entered {
    Leader(Lead),
    Follower(Follow),
    /// There are enough followers.
    Alone,
}

/// To be told, or dropped.
#[derive(Debug)]
pub(crate) struct Lead {
    flights: Arc<Flights>,
    key: Key,
    tell: watch::Sender<Told>,
}

/// Waits to be told.
#[derive(Debug)]
pub(crate) struct Follow {
    told: watch::Receiver<Told>,
    _room: OwnedSemaphorePermit,
}

impl Flights {
    pub(crate) fn enter(self: &Arc<Self>, key: Key) -> Entered {
        let mut flights = self.all();
        if let Some(Flight { told, room }) = flights.get(&key).cloned() {
            return match room.try_acquire_owned() {
                Ok(room) => Entered::Follower(Follow { told, _room: room }),
                Err(_) => Entered::Alone,
            };
        }
        let (tell, told) = watch::channel(None);
        flights.insert(key, Flight { told, room: Arc::new(Semaphore::new(FOLLOWERS)) });
        Entered::Leader(Lead { flights: Arc::clone(self), key, tell })
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, Flight>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lead {
    /// Tells the answer to all who follow. It is to be found by whoever comes later before that.
    pub(crate) fn land(self, answer: Arc<Answer>) {
        self.tell.send_replace(Some(answer));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.flights.all().remove(&self.key);
    }
}

impl Follow {
    /// The leader's answer; `None` when it went without.
    pub(crate) async fn wait(mut self) -> Option<Arc<Answer>> {
        let told = self.told.wait_for(Option::is_some).await.ok()?;
        told.clone()
    }
}
