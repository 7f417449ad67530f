//! The gateway of `docs/problems.md`. The integration tests include this file too, hence `super` instead of a crate.

use super::{Known, Need, ProviderState};

/// What `docs/problems.md` says its gateway has: providers named for their state. Models whose name begins with `unpriced` have no price, those with `unheard` are in no catalogue, `plain` ones can do nothing but text, and `blind` ones do not look at images.
pub(crate) struct Gateway;

impl Known for Gateway {
    fn provider(&self, slug: &str) -> ProviderState {
        match slug {
            "openai" | "echo" => ProviderState::Ready,
            "keyless" => ProviderState::NoKey,
            "anthropic" => {
                ProviderState::Unsupported("its protocol is not translated yet".to_owned())
            }
            _ => ProviderState::Unknown,
        }
    }

    fn has_price(&self, _: &str, model: &str) -> bool {
        !model.starts_with("unpriced") && !model.starts_with("unheard")
    }

    fn has_model(&self, _: &str, model: &str) -> bool {
        !model.starts_with("unheard")
    }

    fn lacks(&self, _: &str, model: &str, need: Need) -> bool {
        model.starts_with("plain") || model.starts_with("blind") && need == Need::Images
    }
}
