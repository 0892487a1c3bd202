//! What every direction's settings endpoint does alike: the form of a change, the version check, what is refused.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    AccountId,
    store::{AccountRecord, Changes, Proposal, Store, StoreError, Write, decide_and_apply},
};

/// The settings of one direction as they may be shown: `{"version": 3, "settings": {...}}`, with every default and without a
/// secret. Where nothing was set up, `settings` is null. What is shown can be changed and sent back.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SettingsView {
    /// The version of the account's record, which a change names. Whatever else of the account changes raises it, too.
    pub version: u64,
    /// The settings; none where nothing was set up.
    pub settings: Option<Value>,
}

impl SettingsView {
    /// These settings, at this version of the record.
    pub fn new(version: u64, settings: Option<Value>) -> Self {
        Self { version, settings }
    }
}

/// A change of the settings of one direction: `{"version": 3, "settings": {...}}`, of which `version` is the one that was
/// read. Its Debug shows no settings: there may be a secret in them.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The version that the change was made of.
    pub version: u64,
    /// The settings that there are to be; null takes those of the direction away.
    pub settings: Value,
}

impl SettingsChange {
    /// Reads the body of a `PUT`.
    ///
    /// # Errors
    ///
    /// [`FormError`] where it is not of this form.
    pub fn from_json(body: &[u8]) -> Result<Self, FormError> {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let change = serde_path_to_error::deserialize(&mut deserializer).map_err(FormError::of)?;
        deserializer
            .end()
            .map_err(|error| FormError::new("", error.to_string()))?;
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

/// Reads settings, or a part of them, out of a change.
///
/// # Errors
///
/// [`FormError`] names the member and repeats no text.
pub fn read_form<T: DeserializeOwned>(form: Value) -> Result<T, FormError> {
    serde_path_to_error::deserialize(form).map_err(FormError::of)
}

/// Where the form of a change is wrong. Repeats no text of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", lead(member))]
#[non_exhaustive]
pub struct FormError {
    /// The member, such as `thresholds`; empty where all of it is no form.
    pub member: String,
    /// What is wrong with it.
    pub reason: String,
}

impl FormError {
    /// This member is wrong for this reason.
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
            reason: without_values(&error.into_inner().to_string()),
        }
    }
}

/// Something in settings that cannot work. Names no person but by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SettingsProblem {
    /// The member of the settings, such as `jobs.account-executive.stage`.
    pub member: String,
    /// What is wrong, for programs.
    pub code: &'static str,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, as a sentence.
    pub remedy: String,
}

impl SettingsProblem {
    /// A problem of this member.
    pub fn new(
        member: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            member: member.into(),
            code,
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// The record of an account, if it is still at the version that a change was made of.
///
/// # Errors
///
/// [`SettingsError::NoAccount`], [`SettingsError::Stale`], [`SettingsError::Store`].
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

/// Saves a record that [`record_at`] has read, changed. Answers the record as it is now.
///
/// # Errors
///
/// Those of [`record_at`]: nothing was saved then. After [`SettingsError::Store`] it may have been: look at the version.
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
            // The decision holds for this version and for no other.
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

/// Conflicts in a row after which the person is asked to look again.
const MAX_TRIES: u32 = 3;

/// Why settings are not shown, checked or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The store has no record of the account.
    #[error("the account has no settings in the store")]
    NoAccount,
    /// Somebody has changed the account since it was read.
    #[error("the account was changed meanwhile, and is at version {version} now")]
    Stale {
        /// The version that it is at.
        version: u64,
    },
    /// The settings are not of the right form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The settings cannot work; here is everything that is wrong.
    #[error("the settings cannot work")]
    CannotWork(Vec<SettingsProblem>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A message without the text that serde quotes in it: that may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    for lead in ["unknown variant `", "unknown field `"] {
        let named = message.strip_prefix(lead);
        if let Some((_, after)) = named.and_then(|rest| rest.split_once('`')) {
            return format!("{}{after}", lead.trim_end_matches(" `"));
        }
    }
    let quoted = message.split_once("string \"");
    match quoted.and_then(|(before, rest)| Some((before, rest.rsplit_once('"')?.1))) {
        Some((before, after)) => format!("{before}a string{after}"),
        None => message.to_owned(),
    }
}

fn lead(member: &str) -> String {
    match member {
        "" | "." => String::new(),
        member => format!("{member}: "),
    }
}
