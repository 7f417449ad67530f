//! Where credentials of the surroundings are, in the order of AWS's own tools.

use super::profile::{Base, Chain, Profiles, Role};
use super::{Keys, container, region, sts};
use crate::{Client, Error};

const NOWHERE: &str = "no AWS credentials: store a key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, \
                       or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE";

/// The first that there are.
pub(super) async fn find(client: &Client, now_ms: u64) -> Result<Keys, Error> {
    let surroundings = client.surroundings();
    if let Some(keys) = environment(client) {
        return Ok(keys);
    }
    let named = surroundings.get("AWS_PROFILE");
    let profiles = Profiles::read(surroundings).await?;
    let chain = match named {
        None if !profiles.has("default") => None,
        name => profiles.chain(name.unwrap_or("default"))?,
    };
    if let Some(chain) = chain {
        return follow(client, chain, now_ms).await;
    }
    if let Some((role, token_file)) = web_identity(client) {
        return sts::web_identity(client, &role, token_file, region(client)).await;
    }
    match container::get(client).await? {
        Some(keys) => Ok(keys),
        None => Err(Error::Credentials(NOWHERE.to_owned())),
    }
}

fn environment(client: &Client) -> Option<Keys> {
    let get = |name| client.surroundings().get(name);
    Some(Keys {
        access_key_id: get("AWS_ACCESS_KEY_ID")?.to_owned(),
        secret_access_key: get("AWS_SECRET_ACCESS_KEY")?.into(),
        session_token: get("AWS_SESSION_TOKEN").map(Into::into),
        region: None,
        expires_ms: None,
    })
}

fn web_identity(client: &Client) -> Option<(Role, &str)> {
    let get = |name| client.surroundings().get(name);
    let role = Role {
        arn: get("AWS_ROLE_ARN")?.to_owned(),
        session: get("AWS_ROLE_SESSION_NAME").unwrap_or(Role::SESSION).to_owned(),
        external_id: None,
        duration: None,
    };
    Some((role, get("AWS_WEB_IDENTITY_TOKEN_FILE")?))
}

/// The first credentials of a profile, and one role after the other.
async fn follow(client: &Client, chain: Chain, now_ms: u64) -> Result<Keys, Error> {
    let region = chain.region.as_deref().or_else(|| region(client));
    let mut keys = match chain.base {
        Base::Keys(keys) => keys,
        Base::Environment => environment(client).ok_or_else(|| {
            Error::Credentials("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set".to_owned())
        })?,
        Base::Container => container::get(client).await?.ok_or_else(|| {
            Error::Credentials("there is no container that gives AWS credentials".to_owned())
        })?,
        Base::WebIdentity { role, token_file } => {
            sts::web_identity(client, &role, &token_file, region).await?
        }
    };
    for role in &chain.roles {
        keys = sts::assume(client, &keys, role, (region, now_ms)).await?;
    }
    Ok(Keys { region: region.map(str::to_owned), ..keys })
}
