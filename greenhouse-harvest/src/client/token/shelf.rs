use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId,
    store::{Applied, Shared, StoreError, StoredToken, TokenKey, TokenLock},
};

/// Where the token of one credential is kept for every host.
pub(super) struct Shelf {
    pub(super) store: Arc<dyn Shared>,
    pub(super) account: AccountId,
    pub(super) key: TokenKey,
    pub(super) lease: Duration,
}

/// The right to get a new token.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub(super) generation: u64,
    pub(super) until: DateTime<Utc>,
}

impl Shelf {
    pub(super) async fn read(&self) -> Result<Option<StoredToken>, StoreError> {
        self.store.token(&self.account, &self.key).await
    }

    /// The lease, or none while another host has it.
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

    /// Keeps the token and gives the lease back; false where the lease was lost, and nothing was kept.
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

    /// Gives the lease back. Where that fails it ends by itself.
    pub(super) async fn unlock(&self, lease: Lease) {
        let unlocked = self
            .store
            .unlock_token(&self.account, &self.key, lease.generation)
            .await;
        if let Err(error) = unlocked {
            tracing::warn!(%error, "the lock of a token could not be given back, and ends by itself");
        }
    }
}
