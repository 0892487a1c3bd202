//! Links that open the report of one assessment without a login.
//!
//! Greenhouse keeps the URL of a report for years and opens it in a recruiter's browser (documented), so a link carries
//! its own proof, does not expire by default, and is revoked by raising the version that its holder keeps.

mod key;

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{AccountId, AssessmentId};

pub use key::{ReportLinkKey, ReportLinkKeyError};

/// Signs an account's report links and verifies them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportLinks {
    current: ReportLinkKey,
    #[serde(default)]
    previous: Vec<ReportLinkKey>,
}

impl ReportLinks {
    /// Signs with the current key; verifies with every key of the id that a link names, also where a rotation kept the id.
    pub fn new(current: ReportLinkKey, previous: Vec<ReportLinkKey>) -> Self {
        Self { current, previous }
    }

    /// Every key, the one that signs first.
    pub fn keys(&self) -> impl Iterator<Item = &ReportLinkKey> {
        iter::once(&self.current).chain(&self.previous)
    }

    /// Whose report a token speaks of, before anything is verified: to find the keys that can tell.
    pub fn account_of(token: &str) -> Option<AccountId> {
        let (_, _, _, grant) = parts(token)?;
        Some(grant.account)
    }

    /// The token that carries this grant: URL-safe text, the same for the same grant and key.
    ///
    /// The token shows what it grants to whoever holds it. A grant with identifiers of more than 1,000 bytes together may
    /// give a token that is too long to be verified.
    pub fn sign(&self, grant: &ReportGrant) -> String {
        let payload = encode(self.current.id(), grant);
        let signature = self.current.sign(&payload);
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(&payload),
            URL_SAFE_NO_PAD.encode(signature)
        )
    }

    /// What the token grants, if one of the keys signed it and its time has not run out.
    ///
    /// Whether it was revoked only the holder of the versions knows: ask [`ReportGrant::is_current`]. The signature is
    /// compared in constant time.
    ///
    /// # Errors
    ///
    /// [`ReportLinkError`] says which check failed; a person with the link should be told no more than whether it ran out.
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

/// What a report link grants: the report of one assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportGrant {
    /// Whose assessment it is.
    pub account: AccountId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The version of the assessment's links when this one was signed.
    pub version: u64,
    /// From when on the link no longer opens, to the whole second; a fraction is cut off. None: it never runs out.
    pub expires_at: Option<DateTime<Utc>>,
}

impl ReportGrant {
    /// A grant that does not run out.
    pub fn new(account: AccountId, assessment: AssessmentId, version: u64) -> Self {
        Self {
            account,
            assessment,
            version,
            expires_at: None,
        }
    }

    /// The same, running out at that time.
    #[must_use]
    pub fn expiring_at(mut self, end: DateTime<Utc>) -> Self {
        self.expires_at = Some(end);
        self
    }

    /// Whether the grant is of this version of the assessment's links. If not, it was revoked.
    pub fn is_current(&self, version: u64) -> bool {
        self.version == version
    }
}

/// Why a token grants nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportLinkError {
    /// It is no token of this kind, or too long.
    #[error("report link is malformed")]
    Malformed,
    /// It names a key that is not known, perhaps no longer.
    #[error("report link was signed with an unknown key")]
    UnknownKey,
    /// It was changed, or not signed here.
    #[error("report link has a wrong signature")]
    BadSignature,
    /// Its time has run out.
    #[error("report link has expired")]
    Expired,
}

/// An array rather than an object: the link has to fit where a recruiter's system keeps URLs.
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

/// Payload and signature of a token, and what the payload says: key id and grant.
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

/// Reads what is not yet verified, to learn which key to verify it with.
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

/// Far above any token that is signed here; what is longer is not even decoded.
const MAX_TOKEN_BYTES: usize = 4096;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_signed_grant_comes_back() {
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
    fn the_token_is_the_same_for_as_long_as_links_live() {
        let token = ReportLinks::new(key("k1", 'a'), vec![]).sign(&grant());
        let (payload, signature) = token.split_once('.').unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap(),
            json!(["k1", "acme", "as-17", 3, null])
        );
        assert_eq!(signature, "MAG6nYvgUYhqd1x6J0lXoWDZ6WLpkOqYrQhMA6locug");
    }

    #[test]
    fn previous_keys_verify_and_no_longer_sign() {
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
    fn a_link_ends_at_its_second_and_without_one_never() {
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
    fn a_forged_expired_link_is_forged_rather_than_expired() {
        let links = ReportLinks::new(key("k1", 'a'), vec![]);
        let forged = ReportLinks::new(key("k1", 'b'), vec![]).sign(&grant().expiring_at(at(1)));
        assert_eq!(
            links.verify(&forged, at(2)),
            Err(ReportLinkError::BadSignature)
        );
    }

    #[test]
    fn revoking_raises_the_version() {
        assert!(grant().is_current(3));
        assert!(!grant().is_current(4));
        assert!(!grant().is_current(2));
    }

    #[test]
    fn what_is_no_token_is_malformed() {
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
    fn every_single_bit_counts() {
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
        fn any_grant_comes_back(
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
        fn any_text_is_refused_without_a_panic(
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
