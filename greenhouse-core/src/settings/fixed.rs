use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;

use super::{
    AccountSettings, AssessmentSettings, HookAccount, KeyDigest, PushSettings, Settings,
    SyncSettings,
};
use crate::{AccountId, AccountIdError, HookKey, report_link::ReportLinks, store::StoreError};

/// [`Settings`] that the host loads at startup and that do not change afterwards.
#[derive(Debug, Default)]
pub struct FixedSettings {
    accounts: BTreeMap<AccountId, Account>,
    partner_keys: BTreeMap<KeyDigest, AccountId>,
    hooks: BTreeMap<HookKey, AccountId>,
    default_account: Option<AccountId>,
}

#[derive(Debug)]
struct Account {
    report_links: Arc<ReportLinks>,
    assessments: Option<Arc<AssessmentSettings>>,
    push: Option<Arc<PushSettings>>,
    sync: Option<Arc<SyncSettings>>,
}

impl FixedSettings {
    /// Creates settings for these accounts. `default_account` is served on the webhook path without
    /// a hook key.
    ///
    /// # Errors
    ///
    /// [`FixedSettingsError`] if an id is invalid, an account appears twice, two accounts share a
    /// partner key or a hook key, or the default account is unknown.
    pub fn new(
        accounts: impl IntoIterator<Item = (AccountId, AccountSettings)>,
        default_account: Option<AccountId>,
    ) -> Result<Self, FixedSettingsError> {
        let mut settings = Self::default();
        for (index, (id, account)) in accounts.into_iter().enumerate() {
            let position = index + 1;
            let invalid = |problem| FixedSettingsError::InvalidId { position, problem };
            id.check().map_err(invalid)?;
            settings.add(id, account)?;
        }
        if let Some(id) = &default_account
            && !settings.accounts.contains_key(id)
        {
            return Err(FixedSettingsError::UnknownDefault(id.clone()));
        }
        settings.default_account = default_account;
        Ok(settings)
    }

    fn add(&mut self, id: AccountId, account: AccountSettings) -> Result<(), FixedSettingsError> {
        if self.accounts.contains_key(&id) {
            return Err(FixedSettingsError::DuplicateAccount(id));
        }
        // Keys of a disabled direction stay known, so that the caller receives "disabled" instead
        // of "invalid key".
        for key in account
            .assessments
            .iter()
            .flat_map(|settings| &settings.partner_keys)
        {
            let known = self.partner_keys.insert(key.digest, id.clone());
            if known.is_some_and(|other| other != id) {
                return Err(FixedSettingsError::SharedPartnerKey(id));
            }
        }
        if let Some(sync) = &account.sync
            && self
                .hooks
                .insert(sync.hook_key.clone(), id.clone())
                .is_some()
        {
            return Err(FixedSettingsError::SharedHookKey(id));
        }
        let is_on = account.enabled;
        let AccountSettings {
            enabled: _,
            report_links,
            assessments,
            push,
            sync,
            revoked_partner_keys: _,
            managed_hooks: _,
            connection: _,
        } = account;
        let account = Account {
            report_links: Arc::new(report_links),
            assessments: assessments
                .filter(|settings| is_on && settings.enabled)
                .map(Arc::new),
            push: push
                .filter(|settings| is_on && settings.enabled)
                .map(Arc::new),
            sync: sync
                .filter(|settings| is_on && settings.enabled)
                .map(Arc::new),
        };
        self.accounts.insert(id, account);
        Ok(())
    }
}

#[async_trait]
impl Settings for FixedSettings {
    async fn push(&self, account: &AccountId) -> Result<Option<Arc<PushSettings>>, StoreError> {
        Ok(self
            .accounts
            .get(account)
            .and_then(|account| account.push.clone()))
    }

