//! A reply in neutral form.

use crate::request::Content;
use serde_json::{Map, Value};

/// A reply in neutral form: one answer. Several (`n` > 1) are never asked for by translation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The provider's id of it.
    pub id: Option<String>,
    /// The model that answered, as the provider names it.
    pub model: Option<String>,
    /// What it says, in order: reasoning, text, calls.
    pub parts: Vec<Content>,
    /// Why it ended there.
    pub finish: Option<Finish>,
    /// What was used.
    pub usage: Option<chat::Reported>,
    /// Log probabilities, in the form of chat completions' `logprobs.content`.
    pub logprobs: Option<Value>,
    /// Members without a place above that another format's callers can use under the same name (`service_tier`).
    pub rest: Map<String, Value>,
}

/// Why an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It was complete.
    Stop,
    /// One of the caller's stop texts came, and which, if the provider says so.
    StopSequence(Option<String>),
    /// The allowance was used up.
    Length,
    /// Functions are to be called.
    ToolCalls,
    /// A filter stepped in.
    ContentFilter,
    /// The model declined.
    Refusal,
    /// A long turn was paused; sending the answer back continues it (Anthropic's `pause_turn`).
    Pause,
    /// The context was full (Anthropic's `model_context_window_exceeded`).
    ContextFull,
    /// Another reason, in the provider's word.
    Other(String),
}

impl Finish {
    /// The same in the words that all formats share.
    #[must_use]
    pub fn reason(&self) -> chat::FinishReason {
        match self {
            Self::Stop | Self::StopSequence(_) => chat::FinishReason::Stop,
            Self::Length | Self::ContextFull => chat::FinishReason::Length,
            Self::ToolCalls => chat::FinishReason::ToolCalls,
            Self::ContentFilter => chat::FinishReason::ContentFilter,
            Self::Refusal => chat::FinishReason::Refusal,
            Self::Pause | Self::Other(_) => chat::FinishReason::Other,
        }
    }
}

/// What a text refers to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Citation {
    /// Where in the part's text the citing words begin and end, in Unicode characters.
    pub span: Option<(u64, u64)>,
    /// The source.
    pub url: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The words cited.
    pub quote: Option<String>,
    /// As the provider sent it.
    pub raw: Value,
}

/// A body that is not what its format says. The text is a clause for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Broken(pub String);

impl Broken {
    /// Says what is wrong.
    pub fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
