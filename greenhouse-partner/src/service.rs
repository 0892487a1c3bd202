mod builder;
mod operator;
mod tasks;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, answer,
    integration::{InboundRequest, Ports, PublicRoute},
    store::StoreError,
};
use http::{Response, StatusCode};
use serde_json::json;

pub use self::builder::PartnerServiceBuilder;
use crate::{
    PartnerConfig, PartnerError, PartnerKeys, PartnerSettings, Reconciliation, SetUp,
    assessments::Assessments, health::Checks, last_seen::LastSeenNotes, notices::Notices,
    reports::Reports, webhooks::Webhooks, writer::Writer,
};

/// Answers Greenhouse at the assessment endpoints and the webhook endpoint, and runs the tasks that
/// follow from it.
///
/// It holds no state except recent uses of keys and hooks, so any number of hosts can run it on one
/// store.
///
/// # The endpoint of report links
///
/// Beside those of [`PartnerKeys`], [`PartnerSettings`] and [`SetUp`], under
/// `/api/integrations/greenhouse`:
///
/// | endpoint | answer |
/// |---|---|
/// | `POST report-links/{assessment}/revoke` | 204: [`revoke_report_links`](Self::revoke_report_links) is done, even if the product could not be asked; 404 if the product says that it has no such assessment |
pub struct PartnerService {
    ports: Ports,
    config: PartnerConfig,
    assessments: Assessments,
    reports: Arc<Reports>,
    notices: Notices,
    webhooks: Webhooks,
    checks: Checks,
    last_seen: Arc<LastSeenNotes>,
    writer: Writer,
    is_stopping: AtomicBool,
}

impl PartnerService {
    /// Starts a service on these ports.
    pub fn builder(ports: &Ports) -> PartnerServiceBuilder {
        PartnerServiceBuilder::new(ports)
    }

    /// Largest body of a request to this endpoint, in bytes. The host answers 413 if it is longer.
    pub fn body_limit(&self, route: &PublicRoute) -> usize {
        match route {
            PublicRoute::Webhook(_) => self.config.webhook_body_limit,
            _ => self.config.body_limit,
        }
    }

    /// Answers one request. The host strips any path prefix that it serves the endpoints under.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        match InboundRequest::parse(request) {
            Ok(request) => self.answer(&request).await,
            Err(response) => response,
        }
    }

    /// Answers one request whose path was parsed.
    pub async fn answer(&self, request: &InboundRequest) -> Response<Bytes> {
        if let PublicRoute::Report(assessment) = request.route()
            && let Some(token) = request.parameter("token")
        {
            return self.reports.open(assessment, &token).await;
        }
        self.dispatch(request).await.unwrap_or_else(|error| {
            tracing::debug!(code = error.code(), "a request was refused");
            error.response()
        })
    }

    async fn dispatch(&self, request: &InboundRequest) -> Result<Response<Bytes>, PartnerError> {
        let (headers, body) = (request.headers(), request.body());
        if let PublicRoute::Webhook(key) = request.route() {
            self.webhooks
                .receive(key.as_ref(), headers, body.clone())
                .await?;
            // It shows in Greenhouse's webhook log, so it says nothing else.
            return Ok(answer::json(StatusCode::OK, &json!({ "status": "ok" })));
        }
        let assessments = &self.assessments;
        let caller = assessments.authenticate(headers).await?;
        let account = &caller.account;
        let ok = StatusCode::OK;
        Ok(match request.route() {
            PublicRoute::ListTests => answer::json(ok, &assessments.list_tests(account).await?),
            PublicRoute::SendTest => answer::json(ok, &assessments.send_test(account, body).await?),
            PublicRoute::TestStatus => {
                let id = request.parameter("partner_interview_id");
                answer::json(ok, &assessments.test_status(&caller, id).await?)
            }
            PublicRoute::Report(assessment) => {
                answer::json(ok, &self.reports.link(account, assessment).await?)
            }
            PublicRoute::ResponseError => {
                answer::json(ok, &assessments.response_error(account, body).await?)
            }
            _ => return Err(PartnerError::NotFound),
        })
    }

    /// Takes note that an assessment has changed in the product: it was started, completed,
    /// withdrawn or has expired, or its report is available, if that is later than the score.
    ///
    /// Idempotent, and free of order: the state is read from the product. An assessment without an
    /// invitation changes nothing. A lost call is healed by the next status request.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] and [`PartnerError::Store`], worth another call.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PartnerError> {
        self.assessments
            .assessment_changed(account, assessment)
            .await
    }

    /// Revokes every link to a report that was given out so far. Links that are made from now on
    /// open it again. The sync log says when that was last done.
    ///
    /// The product is not asked whether there is such an assessment: its links end even during an
    /// outage.
    ///
    /// # Errors
    ///
    /// [`StoreError`], worth another call; calling twice revokes twice, which does no harm.
    pub async fn revoke_report_links(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        self.reports.revoke(account, assessment).await
    }

    /// What a person does in Greenhouse to connect this account.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    pub async fn set_up(&self, account: &AccountId) -> Result<SetUp, StoreError> {
        let (ports, now) = (&self.ports, self.writer.now());
        let (store, base) = (ports.store().as_ref(), ports.reports().base());
        SetUp::read(store, ports.settings().as_ref(), base, account, now).await
    }

    /// The partner keys of the accounts.
    pub fn keys(&self) -> PartnerKeys {
        let (store, clock) = (self.ports.store(), self.ports.clock());
        PartnerKeys::new(
            Arc::clone(store),
            Arc::clone(clock),
            self.config.key_overlap,
        )
    }

    /// The settings of the assessments and of the sync of the accounts.
    pub fn settings(&self) -> PartnerSettings {
        PartnerSettings::new(Arc::clone(self.ports.store()))
    }

    /// Claims no more tasks from now on. Calls in the air are finished.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// The scheduled comparison of pushed applications with Greenhouse.
    pub fn reconciliation(&self) -> Reconciliation {
        let (every, lease) = (self.config.reconcile_every, self.config.lease);
        self.webhooks.reconciliation(every, lease)
    }
}

impl fmt::Debug for PartnerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerService")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
