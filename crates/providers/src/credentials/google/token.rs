//! Access tokens from Google's token endpoint (<https://developers.google.com/identity/protocols/oauth2/service-account>).

use super::account::{Account, Service, User};
use super::{Good, Token, good};
use crate::{Client, Error, Spliced};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What tokens are for.
const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// How long an assertion is good; the most that Google takes.
const ASSERTED_SECONDS: u64 = 3600;
/// All that is not unreserved (RFC 3986, 2.3).
const FORM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// An answer with a token is a few kilobytes.
const MOST: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

/// A token, and for how many seconds it is good.
#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) access_token: SecretString,
    pub(super) expires_in: u64,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    error_description: Option<String>,
}

#[derive(Serialize)]
struct Claims<'s> {
    iss: &'s str,
    scope: &'static str,
    aud: &'s str,
    iat: u64,
    exp: u64,
}

/// Fetches a token for an account.
pub(super) async fn of_account(
    account: &Account,
    client: &Client,
    now_ms: u64,
) -> Result<Good<Token>, Error> {
    let (form, quota_project) = match account {
        Account::Service(service) => (of_service(service, now_ms)?, None),
        Account::User(user) => (of_user(user), user.quota_project_id.clone()),
    };
    let request = Request::builder()
        .method(Method::POST)
        .uri(account.token_uri())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Spliced::from(Bytes::from(form)))
        .map_err(|_| Error::Credentials("the `token_uri` is not a URL".to_owned()))?;
    Ok(good(answer(request, client, PATIENCE).await?, quota_project, now_ms))
}

fn of_service(service: &Service, now_ms: u64) -> Result<String, Error> {
    let email = &service.client_email;
    let wrong = |what: &str| Error::Credentials(format!("the private key of {email} {what}"));
    let key = EncodingKey::from_rsa_pem(service.private_key.expose_secret().as_bytes())
        .map_err(|_| wrong("is not an RSA key in PEM"))?;
    let mut head = Header::new(Algorithm::RS256);
    head.kid.clone_from(&service.private_key_id);
    let now = now_ms / 1000;
    let claims = Claims {
        iss: email,
        scope: SCOPE,
        aud: &service.token_uri,
        iat: now,
        exp: now.saturating_add(ASSERTED_SECONDS),
    };
    let assertion =
        jsonwebtoken::encode(&head, &claims, &key).map_err(|_| wrong("does not sign"))?;
    Ok(form(&[
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", &assertion),
    ]))
}

fn of_user(user: &User) -> String {
    form(&[
        ("grant_type", "refresh_token"),
        ("client_id", &user.client_id),
        ("client_secret", user.client_secret.expose_secret()),
        ("refresh_token", user.refresh_token.expose_secret()),
    ])
}

fn form(members: &[(&str, &str)]) -> String {
    let pairs =
        members.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, FORM)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Asks for a token, within bounds of time and length.
pub(super) async fn answer(
    request: Request<Spliced>,
    client: &Client,
    patience: Duration,
) -> Result<Answer, Error> {
    let host = request.uri().host().unwrap_or_default().to_owned();
    let wrong = |what: String| Error::Credentials(format!("{host} gives no token: {what}"));
    let fetch = async {
        let response = client.send(request, false).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST).collect().await;
        let body = body.map_err(|error| Error::Broken(error.to_string()))?;
        Ok::<_, Error>((status, body.to_bytes()))
    };
    let fetched = tokio::time::timeout(patience, fetch).await;
    let fetched = fetched.map_err(|_| wrong("it does not answer".to_owned()))?;
    let (status, body) = fetched.map_err(|error| wrong(error.to_string()))?;
    if !status.is_success() {
        return Err(wrong(refusal(status, &body)));
    }
    serde_json::from_slice(&body).map_err(|_| wrong("its answer is none".to_owned()))
}

/// `invalid_grant: Invalid JWT Signature.` Answers of Google do not repeat what they were sent.
fn refusal(status: StatusCode, body: &[u8]) -> String {
    match serde_json::from_slice::<Refusal>(body) {
        Ok(Refusal { error, error_description: Some(text) }) => format!("{error}: {text}"),
        Ok(Refusal { error, .. }) => error,
        Err(_) => status.to_string(),
    }
}
