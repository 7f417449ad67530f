//! The gateways that have logs, and how many.

use route::ids::GatewayId;

use crate::db::{Connection, query, query_scalar};
use crate::error::Result;

/// A gateway among the logs. Its number is never another one's, and is another one when the gateway was deleted and made anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    pub(super) number: i64,
    pub(super) logs: u64,
}

/// The gateway; `None` when it never had logs.
pub(super) async fn find(tx: &mut Connection, gateway: &GatewayId) -> Result<Option<Known>> {
    let row = query("select number, logs from log_gateways where name = $1");
    let row = row.bind(gateway.as_str()).fetch_optional(tx).await?;
    let known = |row: &crate::db::Row| {
        Ok(Known { number: row.get("number")?, logs: row.get::<i64>("logs")?.unsigned_abs() })
    };
    row.as_ref().map(known).transpose()
}

/// The gateway, from now on with logs.
pub(super) async fn ensure(tx: &mut Connection, gateway: &GatewayId) -> Result<Known> {
    if let Some(known) = find(tx, gateway).await? {
        return Ok(known);
    }
    query("insert into log_gateways (name, logs) values ($1, 0) on conflict (name) do nothing")
        .bind(gateway.as_str())
        .execute(tx)
        .await?;
    let known = find(tx, gateway).await?;
    Ok(known.ok_or(sqlx::Error::RowNotFound)?)
}

/// Logs of all gateways.
pub(super) async fn all(tx: &mut Connection) -> Result<u64> {
    let all: Option<i64> =
        query_scalar("select cast(sum(logs) as bigint) from log_gateways").fetch_one(tx).await?;
    Ok(all.unwrap_or_default().unsigned_abs())
}

/// Counts logs that were written, or, below 0, deleted.
pub(super) async fn add(tx: &mut Connection, gateway: i64, logs: i64) -> Result<()> {
    query("update log_gateways set logs = logs + $2 where number = $1")
        .bind(gateway)
        .bind(logs)
        .execute(tx)
        .await?;
    Ok(())
}
