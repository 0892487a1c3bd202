//! Due work: added with the state that causes it, settled by the claim that did it.

use greenhouse_core::{
    AccountId,
    store::{Applied, DueWork, Settled, Settlement},
};

use super::Stop;
use crate::{
    rows::{micros, write_json},
    session::{Transaction, Value, both, statements},
};

pub(super) async fn add(
    transaction: &mut Transaction,
    account: &AccountId,
    due: &DueWork,
) -> Result<(), Stop> {
    let work = write_json("due_work", &due.work)?;
    let values = [
        account.as_str().into(),
        due.work.kind().as_str().into(),
        (&work).into(),
        micros(due.due_at).into(),
    ];
    transaction.execute(INSERT, &values).await?;
    Ok(())
}

/// Settles claimed work, or stops where the claim is no longer the last one.
pub(super) async fn settle(
    transaction: &mut Transaction,
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
    let mut values: Vec<Value<'_>> = vec![
        account.as_str().into(),
        settled.work.value().into(),
        generation.into(),
    ];
    if let Settlement::Again(at) = settled.how {
        values.push(micros(at).into());
    }
    match transaction.execute(statement, &values).await? {
        0 => Err(Stop::Refused(Applied::LeaseLost)),
        _ => Ok(()),
    }
}

statements! {
    INSERT = both("INSERT INTO due_work \
        (account, kind, work, since, claimable_at, claimed, attempts, generation) \
        VALUES ($1, $2, $3, $4, $4, 0, 0, 0)");
    DONE = both("DELETE FROM due_work \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
    AGAIN = both("UPDATE due_work SET claimed = 0, claimable_at = $4 \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
}
