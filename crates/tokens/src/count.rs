//! The tokens of a chat request, piece by piece.

use crate::sample;
use crate::scale::Scale;

/// Of a message, whatever is in it, its role included (OpenAI's cookbook, "How to count tokens with tiktoken").
const MESSAGE: u64 = 4;
/// Of a message's `name`, besides its text.
const NAME: u64 = 1;
/// Every answer is primed with this many.
const ANSWER: u64 = 3;
/// An image in low detail.
const IMAGE_LOW: u64 = 85;
/// An image in high detail: 85, and 170 for each of the 8 tiles of the largest one.
const IMAGE_HIGH: u64 = 1445;
/// Base64 of sound that makes a token: ten tokens a second, and 7.5 kB a second, which is low for speech.
const SOUND: u64 = 1024;

/// How closely an image is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// `low`.
    Low,
    /// `high`, `auto`, or not said.
    High,
}

/// What a request holds, to be counted at its end.
#[derive(Debug, Default)]
pub struct Count<'b> {
    fixed: u64,
    texts: Vec<&'b str>,
}

impl<'b> Count<'b> {
    /// One message more.
    pub fn message(&mut self) {
        self.fixed = self.fixed.saturating_add(MESSAGE);
    }

    /// A message has a name; its text is counted with [`Count::text`].
    pub fn name(&mut self) {
        self.fixed = self.fixed.saturating_add(NAME);
    }

    /// Text as it stands in JSON: a string without its quotes, or any value.
    pub fn text(&mut self, raw: &'b str) {
        self.texts.push(raw);
    }

    /// An image, of whatever size.
    pub fn image(&mut self, detail: Detail) {
        let tokens = match detail {
            Detail::Low => IMAGE_LOW,
            Detail::High => IMAGE_HIGH,
        };
        self.fixed = self.fixed.saturating_add(tokens);
    }

    /// Sound or a file: so many bytes of base64.
    pub fn data(&mut self, bytes: u64) {
        self.fixed = self.fixed.saturating_add(bytes.div_ceil(SOUND));
    }

    /// Tokens that somebody else has counted.
    pub fn counted(&mut self, tokens: u64) {
        self.fixed = self.fixed.saturating_add(tokens);
    }

    /// All tokens, for a model of this scale.
    #[must_use]
    pub fn tokens(&self, scale: Scale) -> u64 {
        let texts = sample::tokens(scale, &self.texts);
        texts.saturating_add(self.fixed).saturating_add(ANSWER)
    }
}
