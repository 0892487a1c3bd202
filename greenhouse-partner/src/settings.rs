mod assessments;
mod sync;

use std::{fmt, sync::Arc};

use greenhouse_core::{
    AccountId,
    settings::{
        SettingsChange, SettingsError, SettingsProblem, SettingsView, record_at, save_record,
    },
    store::{AccountKey, AccountRecord, Store, StoreError},
};

/// The settings of what comes from Greenhouse, of all accounts, in the store: shown, checked, saved.
///
/// The endpoints of [`PartnerService`](crate::PartnerService) and a command line do the same with it.
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`. `GET` answers a [`SettingsView`]; `PUT` takes a [`SettingsChange`] with the version
/// that was read, and answers the new view. What is shown can be changed and sent back: members with a default may be left
/// out, secrets that are not named stay, and `"settings": null` takes the direction away. Refusals stand at
/// [`settings_answer`](greenhouse_core::operator::settings_answer).
///
/// `settings/assessments`:
///
/// | member | shown | taken |
/// |---|---|---|
/// | `enabled` | the switch | true where it is left out |
/// | `completion` | `{"user_set": true, "password_set": false}`, or null | `{"user", "password"}`; a user alone is a single key; left out, or without both, it stays; null removes it |
/// | `thresholds` | `{"strong_yes", "yes", "mixed", "no"}` | the default where they are left out |
///
/// Partner keys are no part of it: they have endpoints of their own, see [`PartnerKeys`](crate::PartnerKeys). They go with the
/// settings when these are taken away.
///
/// `settings/sync`:
///
/// | member | shown | taken |
/// |---|---|---|
/// | `enabled` | the switch | true where it is left out |
/// | `hook_key` | the last segment of the hooks' address | left out, it stays, or a new one is made |
/// | `secrets` | `[{"kept": 0}]`, the one in use first | `["new", {"kept": 0}]`: each a new one, or one that was shown; left out, they stay. Five at the most |
#[derive(Clone)]
pub struct PartnerSettings {
    store: Arc<dyn Store>,
}

/// Whose settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsPart {
    /// Of the assessment endpoints and the completion notices.
    Assessments,
    /// Of the webhooks.
    Sync,
}

impl SettingsPart {
    /// The part with this name in the path of an endpoint.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "assessments" => Some(Self::Assessments),
            "sync" => Some(Self::Sync),
            _ => None,
        }
    }
}

impl PartnerSettings {
    /// The settings in this store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The account's settings as they may be shown. With those of the sync goes the hook key, which is nobody's business but
    /// the account's.
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

    /// Saves a change, if the account is still at the version that it was made of, and if the settings can work. Nothing but
    /// this part's settings changes.
    ///
    /// # Errors
    ///
    /// [`SettingsError`]: nothing was saved then. After [`SettingsError::Store`] it may have been: look at the version.
    pub async fn save(
        &self,
        account: &AccountId,
        part: SettingsPart,
        change: SettingsChange,
    ) -> Result<SettingsView, SettingsError> {
        let mut record = record_at(&*self.store, account, change.version).await?;
        let settings = &mut record.settings;
        match part {
            SettingsPart::Assessments => {
                let stored = settings.assessments.take();
                settings.assessments = assessments::read(change.settings, stored)?;
            }
            SettingsPart::Sync => {
                let stored = settings.sync.take();
                settings.sync = sync::read(change.settings, stored)?;
            }
        }
        let problems = self.problems(account, &record, part).await?;
        if !problems.is_empty() {
            return Err(SettingsError::CannotWork(problems));
        }
        view(&save_record(&*self.store, account, record).await?, part)
    }

    /// What in the stored settings cannot work, switched on or not. What is not set up has no problems.
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
        self.problems(account, &record, part).await
    }

    async fn problems(
        &self,
        account: &AccountId,
        record: &AccountRecord,
        part: SettingsPart,
    ) -> Result<Vec<SettingsProblem>, SettingsError> {
        let settings = &record.settings;
        match part {
            SettingsPart::Assessments => {
                let settings = settings.assessments.as_ref();
                Ok(settings.map(assessments::problems).unwrap_or_default())
            }
            SettingsPart::Sync => {
                let Some(settings) = &settings.sync else {
                    return Ok(Vec::new());
                };
                let key = AccountKey::Hook(settings.hook_key.clone());
                let holder = self.store.account_with_key(&key).await?;
                let taken = holder.is_some_and(|(holder, _)| holder != *account);
                Ok(taken.then(sync::key_taken).into_iter().collect())
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
    let shown = match part {
        SettingsPart::Assessments => settings.assessments.as_ref().map(assessments::to_json),
        SettingsPart::Sync => settings.sync.as_ref().map(sync::to_json).map(Ok),
    };
    let shown = shown.transpose().map_err(StoreError::corrupt)?;
    Ok(SettingsView::new(record.version, shown))
}

/// A switch that is not named.
fn on() -> bool {
    true
}
