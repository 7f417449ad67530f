//! The cookie of a session: its two names, and what a browser is told about it.

use http::{HeaderMap, HeaderValue, header};

/// One of the two: a browser takes the second only over TLS, and from nobody but this very host
/// (<https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    Plain,
    Tls,
}

impl Cookie {
    pub(super) const ALL: [Self; 2] = [Self::Tls, Self::Plain];

    fn name(self) -> &'static str {
        match self {
            Self::Plain => "pointsman_session",
            Self::Tls => "__Host-pointsman_session",
        }
    }

    /// The one for the page that sent this: TLS ends before this server, and the page's origin says whether there is any.
    pub(super) fn named_for(headers: &HeaderMap) -> Self {
        let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
        if origin.is_some_and(|it| it.starts_with(b"https://")) { Self::Tls } else { Self::Plain }
    }

    /// The one that a request carries, with its value.
    pub(super) fn of(headers: &HeaderMap) -> Option<(Self, &str)> {
        let lines = headers.get_all(header::COOKIE);
        let all = || lines.iter().filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(';'));
        Self::ALL.into_iter().find_map(|cookie| {
            let named =
                |it: &&str| it.trim().split_once('=').is_some_and(|it| it.0 == cookie.name());
            let (_, value) = all().find(named)?.trim().split_once('=')?;
            Some((cookie, value))
        })
    }

    /// `Set-Cookie` for this value and so long; no time ends it.
    pub(super) fn set(self, value: &str, lasts_ms: u64) -> HeaderValue {
        let secure = if self == Self::Tls { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}{secure}",
            self.name(),
            lasts_ms / 1000
        );
        let mut header = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
        header.set_sensitive(true);
        header
    }
}
