//! Writing: a decision is one transaction.

pub(crate) mod account;
pub(crate) mod delivery;
#[cfg(feature = "sqlite")]
mod group_commit;
pub(crate) mod person;
mod plan;
pub(crate) mod record;
mod statements;
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
    keys::is_given_up,
    session::Database,
};

#[async_trait]
impl StoreWriter for SqlxStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        if changes.is_empty() {
            return Ok(Applied::Applied);
        }
        let applied = match self.try_to_apply(account, &changes).await {
            Err(NotCommitted::KeyGivenUp) => {
                self.need_current_key().await?;
                self.try_to_apply(account, &changes).await
            }
            applied => applied,
        };
        match applied {
            Ok(()) => Ok(Applied::Applied),
            Err(NotCommitted::Refused(answer)) => Ok(answer),
            Err(NotCommitted::Failed(error)) => Err(error),
            Err(NotCommitted::KeyGivenUp) => {
                Err(StoreError::unavailable("the master key is given up"))
            }
        }
    }
}

impl SqlxStore {
    async fn try_to_apply(
        &self,
        account: &AccountId,
        changes: &Changes,
    ) -> Result<(), NotCommitted> {
        let plan = Plan::of(&self.keys, account, changes)?;
        match &self.database {
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => self.group_commit.apply(&self.database, plan).await?,
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => self.write_alone(&plan).await?,
        }
        if changes.erasures.is_empty() {
            self.database.forget_erased().await;
        } else {
            self.database.forget_erased_patiently().await;
        }
        Ok(())
    }

    #[cfg(feature = "postgres")]
    async fn write_alone(&self, plan: &Plan) -> Result<(), NotCommitted> {
        let mut transaction = self.database.begin().await?;
        if let Err(stopped) = plan.write(&mut transaction, &[]).await {
            // What is not rolled back by this is rolled back by being dropped.
            let _ = transaction.rollback().await;
            return Err(stopped);
        }
        Ok(transaction.commit().await?)
    }
}

/// Why a transaction is not committed.
enum NotCommitted {
    /// The changes cannot be applied, and this is the answer.
    Refused(Applied),
    /// A host with a newer master key found nothing sealed by the one of this host.
    KeyGivenUp,
    /// The database failed.
    Failed(StoreError),
}

impl From<StoreError> for NotCommitted {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Where the database ended one of two transactions that got in each other's way, it is decided again.
impl From<sqlx::Error> for NotCommitted {
    fn from(error: sqlx::Error) -> Self {
        if is_conflict(&error) {
            Self::Refused(Applied::Conflict)
        } else if is_given_up(&error) {
            Self::KeyGivenUp
        } else {
            Self::Failed(unavailable(error))
        }
    }
}
