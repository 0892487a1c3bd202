use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{Secret, later, store::StoredToken};

use super::failure::Failure;
use crate::Identity;

/// Token as sent in requests. Its times are on Greenhouse's clock.
#[derive(Debug)]
pub(in crate::client) struct Token {
    pub(in crate::client) bearer: Secret,
    pub(super) obtained_at: DateTime<Utc>,
    pub(super) refresh_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

impl Token {
    pub(super) fn of(stored: &StoredToken, early: Duration) -> Self {
        let life = stored.expires_at.signed_duration_since(stored.obtained_at);
        let life = life.to_std().unwrap_or_default();
        // A very short-lived token is used for half its life. Otherwise each call would fetch a new
        // one.
        let used = life.saturating_sub(early.min(life / 2));
        Self {
            bearer: stored.access.clone(),
            obtained_at: stored.obtained_at,
            refresh_at: later(stored.obtained_at, used),
            expires_at: stored.expires_at,
        }
    }
}

/// A client's own token state, in addition to the shared state in the store.
#[derive(Default)]
pub(super) struct TokenCache {
    token: Option<Arc<Token>>,
    /// Token that Harvest rejected.
    pub(super) refused: Option<Secret>,
    /// Time until which a valid token is not refreshed again.
    paused_until: Option<DateTime<Utc>>,
    /// Token that could not be saved. The token is not used until it is saved.
    pub(super) unsaved: Option<Unsaved>,
    /// Refresh token that was rejected. It is not sent again.
    pub(super) rejected_refresh: Option<Secret>,
    /// Code from a consent whose token is saved.
    pub(super) exchanged: Option<Secret>,
    /// Number of failures to get a token, with the last failure.
    failures: (u64, Option<Failure>),
    /// Time until which a 403 causes no introspection, because the last introspection failed.
    pub(super) unexplained_until: Option<DateTime<Utc>>,
    identity: Option<(Secret, Identity, DateTime<Utc>)>,
}

/// Rotated token and the token that it replaces.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) token: StoredToken,
    pub(super) replaces: Replaces,
    /// Generation of the lock under which the token was fetched.
    pub(super) generation: u64,
}

#[derive(Clone)]
pub(super) enum Replaces {
    /// Replaces any token, because it is the first token for a consent with this code.
    Everything(Secret),
    /// Replaces the token with this refresh token, which the fetch used up.
    Refresh(Secret),
}

impl Unsaved {
    /// Returns `true` if the stored token is the token to replace.
    pub(super) fn replaces(&self, stored: Option<&StoredToken>) -> bool {
        match &self.replaces {
            Replaces::Everything(_) => true,
            Replaces::Refresh(used) => {
                stored.and_then(|stored| stored.refresh.as_ref()) == Some(used)
            }
        }
    }
}

/// Result of saving a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    /// No token had to be saved.
    Nothing,
    /// The token is in the store.
    Ours,
    /// The store has a newer token.
    Newer,
    /// Another host has the lock.
    Busy,
}

impl TokenCache {
    /// Returns the token if it is still valid.
    pub(super) fn valid(&self, now: DateTime<Utc>) -> Option<Arc<Token>> {
        let token = self.token.as_ref();
        token.filter(|token| now < token.expires_at).cloned()
    }

    /// Returns the token if it is valid and needs no refresh.
    pub(super) fn fresh(&self, now: DateTime<Utc>) -> Option<Arc<Token>> {
        let paused = self.paused_until.is_some_and(|until| now < until);
        let token = self.valid(now)?;
        (self.unsaved.is_none() && (paused || now < token.refresh_at)).then_some(token)
    }

    pub(super) fn pause(&mut self, until: DateTime<Utc>) {
        self.paused_until = Some(until);
    }

    /// Replaces the cached token, unless it is the same token. Returns the cached token.
    pub(super) fn take(&mut self, token: Token) -> Arc<Token> {
        if let Some(known) = &self.token
            && known.bearer == token.bearer
        {
            return Arc::clone(known);
        }
        let token = Arc::new(token);
        self.token = Some(Arc::clone(&token));
        self.paused_until = None;
        self.identity = None;
        token
    }

    /// Removes the token after a disconnection.
    pub(super) fn forget(&mut self) {
        self.token = None;
        self.unsaved = None;
        self.paused_until = None;
        self.identity = None;
    }

    /// Replaces the cached token with the stored one, unless the cached one is newer.
    pub(super) fn follow(&mut self, stored: Token) {
        let known = self.token.as_ref();
        let is_newer = known.is_none_or(|known| known.obtained_at <= stored.obtained_at);
        if is_newer && self.refused.as_ref() != Some(&stored.bearer) {
            self.take(stored);
        }
    }

    /// Records that Harvest rejected this token.
    pub(super) fn refuse(&mut self, token: &Token) {
        self.refused = Some(token.bearer.clone());
        if self
            .token
            .as_ref()
            .is_some_and(|known| known.bearer == token.bearer)
        {
            self.token = None;
        }
    }

    /// Records that a rotated token is in the store.
    pub(super) fn saved(&mut self, saved: &Unsaved) {
        self.unsaved = None;
        if let Replaces::Everything(code) = &saved.replaces {
            self.exchanged = Some(code.clone());
        }
    }

    pub(super) fn failures(&self) -> u64 {
        self.failures.0
    }

    pub(super) fn fail(&mut self, failure: Failure) {
        self.failures = (self.failures.0.saturating_add(1), Some(failure));
    }

    /// Returns the last failure if more than `earlier` failures have happened.
    pub(super) fn failure_since(&self, earlier: u64) -> Option<Failure> {
        let (count, failure) = &self.failures;
        failure.clone().filter(|_| *count > earlier)
    }

    /// Returns the identity of this token and the time of its introspection, if known.
    pub(super) fn identity(&self, token: &Token) -> Option<(&Identity, DateTime<Utc>)> {
        let (bearer, identity, at) = self.identity.as_ref()?;
        (*bearer == token.bearer).then_some((identity, *at))
    }

    pub(super) fn identify(&mut self, token: &Token, identity: Identity, at: DateTime<Utc>) {
        self.identity = Some((token.bearer.clone(), identity, at));
    }
}
