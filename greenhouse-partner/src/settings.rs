mod assessments;
mod sync;

use std::{fmt, sync::Arc};

use greenhouse_core::{
    AccountId, Secret,
    settings::{
        AccountSettings, SettingsChange, SettingsError, SettingsProblem, SettingsView,
        SyncSettings, record_at, save_record,
    },
    store::{AccountKey, AccountRecord, Store, StoreError},
};

#[cfg(feature = "openapi")]
pub(crate) use self::{assessments::AssessmentsForm, sync::SyncForm};
pub(crate) use self::{assessments::AssessmentsView, sync::SyncView};
use crate::texts::settings as texts;

/// Settings of the direction from Greenhouse to the product, for all accounts.
///
/// Used by the endpoints of [`PartnerService`](crate::PartnerService) and by the command line.
///
/// # Endpoints
///
/// Under `/api/integrations/greenhouse`. `GET` returns a [`SettingsView`]. `PUT` accepts a
/// [`SettingsChange`] with the version that was read, and returns the new view. A view can be
/// edited and sent back. Members with a default may be left out, secrets that are left out keep
/// their stored values, and `"settings": null` removes the settings. See
/// [`settings_answer`](greenhouse_core::operator::settings_answer) for errors.
///
/// `settings/assessments`:
///
/// | member | returned | accepted |
/// |---|---|---|
/// | `enabled` | `true` if switched on | default true |
/// | `completion` | `{"user_set": true, "password_set": false}`, or null | see below |
/// | `thresholds` | `{"strong_yes", "yes", "mixed", "no"}` | default thresholds if left out |
///
/// `completion` is `{"user", "password"}`. A user without a password is a single key. The stored
/// credential is kept if `completion` is left out or has neither member; null removes the
/// credential.
///
/// Partner keys have their own endpoints; see [`PartnerKeys`](crate::PartnerKeys). Removing the
/// settings also removes the keys. Revoked keys stay revoked.
///
/// `settings/sync`:
///
/// | member | returned | accepted |
/// |---|---|---|
/// | `enabled` | `true` if switched on | default true |
/// | `hook_key` | last segment of the endpoint URL | kept or created if left out |
/// | `invited_applications` | `true` if an open test ends with its application | default false |
/// | `secrets` | `[{"kept": 0}]`, the current one first | `["new", {"kept": 0}]`, at most five |
///
/// An item of `secrets` is a new secret, or the index of a stored one. If `secrets` is left out,
/// all stored secrets are kept. A new secret must pass [`Secret::check`]; health warns of one that
/// is shorter than [`Secret::SAFE_LENGTH`].
#[derive(Clone)]
pub struct PartnerSettings {
    store: Arc<dyn Store>,
}

/// Part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsPart {
    /// Assessment endpoints and completion notices.
    Assessments,
    /// Webhooks.
    Sync,
}

impl SettingsPart {
    /// Returns the part that has this name in endpoint paths.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "assessments" => Some(Self::Assessments),
            "sync" => Some(Self::Sync),
            _ => None,
        }
    }
}

impl PartnerSettings {
    /// Creates a handle to the settings in this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// Returns the account's settings without secrets. The sync settings contain the hook key,
    /// which only the account may see.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NoAccount`] and [`SettingsError::Store`].
    pub async fn view(
        &self,
        account: &AccountId,
        part: SettingsPart,
    ) -> Result<SettingsView, SettingsError> {
        view(&self.record(account).await?, part)
    }

    /// Saves a change to this part, if the account still has the version that was read and the new
    /// settings have no problems.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]: nothing was saved. After [`SettingsError::Store`] the change may have
    /// been saved; compare the version.
    pub async fn save(
        &self,
        account: &AccountId,
        part: SettingsPart,
        change: SettingsChange,
    ) -> Result<SettingsView, SettingsError> {
        let mut record = record_at(&*self.store, account, change.version).await?;
        let settings = &mut record.settings;
        let kept = stored_secrets(settings);
        match part {
            SettingsPart::Assessments => {
                let earlier = settings.clone();
                let stored = settings.assessments.take();
                settings.assessments = assessments::read(change.settings, stored)?;
                settings.keep_revocations_of(&earlier);
            }
            SettingsPart::Sync => {
                let stored = settings.sync.take();
                settings.sync = sync::read(change.settings, stored)?;
            }
        }
        let problems = self.problems(account, &record, part, Some(&kept)).await?;
        if !problems.is_empty() {
            return Err(SettingsError::CannotWork(problems));
        }
        view(&save_record(&*self.store, account, record).await?, part)
    }

    /// Returns the problems of the stored settings, even if switched off. Missing settings have no
    /// problems.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NoAccount`] and [`SettingsError::Store`].
    pub async fn check(
        &self,
        account: &AccountId,
        part: SettingsPart,
    ) -> Result<Vec<SettingsProblem>, SettingsError> {
        let record = self.record(account).await?;
        self.problems(account, &record, part, None).await
    }

    /// Returns the problems of the settings. If a change is saved, `kept` contains the secrets that
    /// are stored already. They are not checked again, so that a defective stored secret does not
    /// block its rotation or a change of other settings.
    async fn problems(
        &self,
        account: &AccountId,
        record: &AccountRecord,
        part: SettingsPart,
        kept: Option<&[Secret]>,
    ) -> Result<Vec<SettingsProblem>, SettingsError> {
        let settings = &record.settings;
        match part {
            SettingsPart::Assessments => {
                let settings = settings.assessments.as_ref();
                let problems = settings.map(|settings| assessments::problems(settings, kept));
                Ok(problems.unwrap_or_default())
            }
            SettingsPart::Sync => {
                let Some(settings) = &settings.sync else {
                    return Ok(Vec::new());
                };
                let key = AccountKey::Hook(settings.hook_key.clone());
                let holder = self.store.account_with_key(&key).await?;
                let taken = holder.is_some_and(|(holder, _)| holder != *account);
                let taken = taken.then(texts::hook_key_taken);
                let secrets = sync::problems(settings, kept.unwrap_or_default());
                Ok(taken.into_iter().chain(secrets).collect())
            }
        }
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, SettingsError> {
        let record = self.store.account(account).await?;
        record.ok_or(SettingsError::NoAccount)
    }
}

impl fmt::Debug for PartnerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerSettings").finish_non_exhaustive()
    }
}

fn view(record: &AccountRecord, part: SettingsPart) -> Result<SettingsView, SettingsError> {
    let settings = &record.settings;
    let settings = match part {
        SettingsPart::Assessments => {
            let settings = settings.assessments.as_ref();
            settings.map(|own| serde_json::to_value(AssessmentsView::of(own)))
        }
        SettingsPart::Sync => {
            let settings = settings.sync.as_ref();
            settings.map(|own| serde_json::to_value(SyncView::of(own)))
        }
    };
    let settings = settings.transpose().map_err(StoreError::corrupt)?;
    Ok(SettingsView::new(record.version, settings))
}

/// Returns the secrets that a person pasted earlier.
fn stored_secrets(settings: &AccountSettings) -> Vec<Secret> {
    let hooks = settings.sync.as_ref().map(SyncSettings::secrets);
    let assessments = settings.assessments.as_ref();
    let completion = assessments.and_then(|own| own.completion.as_ref());
    let completion = completion.map(|own| [own.user.clone(), own.password.clone()]);
    let hooks = hooks.unwrap_or_default().iter().cloned();
    hooks.chain(completion.into_iter().flatten()).collect()
}

/// Default value of a switch.
fn on() -> bool {
    true
}
