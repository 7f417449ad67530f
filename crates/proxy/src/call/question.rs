//! What the caller asks: in its own words, and in neutral ones once a provider needs them.

use bytes::Bytes;
use chat::Head;
use dialects::{Neutral, OnUnsupported};
use std::sync::OnceLock;

/// What the caller asks. Shared by every model the request is sent to.
#[derive(Debug)]
pub struct Question<'a> {
    /// Its body.
    pub body: &'a Bytes,
    /// What the scan of that very body found.
    pub head: &'a Head<'a>,
    /// What to do about a model whose provider cannot be told all of it.
    pub on_unsupported: OnUnsupported,
    neutral: OnceLock<Neutral>,
}

impl<'a> Question<'a> {
    /// Nothing is translated before somebody asks for it.
    #[must_use]
    pub fn new(body: &'a Bytes, head: &'a Head<'a>, on_unsupported: OnUnsupported) -> Self {
        Self { body, head, on_unsupported, neutral: OnceLock::new() }
    }

    /// The request in neutral form, read once.
    pub(super) fn neutral(&self) -> &Neutral {
        self.neutral.get_or_init(|| dialects::decode_request(self.head.format, self.body))
    }
}
