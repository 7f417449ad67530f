//! The real binary: started on a free port and a data folder of its own, spoken to over sockets, stopped by signals.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its helpers too"
)]

mod canary;
mod check;
mod config;
mod durability;
mod faces;
mod first_start;
mod http;
mod server;
mod stopping;
mod tokens;
