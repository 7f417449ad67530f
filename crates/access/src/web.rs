//! Keeps web pages out: a page in a browser can reach a loopback server, so its origin and the name it used are checked.

use http::{HeaderMap, HeaderValue, header};

#[cfg(test)]
mod tests;

/// Which names this server answers to, and which web origins may call it.
#[derive(Clone, Debug, Default)]
pub struct WebGuard {
    /// Accepted `Host` values, `name` (any port) or `name:port`; compared without regard to case.
    pub hosts: Vec<String>,
    /// Origins that may call from a browser, such as `https://app.example.com`.
    pub cors_origins: Vec<String>,
    /// Any `Host` is fine: the address is public and authentication is on.
    pub any_host: bool,
}

/// Why a request looks like a web page's.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Foreign {
    /// A name that is not ours: perhaps a page that rebound its own name to this address.
    #[error(
        "this server is not called `{0}`; call it by its listen address or list the name in `hosts`"
    )]
    Host(String),
    /// A page of another origin.
    #[error("requests from the web origin `{0}` are not allowed; list it in `cors_origins`")]
    Origin(String),
}

impl WebGuard {
    /// Refuses an unknown `Host` and a foreign `Origin`. A page of our own (`Origin` is `http(s)://` and our `Host`) passes.
    ///
    /// # Errors
    /// [`Foreign`], which names what to configure.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Foreign> {
        let host = headers.get(header::HOST).map(text).unwrap_or_default();
        let known =
            self.any_host || host.is_empty() || self.hosts.iter().any(|it| names(it, &host));
        if !known {
            return Err(Foreign::Host(host));
        }
        let Some(origin) = headers.get(header::ORIGIN).map(text) else { return Ok(()) };
        if is_own(&origin, &host) || self.cors_origins.contains(&origin) {
            Ok(())
        } else {
            Err(Foreign::Origin(origin))
        }
    }

    /// Whether answers to this origin carry CORS headers.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        self.cors_origins.iter().any(|it| it == origin)
    }
}

/// Whether a browser says that a page of this server sent the request; browsers that do not say where a request is from are judged by the
/// page's origin.
#[must_use]
pub fn is_from_own_page(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let [origin, host] = [header::ORIGIN, header::HOST].map(|it| headers.get(it).map(text));
    origin.zip(host).is_some_and(|(origin, host)| is_own(&origin, &host))
}

/// Whether an origin is this host's.
fn is_own(origin: &str, host: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|it| origin.strip_prefix(it).is_some_and(|at| at.eq_ignore_ascii_case(host)))
}

/// Whether a configured name is this `Host`; without a port it stands for every port.
fn names(configured: &str, host: &str) -> bool {
    let any_port = without_port(configured) == configured;
    configured.eq_ignore_ascii_case(if any_port { without_port(host) } else { host })
}

/// The colons of a bracketed IPv6 address are not a port's.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        _ => host,
    }
}

/// Bounded, printable text of a header for a message.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes())
        .chars()
        .filter(|it| !it.is_control())
        .take(256)
        .collect()
}
