use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{Secret, later, store::StoredToken};

use super::failure::Failure;
use crate::Identity;

/// A token that requests carry. Its times are the server's.
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
        // Half of a very short life is used: refreshing at once would ask for a token before each call.
        let used = life.saturating_sub(early.min(life / 2));
        Self {
            bearer: stored.access.clone(),
            obtained_at: stored.obtained_at,
            refresh_at: later(stored.obtained_at, used),
            expires_at: stored.expires_at,
        }
    }
}

/// What one client knows of its token, beside what the store has.
#[derive(Default)]
pub(super) struct Known {
    token: Option<Arc<Token>>,
    /// The token that Harvest did not take.
    pub(super) refused: Option<Secret>,
    /// Before this time a token that is good still is not refreshed again.
    paused_until: Option<DateTime<Utc>>,
    /// A token that came and could not be saved. It is not used before it is.
    pub(super) unsaved: Option<Unsaved>,
    /// The refresh token that was refused. It is not sent again.
    pub(super) dead: Option<Secret>,
    /// The code whose token is saved.
    pub(super) exchanged: Option<Secret>,
    /// How often no token was to be had, and why at last.
    failures: (u64, Option<Failure>),
    /// Before this time nobody asks again why something is forbidden.
    pub(super) unexplained_until: Option<DateTime<Utc>>,
    identity: Option<(Secret, Identity, DateTime<Utc>)>,
}

/// A rotated token, and what it replaces.
#[derive(Clone)]
pub(super) struct Unsaved {
    pub(super) token: StoredToken,
    pub(super) replaces: Replaces,
    /// Of the lock that it was got under.
    pub(super) generation: u64,
}

#[derive(Clone)]
pub(super) enum Replaces {
    /// Whatever there is: it is the first of a consent, got with this code.
    Everything(Secret),
    /// The token with this refresh token, which it has used up.
    Refresh(Secret),
}

impl Unsaved {
    /// Whether what is stored is what it replaces.
    pub(super) fn replaces(&self, stored: Option<&StoredToken>) -> bool {
        match &self.replaces {
            Replaces::Everything(_) => true,
            Replaces::Refresh(used) => {
                stored.and_then(|stored| stored.refresh.as_ref()) == Some(used)
            }
        }
    }
}

/// What became of a token that was not saved yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saved {
    /// There was none.
    Nothing,
    /// It is in the store.
    Ours,
    /// The store has a newer one.
    Newer,
    /// Another host has the lock.
    Busy,
}

impl Known {
    /// The token, while it is good.
    pub(super) fn good(&self, now: DateTime<Utc>) -> Option<Arc<Token>> {
        let token = self.token.as_ref();
        token.filter(|token| now < token.expires_at).cloned()
    }

    /// The token, where there is nothing to do about it.
    pub(super) fn fresh(&self, now: DateTime<Utc>) -> Option<Arc<Token>> {
        let paused = self.paused_until.is_some_and(|until| now < until);
        let token = self.good(now)?;
        (self.unsaved.is_none() && (paused || now < token.refresh_at)).then_some(token)
    }

    pub(super) fn pause(&mut self, until: DateTime<Utc>) {
        self.paused_until = Some(until);
    }

    /// Takes a token that the store has.
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

    /// Harvest did not take this token.
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

    /// A rotated token is in the store.
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

    /// Why there was no token, if that was found out since `earlier`.
    pub(super) fn failure_since(&self, earlier: u64) -> Option<Failure> {
        let (count, failure) = &self.failures;
        failure.clone().filter(|_| *count > earlier)
    }

    /// Who this token is, as far as it was asked, and when.
    pub(super) fn identity(&self, token: &Token) -> Option<(&Identity, DateTime<Utc>)> {
        let (bearer, identity, at) = self.identity.as_ref()?;
        (*bearer == token.bearer).then_some((identity, *at))
    }

    pub(super) fn identify(&mut self, token: &Token, identity: Identity, at: DateTime<Utc>) {
        self.identity = Some((token.bearer.clone(), identity, at));
    }
}
