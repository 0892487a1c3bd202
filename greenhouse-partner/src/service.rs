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
    AccountId, ApplicationId, AssessmentId, Trace, answer, chain,
    integration::{InboundHead, InboundRequest, Ports, PublicRoute},
    store::StoreError,
};
use http::{Response, StatusCode};
use serde_json::json;

pub use self::builder::PartnerServiceBuilder;
use crate::{
    PartnerConfig, PartnerError, PartnerKeys, PartnerSettings, Reconciliation, SetUp,
    assessments::{Assessments, PartnerCaller},
    health::Checks,
    last_seen::LastSeenNotes,
    managed_hooks::HookManager,
    notices::Notices,
    reports::Reports,
    webhooks::{HookOwner, Webhooks},
    writer::Writer,
};

/// Serves the assessment endpoints and the webhook endpoint, and runs the tasks that requests
/// create.
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
    hooks: Arc<HookManager>,
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

    /// Checks the credential in the head of a request, so that the host does not read the body of a
    /// refused request. The credential is the partner key for an assessment endpoint, or the hook
    /// key and the form of the signature for a webhook. A refusal leaves the same trace as one by
    /// [`answer`](Self::answer).
    ///
    /// [`answer`](Self::answer) checks the credential itself if this method was not called.
    ///
    /// # Errors
    ///
    /// The response to send.
    pub async fn admit(&self, head: &mut InboundHead) -> Result<(), Response<Bytes>> {
        match self.caller(head).await {
            Ok(caller) => {
                head.insert(caller);
                Ok(())
            }
            Err(error) => Err(refuse(head.route(), &error)),
        }
    }

    /// Responds to a request whose path has been parsed.
    pub async fn answer(&self, request: &InboundRequest) -> Response<Bytes> {
        match self.dispatch(request).await {
            Ok(response) => response,
            Err(error) => refuse(request.route(), &error),
        }
    }

    /// Notes a request that was [admitted](Self::admit) and that the host refused with 413, because
    /// its body was larger than the [limit](Self::body_limit). Health then reports the
    /// account's webhooks as refused. Any other request gets an entry in the sync log.
    pub async fn note_oversized(&self, head: &InboundHead) {
        let (route, endpoint) = (head.route(), head.route().name());
        let limit = self.body_limit(route);
        match head.get::<Caller>() {
            Some(Caller::Hook(owner)) => self.webhooks.note_oversized(owner),
            Some(Caller::Partner(caller)) => {
                let error = PartnerError::TooLarge { limit };
                let account = &caller.account;
                tracing::warn!(%account, endpoint, "request refused: its body is larger than the limit");
                let noted = self.assessments.leave_trace(account, route, &error, None);
                if let Err(error) = noted.await {
                    tracing::warn!(%account, endpoint, error = %chain(&error), "could not log an oversized request");
                }
            }
            Some(Caller::Browser) | None => {
                tracing::warn!(
                    endpoint,
                    "request refused: its body is larger than the limit"
                );
            }
        }
    }

    async fn caller(&self, head: &InboundHead) -> Result<Caller, PartnerError> {
        Ok(match head.route() {
            PublicRoute::Webhook(key) => {
                let owner = self.webhooks.admit(key.as_ref(), head.headers());
                Caller::Hook(owner.await?)
            }
            PublicRoute::Report(_) if head.parameter(TOKEN).is_some() => Caller::Browser,
            route => {
                let caller = self.assessments.authenticate(head.headers(), route);
                Caller::Partner(caller.await?)
            }
        })
    }

    async fn dispatch(&self, request: &InboundRequest) -> Result<Response<Bytes>, PartnerError> {
        let caller = match request.head().get::<Caller>() {
            Some(known) => known.clone(),
            None => self.caller(request.head()).await?,
        };
        let mut application = None;
        let answer = self.respond(&caller, request, &mut application).await;
        if let (Err(error), Caller::Partner(caller)) = (&answer, &caller) {
            let (account, route) = (&caller.account, request.route());
            let assessments = &self.assessments;
            assessments
                .leave_trace(account, route, error, application)
                .await?;
        }
        answer
    }

    /// Responds to an admitted request. Sets `application` as soon as the id is known.
    async fn respond(
        &self,
        caller: &Caller,
        request: &InboundRequest,
        application: &mut Option<ApplicationId>,
    ) -> Result<Response<Bytes>, PartnerError> {
        let (headers, body) = (request.headers(), request.body());
        let (assessments, ok) = (&self.assessments, StatusCode::OK);
        Ok(match (request.route(), caller) {
            (PublicRoute::Webhook(_), Caller::Hook(owner)) => {
                self.webhooks.receive(owner, headers, body.clone()).await?;
                // Greenhouse's webhook log shows the response, so it contains nothing else.
                answer::json(ok, &json!({ "status": "ok" }))
            }
            (PublicRoute::Report(assessment), Caller::Browser) => {
                let token = request.parameter(TOKEN).unwrap_or_default();
                self.reports.open(assessment, &token).await
            }
            (PublicRoute::Report(assessment), Caller::Partner(caller)) => {
                let link = self.reports.link(&caller.account, assessment);
                answer::json(ok, &link.await?)
            }
            (PublicRoute::ListTests, Caller::Partner(caller)) => {
                answer::json(ok, &assessments.list_tests(&caller.account).await?)
            }
            (PublicRoute::SendTest, Caller::Partner(caller)) => {
                let sent = assessments.send_test(&caller.account, body, application);
                answer::json(ok, &sent.await?)
            }
            (PublicRoute::TestStatus, Caller::Partner(caller)) => {
                let id = request.parameter("partner_interview_id");
                answer::json(ok, &assessments.test_status(caller, id).await?)
            }
            (PublicRoute::ResponseError, Caller::Partner(caller)) => {
                let noted = assessments.response_error(&caller.account, body);
                answer::json(ok, &noted.await?)
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
        self.webhooks
            .reconciliation(every, lease, Arc::clone(&self.hooks))
    }
}

/// Caller of an endpoint, identified by the head of the request.
#[derive(Debug, Clone)]
enum Caller {
    /// A hook of Greenhouse. The signature is checked later, because it covers the body.
    Hook(HookOwner),
    /// Greenhouse with a partner key.
    Partner(PartnerCaller),
    /// A browser that opens a signed report link.
    Browser,
}

fn refuse(route: &PublicRoute, error: &PartnerError) -> Response<Bytes> {
    let (endpoint, code) = (route.name(), error.code());
    match error.trace(route) {
        Trace::ServerLog => {
            tracing::warn!(endpoint, code, error = %chain(error), "request failed");
        }
        _ => tracing::debug!(endpoint, code, "request refused"),
    }
    error.response()
}

impl fmt::Debug for PartnerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerService")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Query parameter of a signed report link.
const TOKEN: &str = "token";
