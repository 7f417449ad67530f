//! The way of a request, read back from its record.

use serde::Deserialize;
use serde_json::Value;

/// An element that was walked; the one of a direct call is called `model`.
#[derive(Debug, Deserialize)]
pub(crate) struct Element {
    pub(crate) element: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) outcome: String,
    /// Microseconds after admission.
    #[serde(default)]
    pub(crate) at_us: Option<u64>,
    /// Of an element that calls a model, even if nobody was called.
    #[serde(default)]
    pub(crate) attempts: Option<Vec<Attempt>>,
    /// The spend rule that did not let it be called.
    #[serde(default)]
    pub(crate) rule: Option<String>,
    /// Its answer was kept from an earlier call.
    #[serde(default)]
    pub(crate) cached: bool,
    /// The state of a limit.
    #[serde(default)]
    pub(crate) limit: Option<Value>,
    /// Those of the gateway's own limits that were asked before a model was called.
    #[serde(default)]
    pub(crate) limits: Vec<Value>,
}

/// An attempt to call a model.
#[derive(Debug, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) provider: String,
    pub(crate) model: String,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    /// Microseconds after admission.
    #[serde(default)]
    pub(crate) at_us: u64,
    /// Microseconds until it was committed or failed.
    #[serde(default)]
    pub(crate) us: u64,
    #[serde(default)]
    pub(crate) first_byte_us: Option<u64>,
    #[serde(default)]
    pub(crate) cause: Option<String>,
}

impl Attempt {
    /// Somebody was called.
    pub(crate) fn was_made(&self) -> bool {
        telemetry::was_called(self.cause.as_deref())
    }
}

/// Reads a path; what cannot be read is an empty one.
pub(crate) fn read(json: &str) -> Vec<Element> {
    serde_json::from_str(json).unwrap_or_default()
}
