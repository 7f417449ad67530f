//! Writing logs: a batch is one transaction of few, long statements.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;
use telemetry::Record;

use super::batch::{Batch, Ready};
use super::kinds::{self, Kind};
use super::names::{self, Names};
use super::own::{self, Own};
use super::rows::{self, Text};
use super::sweep::{self, Loose};
use super::tags::{self, Latest};
use super::walks::Walk;
use super::{Logs, gateways};
use crate::db::{self, Connection, Tx, Value};
use crate::error::{Error, Result};

/// Rows of one statement. Whole chunks share one prepared statement; larger ones gain nothing. At 18 values a row it is well
/// under SQLite's 32766 and PostgreSQL's 65535 values a statement.
const CHUNK: usize = 64;
/// How often a batch is tried when a number of it is another node's, or an id of it is stored already.
const TRIES: u32 = 4;

/// What this process knows of the stored logs.
#[derive(Debug)]
pub(crate) struct LogState {
    /// Tells logs of one millisecond apart.
    last: AtomicU64,
    pub(super) names: Names,
    latest: Latest,
    pub(super) loose: Loose,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Written now.
    pub written: u64,
    /// Not written, because the gateway has as many logs as it may.
    pub refused: u64,
}

/// The logs at which a gateway takes no more.
pub type Stops = HashMap<GatewayId, u64>;

impl LogState {
    pub(crate) fn new() -> Self {
        let mut start = [0; 8];
        getrandom::fill(&mut start).expect("the operating system gives random bytes");
        Self {
            last: AtomicU64::new(u64::from_le_bytes(start)),
            names: Names::default(),
            latest: Latest::default(),
            loose: Loose::default(),
        }
    }

    fn number(&self, created_at_ms: u64) -> i64 {
        rows::number(created_at_ms, self.last.fetch_add(1, Ordering::Relaxed))
    }
}

/// A record that is not stored yet.
pub(super) struct Fresh<'b> {
    pub(super) ready: &'b Ready,
    n: i64,
    pub(super) gateway: i64,
    pub(super) kind: Kind,
    pub(super) walk: Walk,
    pub(super) agent: Option<Text>,
    pub(super) token: Option<i64>,
    pub(super) texts: Vec<Text>,
    pub(super) own: Vec<(Own, String)>,
}

impl<'b> Fresh<'b> {
    fn new(ready: &'b Ready, n: i64, gateway: i64) -> Self {
        let Ready { record, entries, .. } = ready;
        let keys = entries.iter().map(|(key, _)| key.clone()).collect();
        let text = |(key, value): &(String, String)| Text::new(gateway, Some(key), value);
        Self {
            ready,
            n,
            gateway,
            kind: Kind::of(gateway, record, keys),
            walk: Walk::of(gateway, record, ready.steps.clone()),
            agent: record.user_agent.as_deref().map(|it| Text::new(gateway, None, it)),
            token: record.token.as_deref().map(|it| kinds::identity(gateway, &[], &[it])),
            texts: entries.iter().map(text).collect(),
            own: Vec::new(),
        }
    }
}

