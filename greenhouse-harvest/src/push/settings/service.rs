use std::{fmt, sync::Arc};

use greenhouse_core::{
    AccountId,
    platform::{PlatformError, ProductJob},
    settings::{
        FormError, PushSettings, SettingsError, SettingsProblem, SettingsView, record_at,
        save_record,
    },
    store::{AccountRecord, StoreError},
};

use super::{PushSettingsUpdate, view::view};
use crate::{
    Error,
    push::{diagnosis::verify_push_settings, engine::Engine},
};

/// The push settings of all accounts, in the store: shown, checked, saved.
///
/// Made by [`PushService::settings`](crate::PushService::settings). Endpoints and a command line do the same with it.
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`, with JSON in and out:
///
/// | endpoint | body |
/// |---|---|
/// | `GET settings/push` | answers a [`SettingsView`] |
/// | `PUT settings/push` | takes a [`PushSettingsUpdate`], answers the new [`SettingsView`] |
/// | `GET choices/jobs` | `{"jobs": [{"id", "name", "requisition_id"}], "truncated", "product_jobs": [{"id", "name"}]}`: open jobs |
/// | `GET choices/stages?job=ID` | `{"stages": [{"id", "name"}], "interview_kits": [{"id", "name", "stage"}] or null, "truncated"}` |
/// | `GET choices/users` (`?email=`) | `{"users": [{"id", "name", "email", "site_admin"}], "truncated"}`: active users |
/// | `GET choices/fields` | `{"fields": [{"on", "key", "name", "value_type", "uses"}], "truncated"}` |
/// | `GET choices/sources` | `{"sources": [{"id", "name", "type"}], "truncated"}` |
///
/// What settings of any direction are refused with stands at [`settings_answer`](greenhouse_core::operator::settings_answer).
/// These have more, with `remedy` where a person has to do something about it:
///
/// | status | code | |
/// |---|---|---|
/// | 409 | `not_configured` | there is no credential yet |
/// | 409 | `greenhouse_refused`, `cannot_see` | `remedy` |
/// | 503 | `greenhouse_unreachable`, `rate_limited`, `greenhouse_answer` | `remedy`; nothing was verified, and nothing saved |
/// | 503 | `product_unavailable` | |
#[derive(Clone)]
pub struct PushSettingsService {
    pub(super) engine: Arc<Engine>,
}

impl PushSettingsService {
    pub(in crate::push) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    /// The account's settings as they may be shown.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NoAccount`] and [`SettingsError::Store`].
    pub async fn view(&self, account: &AccountId) -> Result<SettingsView, PushSettingsError> {
        let record = self.record(account).await?;
        Ok(view(&record)?)
    }

    /// Saves a change, if the account is still at the version that it was made of, and if the settings can work. Nothing but
    /// the settings of the push changes. Settings that are switched off are saved without being checked: they only have to
    /// be of the right form.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`]: nothing was saved then. After [`SettingsError::Store`] it may have been: look at the version.
    pub async fn save(
        &self,
        account: &AccountId,
        update: PushSettingsUpdate,
    ) -> Result<SettingsView, PushSettingsError> {
        let mut record = record_at(self.engine.store(), account, update.version()).await?;
        let settings = update.settings(record.settings.push.as_ref())?;
        if let Some(settings) = settings.as_ref().filter(|settings| settings.enabled) {
            let problems = self.problems(account, settings).await?;
            if !problems.is_empty() {
                return Err(SettingsError::CannotWork(problems).into());
            }
        }
        record.settings.push = settings;
        let saved = save_record(self.engine.store(), account, record).await?;
        Ok(view(&saved)?)
    }

    /// What in the stored settings cannot work, switched on or not.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`]; [`PushSettingsError::NotConfigured`] where nothing was set up.
    pub async fn check(
        &self,
        account: &AccountId,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        let settings = self.stored(account).await?;
        self.problems(account, &settings).await
    }

    /// The settings that the account has, switched on or not.
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

    async fn problems(
        &self,
        account: &AccountId,
        settings: &PushSettings,
    ) -> Result<Vec<SettingsProblem>, PushSettingsError> {
        let product_jobs = self.product_jobs(account).await?;
        let clients = &self.engine.clients;
        let access = clients.access_to_check(account, Arc::new(settings.clone()));
        verify_push_settings(&access, Some(&product_jobs))
            .await
            .map_err(PushSettingsError::NotVerified)
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

/// Why settings are not shown, checked or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushSettingsError {
    /// What settings of any direction can fail of.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The account has no settings of a push.
    #[error("the push is not set up")]
    NotConfigured,
    /// Greenhouse could not be asked, so that nothing is known.
    #[error("greenhouse could not be asked whether the settings can work")]
    NotVerified(#[source] Error),
    /// The product could not be asked for its jobs.
    #[error("the product could not be asked for its jobs")]
    Product(#[source] PlatformError),
}

/// By the way of the shared errors: `?` takes one step only.
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
