//! `POST sync-log/retry-failed`: retries every failed operation.
//!
//! Query parameters: `limit`, `before`, `direction`, `assessment`, `from` and `until`, as for `GET
//! sync-log`. Any other parameter is refused, because a misspelt filter would retry more than was
//! wanted. Response:
//! `{"queued": 3, "refused": [{"log", "code", "message"}], "next": 17}`. `next` is the value of
//! `before` for the following call, or null after the last entry. A call ends early if the product
//! does not respond.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;

use super::{OperatorRequest, OperatorService, log_view, store_down};
use crate::{
    Text, answer,
    store::{LogId, LogStatus, LoggedEntry, StoreError},
    texts::operator as texts,
};

/// Result of [`OperatorPart::queue_retry`](super::OperatorPart::queue_retry).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueuedRetry {
    /// The operation is queued.
    Queued,
    /// The operation cannot be retried now, for this reason.
    Refused(Text),
    /// The product does not respond, so neither this operation nor any other can be retried now.
    Unavailable(Text),
}

/// Result of one call.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub(super) struct RetriedPage {
    /// Number of queued operations.
    queued: usize,
    /// Operations that cannot be retried now.
    refused: Vec<RefusedRetry>,
    /// Value of `before` for the next call. `None` after the last entry.
    next: Option<LogId>,
}

/// Operation that cannot be retried now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
struct RefusedRetry {
    /// Id of the entry in the sync log.
    log: LogId,
    /// Stable code of the reason.
    code: String,
    /// Reason, for people.
    message: String,
}

impl RefusedRetry {
    fn new(log: LogId, text: Text) -> Self {
        let (code, message) = text.into_parts();
        Self { log, code, message }
    }
}

impl OperatorService {
    pub(super) async fn retry_failed(&self, request: &OperatorRequest) -> Response<Bytes> {
        if let Some(name) = request.unknown_query(&PARAMETERS) {
            let text = texts::unknown_query(name, &PARAMETERS.join(", "));
            return answer::problem_text(StatusCode::BAD_REQUEST, &text);
        }
        let mut filter = match log_view::filter(request) {
            Ok(filter) => filter,
            Err(text) => return answer::problem_text(StatusCode::BAD_REQUEST, &text),
        };
        filter.status = Some(LogStatus::Failed);
        let page = match self.log.log_page(&request.account, &filter).await {
            Ok(page) => page,
            Err(error) => return store_down(&error),
        };
        let mut retried = RetriedPage {
            next: page.next,
            ..RetriedPage::default()
        };
        let entries = page.entries.iter();
        for logged in entries.filter(|logged| logged.entry.offers_retry()) {
            match self.queue_retry(request, logged).await {
                Ok(QueuedRetry::Queued) => retried.queued += 1,
                Ok(QueuedRetry::Refused(text)) => {
                    retried.refused.push(RefusedRetry::new(logged.id, text));
                }
                // Each further entry would wait for the product as long as this one did.
                Ok(QueuedRetry::Unavailable(text)) => {
                    retried.refused.push(RefusedRetry::new(logged.id, text));
                    retried.next = Some(logged.id);
                    break;
                }
                // The earlier entries are queued already, and a repeated call queues the others.
                Err(error) => return store_down(&error),
            }
        }
        answer::json(StatusCode::OK, &retried)
    }

    async fn queue_retry(
        &self,
        request: &OperatorRequest,
        logged: &LoggedEntry,
    ) -> Result<QueuedRetry, StoreError> {
        for part in &self.parts {
            if let Some(result) = part.queue_retry(&request.account, logged).await? {
                return Ok(result);
            }
        }
        Ok(QueuedRetry::Refused(texts::not_offered()))
    }
}

pub(super) const PARAMETERS: [&str; 6] = [
    "limit",
    "before",
    "direction",
    "assessment",
    "from",
    "until",
];
