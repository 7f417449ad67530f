//! Credentials of the surroundings.

use super::{Keys, source};
use crate::credentials::kept::{Good, Kept};
use crate::{Client, Error};
use std::sync::Arc;

/// What was found last.
#[derive(Debug, Default)]
pub(crate) struct Ambient(Kept<Arc<Keys>>);

/// The credentials of the surroundings.
pub(super) async fn keys(client: &Client, now_ms: u64) -> Result<Arc<Keys>, Error> {
    let find = async {
        let keys = source::find(client, now_ms).await?;
        let expires_ms = keys.expires_ms;
        Ok(Good::new(Arc::new(keys), now_ms, expires_ms))
    };
    client.surroundings().aws().0.get(now_ms, find).await
}
