//! Signing in to Amazon Web Services: Signature Version 4, or a Bedrock API key.
//!
//! A stored key is a Bedrock API key or JSON of static credentials ([`stored`]). Without one the standard places are
//! asked in the order of AWS's own tools ([`source`]): environment, profile, web identity, container. What they give is
//! kept until shortly before it expires ([`Ambient`]).

mod ambient;
mod container;
mod profile;
mod sign;
mod source;
mod stored;
mod sts;
mod times;

pub(crate) use ambient::Ambient;

use crate::endpoint::Key;
use crate::{Client, Error, Spliced};
use http::{HeaderValue, Request, header};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use stored::Stored;

/// What a signature is made with.
#[derive(Clone, Debug)]
struct Keys {
    access_key_id: String,
    secret_access_key: SecretString,
    session_token: Option<SecretString>,
    /// The region that stands beside them.
    region: Option<String>,
    /// Unix time in milliseconds at which they are no longer good.
    expires_ms: Option<u64>,
}

/// Signs a request for this service, or gives it the API key. Signatures of the caller's are replaced.
pub(crate) async fn authorize(
    service: &str,
    key: Option<&Key>,
    request: &mut Request<Spliced>,
    client: &Client,
    now_ms: u64,
) -> Result<(), Error> {
    let keys = match key.map(stored::read).transpose()? {
        Some(Stored::ApiKey(key)) => return bear(request, &key),
        Some(Stored::Keys(keys)) => Arc::new(keys),
        None => ambient::keys(client, now_ms).await?,
    };
    let host = request.uri().host().unwrap_or_default();
    let region = region_of(host)
        .or(keys.region.as_deref())
        .or_else(|| region(client))
        .ok_or_else(|| {
            let why = "the AWS region is not known: it is neither in the host of the base URL nor \
                       beside the key; set AWS_REGION";
            Error::Credentials(why.to_owned())
        })?
        .to_owned();
    sign::sign(request, &keys, (&region, service), now_ms)
}

fn bear(request: &mut Request<Spliced>, key: &SecretString) -> Result<(), Error> {
    let value = HeaderValue::try_from(format!("Bearer {}", key.expose_secret()));
    let mut value = value.map_err(|_| {
        Error::Credentials("the Bedrock API key has characters no header may have".to_owned())
    })?;
    value.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, value);
    Ok(())
}

/// The region of the environment.
fn region(client: &Client) -> Option<&str> {
    let surroundings = client.surroundings();
    surroundings.get("AWS_REGION").or_else(|| surroundings.get("AWS_DEFAULT_REGION"))
}

/// The region in a host of AWS: `bedrock-runtime.eu-west-1.amazonaws.com`.
fn region_of(host: &str) -> Option<&str> {
    let ours = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"];
    let labels = ours.iter().find_map(|it| host.strip_suffix(it))?;
    labels.rsplit('.').find(|it| is_region(it))
}

/// Whether a name is a region's: `eu-west-1`, `us-gov-east-1`.
pub(crate) fn is_region(text: &str) -> bool {
    let number = text.rsplit('-').next().unwrap_or_default();
    let parts = text.split('-').count();
    parts >= 3
        && number.len() == 1
        && number.bytes().all(|it| it.is_ascii_digit())
        && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
}

#[cfg(test)]
mod tests;
