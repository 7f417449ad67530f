//! What is known of a model from its name, where the same request is taken by one Claude and refused by another.

/// A version of Claude, as far as requests differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

/// Which Claude a model is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claude {
    /// Of this version.
    Of(Version),
    /// A Claude without a number (`claude-mythos-preview`): taken for a new one.
    Unnumbered,
    /// Another model behind Anthropic's format: nothing is known, so nothing is refused for it.
    No,
}

const fn version(major: u32, minor: u32) -> Version {
    Version { major, minor }
}

impl Claude {
    /// From a model's name: `claude-opus-4-6`, `claude-3-5-haiku-20241022`, `claude-sonnet-4@20250514`,
    /// `us.anthropic.claude-opus-4-5-20251101-v1:0`.
    pub(crate) fn of(model: &str) -> Self {
        let Some((_, rest)) = model.split_once("claude-") else { return Self::No };
        let numbers = rest.split(['-', '@', '.', ':']).map(|it| it.parse::<u32>().ok());
        let mut numbers =
            numbers.skip_while(Option::is_none).map_while(|it| it.filter(|it| *it < 1000));
        match numbers.next() {
            Some(major) => Self::Of(version(major, numbers.next().unwrap_or(0))),
            None => Self::Unnumbered,
        }
    }

    fn is_from(self, first: Version) -> bool {
        match self {
            Self::Of(this) => this >= first,
            Self::Unnumbered => true,
            Self::No => false,
        }
    }

    /// Temperature and `top_p`, if given, are the defaults, and there is no `top_k`: models after Claude Opus 4.6.
    pub(super) fn has_no_sampling(self) -> bool {
        self.is_from(version(4, 7))
    }

    /// Takes temperature or `top_p`, but not both: from Claude Opus 4.1 on.
    pub(super) fn draws_one_way(self) -> bool {
        self.is_from(version(4, 1))
    }

    /// Thinks as much as it likes within an effort (`adaptive`): from Claude 4.6 on.
    pub(crate) fn adapts(self) -> bool {
        self.is_from(version(4, 6))
    }

    /// Takes no budget of thinking any more: from Claude Opus 4.7 on.
    pub(crate) fn has_no_budget(self) -> bool {
        self.is_from(version(4, 7))
    }

    /// Takes system messages within the conversation: from Claude Opus 4.8 on.
    pub(crate) fn takes_system_within(self) -> bool {
        self.is_from(version(4, 8))
    }
}

#[cfg(test)]
mod tests {
    use super::{Claude, version};

    #[test]
    fn a_name_tells_the_version() {
        for (name, major, minor) in [
            ("claude-opus-4-6", 4, 6),
            ("claude-3-5-haiku-20241022", 3, 5),
            ("claude-3-opus-20240229", 3, 0),
            ("claude-sonnet-4-20250514", 4, 0),
            ("claude-sonnet-4@20250514", 4, 0),
            ("us.anthropic.claude-opus-4-5-20251101-v1:0", 4, 5),
            ("anthropic/claude-opus-4.6", 4, 6),
            ("claude-fable-5-2", 5, 2),
            ("claude-sonnet-5", 5, 0),
        ] {
            assert_eq!(Claude::of(name), Claude::Of(version(major, minor)), "{name}");
        }
        assert_eq!(Claude::of("claude-mythos-preview"), Claude::Unnumbered);
        assert_eq!(Claude::of("deepseek-chat"), Claude::No);
    }

    #[test]
    fn nothing_is_known_of_other_models() {
        let other = Claude::of("kimi-k3");
        assert!(!other.has_no_sampling() && !other.adapts() && !other.draws_one_way());
        assert!(Claude::of("claude-mythos-preview").has_no_sampling());
        assert!(!Claude::of("claude-opus-4-6").has_no_sampling());
    }
}
