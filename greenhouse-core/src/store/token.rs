use std::fmt;

use chrono::{DateTime, Utc};

use crate::{Secret, UserId};

/// Identity of an access token within an account.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TokenKey {
    /// Client id of the credential.
    pub client_id: String,
    /// Acting user. `None` if the credential's service user acts.
    pub acting_user: Option<UserId>,
}

impl TokenKey {
    /// Creates the identity of a credential's token for a user.
    pub fn new(client_id: impl Into<String>, acting_user: Option<UserId>) -> Self {
        Self {
            client_id: client_id.into(),
            acting_user,
        }
    }
}

/// Hides the client id, which must not appear in logs.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey")
            .field("acting_user", &self.acting_user)
            .finish_non_exhaustive()
    }
}

/// Access token that all hosts share.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredToken {
    /// Access token for requests.
    pub access: Secret,
    /// Time of expiry.
    pub expires_at: DateTime<Utc>,
    /// Refresh token, if the grant has one. Each refresh token works only once, so save a new one
    /// before using it.
    pub refresh: Option<Secret>,
    /// Time of issue.
    pub obtained_at: DateTime<Utc>,
}

impl StoredToken {
    /// Creates a token without a refresh token.
    pub fn new(access: Secret, expires_at: DateTime<Utc>, obtained_at: DateTime<Utc>) -> Self {
        Self {
            access,
            expires_at,
            refresh: None,
            obtained_at,
        }
    }

    /// Creates the record of a token that was removed. It contains no secret.
    pub fn removed(at: DateTime<Utc>) -> Self {
        Self::new(Secret::new(""), at, at)
    }

    /// Returns `true` if the token was removed.
    pub fn is_removed(&self) -> bool {
        self.access.is_empty() && self.refresh.is_none()
    }

    /// Sets the refresh token.
    #[must_use]
    pub fn with_refresh(self, refresh: Secret) -> Self {
        Self {
            refresh: Some(refresh),
            ..self
        }
    }
}

/// Result of locking a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum TokenLock {
    /// This host holds the lock until the lease ends.
    Ours {
        /// Number of the lock. Increases with each lock. Pass it to
        /// [`Shared::save_token`](super::Shared::save_token).
        generation: u64,
        /// End of the lease.
        until: DateTime<Utc>,
    },
    /// Another host holds the lock.
    Theirs {
        /// End of the other host's lease.
        until: DateTime<Utc>,
    },
}
