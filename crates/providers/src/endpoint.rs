//! A provider as one gateway uses it: row or custom provider, base URL, key.

use crate::provider::{Auth, Dialect, OnDisconnect, Provider, StatedCost};
use http::{HeaderName, HeaderValue, Uri, header};
use secrecy::{ExposeSecret, SecretString};

/// A provider as one gateway uses it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Slug of the provider; `custom-<slug>` for a custom one.
    pub slug: Box<str>,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where its key goes.
    pub auth: Auth,
    /// Absolute URL of chat completions.
    pub chat_uri: Uri,
    /// `stream_options.include_usage` may be spliced in.
    pub include_usage: bool,
    /// The key to call it with, if the gateway has one.
    pub key: Option<Key>,
    /// It may not point into a private network.
    pub public_only: bool,
    /// Where it says what a call cost.
    pub stated_cost: StatedCost,
    /// What a stream costs whose reader has left. Nobody knows of a custom provider.
    pub on_disconnect: OnDisconnect,
    /// Fixed extra headers of a custom provider.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

/// A provider key and the name by which logs may call it (`stored:default`, `env`, `caller`).
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name in logs.
    pub alias: Box<str>,
    /// The key.
    pub secret: SecretString,
}

/// Why there is no endpoint. The message says what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// The provider is known and not spoken yet.
    #[error("provider `{0}` cannot be called yet: {1}")]
    NotYet(Box<str>, &'static str),
    /// The provider has no common base URL and none was given.
    #[error("provider `{0}` needs a base URL: set {variable}", variable = Provider::base_url_variable(.0))]
    NoBaseUrl(Box<str>),
    /// Not an absolute http(s) URL, or one with a user, query or fragment.
    #[error("base URL of provider `{0}`: {1}")]
    BadBaseUrl(Box<str>, &'static str),
}

impl Endpoint {
    /// A provider of the table, at its own base URL unless another one is given.
    ///
    /// # Errors
    /// The dialect is not spoken yet, or there is no usable base URL.
    pub fn new(
        provider: &Provider,
        base_url: Option<&str>,
        key: Option<Key>,
    ) -> Result<Self, BadEndpoint> {
        let slug: Box<str> = provider.slug.into();
        if let Dialect::NotYet(why) = provider.dialect {
            return Err(BadEndpoint::NotYet(slug, why));
        }
        let base_url = base_url.unwrap_or(provider.base_url);
        if base_url.is_empty() {
            return Err(BadEndpoint::NoBaseUrl(slug));
        }
        let chat_uri = join(base_url, provider.chat_path)
            .map_err(|why| BadEndpoint::BadBaseUrl(slug.clone(), why))?;
        Ok(Self {
            slug,
            dialect: provider.dialect,
            auth: provider.auth,
            chat_uri,
            include_usage: provider.include_usage,
            key,
            public_only: false,
            stated_cost: provider.stated_cost,
            on_disconnect: provider.on_disconnect,
            headers: Vec::new(),
        })
    }

    /// A custom provider: OpenAI-shaped, bearer key. `slug` with its `custom-` in front.
    ///
    /// # Errors
    /// The base URL is not usable.
    pub fn custom(
        slug: &str,
        base_url: &str,
        key: Option<Key>,
        public_only: bool,
    ) -> Result<Self, BadEndpoint> {
        let chat_uri = join(base_url, "/chat/completions")
            .map_err(|why| BadEndpoint::BadBaseUrl(slug.into(), why))?;
        Ok(Self {
            slug: slug.into(),
            dialect: Dialect::OpenAi,
            auth: Auth::Bearer,
            chat_uri,
            include_usage: true,
            key,
            public_only,
            stated_cost: StatedCost::Nowhere,
            on_disconnect: OnDisconnect::BillsToTheEnd,
            headers: Vec::new(),
        })
    }
}

impl Auth {
    /// The header that carries the key, marked as sensitive. `None`: there is no place for it, or
    /// it has characters no header may have.
    #[must_use]
    pub fn header(self, secret: &SecretString) -> Option<(HeaderName, HeaderValue)> {
        let secret = secret.expose_secret();
        let (name, value) = match self {
            Self::Bearer => (header::AUTHORIZATION, format!("Bearer {secret}")),
            Self::Header(name) => (HeaderName::from_static(name), secret.to_owned()),
            Self::None => return None,
        };
        let mut value = HeaderValue::from_str(&value).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }
}

/// The URL of a path below a base URL, which may end in a slash.
fn join(base_url: &str, path: &str) -> Result<Uri, &'static str> {
    if base_url.contains(['?', '#']) {
        return Err("it may not have a query or fragment");
    }
    let base: Uri = base_url.parse().map_err(|_| "it is not a URL")?;
    if !matches!(base.scheme_str(), Some("http" | "https")) {
        return Err("it must begin with http:// or https://");
    }
    let Some(authority) = base.authority().filter(|it| !it.host().is_empty()) else {
        return Err("it has no host");
    };
    if authority.as_str().contains('@') {
        return Err("it may not have a user or password; give the key as a provider key");
    }
    let base_url = base_url.trim_end_matches('/');
    format!("{base_url}{path}").parse().map_err(|_| "it is not a URL")
}

#[cfg(test)]
mod tests;