impl Logs<'_> {
    /// As [`Logs::append_batch`], of records as they are; no gateway stops.
    ///
    /// # Errors
    /// None of its own.
    pub async fn append(&self, records: &[Record]) -> Result<()> {
        let batch = Batch::of(records.to_vec()).map_err(|error| Error::Away(error.into()))?;
        self.append_batch(&batch, &Stops::new()).await.map(|_| ())
    }

    /// Appends records in one transaction. One that is there already is left as it is, so a batch whose fate is unknown may be sent
    /// again.
    ///
    /// # Errors
    /// None of its own.
    pub async fn append_batch(&self, batch: &Batch, stops: &Stops) -> Result<Appended> {
        self.0.log_state.latest.settle(&self.0.log_db, tags::MANY).await?;
        let mut tries = 1;
        loop {
            // Ids are new as a rule: they are looked for once one was not.
            match self.write(batch, stops, tries > 1).await {
                Err(Error::Broken(sqlx::Error::Database(error)))
                    if error.is_unique_violation() && tries < TRIES =>
                {
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    /// Puts what was written lately in the order in which filters find it soonest. Appending does so by itself, whenever it has become
    /// much.
    ///
    /// # Errors
    /// None of its own.
    pub async fn settle(&self) -> Result<()> {
        self.0.log_state.latest.settle(&self.0.log_db, 1).await
    }

    async fn write(&self, batch: &Batch, stops: &Stops, look: bool) -> Result<Appended> {
        if batch.is_empty() {
            return Ok(Appended::default());
        }
        let mut tx = self.0.log_db.write().await?;
        let sweeps = sweep::pause(&mut tx).await?;
        self.0.log_state.names.heed(sweeps);
        let known = if look { stored(&mut tx, batch).await? } else { HashSet::new() };
        let (mut fresh, mut refused) = self.fresh(&mut tx, batch, known, stops).await?;
        if refused > 0 && !look {
            // What is stored already takes no room.
            let known = stored(&mut tx, batch).await?;
            (fresh, refused) = self.fresh(&mut tx, batch, known, stops).await?;
        }
        let learnt = self.0.log_state.names.write(&mut tx, &mut fresh).await?;
        insert_rows(&mut tx, &fresh).await?;
        count(&mut tx, &fresh).await?;
        tx.commit().await?;
        self.0.log_state.names.learn(sweeps, learnt);
        let tags = fresh.iter().map(|it| it.texts.len()).sum();
        self.0.log_state.latest.add(length(tags));
        Ok(Appended { written: length(fresh.len()), refused })
    }

    /// The records that are to be written, and how many are refused.
    async fn fresh<'b>(
        &self,
        tx: &mut Tx,
        batch: &'b Batch,
        mut stored: HashSet<&'b str>,
        stops: &Stops,
    ) -> Result<(Vec<Fresh<'b>>, u64)> {
        let (mut fresh, mut refused) = (Vec::with_capacity(batch.len()), 0);
        let mut room: HashMap<&GatewayId, (i64, Option<u64>)> = HashMap::new();
        for ready in batch.iter() {
            let record = &ready.record;
            if !stored.insert(&record.id) {
                continue;
            }
            if !room.contains_key(&record.gateway) {
                let gateway = gateways::ensure(tx, &record.gateway).await?;
                let stop = stops.get(&record.gateway);
                let left = stop.map(|it| it.saturating_sub(gateway.logs));
                room.insert(&record.gateway, (gateway.number, left));
            }
            let Some((gateway, left)) = room.get_mut(&record.gateway) else { continue };
            match left {
                Some(0) => refused += 1,
                left => {
                    *left = left.map(|it| it - 1);
                    let n = self.0.log_state.number(record.created_at_ms);
                    fresh.push(Fresh::new(ready, n, *gateway));
                }
            }
        }
        Ok((fresh, refused))
    }
}

/// Ids of the batch that are stored already.
async fn stored<'b>(tx: &mut Tx, batch: &'b Batch) -> Result<HashSet<&'b str>> {
    let mut stored = HashSet::new();
    let mut ids = batch.iter().map(|it| it.record.id.as_str());
    loop {
        let chunk: Vec<_> = ids.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(stored);
        }
        let places: Vec<_> = (1..=chunk.len()).map(|it| format!("${it}")).collect();
        let sql = format!("select id from logs where id in ({})", places.join(","));
        let found = db::query_scalar::<String>(AssertSqlSafe(sql));
        let found = found.bind_all(chunk.iter().map(|it| (*it).into())).fetch_all(tx).await?;
        stored.extend(chunk.into_iter().filter(|it| found.iter().any(|found| found == it)));
    }
}

