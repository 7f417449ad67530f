//! How a request came in.
use chat::Format;
use telemetry::Entry;

/// How paths end at which the APIs of providers count the tokens of a request, whoever serves such an API: Anthropic's, OpenAI's, Google's,
/// Bedrock's, and that of Anthropic's models at Vertex AI.
const COUNTS: [&str; 5] = [
    "messages/count_tokens",
    "responses/input_tokens",
    ":countTokens",
    "/count-tokens",
    "/count-tokens:rawPredict",
];

/// The kind of what is asked of a provider's own API.
const NATIVE: &str = "native";

/// The way in, as the log names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WayIn<'a> {
    /// The path called, without what names account and gateway.
    pub(crate) path: &'a str,
    /// As in [`telemetry::Entry`].
    pub(crate) kind: &'static str,
    /// Not at a provider's own API.
    pub(crate) compat: bool,
}

impl WayIn<'static> {
    /// Of a request for a model in this format.
    pub(crate) fn of(format: Format) -> Self {
        let (path, kind) = match format {
            Format::Responses => ("responses", "responses"),
            Format::Messages => ("messages", "messages"),
            Format::Embeddings | Format::GeminiEmbeddings | Format::CohereEmbeddings => {
                ("embeddings", "embeddings")
            }
            Format::Chat | Format::Gemini | Format::Converse | Format::Cohere => {
                ("chat/completions", "chat")
            }
        };
        Self { path, kind, compat: true }
    }
}

impl<'a> WayIn<'a> {
    /// Of a path of a provider's own API.
    pub(crate) fn native(path: &'a str) -> Self {
        let counts = COUNTS.iter().any(|it| path.ends_with(it));
        let kind = if counts { Entry::COUNT_TOKENS } else { NATIVE };
        Self { path, kind, compat: false }
    }

    /// Only tokens are counted: see [`telemetry::Entry::only_counts`].
    pub(crate) fn only_counts(&self) -> bool {
        self.kind == Entry::COUNT_TOKENS
    }

    /// Of a path below the gateway where there is nothing, or nothing of this method.
    pub(crate) fn nowhere(path: &'a str) -> Self {
        Self { path, kind: "unknown", compat: true }
    }

    /// The tokens of a Messages request are counted.
    pub(crate) const COUNT: Self =
        WayIn { path: "messages/count_tokens", kind: Entry::COUNT_TOKENS, compat: true };

    /// The list of steps of a universal request.
    pub(crate) const UNIVERSAL: Self = WayIn { path: "", kind: "universal", compat: false };

    /// Bodies that come in here may hold keys of providers, so nothing of them is kept unless it has been found to be none.
    pub(crate) fn holds_keys(&self) -> bool {
        self.kind == Self::UNIVERSAL.kind
    }

    /// What is done, as metrics name it: by OpenTelemetry's conventions for generative AI, else `native`.
    pub(crate) fn operation(&self) -> &'static str {
        match self.kind {
            _ if !self.compat => NATIVE,
            kind @ "embeddings" => kind,
            _ => "chat",
        }
    }
}
