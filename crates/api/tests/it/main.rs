//! The management API over a real store in a temporary folder, without a socket.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod access_control;
mod analytics;
mod audit;
mod bad_input;
mod coverage;
mod etags;
mod gateways;
mod keys;
mod limits;
mod lists;
mod logs;
mod offer;
mod rim;
mod routes;
mod session;
mod shapes;
mod simulation;
mod tokens;
mod world;
