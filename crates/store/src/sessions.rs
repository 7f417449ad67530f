//! Sessions of browsers: sealed with the master key and kept by the browser, so that every node understands them and none stores them.

use access::Digest;
use secrecy::{ExposeSecret, SecretString};

use crate::sealer::Place;
use crate::store::Store;

const PLACE: Place<'static> = Place { table: "sessions", record: "", field: "cookie" };

/// Seals and opens sessions.
#[derive(Debug)]
pub struct Sessions<'s>(pub(crate) &'s Store);

/// Who is logged in, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The digest of the token; the token itself is not in it.
    pub token: Digest,
    /// Unix milliseconds.
    pub expires_at: u64,
}

impl Sessions<'_> {
    /// As text for a cookie.
    #[must_use]
    pub fn seal(&self, session: &Session) -> String {
        let Session { token, expires_at } = session;
        let text = SecretString::from(format!("{expires_at}|{}", hex::encode(token.0)));
        hex::encode(self.0.sealer.seal(PLACE, &text))
    }

    /// What was sealed; `None` when it was sealed with another key, or changed since. It may have expired.
    #[must_use]
    pub fn open(&self, sealed: &str) -> Option<Session> {
        let text = self.0.sealer.open(PLACE, &hex::decode(sealed).ok()?).ok()?;
        let (expires_at, token) = text.expose_secret().split_once('|')?;
        let token = Digest(hex::decode(token).ok()?.try_into().ok()?);
        Some(Session { token, expires_at: expires_at.parse().ok()? })
    }
}
