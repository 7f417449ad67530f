//! What a gateway's settings say about answers that are kept, as the data plane is told it.

use super::settings::Settings;
use std::time::Duration;

/// The cache settings of a gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caching {
    /// `cache_ttl`: how long answers are kept when the request does not say; `None`: not at all.
    pub ttl: Option<Duration>,
    /// `cache_invalidate_on_update`: what was kept is not found any more once the gateway is replaced.
    pub invalidate_on_update: bool,
}

impl Caching {
    /// Reads them from the settings that [`store::Gateway`] keeps.
    ///
    /// # Errors
    /// They are not what this API writes.
    pub fn stored(settings: &str) -> Result<Self, String> {
        let settings: Settings = serde_json::from_str(settings).map_err(|it| it.to_string())?;
        Ok(settings.caching())
    }
}
