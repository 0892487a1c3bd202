use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Webhooks that the host created in Greenhouse for an account. Keys are actions, such as
/// `hire_candidate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManagedHooks {
    /// Webhooks that exist.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hooks: BTreeMap<String, ManagedHook>,
    /// Creations that were begun and whose outcome is not known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub creating: BTreeMap<String, HookCreation>,
    /// Defects that the last check found. Events without a defect are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub defects: BTreeMap<String, BTreeSet<HookDefect>>,
    /// Reason why the last check or removal failed. `None` if it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<HookFailure>,
}

impl ManagedHooks {
    /// Returns `true` if no webhook exists and no creation was begun.
    pub fn is_empty(&self) -> bool {
        self.hooks.is_empty() && self.creating.is_empty()
    }

    /// Returns `true` if the other state has the same webhooks and creations. Results of checks are
    /// not compared.
    pub fn has_same_hooks(&self, other: &Self) -> bool {
        self.hooks == other.hooks && self.creating == other.creating
    }

    /// Returns `true` if this is the id of a webhook that the host created.
    pub fn contains(&self, id: i64) -> bool {
        self.hooks.values().any(|hook| hook.id == id)
    }

    /// Records a webhook that was created, instead of its creation.
    pub fn created(&mut self, action: &str, hook: ManagedHook) {
        self.creating.remove(action);
        self.hooks.insert(action.to_owned(), hook);
    }

    /// Records that a webhook no longer exists.
    pub fn removed(&mut self, id: i64) {
        self.hooks.retain(|_, hook| hook.id != id);
    }
}

/// Webhook that the host created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManagedHook {
    /// Id in Greenhouse.
    pub id: i64,
    /// Tag of the secret that the webhook was given; see
    /// [`SyncSettings::secret_tag`](super::SyncSettings::secret_tag).
    pub secret: String,
    /// Time from which the webhook no longer exists if Greenhouse does not list it.
    pub trusted_from: DateTime<Utc>,
}

impl ManagedHook {
    /// Creates the record of a webhook.
    pub fn new(id: i64, secret: impl Into<String>, trusted_from: DateTime<Utc>) -> Self {
        Self {
            id,
            secret: secret.into(),
            trusted_from,
        }
    }
}

/// Creation of a webhook whose outcome is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HookCreation {
    /// Tag of the secret that the webhook was given.
    pub secret: String,
    /// Time from which nothing was created if Greenhouse does not list the webhook.
    pub trusted_from: DateTime<Utc>,
}

impl HookCreation {
    /// Creates the record of a creation.
    pub fn new(secret: impl Into<String>, trusted_from: DateTime<Utc>) -> Self {
        Self {
            secret: secret.into(),
            trusted_from,
        }
    }
}

/// Reason why a webhook has to be repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HookDefect {
    /// Greenhouse does not list a webhook for the event.
    Missing,
    /// The webhook is disabled, for example because its ping failed.
    Disabled,
    /// The webhook has the hook key of the account, but another address than this host's.
    WrongAddress,
    /// Greenhouse gives up a delivery too soon.
    FewAttempts,
    /// The webhook was given an earlier secret of the account.
    OldSecret,
    /// The host created another webhook for the same event.
    Duplicate,
    /// It is not known whether the webhook was created.
    Unconfirmed,
}

/// Failed check or removal of webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct HookFailure {
    /// What failed.
    pub message: String,
    /// Remedy, as one or more sentences.
    pub remedy: String,
}

impl HookFailure {
    /// Creates a failure.
    pub fn new(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}
