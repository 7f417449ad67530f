//! Credentials that are more than a key in a header.

pub(crate) mod aws;
pub(crate) mod google;
mod kept;
