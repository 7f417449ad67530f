//! The wire formats of model calls.

/// A wire format of model calls: the shape of a request, its reply and its stream.
///
/// [`Format::Chat`], [`Format::Responses`], [`Format::Messages`] and [`Format::Embeddings`] are what callers may
/// speak to a route; the others are spoken to providers only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `OpenAI` chat completions.
    Chat,
    /// `OpenAI` Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Gemini `generateContent`, of AI Studio and Vertex AI.
    Gemini,
    /// Amazon Bedrock Converse.
    Converse,
    /// Cohere Chat, version 2.
    Cohere,
    /// `OpenAI` embeddings.
    Embeddings,
    /// Gemini `batchEmbedContents`, of AI Studio.
    GeminiEmbeddings,
    /// Cohere Embed, version 2.
    CohereEmbeddings,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 9] = [
        Self::Chat,
        Self::Responses,
        Self::Messages,
        Self::Gemini,
        Self::Converse,
        Self::Cohere,
        Self::Embeddings,
        Self::GeminiEmbeddings,
        Self::CohereEmbeddings,
    ];

    /// Its name in settings, file names and the documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
            Self::Converse => "converse",
            Self::Cohere => "cohere",
            Self::Embeddings => "embeddings",
            Self::GeminiEmbeddings => "gemini-embeddings",
            Self::CohereEmbeddings => "cohere-embeddings",
        }
    }

    /// Whether texts are embedded rather than answered: the two are not translated to each other.
    #[must_use]
    pub const fn is_of_embeddings(self) -> bool {
        matches!(self, Self::Embeddings | Self::GeminiEmbeddings | Self::CohereEmbeddings)
    }

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}
