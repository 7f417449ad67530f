//! The append-only audit log: written by every management write, read here. The database itself refuses to change it.

mod filter;

use crate::db::{Row, query, query_scalar};
use crate::error::Result;
use crate::store::{Actor, Micros, Page, Store};
use crate::write::Deed;
use route::ids::GatewayId;
use serde_json::Value;
use sqlx::AssertSqlSafe;

pub use filter::AuditQuery;

/// The audit log.
#[derive(Debug)]
pub struct AuditLog<'s>(pub(crate) &'s Store);

/// One management write.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// `UUIDv7`.
    pub id: String,
    /// When.
    pub at: Micros,
    /// Who.
    pub actor: Actor,
    /// `route.create`, `deployment.create`, …
    pub action: String,
    /// The gateway it was done in, if in one.
    pub gateway: Option<String>,
    /// Id of what it was done to.
    pub resource: String,
    /// JSON object: what is good to know about it; no secrets.
    pub detail: String,
}

/// So many actors and so many actions are named.
const MOST_NAMES: i64 = 1000;

/// Names that are in the audit log.
#[derive(Clone, Debug)]
pub struct AuditNames {
    /// Each with the name in its latest entry; by name.
    pub actors: Vec<Actor>,
    /// `route.create`, `deployment.create`, …, in the order of their bytes.
    pub actions: Vec<String>,
    /// Whether these are all.
    pub complete: bool,
}

impl AuditLog<'_> {
    /// The entries that are asked for, newest first; and how many there are.
    ///
    /// # Errors
    /// [`crate::Error::Away`] and [`crate::Error::Broken`].
    pub async fn list(&self, asked: &AuditQuery, page: Page) -> Result<(Vec<AuditEntry>, u64)> {
        let mut tx = self.0.db.read().await?;
        let mut condition = asked.condition(&tx);
        let count = format!("select count(*) from audit where {}", condition.text());
        let total = query_scalar::<i64>(AssertSqlSafe(count)).persistent(false);
        let total = total.bind_all(condition.values.clone()).fetch_one(&mut tx).await?;
        let (limit, offset) = (condition.bind(page.limit()), condition.bind(page.offset()));
        let entries = format!(
            "select id, at, actor_id, actor_name, action, gateway_id, resource, detail from audit \
             where {} order by number desc limit {limit} offset {offset}",
            condition.text()
        );
        let rows = query(AssertSqlSafe(entries)).persistent(false);
        let rows = rows.bind_all(condition.values).fetch_all(&mut tx).await?;
        let entries = rows.iter().map(entry).collect::<sqlx::Result<_>>()?;
        Ok((entries, total.unsigned_abs()))
    }

    /// Who has done anything, and what has been done: what [`AuditQuery`] can be filled with. At most 1000 of each.
    ///
    /// # Errors
    /// [`crate::Error::Away`] and [`crate::Error::Broken`].
    pub async fn names(&self) -> Result<AuditNames> {
        let mut tx = self.0.db.read().await?;
        let latest =
            "(select actor_name from audit where actor_id = it order by number desc limit 1)";
        let rows = query(AssertSqlSafe(format!("{}, {latest} as name {OF_ALL}", each("actor_id"))));
        let actors = rows.bind(MOST_NAMES + 1).fetch_all(&mut tx).await?;
        let actors =
            actors.iter().map(|row| Ok(Actor { id: row.get("it")?, name: row.get("name")? }));
        let mut actors = actors.collect::<sqlx::Result<Vec<_>>>()?;
        let rows = query_scalar(AssertSqlSafe(format!("{} {OF_ALL}", each("action"))));
        let mut actions: Vec<String> = rows.bind(MOST_NAMES + 1).fetch_all(&mut tx).await?;
        let most = usize::try_from(MOST_NAMES).unwrap_or(usize::MAX);
        let complete = actors.len() <= most && actions.len() <= most;
        actors.truncate(most);
        actions.truncate(most);
        actors.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        actions.sort();
        Ok(AuditNames { actors, actions, complete })
    }

    /// Notes that somebody has reset a bucket of a limit, which is counted elsewhere. `detail`: which, and what it had.
    ///
    /// # Errors
    /// [`crate::Error::Away`], [`crate::Error::Full`] and [`crate::Error::Broken`].
    pub async fn limit_reset(
        &self,
        actor: &Actor,
        gateway: &GatewayId,
        resource: &str,
        detail: Value,
    ) -> Result<()> {
        let deed = Deed { action: "limit.reset", gateway: Some(gateway), resource, detail };
        self.0.note(actor, deed).await
    }
}

/// Begins a statement with the different values of a column that leads an index: one step in it for each, however many entries there are.
fn each(column: &str) -> String {
    format!(
        "with recursive found (it) as (select min({column}) from audit union all \
         select (select min({column}) from audit where {column} > found.it) from found where found.it is not null) \
         select it"
    )
}

/// Ends such a statement.
const OF_ALL: &str = "from found where it is not null limit $1";

fn entry(row: &Row) -> sqlx::Result<AuditEntry> {
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row.get("at")?,
        actor: Actor { id: row.get("actor_id")?, name: row.get("actor_name")? },
        action: row.get("action")?,
        gateway: row.get("gateway_id")?,
        resource: row.get("resource")?,
        detail: row.get("detail")?,
    })
}
