//! `OpenAI` chat completions, with the members others have added and most clients know: `reasoning_content` (as
//! `DeepSeek` began it), `reasoning_details` (as `OpenRouter` documents it) and `extra_content` (as Google's own
//! OpenAI-compatible endpoint has it for signatures of calls).

mod decoder;
mod details;
mod encoder;
pub(crate) mod read;
pub(crate) mod read_message;
mod reply;
mod usage;
mod write;
mod write_message;

pub(crate) use decoder::Decoder;
pub(crate) use encoder::Encoder;
pub(crate) use read::read_request;
pub(crate) use reply::{read_reply, write_reply};
pub(crate) use write::write_request;

use crate::reply::Finish;

/// Before the family of an opaque that came from a provider of chat completions: it is that provider's business what
/// is in it, and goes back only to where `reasoning_details` are spoken.
const VIA_CHAT: &str = "chat/";

/// Google's signatures of calls.
const GOOGLE: &str = "google-gemini-v1";

/// A finish reason as providers write it.
fn finish_of(word: &str) -> Finish {
    match word {
        "stop" => Finish::Stop,
        "length" => Finish::Length,
        "tool_calls" | "function_call" => Finish::ToolCalls,
        "content_filter" => Finish::ContentFilter,
        other => Finish::Other(other.to_owned()),
    }
}

/// A finish reason as callers read it. What chat completions have no word for keeps its own.
fn word_of(finish: &Finish) -> &str {
    match finish {
        Finish::Stop | Finish::StopSequence(_) => "stop",
        Finish::Length | Finish::ContextFull => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::ContentFilter | Finish::Refusal => "content_filter",
        Finish::Pause => "pause_turn",
        Finish::Other(word) => word,
    }
}
