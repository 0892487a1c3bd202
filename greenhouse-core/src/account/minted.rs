use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};

use super::{KeyDigest, PartnerKeyRecord};
use crate::{MintError, Secret, random::random_hex, random_bytes};

/// Newly minted API key that Greenhouse sends to the assessment endpoints. Show the key once and
/// store only its digest.
///
/// Consists of `gpk_` and 43 letters, digits, `-` or `_` (256 random bits). Contains no colon and
/// is far shorter than Greenhouse's limit of 171 characters (documented).
#[derive(Clone)]
pub struct PartnerKey(Secret);

impl PartnerKey {
    /// Prefix of every key, so that people and secret scanners recognize it.
    pub const PREFIX: &'static str = "gpk_";

    /// Mints a key.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system returns no random bytes.
    pub fn mint() -> Result<Self, MintError> {
        let bytes = random_bytes::<32>()?;
        let text = format!("{}{}", Self::PREFIX, URL_SAFE_NO_PAD.encode(bytes));
        Ok(Self(Secret::new(text)))
    }

    /// Digest to store instead of the key.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.expose())
    }

    /// Record to store instead of the key, with the key's digest, first characters and creation
    /// time.
    pub fn record(&self, minted_at: DateTime<Utc>) -> PartnerKeyRecord {
        let mut record = PartnerKeyRecord::new(self.digest());
        record.prefix = Some(self.0.expose().chars().take(SHOWN).collect());
        record.created_at = Some(minted_at);
        record
    }

    /// Returns the key, to be shown once.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl fmt::Debug for PartnerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PartnerKey(..)")
    }
}

/// Newly minted bearer token for the operator endpoints. Show the token once and store only its
/// digest.
///
/// Consists of `gho_` and 64 hex digits (256 random bits).
#[derive(Clone)]
pub struct OperatorToken(Secret);

impl OperatorToken {
    /// Prefix of every token, so that people and secret scanners recognize it.
    pub const PREFIX: &'static str = "gho_";

    /// Mints a token.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system returns no random bytes.
    pub fn mint() -> Result<Self, MintError> {
        let text = format!("{}{}", Self::PREFIX, random_hex()?);
        Ok(Self(Secret::new(text)))
    }

    /// Digest to store instead of the token.
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.expose())
    }

    /// Returns the token, to be shown once.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl fmt::Debug for OperatorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorToken(..)")
    }
}

/// Length of `gpk_` and six more characters. The other 220 of the 256 random bits stay secret.
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
