//! Writing what logs share: kinds, walks, texts and tokens, each once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::AssertSqlSafe;

use super::append::{Fresh, insert_all};
use super::own::MOST;
use super::rows::Text;
use super::{kinds, walks};
use crate::db::{Clause, Connection, Tx, Value, query_scalar};
use crate::error::Result;

/// Ids of which this process knows that they are stored.
const KNOWN: usize = 100_000;

pub(super) const INSERT_TEXTS: &str = "insert into log_texts (id, gateway, key, value) values ";
const INSERT_TOKENS: &str = "insert into log_tokens (id, gateway, value) values ";
/// What is there already is the same: ids are hashes.
pub(super) const KEEP: &str = " on conflict (id) do nothing";

/// What this process knows to be stored.
#[derive(Debug)]
pub(super) struct Names {
    known: Mutex<Known>,
    /// Of kinds, and of walks, of one gateway.
    most: AtomicU64,
}

#[derive(Debug, Default)]
struct Known {
    /// How often some had been forgotten when these were.
    sweeps: i64,
    ids: HashSet<i64>,
}

impl Default for Names {
    fn default() -> Self {
        Self { known: Mutex::default(), most: AtomicU64::new(MOST) }
    }
}

impl Names {
    fn knows(&self, id: i64) -> bool {
        self.known.lock().is_ok_and(|it| it.ids.contains(&id))
    }

    /// After so many sweeps: what was known before the last one may have gone.
    pub(super) fn heed(&self, sweeps: i64) {
        let Ok(mut known) = self.known.lock() else { return };
        if known.sweeps != sweeps {
            *known = Known { sweeps, ids: HashSet::new() };
        }
    }

    /// What was stored after so many sweeps.
    pub(super) fn learn(&self, sweeps: i64, ids: impl IntoIterator<Item = i64>) {
        let Ok(mut known) = self.known.lock() else { return };
        if known.sweeps != sweeps {
            return;
        }
        if known.ids.len() > KNOWN {
            known.ids.clear();
        }
        known.ids.extend(ids);
    }

    /// After some of them were deleted.
    pub(super) fn forget(&self) {
        if let Ok(mut known) = self.known.lock() {
            known.ids.clear();
        }
    }

    pub(super) fn bound(&self, most: u64) {
        self.most.store(most, Ordering::Relaxed);
    }

    pub(super) fn most(&self) -> u64 {
        self.most.load(Ordering::Relaxed)
    }

    /// Writes what is new of these logs; returns it, to be remembered once it is committed. Kinds and walks that would be too many
    /// are made loose.
    pub(super) async fn write(&self, tx: &mut Tx, fresh: &mut [Fresh<'_>]) -> Result<Vec<i64>> {
        let kind = |it: &Fresh<'_>| (!self.knows(it.kind.id)).then_some((it.kind.id, it.gateway));
        let walk = |it: &Fresh<'_>| (!self.knows(it.walk.id)).then_some((it.walk.id, it.gateway));
        let kinds = excess(tx, "log_kinds", self.most(), fresh.iter().filter_map(kind)).await?;
        let walks = excess(tx, "log_walks", self.most(), fresh.iter().filter_map(walk)).await?;
        for it in fresh.iter_mut() {
            if kinds.contains(&it.kind.id) {
                it.own.extend(it.kind.loosen(it.gateway));
            }
            if walks.contains(&it.walk.id) {
                it.own.extend(it.walk.loosen(it.gateway));
            }
        }
        let mut new = New::default();
        for it in fresh.iter() {
            new.add(it, |id| !self.knows(id));
        }
        new.write(tx).await
    }
}

/// Rows by their ids: in this order, so that nodes wait for each other in one direction.
#[derive(Default)]
struct New {
    kinds: BTreeMap<i64, [Value; kinds::COLUMNS]>,
    walks: BTreeMap<i64, [Value; walks::COLUMNS]>,
    texts: BTreeMap<i64, [Value; 4]>,
    tokens: BTreeMap<i64, [Value; 3]>,
}

impl New {
    fn add(&mut self, it: &Fresh<'_>, is_new: impl Fn(i64) -> bool) {
        if is_new(it.kind.id) {
            self.kinds.entry(it.kind.id).or_insert_with(|| it.kind.values(it.gateway));
        }
        if is_new(it.walk.id) {
            self.walks.entry(it.walk.id).or_insert_with(|| it.walk.values(it.gateway));
        }
        for text in it.texts.iter().chain(&it.agent).filter(|text| is_new(text.id)) {
            self.texts.entry(text.id).or_insert_with(|| text_values(text, it.gateway));
        }
        if let Some(id) = it.token.filter(|id| is_new(*id)) {
            let token = it.ready.record.token.as_deref();
            self.tokens.entry(id).or_insert_with(|| [id.into(), it.gateway.into(), token.into()]);
        }
    }

    async fn write(self, tx: &mut Tx) -> Result<Vec<i64>> {
        let ids = self.kinds.keys().chain(self.walks.keys());
        let ids = ids.chain(self.texts.keys()).chain(self.tokens.keys()).copied().collect();
        insert_all(tx, kinds::INSERT, KEEP, self.kinds.into_values().collect()).await?;
        insert_all(tx, walks::INSERT, KEEP, self.walks.into_values().collect()).await?;
        insert_all(tx, INSERT_TEXTS, KEEP, self.texts.into_values().collect()).await?;
        insert_all(tx, INSERT_TOKENS, KEEP, self.tokens.into_values().collect()).await?;
        Ok(ids)
    }
}

pub(super) fn text_values(it: &Text, gateway: i64) -> [Value; 4] {
    [it.id.into(), gateway.into(), it.key.as_deref().into(), it.value.as_str().into()]
}

/// Which of these rows, given with their gateways, are not stored and would be more than a gateway may have in this table. Nodes that
/// write at the same time may exceed it together.
pub(super) async fn excess(
    tx: &mut Connection,
    table: &str,
    most: u64,
    rows: impl Iterator<Item = (i64, i64)>,
) -> Result<HashSet<i64>> {
    let rows: BTreeMap<i64, i64> = rows.collect();
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let mut clause = Clause::new(tx);
    let among = clause.among("id", &rows.keys().copied().collect::<Vec<_>>());
    let stored = query_scalar(AssertSqlSafe(format!("select id from {table} where {among}")));
    let stored: Vec<i64> = stored.bind_all(clause.values).fetch_all(tx).await?;
    let stored: HashSet<i64> = stored.into_iter().collect();
    let (mut room, mut excess): (HashMap<i64, u64>, _) = (HashMap::new(), HashSet::new());
    for (id, gateway) in rows.into_iter().filter(|(id, _)| !stored.contains(id)) {
        let left = if let Some(left) = room.get(&gateway) {
            *left
        } else {
            let sql = format!("select count(*) from {table} where gateway = $1");
            let has: i64 = query_scalar(AssertSqlSafe(sql)).bind(gateway).fetch_one(tx).await?;
            most.saturating_sub(has.unsigned_abs())
        };
        if left == 0 {
            excess.insert(id);
        }
        room.insert(gateway, left.saturating_sub(1));
    }
    Ok(excess)
}
