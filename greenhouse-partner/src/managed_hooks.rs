//! Creates, checks, repairs and removes the account's webhooks in Greenhouse.
//!
//! Decisions are in [`greenhouse_core::managed_hooks`]. Each creation is journaled in the account
//! before it is sent. If its outcome is unknown, the webhook is searched in the list; it is created
//! again only once the list is certain to show it. A write of another process in the meantime is a
//! conflict with the journal, and nothing is sent.

mod background;
mod report;
mod run;
mod state;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ReportAddress, WebhookAdmin, WebhookAdminError,
    settings::ManagedHooks,
    store::{AccountRecord, LastSeen, StoreError},
    within,
};

pub(crate) use self::report::HookError;
pub use self::report::{
    HookAction, HookManagement, HookOutcome, HookReport, HookResult, ManagedHookView, Permission,
};
use crate::{
    texts::{hooks as texts, time},
    writer::Writer,
};

/// Manages webhooks in Greenhouse.
#[derive(Debug)]
pub(crate) struct HookManager {
    pub(crate) writer: Writer,
    pub(crate) admin: Option<Arc<dyn WebhookAdmin>>,
    pub(crate) addresses: Arc<ReportAddress>,
    /// `true` if Greenhouse calls only https addresses, which is so outside of a sandbox.
    pub(crate) https_only: bool,
    /// Time after a change during which Greenhouse may still return the earlier state.
    pub(crate) settle_time: Duration,
}

impl HookManager {
    /// Returns what is known about the managed webhooks without calling Harvest. Asks the token
    /// host, for a short time, whether the credential may manage webhooks.
    pub(crate) async fn management(
        &self,
        account: &AccountId,
    ) -> Result<HookManagement, StoreError> {
        let record = self.writer.store.account(account).await?;
        let managed = record.and_then(|record| record.settings.managed_hooks);
        let permission = self.permission(account).await;
        let seen = self.writer.store.last_seen(account).await?;
        let checked = seen.get(&LastSeen::HookCheck).map(|at| time(*at));
        Ok(HookManagement::new(permission, managed.as_ref(), checked))
    }

    async fn permission(&self, account: &AccountId) -> Permission {
        let denied = |error: &HookError| Permission {
            allowed: Some(false),
            code: Some(error.text().code().to_owned()),
            message: Some(error.text().as_str().to_owned()),
            remedy: error.remedy(),
        };
        let admin = match self.usable() {
            Ok(admin) => admin,
            Err(error) => return denied(&error),
        };
        let asked = admin.permission(account);
        match within(self.writer.clock.as_ref(), PERMISSION_WITHIN, asked).await {
            Some(Ok(())) => Permission {
                allowed: Some(true),
                ..Permission::default()
            },
            Some(Err(error)) => {
                let error = HookError::from(error);
                Permission {
                    allowed: error.is_final().then_some(false),
                    ..denied(&error)
                }
            }
            None => Permission::default(),
        }
    }

    /// Returns the port, if Greenhouse can call this host.
    fn usable(&self) -> Result<&dyn WebhookAdmin, HookError> {
        let admin = self.admin.as_deref().ok_or(HookError::NoCredential)?;
        if self.https_only && self.addresses.base().scheme() != "https" {
            return Err(HookError::NotHttps);
        }
        Ok(admin)
    }

    async fn record(&self, account: &AccountId) -> Result<AccountRecord, HookError> {
        let record = self.writer.store.account(account).await?;
        record.ok_or(HookError::NoAccount)
    }

    /// Calls the port. A call without a response in time has an unknown outcome.
    async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, WebhookAdminError>>,
    ) -> Result<T, WebhookAdminError> {
        let answer = within(self.writer.clock.as_ref(), CALL_WITHIN, call).await;
        answer.unwrap_or_else(|| {
            Err(WebhookAdminError::Unknown {
                message: texts::NO_RESPONSE.to_owned(),
            })
        })
    }

    /// Marks the time of a check.
    async fn note_check(&self, account: &AccountId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let (what, every) = (LastSeen::HookCheck, Duration::ZERO);
        let noted = self.writer.store.note_last_seen(account, &what, at, every);
        noted.await
    }
}

fn managed(record: &AccountRecord) -> ManagedHooks {
    record.settings.managed_hooks.clone().unwrap_or_default()
}

/// Time for one call to Greenhouse, including tokens and the wait for the rate limit.
const CALL_WITHIN: Duration = Duration::from_secs(25);
/// Time after which no further call is begun.
const RUN_WITHIN: Duration = Duration::from_secs(20);
const PERMISSION_WITHIN: Duration = Duration::from_secs(5);
