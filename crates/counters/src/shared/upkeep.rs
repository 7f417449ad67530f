//! Everything that happens beside decisions: the connection, leases, and totals.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, Value};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::{Core, Open, new_life};
use crate::Broken;
use crate::keep::{KEPT_FROM_MS, Total};
use crate::scripts::number;

/// Between two tries to connect.
const RECONNECT: Duration = Duration::from_millis(250);
/// Between two looks at the server.
const LOOK: Duration = Duration::from_secs(1);
/// Savings after which what is over is forgotten.
const FORGET: u64 = 600;
/// Buckets or holds in one script.
const BATCH: usize = 200;

/// Keeps a connection, over which nothing is missing.
pub(super) async fn connect(core: Arc<Core>) {
    loop {
        match core.establish().await {
            Ok((connection, mark)) => {
                core.link.use_it(connection, mark);
                let since = Instant::now();
                core.link.lost.notified().await;
                // A server that loses every connection at once is not worth more of them.
                sleep(RECONNECT.saturating_sub(since.elapsed())).await;
            }
            Err(why) => {
                core.link.tell(&why.to_string());
                sleep(RECONNECT).await;
            }
        }
    }
}

/// Looks at the server once a second, so that a node which is asked nothing knows too when it is away or has lost everything.
pub(super) async fn watch(core: Arc<Core>) {
    let (mut every, marker) = (interval(LOOK), core.names.marker());
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        core.link.look(&marker).await;
    }
}

/// Renews leases three times before they end.
pub(super) async fn renew(core: Arc<Core>) {
    let mut every = interval(core.options.lease / 3);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let open: Vec<_> = core.open().values().cloned().collect();
        for some in open.chunks(BATCH) {
            let mut call = core.scripts.renew.prepare_invoke();
            call.arg(core.given_time()).arg(core.lease());
            for Open { key, hold, .. } in some {
                call.key(&core.names.all(key)[..]).arg(core.name(hold.id));
            }
            if core.link.run::<i64>(&call).await.is_err() {
                break;
            }
        }
    }
}

/// Saves what has changed, and now and then forgets what is over.
pub(super) async fn save(core: Arc<Core>) {
    let mut every = interval(core.options.save_every);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = false;
    for turn in 1_u64.. {
        every.tick().await;
        let mut saved = core.save().await;
        if let Some(keeper) = core.options.keeper.as_ref().filter(|_| turn % FORGET == 0) {
            saved = saved.and(keeper.forget().await);
        }
        if let Err(error) = &saved
            && !told
        {
            tracing::error!(%error, "the totals of shared limits are not kept; tried again every second");
        }
        told = saved.is_err();
    }
}

/// Seen when a server loses everything at the very moment it is connected to.
const LOST: &str = "the server lost everything while it was connected to";

/// What the marker says: another thing after each loss of everything.
async fn marked(
    connection: &mut MultiplexedConnection,
    marker: &[u8],
) -> Result<Option<Vec<u8>>, RedisError> {
    redis::cmd("GET").arg(marker).query_async(connection).await
}

/// Marks a server that has no mark, and makes sure that it is the same one still and that it takes writes.
async fn mark(
    connection: &mut MultiplexedConnection,
    marker: &[u8],
    before: Option<Vec<u8>>,
) -> Result<Vec<u8>, Broken> {
    if before.is_none() {
        let mut set = redis::cmd("SET");
        set.arg(marker).arg(new_life()).arg("NX").query_async::<Value>(connection).await?;
    }
    // Writes nothing, but fails where writing does: a server that is full, or a replica, is as good as away.
    let mut write = redis::cmd("SETRANGE");
    write.arg(marker).arg(0).arg("").query_async::<u64>(connection).await?;
    let mark = marked(connection, marker).await?.ok_or(LOST)?;
    if before.is_some_and(|it| it != mark) {
        return Err(LOST.into());
    }
    Ok(mark)
}

impl Core {
    /// A new connection, and what the server had lost put back before anybody uses it. With what its marker says.
    async fn establish(&self) -> Result<(MultiplexedConnection, Vec<u8>), Broken> {
        let mut connection = self.link.connect().await?;
        self.scripts.load(&mut connection).await?;
        let marker = self.names.marker();
        let before = marked(&mut connection, &marker).await?;
        if before.is_none() {
            self.restore(&mut connection).await?;
        }
        self.reopen(&mut connection).await?;
        let mark = mark(&mut connection, &marker, before).await?;
        Ok((connection, mark))
    }

    /// Brings back what the server has lost of this node's open holds.
    async fn reopen(&self, connection: &mut MultiplexedConnection) -> Result<(), Broken> {
        let open: Vec<_> = self.open().values().cloned().collect();
        for some in open.chunks(BATCH) {
            let mut call = self.scripts.reopen.prepare_invoke();
            call.arg(self.given_time()).arg(self.lease());
            number(&mut call, new_life());
            for Open { key, hold, sent } in some {
                call.key(&self.names.all(key)[..]).arg(self.name(hold.id));
                number(&mut call, hold.at);
                number(&mut call, hold.amount);
                call.arg(u8::from(*sent));
                for it in [hold.span.window, hold.span.cell, hold.life] {
                    number(&mut call, it);
                }
            }
            call.invoke_async::<i64>(connection).await?;
        }
        Ok(())
    }

    async fn restore(&self, connection: &mut MultiplexedConnection) -> Result<(), Broken> {
        let Some(keeper) = &self.options.keeper else { return Ok(()) };
        let (mut restored, mut after) = (0, Vec::new());
        loop {
            let totals = keeper.load(&after, BATCH).await?;
            let Some(last) = totals.last() else {
                tracing::info!(restored, "the server had no limits; settled totals were put back");
                return Ok(());
            };
            after.clone_from(&last.key);
            let mut call = self.scripts.restore.prepare_invoke();
            call.arg(self.lease());
            number(&mut call, new_life());
            for total in &totals {
                call.key(self.names.exported(&total.key)).arg(&total.state);
            }
            let some: i64 = call.invoke_async(connection).await?;
            restored += some;
        }
    }

    /// Saves buckets that have changed. When that fails they are noted again.
    pub(super) async fn save(&self) -> Result<(), Broken> {
        let Some(keeper) = &self.options.keeper else {
            self.changed.take();
            return Ok(());
        };
        // One after the other: the last one at an orderly end has to know how the former one went.
        let _saving = self.saving.lock().await;
        let mut changed = self.changed.take().into_iter();
        loop {
            let keys: Vec<_> = changed.by_ref().take(BATCH).collect();
            if keys.is_empty() {
                return Ok(());
            }
            let saved = match self.export(&keys).await {
                Ok(totals) => keeper.save(totals).await,
                Err(error) => Err(error.into()),
            };
            if saved.is_err() {
                keys.iter()
                    .chain(changed.as_slice())
                    .for_each(|it| self.changed.note_stored(it, KEPT_FROM_MS));
                return saved;
            }
        }
    }

    /// The totals of buckets, by their keys in the form in which they are stored.
    async fn export(&self, keys: &[limits::Key]) -> Result<Vec<Total>, limits::Unavailable> {
        let mut call = self.scripts.export.prepare_invoke();
        for key in keys {
            call.key(self.names.exported(&key.0));
        }
        let reply: Vec<(Vec<u8>, i64)> = self.link.run(&call).await?;
        let totals = keys.iter().zip(reply).filter(|(_, (state, _))| !state.is_empty());
        Ok(totals
            .map(|(key, (state, expires_at))| Total {
                key: key.0.to_vec(),
                state,
                expires_at: expires_at.unsigned_abs(),
            })
            .collect())
    }
}
