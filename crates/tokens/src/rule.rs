//! Tokens by bytes, where no vocabulary is to be had.

/// Bytes a token has, in hundredths, by what the bytes are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    /// Letters, digits and white space of ASCII.
    words: u64,
    /// The rest of ASCII.
    signs: u64,
    /// Everything else, which has two to four bytes a character.
    others: u64,
}

impl Rule {
    /// Llama 3, Qwen 2, Mistral v3, `DeepSeek` v3, Kimi K2, GLM 4, `MiniMax` M2: vocabularies of 100,000 tokens and more.
    pub(crate) const OTHER: Self = Self { words: 440, signs: 170, others: 250 };
    /// The published vocabulary of Claude 2; nothing is published for later ones.
    pub(crate) const CLAUDE: Self = Self { words: 420, signs: 160, others: 190 };
    /// `SmolLM2`.
    pub(crate) const SMALL: Self = Self { words: 400, signs: 160, others: 145 };

    /// Rounded up.
    pub(crate) fn tokens(self, text: &str) -> u64 {
        let (mut words, mut signs, mut others) = (0_u64, 0_u64, 0_u64);
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'\n' | b'\r' | b'\t' => {
                    words += 1;
                }
                0..=127 => signs += 1,
                _ => others += 1,
            }
        }
        let part = |bytes: u64, rate: u64| bytes.saturating_mul(100_000) / rate;
        let all = [part(words, self.words), part(signs, self.signs), part(others, self.others)];
        all.into_iter().fold(0, u64::saturating_add).div_ceil(1000)
    }
}
