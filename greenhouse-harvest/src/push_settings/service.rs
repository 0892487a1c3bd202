use std::{fmt, sync::Arc};

use greenhouse_core::{
    AccountId,
    platform::{PlatformError, ProductJob},
    settings::{FormError, PushSettings, SaveError, record_at, save_record},
    store::{AccountRecord, StoreError},
    within,
};

use super::{PushSettingsProblem, PushSettingsUpdate, PushSettingsView, verify_push_settings};
use crate::{Error, PushParts};

/// The push settings of all accounts, in the store: shown, checked, saved.
///
/// The endpoints of [`PushService`](crate::PushService) and a command line do the same with it.
///
/// # The endpoints
///
/// Under `/api/integrations/greenhouse`, with JSON in and out:
///
/// | endpoint | body |
/// |---|---|
/// | `GET settings/push` | answers a [`PushSettingsView`] |
/// | `PUT settings/push` | takes a [`PushSettingsUpdate`], answers the new [`PushSettingsView`] |
/// | `GET choices/jobs` | `{"jobs": [{"id", "name", "requisition_id"}], "truncated", "product_jobs": [{"id", "name"}]}`: open jobs |
/// | `GET choices/stages?job=ID` | `{"stages": [{"id", "name"}], "interview_kits": [{"id", "name", "stage"}] or null, "truncated"}` |
/// | `GET choices/users` (`?email=`) | `{"users": [{"id", "name", "email", "site_admin"}], "truncated"}`: active users |
/// | `GET choices/fields` | `{"fields": [{"on", "key", "name", "value_type", "uses"}], "truncated"}` |
/// | `GET choices/sources` | `{"sources": [{"id", "name", "type"}], "truncated"}` |
///
/// Every refusal is `{"error": {"code", "message", ...}}`, with `remedy` where a person has to do something about it, and
/// with what belongs to the code:
///
/// | status | code | beside code and message |
/// |---|---|---|
/// | 422 | `bad_body` | `member`, where the form is wrong |
/// | 422 | `cannot_work` | `problems`, a list of [`PushSettingsProblem`]: all of them |
/// | 409 | `stale_version` | `version`, the present one |
/// | 409 | `not_configured` | there is no credential yet |
/// | 409 | `greenhouse_refused`, `cannot_see` | `remedy` |
/// | 404 | `not_found` | the account has no record in the store |
/// | 503 | `greenhouse_unreachable`, `rate_limited`, `greenhouse_answer` | `remedy`; nothing was verified, and nothing saved |
/// | 503 | `store_unavailable`, `product_unavailable` | |
#[derive(Clone)]
pub struct PushSettingsService {
    pub(super) parts: PushParts,
}

impl PushSettingsService {
    /// The settings in the store of these parts.
    pub fn new(parts: PushParts) -> Self {
        Self { parts }
    }

    /// The account's settings as they may be shown.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError::NoAccount`] and [`PushSettingsError::Store`].
    pub async fn view(&self, account: &AccountId) -> Result<PushSettingsView, PushSettingsError> {
        let record = self.record(account).await?;
        PushSettingsView::of(&record).map_err(PushSettingsError::unshowable)
    }

    /// Saves a change, if the account is still at the version that it was made of, and if the settings can work. Nothing but
    /// the settings of the push changes. Settings that are switched off are saved without being checked: they only have to
    /// be of the right form.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`]: nothing was saved then. After [`PushSettingsError::Store`] it may have been: look at the version.
    pub async fn save(
        &self,
        account: &AccountId,
        update: PushSettingsUpdate,
    ) -> Result<PushSettingsView, PushSettingsError> {
        let mut record = record_at(&*self.parts.store, account, update.version()).await?;
        let settings = update.settings(record.settings.push.as_ref())?;
        if let Some(settings) = settings.as_ref().filter(|settings| settings.enabled) {
            let problems = self.problems(account, settings).await?;
            if !problems.is_empty() {
                return Err(PushSettingsError::CannotWork(problems));
            }
        }
        record.settings.push = settings;
        let saved = save_record(&*self.parts.store, account, record).await?;
        PushSettingsView::of(&saved).map_err(PushSettingsError::unshowable)
    }

    /// What in the stored settings cannot work, switched on or not.
    ///
    /// # Errors
    ///
    /// [`PushSettingsError`]; [`PushSettingsError::NotConfigured`] where nothing was set up.
    pub async fn check(
        &self,
        account: &AccountId,
    ) -> Result<Vec<PushSettingsProblem>, PushSettingsError> {
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
        let parts = &self.parts;
        let asked = parts.platform.jobs(account);
        let jobs = within(&*parts.clock, parts.config.product_deadline, asked).await;
        let jobs = jobs.unwrap_or_else(|| Err(PlatformError::Unavailable(TooSlow.into())));
        jobs.map_err(PushSettingsError::Product)
    }

    async fn problems(
        &self,
        account: &AccountId,
        settings: &PushSettings,
    ) -> Result<Vec<PushSettingsProblem>, PushSettingsError> {
        let product_jobs = self.product_jobs(account).await?;
        let clients = &self.parts.clients;
        let access = clients.access_to_check(account, Arc::new(settings.clone()));
        verify_push_settings(&access, Some(&product_jobs))
            .await
            .map_err(PushSettingsError::NotVerified)
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, PushSettingsError> {
        let record = self.parts.store.account(account).await?;
        record.ok_or(PushSettingsError::NoAccount)
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
    /// The store has no record of the account.
    #[error("the account has no settings in the store")]
    NoAccount,
    /// The account has no settings of a push.
    #[error("the push is not set up")]
    NotConfigured,
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
    CannotWork(Vec<PushSettingsProblem>),
    /// Greenhouse could not be asked, so that nothing is known.
    #[error("greenhouse could not be asked whether the settings can work")]
    NotVerified(#[source] Error),
    /// The product could not be asked for its jobs.
    #[error("the product could not be asked for its jobs")]
    Product(#[source] PlatformError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<SaveError> for PushSettingsError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Stale { version } => Self::Stale { version },
            SaveError::Store(error) => Self::Store(error),
            _ => Self::NoAccount,
        }
    }
}

impl PushSettingsError {
    fn unshowable(error: serde_json::Error) -> Self {
        Self::Store(StoreError::corrupt(error))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the product gave no answer in time")]
struct TooSlow;
