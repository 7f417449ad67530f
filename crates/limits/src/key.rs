//! The name of a bucket, bounded in length, and the hash of the maps it is kept in.

use std::borrow::Cow;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Names a bucket; the caller decides what is in it.
///
/// Up to 256 bytes are kept as they are, so that two tenants never share a bucket by a hash collision. A longer key is kept
/// as its first 225 bytes and the SHA-256 of the whole, which bounds memory and is longer than any key kept whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub Arc<[u8]>);

impl Key {
    const WHOLE: usize = 256;
    const HEAD: usize = 225;
    const DIGEST: usize = 32;

    /// A key of these bytes.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Arc::from(bytes.as_ref()))
    }

    /// The form that is stored: this key, or its digest when it is long.
    #[must_use]
    pub fn bounded(&self) -> Cow<'_, Self> {
        if self.0.len() <= Self::WHOLE {
            return Cow::Borrowed(self);
        }
        let head = self.0.iter().take(Self::HEAD).copied();
        Cow::Owned(Self(head.chain(Sha256::digest(&self.0)).collect()))
    }

    /// What a key in the form that is stored says of the whole: its bytes, and whether they are only the beginning.
    #[must_use]
    pub fn known(&self) -> (&[u8], bool) {
        match self.0.get(..Self::HEAD) {
            Some(head) if self.0.len() == Self::HEAD + Self::DIGEST => (head, true),
            _ => (&self.0, false),
        }
    }
}

/// Builds [`KeyHasher`]s with a seed of this process, so that nobody can prepare keys that collide.
#[derive(Clone, Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new() -> Self {
        Self(RandomState::new().hash_one(0_u8))
    }
}

impl BuildHasher for Seeded {
    type Hasher = KeyHasher;
    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(self.0)
    }
}

/// xxh3, one pass a write, chained by the seed.
#[derive(Debug)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64_with_seed(bytes, self.0);
    }
    fn write_usize(&mut self, length: usize) {
        // The length prefix of a slice: the bytes that follow are hashed with their length anyway.
        self.0 ^= u64::try_from(length).unwrap_or(u64::MAX);
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
