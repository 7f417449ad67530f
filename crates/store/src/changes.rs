//! Hearing of other nodes' writes without asking. Only a hint: whoever must know asks for the [revision](Store::revision).

use std::fmt;
use std::future::pending;
use std::time::Duration;

use crate::db::{Db, Notices};
use crate::store::Store;
use crate::write::CHANNEL;

/// How long to wait before listening is tried again.
const RETRY: Duration = Duration::from_millis(500);

/// What the database says of new revisions.
pub struct Changes {
    db: Db,
    notices: Option<Notices>,
}

impl Store {
    /// Listens, from the first [`Changes::next`] on.
    #[must_use]
    pub fn changes(&self) -> Changes {
        Changes { db: self.db.clone(), notices: None }
    }
}

impl Changes {
    /// Waits until there may be a new revision: one was announced, or announcements may have been missed since the connection has
    /// only been made now. A lost connection is made anew. With SQLite, which announces nothing, it waits for ever.
    ///
    /// May be dropped and called again at any time.
    pub async fn next(&mut self) {
        let Db::Postgres(server) = &self.db else { return pending().await };
        loop {
            if let Some(notices) = &mut self.notices {
                if notices.next().await.is_ok() {
                    return;
                }
                self.notices = None;
            }
            match server.listen(CHANNEL).await {
                Ok(notices) => {
                    self.notices = Some(notices);
                    return;
                }
                Err(error) => {
                    tracing::debug!(%error, "announcements of the database cannot be heard");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Gives up the connection: something has changed and it said nothing.
    pub fn distrust(&mut self) {
        self.notices = None;
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes")
            .field("listening", &self.notices.is_some())
            .finish_non_exhaustive()
    }
}
