use std::collections::BTreeSet;

use greenhouse_core::{
    Text, WebhookAdminError,
    settings::{HookDefect, HookFailure, ManagedHooks},
    store::StoreError,
};
use serde::{Deserialize, Serialize};

use crate::texts::hooks as texts;

/// What to do with the webhooks in Greenhouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HookAction {
    /// Create the missing webhooks.
    Create,
    /// Compare the webhooks with what they should be. Changes nothing in Greenhouse.
    Check,
    /// Create the missing webhooks, correct those with a defect, and delete duplicates.
    Repair,
    /// Delete the webhooks that the host created.
    Remove,
}

/// Result of `POST hooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HookReport {
    /// What was done.
    pub action: HookAction,
    /// One result for each event. After `remove`, one result for each deleted webhook.
    pub hooks: Vec<HookResult>,
    /// Number of webhooks in Greenhouse that do not belong to this account. They are not changed.
    pub foreign: usize,
}

/// Result for one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HookResult {
    /// Action that the webhook sends, such as `hire_candidate`.
    pub action: String,
    /// Id of the webhook in Greenhouse. `None` if there is none.
    pub id: Option<i64>,
    /// What was found or done.
    pub result: HookOutcome,
    /// Defects that were found, including those that were repaired.
    pub defects: BTreeSet<HookDefect>,
    /// Explanation, for people. `None` if there is nothing to explain.
    pub message: Option<String>,
    /// Remedy. `None` if nothing has to be done.
    pub remedy: Option<String>,
}

/// What was found or done for one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HookOutcome {
    /// The webhook exists and needs no change.
    Ok,
    /// The webhook was created.
    Created,
    /// The defects were repaired.
    Repaired,
    /// The webhook was deleted.
    Removed,
    /// The webhook is missing or has the defects in `defects`.
    Defective,
    /// It is not known whether the webhook was created. Try again later.
    Unconfirmed,
    /// The change failed; see `message` and `remedy`.
    Failed,
    /// An earlier call failed, or there was no time left.
    NotAttempted,
}

impl HookOutcome {
    /// Returns `true` if the webhook exists without defects.
    pub(super) fn works(self) -> bool {
        matches!(self, Self::Ok | Self::Created | Self::Repaired)
    }
}

/// State of the webhooks that the host created in Greenhouse. Part of the response to `GET hooks`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct HookManagement {
    /// Whether the host can create the webhooks.
    pub permission: Permission,
    /// The webhooks that the host created, or tried to create. Empty if the account's webhooks are
    /// created by hand.
    pub hooks: Vec<ManagedHookView>,
    /// Time of the last check. ISO 8601 in UTC. `None` if there was none.
    #[cfg_attr(
        feature = "openapi",
        schemars(with = "Option<chrono::DateTime<chrono::Utc>>")
    )]
    pub last_check: Option<String>,
    /// Reason why the last check or removal failed. `None` if it succeeded.
    pub failure: Option<String>,
    /// Remedy for the failure.
    pub failure_remedy: Option<String>,
}

/// Permission of the account's Harvest credential to manage webhooks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "HookPermission"))]
#[non_exhaustive]
pub struct Permission {
    /// `false` if the host cannot manage webhooks. `None` if this could not be checked.
    pub allowed: Option<bool>,
    /// Stable code of the reason.
    pub code: Option<String>,
    /// Reason, for people.
    pub message: Option<String>,
    /// Remedy.
    pub remedy: Option<String>,
}

/// Webhook that the host created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ManagedHookView {
    /// Action that the webhook sends, such as `hire_candidate`.
    pub action: String,
    /// Id of the webhook in Greenhouse. `None` if it is not known whether it was created, or if it
    /// is missing.
    pub id: Option<i64>,
    /// Defects that the last check found.
    pub defects: BTreeSet<HookDefect>,
}

