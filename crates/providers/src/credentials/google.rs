//! Signing in to Google Cloud: an access token, or an API key.
//!
//! A stored key is JSON of a service account or of a user ([`account`]), an access token (`ya29.…`), or an API key, which
//! Vertex AI takes as well (<https://docs.cloud.google.com/vertex-ai/generative-ai/docs/start/api-keys>). Without one
//! the places of Google's own tools are asked in their order ([`source`]): the file of
//! `GOOGLE_APPLICATION_CREDENTIALS`, the file `gcloud` leaves, the metadata server. Tokens are kept until shortly before
//! they expire ([`Tokens`]).

mod account;
mod source;
mod token;

use super::kept::{Good, Kept};
use crate::endpoint::Key;
use crate::{Client, Error, Spliced};
use account::Account;
use http::{HeaderName, HeaderValue, Request, header};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Credentials whose tokens are kept. Callers may bring their own, without end.
const MAX_KEPT: usize = 256;

const API_KEY: HeaderName = HeaderName::from_static("x-goog-api-key");
const QUOTA_PROJECT: HeaderName = HeaderName::from_static("x-goog-user-project");

/// Access tokens that were fetched, by the credentials they are for.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    ambient: Kept<Token>,
    stored: Mutex<HashMap<[u8; 32], Arc<Kept<Token>>>>,
}

/// An access token.
#[derive(Clone, Debug)]
struct Token {
    secret: SecretString,
    /// The project that pays for calls of a user.
    quota_project: Option<String>,
}

/// Gives a request an access token, or the API key. What the caller had there is replaced.
pub(crate) async fn authorize(
    key: Option<&Key>,
    request: &mut Request<Spliced>,
    client: &Client,
    now_ms: u64,
) -> Result<(), Error> {
    request.headers_mut().remove(header::AUTHORIZATION);
    request.headers_mut().remove(API_KEY);
    let token = if let Some(key) = key {
        match key.secret.expose_secret().trim() {
            text if text.starts_with('{') => stored(key, text, client, now_ms).await?,
            text if text.starts_with("ya29.") => Token { secret: text.into(), quota_project: None },
            text => return put(request, API_KEY, text, &key.alias),
        }
    } else {
        let kept = &client.surroundings().google().ambient;
        kept.get(now_ms, source::fetch(client, now_ms)).await?
    };
    let alias = key.map_or("ambient", |it| &it.alias);
    let bearer = SecretString::from(format!("Bearer {}", token.secret.expose_secret()));
    put(request, header::AUTHORIZATION, bearer.expose_secret(), alias)?;
    if let Some(project) =
        token.quota_project.filter(|_| !request.headers().contains_key(QUOTA_PROJECT))
    {
        put(request, QUOTA_PROJECT, &project, alias)?;
    }
    Ok(())
}

/// Whether a key is for this project, going by the key itself: JSON that names it, or an API key, which Google lets call no project but its
/// own. Anything else may be good for many.
pub(crate) fn is_for(key: &Key, project: Option<&str>) -> bool {
    match key.secret.expose_secret().trim() {
        text if text.starts_with('{') => {
            account::project(text).is_some_and(|it| Some(&*it) == project)
        }
        text => !text.starts_with("ya29."),
    }
}

fn put(
    request: &mut Request<Spliced>,
    name: HeaderName,
    value: &str,
    alias: &str,
) -> Result<(), Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::Credentials(format!("the key `{alias}` has characters no header may have"))
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(name, value);
    Ok(())
}

/// The token of stored credentials.
async fn stored(key: &Key, text: &str, client: &Client, now_ms: u64) -> Result<Token, Error> {
    let kept = client.surroundings().google().of(text, now_ms);
    let fetch = async {
        let account = Account::read(text, &format!("the key `{}`", key.alias))?;
        account.is_of_google()?;
        token::of_account(&account, client, now_ms).await
    };
    kept.get(now_ms, fetch).await
}

impl Tokens {
    fn of(&self, text: &str, now_ms: u64) -> Arc<Kept<Token>> {
        let digest: [u8; 32] = Sha256::digest(text).into();
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = stored.get(&digest) {
            return Arc::clone(kept);
        }
        if stored.len() >= MAX_KEPT {
            stored.retain(|_, it| !it.is_stale(now_ms));
        }
        let kept = Arc::default();
        if stored.len() < MAX_KEPT {
            stored.insert(digest, Arc::clone(&kept));
        }
        kept
    }
}

/// A token as Google's endpoints give it.
fn good(answer: token::Answer, quota_project: Option<String>, now_ms: u64) -> Good<Token> {
    let expires_ms = now_ms.saturating_add(answer.expires_in.saturating_mul(1000));
    let token = Token { secret: answer.access_token, quota_project };
    Good::new(token, now_ms, Some(expires_ms))
}
