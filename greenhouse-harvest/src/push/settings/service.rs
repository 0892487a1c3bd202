use std::{fmt, sync::Arc};

use greenhouse_core::{
    AccountId,
    platform::{PlatformError, ProductJob, Scenario},
    settings::{
        FormError, PushSettings, SettingsError, SettingsProblem, SettingsView, record_at,
        save_record,
    },
    store::{AccountRecord, StoreError},
};

use super::{PushSettingsUpdate, refusing::refusing, view::view};
use crate::{
    Error,
    push::{
        diagnosis::{PushDiagnosis, Unchecked},
        engine::Engine,
    },
};

/// Service that returns, checks and saves the push settings of all accounts.
///
/// Returned by [`PushService::settings`](crate::PushService::settings). Used by the endpoints and
/// by command-line tools.
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`, with JSON bodies:
///
/// | endpoint | body |
/// |---|---|
/// | `GET settings/push` | returns a [`SettingsView`] |
/// | `PUT settings/push` | accepts a [`PushSettingsUpdate`], returns the new [`SettingsView`] |
/// | `POST settings/push/check` | accepts the same, or nothing; returns `checks`, `problems` |
/// | `GET choices/jobs` | open jobs: `jobs` with `id`, `name`, `requisition_id`; `product_jobs`, `scenarios` |
/// | `GET choices/stages?job=ID` | `stages` with `id`, `name`; `interview_kits` or `null` |
/// | `GET choices/users` (`?email=`, `?id=`) | active users: `id`, `name`, `email`, `site_admin` |
/// | `GET choices/fields` | `fields` with `on`, `key`, `name`, `value_type`, `uses` |
/// | `GET choices/sources` | `sources` with `id`, `name`, `type` |
///
/// `settings/push/check` saves nothing. It also checks settings that are switched off, and without a
/// body the stored settings. `checks` are health checks; with `problems`, `PUT` would be refused.
///
/// `mapped_stages` of `choices/jobs` are the stages in the settings with `id`, `name`, `job` and
/// `active`, or `null` if the credential is not allowed to list stages. `mapped_kits` are the
/// interview kits in the settings with `id`, `name` and `job`, or `null` likewise.
///
/// With `?max_age=60`, a list is returned again that was read less than 60 seconds ago with the same
/// credential and acting user, and so is a check of the stored settings that found no problem. By
/// default, every request reads from Greenhouse.
///
/// `scenarios` are the tests of the product with `id` and `name`.
///
/// Each list of choices has the member `truncated`, which is `true` if there are more rows. An
/// entry in `product_jobs` has `id` and `name`; an entry in `interview_kits` has `id`, `name` and
/// `stage`.
///
/// [`settings_answer`](greenhouse_core::operator::settings_answer) lists the errors common to all
/// settings endpoints. These endpoints add the following errors, with a `remedy` if a person can
/// correct the cause:
///
/// | status | code | cause |
/// |---|---|---|
/// | 409 | `not_configured` | no credential is stored |
/// | 409 | `greenhouse_refused` | Greenhouse refused a call |
/// | 409 | `cannot_see` | some records may be hidden from the acting user |
/// | 503 | `greenhouse_unreachable`, `rate_limited` | no call was possible; nothing saved |
/// | 503 | `greenhouse_answer` | unexpected response from Greenhouse; nothing was saved |
/// | 503 | `product_unavailable` | the product did not list its jobs |
#[derive(Clone)]
pub struct PushSettingsService {
    pub(super) engine: Arc<Engine>,
}

impl PushSettingsService {
    pub(in crate::push) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// Returns the account's settings without the secret.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NoAccount`] if the account does not exist, [`SettingsError::Store`] if the
    /// store failed.
    pub async fn view(&self, account: &AccountId) -> Result<SettingsView, PushSettingsError> {
        let record = self.record(account).await?;
        Ok(view(&record)?)
    }

    /// Saves push settings if the account is still at the update's version and the settings have no
    /// problems. Settings that are switched off are saved without being checked in Greenhouse.
    ///
    /// If the stored settings are switched on and the update corrects at least one of their
    /// problems, older problems of unchanged mappings do not refuse the update. Several mappings
    /// can thus be corrected one by one.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`] if the settings could not be checked or saved. After
    /// [`SettingsError::Store`], the settings may have been saved; compare the version. After any
    /// other error, nothing was saved.
    pub async fn save(
        &self,
        account: &AccountId,
        update: PushSettingsUpdate,
    ) -> Result<SettingsView, PushSettingsError> {
        let mut record = record_at(self.engine.store(), account, update.version()).await?;
        let settings = update.settings(record.settings.push.as_ref())?;
        if let Some(settings) = settings.as_ref().filter(|settings| settings.enabled) {
            let stored = record.settings.push.as_ref();
            let problems = self.refusing(account, stored, settings).await?;
            if !problems.is_empty() {
                return Err(SettingsError::CannotWork(problems).into());
            }
        }
        record.settings.push = settings;
        let saved = save_record(self.engine.store(), account, record).await?;
        Ok(view(&saved)?)
    }

    /// Returns the problems in the stored settings, even if they are switched off.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError::NotConfigured`] if the account has no push settings.
    /// [`PushSettingsError`] if the settings could not be read or checked.
    pub async fn check(
        &self,
        account: &AccountId,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        let settings = self.stored(account).await?;
        self.problems(account, &settings).await
    }

    /// Returns the diagnosis of the update's settings, or without an update of the stored settings,
    /// even if they are switched off. Saves nothing.
    ///
    /// # Errors
    ///
    /// The errors of [`save`](Self::save) and [`check`](Self::check), except that a failed call to
    /// Greenhouse is in the diagnosis. [`PushSettingsError::NotConfigured`] also if the update
    /// removes the settings.
    pub async fn diagnose(
        &self,
        account: &AccountId,
        update: Option<PushSettingsUpdate>,
    ) -> Result<PushDiagnosis, PushSettingsError> {
        let settings = match update {
            Some(update) => {
                let record = record_at(self.engine.store(), account, update.version()).await?;
                let settings = update.settings(record.settings.push.as_ref())?;
                settings.ok_or(PushSettingsError::NotConfigured)?
            }
            None => self.stored(account).await?,
        };
        let product_jobs = self.product_jobs(account).await?;
        let clients = &self.engine.clients;
        let access = clients.access_to_check(account, Arc::new(settings));
        let mut diagnosis = PushDiagnosis::of(&access, Some(&product_jobs)).await;
        diagnosis
            .add_stage_tests(&self.engine, account, &access.settings)
            .await?;
        Ok(diagnosis)
    }

    /// Returns the version of the account, which changes with its settings.
    pub(super) async fn version(&self, account: &AccountId) -> Result<u64, PushSettingsError> {
        Ok(self.record(account).await?.version)
    }

    /// Returns the account's stored settings, even if they are switched off.
    pub(super) async fn stored(
        &self,
        account: &AccountId,
    ) -> Result<PushSettings, PushSettingsError> {
        let record = self.record(account).await?;
        record.settings.push.ok_or(PushSettingsError::NotConfigured)
    }

    pub(super) async fn product_jobs(
        &self,
        account: &AccountId,
    ) -> Result<Vec<ProductJob>, PushSettingsError> {
        let jobs = self.engine.product_jobs(account).await;
        jobs.map_err(PushSettingsError::Product)
    }

    pub(super) async fn scenarios(
        &self,
        account: &AccountId,
    ) -> Result<Vec<Scenario>, PushSettingsError> {
        let scenarios = self.engine.scenarios(account).await;
        scenarios.map_err(PushSettingsError::Product)
    }

    async fn problems(
        &self,
        account: &AccountId,
        settings: &PushSettings,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        let product_jobs = self.product_jobs(account).await?;
        let clients = &self.engine.clients;
        let access = clients.access_to_check(account, Arc::new(settings.clone()));
        let mut diagnosis = PushDiagnosis::of(&access, Some(&product_jobs)).await;
        diagnosis
            .add_stage_tests(&self.engine, account, settings)
            .await?;
        let problems = diagnosis.into_settings_problems();
        problems.map_err(PushSettingsError::NotVerified)
    }

    /// Returns the problems that refuse the change from `stored` to `settings`.
    async fn refusing(
        &self,
        account: &AccountId,
        stored: Option<&PushSettings>,
        settings: &PushSettings,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        let found = self.problems(account, settings).await?;
        let stored = stored.filter(|stored| stored.enabled && !found.is_empty());
        let Some(stored) = stored else {
            return Ok(found);
        };
        let known = self.problems(account, stored).await?;
        Ok(refusing(found, &known, stored, settings))
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, PushSettingsError> {
        let record = self.engine.store().account(account).await?;
        Ok(record.ok_or(SettingsError::NoAccount)?)
    }
}

impl fmt::Debug for PushSettingsService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushSettingsService")
            .finish_non_exhaustive()
    }
}

/// Error from [`PushSettingsService`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushSettingsError {
    /// Error common to all kinds of settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The account has no push settings.
    #[error("the account has no push settings")]
    NotConfigured,
    /// The checks in Greenhouse failed, so the settings were not verified.
    #[error("the settings could not be verified in Greenhouse")]
    NotVerified(#[source] Error),
    /// The product did not list its jobs, or its tests.
    #[error("the product did not list its jobs")]
    Product(#[source] PlatformError),
}

impl From<Unchecked> for PushSettingsError {
    fn from(unchecked: Unchecked) -> Self {
        match unchecked {
            Unchecked::Product(error) => Self::Product(error),
            Unchecked::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for PushSettingsError {
    fn from(error: StoreError) -> Self {
        Self::Settings(error.into())
    }
}

impl From<FormError> for PushSettingsError {
    fn from(error: FormError) -> Self {
        Self::Settings(error.into())
    }
}
