use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::time::{as_millis, as_millis_or_null};

/// A webhook as an admin set it up: one event, one address, one secret. `Debug` and JSON show neither secret nor password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hook {
    /// The id.
    pub id: i64,
    /// What people call it.
    pub name: String,
    /// The one action it tells.
    pub action: String,
    /// Where it goes.
    pub url: String,
    /// How often an event is tried before it is given up.
    pub max_attempts: u32,
    /// Further headers, a `Name: value` on each line (the form is inferred).
    pub additional_headers: Option<String>,
    /// Who is told of failures; the mock sends no mail.
    pub error_recipient_email: Option<String>,
    /// False after a failed ping; a disabled hook sends nothing (documented).
    pub active: bool,
    /// When an event was last delivered.
    #[serde(serialize_with = "as_millis_or_null")]
    pub last_delivered: Option<DateTime<Utc>>,
    /// When it was set up.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

/// The form of a webhook, to set one up ([`new`](Self::new)) or to edit one ([`default`](Self::default)): what is not given stays,
/// or has its default in a new hook. `Debug` shows neither secret nor password.
#[derive(Clone, Default)]
pub struct HookForm {
    pub(crate) name: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) secret: Option<String>,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) basic_auth: Option<Option<(String, String)>>,
    pub(crate) additional_headers: Option<Option<String>>,
    pub(crate) error_recipient_email: Option<Option<String>>,
    pub(crate) active: Option<bool>,
}

impl HookForm {
    /// What every hook needs.
    #[must_use]
    pub fn new(
        action: impl Into<String>,
        url: impl Into<String>,
        secret: impl Into<String>,
    ) -> Self {
        Self {
            action: Some(action.into()),
            url: Some(url.into()),
            secret: Some(secret.into()),
            ..Self::default()
        }
    }

    /// Goes to this address.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Is signed with this secret.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Is tried so often, at least once. Default 7 (documented).
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Carries a Basic `Authorization` header.
    #[must_use]
    pub fn with_basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.basic_auth = Some(Some((user.into(), password.into())));
        self
    }

    /// Is switched on or off.
    #[must_use]
    pub fn with_active(mut self, active: bool) -> Self {
        self.active = Some(active);
        self
    }
}

impl fmt::Debug for HookForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookForm")
            .field("action", &self.action)
            .field("url", &self.url)
            .field("max_attempts", &self.max_attempts)
            .finish_non_exhaustive()
    }
}

/// A hook with its secret.
#[derive(Clone)]
pub(crate) struct StoredHook {
    pub(crate) hook: Hook,
    pub(crate) secret: String,
    pub(crate) basic_auth: Option<(String, String)>,
    /// Whether a ping that is answered with 200 makes it active.
    pub(crate) enabling: bool,
}

impl fmt::Debug for StoredHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hook.fmt(f)
    }
}
