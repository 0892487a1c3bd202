//! Links that open the report of one assessment without a login.
//!
//! Greenhouse keeps the URL of a report for years and opens it in a recruiter's browser
//! (documented). So a link carries its own signature and does not expire by default. Raising the
//! stored link version revokes all earlier links.

mod key;

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccountId, AssessmentId};

pub use key::{ReportLinkKey, ReportLinkKeyError};

/// Signs and verifies an account's report links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLinks {
    current: ReportLinkKey,
    #[serde(default)]
    previous: Vec<ReportLinkKey>,
}

impl ReportLinks {
    /// Creates the signer for an account. Signs with `current`, and verifies with every key whose
    /// id is in the link, because a rotation may keep the id.
    pub fn new(current: ReportLinkKey, previous: Vec<ReportLinkKey>) -> Self {
        Self { current, previous }
    }

    /// All keys, the signing key first.
    pub fn keys(&self) -> impl Iterator<Item = &ReportLinkKey> {
        iter::once(&self.current).chain(&self.previous)
    }

    /// All keys, mutable, the signing key first.
    pub(crate) fn keys_mut(&mut self) -> impl Iterator<Item = &mut ReportLinkKey> {
        iter::once(&mut self.current).chain(&mut self.previous)
    }

    /// Returns the account in a token that is not verified yet, to find the keys for the
    /// verification. Returns `None` if the token is malformed or the account id is invalid.
    pub fn account_of(token: &str) -> Option<AccountId> {
        let (_, _, _, grant) = parts(token)?;
        Some(grant.account).filter(|account| account.check().is_ok())
    }

    /// Returns the token for this grant as URL-safe text. The same grant and key always result in
    /// the same token.
    ///
    /// The grant is readable in the token. If the identifiers exceed 1,000 bytes in total, the
    /// token may be too long to be verified.
    pub fn sign(&self, grant: &ReportGrant) -> String {
        let payload = encode(self.current.id(), grant);
        let signature = self.current.sign(&payload);
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&payload),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// Returns the grant of a token that one of the keys signed and that has not expired.
    ///
    /// Does not check revocation: compare the stored version with [`ReportGrant::is_current`]. The
    /// signature is compared in constant time.
    ///
    /// # Errors
    ///
    /// [`ReportLinkError`] with the reason. Do not show the reason to visitors, unless the link has
    /// expired.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<ReportGrant, ReportLinkError> {
        let (payload, signature, key_id, grant) = parts(token).ok_or(ReportLinkError::Malformed)?;
        let mut named = self.keys().filter(|key| key.id() == key_id).peekable();
        if named.peek().is_none() {
            return Err(ReportLinkError::UnknownKey);
        }
        if !named.any(|key| key.verifies(&payload, &signature)) {
            return Err(ReportLinkError::BadSignature);
        }
        if grant.expires_at.is_some_and(|end| now >= end) {
            return Err(ReportLinkError::Expired);
        }
        Ok(grant)
    }
}

/// Access that a report link grants: to the report of one assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportGrant {
    /// Account of the assessment.
    pub account: AccountId,
    /// Id of the assessment.
    pub assessment: AssessmentId,
    /// Link version of the assessment at the time of signing.
    pub version: u64,
    /// Time from which the link is rejected, truncated to whole seconds. `None` if the link does
    /// not expire.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ReportGrant {
    /// Creates a grant that does not expire.
    pub fn new(account: AccountId, assessment: AssessmentId, version: u64) -> Self {
        Self {
            account,
            assessment,
            version,
            expires_at: None,
        }
    }

    /// Sets the expiry.
    #[must_use]
    pub fn expiring_at(mut self, end: DateTime<Utc>) -> Self {
        self.expires_at = Some(end);
        self
    }

    /// Returns `true` if the grant has this version. Pass the current link version of the
    /// assessment: if the versions differ, the link was revoked.
    pub fn is_current(&self, version: u64) -> bool {
        self.version == version
    }
}

