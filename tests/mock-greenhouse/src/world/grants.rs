use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::switches::RefreshTokenLife;
use crate::world::ids::IdGenerator;
use crate::world::tokens::Caller;

/// Unused authorization codes and refresh tokens.
#[derive(Default)]
pub(crate) struct Grants {
    codes: Mutex<HashMap<String, Code>>,
    refresh_tokens: Mutex<HashMap<String, Refresh>>,
}

struct Code {
    caller: Caller,
    redirect_uri: String,
    expires_at: DateTime<Utc>,
}

struct Refresh {
    caller: Caller,
    expires_at: DateTime<Utc>,
}

impl Grants {
    /// Creates a code that is valid for one minute (documented).
    pub(crate) fn code(
        &self,
        ids: &IdGenerator,
        caller: Caller,
        redirect_uri: &str,
        now: DateTime<Utc>,
    ) -> String {
        let code = ids.hex();
        let grant = Code {
            caller,
            redirect_uri: redirect_uri.to_owned(),
            expires_at: later(now, TimeDelta::minutes(1)),
        };
        lock(&self.codes).insert(code.clone(), grant);
        code
    }

    /// Consumes a code, even if it does not match the client or the redirect URI (inferred).
    /// Without a redirect URI, only the client must match. Returns `None` if the code is invalid.
    pub(crate) fn take_code(
        &self,
        code: &str,
        client_id: &str,
        redirect_uri: Option<&str>,
        now: DateTime<Utc>,
    ) -> Option<Caller> {
        let grant = lock(&self.codes).remove(code)?;
        let good = grant.expires_at > now
            && grant.caller.client_id == client_id
            && redirect_uri.is_none_or(|sent| sent == grant.redirect_uri);
        good.then_some(grant.caller)
    }

    /// Creates a refresh token that is valid for one use.
    pub(crate) fn refresh_token(
        &self,
        ids: &IdGenerator,
        caller: Caller,
        life: RefreshTokenLife,
        now: DateTime<Utc>,
    ) -> String {
        let token = ids.hex();
        let life = match life {
            RefreshTokenLife::FourteenDays => TimeDelta::days(14),
            RefreshTokenLife::OneDay => TimeDelta::days(1),
        };
        let grant = Refresh {
            caller,
            expires_at: later(now, life),
        };
        lock(&self.refresh_tokens).insert(token.clone(), grant);
        token
    }

    /// Consumes a refresh token. Returns `None` if the token is unknown, has expired, or belongs to
    /// another client.
    pub(crate) fn take_refresh_token(
        &self,
        token: &str,
        client_id: &str,
        now: DateTime<Utc>,
    ) -> Option<Caller> {
        let grant = lock(&self.refresh_tokens).remove(token)?;
        let good = grant.expires_at > now && grant.caller.client_id == client_id;
        good.then_some(grant.caller)
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grants(..)")
    }
}

fn later(now: DateTime<Utc>, life: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(life).unwrap_or(now)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
