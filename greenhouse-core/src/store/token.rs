use std::fmt;

use chrono::{DateTime, Utc};

use crate::{Secret, UserId};

/// Names an access token of an account: the credential it was given for, and in whose name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// The client id of the credential.
    pub client_id: String,
    /// The acting user; none where the credential's own service user acts.
    pub acting_user: Option<UserId>,
}

impl TokenKey {
    /// The token of this credential for this user.
    pub fn new(client_id: impl Into<String>, acting_user: Option<UserId>) -> Self {
        Self {
            client_id: client_id.into(),
            acting_user,
        }
    }
}

/// The client id names a customer's credential and is not for logs.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey")
            .field("acting_user", &self.acting_user)
            .finish_non_exhaustive()
    }
}

/// An access token, as it is kept for every host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredToken {
    /// What requests carry.
    pub access: Secret,
    /// When it runs out.
    pub expires_at: DateTime<Utc>,
    /// What the next one is got with, where the grant gives one. It is valid once: it has to be saved before use.
    pub refresh: Option<Secret>,
    /// When it was got.
    pub obtained_at: DateTime<Utc>,
}

impl StoredToken {
    /// A token without one to refresh it with.
    pub fn new(access: Secret, expires_at: DateTime<Utc>, obtained_at: DateTime<Utc>) -> Self {
        Self {
            access,
            expires_at,
            refresh: None,
            obtained_at,
        }
    }

    /// The token, with what the next one is got with.
    #[must_use]
    pub fn with_refresh(self, refresh: Secret) -> Self {
        Self {
            refresh: Some(refresh),
            ..self
        }
    }
}

/// Whose turn it is to get a new token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TokenLock {
    /// Ours, until the lease ends.
    Ours {
        /// Raised each time the lock is given; a save names it.
        generation: u64,
        /// When the lock ends by itself.
        until: DateTime<Utc>,
    },
    /// Somebody else's.
    Theirs {
        /// When the lock ends at the latest.
        until: DateTime<Utc>,
    },
}
