//! Which keys the metadata of logs has.

use std::collections::BTreeSet;

use route::ids::GatewayId;

use super::own::Own;
use super::{Logs, gateways, kinds};
use crate::db::query_scalar;
use crate::error::Result;

/// Keys that are told at most.
pub const MOST_KEYS: usize = 1000;

/// Keys of metadata, in the order of their bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetadataKeys {
    /// The first [`MOST_KEYS`] of them.
    pub keys: Vec<String>,
    /// There are no others.
    pub complete: bool,
}

impl Logs<'_> {
    /// The keys that the metadata of a gateway's logs has, of text, numbers, `true` and `false`. They are read from what logs have in
    /// common, so one may be told for an hour after its last log has gone.
    ///
    /// # Errors
    /// None of its own.
    pub async fn metadata_keys(&self, gateway: &GatewayId) -> Result<MetadataKeys> {
        let mut tx = self.0.log_db.read().await?;
        let Some(known) = gateways::find(&mut tx, gateway).await? else {
            return Ok(MetadataKeys { keys: Vec::new(), complete: true });
        };
        let kinds = kinds::all(&mut tx, known.number).await?;
        let mut keys: BTreeSet<String> =
            kinds.into_iter().flat_map(|it| it.metadata_keys).collect();
        let own = query_scalar(
            "select distinct value from log_own where gateway = $1 and field = $2 order by value limit $3",
        );
        let limit = i64::try_from(MOST_KEYS + 1).unwrap_or(i64::MAX);
        let own = own.bind(known.number).bind(Own::MetadataKey.number()).bind(limit);
        keys.extend(own.fetch_all(&mut tx).await?);
        let complete = keys.len() <= MOST_KEYS;
        Ok(MetadataKeys { keys: keys.into_iter().take(MOST_KEYS).collect(), complete })
    }
}
