//! The gateway of `docs/problems.md`. The integration tests include this file too, hence `super` instead of a crate.

use super::{Known, ProviderState};

/// What `docs/problems.md` says its gateway has: providers named for their state. Models whose name begins with `unpriced` have no price, those with `unheard` are in no catalogue.
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
}
