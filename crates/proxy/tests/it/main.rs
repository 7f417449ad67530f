//! The data plane as its callers see it: requests in, responses and records out, under virtual time. Models are a scripted upstream in
//! memory, or the built-in echo.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "tests fail by panicking, and their helpers take what they are given"
)]

mod auth;
mod budgets;
#[cfg(test)]
mod call;
mod capabilities;
mod catalogs;
mod cost;
mod count;
mod decisions;
#[cfg(test)]
mod direct;
mod drain;
mod elements;
mod errors;
mod evasion;
mod headers;
mod keys;
mod kinds;
mod limits;
mod models;
mod money;
mod native;
mod pins;
mod recall;
mod records;
mod refusals;
mod routing;
mod rulebook;
mod secrets;
mod shapes;
mod simulation;
mod spend;
mod timed;
mod trace;
mod translation;
mod trial;
mod universal;
mod ways;
mod world;
