//! Cohere Chat, version 2. Spoken to providers only.
//!
//! Written after the official SDK's types and their documentation.

mod reply;
mod stream;
mod turns;
mod write;

pub(crate) use reply::read_reply;
pub(crate) use stream::Decoder;
pub(crate) use write::write_request;

/// The family of a tool plan: reasoning that Cohere wants back in a place of its own.
const FAMILY: &str = "cohere-chat-v2";
/// What marks it.
const PLAN: &str = "tool_plan";
