//! Credentials that are more than a key in a header.

pub(crate) mod aws;
