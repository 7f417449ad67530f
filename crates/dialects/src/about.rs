//! What a translation is told besides the request and the reply.

use crate::request::Request;
use chat::GivenBack;
use std::sync::Arc;

/// Whom a request is for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'t> {
    /// The model, as the provider names it.
    pub model: &'t str,
    /// Most tokens of output the model can give, when known: the allowance where the format wants one and the
    /// caller gave none.
    pub max_output_tokens: Option<u64>,
    /// A stream may be asked for its usage (`stream_options` of chat completions): some providers refuse that.
    pub include_usage: bool,
    /// Chat completions take what `OpenAI`'s own do and many imitations refuse (`max_completion_tokens`, `store`, …).
    /// `None`: if the model is `OpenAI`'s by its name.
    pub as_openai: Option<bool>,
    /// What becomes of reasoning that chat completions bring back.
    pub given_back: GivenBack,
}

impl Target<'_> {
    /// The allowance where the format wants one, the caller gave none and nobody knows the model's maximum.
    pub const DEFAULT_MAX_TOKENS: u64 = 4096;

    /// What the format wants where the caller gave none.
    #[must_use]
    pub fn max_tokens(&self) -> u64 {
        self.max_output_tokens.unwrap_or(Self::DEFAULT_MAX_TOKENS)
    }
}

/// What a reply for a caller says that the provider's does not.
#[derive(Clone, Debug)]
pub struct About {
    /// Its id, where the provider gave none; prefixed as the format wants (`chatcmpl-`, `resp_`, `msg_`).
    pub id: String,
    /// Unix seconds.
    pub created: u64,
    /// The model called, where the provider names none.
    pub model: String,
    /// What was asked; Responses repeats much of it.
    pub request: Arc<Request>,
}
