//! Sessions of browsers: sealed with the master key and kept by the browser, so that every node understands them and none stores them. Only
//! those that were ended before their time are stored, by their ids. That is no management write: it leaves the revision and the audit
//! log alone.

use access::Digest;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use crate::db::{query, query_scalar};
use crate::error::Result;
use crate::sealer::Place;
use crate::store::Store;

const PLACE: Place<'static> = Place { table: "sessions", record: "", field: "cookie" };

/// Seals, opens and ends sessions.
#[derive(Debug)]
pub struct Sessions<'s>(pub(crate) &'s Store);

/// Who is logged in, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Stays the same when it is renewed.
    id: Uuid,
    /// The digest of the token; the token itself is not in it.
    pub token: Digest,
    /// Unix milliseconds.
    pub expires_at: u64,
}

impl Session {
    /// A new one.
    #[must_use]
    pub fn begin(token: Digest, expires_at: u64) -> Self {
        Self { id: Uuid::now_v7(), token, expires_at }
    }

    /// The same one, for longer.
    #[must_use]
    pub fn until(self, expires_at: u64) -> Self {
        Self { expires_at, ..self }
    }
}

impl Sessions<'_> {
    /// As text for a cookie.
    #[must_use]
    pub fn seal(&self, session: &Session) -> String {
        let Session { id, token, expires_at } = session;
        let text =
            SecretString::from(format!("{expires_at}|{}|{}", id.simple(), hex::encode(token.0)));
        hex::encode(self.0.sealer.seal(PLACE, &text))
    }

    /// What was sealed; `None` when it was sealed with another key, or changed since. It may have expired, or been ended.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Session> {
        let text = self.0.sealer.open(PLACE, &hex::decode(sealed).ok()?).ok()?;
        let (expires_at, rest) = text.expose_secret().split_once('|')?;
        let (id, token) = rest.split_once('|')?;
        let token = Digest(hex::decode(token).ok()?.try_into().ok()?);
        Some(Session { id: id.parse().ok()?, token, expires_at: expires_at.parse().ok()? })
    }

    /// Ends it for all nodes, whatever it was renewed to. `until`, in Unix milliseconds, is when nothing that it was renewed to can be left;
    /// what was to be known until before `now` is forgotten.
    ///
    /// # Errors
    /// None of its own.
    pub async fn end(&self, session: &Session, until: u64, now: u64) -> Result<()> {
        let mut tx = self.0.db.write().await?;
        query("delete from ended_sessions where expires_at < $1")
            .bind(millis(now))
            .execute(&mut tx)
            .await?;
        query("insert into ended_sessions (id, expires_at) values ($1, $2) on conflict (id) do nothing")
            .bind(session.id.as_bytes().as_slice())
            .bind(millis(until))
            .execute(&mut tx)
            .await?;
        tx.commit().await
    }

    /// Whether it was ended, by any node.
    ///
    /// # Errors
    /// None of its own.
    pub async fn has_ended(&self, session: &Session) -> Result<bool> {
        let mut tx = self.0.db.read().await?;
        let ended = query_scalar::<i64>("select expires_at from ended_sessions where id = $1");
        let ended = ended.bind(session.id.as_bytes().as_slice());
        Ok(ended.fetch_optional(&mut tx).await?.is_some())
    }
}

fn millis(unix: u64) -> i64 {
    i64::try_from(unix).unwrap_or(i64::MAX)
}
