//! Migrations: numbered files, one folder a database; those that are missing run in one transaction.

use std::collections::HashSet;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use crate::error::Result;

/// `(version, description, SQL)`.
type Step = (i64, &'static str, &'static str);

/// One set of tables; the same steps, under the same numbers, for either database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migrations {
    /// `management` or `logs`.
    pub(crate) name: &'static str,
    /// Where PostgreSQL keeps which ones have run: sets share a database there.
    pub(crate) table: &'static str,
    pub(crate) sqlite: &'static [Step],
    pub(crate) postgres: &'static [Step],
}

/// A migration that ran just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Which set of tables it belongs to: `management` or `logs`.
    pub set: &'static str,
    /// Its number.
    pub version: i64,
    /// What it does.
    pub description: &'static str,
}

/// Runs what is missing, on a connection that is in a writing transaction under a lock. Refuses a database that knows more than
/// `steps`, and one whose steps were other ones.
pub(super) async fn run<C: Migrate>(
    connection: &mut C,
    set: &Migrations,
    steps: &'static [Step],
    table: &'static str,
) -> Result<Vec<Applied>> {
    let all = steps.iter().map(|&(version, description, sql)| {
        let sql = sql.into_sql_str();
        Migration::new(version, description.into(), MigrationType::Simple, sql, false)
    });
    let mut migrator = Migrator::with_migrations(all.collect());
    migrator.dangerous_set_table_name(table);
    migrator.set_locking(false);
    connection.ensure_migrations_table(table).await?;
    let before = connection.list_applied_migrations(table).await?;
    migrator.run_direct(None, connection, false).await?;
    let before: HashSet<i64> = before.into_iter().map(|it| it.version).collect();
    let missing = steps.iter().filter(|it| !before.contains(&it.0));
    let applied =
        missing.map(|&(version, description, _)| Applied { set: set.name, version, description });
    Ok(applied.collect())
}
