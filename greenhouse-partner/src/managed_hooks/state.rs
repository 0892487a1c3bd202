//! Recorded state of the managed webhooks, changed only in one commit with what it was based on.

use greenhouse_core::{
    AccountId,
    settings::ManagedHooks,
    store::{Changes, Proposal, Write},
};

use super::{HookError, HookManager, managed};

impl HookManager {
    /// Changes the current state, also if another process has changed it since it was read.
    pub(super) async fn change(
        &self,
        account: &AccountId,
        change: impl Fn(&mut ManagedHooks) + Sync,
    ) -> Result<(), HookError> {
        self.change_if(account, |state| {
            change(state);
            Ok(())
        })
        .await
    }

    /// Changes the state, unless another process has recorded other webhooks or creations since
    /// `before` was read.
    pub(super) async fn change_from(
        &self,
        account: &AccountId,
        before: &ManagedHooks,
        change: impl Fn(&mut ManagedHooks) + Sync,
    ) -> Result<(), HookError> {
        self.change_if(account, |state| {
            if !state.has_same_hooks(before) {
                return Err(HookError::Busy);
            }
            change(state);
            Ok(())
        })
        .await
    }

    async fn change_if(
        &self,
        account: &AccountId,
        change: impl Fn(&mut ManagedHooks) -> Result<(), HookError> + Sync,
    ) -> Result<(), HookError> {
        let change = &change;
        self.writer
            .decide(account, || async move {
                let mut record = self.record(account).await?;
                let mut state = managed(&record);
                change(&mut state)?;
                let state = (!state.is_empty()).then_some(state);
                if record.settings.managed_hooks == state {
                    return Ok(Proposal::Keep(()));
                }
                record.settings.managed_hooks = state;
                let mut changes = Changes::none();
                changes.account = Some(Write::Put(record));
                Ok(Proposal::Write(changes, ()))
            })
            .await
    }
}
