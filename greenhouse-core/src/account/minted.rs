use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};

use super::{KeyDigest, PartnerKeyRecord};
use crate::{MintError, Secret, random::random_hex, random_bytes};

/// API key that Greenhouse sends to the assessment endpoints, as minted. Show it once and store
/// its digest.
///
/// `gpk_` and 43 letters, digits, `-` or `_`: 256 random bits, no colon, and far below the limit of
/// 171 characters in Greenhouse (documented).
#[derive(Clone)]
pub struct PartnerKey(Secret);

impl PartnerKey {
    /// Prefix of every key, for people and secret scanners.
    pub const PREFIX: &'static str = "gpk_";

    /// Mints a key.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system has no random numbers.
    pub fn mint() -> Result<Self, MintError> {
        let bytes = random_bytes::<32>()?;
        let text = format!("{}{}", Self::PREFIX, URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self(Secret::new(text)))
    }

    /// Digest to store instead of the key.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.expose())
    }

    /// Record to store instead of the key: its digest, its first characters and its time.
    pub fn record(&self, minted_at: DateTime<Utc>) -> PartnerKeyRecord {
        let mut record = PartnerKeyRecord::new(self.digest());
        record.prefix = Some(self.0.expose().chars().take(SHOWN).collect());
        record.created_at = Some(minted_at);
        record
    }

    /// The key itself, to be shown once.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnerKey(..)")
    }
}

/// Bearer token of the operator endpoints, as minted. Show it once and store its digest.
///
/// `gho_` and 64 hex digits: 256 random bits.
#[derive(Clone)]
pub struct OperatorToken(Secret);

impl OperatorToken {
    /// Prefix of every token, for people and secret scanners.
    pub const PREFIX: &'static str = "gho_";

    /// Mints a token.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system has no random numbers.
    pub fn mint() -> Result<Self, MintError> {
        let text = format!("{}{}", Self::PREFIX, random_hex()?);
        Ok(Self(Secret::new(text)))
    }

    /// Digest to store instead of the token.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.expose())
    }

    /// The token itself, to be shown once.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(..)")
    }
}

/// `gpk_` and six letters, which leaves 220 of the 256 random bits unknown.
const SHOWN: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_prefix_and_length_and_is_random() {
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

    #[test]
    fn a_token_has_prefix_and_length_and_is_random() {
        let token = OperatorToken::mint().unwrap();
        assert_eq!(format!("{token:?}"), "OperatorToken(..)");
        let digest = token.digest();
        let text = token.into_secret();
        let hex = text.expose().strip_prefix("gho_").unwrap();
        assert_eq!(hex.len(), 64);
        assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(digest, KeyDigest::of(text.expose()));
        assert_ne!(digest, OperatorToken::mint().unwrap().digest());
    }
}