    async fn assessments(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<AssessmentSettings>>, StoreError> {
        Ok(self
            .accounts
            .get(account)
            .and_then(|account| account.assessments.clone()))
    }

    async fn sync(&self, account: &AccountId) -> Result<Option<Arc<SyncSettings>>, StoreError> {
        Ok(self
            .accounts
            .get(account)
            .and_then(|account| account.sync.clone()))
    }

    async fn report_links(
        &self,
        account: &AccountId,
    ) -> Result<Option<Arc<ReportLinks>>, StoreError> {
        let account = self.accounts.get(account);
        Ok(account.map(|account| Arc::clone(&account.report_links)))
    }

    async fn assessments_of_partner_key(
        &self,
        digest: &KeyDigest,
    ) -> Result<Option<(AccountId, Option<Arc<AssessmentSettings>>)>, StoreError> {
        let Some(account) = self.partner_keys.get(digest) else {
            return Ok(None);
        };
        let settings = self.assessments(account).await?;
        Ok(Some((account.clone(), settings)))
    }

    async fn account_of_hook(
        &self,
        key: Option<&HookKey>,
    ) -> Result<Option<HookAccount>, StoreError> {
        let account = match key {
            Some(key) => self.hooks.get(key),
            None => self.default_account.as_ref(),
        };
        let Some(account) = account else {
            return Ok(None);
        };
        let own = HookAccount::new(account.clone(), self.sync(account).await?);
        let push = self.push(account).await?;
        Ok(Some(own.with_push(push.as_deref())))
    }
}

/// Error returned by [`FixedSettings::new`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FixedSettingsError {
    /// The id of an account is invalid.
    #[error("account {position}: {problem}")]
    InvalidId {
        /// Position in the list, counted from 1.
        position: usize,
        /// Problem with the id.
        problem: AccountIdError,
    },
    /// An account appears twice.
    #[error("account {0} is listed twice")]
    DuplicateAccount(AccountId),
    /// Two accounts share a partner key.
    #[error("account {0} has the partner key of another account")]
    SharedPartnerKey(AccountId),
    /// Two accounts share a hook key.
    #[error("account {0} has the hook key of another account")]
    SharedHookKey(AccountId),
    /// The default account does not exist.
    #[error("the default account {0} has no settings")]
    UnknownDefault(AccountId),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Secret, report_link::ReportLinkKey};

    #[test]
    fn conflicting_accounts_are_rejected() {
        let account = |key: &str, hook: &str| {
            let secrets = vec![Secret::new("a secret")];
            let signing = ReportLinkKey::new("1", Secret::new("s".repeat(32))).unwrap();
            let mut settings = AccountSettings::new(ReportLinks::new(signing, vec![]));
            settings.assessments = Some(AssessmentSettings::new(vec![KeyDigest::of(key)]));
            settings.sync = SyncSettings::new(HookKey::new(hook), secrets).ok();
            settings
        };
        let (acme, zenith) = (AccountId::new("acme"), AccountId::new("zenith"));
        let (one, two) = ("0123456789abcdef", "fedcba9876543210");
        let refused = |second: (&AccountId, AccountSettings), default: Option<&AccountId>| {
            let accounts = [
                (acme.clone(), account("k1", one)),
                (second.0.clone(), second.1),
            ];
            FixedSettings::new(accounts, default.cloned()).unwrap_err()
        };
        let fine = [
            (acme.clone(), account("k1", one)),
            (zenith.clone(), account("k2", two)),
        ];
        assert!(FixedSettings::new(fine, Some(acme.clone())).is_ok());
        for (id, shown) in [("zenith\u{200b}", r"zenith\u{200b}"), ("", "")] {
            let error = refused((&AccountId::new(id), account("k2", two)), None);
            assert!(matches!(
                error,
                FixedSettingsError::InvalidId { position: 2, .. }
            ));
            let text = error.to_string();
            assert!(text.starts_with("account 2: expected an account id of 1 to"));
            assert!(text.ends_with(&format!("got \"{shown}\"")), "{text}");
        }
        for (second, default, error) in [
            (
                (&acme, account("k2", two)),
                None,
                FixedSettingsError::DuplicateAccount(acme.clone()),
            ),
            (
                (&zenith, account("k1", two)),
                None,
                FixedSettingsError::SharedPartnerKey(zenith.clone()),
            ),
            (
                (&zenith, account("k2", one)),
                None,
                FixedSettingsError::SharedHookKey(zenith.clone()),
            ),
            (
                (&zenith, account("k2", two)),
                Some(&AccountId::new("unknown")),
                FixedSettingsError::UnknownDefault(AccountId::new("unknown")),
            ),
        ] {
            assert_eq!(refused(second, default), error);
        }
    }
}
