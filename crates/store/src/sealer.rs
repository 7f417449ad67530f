//! Secrets sealed for the database: envelope encryption that ties each ciphertext to its place.
//!
//! A sealed value is `1 | key id (8) | nonce (12) | data key sealed with the master key (48) | nonce (12) | secret sealed
//! with the data key`. Both seals are AES-256-GCM with `table|record id|field|key id` as associated data, so a ciphertext
//! opens in its own row and column only. A data key is random and used once.

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Error, Result};
use crate::master_key::MasterKey;

#[cfg(test)]
mod tests;

const FORMAT: u8 = 1;
const NONCE: usize = 12;
const WRAPPED: usize = 32 + 16;

/// Where a secret is kept.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) record: &'a str,
    pub(crate) field: &'static str,
}

/// Seals and opens with one master key.
#[derive(Clone)]
pub(crate) struct Sealer {
    cipher: Aes256Gcm,
    key_id: [u8; 8],
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", hex::encode(self.key_id))
    }
}

impl Sealer {
    pub(crate) fn new(key: &MasterKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"pointsman master key id");
        hash.update(key.bytes());
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(hash.finalize());
        Self { cipher: cipher(key.bytes()), key_id: [a, b, c, d, e, f, g, h] }
    }

    pub(crate) fn seal(&self, place: Place<'_>, secret: &SecretString) -> Vec<u8> {
        let context = self.context(place);
        let mut data_key = Zeroizing::new([0; 32]);
        fill(data_key.as_mut());
        let mut sealed = vec![FORMAT];
        sealed.extend(self.key_id);
        seal_with(&self.cipher, data_key.as_ref(), &context, &mut sealed);
        seal_with(&cipher(&data_key), secret.expose_secret().as_bytes(), &context, &mut sealed);
        sealed
    }

    /// [`Error::Sealed`] when it was sealed with another key, for another place, or changed since.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString> {
        let bytes = self.open_bytes(place, sealed).ok_or(Error::Sealed)?;
        let text = String::from_utf8(bytes).map_err(|error| {
            error.into_bytes().zeroize();
            Error::Sealed
        })?;
        Ok(SecretString::from(text))
    }

    fn open_bytes(&self, place: Place<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let context = self.context(place);
        let rest = sealed.strip_prefix(&[FORMAT])?.strip_prefix(&self.key_id)?;
        let (wrapped, rest) = rest.split_at_checked(NONCE + WRAPPED)?;
        let data_key = Zeroizing::new(open_with(&self.cipher, wrapped, &context)?);
        open_with(&cipher(data_key.as_slice().try_into().ok()?), rest, &context)
    }

    fn context(&self, Place { table, record, field }: Place<'_>) -> Vec<u8> {
        format!("{table}|{record}|{field}|{}", hex::encode(self.key_id)).into_bytes()
    }
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(key.into())
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

/// Appends nonce and ciphertext.
fn seal_with(cipher: &Aes256Gcm, msg: &[u8], aad: &[u8], out: &mut Vec<u8>) {
    let mut nonce = [0; NONCE];
    fill(&mut nonce);
    let sealed = cipher.encrypt(&nonce.into(), Payload { msg, aad });
    out.extend(nonce);
    out.extend(sealed.expect("a secret is far below the 64 GiB that AES-GCM can seal"));
}

fn open_with(cipher: &Aes256Gcm, sealed: &[u8], aad: &[u8]) -> Option<Vec<u8>> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>()?;
    cipher.decrypt(nonce.into(), Payload { msg, aad }).ok()
}
