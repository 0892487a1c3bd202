//! Sealing: what is secret is stored so that only a master key opens it, and only where it was put.
//!
//! Sealed bytes are the format's version (1 byte), the id of the key (8 bytes), the nonce (24 bytes), and the ciphertext of
//! XChaCha20-Poly1305 with its tag (16 bytes more than the plain text). The nonce is random: at 192 bits, no number of
//! rows makes two alike.

mod key;
#[cfg(test)]
mod tests;

use std::{iter, sync::Arc};

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305, XNonce};
use greenhouse_core::AccountId;
use secrecy::zeroize::Zeroizing;

pub use self::key::{KeyId, MasterKey, MasterKeyError, NoRandomness};

/// The master keys of a host: the first seals, all of them open. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MasterKeys(Arc<Keys>);

#[derive(Debug)]
struct Keys {
    current: MasterKey,
    previous: Vec<MasterKey>,
}

impl MasterKeys {
    /// Seals with `current`, and opens what `previous` keys sealed, too. A key that is given twice counts once.
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

    /// The key that seals.
    pub fn current_key_id(&self) -> KeyId {
        self.0.current.id()
    }

    /// Every key that opens, the one that seals first.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        self.keys().map(MasterKey::id)
    }

    /// Seals a text for the one place that it will open at. Sealing it again gives other bytes.
    ///
    /// # Errors
    ///
    /// [`SealError::NoRandomness`], and [`SealError::TooLong`] beyond 256 GiB.
    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = &self.0.current;
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut text = Zeroizing::new(Vec::with_capacity(plain.len().saturating_add(TAG)));
        text.extend_from_slice(plain);
        cipher(key)
            .encrypt_in_place(&XNonce::from(nonce), &place.bound_to(key.id()), &mut *text)
            .map_err(|_| SealError::TooLong)?;
        let mut sealed = Vec::with_capacity(HEADER + NONCE + text.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&key.id().to_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what was sealed for this place. The plain text is wiped when it is dropped.
    ///
    /// # Errors
    ///
    /// [`SealError`] where it is not what was sealed, or was sealed for another place or with a key that is not here.
    pub(crate) fn open(
        &self,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (id, nonce, text) = parts(sealed)?;
        let key = self
            .keys()
            .find(|key| key.id() == id)
            .ok_or(SealError::UnknownKey(id))?;
        let mut plain = Zeroizing::new(text.to_vec());
        cipher(key)
            .decrypt_in_place(&XNonce::from(nonce), &place.bound_to(id), &mut *plain)
            .map_err(|_| SealError::Damaged)?;
        Ok(plain)
    }

    fn keys(&self) -> impl Iterator<Item = &MasterKey> {
        iter::once(&self.0.current).chain(&self.0.previous)
    }
}

/// Which key sealed these bytes.
///
/// # Errors
///
/// [`SealError::UnknownVersion`] and [`SealError::TooShort`].
#[cfg(test)]
pub(crate) fn key_id_of(sealed: &[u8]) -> Result<KeyId, SealError> {
    parts(sealed).map(|(id, ..)| id)
}

/// Where sealed bytes belong. Bytes that were moved to another place do not open.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Whose they are.
    pub(crate) account: &'a AccountId,
    /// `table.column`.
    pub(crate) column: &'static str,
    /// The key of the row within the account's.
    pub(crate) row: &'a str,
}

impl Place<'_> {
    /// Each part with its length before it, so that no two places read alike.
    fn bound_to(&self, key: KeyId) -> Vec<u8> {
        let mut bound = vec![VERSION];
        bound.extend_from_slice(&key.to_bytes());
        for part in [self.account.as_str(), self.column, self.row] {
            bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        bound
    }
}

/// Why bytes cannot be sealed or opened. Says nothing of what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SealError {
    /// The operating system gave no nonce.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
    /// The cipher has an end.
    #[error("the text is too long to be sealed")]
    TooLong,
    /// Fewer bytes than an empty text has.
    #[error("the sealed bytes are too short")]
    TooShort,
    /// Written by a newer version, or no sealed bytes at all.
    #[error("the sealed bytes are of format {0}, which is not known here")]
    UnknownVersion(u8),
    /// Sealed with a key that this host was not given.
    #[error("the sealed bytes need master key {0}, which is not here")]
    UnknownKey(KeyId),
    /// Not what was sealed, or not where it was put. Which of them is not told apart.
    #[error("the sealed bytes are damaged or in another place")]
    Damaged,
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

/// The key id, the nonce, and the ciphertext with its tag.
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
