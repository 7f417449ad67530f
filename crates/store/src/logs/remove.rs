//! Deleting logs, some at a time, so that new ones need not wait for long.

use route::ids::GatewayId;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::page::Slice;
use super::rows::{number, signed};
use super::{LogQuery, Logs, gateways, plan};
use crate::db::{Clause, Tx, query, query_scalar};
use crate::error::Result;
use crate::store::Actor;
use crate::write::Deed;

/// Logs deleted while other log writes wait.
const BATCH: usize = 500;

/// Which logs of a gateway are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Only the newest, so many.
    pub most: Option<u64>,
    /// Only those created since, in Unix milliseconds.
    pub since_ms: Option<u64>,
}

impl Logs<'_> {
    /// Deletes the first `limit` of the matching logs, in the order asked for; returns how many. The entry in the audit log comes first.
    ///
    /// # Errors
    /// None of its own.
    pub async fn delete(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        asked: &LogQuery,
        limit: u32,
    ) -> Result<u64> {
        let numbers = self.numbers(gateway, asked, limit).await?;
        let detail = json!({ "logs": numbers.len(), "filters": asked.filters.len() });
        let deed = Deed {
            action: "log.delete",
            gateway: Some(gateway),
            resource: gateway.as_str(),
            detail,
        };
        self.0.note(actor, deed).await?;
        let mut deleted = 0;
        for batch in numbers.chunks(BATCH) {
            let mut tx = self.0.log_db.write().await?;
            let Some(known) = gateways::find(&mut tx, gateway).await? else { break };
            deleted += remove(&mut tx, known.number, batch).await?;
            tx.commit().await?;
            self.0.log_state.loose.more();
        }
        Ok(deleted)
    }

    async fn numbers(&self, gateway: &GatewayId, asked: &LogQuery, limit: u32) -> Result<Vec<i64>> {
        let mut tx = self.0.log_db.read().await?;
        let Some(known) = gateways::find(&mut tx, gateway).await? else { return Ok(Vec::new()) };
        let Some(plan) = plan::plan(&mut tx, known, asked).await? else { return Ok(Vec::new()) };
        let slice = Slice { ascending: asked.ascending, offset: 0, limit: limit.into() };
        plan.ordered(&mut tx, slice, asked.order).await
    }

    /// Deletes some of the oldest logs that are not to be kept; returns how many. At 0 there are no more of them.
    ///
    /// # Errors
    /// None of its own.
    pub async fn keep(&self, gateway: &GatewayId, keep: &Keep) -> Result<u64> {
        let mut tx = self.0.log_db.read().await?;
        let Some(known) = gateways::find(&mut tx, gateway).await? else { return Ok(0) };
        let excess = keep.most.map_or(0, |most| known.logs.saturating_sub(most));
        let batch = signed(u64::try_from(BATCH).unwrap_or(u64::MAX));
        let oldest = "select n from logs where gateway = $1 and n < $2 order by n limit $3";
        let mut numbers: Vec<i64> = query_scalar(oldest)
            .bind(known.number)
            .bind(i64::MAX)
            .bind(signed(excess).min(batch))
            .fetch_all(&mut tx)
            .await?;
        if let Some(since) = keep.since_ms.filter(|_| numbers.len() < BATCH) {
            let old = query_scalar(oldest).bind(known.number).bind(number(since, 0)).bind(batch);
            let old: Vec<i64> = old.fetch_all(&mut tx).await?;
            if old.len() > numbers.len() {
                numbers = old;
            }
        }
        drop(tx);
        if numbers.is_empty() {
            return Ok(0);
        }
        let mut tx = self.0.log_db.write().await?;
        let deleted = remove(&mut tx, known.number, &numbers).await?;
        tx.commit().await?;
        self.0.log_state.loose.more();
        Ok(deleted)
    }

    /// How many logs a gateway has.
    ///
    /// # Errors
    /// None of its own.
    pub async fn held(&self, gateway: &GatewayId) -> Result<u64> {
        let mut tx = self.0.log_db.read().await?;
        Ok(gateways::find(&mut tx, gateway).await?.map_or(0, |it| it.logs))
    }

    /// Deletes the logs of a gateway.
    pub(crate) async fn forget(&self, gateway: &GatewayId) -> Result<()> {
        while self.keep(gateway, &Keep { most: Some(0), since_ms: None }).await? > 0 {}
        let mut tx = self.0.log_db.write().await?;
        if let Some(known) = gateways::find(&mut tx, gateway).await? {
            for sql in [
                "delete from log_kinds where gateway = $1",
                "delete from log_walks where gateway = $1",
                "delete from log_texts where gateway = $1",
                "delete from log_tokens where gateway = $1",
                "delete from log_gateways where number = $1",
            ] {
                query(sql).bind(known.number).execute(&mut tx).await?;
            }
        }
        tx.commit().await?;
        self.0.log_state.names.forget();
        Ok(())
    }
}

/// Deletes logs with everything of them; returns how many there were.
async fn remove(tx: &mut Tx, gateway: i64, numbers: &[i64]) -> Result<u64> {
    let mut deleted = 0;
    for table in ["log_details", "log_payloads", "log_tags_latest", "log_tags", "log_own", "logs"] {
        let mut clause = Clause::new(tx);
        let sql = format!("delete from {table} where {}", clause.among("n", numbers));
        deleted = query(AssertSqlSafe(sql)).bind_all(clause.values).execute(tx).await?;
    }
    gateways::add(tx, gateway, -signed(deleted)).await?;
    Ok(deleted)
}
