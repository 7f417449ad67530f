//! The counters themselves.

mod ending;
mod people;
mod upkeep;

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use limits::{
    Admitted, Ask, Boxed, Clock, Counters, Denied, Hold, Key, Permit, Refusal, Rule, Stats, Take,
    Unavailable, Usage,
};
use redis::{FromRedisValue, ScriptInvocation};
use tokio::sync::{Mutex as AsyncMutex, Notify, Semaphore};

use crate::keep::{Changed, Keeper};
use crate::link::{Error, Link};
use crate::names::Names;
use crate::scripts::{MOST, Scripts, number};
use crate::thread::Thread;

/// Decisions that may wait for the server at the same time; more are not answered.
const WAITING: usize = 16_384;

/// How the counters are used.
#[derive(Clone, Debug)]
pub struct Options {
    /// Names of this deployment's keys begin with it; nodes that share limits share it.
    pub space: String,
    /// How long a hold outlives the last sign of life of its node.
    pub lease: Duration,
    /// How long a decision waits for a server that says nothing at all; one that answers others is busy, and is waited for.
    pub patience: Duration,
    /// Between two savings of settled totals.
    pub save_every: Duration,
    /// Where settled totals are kept.
    pub keeper: Option<Arc<dyn Keeper>>,
    /// Instead of the server's time, for tests: no two nodes' clocks agree.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Options {
    /// A lease of 30 s, 100 ms of patience, savings every second to nowhere, the server's time.
    #[must_use]
    pub fn new(space: impl Into<String>) -> Self {
        Self {
            space: space.into(),
            lease: Duration::from_secs(30),
            patience: Duration::from_millis(100),
            save_every: Duration::from_secs(1),
            keeper: None,
            clock: None,
        }
    }
}

/// Counters in a Redis or Valkey server. Dropped, its thread ends; holds still open are charged or given back when their leases end.
#[derive(Debug)]
pub struct Shared {
    thread: Thread,
    core: Arc<Core>,
}

/// What runs on the thread.
#[derive(Debug)]
pub(crate) struct Core {
    link: Link,
    scripts: Scripts,
    names: Names,
    options: Options,
    /// Tells this node's holds from those of others.
    node: u64,
    next: AtomicU64,
    /// Holds whose leases this node renews.
    open: Mutex<HashMap<u64, Open>>,
    changed: Changed,
    saving: AsyncMutex<()>,
    surveying: AsyncMutex<()>,
    waiting: Semaphore,
    /// Ends of holds that the server does not know yet.
    untold: AtomicUsize,
    all_told: Notify,
    overrun: AtomicU64,
    lapsed: AtomicU64,
    /// Questions of requests that the server did not answer.
    unanswered: AtomicU64,
    me: Weak<Shared>,
}

/// A hold of this node.
#[derive(Clone, Debug)]
struct Open {
    key: Key,
    hold: Hold,
    sent: bool,
}

impl Shared {
    /// Starts looking for the server, and does not wait for it.
    ///
    /// # Errors
    /// The URL is not one, or there is no thread.
    pub fn open(url: &str, options: Options) -> Result<Arc<Self>, Error> {
        let link = Link::new(url, options.patience)?;
        let thread = Thread::start().map_err(Error::NoThread)?;
        let shared = Arc::new_cyclic(|me| Self {
            thread,
            core: Arc::new(Core {
                link,
                scripts: Scripts::new(),
                names: Names::new(&options.space),
                options,
                node: random(),
                next: AtomicU64::new(1),
                open: Mutex::default(),
                changed: Changed::default(),
                saving: AsyncMutex::default(),
                surveying: AsyncMutex::default(),
                waiting: Semaphore::new(WAITING),
                untold: AtomicUsize::new(0),
                all_told: Notify::new(),
                overrun: AtomicU64::new(0),
                lapsed: AtomicU64::new(0),
                unanswered: AtomicU64::new(0),
                me: Weak::clone(me),
            }),
        });
        drop(shared.thread.run(upkeep::connect(Arc::clone(&shared.core))));
        drop(shared.thread.run(upkeep::renew(Arc::clone(&shared.core))));
        drop(shared.thread.run(upkeep::watch(Arc::clone(&shared.core))));
        drop(shared.thread.run(upkeep::save(Arc::clone(&shared.core))));
        Ok(shared)
    }

