//! The keys that sign report links.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{MintError, Secret, random::random_hex};

/// A key for report links, its schedule prepared once. Debug shows the id alone.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "KeyForm")]
pub struct ReportLinkKey {
    id: String,
    secret: Secret,
    #[serde(skip)]
    mac: Hmac<Sha256>,
}

impl ReportLinkKey {
    /// Takes the secret as the key of that id. The id is readable in every link that the key signs.
    ///
    /// # Errors
    ///
    /// An empty id, or a secret of fewer than 32 bytes.
    pub fn new(id: impl Into<String>, secret: Secret) -> Result<Self, ReportLinkKeyError> {
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

    /// Mints a key of 256 random bits under this id.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system has no random numbers, or the id is empty.
    pub fn mint(id: impl Into<String>) -> Result<Self, MintError> {
        Self::new(id, Secret::new(random_hex()?)).map_err(|_| MintError)
    }

    /// The name of the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret that it signs with.
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

/// The schedule is made of the secret.
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

/// Why something is no key for report links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportLinkKeyError {
    /// The id has no text.
    #[error("report link key has an empty id")]
    EmptyId,
    /// The secret could be guessed.
    #[error("report link secret is shorter than 32 bytes")]
    ShortSecret,
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

/// Goes before every payload, so that a signature made for something else with the same secret opens no report. The zero
/// byte ends it: no payload continues it.
const DOMAIN: &[u8] = b"greenhouse report link 1\0";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_sign_safely() {
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
    }

    #[test]
    fn a_signature_without_the_domain_is_refused() {
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
    fn debug_shows_the_id_alone() {
        let key = ReportLinkKey::new("k1", "s".repeat(32).into()).unwrap();
        assert_eq!(format!("{key:?}"), r#"ReportLinkKey { id: "k1", .. }"#);
    }
}
