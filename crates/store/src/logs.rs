//! Request logs: appended in batches; with SQLite in a database file of their own.

mod rows;

use std::sync::{Arc, OnceLock};

use route::ids::GatewayId;
use sqlx::{AssertSqlSafe, SqlSafeStr as _, SqlStr};
use telemetry::Record;

use crate::db::{self, Connection, query_scalar};
use crate::error::{Error, Result};
use crate::store::{Micros, Page, Store};

/// Request logs. Every error besides [`Error::Away`] and [`Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct Logs<'s>(pub(crate) &'s Store);

/// Which records to list; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct LogQuery {
    /// Oldest first instead of newest first.
    pub ascending: bool,
    /// Only the successful or only the failed.
    pub success: Option<bool>,
    /// Slug of the provider that answered.
    pub provider: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// Not before.
    pub start: Option<Micros>,
    /// Not after.
    pub end: Option<Micros>,
}

/// Rows of one statement. Whole chunks share one prepared statement; larger ones gain nothing. At 16 values a row it is well
/// under SQLite's 32766 and PostgreSQL's 65535 values a statement.
const CHUNK: usize = 64;
/// Rows deleted while other log writes wait.
const FORGET: i64 = 10_000;

impl Logs<'_> {
    /// Appends records in one transaction, by multi-row inserts. One that is there already is left as it
    /// is, so a batch whose fate is unknown may be sent again.
    ///
    /// # Errors
    /// None of its own.
    pub async fn append(&self, batch: &[Record]) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.log_db.write().await?;
        for chunk in batch.chunks(CHUNK) {
            // The text of what is left over differs with its length: not worth a place among the prepared statements.
            db::query(insert(&tx, chunk.len()))
                .persistent(chunk.len() == CHUNK)
                .bind_all(chunk.iter().flat_map(rows::values))
                .execute(&mut tx)
                .await?;
        }
        tx.commit().await
    }

    /// Records of a gateway by time of creation; and how many match. An unknown gateway has none.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(
        &self,
        gateway: &GatewayId,
        query: &LogQuery,
        page: Page,
    ) -> Result<(Vec<Record>, u64)> {
        let mut tx = self.0.log_db.read().await?;
        let (condition, values) = rows::condition(gateway, query);
        let count = AssertSqlSafe(format!("select count(*) from logs where {condition}"));
        let total: i64 =
            query_scalar(count).bind_all(values.iter().cloned()).fetch_one(&mut tx).await?;
        let order = if query.ascending { "created_at, id" } else { "created_at desc, id desc" };
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        let select = format!(
            "select * from logs where {condition} order by {order} limit ${limit} offset ${offset}"
        );
        let found = db::query(AssertSqlSafe(select))
            .bind_all(values)
            .bind(page.limit())
            .bind(page.offset())
            .fetch_all(&mut tx)
            .await?;
        Ok((found.iter().map(rows::record).collect::<Result<_>>()?, total.unsigned_abs()))
    }

    /// The record with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<Record> {
        let mut tx = self.0.log_db.read().await?;
        let row = db::query("select * from logs where id = $1 and gateway_id = $2")
            .bind(id)
            .bind(gateway.as_str())
            .fetch_optional(&mut tx)
            .await?;
        rows::record(&row.ok_or(Error::NotFound("log"))?)
    }

    /// Deletes the logs of a gateway, some at a time, so that new ones need not wait for long.
    pub(crate) async fn forget(&self, gateway: &GatewayId) -> Result<()> {
        loop {
            let mut tx = self.0.log_db.write().await?;
            let done = db::query(
                "delete from logs where id in (select id from logs where gateway_id = $1 limit $2)",
            )
            .bind(gateway.as_str())
            .bind(FORGET)
            .execute(&mut tx)
            .await?;
            tx.commit().await?;
            if done == 0 {
                return Ok(());
            }
        }
    }
}

/// The statement that inserts so many records.
fn insert(connection: &Connection, records: usize) -> SqlStr {
    static SQLITE: OnceLock<Arc<str>> = OnceLock::new();
    static POSTGRES: OnceLock<Arc<str>> = OnceLock::new();
    if records < CHUNK {
        return AssertSqlSafe(insert_text(connection, records)).into_sql_str();
    }
    let whole = match connection {
        Connection::Sqlite(_) => &SQLITE,
        Connection::Postgres(_) => &POSTGRES,
    };
    let text = whole.get_or_init(|| insert_text(connection, CHUNK).into());
    AssertSqlSafe(Arc::clone(text)).into_sql_str()
}

fn insert_text(connection: &Connection, records: usize) -> String {
    let rows = connection.placeholders(records, rows::COLUMNS);
    format!("{}{rows} on conflict (id) do nothing", rows::INSERT)
}
