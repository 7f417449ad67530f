//! The client against real sockets, real TLS and in-memory connections.

mod client;
mod server;
mod tls;
mod usage;
