//! Settings of an account, parsed once into types that cannot be wrong.
//!
//! Each direction has its own settings and its own switch, and none asks for another's. All of them deserialise from
//! whatever form a host keeps them in; an error names the member and the reason.

mod change;
mod fixed;
mod stored;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{AccountId, HookKey, report_link::ReportLinks, store::StoreError};

pub use self::{
    change::{
        FormError, SettingsChange, SettingsError, SettingsProblem, SettingsView, read_form,
        record_at, save_record,
    },
    fixed::{FixedSettings, FixedSettingsError},
    stored::StoredSettings,
};
pub use crate::account::{
    AccountSettings, AssessmentSettings, CompletionCredential, CredentialError, FieldMapping,
    FieldOwner, FieldRef, FromStage, HarvestCredential, HarvestGrant, JobMapping, KeyDigest,
    KeyDigestError, NoteVisibility, OperatorToken, PartnerKey, PartnerKeyRecord, PushSettings,
    ReportAttachment, ScorecardForm, SettingsAtRest, SettingsAtRestError, SyncSettings,
    SyncSettingsError,
};

/// Where services read the settings of accounts. Absent settings and a switched-off direction are the same: none.
#[async_trait]
pub trait Settings: fmt::Debug + Send + Sync {
    /// The settings of the push, if the account has it switched on.
    async fn push(&self, account: &AccountId) -> Result<Option<Arc<PushSettings>>, StoreError>;

    /// The settings of the assessment endpoints, if the account has them switched on.
    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError>;

    /// The settings of the webhooks, if the account has them switched on.
    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError>;

    /// The keys of the account's report links, whatever is switched on: links are kept for years.
    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError>;

    /// The account of a partner key, by its digest, with the settings of the assessment endpoints if the account has
    /// them switched on.
    async fn assessments_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<(AccountId, Option<Arc<AssessmentSettings>>)>, StoreError>;

    /// Whose hook this is, with the settings of the webhooks, if the account has them switched on; without a key, the account
    /// that the host serves on the bare path.
    async fn sync_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<(AccountId, Arc<SyncSettings>)>, StoreError>;
}
