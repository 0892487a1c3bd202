//! `GET /api/greenhouse/report/{assessment}`
//!
//! Ours alone: the `partner_profile_url` of a result, and what notes and fields link to. Greenhouse drops a result whose
//! URL the public cannot open (reported), so the signed form asks for no login, and works with the assessments switched off.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, answer,
    platform::{AssessmentState, PlatformError},
    report_link::ReportLinkError,
    store::{
        Applied, Changes, Direction, LogEntry, LogKey, LogStatus, LogSubject, ReportAccess,
        StoreError, Write,
    },
};
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use url::Url;

use crate::{
    PartnerError, PartnerService,
    service::{DECISIONS, contended},
};

/// The answer to a request with the partner key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportLink {
    /// Opens the report without a login, until it is revoked.
    pub url: Url,
}

/// Why a signed link opens nothing. A person is told no more than this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportRefusal {
    /// It was revoked, or its time has run out. 410.
    #[error("the report link is no longer valid")]
    Over,
    /// It was never valid, or there is no such report. 404.
    #[error("there is no such report")]
    Unknown,
    /// The report cannot be looked up at present. 503.
    #[error("the report cannot be opened at present")]
    Unavailable,
}

impl PartnerService {
    /// A link to the report of a completed assessment.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] where the account has no such completed assessment; [`PartnerError::Product`];
    /// [`PartnerError::Store`].
    pub async fn report_link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<ReportLink, PartnerError> {
        let found = self
            .ask(self.parts.platform.assessment(account, assessment))
            .await;
        match found.map_err(PartnerError::of_product)? {
            Some(found) if found.state == AssessmentState::Completed => {
                let access = self.parts.store.report_access(account, assessment).await?;
                let reports = &self.parts.reports;
                let url = reports.of(account, assessment, access.as_ref()).await?;
                url.map(|url| ReportLink { url })
                    .ok_or(PartnerError::NotFound)
            }
            _ => Err(PartnerError::NotFound),
        }
    }

    /// Where a browser with a signed link finds the report.
    ///
    /// # Errors
    ///
    /// [`ReportRefusal`].
    pub async fn open_report(
        &self,
        assessment: &AssessmentId,
        token: &str,
    ) -> Result<Url, ReportRefusal> {
        let now = self.parts.clock.now();
        let verified = self.parts.reports.verify(token, now).await;
        let grant = match verified.map_err(|_| ReportRefusal::Unavailable)? {
            Ok(grant) if grant.assessment == *assessment => grant,
            Err(ReportLinkError::Expired) => return Err(ReportRefusal::Over),
            _ => return Err(ReportRefusal::Unknown),
        };
        let access = self
            .parts
            .store
            .report_access(&grant.account, assessment)
            .await;
        let access = access.map_err(|_| ReportRefusal::Unavailable)?;
        let version = access.map_or(ReportAccess::FIRST_LINK_VERSION, |access| {
            access.link_version
        });
        if !grant.is_current(version) {
            return Err(ReportRefusal::Over);
        }
        match self
            .ask(self.parts.platform.report_url(&grant.account, assessment))
            .await
        {
            Ok(url) if is_public(&url) => Ok(url),
            Ok(_) | Err(PlatformError::NotFound { .. } | PlatformError::Refused { .. }) => {
                Err(ReportRefusal::Unknown)
            }
            Err(_) => Err(ReportRefusal::Unavailable),
        }
    }

    /// Revokes every link to a report that was given out so far. Links that are made from now on open it again. The sync
    /// log says when that was last done.
    ///
    /// Nobody is asked whether there is such an assessment: its links end even while the product is down.
    ///
    /// # Errors
    ///
    /// [`StoreError`], worth another call; calling twice revokes twice, which does no harm.
    pub async fn revoke_report_links(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        for _ in 0..DECISIONS {
            let access = self.parts.store.report_access(account, assessment).await?;
            let mut access = access.unwrap_or_else(|| ReportAccess::first(assessment.clone()));
            access.link_version = access.link_version.saturating_add(1);
            let mut changes = Changes::none();
            changes.report_access.push(Write::Put(access));
            changes
                .log
                .push(revoked(assessment, self.parts.clock.now()));
            if self.apply(account, changes).await? == Applied::Applied {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// Whether a browser can be sent there.
pub(crate) fn is_public(report: &Url) -> bool {
    matches!(report.scheme(), "http" | "https")
}

fn revoked(assessment: &AssessmentId, now: DateTime<Utc>) -> LogEntry {
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::ReportLink);
    LogEntry::new(now, direction, subject, LogStatus::Done, REVOKED)
        .about_assessment(assessment.clone())
        .keyed(LogKey::report_links(assessment))
}

/// The answer to a browser: a redirect, or a plain page. Neither is kept, and neither tells the next site where it was.
pub(crate) fn page(opened: Result<Url, ReportRefusal>) -> Response<Bytes> {
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
