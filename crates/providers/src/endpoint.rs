//! A provider as one gateway uses it: row or custom provider, base URL, key.

use crate::auth::Auth;
use crate::native::NativePaths;
use crate::provider::{OnDisconnect, Provider, StatedCost};
use crate::speech::{Speech, Way, Ways};
use crate::table::OPENAI_SHAPED;
use http::{HeaderName, HeaderValue, Uri};
use secrecy::SecretString;
use std::borrow::Cow;
use std::sync::Arc;

/// A provider as one gateway uses it.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Slug of the provider; `custom-<slug>` for a custom one.
    pub slug: Box<str>,
    /// What it speaks in routes; see [`Provider::speaks`].
    speaks: Cow<'static, [Speech]>,
    /// What its own paths may be for.
    known: &'static [Speech],
    /// See [`Provider::native`].
    pub(crate) native: NativePaths,
    /// See [`Provider::not_in_routes`].
    pub not_in_routes: Cow<'static, str>,
    /// How it wants to know who calls.
    pub auth: Auth,
    /// Base URL, checked, without a slash at the end; empty when there is none.
    base: Box<str>,
    ways: Ways,
    /// The key that the operator configured for this very base URL. A gateway with stored keys uses those instead.
    pub key: Option<Key>,
    /// It may not point into a private network.
    pub public_only: bool,
    /// Answered from the process itself.
    pub built_in: bool,
    /// Where it says what a call cost.
    pub stated_cost: StatedCost,
    /// What a stream costs whose reader has left. Nobody knows of a custom provider.
    pub on_disconnect: OnDisconnect,
    /// See [`Provider::forwards`].
    pub forwards: &'static [&'static str],
    /// See [`Provider::wants`].
    pub wants: &'static [(&'static str, &'static str)],
    /// See [`Provider::returns`].
    pub returns: &'static [&'static str],
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
    /// There is no usable base URL.
    pub fn new(
        provider: &Provider,
        base_url: Option<&str>,
        key: Option<Key>,
    ) -> Result<Self, BadEndpoint> {
        let base_url = base_url.unwrap_or(provider.base_url);
        if base_url.is_empty() {
            return Err(BadEndpoint::NoBaseUrl(provider.slug.into()));
        }
        let base = base(base_url);
        let base = base.map_err(|why| BadEndpoint::BadBaseUrl(provider.slug.into(), why))?;
        Ok(Self::at(provider, base, key))
    }

    /// A provider of the table without a base URL: its own paths say where they lead, but no route
    /// can call it. `None` where its paths do not say.
    #[must_use]
    pub fn without_base(provider: &Provider, key: Option<Key>) -> Option<Self> {
        if !provider.native.names_host() {
            return None;
        }
        let why = BadEndpoint::NoBaseUrl(provider.slug.into()).to_string();
        let endpoint = Self::at(provider, "", key);
        Some(Self {
            speaks: Cow::Borrowed(&[]),
            ways: Ways::new("", &[]),
            not_in_routes: Cow::Owned(why),
            ..endpoint
        })
    }

    fn at(provider: &Provider, base: &str, key: Option<Key>) -> Self {
        Self {
            slug: provider.slug.into(),
            speaks: Cow::Borrowed(provider.speaks),
            known: provider.speaks,
            native: provider.native,
            not_in_routes: Cow::Borrowed(provider.not_in_routes),
            auth: provider.auth,
            ways: ways(provider, base),
            base: base.into(),
            key,
            public_only: false,
            built_in: provider.built_in,
            stated_cost: provider.stated_cost,
            on_disconnect: provider.on_disconnect,
            forwards: provider.forwards,
            wants: provider.wants,
            returns: provider.returns,
            headers: Vec::new(),
        }
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
        let endpoint = Self::speaking(&OPENAI_SHAPED, slug, base_url, public_only)?;
        Ok(Self { key, ..endpoint })
    }

    /// A custom provider that speaks what `dialect` does ([`crate::dialect()`]), without a key. `slug` with
    /// its `custom-` in front.
    ///
    /// # Errors
    /// The base URL is not usable.
    pub fn speaking(
        dialect: &Provider,
        slug: &str,
        base_url: &str,
        public_only: bool,
    ) -> Result<Self, BadEndpoint> {
        let endpoint = Self::new(dialect, Some(base_url), None).map_err(|error| match error {
            BadEndpoint::NoBaseUrl(_) => BadEndpoint::BadBaseUrl(slug.into(), "it is not a URL"),
            BadEndpoint::BadBaseUrl(_, why) => BadEndpoint::BadBaseUrl(slug.into(), why),
        })?;
        Ok(Self { slug: slug.into(), public_only, ..endpoint })
    }

    /// What it speaks in routes; see [`Provider::speaks`].
    #[must_use]
    pub fn speaks(&self) -> &[Speech] {
        &self.speaks
    }

    /// What its own paths may be for, also without a base URL.
    pub(crate) fn known(&self) -> &[Speech] {
        self.known
    }

    /// Base URL, without a slash at the end; empty when it has none.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// How this model is called, in the order of [`Endpoint::speaks`].
    #[must_use]
    pub fn ways(&self, model: &str) -> Arc<[Way]> {
        self.ways.of(&self.base, &self.speaks, model)
    }
}

/// How it is called. What stands at another base URL than the provider's own may be an imitation.
fn ways(provider: &Provider, base: &str) -> Ways {
    if provider.base_url.is_empty() || provider.base_url == base {
        return Ways::new(base, provider.speaks);
    }
    let as_any = |it: &Speech| match it.as_openai {
        Some(true) => Speech { as_openai: None, given_back: chat::GivenBack::Any, ..*it },
        _ => Speech { as_openai: None, ..*it },
    };
    let speaks = provider.speaks.iter().map(as_any);
    Ways::new(base, &speaks.collect::<Vec<_>>())
}

/// The base URL without its slash at the end, if it is one.
fn base(base_url: &str) -> Result<&str, &'static str> {
    if base_url.contains(['?', '#']) {
        return Err("it may not have a query or fragment");
    }
    let url: Uri = base_url.parse().map_err(|_| "it is not a URL")?;
    if !matches!(url.scheme_str(), Some("http" | "https")) {
        return Err("it must begin with http:// or https://");
    }
    let Some(authority) = url.authority().filter(|it| !it.host().is_empty()) else {
        return Err("it has no host");
    };
    if authority.as_str().contains('@') {
        return Err("it may not have a user or password; give the key as a provider key");
    }
    Ok(base_url.trim_end_matches('/'))
}

#[cfg(test)]
mod tests;
