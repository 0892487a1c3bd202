use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    store::{BudgetNews, BudgetShare, BudgetWindow, RateBudgets, StoreError},
};

#[derive(Debug)]
pub(super) struct BudgetRow {
    window: DateTime<Utc>,
    used: u32,
    held_until: Option<DateTime<Utc>>,
}

impl BudgetRow {
    fn new(window: DateTime<Utc>) -> Self {
        Self {
            window,
            used: 0,
            held_until: None,
        }
    }

    /// Counts from zero where the window is a later one.
    fn enter(&mut self, window: DateTime<Utc>) {
        if window > self.window {
            self.window = window;
            self.used = 0;
        }
    }
}

#[async_trait]
impl RateBudgets for MemoryStore {
    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: BudgetWindow,
        wanted: u32,
        now: DateTime<Utc>,
    ) -> Result<BudgetShare, StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.entry(account.clone()).or_default();
        let row = own
            .budgets
            .entry(client_id.to_owned())
            .or_insert_with(|| BudgetRow::new(window.starts_at));
        row.enter(window.starts_at);
        let left = window.limit.saturating_sub(row.used);
        let held = row.held_until.is_some_and(|end| end > now);
        let granted = if held || row.window != window.starts_at {
            0
        } else {
            wanted.min(left)
        };
        row.used = row.used.saturating_add(granted);
        let left = left - granted;
        Ok(BudgetShare::new(granted, left, row.window, row.held_until))
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
        if let Some(row) = row.filter(|row| row.window == window) {
            row.used = row.used.saturating_sub(unused);
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
            .or_insert_with(|| BudgetRow::new(window));
        row.enter(window);
        if row.window == window {
            row.used = row.used.max(news.used);
        }
        row.held_until = row.held_until.max(news.held_until);
        Ok(())
    }
}