/// Reason why a token is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportLinkError {
    /// Not a token of this kind, or too long.
    #[error("the report link is malformed")]
    Malformed,
    /// Signed with a key that is unknown or has been removed.
    #[error("the report link was signed with an unknown key")]
    UnknownKey,
    /// Modified, or signed by another party.
    #[error("the report link has an invalid signature")]
    BadSignature,
    /// Expired.
    #[error("the report link has expired")]
    Expired,
}

/// Encodes an array, not an object, to keep the link short.
fn encode(key_id: &str, grant: &ReportGrant) -> Vec<u8> {
    Value::Array(vec![
        key_id.into(),
        grant.account.as_str().into(),
        grant.assessment.as_str().into(),
        grant.version.into(),
        grant.expires_at.map(|end| end.timestamp()).into(),
    ])
    .to_string()
    .into_bytes()
}

/// Splits a token into payload and signature, and decodes the key id and the grant from the
/// payload.
fn parts(token: &str) -> Option<(Vec<u8>, Vec<u8>, String, ReportGrant)> {
    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let (payload, signature) = token.split_once('.')?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let (key_id, grant) = decode(&payload)?;
    Some((payload, signature, key_id, grant))
}

/// Decodes the unverified payload, to find the key for the verification.
fn decode(payload: &[u8]) -> Option<(String, ReportGrant)> {
    let (key_id, account, assessment, version, end): (String, String, String, u64, Option<i64>) =
        serde_json::from_slice(payload).ok()?;
    let expires_at = match end {
        Some(seconds) => Some(DateTime::from_timestamp(seconds, 0)?),
        None => None,
    };
    let grant = ReportGrant {
        account: AccountId::new(account),
        assessment: AssessmentId::new(assessment),
        version,
        expires_at,
    };
    Some((key_id, grant))
}