impl HookManagement {
    pub(super) fn new(
        permission: Permission,
        managed: Option<&ManagedHooks>,
        last_check: Option<String>,
    ) -> Self {
        let Some(managed) = managed else {
            return Self {
                permission,
                ..Self::default()
            };
        };
        let hooks = managed.hooks.keys().chain(managed.creating.keys());
        let actions: BTreeSet<_> = hooks.chain(managed.defects.keys()).collect();
        let hooks = actions.into_iter().map(|action| {
            let mut defects = managed.defects.get(action).cloned().unwrap_or_default();
            let id = managed.hooks.get(action).map(|hook| hook.id);
            if id.is_none() && managed.creating.contains_key(action) {
                defects.insert(HookDefect::Unconfirmed);
            }
            ManagedHookView {
                action: action.clone(),
                id,
                defects,
            }
        });
        let failure = managed.failure.clone();
        let (failure, failure_remedy) = failure.map(|own| (own.message, own.remedy)).unzip();
        Self {
            permission,
            hooks: hooks.collect(),
            last_check,
            failure,
            failure_remedy,
        }
    }
}

impl HookResult {
    pub(super) fn new(action: &str, id: Option<i64>, result: HookOutcome) -> Self {
        Self {
            action: action.to_owned(),
            id,
            result,
            defects: BTreeSet::new(),
            message: None,
            remedy: None,
        }
    }

    pub(super) fn explained(mut self, message: String, remedy: String) -> Self {
        (self.message, self.remedy) = (Some(message), Some(remedy));
        self
    }

    /// Result of a call that failed.
    pub(super) fn failed(action: &str, id: Option<i64>, error: WebhookAdminError) -> Self {
        let failure = HookError::from(error).failure();
        Self::new(action, id, HookOutcome::Failed).explained(failure.message, failure.remedy)
    }

    pub(super) fn with_defects(mut self, defects: BTreeSet<HookDefect>) -> Self {
        self.defects = defects;
        self
    }
}

/// Reason why webhooks could not be managed at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HookError {
    #[error("unknown account")]
    NoAccount,
    #[error("the account's webhooks are switched off")]
    SwitchedOff,
    #[error("the account has no Harvest credential")]
    NoCredential,
    #[error("the public URL is not an https URL")]
    NotHttps,
    #[error("the credential may not manage webhooks")]
    Denied { message: String, remedy: String },
    #[error("another process changes the webhooks")]
    Busy,
    #[error("Greenhouse was not reached")]
    Unavailable { message: String, remedy: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl HookError {
    /// Returns `true` if trying again does not help.
    pub(super) fn is_final(&self) -> bool {
        !matches!(self, Self::Busy | Self::Unavailable { .. } | Self::Store(_))
    }

    pub(crate) fn text(&self) -> Text {
        match self {
            Self::NoAccount | Self::SwitchedOff => texts::hooks_switched_off(),
            Self::NoCredential => texts::hooks_no_credential(),
            Self::NotHttps => texts::hooks_not_https(),
            Self::Denied { message, .. } => texts::hooks_not_allowed(message),
            Self::Busy => texts::hooks_busy(),
            Self::Unavailable { message, .. } => texts::hooks_unavailable(message),
            Self::Store(_) => texts::hooks_unavailable(texts::DATABASE),
        }
    }

    pub(crate) fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::NoAccount | Self::SwitchedOff => texts::SWITCH_ON.to_owned(),
            Self::NoCredential => texts::ENTER_CREDENTIAL.to_owned(),
            Self::NotHttps => texts::USE_HTTPS.to_owned(),
            Self::Denied { remedy, .. } | Self::Unavailable { remedy, .. } => remedy.clone(),
            Self::Busy => texts::TRY_AGAIN.to_owned(),
            Self::Store(_) => texts::CHECK_DATABASE.to_owned(),
        })
    }

    /// Returns the failure to record.
    pub(super) fn failure(&self) -> HookFailure {
        let text = self.text();
        HookFailure::new(text.as_str(), self.remedy().unwrap_or_default())
    }
}

impl From<WebhookAdminError> for HookError {
    fn from(error: WebhookAdminError) -> Self {
        match error {
            WebhookAdminError::NotConfigured => Self::NoCredential,
            WebhookAdminError::Denied { message, remedy } => Self::Denied { message, remedy },
            WebhookAdminError::Refused { message, remedy }
            | WebhookAdminError::Unavailable { message, remedy } => {
                Self::Unavailable { message, remedy }
            }
            error => Self::Unavailable {
                message: error.to_string(),
                remedy: texts::TRY_AGAIN.to_owned(),
            },
        }
    }
}
