//! What the compiler may ask about the gateway that a route belongs to.

/// What the gateway has, as far as a route can ask.
pub trait Known {
    /// Whether `slug` names a provider of this gateway, and whether it can be called.
    fn provider(&self, slug: &str) -> ProviderState;
    /// Whether a call of this model can be priced, so that a cost limit can reserve for it.
    fn has_price(&self, provider: &str, model: &str) -> bool;
    /// Whether the price catalogue (or an operator) has ever heard of this model of this provider.
    fn has_model(&self, provider: &str, model: &str) -> bool;
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
