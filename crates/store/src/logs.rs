//! Request logs: appended in batches, in a database file of their own.

mod rows;

use route::ids::GatewayId;
use sqlx::QueryBuilder;
use telemetry::Record;

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
            let mut insert = QueryBuilder::new(rows::INSERT);
            insert.push_values(chunk, rows::push);
            insert.push(" on conflict (id) do nothing");
            // The text of what is left over differs with its length: not worth a place among the prepared statements.
            insert.build().persistent(chunk.len() == CHUNK).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
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
        let mut count = QueryBuilder::new("select count(*) from logs where ");
        rows::push_condition(&mut count, gateway, query);
        let total: i64 = count.build_query_scalar().fetch_one(&mut *tx).await?;
        let mut select = QueryBuilder::new("select * from logs where ");
        rows::push_condition(&mut select, gateway, query);
        select.push(if query.ascending {
            " order by created_at, id limit "
        } else {
            " order by created_at desc, id desc limit "
        });
        select.push_bind(page.limit()).push(" offset ").push_bind(page.offset());
        let found = select.build().fetch_all(&mut *tx).await?;
        Ok((found.iter().map(rows::record).collect::<Result<_>>()?, total.unsigned_abs()))
    }

    /// The record with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<Record> {
        let mut tx = self.0.log_db.read().await?;
        let row = sqlx::query("select * from logs where id = $1 and gateway_id = $2")
            .bind(id)
            .bind(gateway.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        rows::record(&row.ok_or(Error::NotFound("log"))?)
    }

    /// Deletes the logs of a gateway, some at a time, so that new ones need not wait for long.
    pub(crate) async fn forget(&self, gateway: &GatewayId) -> Result<()> {
        loop {
            let mut tx = self.0.log_db.write().await?;
            let done = sqlx::query(
                "delete from logs where id in (select id from logs where gateway_id = $1 limit $2)",
            )
            .bind(gateway.as_str())
            .bind(FORGET)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            if done.rows_affected() == 0 {
                return Ok(());
            }
        }
    }
}
