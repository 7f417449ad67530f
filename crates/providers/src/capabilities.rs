//! What a model can do, as far as somebody has said so.

/// Something that a model may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Feature {
    /// Calling tools.
    Tools,
    /// Calling several tools in one reply.
    ParallelTools,
    /// Being told which tool to call.
    ToolChoice,
    /// Looking at images.
    Images,
    /// Answering in JSON of a given schema.
    JsonSchema,
    /// Reasoning before it answers, as much as it is told to.
    Reasoning,
    /// Listening to sound.
    AudioInput,
    /// Answering in sound.
    AudioOutput,
    /// Reading files, such as PDF.
    Files,
    /// Reading a prompt's beginning from a cache.
    PromptCaching,
}

impl Feature {
    /// Every feature.
    pub const ALL: [Self; 10] = [
        Self::Tools,
        Self::ParallelTools,
        Self::ToolChoice,
        Self::Images,
        Self::JsonSchema,
        Self::Reasoning,
        Self::AudioInput,
        Self::AudioOutput,
        Self::Files,
        Self::PromptCaching,
    ];

    /// Its name in price lists and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::ParallelTools => "parallel_tools",
            Self::ToolChoice => "tool_choice",
            Self::Images => "images",
            Self::JsonSchema => "json_schema",
            Self::Reasoning => "reasoning",
            Self::AudioInput => "audio_input",
            Self::AudioOutput => "audio_output",
            Self::Files => "files",
            Self::PromptCaching => "prompt_caching",
        }
    }

    /// The feature of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// What is known of a model's abilities. Of most features of most models nothing is: that is not a no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    can: u16,
    cannot: u16,
}

impl Capabilities {
    /// Whether the model has this feature; `None`: nobody has said.
    #[must_use]
    pub const fn has(self, feature: Feature) -> Option<bool> {
        match (self.can & feature.bit() != 0, self.cannot & feature.bit() != 0) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        }
    }

    /// Whether somebody has said that the model does not have this feature.
    #[must_use]
    pub const fn lacks(self, feature: Feature) -> bool {
        matches!(self.has(feature), Some(false))
    }

    /// The same with this said of one feature.
    #[must_use]
    pub const fn with(self, feature: Feature, has: bool) -> Self {
        let (can, cannot) = (self.can & !feature.bit(), self.cannot & !feature.bit());
        if has {
            Self { can: can | feature.bit(), cannot }
        } else {
            Self { can, cannot: cannot | feature.bit() }
        }
    }

    /// The same, and what `below` says of features of which nothing is said here.
    #[must_use]
    pub const fn over(self, below: Self) -> Self {
        let said = self.can | self.cannot;
        Self { can: self.can | below.can & !said, cannot: self.cannot | below.cannot & !said }
    }

    /// Names of the features it has, and of those it has not, in the order of [`Feature::ALL`].
    #[must_use]
    pub fn names(self) -> (Vec<&'static str>, Vec<&'static str>) {
        let named = |has| {
            let all = Feature::ALL.into_iter().filter(move |it| self.has(*it) == Some(has));
            all.map(Feature::as_str).collect()
        };
        (named(true), named(false))
    }
}

/// Which kind of calls a model is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Conversations.
    #[default]
    Chat,
    /// Conversations, over the Responses API alone.
    Responses,
    /// Vectors for texts.
    Embeddings,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Responses, Self::Embeddings];

    /// Its name in price lists.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Embeddings => "embeddings",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Capabilities, Feature};

    #[test]
    fn what_nobody_has_said_is_neither_yes_nor_no() {
        let nothing = Capabilities::default();
        assert!(Feature::ALL.into_iter().all(|it| nothing.has(it).is_none() && !nothing.lacks(it)));
        let some = nothing.with(Feature::Tools, true).with(Feature::Images, false);
        assert_eq!(some.has(Feature::Tools), Some(true));
        assert_eq!(some.has(Feature::Images), Some(false));
        assert_eq!(some.has(Feature::Files), None);
        assert_eq!(some.names(), (vec!["tools"], vec!["images"]));
        assert!(!some.with(Feature::Images, true).lacks(Feature::Images));
    }

    #[test]
    fn what_is_said_above_holds_and_the_rest_is_taken_from_below() {
        let above = Capabilities::default().with(Feature::Tools, false);
        let below = Capabilities::default().with(Feature::Tools, true).with(Feature::Files, true);
        let both = above.over(below);
        assert_eq!(both.names(), (vec!["files"], vec!["tools"]));
    }

    #[test]
    fn names_lead_back_to_their_features() {
        for feature in Feature::ALL {
            assert_eq!(Feature::named(feature.as_str()), Some(feature));
        }
        assert_eq!(Feature::named("magic"), None);
    }
}
