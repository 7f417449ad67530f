//! How a request came in.
use chat::Format;
use telemetry::Entry;

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
        Self { path, kind: "native", compat: false }
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
            kind @ ("embeddings" | "native") => kind,
            _ => "chat",
        }
    }
}
