//! What people say of a log later: feedback, a score, other metadata.

use route::ids::GatewayId;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::own::Own;
use super::rows::{self, Text};
use super::{Logs, StoredLog, append, get, kinds, names, sweep, tags};
use crate::db::{Connection, Tx, query};
use crate::error::{Error, Result};
use crate::store::Actor;
use crate::write::Deed;

/// What becomes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set<T> {
    /// It is this from now on.
    To(T),
    /// There is none any more.
    Away,
}

impl<T> Set<T> {
    const fn value(&self) -> Option<&T> {
        match self {
            Self::To(it) => Some(it),
            Self::Away => None,
        }
    }
}

/// What to change; absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogChange {
    /// -1, 0 or 1.
    pub feedback: Option<Set<i64>>,
    /// 0 to 100.
    pub score: Option<Set<i64>>,
    /// A JSON object.
    pub metadata: Option<Set<String>>,
}

impl Logs<'_> {
    /// Changes a log. The entry in the audit log comes first: of a failure it may be the only trace.
    ///
    /// # Errors
    /// [`Error::NotFound`] of the log.
    pub async fn change(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        id: &str,
        change: &LogChange,
    ) -> Result<StoredLog> {
        self.get(gateway, id).await?;
        let detail = json!({
            "feedback": change.feedback.as_ref().map(Set::value), "score": change.score.as_ref().map(Set::value),
            "metadata": change.metadata.is_some(),
        });
        let deed = Deed { action: "log.update", gateway: Some(gateway), resource: id, detail };
        self.0.note(actor, deed).await?;
        let mut tx = self.0.log_db.write().await?;
        let row = query(
            "select logs.n, logs.gateway from logs join log_gateways gateway on gateway.number = logs.gateway where logs.id = $1 and gateway.name = $2",
        );
        let row = row.bind(id).bind(gateway.as_str()).fetch_optional(&mut tx).await?;
        let row = row.ok_or(Error::NotFound("log"))?;
        let (n, number) = (row.get("n")?, row.get("gateway")?);
        for (value, sql) in [
            (&change.feedback, "update logs set feedback = $2 where n = $1"),
            (&change.score, "update logs set score = $2 where n = $1"),
        ] {
            if let Some(value) = value {
                query(sql).bind(n).bind(value.value().copied()).execute(&mut tx).await?;
            }
        }
        if let Some(metadata) = &change.metadata {
            sweep::pause(&mut tx).await?;
            let most = self.0.log_state.names.most();
            let metadata = metadata.value().map(String::as_str);
            describe(&mut tx, (n, number), metadata, most).await?;
        }
        let changed = get(&mut tx, gateway, id).await?;
        tx.commit().await?;
        if change.metadata.is_some() {
            self.0.log_state.loose.more();
        }
        Ok(changed)
    }
}

/// Gives a log other metadata, and what of it filters look at.
async fn describe(
    tx: &mut Tx,
    (n, gateway): (i64, i64),
    metadata: Option<&str>,
    most: u64,
) -> Result<()> {
    let entries = rows::entries(metadata);
    let text = |(key, value): &(String, String)| Text::new(gateway, Some(key), value);
    for table in tags::TABLES {
        let sql = format!("delete from {table} where n = $1");
        query(AssertSqlSafe(sql)).bind(n).execute(tx).await?;
    }
    append::tag(tx, n, gateway, &entries.iter().map(text).collect::<Vec<_>>()).await?;
    let mut kind = kind_of(tx, n).await?;
    let mut own = kind.set_keys(gateway, entries.into_iter().map(|(key, _)| key).collect());
    let strict = [(kind.id, gateway)].into_iter().filter(|_| kind.loose == kinds::Loose::No);
    if !names::excess(tx, "log_kinds", most, strict).await?.is_empty() {
        own.extend(kind.loosen(gateway));
    }
    let keys = query("delete from log_own where n = $1 and field = $2").bind(n);
    keys.bind(Own::MetadataKey.number()).execute(tx).await?;
    append::own(tx, n, gateway, &own).await?;
    append::name_kind(tx, gateway, &kind).await?;
    query("update logs set kind = $2 where n = $1").bind(n).bind(kind.id).execute(tx).await?;
    let update = query("update log_details set metadata = $2 where n = $1").bind(n).bind(metadata);
    update.execute(tx).await?;
    Ok(())
}

async fn kind_of(tx: &mut Connection, n: i64) -> Result<kinds::Kind> {
    let row = query(
        "select log_kinds.id as kind, provider, model, request_type, request_content_type, response_content_type, success, cached, \
         authentication, compat, metadata_keys, loose from logs join log_kinds on log_kinds.id = logs.kind where logs.n = $1",
    );
    let row = row.bind(n).fetch_optional(tx).await?;
    kinds::Kind::read(&row.ok_or(Error::NotFound("log"))?)
}