async fn insert_rows(tx: &mut Tx, fresh: &[Fresh<'_>]) -> Result<()> {
    let row = |it: &Fresh<'_>| {
        let ids = rows::Ids {
            n: it.n,
            gateway: it.gateway,
            kind: it.kind.id,
            walk: it.walk.id,
            agent: it.agent.as_ref().map(|it| it.id),
            token: it.token,
        };
        rows::values(&it.ready.record, &ids)
    };
    insert_all(tx, rows::INSERT, "", fresh.iter().map(row).collect()).await?;
    let row = |it: &Fresh<'_>| rows::details(&it.ready.record, &it.ready.detail, it.n);
    insert_all(tx, rows::INSERT_DETAILS, "", fresh.iter().map(row).collect()).await?;
    let row = |it: &Fresh<'_>| it.ready.frames.as_ref().map(|frames| frames.values(it.n));
    insert_all(tx, rows::INSERT_PAYLOADS, "", fresh.iter().filter_map(row).collect()).await?;
    let tags =
        fresh.iter().flat_map(|it| it.texts.iter().map(|text| [it.n.into(), text.id.into()]));
    insert_all(tx, tags::INSERT, "", tags.collect()).await?;
    let own = fresh.iter().flat_map(|it| own_rows(it.n, it.gateway, &it.own));
    insert_all(tx, own::INSERT, "", own.collect()).await
}

fn own_rows(n: i64, gateway: i64, own: &[(Own, String)]) -> impl Iterator<Item = [Value; 4]> {
    let row = move |(own, value): &(Own, String)| {
        [n.into(), gateway.into(), own.number().into(), value.as_str().into()]
    };
    own.iter().map(row)
}

/// What one log has of its own.
pub(super) async fn own(tx: &mut Tx, n: i64, gateway: i64, own: &[(Own, String)]) -> Result<()> {
    insert_all(tx, own::INSERT, "", own_rows(n, gateway, own).collect()).await
}

/// Tags of one log.
pub(super) async fn tag(tx: &mut Tx, n: i64, gateway: i64, texts: &[Text]) -> Result<()> {
    let new = texts.iter().map(|it| names::text_values(it, gateway)).collect();
    insert_all(tx, names::INSERT_TEXTS, names::KEEP, new).await?;
    let tags = texts.iter().map(|text| [n.into(), text.id.into()]);
    insert_all(tx, tags::INSERT, "", tags.collect()).await
}

/// Stores a kind.
pub(super) async fn name_kind(tx: &mut Tx, gateway: i64, kind: &Kind) -> Result<()> {
    insert_all(tx, kinds::INSERT, names::KEEP, vec![kind.values(gateway)]).await
}

pub(super) async fn insert_all<const COLUMNS: usize>(
    tx: &mut Tx,
    insert: &str,
    conflict: &str,
    rows: Vec<[Value; COLUMNS]>,
) -> Result<()> {
    let mut rows = rows.into_iter();
    loop {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        let places = tx.placeholders(chunk.len(), COLUMNS);
        let insert = if conflict.is_empty() { tx.insert_whole(insert) } else { insert.to_owned() };
        // The text of what is left over differs with its length: not worth a place among the prepared statements.
        db::query(AssertSqlSafe(format!("{insert}{places}{conflict}")))
            .persistent(chunk.len() == CHUNK)
            .bind_all(chunk.into_iter().flatten())
            .execute(tx)
            .await?;
    }
}

/// Last, since nodes wait for each other here.
async fn count(tx: &mut Connection, fresh: &[Fresh<'_>]) -> Result<()> {
    let mut written = BTreeMap::new();
    for it in fresh {
        *written.entry(it.gateway).or_insert(0_i64) += 1;
    }
    for (gateway, logs) in written {
        gateways::add(tx, gateway, logs).await?;
    }
    Ok(())
}

fn length(it: usize) -> u64 {
    u64::try_from(it).unwrap_or(u64::MAX)
}
