//! The client against real sockets, real TLS and in-memory connections.
#![expect(clippy::panic, reason = "a test fails by panicking, in its helpers too")]

mod client;
mod google;
mod server;
mod tls;
mod usage;
