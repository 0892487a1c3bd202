//! Settings of an account, parsed once into types that cannot be wrong.
//!
//! Each direction has its own settings and its own switch, and none asks for another's. All of them deserialise from
//! whatever form a host keeps them in; an error names the member and the reason.

mod assessments;
mod credential;
mod fixed;
mod key_digest;
mod push;
mod sync;

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{AccountId, HookKey, store::StoreError};

pub use self::{
    assessments::{AssessmentSettings, CompletionCredential},
    credential::{CredentialError, HarvestCredential},
    fixed::{AccountSettings, FixedSettings, FixedSettingsError},
    key_digest::{KeyDigest, KeyDigestError},
    push::{JobMapping, NoteVisibility, PushSettings, ReportAttachment},
    sync::{SyncSettings, SyncSettingsError},
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

    /// Whose partner key this is the digest of.
    async fn account_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<AccountId>, StoreError>;

    /// Whose hook this is; without a key, the account that the host serves on the bare path.
    async fn account_of_hook(&self, key: Option<&HookKey>)
    -> Result<Option<AccountId>, StoreError>;
}
