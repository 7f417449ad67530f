//! Shared counters on real Redis and Valkey servers, beside the counters in memory.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, finds its servers in the environment and spawns what it lets race"
)]

#[path = "../../../limits/tests/it/clock.rs"]
mod clock;
mod conformance;
mod faults;
mod leases;
mod nodes;
mod outages;
mod parity;
mod server;
mod wall;
