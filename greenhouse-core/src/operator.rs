//! Operator endpoints under `/api/integrations/greenhouse`. Shared endpoints are handled here; all
//! other requests are passed to the parts, such as the directions.

mod health_checks;
mod log_view;
#[cfg(feature = "openapi")]
mod operations;
mod preview;
mod request;
mod retry_failed;
mod settings;
mod summary;
mod with_text;

use std::{fmt, sync::Arc};

#[cfg(feature = "openapi")]
use crate::openapi::Operation;
use crate::{
    AccountId, Clock, SystemClock,
    answer::{self, ErrorDetails, method_not_allowed},
    chain,
    health::Check,
    recent::Recent,
    store::{LogId, LoggedEntry, StoreError, StoreErrorKind, SyncLog},
    texts::operator as texts,
};
use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response, StatusCode, request::Parts};

pub use crate::answer::not_found;

use self::{health_checks::RecentHealth, preview::preview};
pub use self::{
    log_view::LogEntryView, request::OperatorRequest, retry_failed::QueuedRetry,
    settings::settings_answer, with_text::WithText,
};

/// Operator endpoints, retries and health checks of one part of the integration, such as a
/// direction.
#[async_trait]
pub trait OperatorPart: fmt::Debug + Send + Sync {
    /// Handles a request to one of this part's paths. Returns `None` for any other path.
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>>;

    /// Retries the failed operation that a log entry reports. Returns `None` if the entry belongs
    /// to another part. The default always returns `None`. The request body may contain options.
    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        let _ = (request, entry);
        None
    }

    /// Queues a retry of the failed operation that a log entry reports, without waiting for the
    /// result. Returns `None` if the entry belongs to another part. The default always returns
    /// `None`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails.
    async fn queue_retry(
        &self,
        account: &AccountId,
        entry: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        let _ = (account, entry);
        Ok(None)
    }

    /// Returns the endpoints of this part for the OpenAPI document: operator endpoints, and endpoints
    /// that Greenhouse calls. The default returns none.
    #[cfg(feature = "openapi")]
    fn operations(&self) -> Vec<Operation> {
        Vec::new()
    }

    /// Runs this part's health checks for the account.
    async fn checks(&self, account: &AccountId) -> Vec<Check>;
}

/// Operator endpoints of a host.
#[derive(Clone)]
pub struct OperatorService {
    log: Arc<dyn SyncLog>,
    parts: Vec<Arc<dyn OperatorPart>>,
    clock: Arc<dyn Clock>,
    recent: Arc<RecentHealth>,
}

impl OperatorService {
    /// Maximum size of any body, in bytes.
    pub(crate) const BODY_LIMIT: usize = 64 * 1024;

    /// Creates the endpoints from the sync log and the parts, which are tried in this order. The
    /// clock is the system's.
    pub fn new(log: Arc<dyn SyncLog>, parts: Vec<Arc<dyn OperatorPart>>) -> Self {
        Self {
            log,
            parts,
            clock: Arc::new(SystemClock),
            recent: Arc::new(Recent::new(health_checks::ACCOUNTS)),
        }
    }

    /// Sets the clock, which determines the last day of the sync log's summary.
    #[must_use]
    pub fn with_clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Maximum size in bytes of the request body that the host reads before it calls
    /// [`handle`](Self::handle).
    pub fn body_limit(_: &Parts) -> usize {
        Self::BODY_LIMIT
    }

