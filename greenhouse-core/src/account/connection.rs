//! Connection of an account to a partner's app: the consents in progress and the one that counts.
//! Decisions only. The caller stores the state in one commit before it acts on a decision.

use std::{fmt, time::Duration};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::KeyDigest;
use crate::{MintError, Secret, UserId, later, random::random_hex};

/// State of the account's connection to a partner's app. The tokens are stored elsewhere.
///
/// A consent that was begun here is bound to the account by its `state`, which is stored as a digest
/// and can be used once. A consent that was begun in Greenhouse has no `state`, so anyone can send
/// its code to a signed-in user. Such a code waits until the user confirms it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Connection {
    /// Consent that was begun here and that Greenhouse has not answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started: Option<StartedConsent>,
    /// Digest of the last `state` that was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<KeyDigest>,
    /// Consent that was begun in Greenhouse and that waits for a confirmation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unconfirmed: Option<UnconfirmedConsent>,
    /// Consent whose code was exchanged last. `None` if the account was disconnected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    connected: Option<ConnectedUser>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StartedConsent {
    state: KeyDigest,
    expires_at: DateTime<Utc>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct UnconfirmedConsent {
    id: KeyDigest,
    code: Secret,
    expires_at: DateTime<Utc>,
}

/// Consent that connected the account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ConnectedUser {
    /// Time of the exchange.
    pub at: DateTime<Utc>,
    /// Client id of the app.
    pub client_id: String,
    /// User who consented. `None` if Greenhouse did not name the user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
}

impl ConnectedUser {
    /// Creates the record of a consent.
    pub fn new(at: DateTime<Utc>, client_id: impl Into<String>, user: Option<UserId>) -> Self {
        Self {
            at,
            client_id: client_id.into(),
            user,
        }
    }
}

/// What Greenhouse sent to the redirect URI. Debug shows none of it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ConsentAnswer {
    /// Parameter `code`.
    pub code: Option<Secret>,
    /// Parameter `state`. `None` for a consent that was begun in Greenhouse.
    pub state: Option<Secret>,
    /// Parameter `error`, such as `access_denied`.
    pub error: Option<String>,
}

impl ConsentAnswer {
    /// Creates an answer. Empty parameters count as absent.
    pub fn new(code: Option<Secret>, state: Option<Secret>, error: Option<String>) -> Self {
        Self {
            code: code.filter(|code| !code.is_empty()),
            state: state.filter(|state| !state.is_empty()),
            error: error.filter(|error| !error.is_empty()),
        }
    }
}

/// Next step after an answer of Greenhouse.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsentStep {
    /// Exchange this code. It belongs to a consent that was begun here.
    Exchange(Secret),
    /// Ask the signed-in user for a confirmation.
    Confirm {
        /// Time at which the code expires.
        expires_at: DateTime<Utc>,
    },
}

/// Reason why no code may be exchanged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentRefusal {
    /// The `state` was not issued for this account, or a later consent has replaced it.
    #[error("unknown state")]
    UnknownState,
    /// The `state` was already answered.
    #[error("used state")]
    UsedState,
    /// The `state` has expired.
    #[error("expired state")]
    ExpiredState,
    /// The user did not consent.
    #[error("access denied")]
    Denied,
    /// Greenhouse reported another error.
    #[error("Greenhouse reported {error}")]
    Failed {
        /// Code of the error, such as `invalid_scope`. `other` if it is not a word.
        error: String,
    },
    /// The answer contains no code, or one that cannot be a code.
    #[error("no code")]
    NoCode,
    /// No consent with this id waits for a confirmation.
    #[error("nothing to confirm")]
    NothingToConfirm,
    /// The code of the consent has expired.
    #[error("expired code")]
    ExpiredCode,
}

impl Connection {
    /// Time for which a `state` is valid.
    pub const STATE_LIFETIME: Duration = Duration::from_secs(600);

    /// Time for which a code is valid (documented).
    pub const CODE_LIFETIME: Duration = Duration::from_secs(60);

    /// Returns an unguessable value for a `state`, or for the id of a confirmation.
    ///
    /// # Errors
    ///
    /// [`MintError`] if the operating system returns no random bytes.
    pub fn new_token() -> Result<Secret, MintError> {
        random_hex().map(Secret::new)
    }

    /// Records that a consent was begun with this `state`. Replaces one that was begun earlier.
    pub fn start(&mut self, state: &Secret, now: DateTime<Utc>) {
        self.started = Some(StartedConsent {
            state: KeyDigest::of(state.expose()),
            expires_at: later(now, Self::STATE_LIFETIME),
        });
        self.unconfirmed = None;
    }

