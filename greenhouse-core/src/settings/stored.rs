use std::sync::Arc;

use async_trait::async_trait;

use super::{
    AccountSettings, AssessmentSettings, HookAccount, KeyDigest, PushSettings, Settings,
    SyncSettings,
};
use crate::{
    AccountId, HookKey,
    report_link::ReportLinks,
    store::{AccountKey, Records, StoreError},
};

/// [`Settings`] that are read from the store on every call, so that a change takes effect
/// immediately on every host.
#[derive(Debug)]
pub struct StoredSettings {
    store: Arc<dyn Records>,
    default_account: Option<AccountId>,
}

impl StoredSettings {
    /// Creates settings that are read from this store. `default_account` is served on the webhook
    /// path without a hook key.
    pub fn new(store: Arc<dyn Records>, default_account: Option<AccountId>) -> Self {
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
        self.of(account, |all| {
            all.push.filter(|push| all.enabled && push.enabled)
        })
        .await
    }

    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError> {
        self.of(account, |all| {
            all.assessments.filter(|own| all.enabled && own.enabled)
        })
        .await
    }

    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError> {
        self.of(account, |all| {
            all.sync.filter(|sync| all.enabled && sync.enabled)
        })
        .await
    }

    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError> {
        self.of(account, |all| Some(all.report_links)).await
    }

    async fn assessments_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<(AccountId, Option<Arc<AssessmentSettings>>)>, StoreError> {
        let key = AccountKey::Partner(*digest);
        let found = self.store.account_with_key(&key).await?;
        Ok(found.map(|(account, record)| {
            let is_on = record.settings.enabled;
            let own = record.settings.assessments;
            let own = own.filter(|own| is_on && own.enabled);
            (account, own.map(Arc::new))
        }))
    }

    async fn account_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<HookAccount>, StoreError> {
        let found = match (key, &self.default_account) {
            (Some(key), _) => {
                let key = AccountKey::Hook(key.clone());
                self.store.account_with_key(&key).await?
            }
            (None, Some(account)) => {
                let record = self.store.account(account).await?;
                record.map(|record| (account.clone(), record))
            }
            (None, None) => None,
        };
        Ok(found.map(|(account, record)| {
            let is_on = record.settings.enabled;
            let own = record.settings.sync;
            let own = own.filter(|sync| is_on && sync.enabled);
            let push = record.settings.push;
            let push = push.filter(|push| is_on && push.enabled);
            HookAccount::new(account, own.map(Arc::new)).with_push(push.as_ref())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ScenarioId, Secret,
        report_link::ReportLinkKey,
        settings::HarvestCredential,
        stage_test::StageTest,
        store::{AccountRecord, Applied, Changes, StoreWriter, Write, memory::MemoryStore},
    };

    #[tokio::test]
    async fn a_switched_off_direction_has_no_settings_and_keeps_its_keys() {
        let store = Arc::new(MemoryStore::new());
        let settings = StoredSettings::new(store.clone(), Some(acme()));
        assert_eq!(settings.report_links(&acme()).await.unwrap(), None);
        let whole = |enabled: bool| {
            let mut settings = all(true);
            settings.enabled = enabled;
            settings
        };
        for (version, on, settings_now) in [
            (0, true, all(true)),
            (1, false, all(false)),
            (2, true, whole(true)),
            (3, false, whole(false)),
            (4, true, all(true)),
        ] {
            let mut record = AccountRecord::new(settings_now, vec![]);
            record.version = version;
            let mut changes = Changes::none();
            changes.account = Some(Write::Put(record));
            let applied = store.apply(&acme(), changes).await.unwrap();
            assert_eq!(applied, Applied::Applied);

            // A change takes effect immediately.
            assert_eq!(settings.push(&acme()).await.unwrap().is_some(), on);
            assert_eq!(settings.assessments(&acme()).await.unwrap().is_some(), on);
            assert_eq!(settings.sync(&acme()).await.unwrap().is_some(), on);
            assert!(settings.report_links(&acme()).await.unwrap().is_some());
            let key = KeyDigest::of("partner");
            let partner = settings.assessments_of_partner_key(&key).await.unwrap();
            let partner = partner.map(|(account, own)| (account, own.is_some()));
            assert_eq!(partner, Some((acme(), on)));
            for key in [None, Some(&hook())] {
                let found = settings.account_of_hook(key).await.unwrap().unwrap();
                let key = found.sync.map(|sync| sync.hook_key.clone());
                assert_eq!((found.account, key), (acme(), on.then(hook)));
                assert_eq!(found.stage_tests.len(), usize::from(on));
            }
        }
        let stranger = AccountId::new("zenith");
        assert!(settings.push(&stranger).await.unwrap().is_none());
        let key = KeyDigest::of("other");
        let unknown = settings.assessments_of_partner_key(&key).await;
        assert_eq!(unknown.unwrap(), None);
        let other = HookKey::new("fedcba9876543210");
        let unknown = settings.account_of_hook(Some(&other)).await;
        assert!(unknown.unwrap().is_none());
    }

    fn all(on: bool) -> AccountSettings {
        let key = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
        let mut settings = AccountSettings::new(ReportLinks::new(key, vec![]));
        let mut assessments = AssessmentSettings::new(vec![KeyDigest::of("partner")]);
        assessments.enabled = on;
        settings.assessments = Some(assessments);
        let credential = HarvestCredential::new("id", Some("secret".into())).unwrap();
        let mut push = PushSettings::new(credential);
        push.enabled = on;
        let (job, stage) = (1.into(), 11.into());
        push.stage_tests = vec![StageTest::new(job, stage, ScenarioId::new("logic"))];
        settings.push = Some(push);
        let mut sync = SyncSettings::new(hook(), vec!["a good secret".into()]).unwrap();
        sync.enabled = on;
        settings.sync = Some(sync);
        settings
    }

    fn acme() -> AccountId {
        AccountId::new("acme")
    }

    fn hook() -> HookKey {
        HookKey::new("0123456789abcdef")
    }
}