    /// Handles one request. Infallible.
    ///
    /// The host authenticates the user and inserts the [`AccountId`] into the request's extensions.
    /// Responds with 401 if the account id is missing, and with 400 if it is invalid.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        let Some(account) = request.extensions().get::<AccountId>().cloned() else {
            return answer::problem_text(StatusCode::UNAUTHORIZED, &texts::unauthorized());
        };
        if let Err(error) = account.check() {
            tracing::warn!(%error, "an operator's request was rejected: the host passed an invalid account id");
            return answer::problem_text(StatusCode::BAD_REQUEST, &texts::bad_account());
        }
        match OperatorRequest::new(account, request, PREFIX) {
            Some(request) => {
                let response = self.route(&request).await;
                self.forget_health_after(&request);
                response
            }
            None => not_found(),
        }
    }

    async fn route(&self, request: &OperatorRequest) -> Response<Bytes> {
        let get = request.method == Method::GET;
        let post = request.method == Method::POST;
        match request.path().as_slice() {
            ["health"] if get => self.health(request).await,
            ["sync-log"] if get => self.log_page(request).await,
            ["sync-log", "retry-failed"] if post => self.retry_failed(request).await,
            ["sync-log", "retry-failed"] => method_not_allowed(&[Method::POST]),
            ["sync-log", "summary"] if get => self.summary(request).await,
            ["sync-log", id] if get => self.log_entry(&request.account, id).await,
            ["sync-log", id, "retry"] if post => self.retry(request, id).await,
            ["preview"] if post => preview(request),
            #[cfg(feature = "openapi")]
            ["openapi.json"] if get => answer::json(StatusCode::OK, &self.openapi()),
            #[cfg(feature = "openapi")]
            ["openapi.json"] => method_not_allowed(&[Method::GET]),
            ["health" | "sync-log" | "preview", ..] => method_or_path(request),
            _ => {
                for part in &self.parts {
                    if let Some(response) = part.answer(request).await {
                        return response;
                    }
                }
                not_found()
            }
        }
    }

    async fn log_page(&self, request: &OperatorRequest) -> Response<Bytes> {
        let filter = match log_view::filter(request) {
            Ok(filter) => filter,
            Err(text) => return answer::problem_text(StatusCode::BAD_REQUEST, &text),
        };
        match self.log.log_page(&request.account, &filter).await {
            Ok(page) => answer::json(StatusCode::OK, &log_view::page(&page)),
            Err(error) => store_down(&error),
        }
    }

    async fn log_entry(&self, account: &AccountId, id: &str) -> Response<Bytes> {
        match self.find_entry(account, id).await {
            Ok(Some(entry)) => answer::json(StatusCode::OK, &LogEntryView::of(&entry)),
            Ok(None) => not_found(),
            Err(error) => store_down(&error),
        }
    }

    async fn retry(&self, request: &OperatorRequest, id: &str) -> Response<Bytes> {
        let entry = match self.find_entry(&request.account, id).await {
            Ok(Some(entry)) => entry,
            Ok(None) => return not_found(),
            Err(error) => return store_down(&error),
        };
        if !entry.entry.offers_retry() {
            return answer::problem_text(StatusCode::CONFLICT, &texts::not_failed());
        }
        for part in &self.parts {
            if let Some(response) = part.retry(request, &entry).await {
                return response;
            }
        }
        answer::problem_text(StatusCode::CONFLICT, &texts::not_offered())
    }

    async fn find_entry(
        &self,
        account: &AccountId,
        id: &str,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        match id.parse() {
            Ok(id) => self.log.log_entry(account, LogId::new(id)).await,
            Err(_) => Ok(None),
        }
    }
}

impl fmt::Debug for OperatorService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorService")
            .field("parts", &self.parts)
            .finish_non_exhaustive()
    }
}

/// Logs a store failure and returns a 503 response. The caller may repeat any request, because
/// writes that succeeded are not repeated.
pub fn store_down(error: &StoreError) -> Response<Bytes> {
    tracing::warn!(error = %chain(error), "an operator's request failed");
    let (message, remedy) = match error.kind() {
        StoreErrorKind::Unavailable => texts::NO_STORE,
        StoreErrorKind::Corrupt => texts::CORRUPT_RECORD,
    };
    let details = ErrorDetails::remedy(remedy);
    let status = StatusCode::SERVICE_UNAVAILABLE;
    answer::problem_with(status, "store_unavailable", message, details)
}

fn method_or_path(request: &OperatorRequest) -> Response<Bytes> {
    match request.path().as_slice() {
        ["health" | "sync-log"] | ["sync-log", _] => method_not_allowed(&[Method::GET]),
        ["preview"] | ["sync-log", _, "retry"] => method_not_allowed(&[Method::POST]),
        _ => not_found(),
    }
}

/// Path prefix of the operator endpoints.
pub const PREFIX: &str = "/api/integrations/greenhouse/";

#[cfg(test)]
mod tests;
