use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    clock::later,
    store::{
        Applied, BudgetClaim, BudgetCount, BudgetReport, BudgetShare, Shared, StoreError,
        StoredToken, TokenKey, TokenLock,
    },
};

#[derive(Debug, Default)]
pub(super) struct TokenRow {
    token: Option<StoredToken>,
    generation: u64,
    locked_until: Option<DateTime<Utc>>,
}

impl TokenRow {
    /// Keeps only the generation, so that a save under an old lock cannot match a new one.
    pub(super) fn forget(&mut self) {
        self.token = None;
        self.locked_until = None;
    }

    fn is_locked(&self, generation: u64) -> bool {
        self.locked_until.is_some() && self.generation == generation
    }
}

#[async_trait]
impl Shared for MemoryStore {
    async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError> {
        let token = self.read(account, |rows| rows.tokens.get(key)?.token.clone());
        Ok(token.flatten())
    }

    async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.entry(account.clone()).or_default();
        let row = own.tokens.entry(key.clone()).or_default();
        if let Some(until) = row.locked_until.filter(|until| *until > now) {
            return Ok(TokenLock::Theirs { until });
        }
        let until = later(now, lease);
        row.generation += 1;
        row.locked_until = Some(until);
        Ok(TokenLock::Ours {
            generation: row.generation,
            until,
        })
    }

    async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account);
        let row = own.and_then(|own| own.tokens.get_mut(key));
        let Some(row) = row.filter(|row| row.is_locked(generation)) else {
            return Ok(Applied::LeaseLost);
        };
        row.token = Some(token);
        row.locked_until = None;
        Ok(Applied::Applied)
    }

    async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account);
        let row = own.and_then(|own| own.tokens.get_mut(key));
        if let Some(row) = row.filter(|row| row.is_locked(generation)) {
            row.locked_until = None;
        }
        Ok(())
    }

    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.entry(account.clone()).or_default();
        let row = own
            .budgets
            .entry(client_id.to_owned())
            .or_insert_with(|| BudgetCount::new(claim.window));
        Ok(row.take(claim))
    }

    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account);
        let row = own.and_then(|own| own.budgets.get_mut(client_id));
        if let Some(row) = row {
            row.return_unused(window, unused);
        }
        Ok(())
    }

    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        report: BudgetReport,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.entry(account.clone()).or_default();
        let row = own
            .budgets
            .entry(client_id.to_owned())
            .or_insert_with(|| BudgetCount::new(window));
        row.note(window, report);
        Ok(())
    }
}
