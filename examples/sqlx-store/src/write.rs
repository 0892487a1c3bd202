//! Writes to the database. All changes of a decision are written in one transaction.

pub(crate) mod account;
pub(crate) mod delivery;
#[cfg(feature = "sqlite")]
mod group_commit;
pub(crate) mod person;
mod plan;
pub(crate) mod record;
mod steps;
pub(crate) mod sync_log;
pub(crate) mod task;

use async_trait::async_trait;
use greenhouse_core::{
    AccountId,
    store::{Applied, Changes, StoreError, StoreWriter},
};

#[cfg(feature = "sqlite")]
pub(crate) use self::group_commit::GroupCommit;
use self::plan::Plan;
use crate::{
    SqlxStore,
    error::{is_conflict, unavailable},
    keys::is_key_violation,
    session::Database,
};

#[async_trait]
impl StoreWriter for SqlxStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        if changes.is_empty() {
            return Ok(Applied::Applied);
        }
        let applied = match self.try_apply(account, &changes).await {
            Err(NotCommitted::KeyRemoved) => {
                self.list_current_key().await?;
                self.try_apply(account, &changes).await
            }
            applied => applied,
        };
        match applied {
            Ok(()) => Ok(Applied::Applied),
            Err(NotCommitted::Refused(applied)) => Ok(applied),
            Err(NotCommitted::Failed(error)) => Err(error),
            Err(NotCommitted::KeyRemoved) => Err(StoreError::unavailable(
                "a host with a newer master key removed this host's key from the list twice; retry",
            )),
        }
    }
}

impl SqlxStore {
    async fn try_apply(&self, account: &AccountId, changes: &Changes) -> Result<(), NotCommitted> {
        let plan = Plan::of(&self.keys, account, changes)?;
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => self.group_commit.apply(&self.database, plan).await?,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => self.write_directly(&plan).await?,
        }
        if changes.erasures.is_empty() {
            self.database.clean_log().await;
        } else {
            self.database.clean_log_waiting().await;
        }
        Ok(())
    }

    #[cfg(feature = "postgres")]
    async fn write_directly(&self, plan: &Plan) -> Result<(), NotCommitted> {
        let mut transaction = self.database.begin().await?;
        if let Err(error) = plan.write(&mut transaction, &[]).await {
            // If the rollback fails, dropping the transaction rolls it back.
            let _ = transaction.rollback().await;
            return Err(error);
        }
        Ok(transaction.commit().await?)
    }
}

/// Reason that a transaction was not committed.
enum NotCommitted {
    /// The changes cannot be applied. Contains the result for the caller.
    Refused(Applied),
    /// A host with a newer master key removed this host's key from the list as unused.
    KeyRemoved,
    /// The database failed.
    Failed(StoreError),
}

impl From<StoreError> for NotCommitted {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// A deadlock or serialization failure is a conflict, so that the caller decides again.
impl From<sqlx::Error> for NotCommitted {
    fn from(error: sqlx::Error) -> Self {
        if is_conflict(&error) {
            Self::Refused(Applied::Conflict)
        } else if is_key_violation(&error) {
            Self::KeyRemoved
        } else {
            Self::Failed(unavailable(error))
        }
    }
}
