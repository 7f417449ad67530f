//! A key as it is stored at a gateway, or given in the environment.

use super::Keys;
use crate::Error;
use crate::endpoint::Key;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What a key is.
#[derive(Debug)]
pub(super) enum Stored {
    /// A Bedrock API key, a bearer.
    ApiKey(SecretString),
    /// Static credentials.
    Keys(Keys),
}

/// Static credentials, under the names that AWS's own interfaces give them in JSON.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Json {
    #[serde(alias = "AccessKeyId")]
    access_key_id: String,
    #[serde(alias = "SecretAccessKey")]
    secret_access_key: SecretString,
    #[serde(alias = "SessionToken")]
    session_token: Option<SecretString>,
    region: Option<String>,
}

/// JSON is credentials; everything else is an API key.
pub(super) fn read(key: &Key) -> Result<Stored, Error> {
    let text = key.secret.expose_secret().trim();
    if !text.starts_with('{') {
        return Ok(Stored::ApiKey(key.secret.clone()));
    }
    // What is wrong is told without the text, which serde's message would quote.
    let json: Json = serde_json::from_str(text).map_err(|_| {
        Error::Credentials(format!(
            "the key `{}` is JSON, but not {{\"accessKeyId\", \"secretAccessKey\", \"sessionToken\", \"region\"}}, \
             of which the last two may be absent",
            key.alias
        ))
    })?;
    Ok(Stored::Keys(Keys {
        access_key_id: json.access_key_id,
        secret_access_key: json.secret_access_key,
        session_token: json.session_token,
        region: json.region,
        expires_ms: None,
    }))
}
