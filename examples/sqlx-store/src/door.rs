//! The one door for writes: a decision is one transaction.

pub(crate) mod account;
pub(crate) mod log;
pub(crate) mod person;
mod queue;
pub(crate) mod record;
pub(crate) mod seen;
pub(crate) mod work;

use std::sync::Arc;

use async_trait::async_trait;
use greenhouse_core::{
    AccountId,
    store::{Applied, Changes, StoreError, WriteDoor},
};

pub(crate) use self::queue::WriteQueue;
use crate::{
    SqlxStore,
    error::{is_conflict, unavailable},
    keys::is_given_up,
    seal::MasterKeys,
    session::{Database, Transaction},
};

#[async_trait]
impl WriteDoor for SqlxStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        if changes.is_empty() {
            return Ok(Applied::Applied);
        }
        let changes = Arc::new(changes);
        let applied = match self.try_to_apply(account, &changes).await {
            Err(Stop::KeyGivenUp) => {
                self.need_current_key().await?;
                self.try_to_apply(account, &changes).await
            }
            applied => applied,
        };
        match applied {
            Ok(()) => Ok(Applied::Applied),
            Err(Stop::Refused(answer)) => Ok(answer),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::KeyGivenUp) => Err(StoreError::unavailable("the master key is given up")),
        }
    }
}

impl SqlxStore {
    async fn try_to_apply(&self, account: &AccountId, changes: &Arc<Changes>) -> Result<(), Stop> {
        match &self.database {
            Database::Sqlite { .. } => {
                let queue = &self.queue;
                queue
                    .apply(&self.database, &self.keys, account, changes)
                    .await?;
            }
            Database::Postgres(_) => self.write_alone(account, changes).await?,
        }
        if changes.erasures.is_empty() {
            self.database.forget_erased().await;
        } else {
            self.database.forget_erased_patiently().await;
        }
        Ok(())
    }

    async fn write_alone(&self, account: &AccountId, changes: &Changes) -> Result<(), Stop> {
        let mut transaction = self.database.begin().await?;
        if let Err(stopped) = write(&mut transaction, &self.keys, account, changes).await {
            // What is not rolled back by this is rolled back by being dropped.
            let _ = transaction.rollback().await;
            return Err(stopped);
        }
        Ok(transaction.commit().await?)
    }
}

/// Why a transaction is not committed.
enum Stop {
    /// The changes cannot be applied, and this is the answer.
    Refused(Applied),
    /// A host with a newer master key found nothing sealed by the one of this host.
    KeyGivenUp,
    /// The database failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// Where the database ended one of two transactions that got in each other's way, it is decided again.
impl From<sqlx::Error> for Stop {
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

/// The order of the first four decides which answer comes where several apply.
async fn write(
    transaction: &mut Transaction,
    keys: &MasterKeys,
    account: &AccountId,
    changes: &Changes,
) -> Result<(), Stop> {
    if let Some(delivery) = &changes.seen {
        seen::mark(
            transaction,
            keys,
            account,
            delivery,
            changes.seen_candidate(),
        )
        .await?;
    }
    if let Some(overtaken) = &changes.overtaken {
        seen::overtake(transaction, account, overtaken).await?;
    }
    if let Some(settled) = &changes.settled {
        work::settle(transaction, account, settled).await?;
    }
    if let Some(write) = &changes.account {
        account::write(transaction, keys, account, write).await?;
    }
    record::write(transaction, account, &changes.links).await?;
    record::write(transaction, account, &changes.invitations).await?;
    record::write(transaction, account, &changes.pushes).await?;
    record::write(transaction, account, &changes.report_access).await?;
    record::write(transaction, account, &changes.fates).await?;
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
