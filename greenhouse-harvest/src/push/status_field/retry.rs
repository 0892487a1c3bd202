//! Retries of failed entries by a person.

use bytes::Bytes;
use greenhouse_core::{
    AccountId, InvitationId,
    answer::{self, NewState},
    operator::{QueuedRetry, store_down},
    store::{LogSubject, LoggedEntry, StoreError},
};
use http::{Response, StatusCode};

use super::task::queue;
use crate::push::{engine::Engine, texts::sync_log::status as texts};

/// Queues the write of an invitation's status again.
pub(in crate::push) async fn retry(
    engine: &Engine,
    account: &AccountId,
    id: &InvitationId,
) -> Response<Bytes> {
    match queue(engine, account, id).await {
        Ok(true) => answer::json(StatusCode::ACCEPTED, &NewState::new("queued")),
        Ok(false) => answer::problem_text(StatusCode::CONFLICT, &texts::status_not_retried()),
        Err(error) => store_down(&error),
    }
}

/// Same as [`retry`], for one of many entries.
pub(in crate::push) async fn queue_retry(
    engine: &Engine,
    account: &AccountId,
    id: &InvitationId,
) -> Result<Option<QueuedRetry>, StoreError> {
    Ok(Some(match queue(engine, account, id).await? {
        true => QueuedRetry::Queued,
        false => QueuedRetry::Refused(texts::status_not_retried()),
    }))
}

/// Returns the invitation of an entry about the status of its test.
pub(in crate::push) fn invitation_of(entry: &LoggedEntry) -> Option<&InvitationId> {
    let entry = &entry.entry;
    let is_status = entry.subject == LogSubject::StatusField;
    entry.invitation.as_ref().filter(|_| is_status)
}
