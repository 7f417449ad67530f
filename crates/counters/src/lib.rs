//! Limits in Redis or Valkey, shared by any number of nodes: the same windows as `limits` keeps in memory, one atomic script a decision.
//!
//! [`Shared`] implements [`limits::Counters`]. Time is the server's, so that nodes need not agree on one. A hold has a lease, which its node
//! renews; when the node dies it is charged in full if the call had been sent, else given back. A decision waits [`Options::patience`] for
//! the server and no longer; while there is no connection it does not wait at all, and whoever asked decides what that means.
//! Settled totals go to a [`Keeper`] every second, and come back from it when the server has lost everything.
//!
//! All of it runs on a thread of its own with a small runtime, so that a busy process does not take itself for a slow server. This crate
//! knows no routes, money units, HTTP or SQL.

mod keep;
mod link;
mod names;
mod scripts;
mod shared;
mod thread;

pub use keep::{Keeper, Total};
pub use link::Error;
pub use shared::{Options, Shared};

/// What a [`Keeper`] fails with.
pub type Broken = Box<dyn std::error::Error + Send + Sync>;
