//! What limits have counted, so that it can be put back where they are counted. What the bytes mean is the caller's business.
//!
//! No management writes: they leave the revision and the audit log alone.

use std::collections::BTreeMap;

use crate::db::{Connection, Row, Value, query};
use crate::error::Result;
use crate::store::{Micros, Store};

/// Saved totals. No error besides [`crate::Error::Away`], [`crate::Error::Full`] and [`crate::Error::Broken`].
#[derive(Debug)]
pub struct LimitTotals<'s>(pub(crate) &'s Store);

/// What one limit has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitTotal {
    /// Which limit.
    pub key: Vec<u8>,
    /// What it has counted.
    pub state: Vec<u8>,
    /// When it no longer matters.
    pub expires_at: Micros,
}

/// Rows of one statement, three values each.
const CHUNK: usize = 256;
/// Rows deleted while other writes wait.
const FORGET: i64 = 10_000;

impl LimitTotals<'_> {
    /// Saves them in one transaction, each in place of the one with its key, unless that one matters for longer: several may save what
    /// they have read of the same limit, and the older reading may come last. Of equal keys here the last one counts.
    ///
    /// # Errors
    /// None of its own.
    pub async fn save(&self, totals: &[LimitTotal]) -> Result<()> {
        if totals.is_empty() {
            return Ok(());
        }
        // Each key once and in order: of two nodes that save the same ones, one waits for the other, and neither for both.
        let sorted: BTreeMap<&[u8], &LimitTotal> =
            totals.iter().map(|it| (it.key.as_slice(), it)).collect();
        let sorted: Vec<&LimitTotal> = sorted.into_values().collect();
        let mut tx = self.0.db.write().await?;
        for chunk in sorted.chunks(CHUNK) {
            query(sqlx::AssertSqlSafe(upsert(&tx, chunk.len())))
                .persistent(chunk.len() == CHUNK)
                .bind_all(chunk.iter().flat_map(|it| values(it)))
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await
    }

    /// Those that still matter, at most so many in the order of their keys, after this one.
    ///
    /// # Errors
    /// None of its own.
    pub async fn load(&self, after: &[u8], most: u32) -> Result<Vec<LimitTotal>> {
        let mut tx = self.0.db.read().await?;
        let sql =
            "select * from limit_totals where expires_at > $1 and key > $2 order by key limit $3";
        let rows =
            query(sql).bind(now()).bind(after).bind(i64::from(most)).fetch_all(&mut tx).await?;
        Ok(rows.iter().map(total).collect::<sqlx::Result<_>>()?)
    }

    /// Deletes those that no longer matter, some at a time.
    ///
    /// # Errors
    /// None of its own.
    pub async fn forget_expired(&self) -> Result<()> {
        loop {
            let mut tx = self.0.db.write().await?;
            let forgotten = query(
                "delete from limit_totals where key in \
                 (select key from limit_totals where expires_at <= $1 order by key limit $2)",
            )
            .bind(now())
            .bind(FORGET)
            .execute(&mut tx)
            .await?;
            tx.commit().await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }
}

fn now() -> Micros {
    jiff::Timestamp::now().as_microsecond()
}

fn upsert(connection: &Connection, totals: usize) -> String {
    format!(
        "insert into limit_totals (key, state, expires_at) values {} \
         on conflict (key) do update set state = excluded.state, expires_at = excluded.expires_at \
         where excluded.expires_at >= limit_totals.expires_at",
        connection.placeholders(totals, 3)
    )
}

fn values(it: &LimitTotal) -> [Value; 3] {
    [it.key.as_slice().into(), it.state.as_slice().into(), it.expires_at.into()]
}

fn total(row: &Row) -> sqlx::Result<LimitTotal> {
    Ok(LimitTotal {
        key: row.get("key")?,
        state: row.get("state")?,
        expires_at: row.get("expires_at")?,
    })
}