/// Maximum token length. A longer token is rejected without being decoded.
const MAX_TOKEN_BYTES: usize = 4096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_signed_grant_round_trips() {
        let links = ReportLinks::new(key("k1", 'a'), vec![]);
        for grant in [
            grant(),
            grant().expiring_at(at(1_800_000_001)),
            ReportGrant::new(
                AccountId::new("ü \" \\ . \0"),
                AssessmentId::new(""),
                u64::MAX,
            ),
        ] {
            let token = links.sign(&grant);
            assert_eq!(links.verify(&token, at(1_800_000_000)), Ok(grant));
            assert!(
                token
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)),
                "{token}"
            );
        }
    }

    #[test]
    fn the_token_format_is_stable() {
        let token = ReportLinks::new(key("k1", 'a'), vec![]).sign(&grant());
        let (payload, signature) = token.split_once('.').unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap(),
            json!(["k1", "acme", "as-17", 3, null])
        );
        assert_eq!(signature, "MAG6nYvgUYhqd1x6J0lXoWDZ6WLpkOqYrQhMA6locug");
    }

    #[test]
    fn previous_keys_verify_but_do_not_sign() {
        let old = ReportLinks::new(key("k1", 'a'), vec![]);
        let rotated = ReportLinks::new(key("k2", 'b'), vec![key("k1", 'a')]);
        let dropped = ReportLinks::new(key("k2", 'b'), vec![]);
        let replaced = ReportLinks::new(key("k1", 'b'), vec![]);
        let same_id = ReportLinks::new(key("k1", 'b'), vec![key("k1", 'a')]);

        let token = old.sign(&grant());
        assert_eq!(rotated.verify(&token, at(0)), Ok(grant()));
        assert_eq!(same_id.verify(&token, at(0)), Ok(grant()));
        assert_eq!(
            dropped.verify(&token, at(0)),
            Err(ReportLinkError::UnknownKey)
        );
        assert_eq!(
            replaced.verify(&token, at(0)),
            Err(ReportLinkError::BadSignature)
        );
        assert_eq!(dropped.verify(&rotated.sign(&grant()), at(0)), Ok(grant()));
    }

    #[test]
    fn a_link_expires_at_its_second_or_never() {
        let links = ReportLinks::new(key("k1", 'a'), vec![]);
        let token = links.sign(&grant().expiring_at(at(1_000)));
        assert!(links.verify(&token, at(999)).is_ok());
        assert_eq!(
            links.verify(&token, at(1_000)),
            Err(ReportLinkError::Expired)
        );

        let token = links.sign(&grant());
        assert!(links.verify(&token, DateTime::<Utc>::MAX_UTC).is_ok());
    }

    #[test]
    fn a_forged_expired_link_is_reported_as_forged() {
        let links = ReportLinks::new(key("k1", 'a'), vec![]);
        let forged = ReportLinks::new(key("k1", 'b'), vec![]).sign(&grant().expiring_at(at(1)));
        assert_eq!(
            links.verify(&forged, at(2)),
            Err(ReportLinkError::BadSignature)
        );
    }

    #[test]
    fn raising_the_version_revokes() {
        assert!(grant().is_current(3));
        assert!(!grant().is_current(4));
        assert!(!grant().is_current(2));
    }

    #[test]
    fn other_texts_are_malformed() {
        let links = ReportLinks::new(key("k1", 'a'), vec![]);
        let token = links.sign(&grant());
        let (payload, signature) = token.split_once('.').unwrap();
        let end_of_time = URL_SAFE_NO_PAD.encode(format!(r#"["k1","a","b",1,{}]"#, i64::MAX));
        for malformed in [
            String::new(),
            ".".to_owned(),
            payload.to_owned(),
            format!("{payload}{signature}"),
            format!("{token}.{signature}"),
            format!("{token}="),
            format!(" {token}"),
            format!("{}.{signature}", URL_SAFE_NO_PAD.encode("{}")),
            format!(
                "{}.{signature}",
                URL_SAFE_NO_PAD.encode(r#"["k1","a","b",-1,null]"#)
            ),
            format!("{}.{signature}", URL_SAFE_NO_PAD.encode("[".repeat(2_000))),
            format!("{end_of_time}.{signature}"),
            "A".repeat(MAX_TOKEN_BYTES + 1),
        ] {
            let answer = links.verify(&malformed, at(0));
            assert_eq!(answer, Err(ReportLinkError::Malformed), "{malformed}");
        }
        for short in [
            format!("{payload}."),
            format!("{payload}.{}", &signature[..20]),
        ] {
            assert_eq!(
                links.verify(&short, at(0)),
                Err(ReportLinkError::BadSignature)
            );
        }
    }

    #[test]
    fn flipping_any_bit_invalidates_the_token() {
        let links = ReportLinks::new(key("k1", 'a'), vec![key("k0", 'b')]);
        let token = links.sign(&grant().expiring_at(at(1_000)));
        for index in 0..token.len() {
            for bit in 0..8 {
                let mut bytes = token.clone().into_bytes();
                bytes[index] ^= 1 << bit;
                if let Ok(flipped) = String::from_utf8(bytes) {
                    assert!(
                        links.verify(&flipped, at(0)).is_err(),
                        "byte {index}, bit {bit}"
                    );
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_grant_round_trips(
            account in ".{0,40}",
            assessment in ".{0,40}",
            version in any::<u64>(),
            end in proptest::option::of(1i64..4_000_000_000),
        ) {
            let links = ReportLinks::new(key("k1", 'a'), vec![]);
            let mut grant = ReportGrant::new(AccountId::new(account), AssessmentId::new(assessment), version);
            grant.expires_at = end.map(at);
            prop_assert_eq!(links.verify(&links.sign(&grant), at(0)), Ok(grant));
        }

        #[test]
        fn any_text_is_rejected_without_a_panic(
            text in any::<String>(),
            payload in any::<Vec<u8>>(),
            signature in any::<Vec<u8>>(),
        ) {
            let links = ReportLinks::new(key("k1", 'a'), vec![]);
            let shaped =
                format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(signature));
            for text in [text, shaped] {
                prop_assert!(links.verify(&text, at(0)).is_err());
            }
        }
    }

    fn key(id: &str, letter: char) -> ReportLinkKey {
        ReportLinkKey::new(id, letter.to_string().repeat(32).into()).unwrap()
    }

    fn grant() -> ReportGrant {
        ReportGrant::new(AccountId::new("acme"), AssessmentId::new("as-17"), 3)
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }
}
