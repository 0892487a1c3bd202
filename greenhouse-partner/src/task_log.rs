//! Tasks, as the log names them.

use greenhouse_core::store::{ClaimedTask, StoreError};
use tracing::{Instrument, Span};

/// Runs a claimed task. All events meanwhile carry its span, and so does the result.
pub(crate) async fn logged(
    task: &ClaimedTask,
    run: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let span = span(task);
    let done = run.instrument(span.clone()).await;
    span.in_scope(|| log(&done));
    done
}

/// Runs several tasks that are done in one call.
pub(crate) async fn logged_together(
    tasks: &[ClaimedTask],
    run: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let done = run.await;
    for task in tasks {
        span(task).in_scope(|| log(&done));
    }
    done
}

fn span(task: &ClaimedTask) -> Span {
    tracing::info_span!(
        "work",
        id = %task.id,
        kind = task.work.kind().as_str(),
        account = %task.account,
        attempts = task.attempts,
    )
}

fn log(done: &Result<(), StoreError>) {
    match done {
        Ok(()) => tracing::info!("work had its turn"),
        Err(error) => {
            tracing::warn!(%error, "work could not be settled, and comes again when its lease ends");
        }
    }
}
