//! The real binary: started on a free port and a data folder of its own, spoken to over sockets, stopped by signals.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, tells what it measured and finds the test services, in its helpers too"
)]

mod canary;
mod check;
mod config;
mod custom;
mod durability;
mod faces;
mod first_start;
mod http;
mod limits;
mod migrate;
mod offer;
mod postgres;
mod prices;
mod routes;
mod server;
mod simulate;
mod stopping;
mod tokens;
