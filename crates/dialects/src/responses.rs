//! `OpenAI` Responses.

mod decoder;
mod encoder;
mod items;
mod picture;
mod read;
mod reasoning;
mod reply;
mod response;
mod tools;
mod usage;
mod write;
mod write_items;

pub(crate) use decoder::Decoder;
pub(crate) use encoder::Encoder;
pub(crate) use read::read_request;
pub(crate) use reply::read_reply;
pub(crate) use response::write_reply;
pub(crate) use write::write_request;

/// `OpenAI`'s own reasoning, which only it can read.
const FAMILY: &str = "openai-responses-v1";
