//! Anthropic Messages, both ways in and out.
//!
//! Written after the official SDK's types for `anthropic-version` 2026-10-21 and 2023-06-01, which differ in what
//! they refuse (the newer one has no temperature, `top_p` and `top_k` at all), not in shape. Requests that are
//! translated are sent as 2023-06-01, so that Claude up to Opus 4.6 can still be given a temperature.

mod blocks;
pub(crate) mod carrier;
mod encoder;
mod finish;
mod model;
mod read;
mod reply;
mod schema;
mod stream;
mod thinking;
mod turns;
mod usage;
mod write;

pub(crate) use encoder::Encoder;
pub(crate) use model::Claude;
pub(crate) use read::read_request;
pub(crate) use reply::{read_reply, write_reply};
pub(crate) use stream::Decoder;
pub(crate) use thinking::budget_of;
pub(crate) use write::write_request;
