//! Writes tasks.

use greenhouse_core::{
    AccountId,
    store::{Applied, DueTask, Settled, Settlement, TaskId},
};

use super::{NotCommitted, steps::Steps};
use crate::{
    rows::{micros, write_json},
    session::{both, statements},
};

pub(super) fn add(
    steps: &mut Steps,
    account: &AccountId,
    due: &DueTask,
) -> Result<(), NotCommitted> {
    let work = write_json("due_work", &due.task)?;
    let values = vec![
        account.as_str().to_owned().into(),
        due.task.kind().as_str().into(),
        work.into(),
        micros(due.due_at).into(),
    ];
    steps.push(INSERT, values);
    Ok(())
}

/// Settles a claimed task. The result is `LeaseLost` if the task has been claimed again.
pub(super) fn settle(
    steps: &mut Steps,
    account: &AccountId,
    settled: &Settled,
) -> Result<(), NotCommitted> {
    let Ok(generation) = i64::try_from(settled.generation) else {
        return Err(NotCommitted::Refused(Applied::LeaseLost));
    };
    let mut values = vec![
        account.as_str().to_owned().into(),
        settled.task.value().into(),
        generation.into(),
    ];
    let statement = match settled.how {
        Settlement::Done => DONE,
        Settlement::Again(at) => {
            values.push(micros(at).into());
            AGAIN
        }
        Settlement::Panicked { retry_at } => {
            values.push(micros(retry_at).into());
            PANICKED
        }
        Settlement::Parked => PARK,
    };
    steps.push_required_write(statement, values, Applied::LeaseLost);
    Ok(())
}

/// Makes a parked task due immediately. The result is a conflict if the task is not parked.
pub(super) fn unpark(steps: &mut Steps, account: &AccountId, task: TaskId) {
    let values = vec![account.as_str().to_owned().into(), task.value().into()];
    steps.push_required_write(UNPARK, values, Applied::Conflict);
}

statements! {
    INSERT = both("INSERT INTO due_work \
        (account, kind, work, since, claimable_at, claimed, attempts, generation) \
        VALUES ($1, $2, $3, $4, $4, 0, 0, 0)");
    DONE = both("DELETE FROM due_work \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
    PANICKED = both("UPDATE due_work SET claimed = 0, claimable_at = $4, panics = panics + 1 \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
    PARK = both("UPDATE due_work SET claimed = 0, claimable_at = 9223372036854775807, parked = 1 \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
    UNPARK = both("UPDATE due_work SET claimable_at = since, parked = 0, panics = 0 \
        WHERE account = $1 AND id = $2 AND parked = 1");
    AGAIN = both("UPDATE due_work SET claimed = 0, claimable_at = $4 \
        WHERE account = $1 AND id = $2 AND generation = $3 AND claimed = 1");
}
