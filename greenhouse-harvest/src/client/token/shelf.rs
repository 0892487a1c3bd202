use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, chain,
    store::{Applied, Shared, StoreError, StoredToken, TokenKey, TokenLock},
};

/// Store of one credential's token, shared by all hosts.
pub(super) struct Shelf {
    pub(super) store: Arc<dyn Shared>,
    pub(super) account: AccountId,
    pub(super) key: TokenKey,
    pub(super) lease: Duration,
}

/// Permission to fetch a new token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub(super) generation: u64,
    pub(super) until: DateTime<Utc>,
}

impl Shelf {
    pub(super) async fn read(&self) -> Result<Option<StoredToken>, StoreError> {
        let stored = self.store.token(&self.account, &self.key).await?;
        Ok(stored.filter(|stored| !stored.is_removed()))
    }

    /// Acquires the lease. Returns `None` if another host holds it.
    pub(super) async fn lock(&self, now: DateTime<Utc>) -> Result<Option<Lease>, StoreError> {
        let lock = self
            .store
            .lock_token(&self.account, &self.key, now, self.lease)
            .await?;
        Ok(match lock {
            TokenLock::Ours { generation, until } => Some(Lease { generation, until }),
            TokenLock::Theirs { .. } => None,
        })
    }

    /// Saves the token and releases the lease. Returns `false` if the lease was lost and nothing
    /// was saved.
    pub(super) async fn save(
        &self,
        generation: u64,
        token: &StoredToken,
    ) -> Result<bool, StoreError> {
        let saved = self
            .store
            .save_token(&self.account, &self.key, generation, token.clone())
            .await?;
        Ok(saved == Applied::Applied)
    }

    /// Releases the lease. If the release fails, the lease expires on its own.
    pub(super) async fn unlock(&self, lease: Lease) {
        let unlocked = self
            .store
            .unlock_token(&self.account, &self.key, lease.generation)
            .await;
        if let Err(error) = unlocked {
            tracing::warn!(error = %chain(&error), "could not release a token's lock; the lock \
                                                    expires on its own");
        }
    }
}
