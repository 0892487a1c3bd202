use std::sync::Arc;

use async_trait::async_trait;

use super::{AccountSettings, AssessmentSettings, KeyDigest, PushSettings, Settings, SyncSettings};
use crate::{
    AccountId, HookKey,
    report_link::ReportLinks,
    store::{AccountKey, Accounts, StoreError},
};

/// [`Settings`] as the store has them: a change holds from the next question on, on every host.
#[derive(Debug)]
pub struct StoredSettings {
    store: Arc<dyn Accounts>,
    default_account: Option<AccountId>,
}

impl StoredSettings {
    /// The settings in this store. `default_account` is the one served on the bare webhook path.
    pub fn new(store: Arc<dyn Accounts>, default_account: Option<AccountId>) -> Self {
        Self {
            store,
            default_account,
        }
    }

    async fn of<T>(
        &self,
        account: &AccountId,
        part: impl FnOnce(AccountSettings) -> Option<T>,
    ) -> Result<Option<Arc<T>>, StoreError> {
        let record = self.store.account(account).await?;
        Ok(record
            .and_then(|record| part(record.settings))
            .map(Arc::new))
    }
}

#[async_trait]
impl Settings for StoredSettings {
    async fn push(&self, account: &AccountId) -> Result<Option<Arc<PushSettings>>, StoreError> {
        self.of(account, |all| all.push.filter(|push| push.enabled))
            .await
    }

    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError> {
        self.of(account, |all| all.assessments.filter(|own| own.enabled))
            .await
    }

    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError> {
        self.of(account, |all| all.sync.filter(|sync| sync.enabled))
            .await
    }

    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError> {
        self.of(account, |all| Some(all.report_links)).await
    }

    async fn account_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<AccountId>, StoreError> {
        self.store
            .account_of_key(&AccountKey::Partner(*digest))
            .await
    }

    async fn account_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<AccountId>, StoreError> {
        match key {
            Some(key) => {
                let key = AccountKey::Hook(key.clone());
                self.store.account_of_key(&key).await
            }
            None => Ok(self.default_account.clone()),
        }
    }
}
