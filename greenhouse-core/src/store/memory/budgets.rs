use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    store::{BudgetClaim, BudgetCount, BudgetNews, BudgetShare, RateBudgets, StoreError},
};

#[async_trait]
impl RateBudgets for MemoryStore {
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
            row.give_back(window, unused);
        }
        Ok(())
    }

    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        news: BudgetNews,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.entry(account.clone()).or_default();
        let row = own
            .budgets
            .entry(client_id.to_owned())
            .or_insert_with(|| BudgetCount::new(window));
        row.note(window, news);
        Ok(())
    }
}
