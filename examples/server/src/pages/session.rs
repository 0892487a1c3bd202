use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{AccountId, MintError, random_bytes, settings::KeyDigest};
use serde::{Deserialize, Serialize};
use sqlx_store::MasterKeys;

/// Session of a user who has signed in with an operator token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) account: AccountId,
    /// Digest of the operator token. The session ends when the account no longer has it.
    pub(super) token: KeyDigest,
    /// Random id.
    pub(super) id: [u8; 16],
    #[serde(with = "chrono::serde::ts_seconds")]
    pub(super) expires_at: DateTime<Utc>,
}

impl Session {
    /// Begins a session with a new id.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system provides no random bytes.
    pub(super) fn begin(
        account: AccountId,
        token: KeyDigest,
        now: DateTime<Utc>,
    ) -> Result<Self, MintError> {
        Ok(Self {
            account,
            token,
            id: random_bytes()?,
            expires_at: now + Self::LENGTH,
        })
    }

    /// Returns the sealed session for the cookie. `None` if the operating system provides no random
    /// bytes.
    pub(super) fn seal(&self, keys: &MasterKeys) -> Option<String> {
        let plain = serde_json::to_vec(self).ok()?;
        let sealed = keys.seal_for(PURPOSE, &plain).ok()?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens a sealed session. `None` if no host with one of these keys has sealed it.
    pub(super) fn open(keys: &MasterKeys, sealed: &str) -> Option<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = keys.open_for(PURPOSE, &sealed)?;
        serde_json::from_slice(&plain).ok()
    }

    /// Time after which a session expires, even if it is used.
    pub(super) const LENGTH: TimeDelta = TimeDelta::hours(12);
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(..)")
    }
}

const PURPOSE: &str = "session of the console";

#[cfg(test)]
mod tests {
    use sqlx_store::MasterKey;

    use super::*;

    #[test]
    fn a_session_is_opened_with_the_keys_of_its_host_and_no_others() {
        let key = MasterKey::generate().unwrap();
        let keys = MasterKeys::new(key.clone(), []);
        let session = session();
        let sealed = session.seal(&keys).unwrap();
        assert_eq!(Session::open(&keys, &sealed), Some(session.clone()));
        assert_ne!(session.seal(&keys), Some(sealed.clone()));

        let other = MasterKey::generate().unwrap();
        let rotated = MasterKeys::new(other.clone(), [key]);
        assert_eq!(Session::open(&rotated, &sealed), Some(session));
        let foreign = MasterKeys::new(other, []);
        for sealed in [&*sealed, "", "AAAA", "not base64", &sealed[1..]] {
            assert_eq!(Session::open(&foreign, sealed), None, "{sealed}");
        }
        assert_eq!(Session::open(&keys, &sealed[..sealed.len() - 4]), None);
    }

    #[test]
    fn a_sealed_session_and_its_debug_output_contain_nothing_readable() {
        let keys = MasterKeys::new(MasterKey::generate().unwrap(), []);
        let session = session();
        let sealed = session.seal(&keys).unwrap();
        let plain = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        let plain = String::from_utf8_lossy(&plain).into_owned();
        for shown in [format!("{session:?}"), plain, sealed] {
            assert!(!shown.contains("canary"), "{shown}");
            assert!(!shown.contains("sha256"), "{shown}");
        }
    }

    fn session() -> Session {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        Session::begin(AccountId::new("canary"), KeyDigest::of("token"), now).unwrap()
    }
}
