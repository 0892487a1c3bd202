use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationReader, Clock, HttpTransport, ReportAddress, answer,
    integration::PublicRoute,
    platform::{AssessmentPlatform, PlatformError},
    settings::{AssessmentSettings, KeyDigest, Settings},
    store::{Applied, CandidateHistory, Changes, LastSeen, Link, Store, StoreError},
    sync::Known,
    within,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header, request::Parts};
use serde::Serialize;
use tokio::sync::Notify;

use crate::{
    PartnerConfig, PartnerError, auth,
    endpoint::{report, test_status},
    heard::Heard,
};

/// What Greenhouse calls: the assessment endpoints and the webhook endpoint, with the work that they cause.
///
/// It holds no state of its own but which uses of keys and hooks it has noted lately, so that any number of hosts can run it on
/// one store.
///
/// # The endpoint of report links
///
/// Beside those of [`PartnerKeys`](crate::PartnerKeys) and [`SetUp`](crate::SetUp), under `/api/integrations/greenhouse`:
///
/// | endpoint | answer |
/// |---|---|
/// | `POST report-links/{assessment}/revoke` | 204: [`revoke_report_links`](Self::revoke_report_links) is done, also where the product could not be asked; 404 where the product says that it has no such assessment |
pub struct PartnerService {
    pub(crate) parts: PartnerParts,
    wake: Notify,
    /// Keys whose use was noted within the hour.
    noted: Mutex<BTreeMap<KeyDigest, DateTime<Utc>>>,
    pub(crate) heard: Heard,
}

/// What a [`PartnerService`] is made of.
#[derive(Debug, Clone)]
pub struct PartnerParts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The settings of the accounts.
    pub settings: Arc<dyn Settings>,
    /// The product.
    pub platform: Arc<dyn AssessmentPlatform>,
    /// Carries completion notices to Greenhouse.
    pub transport: Arc<dyn HttpTransport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The public addresses of reports.
    pub reports: Arc<ReportAddress>,
    /// Reads the true state of applications, where the host can.
    pub reader: Option<Arc<dyn ApplicationReader>>,
    /// How the service behaves.
    pub config: PartnerConfig,
}

impl PartnerService {
    /// A service of these parts.
    pub fn new(parts: PartnerParts) -> Self {
        Self {
            parts,
            wake: Notify::new(),
            noted: Mutex::default(),
            heard: Heard::default(),
        }
    }

    /// How many bytes of a request's body the host reads before it calls [`handle`](Self::handle). Where a body is
    /// longer, the host answers 413.
    pub fn body_limit(&self, parts: &Parts) -> usize {
        match PublicRoute::parse(parts.uri.path()) {
            Some(PublicRoute::Webhook(_)) => self.parts.config.webhook_body_limit,
            _ => self.parts.config.body_limit,
        }
    }

