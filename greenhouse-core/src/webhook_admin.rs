//! Port for the webhooks of an account in Greenhouse. Harvest implements it.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use url::Url;

use crate::{AccountId, Secret};

/// Lists, creates, updates and deletes webhooks in Greenhouse.
///
/// Only credentials with the scopes for webhooks can do so. Greenhouse documents the calls for
/// partners only.
#[async_trait]
pub trait WebhookAdmin: fmt::Debug + Send + Sync {
    /// Checks that the account's credential may manage webhooks, as far as Greenhouse reports it.
    ///
    /// # Errors
    ///
    /// [`WebhookAdminError`] if the credential is missing or lacks a scope, or if the check failed.
    async fn permission(&self, account: &AccountId) -> Result<(), WebhookAdminError>;

    /// Returns all webhooks of the organization that the credential can see.
    ///
    /// Callers treat a webhook that is not listed as missing. If an implementation might not see
    /// all webhooks, it must return [`WebhookAdminError::Denied`] instead of a list.
    ///
    /// # Errors
    ///
    /// [`WebhookAdminError`]. Never [`Unknown`](WebhookAdminError::Unknown).
    async fn list(&self, account: &AccountId) -> Result<Vec<ListedHook>, WebhookAdminError>;

    /// Creates an enabled webhook. Returns its id. Greenhouse sends a ping.
    ///
    /// # Errors
    ///
    /// [`WebhookAdminError`].
    async fn create(&self, account: &AccountId, hook: &HookForm) -> Result<i64, WebhookAdminError>;

    /// Replaces all values of a webhook except its name, and enables it. Greenhouse sends a ping.
    ///
    /// # Errors
    ///
    /// [`WebhookAdminError`].
    async fn update(
        &self,
        account: &AccountId,
        id: i64,
        hook: &HookForm,
    ) -> Result<(), WebhookAdminError>;

    /// Deletes a webhook for good. Succeeds if the webhook does not exist.
    ///
    /// # Errors
    ///
    /// [`WebhookAdminError`].
    async fn delete(&self, account: &AccountId, id: i64) -> Result<(), WebhookAdminError>;
}

/// Webhook in Greenhouse, as listed. Greenhouse returns neither its secret nor its Basic auth
/// credentials. `Debug` shows only the id, because the address contains the hook key.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedHook {
    /// Id.
    pub id: i64,
    /// Name in Greenhouse's pages. `None` if the response has none.
    pub name: Option<String>,
    /// Action for which the webhook is sent. `None` if the response has none.
    pub action: Option<String>,
    /// Address of the receiver. `None` if the response has none.
    pub endpoint_url: Option<String>,
    /// Number of attempts per delivery. `None` if the response has none.
    pub max_attempts: Option<i64>,
    /// `true` if the webhook is disabled. `None` if the response does not say so.
    pub deactivated: Option<bool>,
    /// Time of the last delivery. `None` if there was none.
    pub last_delivered: Option<DateTime<Utc>>,
}

impl ListedHook {
    /// Creates a webhook with only its id. All other fields are `None`.
    pub fn new(id: i64) -> Self {
        Self {
            id,
            ..Self::default()
        }
    }
}

impl fmt::Debug for ListedHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListedHook")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Values of a webhook to create or update. `Debug` shows only the action.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HookForm {
    /// Name in Greenhouse's pages.
    pub name: String,
    /// Action for which the webhook is sent.
    pub action: String,
    /// Address of the receiver.
    pub endpoint_url: Url,
    /// Secret that signs deliveries.
    pub secret: Secret,
    /// Number of attempts per delivery.
    pub max_attempts: u32,
}

impl HookForm {
    /// Creates the values of a webhook.
    pub fn new(
        name: impl Into<String>,
        action: impl Into<String>,
        endpoint_url: Url,
        secret: Secret,
        max_attempts: u32,
    ) -> Self {
        Self {
            name: name.into(),
            action: action.into(),
            endpoint_url,
            secret,
            max_attempts,
        }
    }
}

impl fmt::Debug for HookForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HookForm")
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// Reason why webhooks could not be managed. Messages and remedies are for the operator and contain
/// no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookAdminError {
    /// The account has no Harvest credential. Nothing was changed.
    #[error("the account has no Harvest credential")]
    NotConfigured,
    /// The credential or its acting user may not do this. Nothing was changed.
    #[error("{message}")]
    Denied {
        /// What is not allowed.
        message: String,
        /// Remedy, as one or more sentences.
        remedy: String,
    },
    /// Greenhouse refused the values. Nothing was changed.
    #[error("{message}")]
    Refused {
        /// Response of Greenhouse.
        message: String,
        /// Remedy, as one or more sentences.
        remedy: String,
    },
    /// Greenhouse was not reached, or the rate limit is exhausted. Nothing was changed. A retry may
    /// succeed.
    #[error("{message}")]
    Unavailable {
        /// What failed.
        message: String,
        /// Remedy, as one or more sentences.
        remedy: String,
    },
    /// A write may or may not have been carried out. Call [`WebhookAdmin::list`] before the next
    /// write.
    #[error("{message}")]
    Unknown {
        /// What failed.
        message: String,
    },
}
