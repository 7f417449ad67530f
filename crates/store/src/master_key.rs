//! The key that the operator keeps and that opens everything sealed in the database.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use secrecy::SecretString;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 bytes that seal provider keys: AES-256-GCM with a fresh data key for every record.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(***)")
    }
}

impl MasterKey {
    /// Reads 64 hex digits, or base64 (either alphabet, padded or not) of 32 bytes; surrounding white space is ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut key = Self([0; 32]);
        if text.len() == 64 {
            hex::decode_to_slice(text, &mut key.0).ok()?;
            return Some(key);
        }
        let padded = Zeroizing::new(format!("{}=", text.trim_end_matches('=')));
        let bytes =
            STANDARD.decode(padded.as_bytes()).or_else(|_| URL_SAFE.decode(padded.as_bytes()));
        let bytes = Zeroizing::new(bytes.ok()?);
        key.0 = bytes.as_slice().try_into().ok()?;
        Some(key)
    }

    /// A new random key.
    #[must_use]
    pub fn generate() -> Self {
        let mut key = Self([0; 32]);
        getrandom::fill(&mut key.0).expect("the operating system gives random bytes");
        key
    }

    /// 64 hex digits, to write into the key file; [`MasterKey::parse`] reads them back.
    #[must_use]
    pub fn to_hex(&self) -> SecretString {
        SecretString::from(hex::encode(self.0))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
