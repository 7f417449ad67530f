//! Why a call did not get as far as a response, or broke under way.

/// A failed call. Messages name hosts and causes, never paths, queries or keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The host has no address.
    #[error("name resolution failed: {0}")]
    Dns(String),
    /// Refused, unreachable, or not there in time.
    #[error("connection failed: {0}")]
    Connect(String),
    /// A certificate that is not trusted, or no TLS at all on the other side.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// A custom provider made over the API points, by name or by address, into a private network.
    #[error("the address is private and this provider may not point there")]
    Private,
    /// There are no credentials, or they cannot be used.
    #[error("not signed in: {0}")]
    Credentials(String),
    /// The connection was there and broke, or did not speak HTTP.
    #[error("the connection broke: {0}")]
    Broken(String),
}

impl Error {
    /// The kind as a word, for metrics and paths.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Private => "private",
            Self::Credentials(_) => "credentials",
            Self::Broken(_) => "broken",
        }
    }
}

/// An error and its causes on one line, each said once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |it| it.source());
    let mut line = String::new();
    for cause in causes.map(ToString::to_string) {
        if line.ends_with(&cause) {
            continue;
        }
        if !line.is_empty() {
            line.push_str(": ");
        }
        line.push_str(&cause);
    }
    line
}
