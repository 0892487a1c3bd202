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
    AccountId, AssessmentId, answer, chain,
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

/// Serves the assessment endpoints and the webhook endpoint, and runs the tasks that they create.
///
/// Its only state is the recent uses of keys and hooks, so several hosts can share one store.
///
/// # Report link endpoint
///
/// In addition to the endpoints of [`PartnerKeys`], [`PartnerSettings`] and [`SetUp`], under
/// `/api/integrations/greenhouse`:
///
/// | endpoint | response |
/// |---|---|
/// | `POST report-links/{assessment}/revoke` | 204, or 404 if the product does not have the assessment |
///
/// The endpoint [revokes the links](Self::revoke_report_links) even if the product is unavailable.
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
    /// Returns a builder for a service on these ports.
    pub fn builder(ports: &Ports) -> PartnerServiceBuilder {
        PartnerServiceBuilder::new(ports)
    }

    /// Returns the maximum body size for a request to this endpoint, in bytes. The host refuses a
    /// larger body with 413.
    pub fn body_limit(&self, route: &PublicRoute) -> usize {
        match route {
            PublicRoute::Webhook(_) => self.config.webhook_body_limit,
            _ => self.config.body_limit,
        }
    }

    /// Responds to a request. The host must remove its own path prefix first.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        match InboundRequest::parse(request) {
            Ok(request) => self.answer(&request).await,
            Err(response) => response,
        }
    }

    /// Responds to a request whose path has been parsed.
    pub async fn answer(&self, request: &InboundRequest) -> Response<Bytes> {
        if let PublicRoute::Report(assessment) = request.route()
            && let Some(token) = request.parameter("token")
        {
            return self.reports.open(assessment, &token).await;
        }
        self.dispatch(request).await.unwrap_or_else(|error| {
            let (endpoint, code) = (request.route().name(), error.code());
            if error.status() == StatusCode::SERVICE_UNAVAILABLE {
                tracing::warn!(endpoint, code, error = %chain(&error), "request failed");
            } else {
                tracing::debug!(endpoint, code, "request refused");
            }
            error.response()
        })
    }

    /// Notes a request that the host refused with 413, because its body was larger than the
    /// [limit](Self::body_limit). Health then names the account's webhooks as refused.
    pub async fn note_oversized(&self, route: &PublicRoute) {
        let PublicRoute::Webhook(key) = route else {
            tracing::warn!(
                endpoint = route.name(),
                "request refused: its body is larger than the limit"
            );
            return;
        };
        if let Err(error) = self.webhooks.note_oversized(key.as_ref()).await {
            tracing::warn!(error = %chain(&error), "could not note an oversized webhook");
        }
    }

    async fn dispatch(&self, request: &InboundRequest) -> Result<Response<Bytes>, PartnerError> {
        let (headers, body) = (request.headers(), request.body());
        if let PublicRoute::Webhook(key) = request.route() {
            self.webhooks
                .receive(key.as_ref(), headers, body.clone())
                .await?;
            // Greenhouse's webhook log shows the response, so it contains nothing else.
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

    /// Reports that an assessment has changed in the product: it was started, completed or
    /// withdrawn, it expired, or its report became available after its score.
    ///
    /// Idempotent, and independent of the order of calls, because the state is read from the
    /// product. The call has no effect on an assessment without an invitation. If a call is lost,
    /// the next status request reads the state.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Product`] and [`PartnerError::Store`]. Both may succeed on a retry.
    pub async fn assessment_changed(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PartnerError> {
        self.assessments
            .assessment_changed(account, assessment)
            .await
    }

    /// Revokes all existing links to a report. New links still work. The sync log records the last
    /// revocation.
    ///
    /// Does not check that the assessment exists, so that links can be revoked while the product is
    /// unavailable.
    ///
    /// # Errors
    ///
    /// [`StoreError`]. Retrying is safe, because revoking twice is harmless.
    pub async fn revoke_report_links(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        self.reports.revoke(account, assessment).await
    }

    /// Returns the steps that connect this account to Greenhouse.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the settings could not be read.
    pub async fn set_up(&self, account: &AccountId) -> Result<SetUp, StoreError> {
        let (ports, now) = (&self.ports, self.writer.now());
        let (store, base) = (ports.store().as_ref(), ports.reports().base());
        SetUp::read(store, ports.settings().as_ref(), base, account, now).await
    }

    /// Returns the partner keys of all accounts.
    pub fn keys(&self) -> PartnerKeys {
        let (store, clock) = (self.ports.store(), self.ports.clock());
        PartnerKeys::new(
            Arc::clone(store),
            Arc::clone(clock),
            self.config.key_overlap,
        )
    }

    /// Returns the assessment and sync settings of all accounts.
    pub fn settings(&self) -> PartnerSettings {
        PartnerSettings::new(Arc::clone(self.ports.store()))
    }

    /// Stops claiming tasks. Running calls still finish.
    pub fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
    }

    /// Returns the scheduled comparison of pushed applications with Greenhouse.
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
