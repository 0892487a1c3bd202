use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::time::{as_millis, as_millis_or_null};

/// A webhook as an admin configures it, with one event, one URL and one secret. `Debug` and JSON
/// show neither the secret nor the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Hook {
    /// Id of the webhook.
    pub id: i64,
    /// Name of the webhook in Greenhouse's pages.
    pub name: String,
    /// The action for which the webhook is sent.
    pub action: String,
    /// URL to which the webhook is sent.
    pub url: String,
    /// Maximum number of delivery attempts for each event.
    pub max_attempts: u32,
    /// Additional headers, one `Name: value` per line (the form is inferred).
    pub additional_headers: Option<String>,
    /// Recipient of failure notices. The mock sends no e-mail.
    pub error_recipient_email: Option<String>,
    /// `false` for a disabled hook, which sends nothing (documented). A failed ping disables the
    /// hook.
    pub active: bool,
    /// Time of the last successful delivery.
    #[serde(serialize_with = "as_millis_or_null")]
    pub last_delivered: Option<DateTime<Utc>>,
    /// Time of creation.
    #[serde(serialize_with = "as_millis")]
    pub created_at: DateTime<Utc>,
    /// Time of the last edit.
    #[serde(serialize_with = "as_millis")]
    pub updated_at: DateTime<Utc>,
}

/// Settings of a webhook, to create one ([`new`](Self::new)) or to edit one
/// ([`default`](Self::default)). When a webhook is edited, settings that are not set keep their
/// values. In a new webhook, they have their defaults. `Debug` shows neither the secret nor the
/// password.
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
    /// Creates a form with the required settings.
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

    /// Sets the URL.
    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    /// Sets the signing secret.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Sets the maximum number of attempts, at least 1. Default 7 (documented).
    #[must_use]
    pub fn with_max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts);
        self
    }

    /// Sets a Basic `Authorization` header.
    #[must_use]
    pub fn with_basic_auth(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.basic_auth = Some(Some((user.into(), password.into())));
        self
    }

    /// Enables or disables the hook.
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
    /// If `true`, a successful ping activates the hook.
    pub(crate) enabling: bool,
    /// Id of the client that created the hook. `None` for a hook that an admin created.
    pub(crate) client_id: Option<String>,
}

impl fmt::Debug for StoredHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hook.fmt(f)
    }
}
