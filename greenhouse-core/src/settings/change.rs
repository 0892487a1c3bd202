//! Parts that all settings endpoints share: the request body, the version check and the errors.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    AccountId,
    parse_error::{Format, describe},
    plain,
    store::{AccountRecord, Changes, Proposal, Store, StoreError, Write, decide_and_apply},
};

/// Settings of one direction without secrets, with every default: `{"version": 3, "settings":
/// {...}}`.
///
/// `settings` is `null` if the direction is not set up. A caller can edit the document and send it
/// back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{T}View"))]
#[non_exhaustive]
pub struct SettingsView<T = Value> {
    /// Version of the account record, to send with a change. Every change to the account increments
    /// it.
    pub version: u64,
    /// The settings; `None` if not set up.
    pub settings: Option<T>,
}

impl SettingsView {
    /// Creates a view of the settings at this version of the record.
    pub fn new(version: u64, settings: Option<Value>) -> Self {
        Self { version, settings }
    }
}

/// Change to the settings of one direction: `{"version": 3, "settings": {...}}`. Debug omits the
/// settings, because they may contain a secret.
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "{T}Change"))]
#[serde(deny_unknown_fields)]
pub struct SettingsChange<T = Value> {
    /// Version of the record that the caller edited.
    pub version: u64,
    /// New settings; `null` removes the direction's settings.
    pub settings: T,
}

impl SettingsChange {
    /// Parses the body of a `PUT`.
    ///
    /// # Errors
    ///
    /// [`FormError`] if the body is not JSON, or a member is missing, unknown or of the wrong type.
    pub fn from_json(body: &[u8]) -> Result<Self, FormError> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let change = serde_path_to_error::deserialize(&mut deserializer).map_err(FormError::of)?;
        deserializer
            .end()
            .map_err(|error| FormError::new("", describe_json(&error)))?;
        Ok(change)
    }
}

impl fmt::Debug for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SettingsChange")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Parses settings, or a part of them, from a change.
///
/// # Errors
///
/// [`FormError`] with the path of the invalid member. The error contains no input.
pub fn read_form<T: DeserializeOwned>(form: Value) -> Result<T, FormError> {
    serde_path_to_error::deserialize(form).map_err(FormError::of)
}

/// Error in a member of a settings change. Contains no input.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", lead(member))]
#[non_exhaustive]
pub struct FormError {
    /// Path of the member, such as `thresholds`; empty for the document itself.
    pub member: String,
    /// Reason for the error.
    pub reason: String,
}

impl FormError {
    /// Creates an error for the member at this path.
    pub fn new(member: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            reason: reason.into(),
        }
    }

    fn of(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let member = error.path().to_string();
        Self {
            member: member.trim_start_matches('.').to_owned(),
            reason: describe_json(error.inner()),
        }
    }
}

/// A problem with a setting. Refers to people by id only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SettingsProblem {
    /// Path of the member, such as `jobs.account-executive.stage`.
    pub member: String,
    /// Machine-readable code of the problem.
    pub code: &'static str,
    /// Description of the problem, as a sentence.
    pub message: String,
    /// Remedy, as a sentence.
    pub remedy: String,
    /// Scope that the credential lacks, with the code `scope_missing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<&'static str>,
}

impl SettingsProblem {
    /// Creates a problem with the member at this path.
    pub fn new(
        member: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            member: member.into(),
            code,
            message: plain::line(&message.into()),
            remedy: plain::line(&remedy.into()),
            scope: None,
        }
    }

    /// Sets the scope that the credential lacks.
    #[must_use]
    pub fn lacking(self, scope: &'static str) -> Self {
        Self {
            scope: Some(scope),
            ..self
        }
    }
}

/// Returns an account's record if it is still at the version that the caller edited.
///
/// # Errors
///
/// [`SettingsError::NoAccount`], [`SettingsError::Stale`] if the record is at another version, and
/// [`SettingsError::Store`].
pub async fn record_at(
    store: &dyn Store,
    account: &AccountId,
    version: u64,
) -> Result<AccountRecord, SettingsError> {
    let record = store
        .account(account)
        .await?
        .ok_or(SettingsError::NoAccount)?;
    if record.version == version {
        Ok(record)
    } else {
        Err(SettingsError::Stale {
            version: record.version,
        })
    }
}

/// Saves a changed record that [`record_at`] returned. Returns the stored record.
///
/// # Errors
///
/// The errors of [`record_at`]. After [`SettingsError::Store`], the outcome is unknown, so compare
/// the version. After any other error, nothing was saved.
pub async fn save_record(
    store: &dyn Store,
    account: &AccountId,
    mut record: AccountRecord,
) -> Result<AccountRecord, SettingsError> {
    let new = &record;
    let mut tries = 0;
    let _ = decide_and_apply(store, account, || {
        tries += 1;
        async move {
            // The change is valid only for this version.
            let stored = record_at(store, account, new.version).await?;
            if tries > MAX_TRIES {
                let version = stored.version;
                return Err(SettingsError::Stale { version });
            }
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(new.clone()));
            Ok(Proposal::Write(changes, ()))
        }
    })
    .await?;
    record.version = record.version.saturating_add(1);
    Ok(record)
}

/// Number of write attempts after which the caller must read the settings again.
const MAX_TRIES: u32 = 3;

/// Error of a settings endpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The store has no record of this account.
    #[error("the store has no record of the account")]
    NoAccount,
    /// The account has changed since it was read.
    #[error("the account has changed since it was read; it is now at version {version}")]
    Stale {
        /// Current version.
        version: u64,
    },
    /// The settings cannot be parsed.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The settings are invalid. Lists every problem.
    #[error("the settings are invalid")]
    CannotWork(Vec<SettingsProblem>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Describes an error without values from the document, because one may be a secret in the wrong
/// place.
fn describe_json(error: &serde_json::Error) -> String {
    describe(&error.to_string(), Format::Json, true)
}

fn lead(member: &str) -> String {
    match member {
        "" | "." | "?" => String::new(),
        member => format!("{member}: "),
    }
}
