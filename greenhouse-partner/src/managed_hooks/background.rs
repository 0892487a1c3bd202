use std::time::Duration;

use greenhouse_core::{
    AccountId, chain, earlier,
    store::{Changes, Direction, LastSeen, LogEntry, LogStatus, LogSubject, StoreError},
};

use super::{HookAction, HookError, HookManager, HookOutcome, HookReport, managed};
use crate::texts::sync_log;

impl HookManager {
    /// Checks the webhooks that the host created, unless they were checked within the last day. The
    /// result is shown in health.
    pub(crate) async fn check_daily(&self, account: &AccountId) -> Result<(), StoreError> {
        if self.admin.is_none() || !self.manages(account).await? {
            return Ok(());
        }
        let recent = earlier(self.writer.now(), CHECK_EVERY);
        let seen = self.writer.store.last_seen(account).await?;
        if seen
            .get(&LastSeen::HookCheck)
            .is_some_and(|at| *at > recent)
        {
            return Ok(());
        }
        match self.run(account, HookAction::Check).await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.record_failure(account, &error).await?;
                // The next attempt is made after a day, too.
                self.note_check(account, self.writer.now()).await
            }
        }
    }

    /// Removes the webhooks that the host created if the account's webhooks are switched off. Makes
    /// one attempt. What is left is shown in health and in the sync log. Returns `true` if there was
    /// something to remove.
    pub(crate) async fn remove_if_off(&self, account: &AccountId) -> Result<bool, StoreError> {
        let Some(record) = self.writer.store.account(account).await? else {
            return Ok(false);
        };
        let is_on = record
            .settings
            .sync
            .as_ref()
            .is_some_and(|sync| sync.enabled);
        if is_on || managed(&record).is_empty() {
            return Ok(false);
        }
        let failure = match self.run(account, HookAction::Remove).await {
            Ok(report) if is_complete(&report) => return Ok(true),
            Ok(_) => None,
            Err(error) => {
                self.record_failure(account, &error).await?;
                Some(error)
            }
        };
        let reason = failure.map(|error| error.text().as_str().to_owned());
        let mut changes = Changes::none();
        changes.log.push(LogEntry::new(
            self.writer.now(),
            Direction::ToGreenhouse,
            LogSubject::Problem,
            LogStatus::Failed,
            sync_log::hooks_not_removed(&reason.unwrap_or_default()),
        ));
        self.writer.append(account, changes).await?;
        Ok(true)
    }

    async fn manages(&self, account: &AccountId) -> Result<bool, StoreError> {
        let record = self.writer.store.account(account).await?;
        Ok(record.is_some_and(|record| !managed(&record).is_empty()))
    }

    async fn record_failure(
        &self,
        account: &AccountId,
        error: &HookError,
    ) -> Result<(), StoreError> {
        tracing::warn!(%account, error = %chain(error), "webhooks in Greenhouse could not be processed");
        let failure = error.failure();
        let recorded = self.change(account, |state| state.failure = Some(failure.clone()));
        match recorded.await {
            Err(HookError::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }
}

fn is_complete(report: &HookReport) -> bool {
    report
        .hooks
        .iter()
        .all(|hook| hook.result == HookOutcome::Removed)
}

const CHECK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
