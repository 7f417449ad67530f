//! Application default credentials (<https://cloud.google.com/docs/authentication/application-default-credentials>).

use super::account::Account;
use super::{Good, Token, good, token};
use crate::{Client, Error, Spliced};
use bytes::Bytes;
use http::{Method, Request};
use std::path::PathBuf;
use std::time::Duration;

const FILE: &str = "application_default_credentials.json";
const METADATA_HOST: &str = "metadata.google.internal";
const METADATA_PATH: &str = "/computeMetadata/v1/instance/service-accounts/default/token";
/// A metadata server is near, or not there.
const PATIENCE: Duration = Duration::from_secs(3);

/// A token by the first of them that there is.
pub(super) async fn fetch(client: &Client, now_ms: u64) -> Result<Good<Token>, Error> {
    let surroundings = client.surroundings();
    if let Some(path) = surroundings.get("GOOGLE_APPLICATION_CREDENTIALS") {
        let text = tokio::fs::read_to_string(path).await.map_err(|error| {
            Error::Credentials(format!(
                "the file {path} of GOOGLE_APPLICATION_CREDENTIALS cannot be read: {error}"
            ))
        })?;
        return of_file(&text, path, client, now_ms).await;
    }
    if let Some(path) = left_by_gcloud(client) {
        match tokio::fs::read_to_string(&path).await {
            Ok(text) => return of_file(&text, &path.to_string_lossy(), client, now_ms).await,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let path = path.display();
                return Err(Error::Credentials(format!("{path} cannot be read: {error}")));
            }
        }
    }
    metadata(client, now_ms).await
}

async fn of_file(
    text: &str,
    path: &str,
    client: &Client,
    now_ms: u64,
) -> Result<Good<Token>, Error> {
    let account = Account::read(text, path)?;
    account.is_safe()?;
    token::of_account(&account, client, now_ms).await
}

fn left_by_gcloud(client: &Client) -> Option<PathBuf> {
    let surroundings = client.surroundings();
    let folder = surroundings.get("CLOUDSDK_CONFIG").map(PathBuf::from);
    Some(folder.or_else(|| surroundings.at_home(".config/gcloud"))?.join(FILE))
}

async fn metadata(client: &Client, now_ms: u64) -> Result<Good<Token>, Error> {
    let host = client.surroundings().get("GCE_METADATA_HOST").unwrap_or(METADATA_HOST);
    let request = Request::builder()
        .method(Method::GET)
        .uri(format!("http://{host}{METADATA_PATH}"))
        .header("metadata-flavor", "Google")
        .body(Spliced::from(Bytes::new()))
        .map_err(|_| Error::Credentials("GCE_METADATA_HOST is not a host".to_owned()))?;
    let answer = token::answer(request, client, PATIENCE).await.map_err(|error| {
        let Error::Credentials(why) = &error else { return error };
        Error::Credentials(format!(
            "no Google credentials: store a key, or set GOOGLE_APPLICATION_CREDENTIALS; the metadata server {why}"
        ))
    })?;
    Ok(good(answer, None, now_ms))
}
