use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{
        Applied, BudgetClaim, BudgetReport, BudgetShare, Shared, StoreError, StoredToken, TokenKey,
        TokenLock, memory::MemoryStore,
    },
};

/// Token store that reads from the database and keeps new tokens in memory.
///
/// Does not renew the token of a partner's app, because a refresh token is valid only once and its
/// successor would have to be stored.
#[derive(Debug)]
pub(super) struct ReadOnlyTokens {
    stored: Arc<dyn Shared>,
    own: MemoryStore,
}

impl ReadOnlyTokens {
    pub(super) fn new(stored: Arc<dyn Shared>) -> Self {
        Self {
            stored,
            own: MemoryStore::new(),
        }
    }
}

#[async_trait]
impl Shared for ReadOnlyTokens {
    async fn token(
        &self,
        account: &AccountId,
        key: &TokenKey,
    ) -> Result<Option<StoredToken>, StoreError> {
        match self.own.token(account, key).await? {
            Some(token) => Ok(Some(token)),
            None => self.stored.token(account, key).await,
        }
    }

    async fn lock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        now: DateTime<Utc>,
        lease: Duration,
    ) -> Result<TokenLock, StoreError> {
        let stored = self.stored.token(account, key).await?;
        if stored.is_some_and(|token| token.refresh.is_some()) {
            return Err(StoreError::unavailable("the doctor does not renew tokens"));
        }
        self.own.lock_token(account, key, now, lease).await
    }

    async fn save_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
        token: StoredToken,
    ) -> Result<Applied, StoreError> {
        self.own.save_token(account, key, generation, token).await
    }

    async fn unlock_token(
        &self,
        account: &AccountId,
        key: &TokenKey,
        generation: u64,
    ) -> Result<(), StoreError> {
        self.own.unlock_token(account, key, generation).await
    }

    async fn take_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        claim: BudgetClaim,
    ) -> Result<BudgetShare, StoreError> {
        self.own.take_budget(account, client_id, claim).await
    }

    async fn return_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        unused: u32,
    ) -> Result<(), StoreError> {
        let own = &self.own;
        own.return_budget(account, client_id, window, unused).await
    }

    async fn note_budget(
        &self,
        account: &AccountId,
        client_id: &str,
        window: DateTime<Utc>,
        report: BudgetReport,
    ) -> Result<(), StoreError> {
        self.own
            .note_budget(account, client_id, window, report)
            .await
    }
}
