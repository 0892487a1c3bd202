use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 digest of a high-entropy key, stored instead of the key. Compares in constant time.
#[derive(Clone, Copy, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// Computes the digest of a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }

    pub(super) fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl PartialEq for KeyDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest(..)")
    }
}

/// Formats the digest as `sha256:` followed by 64 hex digits.
impl fmt::Display for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.hex())
    }
}

impl FromStr for KeyDigest {
    type Err = KeyDigestError;

    fn from_str(text: &str) -> Result<Self, KeyDigestError> {
        let digits = text.strip_prefix(SCHEME).ok_or(KeyDigestError)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(digits, &mut digest).map_err(|_| KeyDigestError)?;
        Ok(Self(digest))
    }
}

impl TryFrom<String> for KeyDigest {
    type Error = KeyDigestError;

    fn try_from(text: String) -> Result<Self, KeyDigestError> {
        text.parse()
    }
}

impl From<KeyDigest> for String {
    fn from(digest: KeyDigest) -> Self {
        digest.to_string()
    }
}

/// Error for text that is not `sha256:` followed by 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a key digest, `sha256:` followed by 64 hex digits; do not enter the key itself")]
pub struct KeyDigestError;

const SCHEME: &str = "sha256:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let digest = KeyDigest::of("key");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_ne!(digest, KeyDigest::of("other"));
        for text in [
            "",
            "key",
            "sha256:",
            "sha256:00",
            &format!("sha256:{}", "zz".repeat(32)),
        ] {
            assert_eq!(text.parse::<KeyDigest>(), Err(KeyDigestError), "{text}");
        }
    }
}
