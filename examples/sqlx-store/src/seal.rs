//! Authenticated encryption of stored secrets. Each value is bound to its row and column.
//!
//! A sealed value consists of the format version (1 byte), the key id (8 bytes), the nonce (24
//! bytes), and the ciphertext of XChaCha20-Poly1305 with its tag (16 bytes). The nonce is random;
//! at 192 bits, a collision is not a practical concern.

mod key;
#[cfg(test)]
mod tests;

use std::{iter, sync::Arc};

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use greenhouse_core::AccountId;
use secrecy::zeroize::Zeroizing;

pub use self::key::{KeyId, MasterKey, MasterKeyError, NoRandomness};

/// Master keys of a host. Only the current key encrypts; every key can decrypt. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MasterKeys(Arc<Keys>);

#[derive(Debug)]
struct Keys {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl MasterKeys {
    /// Creates a set of keys that encrypts with `current` and decrypts with all keys. Drops
    /// duplicates.
    pub fn new(current: MasterKey, previous: impl IntoIterator<Item = MasterKey>) -> Self {
        let mut known = vec![current.id()];
        let mut previous: Vec<_> = previous.into_iter().collect();
        previous.retain(|key| {
            let new = !known.contains(&key.id());
            known.push(key.id());
            new
        });
        Self(Arc::new(Keys { current, previous }))
    }

    /// Returns the id of the key that encrypts.
    pub fn current_key_id(&self) -> KeyId {
        self.0.current.id()
    }

    /// Returns the ids of all keys, starting with the current one.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys().map(MasterKey::id)
    }

    /// Encrypts a value for one context. Each call returns different bytes.
    ///
    /// # Errors
    ///
    /// [`SealError::NoRandomness`], or [`SealError::TooLong`] beyond 256 GiB.
    pub(crate) fn seal(
        &self,
        context: &SealContext<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        let key = &self.0.current;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut text = Zeroizing::new(Vec::with_capacity(plain.len().saturating_add(TAG)));
        text.extend_from_slice(plain);
        cipher(key)
            .encrypt_in_place(
                &XNonce::from(nonce),
                &context.associated_data(key.id()),
                &mut *text,
            )
            .map_err(|_| SealError::TooLong)?;
        let mut sealed = Vec::with_capacity(HEADER + NONCE + text.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id().to_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Decrypts a value that was sealed for this context. The plain text is wiped on drop.
    ///
    /// # Errors
    ///
    /// [`SealError`] if the value is damaged, belongs to another context, or needs an unknown key.
    pub(crate) fn open(
        &self,
        context: &SealContext<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (id, nonce, text) = parts(sealed)?;
        let key = self
            .keys()
            .find(|key| key.id() == id)
            .ok_or(SealError::UnknownKey(id))?;
        let mut plain = Zeroizing::new(text.to_vec());
        cipher(key)
            .decrypt_in_place(
                &XNonce::from(nonce),
                &context.associated_data(id),
                &mut *plain,
            )
            .map_err(|_| SealError::Damaged)?;
        Ok(plain)
    }

    /// Encrypts a value that the host gives away and receives again, such as a cookie. Each purpose
    /// has its own values.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] if the operating system provides no random bytes.
    pub fn seal_for(&self, purpose: &'static str, plain: &[u8]) -> Result<Vec<u8>, NoRandomness> {
        let nowhere = AccountId::new("");
        let context = outside(&nowhere, purpose);
        self.seal(&context, plain).map_err(|_| NoRandomness)
    }

    /// Decrypts a value that a host with one of these keys has sealed for this purpose. `None` if
    /// the value was changed, has another purpose, or requires an unknown key.
    pub fn open_for(&self, purpose: &'static str, sealed: &[u8]) -> Option<Vec<u8>> {
        let nowhere = AccountId::new("");
        let opened = self.open(&outside(&nowhere, purpose), sealed).ok()?;
        Some(opened.to_vec())
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        iter::once(&self.0.current).chain(&self.0.previous)
    }
}

/// Returns the id of the key that sealed these bytes.
///
/// # Errors
///
/// [`SealError::UnknownVersion`] or [`SealError::TooShort`].
#[cfg(test)]
pub(crate) fn key_id_of(sealed: &[u8]) -> Result<KeyId, SealError> {
    parts(sealed).map(|(id, ..)| id)
}

/// The row and column of a sealed value. Values that are moved elsewhere cannot be decrypted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealContext<'a> {
    /// Account of the row.
    pub(crate) account: &'a AccountId,
    /// Table and column, in the form `table.column`.
    pub(crate) column: &'static str,
    /// Key of the row within the account.
    pub(crate) row: &'a str,
}

impl SealContext<'_> {
    /// Returns the associated data. Each part is prefixed with its length, so that no two contexts
    /// produce the same bytes.
    fn associated_data(&self, key: KeyId) -> Vec<u8> {
        let mut data = vec![VERSION];
        data.extend_from_slice(&key.to_bytes());
        for part in [self.account.as_str(), self.column, self.row] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// Returns the context of a value outside of the database. No row belongs to the empty account.
fn outside<'a>(nowhere: &'a AccountId, purpose: &'static str) -> SealContext<'a> {
    SealContext {
        account: nowhere,
        column: purpose,
        row: "",
    }
}

/// Error from sealing or opening a value. Contains none of the value's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SealError {
    /// The operating system provided no random bytes for the nonce.
    #[error("could not get random bytes from the operating system")]
    NoRandomness,
    /// The value exceeds the cipher's limit.
    #[error("the value is too long to seal")]
    TooLong,
    /// The value is shorter than a sealed empty value.
    #[error("the sealed value is too short")]
    TooShort,
    /// A newer version wrote the bytes, or they are not a sealed value.
    #[error("the sealed value has unknown format {0}, expected {VERSION}")]
    UnknownVersion(u8),
    /// The value is sealed with a key that this host does not have.
    #[error("the sealed value requires master key {0}, which was not provided")]
    UnknownKey(KeyId),
    /// The value or its row was changed.
    #[error("the sealed value is damaged or belongs to another row")]
    Damaged,
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// Splits a sealed value into key id, nonce, and ciphertext with tag.
fn parts(sealed: &[u8]) -> Result<(KeyId, [u8; NONCE], &[u8]), SealError> {
    let (version, rest) = sealed.split_first().ok_or(SealError::TooShort)?;
    if *version != VERSION {
        return Err(SealError::UnknownVersion(*version));
    }
    let (id, rest) = rest.split_first_chunk().ok_or(SealError::TooShort)?;
    let (nonce, text) = rest.split_first_chunk().ok_or(SealError::TooShort)?;
    if text.len() < TAG {
        return Err(SealError::TooShort);
    }
    Ok((KeyId::from_bytes(*id), *nonce, text))
}

const VERSION: u8 = 1;
const HEADER: usize = 1 + KeyId::LENGTH;
const NONCE: usize = 24;
const TAG: usize = 16;
