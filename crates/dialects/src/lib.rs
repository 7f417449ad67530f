//! Translation between the wire formats of model calls.
//!
//! Every format has a module that reads it into a neutral form ([`Request`], [`Reply`], [`Event`]s) and writes it
//! from there, so that N formats need N modules and not N². What the neutral form has no place for is kept by name
//! in [`Request::rest`]; what a target cannot express is a [`Loss`] that names the caller's field, never a silent
//! change. Pure: values in, values out; no I/O, clock, randomness or async.
//!
//! Requests go from a way in to what a provider speaks ([`translate_request`]), replies and streams come back
//! ([`translate_reply`], [`StreamTranslator`]). The same format on both sides does not come here: those bytes pass
//! through, unless they bring back reasoning of another provider ([`without_carried`]).

mod about;
mod carried;
mod chat_completions;
mod choice;
mod codec;
mod cohere;
mod converse;
mod coverage;
mod effort;
mod embeddings;
mod event;
mod failure;
mod fold;
mod gemini;
mod given_back;
mod loss;
mod members;
mod messages;
mod names;
mod parts;
mod reading;
mod reply;
mod request;
mod responses;
mod stream;
mod translate;

pub use about::{About, Target};
pub use carried::without_carried;
pub use converse::invoked_event;
pub use coverage::{Feature, Side};
pub use event::{Begin, Delta, Event, StreamDecoder, StreamEncoder};
pub use failure::{Begun, failure};
pub use fold::Fold;
pub use given_back::{GIVEN_BACK, without_reasoning};
pub use loss::{Loss, Losses, OnUnsupported, Refused};
pub use messages::carrier::CARRIED;
pub use reply::{Broken, Citation, Finish, Reply};
pub use request::{
    Content, File, Media, Message, Opaque, OutputFormat, Part, Reasoning, Request, Rest, Role,
    Sampling, Source, Thought, Tool, ToolCall, ToolChoice, ToolResult, Turn, Weight,
};
pub use stream::{Facts, Frames, StreamTranslator};
pub use translate::{
    Encoded, Neutral, TranslatedReply, decode_reply, decode_request, encode_reply, encode_request,
    fold_stream, translate_reply, translate_request,
};
