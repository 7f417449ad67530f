//! Request logs: appended in batches, found by any of their fields, and deleted; with SQLite in a database file of their own.

mod append;
mod batch;
mod change;
mod filter;
mod find;
mod gateways;
mod keys;
mod kinds;
mod names;
mod own;
mod page;
mod payload;
mod plan;
mod remove;
mod rows;
mod sweep;
mod tags;
mod test;
mod walks;

pub use append::{Appended, Stops};
pub use batch::Batch;
pub use change::{LogChange, Set};
pub use filter::{LogField, LogFilter, LogOperator, LogOrder, LogQuery, LogValue};
pub use keys::{MOST_KEYS, MetadataKeys};
pub use payload::{LogBody, Side};
pub use remove::Keep;
pub use rows::StoredLog;

pub(crate) use append::LogState;

use route::ids::GatewayId;
use sqlx::AssertSqlSafe;
use telemetry::Payload;

use crate::db::{Clause, Connection, query};
use crate::error::{Error, Result};
use crate::store::{Page, Store};
use page::Slice;

/// Request logs. Every error besides [`Error::Away`], [`Error::Full`] and [`Error::Broken`] is named at the call.
#[derive(Debug)]
pub struct Logs<'s>(pub(crate) &'s Store);

/// The smallest and the largest number that logs have; `None` when none of them has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogRanges {
    /// Nano-dollars.
    pub cost: Option<(i64, i64)>,
    /// Milliseconds.
    pub duration: Option<(i64, i64)>,
    /// Input.
    pub tokens_in: Option<(i64, i64)>,
    /// Output.
    pub tokens_out: Option<(i64, i64)>,
    /// Input and output of one log.
    pub tokens: Option<(i64, i64)>,
}

impl Logs<'_> {
    /// How many kinds of requests (combinations of model, keys of metadata, success and the like) and how many ways through routes a
    /// gateway may have among its logs, 4096 of each unless set: of those that come later each log tells for itself, which takes more room,
    /// and longer to filter and order by. For this process, from now on.
    pub fn bound(&self, most: u64) {
        self.0.log_state.names.bound(most);
    }

    /// Logs of a gateway; and how many match. An unknown gateway has none.
    ///
    /// # Errors
    /// None of its own.
    pub async fn list(
        &self,
        gateway: &GatewayId,
        asked: &LogQuery,
        page: Page,
    ) -> Result<(Vec<StoredLog>, u64)> {
        let mut tx = self.0.log_db.read().await?;
        let Some(known) = gateways::find(&mut tx, gateway).await? else {
            return Ok((Vec::new(), 0));
        };
        let Some(plan) = plan::plan(&mut tx, known, asked).await? else {
            return Ok((Vec::new(), 0));
        };
        let found = plan.count(&mut tx).await?;
        let slice = Slice::of(page, asked.ascending);
        let numbers = if plan.groups.is_none() && asked.order == LogOrder::CreatedAt {
            plan.slice(&mut tx, slice, found).await?
        } else {
            plan.ordered(&mut tx, slice, asked.order).await?
        };
        Ok((stored(&mut tx, &numbers).await?, found))
    }

    /// Of which size the matching logs are. Looks at every one of them.
    ///
    /// # Errors
    /// None of its own.
    pub async fn ranges(&self, gateway: &GatewayId, asked: &LogQuery) -> Result<LogRanges> {
        let mut tx = self.0.log_db.read().await?;
        let Some(known) = gateways::find(&mut tx, gateway).await? else {
            return Ok(LogRanges::default());
        };
        match plan::plan(&mut tx, known, asked).await? {
            Some(plan) => plan.ranges(&mut tx).await,
            None => Ok(LogRanges::default()),
        }
    }

    /// The log with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn get(&self, gateway: &GatewayId, id: &str) -> Result<StoredLog> {
        let mut tx = self.0.log_db.read().await?;
        get(&mut tx, gateway, id).await
    }

    /// What was asked and answered; `None` when it was not kept.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn payload(&self, gateway: &GatewayId, id: &str) -> Result<Option<Payload>> {
        let mut tx = self.0.log_db.read().await?;
        let row = query(
            "select logs.n, payload.n as kept, payload.request, payload.request_complete, payload.response, payload.response_complete \
             from logs join log_gateways gateway on gateway.number = logs.gateway left join log_payloads payload on payload.n = logs.n \
             where logs.id = $1 and gateway.name = $2",
        );
        let row = row.bind(id).bind(gateway.as_str()).fetch_optional(&mut tx).await?;
        let row = row.ok_or(Error::NotFound("log"))?;
        match row.get::<Option<i64>>("kept")? {
            Some(_) => payload::payload(&row).map(Some),
            None => Ok(None),
        }
    }

    /// One body of a log, and of what type it is; nothing else of it is read.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn body(&self, gateway: &GatewayId, id: &str, side: Side) -> Result<LogBody> {
        let mut tx = self.0.log_db.read().await?;
        let sql = format!(
            "{} from logs join log_gateways gateway on gateway.number = logs.gateway join log_kinds kind on kind.id = logs.kind \
             left join log_payloads payload on payload.n = logs.n where logs.id = $1 and gateway.name = $2",
            side.select()
        );
        let row = query(AssertSqlSafe(sql)).bind(id).bind(gateway.as_str());
        payload::body(&row.fetch_optional(&mut tx).await?.ok_or(Error::NotFound("log"))?)
    }
}

async fn get(tx: &mut Connection, gateway: &GatewayId, id: &str) -> Result<StoredLog> {
    let row =
        query(AssertSqlSafe(format!("{} where logs.id = $1 and gateway.name = $2", rows::SELECT)));
    let row = row.bind(id).bind(gateway.as_str()).fetch_optional(tx).await?;
    rows::stored(&row.ok_or(Error::NotFound("log"))?)
}

/// The logs with these numbers, in this order.
async fn stored(tx: &mut Connection, numbers: &[i64]) -> Result<Vec<StoredLog>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let mut clause = Clause::new(tx);
    let sql = format!("{} where {}", rows::SELECT, clause.among("logs.n", numbers));
    let mut found = std::collections::HashMap::new();
    for row in query(AssertSqlSafe(sql)).bind_all(clause.values).fetch_all(tx).await? {
        found.insert(row.get::<i64>("n")?, rows::stored(&row)?);
    }
    Ok(numbers.iter().filter_map(|it| found.remove(it)).collect())
}
