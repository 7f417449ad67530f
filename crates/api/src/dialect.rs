//! The two dialects of two fields: `version.active` and `version.data`.
//!
//! The published reference types them as strings and its generated SDKs rely on it; the live service sends a boolean and an array and other
//! tools compare those deeply. Nothing else differs between the dialects.

use http::HeaderMap;

/// Which dialect callers get (`api_dialect` in the configuration).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiDialect {
    /// Generated SDKs, known by their `X-Stainless-Lang` header, get the reference form, all others the live form.
    Auto,
    /// Strings for everybody.
    Reference,
    /// A boolean and an array for everybody.
    Live,
}

/// The dialect of one reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Reference,
    Live,
}

impl ApiDialect {
    /// The dialect this request is answered in.
    pub(crate) fn of(self, headers: &HeaderMap) -> Dialect {
        match self {
            Self::Reference => Dialect::Reference,
            Self::Live => Dialect::Live,
            Self::Auto if headers.contains_key("x-stainless-lang") => Dialect::Reference,
            Self::Auto => Dialect::Live,
        }
    }
}
