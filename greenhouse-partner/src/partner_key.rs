use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Secret,
    settings::{KeyDigest, PartnerKeyRecord},
};

/// A key that Greenhouse comes to the assessment endpoints with, as it was minted: show it once and keep its digest.
///
/// It is `gpk_` and 43 letters, digits, `-` or `_`: 256 random bits, no colon, and far below the 171 characters that
/// Greenhouse takes (documented).
#[derive(Clone)]
pub struct PartnerKey(Secret);

impl PartnerKey {
    /// What every key begins with, so that a person and a secret scanner know what it is.
    pub const PREFIX: &'static str = "gpk_";

    /// Makes a new key.
    ///
    /// # Errors
    ///
    /// [`MintError`] where the operating system has no random numbers.
    pub fn mint() -> Result<Self, MintError> {
        let bytes = random::<32>()?;
        let text = format!("{}{}", Self::PREFIX, URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self(Secret::new(text)))
    }

    /// What is stored instead of the key.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.expose())
    }

    /// The same, with what tells keys apart: how the key begins, and when it was minted.
    pub fn record(&self, minted_at: DateTime<Utc>) -> PartnerKeyRecord {
        let mut record = PartnerKeyRecord::new(self.digest());
        record.prefix = Some(self.0.expose().chars().take(SHOWN).collect());
        record.created_at = Some(minted_at);
        record
    }

    /// The key, for the one place that shows it to the person who asked for it.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnerKey(..)")
    }
}

/// The operating system gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random numbers")]
pub struct MintError;

/// Random bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], MintError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| MintError)?;
    Ok(bytes)
}

/// `gpk_` and six letters, which leaves 220 of the 256 random bits unknown.
const SHOWN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognisable_short_and_never_the_same() {
        let key = PartnerKey::mint().unwrap();
        assert_eq!(format!("{key:?}"), "PartnerKey(..)");
        let digest = key.digest();
        let record = key.record(DateTime::UNIX_EPOCH);
        let text = key.into_secret();
        let text = text.expose();
        assert_eq!(digest, KeyDigest::of(text));
        assert!(text.starts_with("gpk_"));
        assert_eq!(text.len(), 47);
        assert_eq!(record.prefix.as_deref(), text.get(..10));
        assert_eq!(record.digest, digest);
        assert!(
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        assert_ne!(digest, PartnerKey::mint().unwrap().digest());
    }
}
