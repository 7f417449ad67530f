//! Reasoning that a chat completion brings back.

/// What a provider of chat completions does with the reasoning in an assistant's message that a caller gives back.
///
/// `OpenAI` documents no member for it. Providers that show reasoning do so in `reasoning_content` or `reasoning`, and gateways
/// add `reasoning_details`, `thinking_blocks` and, in a call, `extra_content`; who checks messages refuses what it does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GivenBack {
    /// Takes it or passes it over, in whatever member it stands.
    #[default]
    Any,
    /// The same, and wants the text of every turn as `reasoning_content`, that of finished ones too.
    Every,
    /// Takes the text as `reasoning`, and refuses a message with any other member for it.
    Text,
    /// Refuses a message with a member for it.
    Nothing,
}

impl GivenBack {
    /// Whether a message may not have members that it does not know.
    #[must_use]
    pub const fn refuses(self) -> bool {
        matches!(self, Self::Text | Self::Nothing)
    }
}
