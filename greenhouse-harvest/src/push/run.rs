//! One push, from its claim to its end.

use std::panic::AssertUnwindSafe;

use futures_util::{
    FutureExt as _,
    future::{Either, select},
};
use greenhouse_core::{
    Text,
    stage_test::StageEntry,
    store::{ClaimedTask, PushState, Settlement, StoreError, Task},
    within,
};

use super::{
    StepError,
    claim::{claim, dismiss},
    context::StepContext,
    engine::Engine,
    ledger::{Ledger, PushRecord},
    stage_test, steps,
};

/// Runs one push, or sends one test of a stage. Does nothing if a push is no longer queued.
pub(super) async fn run(engine: &Engine, task: &ClaimedTask) -> Result<(), StoreError> {
    let assessment = match &task.task {
        Task::Push { assessment } => assessment,
        Task::StageTest { application, stage } => {
            let (application, stage) = (*application, *stage);
            return stage_test::run(engine, task, StageEntry { application, stage }).await;
        }
        _ => return dismiss(engine, task).await,
    };
    let Some(claimed) = claim(engine, task, assessment).await? else {
        return Ok(());
    };
    let mut record = PushRecord::new(engine, task, claimed);
    let left = task.lease_until.signed_duration_since(engine.now());
    let left = left.to_std().unwrap_or_default();
    let outcome = {
        let steps = AssertUnwindSafe(all_steps(&mut record)).catch_unwind();
        let steps = within(&**engine.ports.clock(), left, steps);
        match select(Box::pin(steps), Box::pin(engine.stop_grace_over())).await {
            Either::Left((outcome, _)) => Some(outcome),
            Either::Right(_) => None,
        }
    };
    let ended = match outcome {
        // The lease has ended. The push is left as if this host had crashed.
        Some(None) => return Ok(()),
        Some(Some(Ok(Ok(done)))) => record.finish(PushState::Done, done).await,
        Some(Some(Ok(Err(StepError::Failed(failure))))) => record.fail(failure).await,
        Some(Some(Ok(Err(StepError::NotNow(failure, retry_after))))) => {
            record.wait_or_fail(failure, retry_after).await
        }
        Some(Some(Ok(Err(StepError::Again(at, text))))) => {
            record.requeue(Settlement::Again(at), text).await
        }
        Some(Some(Ok(Err(StepError::Panicked)))) => record.panicked().await,
        Some(Some(Ok(Err(error @ (StepError::Lost | StepError::Store(_)))))) => Err(error),
        // The message of the panic is not stored, because it may contain personal data.
        Some(Some(Err(_))) => record.panicked().await,
        None => record.cut_short().await,
    };
    match ended {
        Err(StepError::Store(error)) => Err(error),
        _ => Ok(()),
    }
}

async fn all_steps(record: &mut PushRecord<'_>) -> Result<Text, StepError> {
    let (context, input) =
        StepContext::read(record.engine, record.task, &record.push, &record.requests).await?;
    let mut ledger = Ledger::open(record, input);
    steps::run(&context, &mut ledger).await
}
