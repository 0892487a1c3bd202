//! `GET /api/greenhouse/report/{assessment}`
//!
//! Ours alone: the `partner_profile_url` of a result, and what notes and fields link to. Greenhouse drops a result whose URL the public cannot open (reported), so the signed form asks for no login, and
//! works with the assessments switched off.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, ReportAddress, answer,
    platform::{AssessmentState, PlatformError},
    report_link::ReportLinkError,
    store::{
        Changes, Direction, LogEntry, LogKey, LogStatus, LogSubject, Proposal, Records,
        ReportAccess, StoreError, Write,
    },
};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use url::Url;

use crate::{PartnerError, product::Product, writer::Writer};

/// The answer to a request with the partner key.
#[derive(Debug, Serialize)]
pub(crate) struct ReportLink {
    /// Opens the report without a login, until it is revoked.
    url: Url,
}

/// Reason why a signed link opens nothing. A person is told no more than this.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReportRefusal {
    /// Revoked or expired. 410.
    Over,
    /// Never valid, or there is no such report. 404.
    Unknown,
    /// The report cannot be looked up at present. 503.
    Unavailable,
}

/// Report links: signed, opened, revoked.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) writer: Writer,
    pub(crate) product: Product,
    pub(crate) addresses: Arc<ReportAddress>,
}

impl Reports {
    /// Returns a link to the report of a completed assessment.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if the account has no such completed assessment;
    /// [`PartnerError::Product`]; [`PartnerError::Store`].
    pub(crate) async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<ReportLink, PartnerError> {
        let call = self
            .product
            .ask(|product| product.assessment(account, assessment));
        match call.await.map_err(PartnerError::of_product)? {
            Some(found) if found.state == AssessmentState::Completed => {
                let url = self.address(account, assessment).await?;
                url.map(|url| ReportLink { url })
                    .ok_or(PartnerError::NotFound)
            }
            _ => Err(PartnerError::NotFound),
        }
    }

    /// Returns the public address of a report; `None` if the account has no keys to sign it with.
    pub(crate) async fn address(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Url>, StoreError> {
        let access = self.records.report_access(account, assessment).await?;
        self.addresses
            .of(account, assessment, access.as_ref())
            .await
    }

    /// Returns `true` if the product has a report that the public can open.
    pub(crate) async fn exists(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<bool, PartnerError> {
        let call = self
            .product
            .ask(|product| product.report_url(account, assessment));
        match call.await {
            Ok(url) => Ok(is_public(&url)),
            Err(PlatformError::NotFound { .. } | PlatformError::Refused { .. }) => Ok(false),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }

    /// Answers a browser that has a signed link: a redirect to the report, or a plain page.
    pub(crate) async fn open(&self, assessment: &AssessmentId, token: &str) -> Response<Bytes> {
        page(self.opened(assessment, token).await)
    }

    async fn opened(&self, assessment: &AssessmentId, token: &str) -> Result<Url, ReportRefusal> {
        let now = self.writer.now();
        let verified = self.addresses.verify(token, now).await;
        let grant = match verified.map_err(|_| ReportRefusal::Unavailable)? {
            Ok(grant) if grant.assessment == *assessment => grant,
            Err(ReportLinkError::Expired) => return Err(ReportRefusal::Over),
            _ => return Err(ReportRefusal::Unknown),
        };
        let account = &grant.account;
        let access = self.records.report_access(account, assessment).await;
        let access = access.map_err(|_| ReportRefusal::Unavailable)?;
        let version = access.map_or(ReportAccess::FIRST_LINK_VERSION, |access| {
            access.link_version
        });
        if !grant.is_current(version) {
            return Err(ReportRefusal::Over);
        }
        let call = self
            .product
            .ask(|product| product.report_url(account, assessment));
        match call.await {
            Ok(url) if is_public(&url) => Ok(url),
            Ok(_) | Err(PlatformError::NotFound { .. } | PlatformError::Refused { .. }) => {
                Err(ReportRefusal::Unknown)
            }
            Err(_) => Err(ReportRefusal::Unavailable),
        }
    }

    /// [Revokes](Self::revoke) the links, unless the product says that it has no such assessment:
    /// then returns `false`.
    ///
    /// # Errors
    ///
    /// As [`revoke`](Self::revoke).
    pub(crate) async fn revoke_known(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<bool, StoreError> {
        let call = self
            .product
            .ask(|product| product.assessment(account, assessment));
        if matches!(call.await, Ok(None)) {
            return Ok(false);
        }
        self.revoke(account, assessment).await.map(|()| true)
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
    pub(crate) async fn revoke(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        let decided = self.writer.decide(account, || async {
            let access = self.records.report_access(account, assessment).await?;
            let mut access = access.unwrap_or_else(|| ReportAccess::first(assessment.clone()));
            access.link_version = access.link_version.saturating_add(1);
            let mut changes = Changes::none();
            changes.report_access.push(Write::Put(access));
            changes.log.push(revoked(assessment, self.writer.now()));
            Ok::<_, StoreError>(Proposal::Write(changes, ()))
        });
        decided.await
    }
}

/// Returns `true` if a browser can be sent there.
fn is_public(report: &Url) -> bool {
    matches!(report.scheme(), "http" | "https")
}

fn revoked(assessment: &AssessmentId, now: DateTime<Utc>) -> LogEntry {
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::ReportLink);
    LogEntry::new(now, direction, subject, LogStatus::Done, REVOKED)
        .about_assessment(assessment.clone())
        .keyed(LogKey::report_links(assessment))
}

/// The answer to a browser. No cache keeps it, and the next site does not learn the address.
fn page(opened: Result<Url, ReportRefusal>) -> Response<Bytes> {
    let location = opened
        .and_then(|url| HeaderValue::from_str(url.as_str()).map_err(|_| ReportRefusal::Unknown));
    let mut response = match location {
        Ok(location) => {
            let mut response = answer::empty(StatusCode::FOUND);
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        Err(ReportRefusal::Over) => answer::text(StatusCode::GONE, OVER),
        Err(ReportRefusal::Unknown) => answer::text(StatusCode::NOT_FOUND, UNKNOWN),
        Err(ReportRefusal::Unavailable) => {
            answer::text(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE)
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

const REVOKED: &str = "Every link to the report that was given out until now was revoked. Links that are made from now on \
                       open it.";
const OVER: &str =
    "This report link is no longer valid. Ask whoever gave it to you for a new one.\n";
const UNKNOWN: &str = "There is no report at this address.\n";
const UNAVAILABLE: &str = "The report cannot be opened at present. Try again in a few minutes.\n";
