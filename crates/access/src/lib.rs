//! Who may do what: API tokens, their permissions and limits, and the places where a request carries one.
//!
//! Knows no SQL, no routes and no handlers: from headers to a verdict.

mod credential;
mod token;
mod web;

pub use credential::{Credential, conceal, conceal_query, credential, strip, strip_own};
pub use token::{Digest, PREFIX, Permission, Scalar, Token, Tokens, new_secret};
pub use web::{Foreign, WebGuard, is_from_own_page};
