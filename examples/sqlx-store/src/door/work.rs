//! Due work: added with the state that causes it, settled by the claim that did it.

use greenhouse_core::{
    AccountId,
    store::{Applied, DueWork, Settled, Settlement},
};
use sqlx::SqliteConnection;

use super::Stop;
use crate::rows::{micros, write_json};

pub(super) async fn add(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    due: &DueWork,
) -> Result<(), Stop> {
    sqlx::query(INSERT)
        .bind(account.as_str())
        .bind(due.work.kind().as_str())
        .bind(write_json("due_work", &due.work)?)
        .bind(micros(due.due_at))
        .execute(transaction)
        .await?;
    Ok(())
}

/// Settles claimed work, or stops where the claim is no longer the last one.
pub(super) async fn settle(
    transaction: &mut SqliteConnection,
    account: &AccountId,
    settled: &Settled,
) -> Result<(), Stop> {
    let statement = match settled.how {
        Settlement::Done => DONE,
        Settlement::Again(_) => AGAIN,
    };
    let Ok(generation) = i64::try_from(settled.generation) else {
        return Err(Stop::Refused(Applied::LeaseLost));
    };
    let mut query = sqlx::query(statement)
        .bind(account.as_str())
        .bind(settled.work.value())
        .bind(generation);
    if let Settlement::Again(at) = settled.how {
        query = query.bind(micros(at));
    }
    match query.execute(transaction).await?.rows_affected() {
        0 => Err(Stop::Refused(Applied::LeaseLost)),
        _ => Ok(()),
    }
}

pub(crate) const INSERT: &str = "INSERT INTO due_work \
    (account, kind, work, since, claimable_at, claimed, attempts, generation) \
    VALUES ($1, $2, $3, $4, $4, 0, 0, 0)";
pub(crate) const DONE: &str = "DELETE FROM due_work \
    WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1";
pub(crate) const AGAIN: &str = "UPDATE due_work SET claimed = 0, claimable_at = $4 \
    WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1";
