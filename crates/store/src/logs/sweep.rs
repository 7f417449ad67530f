//! Forgetting what no log shares any more: kinds, walks, texts and tokens. They hold values and keys of metadata, models and user agents.
//!
//! Every process remembers which of them are stored and does not write them again. `log_sweeps` counts how often some were forgotten: it
//! is read where logs are written, under a lock that sweeping waits for, and a process that missed a sweep remembers nothing.

use std::sync::{Mutex, PoisonError};

use sqlx::AssertSqlSafe;

use super::Logs;
use crate::db::{Clause, Connection, Tx, query, query_scalar};
use crate::error::Result;

/// Rows that are looked at before other log writes may go on.
const SWEPT: i64 = 5_000;

/// What is swept, and which rows of it nothing refers to.
const TABLES: [(&str, &str); 4] = [
    ("log_kinds", "not exists (select 1 from logs where logs.kind = log_kinds.id)"),
    ("log_walks", "not exists (select 1 from logs where logs.walk = log_walks.id)"),
    ("log_tokens", "not exists (select 1 from logs where logs.token = log_tokens.id)"),
    (
        "log_texts",
        "not exists (select 1 from log_tags tag where tag.text = log_texts.id) \
         and not exists (select 1 from logs where logs.agent = log_texts.id) \
         and log_texts.id not in (select text from log_tags_latest)",
    ),
];

/// How far this process has come.
#[derive(Debug)]
pub(super) struct Loose(Mutex<Way>);

#[derive(Debug)]
struct Way {
    /// Logs lost something since it began.
    is_due: bool,
    /// Which of [`TABLES`], and the last id that was looked at.
    at: Option<(usize, i64)>,
}

impl Default for Loose {
    fn default() -> Self {
        // What another process left lies there too.
        Self(Mutex::new(Way { is_due: true, at: None }))
    }
}

impl Loose {
    /// After logs were deleted, or lost what they had. Said once that is committed: a sweep that sees it not must not be the last.
    pub(super) fn more(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_due = true;
    }

    fn place(&self) -> Option<(usize, i64)> {
        let mut way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if way.at.is_none() && way.is_due {
            *way = Way { is_due: false, at: Some((0, i64::MIN)) };
        }
        way.at
    }

    fn go(&self, at: Option<(usize, i64)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).at = at;
    }
}

impl Logs<'_> {
    /// Looks at some of what logs share, and forgets that of which no log is left; returns whether there are more to look at. After
    /// the last one it looks at none until logs were deleted or given other metadata by this process.
    ///
    /// # Errors
    /// None of its own.
    pub async fn sweep(&self) -> Result<bool> {
        let loose = &self.0.log_state.loose;
        let Some((at, after)) = loose.place() else { return Ok(false) };
        let Some((table, unused)) = TABLES.get(at) else {
            loose.go(None);
            return Ok(false);
        };
        if after == i64::MIN {
            self.settle().await?;
        }
        let mut tx = self.0.log_db.read().await?;
        let some = format!("select id from {table} where id > $1 order by id limit $2");
        let last = format!("select max(id) from ({some}) it");
        let last = query_scalar::<Option<i64>>(AssertSqlSafe(last)).bind(after).bind(SWEPT);
        let Some(last) = last.fetch_one(&mut tx).await? else {
            loose.go(Some((at + 1, i64::MIN)));
            return Ok(true);
        };
        let unused_ids = format!("select id from {table} where id in ({some}) and {unused}");
        let unused_ids = query_scalar(AssertSqlSafe(unused_ids)).bind(after).bind(SWEPT);
        let unused_ids: Vec<i64> = unused_ids.fetch_all(&mut tx).await?;
        drop(tx);
        if !unused_ids.is_empty() {
            let mut tx = self.0.log_db.write().await?;
            forget(&mut tx, (table, unused), &unused_ids).await?;
            tx.commit().await?;
        }
        loose.go(Some((at, last)));
        Ok(true)
    }
}

/// Deletes those of them that are still unused.
async fn forget(tx: &mut Tx, (table, unused): (&str, &str), ids: &[i64]) -> Result<()> {
    query("update log_sweeps set sweeps = sweeps + 1").execute(tx).await?;
    let mut clause = Clause::new(tx);
    let among = clause.among("id", ids);
    let delete = format!("delete from {table} where {among} and {unused}");
    query(AssertSqlSafe(delete)).bind_all(clause.values).execute(tx).await?;
    Ok(())
}

/// From now on to the end of the transaction nothing is forgotten; how often something was before.
pub(super) async fn pause(tx: &mut Connection) -> Result<i64> {
    let lock = if matches!(tx, Connection::Postgres(_)) { " for share" } else { "" };
    let sweeps = format!("select sweeps from log_sweeps{lock}");
    Ok(query_scalar(AssertSqlSafe(sweeps)).fetch_one(tx).await?)
}
