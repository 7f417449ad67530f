//! From one node to many: everything but request logs, from a file of SQLite into an empty database of PostgreSQL.
//!
//! Which tables and columns there are is asked of the databases themselves, so that a new table is copied without a word here. Secrets
//! are copied as they are sealed: the master key stays the same.

use std::path::PathBuf;

use sqlx::AssertSqlSafe;

use crate::MasterKey;
use crate::db::{Address, Connection, Row, Value, query, query_scalar};
use crate::error::{Error, Result, unreadable};
use crate::store::Store;
use crate::write::CHANNEL;

/// How much of a table was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Its name.
    pub table: String,
    /// All its rows.
    pub rows: u64,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A copy goes from a file of SQLite to a PostgreSQL server, and nowhere else.
    #[error("a copy goes from sqlite://<file> to postgres://…")]
    Direction,
    /// There is no such file.
    #[error("there is no file {}", .0.display())]
    NoFile(PathBuf),
    /// There is something in the target already.
    #[error("the target is not empty: it has {}", occupied(.0))]
    NotEmpty(Vec<Copied>),
    /// The source cannot be used.
    #[error("the source")]
    Source(#[source] Error),
    /// The target cannot be used.
    #[error("the target")]
    Target(#[source] Error),
}

/// Tables with a row from the beginning, which the copied one replaces.
const FOUNDED: [&str; 2] = ["facts", "revision"];
/// Rows read and written at once: few, since one may hold a graph of several megabytes.
const CHUNK: usize = 32;

/// Copies in one transaction; both databases are migrated first. Servers on either of them should be stopped: what is written to the
/// source meanwhile is not copied.
///
/// # Errors
/// [`CopyError`]; the target then has its tables and the check of the master key, and nothing else is changed.
pub async fn copy(
    from: &str,
    to: &str,
    key: &MasterKey,
) -> std::result::Result<Vec<Copied>, CopyError> {
    let source = Address::parse(from).map_err(CopyError::Source)?;
    let target = Address::parse(to).map_err(CopyError::Target)?;
    let (Address::File(file), Address::Server(_)) = (source, target) else {
        return Err(CopyError::Direction);
    };
    if !file.exists() {
        return Err(CopyError::NoFile(file));
    }
    let source = Store::open(from, key).await.map_err(CopyError::Source)?;
    let target = match Store::open(to, key).await {
        Ok(target) => target,
        Err(error) => {
            source.close().await;
            return Err(CopyError::Target(error));
        }
    };
    let copied = copy_all(&source, &target).await;
    source.close().await;
    target.close().await;
    copied
}

async fn copy_all(source: &Store, target: &Store) -> std::result::Result<Vec<Copied>, CopyError> {
    let mut from = source.db.read().await.map_err(CopyError::Source)?;
    let tables = tables(&mut from).await.map_err(CopyError::Source)?;
    let mut to = target.db.write().await.map_err(CopyError::Target)?;
    let full = prepare(&mut to, &tables).await.map_err(CopyError::Target)?;
    if !full.is_empty() {
        return Err(CopyError::NotEmpty(full));
    }
    let mut copied = Vec::new();
    for table in tables {
        let plan = Plan::of(&mut from, &mut to, table).await?;
        copied.push(plan.run(&mut from, &mut to).await?);
    }
    to.announce(CHANNEL).await.map_err(CopyError::Target)?;
    to.commit().await.map_err(CopyError::Target)?;
    Ok(copied)
}

/// Every table of a file but the migrations'.
async fn tables(from: &mut Connection) -> Result<Vec<String>> {
    Ok(query_scalar(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite!_%' escape '!' \
         and name not like '!_sqlx!_%' escape '!' order by name",
    )
    .fetch_all(from)
    .await?)
}

/// Takes the target for this transaction, as a management write does, and empties what is never empty; returns what else is not.
async fn prepare(to: &mut Connection, tables: &[String]) -> Result<Vec<Copied>> {
    query("update revision set value = value + 1").execute(to).await?;
    query("set constraints all deferred").execute(to).await?;
    let mut full = Vec::new();
    for table in tables {
        if FOUNDED.contains(&table.as_str()) {
            query(AssertSqlSafe(format!("delete from {table}"))).execute(to).await?;
            continue;
        }
        let count = AssertSqlSafe(format!("select count(*) from {table}"));
        let rows: i64 = query_scalar(count).fetch_one(to).await?;
        if rows > 0 {
            full.push(Copied { table: table.clone(), rows: rows.unsigned_abs() });
        }
    }
    Ok(full)
}

/// How a table is copied.
struct Plan {
    table: String,
    columns: Vec<(String, Kind)>,
    /// Columns of the primary key.
    order: Vec<String>,
    /// A column that the target numbers by itself.
    numbered: Option<String>,
}

/// What a column of the target holds.
#[derive(Clone, Copy)]
enum Kind {
    Int,
    Bool,
    Text,
    Bytes,
}

impl Plan {
    async fn of(
        from: &mut Connection,
        to: &mut Connection,
        table: String,
    ) -> std::result::Result<Self, CopyError> {
        let order = query_scalar("select name from pragma_table_info($1) where pk > 0 order by pk")
            .bind(table.as_str());
        let order = order.fetch_all(from).await.map_err(|it| CopyError::Source(it.into()))?;
        let found = columns(to, &table).await.map_err(CopyError::Target)?;
        let numbered = found.iter().find(|it| it.2).map(|it| it.0.clone());
        let columns = found.into_iter().map(|(name, kind, _)| (name, kind)).collect();
        Ok(Self { table, columns, order, numbered })
    }

    async fn run(
        self,
        from: &mut Connection,
        to: &mut Connection,
    ) -> std::result::Result<Copied, CopyError> {
        let mut rows = 0;
        loop {
            let page = self.read(from, rows).await.map_err(CopyError::Source)?;
            if page.is_empty() {
                break;
            }
            rows += page.len();
            self.write(to, page).await.map_err(CopyError::Target)?;
        }
        self.number_on(to).await.map_err(CopyError::Target)?;
        Ok(Copied { table: self.table, rows: u64::try_from(rows).unwrap_or(u64::MAX) })
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| name.as_str()).collect();
        names.join(", ")
    }

    async fn read(&self, from: &mut Connection, offset: usize) -> Result<Vec<Vec<Value>>> {
        let sql = format!(
            "select {} from {} order by {} limit {CHUNK} offset {offset}",
            self.names(),
            self.table,
            self.order.join(", ")
        );
        let rows = query(AssertSqlSafe(sql)).persistent(false).fetch_all(from).await?;
        rows.iter().map(|row| self.values(row)).collect()
    }

    fn values(&self, row: &Row) -> Result<Vec<Value>> {
        let value = |(name, kind): &(String, Kind)| {
            Ok(match kind {
                Kind::Int => Value::Int(row.get(name)?),
                Kind::Bool => Value::Bool(row.get(name)?),
                Kind::Text => Value::Text(row.get(name)?),
                Kind::Bytes => Value::Bytes(row.get(name)?),
            })
        };
        self.columns.iter().map(value).collect()
    }

    async fn write(&self, to: &mut Connection, rows: Vec<Vec<Value>>) -> Result<()> {
        let places = to.placeholders(rows.len(), self.columns.len());
        let sql = format!("insert into {} ({}) values {places}", self.table, self.names());
        let insert = query(AssertSqlSafe(sql)).persistent(false);
        insert.bind_all(rows.into_iter().flatten()).execute(to).await?;
        Ok(())
    }

    /// The next row gets the number after the last copied one.
    async fn number_on(&self, to: &mut Connection) -> Result<()> {
        let Some(column) = &self.numbered else { return Ok(()) };
        let table = &self.table;
        let sql = format!(
            "select setval(pg_get_serial_sequence('{table}', '{column}'), (select max({column}) from {table}))"
        );
        query(AssertSqlSafe(sql)).persistent(false).execute(to).await?;
        Ok(())
    }
}

/// Name, kind, and whether the target numbers it by itself.
async fn columns(to: &mut Connection, table: &str) -> Result<Vec<(String, Kind, bool)>> {
    let rows = query(
        "select cast(column_name as text) as name, cast(data_type as text) as kind, is_identity = 'YES' as numbered \
         from information_schema.columns where table_schema = current_schema() and table_name = $1 order by ordinal_position",
    )
    .bind(table)
    .fetch_all(to)
    .await?;
    if rows.is_empty() {
        return Err(unreadable(format!("there is no table {table}")));
    }
    let column = |row: &Row| {
        let kind = match row.get::<String>("kind")?.as_str() {
            "bigint" => Kind::Int,
            "boolean" => Kind::Bool,
            "text" => Kind::Text,
            "bytea" => Kind::Bytes,
            other => return Err(unreadable(format!("a column of type {other} in {table}"))),
        };
        Ok((row.get("name")?, kind, row.get("numbered")?))
    };
    rows.iter().map(column).collect()
}

fn occupied(tables: &[Copied]) -> String {
    let tables: Vec<_> = tables.iter().map(|it| format!("{} {}", it.rows, it.table)).collect();
    tables.join(", ")
}
