//! What an answer is kept under: a digest of who asks, and one of that and what is asked.
//!
//! Every part goes into the digest with a tag and its length, so that no two different lists of parts are the same bytes.

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Who asks. Answers of one are never given to another.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The account served.
    pub account: &'a str,
    /// The gateway called.
    pub gateway: &'a str,
    /// Which gateway of that name it is, and, if updates are to invalidate, as which update left it.
    pub generation: i64,
    /// In whose name.
    pub caller: Caller<'a>,
}

/// In whose name is asked.
#[derive(Clone, Copy)]
pub enum Caller<'a> {
    /// A token of ours, by its id.
    Token(&'a str),
    /// A token of ours, by its id, with a provider key of its own.
    TokenWithKey {
        /// The token's id.
        token: &'a str,
        /// The key; only a digest of it is kept.
        key: &'a str,
    },
    /// No token but a provider key of its own; only a digest of it is kept.
    ProviderKey(&'a str),
    /// Anybody, on a gateway that asks nobody for a token.
    Anonymous,
}

/// What is asked. All of it but [`What::asked`] decides which form the answer has, and is a part of the key whatever the caller says.
#[derive(Clone, Copy, Debug)]
pub struct What<'a> {
    /// The way in, or the format.
    pub way: &'a str,
    /// The provider's slug.
    pub provider: &'a str,
    /// The model, as the provider names it.
    pub model: &'a str,
    /// Where the provider is asked.
    pub target: &'a str,
    /// An answer in events.
    pub stream: bool,
    /// Headers that change the answer, in an order that does not depend on the request.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The question.
    pub asked: Asked<'a>,
}

/// The question, in the caller's bytes or under its own name for it.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// The body, in pieces; how it is cut makes no difference.
    Body(&'a [Bytes]),
    /// `cf-aig-cache-key`.
    Named(&'a str),
}

/// See the module. Two keys are equal only when who asks and what is asked are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub(crate) who: [u8; 32],
    pub(crate) id: [u8; 32],
}

impl Key {
    /// The key of one question of one caller.
    #[must_use]
    pub fn new(who: &Who<'_>, what: &What<'_>) -> Self {
        let who = who.digest();
        let mut parts = Parts::new(b"what");
        parts.add(0, &who);
        parts.add(1, what.way.as_bytes());
        parts.add(2, what.provider.as_bytes());
        parts.add(3, what.model.as_bytes());
        parts.add(4, what.target.as_bytes());
        parts.add(5, &[u8::from(what.stream)]);
        for (name, value) in what.headers {
            parts.add(6, name.as_bytes());
            parts.add(7, value);
        }
        match what.asked {
            Asked::Body(pieces) => parts.add_pieces(8, pieces),
            Asked::Named(name) => parts.add(9, name.as_bytes()),
        }
        Self { who, id: parts.end() }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.id))
    }
}

impl fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(id) => f.debug_tuple("Token").field(id).finish(),
            Self::TokenWithKey { token, .. } => {
                f.debug_struct("TokenWithKey").field("token", token).finish_non_exhaustive()
            }
            Self::ProviderKey(_) => f.write_str("ProviderKey(..)"),
            Self::Anonymous => f.write_str("Anonymous"),
        }
    }
}

impl Who<'_> {
    fn digest(&self) -> [u8; 32] {
        let mut parts = Parts::new(b"who");
        parts.add(0, self.account.as_bytes());
        parts.add(1, self.gateway.as_bytes());
        parts.add(2, &self.generation.to_le_bytes());
        match self.caller {
            Caller::Token(id) => parts.add(3, id.as_bytes()),
            Caller::TokenWithKey { token, key } => {
                parts.add(4, token.as_bytes());
                parts.add(5, key.as_bytes());
            }
            Caller::ProviderKey(key) => parts.add(5, key.as_bytes()),
            Caller::Anonymous => parts.add(6, b""),
        }
        parts.end()
    }
}

/// As it is written in the name of an entry.
pub(crate) fn hex(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |it: u8| char::from(DIGITS.get(usize::from(it)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|it| [digit(it >> 4), digit(it & 15)]).collect()
}

/// Parts under digestion.
struct Parts(Sha256);

impl Parts {
    fn new(of: &[u8]) -> Self {
        let mut parts = Self(Sha256::new());
        parts.add(u8::MAX, of);
        parts
    }

    fn add(&mut self, tag: u8, part: &[u8]) {
        self.head(tag, part.len());
        self.0.update(part);
    }

    fn add_pieces(&mut self, tag: u8, pieces: &[Bytes]) {
        self.head(tag, pieces.iter().map(Bytes::len).sum());
        for piece in pieces {
            self.0.update(piece);
        }
    }

    fn head(&mut self, tag: u8, length: usize) {
        self.0.update([tag]);
        self.0.update(u64::try_from(length).unwrap_or(u64::MAX).to_le_bytes());
    }

    fn end(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
