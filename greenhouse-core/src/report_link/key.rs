//! Keys that sign report links.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{MintError, Secret, SecretProblem, random::random_hex};

/// Signing key for report links, with its key schedule. Debug shows only the id.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "KeyForm")]
pub struct ReportLinkKey {
    id: String,
    secret: Secret,
    #[serde(skip)]
    mac: Hmac<Sha256>,
}

impl ReportLinkKey {
    /// Creates a key with this id and secret. The id is readable in every link.
    ///
    /// # Errors
    ///
    /// [`ReportLinkKeyError`] if the id is empty, or the secret has fewer than 32 bytes or fails
    /// [`Secret::check`].
    pub fn new(id: impl Into<String>, secret: Secret) -> Result<Self, ReportLinkKeyError> {
        let key = Self::from_stored(id, secret)?;
        key.secret.check().map_err(ReportLinkKeyError::Secret)?;
        Ok(key)
    }

    /// Creates a key whose secret is already stored. Checks only the id and the length of the
    /// secret.
    pub(crate) fn from_stored(
        id: impl Into<String>,
        secret: Secret,
    ) -> Result<Self, ReportLinkKeyError> {
        let id = id.into();
        if id.is_empty() {
            return Err(ReportLinkKeyError::EmptyId);
        }
        let bytes = secret.expose().as_bytes();
        if bytes.len() < MIN_SECRET_BYTES {
            return Err(ReportLinkKeyError::ShortSecret);
        }
        let mut mac =
            Hmac::<Sha256>::new_from_slice(bytes).map_err(|_| ReportLinkKeyError::ShortSecret)?;
        mac.update(DOMAIN);
        Ok(Self { id, secret, mac })
    }

    /// Mints a key of 256 random bits with this id.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system returns no random bytes, or the id is empty.
    pub fn mint(id: impl Into<String>) -> Result<Self, MintError> {
        Self::new(id, Secret::new(random_hex()?)).map_err(|_| MintError)
    }

    /// Id of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Secret of the key.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    pub(super) fn sign(&self, payload: &[u8]) -> [u8; 32] {
        self.over(payload).finalize().into_bytes().into()
    }

    /// Compares in constant time.
    pub(super) fn verifies(&self, payload: &[u8], signature: &[u8]) -> bool {
        self.over(payload).verify_slice(signature).is_ok()
    }

    fn over(&self, payload: &[u8]) -> Hmac<Sha256> {
        self.mac.clone().chain_update(payload)
    }
}

/// Ignores the key schedule, which is derived from the secret.
impl PartialEq for ReportLinkKey {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.secret == other.secret
    }
}

impl fmt::Debug for ReportLinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportLinkKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Reason why a report link key is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportLinkKeyError {
    /// The id is empty.
    #[error("the report link key has an empty id")]
    EmptyId,
    /// The secret is too short.
    #[error("the report link secret is shorter than 32 bytes")]
    ShortSecret,
    /// The secret contains a space or an invisible character.
    #[error("the report link secret is invalid: {0}")]
    Secret(SecretProblem),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyForm {
    id: String,
    secret: Secret,
}

impl TryFrom<KeyForm> for ReportLinkKey {
    type Error = ReportLinkKeyError;

    fn try_from(form: KeyForm) -> Result<Self, ReportLinkKeyError> {
        Self::new(form.id, form.secret)
    }
}

const MIN_SECRET_BYTES: usize = 32;

/// Prefix of every signed payload, so that a signature made with the same secret for another
/// purpose is not valid here. The zero byte separates the prefix from the payload.
const DOMAIN: &[u8] = b"greenhouse report link 1\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_keys_are_rejected() {
        for (id, length, expected) in [
            ("k1", 32, Ok(())),
            ("k1", 500, Ok(())),
            ("", 32, Err(ReportLinkKeyError::EmptyId)),
            ("k1", 31, Err(ReportLinkKeyError::ShortSecret)),
            ("k1", 0, Err(ReportLinkKeyError::ShortSecret)),
        ] {
            let made = ReportLinkKey::new(id, "s".repeat(length).into());
            assert_eq!(made.map(|_| ()), expected, "{id:?} {length}");
        }
        let pasted = Secret::new("s".repeat(32) + "\n");
        assert_eq!(
            ReportLinkKey::new("k1", pasted).map(|_| ()),
            Err(ReportLinkKeyError::Secret(SecretProblem::Control))
        );
    }

    #[test]
    fn a_signature_without_the_domain_is_invalid() {
        let secret = "s".repeat(32);
        let key = ReportLinkKey::new("k1", secret.clone().into()).unwrap();
        let bare = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .unwrap()
            .chain_update(b"payload")
            .finalize()
            .into_bytes();
        assert!(!key.verifies(b"payload", &bare));
        assert!(key.verifies(b"payload", &key.sign(b"payload")));
    }

    #[test]
    fn debug_shows_only_the_id() {
        let key = ReportLinkKey::new("k1", "s".repeat(32).into()).unwrap();
        assert_eq!(format!("{key:?}"), r#"ReportLinkKey { id: "k1", .. }"#);
    }
}
