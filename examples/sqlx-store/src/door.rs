//! The one door for writes: a decision is one transaction.

mod log;
pub(crate) mod person;
pub(crate) mod record;
mod seen;
pub(crate) mod work;

use async_trait::async_trait;
use greenhouse_core::{
    AccountId,
    store::{Applied, Changes, StoreError, WriteDoor},
};
use sqlx::{Sqlite, SqliteConnection, Transaction};

use crate::{SqlxStore, error::unavailable};

#[async_trait]
impl WriteDoor for SqlxStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        if changes.is_empty() {
            return Ok(Applied::Applied);
        }
        let mut transaction = self.begin().await?;
        match write(&mut transaction, account, changes).await {
            Ok(()) => {
                transaction.commit().await.map_err(unavailable)?;
                Ok(Applied::Applied)
            }
            Err(Stop::Refused(answer)) => {
                transaction.rollback().await.map_err(unavailable)?;
                Ok(answer)
            }
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

impl SqlxStore {
    /// Takes the write lock at once: a transaction that begins by reading can fail for having read too early.
    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(unavailable)
    }
}

/// Why a transaction is not committed.
enum Stop {
    /// The changes cannot be applied, and this is the answer.
    Refused(Applied),
    /// The database failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Failed(unavailable(error))
    }
}

/// The order of the first three decides which answer comes where several apply.
async fn write(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    changes: Changes,
) -> Result<(), Stop> {
    if let Some(delivery) = &changes.seen {
        seen::mark(transaction, account, delivery).await?;
    }
    if let Some(settled) = &changes.settled {
        work::settle(transaction, account, settled).await?;
    }
    record::write(transaction, account, &changes.links).await?;
    record::write(transaction, account, &changes.invitations).await?;
    record::write(transaction, account, &changes.pushes).await?;
    record::write(transaction, account, &changes.report_access).await?;
    for merge in &changes.merges {
        person::merge(transaction, account, *merge).await?;
    }
    for erasure in &changes.erasures {
        person::erase(transaction, account, erasure).await?;
    }
    for entry in &changes.log {
        log::append(transaction, account, entry).await?;
    }
    for due in &changes.due {
        work::add(transaction, account, due).await?;
    }
    Ok(())
}
