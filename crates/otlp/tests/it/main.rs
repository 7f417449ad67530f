//! Export to a collector that decodes with the official crate: over HTTP in memory under virtual time, over gRPC on a real socket.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and what they spawn ends with them"
)]

mod collector;
mod export;
mod meter;
mod rig;
