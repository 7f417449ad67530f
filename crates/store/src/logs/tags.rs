//! Which logs have which texts among their metadata: first in the order of logs, later in the order of texts.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::db::{Clause, Connection, Db, Tx, query, query_scalar};
use crate::error::Result;

pub(super) const INSERT: &str = "insert into log_tags_latest (n, text) values ";
/// Where they are.
pub(super) const TABLES: [&str; 2] = ["log_tags_latest", "log_tags"];

/// Latest tags that are looked through for a text, roughly: more of them make putting them in order cheaper, and finding dearer.
pub(super) const MANY: u64 = 60_000;

/// How many tags are not in the order of texts; `u64::MAX`: nobody has counted.
#[derive(Debug)]
pub(super) struct Latest(AtomicU64);

impl Default for Latest {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Latest {
    /// Some more were written.
    pub(super) fn add(&self, tags: u64) {
        let add = |it: u64| (it != u64::MAX).then(|| it.saturating_add(tags));
        let _uncounted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Puts them in order when there are so many. On PostgreSQL each node counts its own.
    pub(super) async fn settle(&self, db: &Db, many: u64) -> Result<()> {
        if self.0.load(Ordering::Relaxed) == u64::MAX {
            let mut tx = db.read().await?;
            let all = query_scalar::<i64>("select count(*) from log_tags_latest");
            self.0.store(all.fetch_one(&mut tx).await?.unsigned_abs(), Ordering::Relaxed);
        }
        if self.0.load(Ordering::Relaxed) >= many {
            let mut tx = db.write().await?;
            settle(&mut tx).await?;
            tx.commit().await?;
            self.0.store(0, Ordering::Relaxed);
        }
        Ok(())
    }
}

async fn settle(tx: &mut Tx) -> Result<()> {
    const INTO: &str = "insert into log_tags (n, text) select n, text from";
    match **tx {
        // Whoever writes at the same time keeps what is not seen here.
        Connection::Postgres(_) => {
            let sql = format!(
                "with latest as (delete from log_tags_latest returning n, text) {INTO} latest order by text, n on conflict do nothing"
            );
            query(sqlx::AssertSqlSafe(sql)).execute(tx).await?;
        }
        Connection::Sqlite(_) => {
            let sql = format!(
                "{INTO} log_tags_latest where true order by text, n on conflict do nothing"
            );
            query(sqlx::AssertSqlSafe(sql)).execute(tx).await?;
            query("delete from log_tags_latest").execute(tx).await?;
        }
    }
    Ok(())
}

/// The logs with texts that fulfil a condition on `log_texts`, each as often as it has one; `bounds` are conditions on the log's number.
pub(super) fn of_texts(texts: &str, bounds: &str) -> String {
    each(texts, bounds, "n").join(" union all ")
}

/// How many these are. Not counted in their union, which SQLite would write down first.
pub(super) fn count(texts: &str, bounds: &str) -> String {
    let [latest, settled] = each(texts, bounds, "count(*)");
    format!("select ({latest}) + ({settled})")
}

fn each(texts: &str, bounds: &str, what: &str) -> [String; 2] {
    TABLES.map(|table| {
        format!(
            "select {what} from {table} where text in (select id from log_texts where {texts}){bounds}"
        )
    })
}

/// Whether the log of the row at hand has such a text. Not as `exists`, which SQLite 3.51 turns into a join: with `offset` it then counts
/// a log as often as it has such a text.
pub(super) fn has_text(clause: &Clause, texts: &str) -> String {
    let [latest, settled] = TABLES.map(|table| {
        let by_log = table == "log_tags" && !clause.is_postgres();
        let hint = if by_log { " indexed by log_tags_by_log" } else { "" };
        format!(
            "(select 1 from {table} tag{hint} where tag.n = logs.n and tag.text in (select id from log_texts where {texts}) limit 1) is not null"
        )
    });
    format!("({latest} or {settled})")
}
