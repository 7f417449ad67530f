//! Answers of models, kept for the same request asked again by the same caller.
//!
//! A [`Key`] is made of *who* asks and *what* is asked, and of the first nothing can be left out: [`Who`] has no optional part, and the
//! digest of who asked stands in every entry, so that an entry found under a wrong key is no entry. Entries are in the memory of this
//! process, bounded in bytes, or in a Redis or Valkey server that many nodes share ([`Cache::in_memory`], [`Cache::in_redis`]); both keep
//! the same bytes. A server that does not answer is as good as an empty one.
//!
//! Time is passed in. This crate knows no routes, limits or SQL.

mod answer;
mod cache;
mod flights;
mod key;
mod memory;
mod remote;
mod sealed;

pub use answer::{Answer, MAX_BODY};
pub use cache::{Cache, Found, Place};
pub use key::{Asked, Caller, Key, What, Who};
pub use remote::{BadUrl, Remote};
