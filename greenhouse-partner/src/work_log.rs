//! Work in the background, as the log names it.

use greenhouse_core::store::{ClaimedTask, StoreError};
use tracing::{Instrument, Span};

/// Does a piece of claimed work. Whatever is logged meanwhile names it, and so does how it went.
pub(crate) async fn logged(
    work: &ClaimedTask,
    doing: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let span = span(work);
    let done = doing.instrument(span.clone()).await;
    span.in_scope(|| tell(&done));
    done
}

/// The same for several pieces that are done in one call.
pub(crate) async fn logged_together<'a>(
    works: impl Iterator<Item = &'a ClaimedTask>,
    doing: impl Future<Output = Result<(), StoreError>>,
) -> Result<(), StoreError> {
    let done = doing.await;
    for work in works {
        span(work).in_scope(|| tell(&done));
    }
    done
}

fn span(work: &ClaimedTask) -> Span {
    tracing::info_span!(
        "work",
        id = %work.id,
        kind = work.work.kind().as_str(),
        account = %work.account,
        attempts = work.attempts,
    )
}

fn tell(done: &Result<(), StoreError>) {
    match done {
        Ok(()) => tracing::info!("work had its turn"),
        Err(error) => {
            tracing::warn!(%error, "work could not be settled, and comes again when its lease ends");
        }
    }
}
