//! Credentials that a container's agent gives (ECS tasks, EKS pod identity).
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>

use super::{Keys, times};
use crate::{Client, Error, Spliced};
use bytes::Bytes;
use http::{Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// The agent of ECS.
const AGENT: &str = "http://169.254.170.2";
/// Other hosts that may be asked without TLS: this machine, and the agents of ECS and EKS.
const HOSTS: [&str; 7] =
    ["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "::1"];
/// An answer with credentials is a few kilobytes.
const MOST: usize = 64 << 10;
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: SecretString,
    token: Option<SecretString>,
    expiration: Option<String>,
}

/// The container's credentials, when the variables say that there are any.
pub(super) async fn get(client: &Client) -> Result<Option<Keys>, Error> {
    let get = |name| client.surroundings().get(name);
    let relative = get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").map(|it| format!("{AGENT}{it}"));
    let full = get("AWS_CONTAINER_CREDENTIALS_FULL_URI").map(str::to_owned);
    let Some(url) = relative.or(full) else { return Ok(None) };
    let mut request = Request::builder().method(Method::GET).uri(allowed(&url)?);
    if let Some(token) = token(client).await? {
        request = request.header(header::AUTHORIZATION, token);
    }
    let request = request
        .body(Spliced::from(Bytes::new()))
        .map_err(|_| Error::Credentials("the container's token is no header".to_owned()))?;
    let (status, body) = fetch(client, request).await?;
    if !status.is_success() {
        return Err(Error::Credentials(format!(
            "the container gives no AWS credentials: {status}"
        )));
    }
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| {
        Error::Credentials("the container's answer is not AWS credentials".to_owned())
    })?;
    Ok(Some(Keys {
        access_key_id: answer.access_key_id,
        secret_access_key: answer.secret_access_key,
        session_token: answer.token,
        region: None,
        expires_ms: answer.expiration.as_deref().map(times::unix_ms).transpose()?,
    }))
}

fn allowed(url: &str) -> Result<Uri, Error> {
    let uri: Uri = url.parse().map_err(|_| {
        Error::Credentials("AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL".to_owned())
    })?;
    let host = uri.host().unwrap_or_default();
    if uri.scheme_str() == Some("https") || HOSTS.contains(&host) {
        return Ok(uri);
    }
    Err(Error::Credentials(format!("{host} may not be asked for AWS credentials without TLS")))
}

async fn token(client: &Client) -> Result<Option<String>, Error> {
    let get = |name| client.surroundings().get(name);
    let Some(file) = get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
        return Ok(get("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(str::to_owned));
    };
    let token = tokio::fs::read_to_string(file).await.map_err(|error| {
        Error::Credentials(format!("the container's token {file} cannot be read: {error}"))
    })?;
    Ok(Some(token.trim().to_owned()))
}

/// Status and body of an answer, within bounds of time and length.
pub(super) async fn fetch(
    client: &Client,
    request: Request<Spliced>,
) -> Result<(StatusCode, Bytes), Error> {
    let host = request.uri().host().unwrap_or_default().to_owned();
    let answer = async {
        let response = client.send(request, false).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MOST).collect().await;
        let body = body.map_err(|error| Error::Broken(error.to_string()))?;
        Ok((status, body.to_bytes()))
    };
    let late = |_| Error::Credentials(format!("{host} does not answer"));
    let answer: Result<_, Error> = tokio::time::timeout(PATIENCE, answer).await.map_err(late)?;
    answer.map_err(|error| Error::Credentials(format!("AWS credentials from {host}: {error}")))
}