    /// Resolves when there is a connection and nothing is missing.
    pub async fn ready(&self) {
        while !self.core.link.is_up() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// At shutdown: waits until the server knows how every hold ended, and saves totals.
    ///
    /// # Errors
    /// The server or the keeper does not take them; what is still held is charged when its lease ends.
    pub async fn close(&self, within: Duration) -> io::Result<()> {
        let core = Arc::clone(&self.core);
        let closing = self.thread.run(async move {
            tokio::time::timeout(within, async {
                core.told().await;
                core.save().await
            })
            .await
        });
        match closing.await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => Err(io::Error::other(error)),
            Ok(Err(_)) => Err(io::Error::other(
                "the server of shared limits did not take the last settlements in time",
            )),
            Err(error) => Err(io::Error::other(error)),
        }
    }

    /// For reading: what is in a bucket now.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn usage(&self, key: &Key, rule: &Rule) -> Result<Usage, Unavailable> {
        let (core, key, rule) = (Arc::clone(&self.core), key.clone(), *rule);
        let asking = self.thread.run(async move { core.usage(&key, &rule).await });
        asking.await.map_err(|_| Unavailable)?
    }
}

impl Counters for Shared {
    fn admit_seeing<'a>(&'a self, asks: &'a [Ask]) -> Boxed<'a, Result<Admitted, Denied>> {
        let (core, asks) = (Arc::clone(&self.core), asks.to_vec());
        // Should the caller go away meanwhile, its permits are dropped on the thread, which gives them back.
        let deciding = self.thread.run(async move { core.admit(asks).await });
        Box::pin(async move { deciding.await.unwrap_or(Err(Denied::Unavailable(Unavailable))) })
    }

    fn mark_sent<'a>(&'a self, holds: &'a [(&'a Key, Hold)]) -> Boxed<'a, Result<(), Unavailable>> {
        let core = Arc::clone(&self.core);
        let holds: Vec<_> =
            holds.iter().map(|(key, hold)| (core.names.holds(key), hold.id)).collect();
        let marking = self.thread.run(async move { core.mark_sent(holds).await });
        Box::pin(async move { marking.await.map_err(|_| Unavailable)? })
    }

    fn end(&self, key: &Key, hold: Hold, real: Option<u64>) {
        self.core.untold.fetch_add(1, Ordering::Relaxed);
        let (core, key) = (Arc::clone(&self.core), key.clone());
        drop(self.thread.run(async move { core.end(key, hold, real).await }));
    }

    fn stats(&self) -> Stats {
        let core = &self.core;
        Stats {
            holds: u64::try_from(core.open().len()).unwrap_or(u64::MAX),
            overrun: core.overrun.load(Ordering::Relaxed),
            unanswered: core.unanswered.load(Ordering::Relaxed),
            lapsed: core.lapsed.load(Ordering::Relaxed),
            away: !core.link.is_up(),
            ..Stats::default()
        }
    }
}

impl Core {
    async fn admit(&self, asks: Vec<Ask>) -> Result<Admitted, Denied> {
        let Ok(_place) = self.waiting.try_acquire() else {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
            return Err(Unavailable.into());
        };
        let ids: Vec<_> =
            asks.iter().map(|it| matches!(it.take, Take::Hold(_)).then(|| self.number())).collect();
        let mut call = self.scripts.admit.prepare_invoke();
        call.key(self.names.marker()).arg(self.given_time()).arg(self.lease());
        number(&mut call, new_life());
        for (ask, id) in asks.iter().zip(&ids) {
            let span = ask.rule.span();
            call.key(&self.names.all(&ask.key)[..]);
            for it in [ask.rule.limit, span.window, span.cell, ask.take.amount()] {
                number(&mut call, it);
            }
            call.arg(id.map(|id| self.name(id)).unwrap_or_default());
        }
        // A hold that is made and whose answer is lost is not renewed: it is given back when its lease ends.
        let reply: Vec<i64> = self.ask(&call).await?;
        self.decided(asks, ids, &reply)
    }

