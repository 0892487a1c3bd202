use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::auth::tokens::Caller;
use crate::switches::RefreshTokenLife;
use crate::world::World;

/// Codes and refresh tokens of partners that were not used yet.
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
    /// A code that lives a minute (documented).
    pub(super) fn code(&self, world: &World, caller: Caller, redirect_uri: &str) -> String {
        let code = world.mint.hex();
        let grant = Code {
            caller,
            redirect_uri: redirect_uri.to_owned(),
            expires_at: later(world, TimeDelta::minutes(1)),
        };
        lock(&self.codes).insert(code.clone(), grant);
        code
    }

    /// Uses a code up, whether it is good for this client and address or not (inferred).
    pub(super) fn take_code(
        &self,
        world: &World,
        code: &str,
        client_id: &str,
        redirect_uri: &str,
    ) -> Option<Caller> {
        let grant = lock(&self.codes).remove(code)?;
        let good = grant.expires_at > world.now()
            && grant.caller.client_id == client_id
            && grant.redirect_uri == redirect_uri;
        good.then_some(grant.caller)
    }

    /// A refresh token, good for one refresh.
    pub(super) fn refresh_token(&self, world: &World, caller: Caller) -> String {
        let token = world.mint.hex();
        let life = match world.switches().refresh_token_life {
            RefreshTokenLife::FourteenDays => TimeDelta::days(14),
            RefreshTokenLife::OneDay => TimeDelta::days(1),
        };
        let grant = Refresh {
            caller,
            expires_at: later(world, life),
        };
        lock(&self.refresh_tokens).insert(token.clone(), grant);
        token
    }

    /// Uses a refresh token up.
    pub(super) fn take_refresh_token(
        &self,
        world: &World,
        token: &str,
        client_id: &str,
    ) -> Option<Caller> {
        let grant = lock(&self.refresh_tokens).remove(token)?;
        let good = grant.expires_at > world.now() && grant.caller.client_id == client_id;
        good.then_some(grant.caller)
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grants(..)")
    }
}

fn later(world: &World, life: TimeDelta) -> DateTime<Utc> {
    let now = world.now();
    now.checked_add_signed(life).unwrap_or(now)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
