//! What callers call things: the names of fields in each way in, for telling them which of theirs was lost.

use chat::Format;

/// Paths of a way in.
#[derive(Debug)]
pub(crate) struct Names {
    /// The conversation.
    pub(crate) messages: &'static str,
    /// Texts that end the answer.
    pub(crate) stop: &'static str,
    /// Whether several functions may be called at once.
    pub(crate) parallel: &'static str,
    /// What the answer must look like.
    pub(crate) output: &'static str,
    /// Its schema, below [`Names::output`].
    pub(crate) output_schema: &'static str,
    /// The schema of a tool's arguments, below the tool.
    pub(crate) parameters: &'static str,
    /// A call's arguments, below the call.
    pub(crate) arguments: &'static str,
    /// How many log probabilities.
    pub(crate) logprobs: &'static str,
    /// Whether there are log probabilities at all.
    pub(crate) wants_logprobs: &'static str,
}

const CHAT: Names = Names {
    messages: "messages",
    stop: "stop",
    parallel: "parallel_tool_calls",
    output: "response_format",
    output_schema: "json_schema.schema",
    parameters: "function.parameters",
    arguments: "function.arguments",
    logprobs: "top_logprobs",
    wants_logprobs: "logprobs",
};

const RESPONSES: Names = Names {
    messages: "input",
    output: "text.format",
    output_schema: "schema",
    parameters: "parameters",
    arguments: "arguments",
    wants_logprobs: "top_logprobs",
    ..CHAT
};

const MESSAGES: Names = Names {
    stop: "stop_sequences",
    parallel: "tool_choice.disable_parallel_tool_use",
    output: "output_config.format",
    output_schema: "schema",
    parameters: "input_schema",
    arguments: "input",
    ..CHAT
};

impl Names {
    /// Those of the callers of this format.
    pub(crate) const fn of(origin: Format) -> &'static Self {
        match origin {
            Format::Responses => &RESPONSES,
            Format::Messages => &MESSAGES,
            _ => &CHAT,
        }
    }
}