    /// Asks for a request.
    async fn ask<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T, Unavailable> {
        let answer = self.link.run(call).await;
        if answer.is_err() {
            self.unanswered.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    /// Reads the answer to a decision.
    fn decided(
        &self,
        asks: Vec<Ask>,
        ids: Vec<Option<u64>>,
        reply: &[i64],
    ) -> Result<Admitted, Denied> {
        let (status, rest) = reply.split_first().ok_or(Unavailable)?;
        // Refused ones too: the decision may have charged what dead nodes held. A hold is noted when it ends.
        let changes = |it: &&Ask| *status == 0 || it.take == Take::One;
        asks.iter().filter(changes).for_each(|it| self.changed.note_rule(&it.key, &it.rule));
        match *status {
            1 => self.taken(asks, ids, rest),
            0 => Err(refused(&asks, rest)),
            _ => {
                self.link.server_is_empty();
                Err(Unavailable.into())
            }
        }
    }

    fn taken(
        &self,
        asks: Vec<Ask>,
        ids: Vec<Option<u64>>,
        reply: &[i64],
    ) -> Result<Admitted, Denied> {
        let mut permits = Vec::new();
        let mut found = Vec::with_capacity(asks.len());
        let me = self.me.upgrade().ok_or(Unavailable)?;
        for ((ask, id), answer) in asks.into_iter().zip(ids).zip(reply.chunks_exact(4)) {
            let [at, life, settled, held] = *answer else { continue };
            found.push(Usage { settled: settled.unsigned_abs(), held: held.unsigned_abs() });
            if let (Take::Hold(amount), Some(id)) = (ask.take, id) {
                let (at, life) = (at.unsigned_abs(), life.unsigned_abs());
                let hold = Hold { id, at, amount, span: ask.rule.span(), life };
                let open = Open { key: ask.key.clone(), hold, sent: false };
                self.open().insert(id, open);
                permits.push(Permit::shared(Arc::<Shared>::clone(&me), ask.key, hold));
            }
        }
        Ok(Admitted { permits, found })
    }

    async fn mark_sent(&self, holds: Vec<(Vec<u8>, u64)>) -> Result<(), Unavailable> {
        let mut call = self.scripts.sent.prepare_invoke();
        for (key, id) in &holds {
            call.key(key).arg(self.name(*id));
        }
        let found: i64 = self.ask(&call).await?;
        // A call leaves only when its hold stands: one whose lease has ended, or that the server has lost, has no room any more.
        if usize::try_from(found) != Ok(holds.len()) {
            return Err(Unavailable);
        }
        let mut open = self.open();
        for (_, id) in &holds {
            if let Some(open) = open.get_mut(id) {
                open.sent = true;
            }
        }
        Ok(())
    }

    async fn usage(&self, key: &Key, rule: &Rule) -> Result<Usage, Unavailable> {
        let span = rule.span();
        let mut call = self.scripts.usage.prepare_invoke();
        call.key(&self.names.all(key)[..]).arg(self.given_time()).arg(self.lease());
        number(&mut call, span.window);
        number(&mut call, span.cell);
        let reply: Vec<i64> = self.ask(&call).await?;
        match *reply {
            [settled, held, _] => {
                Ok(Usage { settled: settled.unsigned_abs(), held: held.unsigned_abs() })
            }
            _ => Err(Unavailable),
        }
    }

    /// Empty: the server's own.
    fn given_time(&self) -> String {
        self.options.clock.as_ref().map(|it| it.now().to_string()).unwrap_or_default()
    }

    fn lease(&self) -> u64 {
        u64::try_from(self.options.lease.as_millis()).unwrap_or(MOST).clamp(1, MOST)
    }

    /// A hold as the server knows it.
    fn name(&self, id: u64) -> String {
        format!("{:016x}-{id:x}", self.node)
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refused(asks: &[Ask], reply: &[i64]) -> Denied {
    let [index, settled, held, remaining, retry_after, reset_at] =
        *reply.iter().map(|it| it.unsigned_abs()).collect::<Vec<_>>()
    else {
        return Denied::Unavailable(Unavailable);
    };
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    let limit = asks.get(index).map_or(0, |it| it.rule.limit);
    let retry_after = Duration::from_millis(retry_after);
    let refusal = Refusal { limit, settled, held, remaining, retry_after, reset_at, full: false };
    Denied::Refused { index, refusal }
}

/// A number for a bucket that is made now.
fn new_life() -> u64 {
    random() & MOST
}

fn random() -> u64 {
    getrandom::u64().expect("the system has random numbers")
}
