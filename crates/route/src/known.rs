//! What the compiler may ask about the gateway that a route belongs to.

/// What the gateway has, as far as a route can ask.
pub trait Known {
    /// Whether `slug` names a provider of this gateway, and whether it can be called.
    fn provider(&self, slug: &str) -> ProviderState;
    /// Whether a call of this model can be priced, so that a cost limit can reserve for it.
    fn has_price(&self, provider: &str, model: &str) -> bool;
    /// Whether the price catalogue (or an operator) has ever heard of this model of this provider.
    fn has_model(&self, provider: &str, model: &str) -> bool;
    /// Whether this model is known to be unable to serve such requests. Of most models nobody knows: then it is not.
    fn lacks(&self, provider: &str, model: &str, need: Need) -> bool {
        let _ = (provider, model, need);
        false
    }
}

/// For versions that are stored: their providers were judged when they were saved, and one that has gone since makes its elements fall
/// back, not the route unknown.
#[derive(Clone, Copy, Debug)]
pub struct Judged;

impl Known for Judged {
    fn provider(&self, _slug: &str) -> ProviderState {
        ProviderState::Ready
    }

    fn has_price(&self, _provider: &str, _model: &str) -> bool {
        true
    }

    fn has_model(&self, _provider: &str, _model: &str) -> bool {
        true
    }
}

/// What a request may need of a model beyond text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Calling tools.
    Tools,
    /// Looking at images.
    Images,
    /// Answering in JSON of a given schema.
    JsonSchema,
    /// Reasoning as much as it is told to.
    Reasoning,
}

impl Need {
    /// Every need.
    pub const ALL: [Self; 4] = [Self::Tools, Self::Images, Self::JsonSchema, Self::Reasoning];

    /// Such requests, in words: the end of "requests …".
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Tools => "with tools",
            Self::Images => "with images",
            Self::JsonSchema => "for JSON of a schema",
            Self::Reasoning => "that set how much to reason",
        }
    }
}

/// What [`Known`] says of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderState {
    /// Not a provider of this gateway.
    Unknown,
    /// A known provider that cannot be called yet; the text says why, as the end of a sentence.
    Unsupported(String),
    /// Usable once a key is stored or in the environment.
    NoKey,
    /// Usable now.
    Ready,
}
