use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::world::ids::IdGenerator;

/// The caller that a valid token identifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) client_id: String,
    pub(crate) acting_user: i64,
    pub(crate) scopes: Arc<[String]>,
}

/// Every issued token. A new token does not revoke earlier tokens (measured live).
#[derive(Default)]
pub(crate) struct Tokens {
    issued: Mutex<HashMap<String, IssuedToken>>,
}

struct IssuedToken {
    caller: Caller,
    expires_at: DateTime<Utc>,
}

impl Tokens {
    /// Issues a three-part JWT whose payload contains the acting user. Returns the token with its
    /// expiry.
    pub(crate) fn issue(
        &self,
        ids: &IdGenerator,
        issuer: &str,
        caller: Caller,
        now: DateTime<Utc>,
    ) -> (String, DateTime<Utc>) {
        let expires_at = now.checked_add_signed(TimeDelta::hours(1)).unwrap_or(now);
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let payload = json!({
            "sub": caller.acting_user.to_string(),
            "iss": issuer,
            "jti": ids.hex(),
            "iat": now.timestamp(),
            "exp": expires_at.timestamp(),
        });
        let token = format!(
            "{}.{}.{}",
            part(header.to_string()),
            part(payload.to_string()),
            part(ids.bytes())
        );
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.retain(|_, issued| issued.expires_at > now);
        issued.insert(token.clone(), IssuedToken { caller, expires_at });
        (token, expires_at)
    }

    /// Removes a token as if it had expired.
    pub(crate) fn expire(&self, token: &str) {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued.remove(token);
    }

    /// Returns the caller, or `None` if the token is unknown or has expired.
    pub(crate) fn caller(&self, token: &str, now: DateTime<Utc>) -> Option<Caller> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        issued
            .get(token)
            .filter(|issued| issued.expires_at > now)
            .map(|issued| issued.caller.clone())
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(..)")
    }
}

fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