    /// The name of the endpoint at this path, for logs and metrics: one of a few words, never anything that the path carries.
    /// None where there is no endpoint.
    pub fn endpoint(path: &str) -> Option<&'static str> {
        PublicRoute::parse(path).map(|route| route.name())
    }

    /// Answers one request. Total: whatever comes in, something goes out. The path decides; the host takes off any
    /// prefix that it serves the endpoints under.
    pub async fn handle(&self, request: http::Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let Some(route) = PublicRoute::parse(parts.uri.path()) else {
            return PartnerError::NotFound.response();
        };
        if !route.accepts(&parts.method) {
            return method_not_allowed(&route);
        }
        let query = parts.uri.query().unwrap_or_default();
        if let (PublicRoute::Report(assessment), Some(token)) = (&route, parameter(query, "token"))
        {
            return report::page(self.open_report(assessment, &token).await);
        }
        match self.dispatch(route, &parts.headers, query, body).await {
            Ok(response) => response,
            Err(error) => {
                tracing::debug!(code = error.code(), "a request was refused");
                error.response()
            }
        }
    }

    /// Whose partner key the request carries. A host that routes itself calls this before a typed method.
    ///
    /// # Errors
    ///
    /// [`PartnerError::Unauthenticated`], [`PartnerError::UnknownKey`], also where the key has expired;
    /// [`PartnerError::NotFound`] where the account has
    /// the assessments switched off; [`PartnerError::Store`].
    pub async fn authenticate(&self, headers: &HeaderMap) -> Result<AccountId, PartnerError> {
        let key = auth::partner_key(headers).map_err(PartnerError::Unauthenticated)?;
        let digest = KeyDigest::of(key.expose());
        let account = self.parts.settings.account_of_partner_key(&digest).await?;
        let account = account.ok_or(PartnerError::UnknownKey)?;
        let settings = self.switched_on(&account).await?;
        let now = self.parts.clock.now();
        let valid = settings.partner_key(&digest, now);
        valid.ok_or(PartnerError::UnknownKey)?;
        self.note_use(&account, digest, now).await;
        Ok(account)
    }

    /// Notes the use of a key, once in an hour. What fails is noted with the next use: no request is refused for it.
    async fn note_use(&self, account: &AccountId, digest: KeyDigest, now: DateTime<Utc>) {
        {
            let mut noted = self.noted();
            noted.retain(|_, at| (now - *at).to_std().is_ok_and(|past| past < NOTE_EVERY));
            if noted.contains_key(&digest) {
                return;
            }
            noted.insert(digest, now);
        }
        let store = &self.parts.store;
        let key = LastSeen::PartnerKey(digest);
        let written = store.note_last_seen(account, &key, now, NOTE_EVERY).await;
        if let Err(error) = written {
            tracing::warn!(%account, %error, "the use of a partner key was not noted");
            self.noted().remove(&digest);
        }
    }

    fn noted(&self) -> MutexGuard<'_, BTreeMap<KeyDigest, DateTime<Utc>>> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn dispatch(
        &self,
        route: PublicRoute,
        headers: &HeaderMap,
        query: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, PartnerError> {
        if let PublicRoute::Webhook(key) = route {
            self.webhook(key.as_ref(), headers, body).await?;
            return Ok(ok(&Taken { status: "ok" }));
        }
        let account = self.authenticate(headers).await?;
        Ok(match route {
            PublicRoute::ListTests => ok(&self.list_tests(&account).await?),
            PublicRoute::SendTest => ok(&self.send_test(&account, &body).await?),
            PublicRoute::TestStatus => {
                let invitation =
                    test_status::invitation_id(parameter(query, "partner_interview_id"))?;
                ok(&self.test_status(&account, &invitation).await?)
            }
            PublicRoute::Report(assessment) => ok(&self.report_link(&account, &assessment).await?),
            PublicRoute::ResponseError => ok(&self.response_error(&account, &body).await?),
            _ => PartnerError::NotFound.response(),
        })
    }

    /// The account's settings of the assessment endpoints; not found where they are switched off.
    pub(crate) async fn switched_on(
        &self,
        account: &AccountId,
    ) -> Result<Arc<AssessmentSettings>, PartnerError> {
        let settings = self.parts.settings.assessments(account).await?;
        settings.ok_or(PartnerError::NotFound)
    }

    /// Asks the product, for at most the configured time.
    pub(crate) async fn ask<T>(
        &self,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        let deadline = self.parts.config.product_deadline;
        let answer = within(self.parts.clock.as_ref(), deadline, call).await;
        answer.unwrap_or_else(|| Err(PlatformError::Unavailable(TooSlow.into())))
    }

    /// Applies changes, and wakes the host's loop where they cause work.
    pub(crate) async fn apply(
        &self,
        account: &AccountId,
        changes: Changes,
    ) -> Result<Applied, StoreError> {
        let causes_work = !changes.due.is_empty();
        let applied = self.parts.store.apply(account, changes).await?;
        if causes_work && applied == Applied::Applied {
            self.wake.notify_one();
        }
        Ok(applied)
    }

    /// The hook of this action was heard. That is noted in the background: the request does not wait for it, nor does it fail.
    pub(crate) fn hear(&self, account: &AccountId, action: Option<&'static str>) {
        let now = self.parts.clock.now();
        if action.is_some_and(|action| self.heard.hear(account, action, now)) {
            self.wake.notify_one();
        }
    }

    /// What is known for a decision, made now.
    pub(crate) fn known(&self, links: Vec<Link>, fates: Vec<CandidateHistory>) -> Known {
        Known {
            links,
            fates,
            reader: self.parts.reader.is_some(),
            now: self.parts.clock.now(),
            settle_time: self.parts.config.settle_time,
        }
    }

    pub(crate) async fn wait_for_work(&self) {
        self.wake.notified().await;
    }
}

impl fmt::Debug for PartnerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartnerService")
            .field("config", &self.parts.config)
            .finish_non_exhaustive()
    }
}

/// The error where a decision was made again and again, and others were always faster.
pub(crate) fn contended() -> StoreError {
    StoreError::unavailable("others changed the same record each time")
}

/// How often a decision is made again before the request is given up.
pub(crate) const DECISIONS: usize = 8;

/// How exactly it is known when a key was last used.
const NOTE_EVERY: Duration = Duration::from_secs(60 * 60);

/// A product call that ran over its deadline.
#[derive(Debug, thiserror::Error)]
#[error("no answer in time")]
struct TooSlow;

/// The answer to a webhook. Whoever reads Greenhouse's webhook log sees it, so it says nothing else.
#[derive(Serialize)]
struct Taken {
    status: &'static str,
}

fn ok(body: &impl Serialize) -> Response<Bytes> {
    answer::json(StatusCode::OK, body)
}

fn method_not_allowed(route: &PublicRoute) -> Response<Bytes> {
    let mut response = answer::problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this endpoint takes another method",
    );
    let allowed = if route.method() == http::Method::GET {
        "GET, HEAD"
    } else {
        "POST"
    };
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

/// The first parameter of this name, decoded.
fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}