    /// Decides what follows from an answer of Greenhouse. A `state` is used up by its first answer,
    /// also by a refusal. `id` is a new token, with which a consent without `state` is confirmed.
    ///
    /// # Errors
    ///
    /// [`ConsentRefusal`] if no code may be exchanged. The state can have changed nevertheless.
    pub fn answered(
        &mut self,
        answer: ConsentAnswer,
        id: &Secret,
        now: DateTime<Utc>,
    ) -> Result<ConsentStep, ConsentRefusal> {
        let has_state = answer.state.is_some();
        if let Some(state) = answer.state {
            self.use_state(&state, now)?;
        }
        match answer.error.as_deref() {
            None => {}
            Some("access_denied") => return Err(ConsentRefusal::Denied),
            Some(error) => {
                let error = word(error).unwrap_or("other").to_owned();
                return Err(ConsentRefusal::Failed { error });
            }
        }
        let code = answer.code.filter(is_code).ok_or(ConsentRefusal::NoCode)?;
        if has_state {
            return Ok(ConsentStep::Exchange(code));
        }
        let expires_at = later(now, Self::CODE_LIFETIME);
        self.unconfirmed = Some(UnconfirmedConsent {
            id: KeyDigest::of(id.expose()),
            code,
            expires_at,
        });
        Ok(ConsentStep::Confirm { expires_at })
    }

    fn use_state(&mut self, state: &Secret, now: DateTime<Utc>) -> Result<(), ConsentRefusal> {
        let digest = KeyDigest::of(state.expose());
        let Some(started) = self.started.take_if(|started| started.state == digest) else {
            return Err(match self.used == Some(digest) {
                true => ConsentRefusal::UsedState,
                false => ConsentRefusal::UnknownState,
            });
        };
        self.used = Some(digest);
        match now < started.expires_at {
            true => Ok(()),
            false => Err(ConsentRefusal::ExpiredState),
        }
    }

    /// Returns the code of the consent that the user confirms. A consent can be confirmed once.
    ///
    /// # Errors
    ///
    /// [`ConsentRefusal::NothingToConfirm`] or [`ConsentRefusal::ExpiredCode`].
    pub fn confirm(&mut self, id: &Secret, now: DateTime<Utc>) -> Result<Secret, ConsentRefusal> {
        let id = KeyDigest::of(id.expose());
        let waiting = self.unconfirmed.take_if(|waiting| waiting.id == id);
        let waiting = waiting.ok_or(ConsentRefusal::NothingToConfirm)?;
        match now < waiting.expires_at {
            true => Ok(waiting.code),
            false => Err(ConsentRefusal::ExpiredCode),
        }
    }

    /// Time until which the consent with this id can be confirmed. `None` if none waits.
    pub fn confirmable_until(&self, id: &Secret, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let waiting = self.unconfirmed.as_ref()?;
        let is_it = waiting.id == KeyDigest::of(id.expose()) && now < waiting.expires_at;
        is_it.then_some(waiting.expires_at)
    }

    /// Records that a code was exchanged.
    pub fn connected(&mut self, by: ConnectedUser) {
        self.connected = Some(by);
        self.unconfirmed = None;
    }

    /// Removes everything but the digest of the last `state`, so that a consent in progress cannot
    /// connect the account.
    pub fn disconnected(&mut self) {
        *self = Self {
            used: self.started.take().map(|own| own.state).or(self.used),
            ..Self::default()
        };
    }

    /// Consent that connected the account to the app with this client id. `None` if unknown.
    pub fn by(&self, client_id: &str) -> Option<&ConnectedUser> {
        let by = self.connected.as_ref();
        by.filter(|by| by.client_id == client_id)
    }

    /// Code that waits for a confirmation.
    pub(super) fn code(&self) -> Option<&Secret> {
        self.unconfirmed.as_ref().map(|waiting| &waiting.code)
    }

    /// Replaces the code that waits for a confirmation with the stored one.
    pub(super) fn put_code(&mut self, code: Secret) {
        if let Some(waiting) = &mut self.unconfirmed {
            waiting.code = code;
        }
    }
}

/// Returns `true` if the text can be a code: visible ASCII characters and spaces (RFC 6749).
fn is_code(code: &Secret) -> bool {
    let code = code.expose();
    code.len() <= LONGEST_CODE && code.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The code of an error, if it is a word in lower case.
fn word(error: &str) -> Option<&str> {
    let is_word = error.len() <= LONGEST_ERROR
        && error
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_word.then_some(error)
}

impl fmt::Debug for ConsentAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsentAnswer(..)")
    }
}

impl fmt::Debug for ConsentStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exchange(_) => "Exchange(..)",
            Self::Confirm { .. } => "Confirm(..)",
        })
    }
}

impl fmt::Debug for UnconfirmedConsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnconfirmedConsent(..)")
    }
}

/// Hides the client id, which must not appear in logs.
impl fmt::Debug for ConnectedUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectedUser")
            .field("at", &self.at)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// Maximum length of a code in bytes. The length of Greenhouse's codes is not documented.
const LONGEST_CODE: usize = 4096;
const LONGEST_ERROR: usize = 40;

#[cfg(test)]
mod tests;
