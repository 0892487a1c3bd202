//! Settings of an account, parsed once into types that reject invalid values.
//!
//! Each direction has its own settings and its own switch. All settings can be deserialized from
//! any format that serde supports. Errors contain the path of the member and the reason.

mod change;
mod fixed;
mod stored;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{
    AccountId, HookKey, report_link::ReportLinks, stage_test::StageTest, store::StoreError,
};

pub use self::{
    change::{
        FormError, SettingsChange, SettingsError, SettingsProblem, SettingsView, read_form,
        record_at, save_record,
    },
    fixed::{FixedSettings, FixedSettingsError},
    stored::StoredSettings,
};
pub use crate::account::{
    AccountSettings, AssessmentSettings, CompletionCredential, ConnectedUser, Connection,
    ConsentAnswer, ConsentRefusal, ConsentStep, CredentialError, FieldMapping, FieldOwner,
    FieldRef, FromStage, HarvestCredential, HarvestGrant, HookCreation, HookDefect, HookFailure,
    JobMapping, KeyDigest, KeyDigestError, ManagedHook, ManagedHooks, NoteVisibility,
    OperatorToken, PartnerKey, PartnerKeyRecord, PushSettings, ReportAttachment, ReportVisibility,
    ScorecardForm, SettingsAtRest, SettingsAtRestError, SyncSettings, SyncSettingsError,
};

/// Source of account settings for the services. Returns `None` for a direction that has no settings
/// or is switched off, and for an unknown account. Methods fail only if the store does.
#[async_trait]
pub trait Settings: fmt::Debug + Send + Sync {
    /// Push settings, if switched on.
    async fn push(&self, account: &AccountId) -> Result<Option<Arc<PushSettings>>, StoreError>;

    /// Assessment settings, if switched on.
    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError>;

    /// Webhook settings, if switched on.
    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError>;

    /// Keys that sign the account's report links. Also returned while the account is switched off,
    /// because recipients keep links for years.
    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError>;

    /// Account with this partner key, and its assessment settings if switched on.
    async fn assessments_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<(AccountId, Option<Arc<AssessmentSettings>>)>, StoreError>;

    /// Account with this hook key. Without a key, the account that the host serves on the webhook
    /// path without a key.
    async fn account_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<HookAccount>, StoreError>;
}

/// Account to which a hook key belongs, with the settings that its webhooks need.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct HookAccount {
    /// The account.
    pub account: AccountId,
    /// Webhook settings, if switched on.
    pub sync: Option<Arc<SyncSettings>>,
    /// Tests by stage. Empty if the push is switched off.
    pub stage_tests: Vec<StageTest>,
}

impl HookAccount {
    /// Creates the account without tests by stage.
    pub fn new(account: AccountId, sync: Option<Arc<SyncSettings>>) -> Self {
        Self {
            account,
            sync,
            stage_tests: Vec::new(),
        }
    }

    /// Sets the tests by stage of these push settings, if switched on.
    #[must_use]
    pub fn with_push(mut self, push: Option<&PushSettings>) -> Self {
        let tests = push.map(|push| push.stage_tests.clone());
        self.stage_tests = tests.unwrap_or_default();
        self
    }
}
