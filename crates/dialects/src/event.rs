//! A stream in neutral form.
//!
//! A stream is [`Event::Start`], then parts one after the other (never overlapping: a decoder whose source
//! interleaves them holds the later one back), each `Begin`, any number of `Delta`s, `End`; then `Finish`, and
//! `Usage` once or more (the last one counts), in any order among themselves. An `Error` ends it.

use crate::reply::{Broken, Citation, Finish};
use crate::request::{Content, Opaque};
use serde_json::Value;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The answer begins.
    Start {
        /// The provider's id of it.
        id: Option<String>,
        /// The model that answers.
        model: Option<String>,
    },
    /// A part begins.
    Begin(Begin),
    /// More of the part that is open.
    Delta(Delta),
    /// The open part is complete.
    End,
    /// Why the answer ended.
    Finish(Finish),
    /// What was used so far, all of it.
    Usage(chat::Reported),
    /// The provider failed in the middle.
    Error {
        /// Its message.
        message: String,
        /// Its kind, in the provider's word (`overloaded_error`).
        kind: Option<String>,
    },
}

/// What kind of part begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Begin {
    /// Text.
    Text,
    /// Reasoning.
    Thought {
        /// It is a summary.
        is_summary: bool,
        /// The item's id.
        id: Option<String>,
    },
    /// A call.
    ToolCall {
        /// Pairs it with its result.
        id: String,
        /// The function.
        name: String,
    },
    /// A refusal.
    Refusal,
    /// A part that comes in one piece.
    Whole(Content),
}

/// More of an open part.
#[derive(Clone, Debug, PartialEq)]
pub enum Delta {
    /// Text, of a text, a thought or a refusal.
    Text(String),
    /// JSON text of a call's arguments.
    Arguments(String),
    /// The signature or encrypted content of a thought or call; comes at most once a part.
    Opaque(Opaque),
    /// Something that the text cites.
    Citation(Citation),
    /// Log probabilities of the text, elements of chat completions' `logprobs.content`.
    Logprobs(Vec<Value>),
}

/// Reads a provider's stream. Framing (server-sent events, AWS event stream) is done before it.
pub trait StreamDecoder: Send + Sync + std::fmt::Debug {
    /// One frame: its name (`event:` field, `:event-type` header) and data. Comments and empty frames are not given.
    ///
    /// # Errors
    /// The frame is not what the format says.
    fn frame(
        &mut self,
        name: Option<&str>,
        data: &[u8],
        each: &mut dyn FnMut(Event),
    ) -> Result<(), Broken>;

    /// The format's own mark of the end has come: nothing more is to be waited for. Never true of a format that
    /// has no such mark.
    fn is_done(&self) -> bool {
        false
    }

    /// The stream has ended: closes what is open, if it may end here. Also called once [`StreamDecoder::is_done`].
    ///
    /// # Errors
    /// It may not: the answer is cut off.
    fn finish(&mut self, each: &mut dyn FnMut(Event)) -> Result<(), Broken>;
}

/// Writes a stream for a caller.
pub trait StreamEncoder: Send + Sync + std::fmt::Debug {
    /// One event; never [`Event::Error`].
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// The answer is complete: what the format ends with.
    fn finish(&mut self, out: &mut Vec<u8>);

    /// The answer broke off: an in-band error, and no regular end.
    fn fail(&mut self, message: &str, out: &mut Vec<u8>);
}
