//! Whose model is called, from its id.

/// Whose model it is, as far as requests differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    /// Anthropic's Claude, and whatever an id does not tell (ARNs of profiles and deployments): the options that only
    /// one vendor has are nearly all Claude's, and Bedrock refuses by name what another model does not take.
    Claude,
    /// Amazon's Nova.
    Nova,
    /// `OpenAI`'s open models.
    OpenAi,
    /// Another vendor, without options of its own here.
    Other,
}

/// Vendors without options of their own here, as the first part of a model's id.
const OTHERS: &[&str] = &[
    "ai21",
    "amazon",
    "cohere",
    "deepseek",
    "google",
    "luma",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "moonshotai",
    "nvidia",
    "qwen",
    "stability",
    "twelvelabs",
    "writer",
    "zai",
];

impl Vendor {
    /// From a model id, with or without the region of an inference profile in front
    /// (`anthropic.claude-…`, `us.amazon.nova-pro-v1:0`), or an ARN that ends in one.
    pub(super) fn of(model: &str) -> Self {
        let id = model.rsplit('/').next().unwrap_or(model);
        let parts = || id.split('.');
        if parts().any(|it| it == "anthropic") {
            Self::Claude
        } else if parts().any(|it| it == "openai") {
            Self::OpenAi
        } else if id.contains("amazon.nova") {
            Self::Nova
        } else if parts().take(2).any(|it| OTHERS.contains(&it)) {
            Self::Other
        } else {
            Self::Claude
        }
    }
}
