//! Which members of a request are read, format by format. Each may stand in a body once.

use crate::format::Format;

/// What a member is to the scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Model,
    /// A list of messages.
    Messages,
    /// A text, or a list of items or texts.
    Input,
    /// Instructions that stand beside the messages.
    System,
    Stream,
    StreamOptions,
    MaxTokens,
    /// Counts before [`Member::MaxTokens`].
    MaxCompletionTokens,
    Choices,
    Tools,
    /// Tools, as they were called before.
    Functions,
    /// Of what shape the reply is to be.
    Shape,
    /// How much to reason.
    Effort,
    /// What the answer must look like, and how much to reason.
    Output,
}

type Field = (&'static str, Member);

const CHAT: &[Field] = &[
    ("model", Member::Model),
    ("messages", Member::Messages),
    ("stream", Member::Stream),
    ("stream_options", Member::StreamOptions),
    ("max_tokens", Member::MaxTokens),
    ("max_completion_tokens", Member::MaxCompletionTokens),
    ("n", Member::Choices),
    ("tools", Member::Tools),
    ("functions", Member::Functions),
    ("response_format", Member::Shape),
    ("reasoning_effort", Member::Effort),
    ("reasoning", Member::Effort),
    ("thinking", Member::Effort),
];

const RESPONSES: &[Field] = &[
    ("model", Member::Model),
    ("input", Member::Input),
    ("instructions", Member::System),
    ("stream", Member::Stream),
    ("max_output_tokens", Member::MaxTokens),
    ("tools", Member::Tools),
    ("text", Member::Shape),
    ("reasoning", Member::Effort),
];

const MESSAGES: &[Field] = &[
    ("model", Member::Model),
    ("messages", Member::Messages),
    ("system", Member::System),
    ("stream", Member::Stream),
    ("max_tokens", Member::MaxTokens),
    ("tools", Member::Tools),
    ("output_config", Member::Output),
    ("thinking", Member::Effort),
];

const COHERE: &[Field] = &[
    ("model", Member::Model),
    ("messages", Member::Messages),
    ("stream", Member::Stream),
    ("max_tokens", Member::MaxTokens),
    ("tools", Member::Tools),
];

const EMBEDDINGS: &[Field] = &[("model", Member::Model), ("input", Member::Input)];

const COHERE_EMBEDDINGS: &[Field] = &[("model", Member::Model), ("texts", Member::Input)];

/// The members that are read. Gemini and Converse have no model in the body, which is what is missed then.
pub(super) const fn fields(format: Format) -> &'static [Field] {
    match format {
        Format::Chat => CHAT,
        Format::Responses => RESPONSES,
        Format::Messages => MESSAGES,
        Format::Cohere => COHERE,
        Format::Embeddings => EMBEDDINGS,
        Format::CohereEmbeddings => COHERE_EMBEDDINGS,
        Format::Gemini | Format::GeminiEmbeddings | Format::Converse => &[],
    }
}
