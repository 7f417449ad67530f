//! How the end of a hold reaches the server, however long that takes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use limits::{Hold, Key};

use super::{Core, new_life};
use crate::scripts::number;

/// Between two tries to tell the server.
const AGAIN: Duration = Duration::from_millis(100);

/// What the server says of an end: `scripts/end.lua`.
const LAPSED: i64 = 2;
const EMPTY: i64 = -1;

impl Core {
    /// Tells the server, again and again until it knows. There are never more of these than holds that were open.
    pub(super) async fn end(self: Arc<Self>, key: Key, hold: Hold, real: Option<u64>) {
        self.open().remove(&hold.id);
        let overrun = real.unwrap_or_default().saturating_sub(hold.amount);
        let add = |sum: u64| Some(sum.saturating_add(overrun));
        self.overrun.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or_default();
        let result = loop {
            match self.try_to_end(&key, hold, real).await {
                Some(EMPTY) => self.link.server_is_empty(),
                Some(result) => break result,
                None => {}
            }
            tokio::time::sleep(AGAIN).await;
        };
        if result == LAPSED {
            self.lapsed.fetch_add(1, Ordering::Relaxed);
        }
        self.changed.note(&key, hold.span.window);
        if self.untold.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.all_told.notify_waiters();
        }
    }

    async fn try_to_end(&self, key: &Key, hold: Hold, real: Option<u64>) -> Option<i64> {
        let mut call = self.scripts.end.prepare_invoke();
        call.key(self.names.marker()).key(&self.names.all(key)[..]);
        call.arg(self.given_time()).arg(self.lease()).arg(self.name(hold.id));
        match real {
            Some(real) => number(&mut call, real),
            None => {
                call.arg("");
            }
        }
        for it in [hold.at, hold.amount, hold.span.window, hold.span.cell, hold.life, new_life()] {
            number(&mut call, it);
        }
        self.link.run(&call).await.ok()
    }

    /// Resolves when the server knows every end.
    pub(super) async fn told(&self) {
        loop {
            let told = self.all_told.notified();
            let mut told = std::pin::pin!(told);
            told.as_mut().enable();
            if self.untold.load(Ordering::Acquire) == 0 {
                return;
            }
            told.await;
        }
    }
}
