//! A connection in a transaction.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{PgConnection, Postgres};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::{RELEASE, in_time};

/// A connection in a transaction; rolled back when dropped.
///
/// Not the transaction of sqlx: when nobody waits for its `begin` any more, the connection goes back to the pool as it is, and a server
/// that falls silent while a connection is given back keeps its place for as long as TCP hopes.
pub(crate) struct Session(PoolConnection<Postgres>);

impl Session {
    /// Begins a transaction by this statement.
    pub(super) async fn begin(pool: &PgPool, statement: &'static str) -> sqlx::Result<Self> {
        in_time(async {
            let mut session = Self(pool.acquire().await?);
            session.run(statement).await?;
            Ok(session)
        })
        .await
    }

    /// Makes everything done in it last.
    pub(crate) async fn commit(mut self) -> sqlx::Result<()> {
        in_time(self.run("commit")).await
    }

    async fn run(&mut self, statement: &'static str) -> sqlx::Result<()> {
        sqlx::raw_sql(statement).execute(&mut **self).await.map(drop)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // It rolls back and is asked for a sign of life; one that gives none is closed, and another may be made in its place.
        let given_back = self.0.return_to_pool();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async {
                let _or_closed = timeout(RELEASE, given_back).await;
            });
        }
    }
}

impl Deref for Session {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}
