//! Calls of one model element: what is retried, what falls back, how long it takes, what the client
//! gets, and what the provider sees.

mod breaker;
mod faults;
mod headers;
mod leaving;
mod plain;
mod rig;
mod socket;
mod stream;
mod timing;
