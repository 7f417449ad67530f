//! Signing in to a provider: the last thing done to a request before it is sent.

use crate::credentials::{aws, google};
use crate::endpoint::{Endpoint, Key};
use crate::{Client, Error, Spliced};
use http::{HeaderName, HeaderValue, Request, header};
use secrecy::{ExposeSecret, SecretString};

/// How a provider wants to know who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `authorization: Bearer <key>`.
    Bearer,
    /// A header of its own (lower case), the bare key as its value.
    Header(&'static str),
    /// `authorization: <word> <key>`.
    Scheme(&'static str),
    /// AWS Signature Version 4, for the service of this name.
    SigV4 {
        /// Name of the service in the scope of the signature.
        service: &'static str,
    },
    /// A Google access token, of a service account or the surroundings.
    Google,
    /// Not at all.
    None,
}

impl Auth {
    /// The header that carries the key, marked as sensitive. `None`: the key does not go into a
    /// header as it is, or it has characters no header may have.
    #[must_use]
    pub fn header(self, secret: &SecretString) -> Option<(HeaderName, HeaderValue)> {
        let secret = secret.expose_secret();
        let (name, value) = match self {
            Self::Bearer => {
                (header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {secret}")))
            }
            Self::Scheme(word) => {
                (header::AUTHORIZATION, HeaderValue::try_from(format!("{word} {secret}")))
            }
            Self::Header(name) => (HeaderName::from_static(name), HeaderValue::from_str(secret)),
            Self::SigV4 { .. } | Self::Google | Self::None => return None,
        };
        let mut value = value.ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }

    /// Without a stored key the surroundings of the process (environment, files, metadata service)
    /// are asked for credentials.
    #[must_use]
    pub fn is_ambient(self) -> bool {
        matches!(self, Self::SigV4 { .. } | Self::Google)
    }
}

impl Endpoint {
    /// Signs the request, complete but for that, with this key. Without a key the request stays as
    /// it is, unless the provider takes credentials from the surroundings ([`Auth::is_ambient`]).
    ///
    /// `client` fetches what credentials are made of; `now_ms` is Unix time, for signatures.
    ///
    /// # Errors
    /// The key cannot be used, or no credentials were found.
    pub async fn authorize(
        &self,
        key: Option<&Key>,
        request: &mut Request<Spliced>,
        client: &Client,
        now_ms: u64,
    ) -> Result<(), Error> {
        match self.auth {
            Auth::None => {}
            Auth::Bearer | Auth::Header(_) | Auth::Scheme(_) => {
                let Some(key) = key else { return Ok(()) };
                let (name, value) = self.auth.header(&key.secret).ok_or_else(|| {
                    let alias = &key.alias;
                    Error::Credentials(format!(
                        "the key `{alias}` has characters no header may have"
                    ))
                })?;
                request.headers_mut().insert(name, value);
            }
            Auth::SigV4 { service } => {
                aws::authorize(service, key, request, client, now_ms).await?;
            }
            Auth::Google => google::authorize(key, request, client, now_ms).await?,
        }
        Ok(())
    }
}
