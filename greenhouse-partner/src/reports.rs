//! `GET /api/greenhouse/report/{assessment}`
//!
//! Serves the `partner_profile_url` of a result, to which notes and custom fields also link.
//! Greenhouse drops a result whose URL is not public (reported), so a signed link requires no
//! login. It also works while assessments are switched off.

use std::{error::Error, fmt, sync::Arc};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, ReportAddress, answer, chain,
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

use crate::{
    PartnerError,
    product::ProductClient,
    texts::{self, report_page, sync_log},
    writer::Writer,
};

/// Link to a report. Debug omits the link.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(description = "Link to a report."))]
pub(crate) struct ReportLink {
    /// Link that opens the report without a login until it is revoked.
    url: Url,
}

impl fmt::Debug for ReportLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportLink").finish_non_exhaustive()
    }
}

/// Reason why a signed link does not open a report. The page reveals nothing more.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReportRefusal {
    /// Revoked or expired. 410.
    Over,
    /// Never valid, or the report does not exist. 404.
    Unknown,
    /// The report is temporarily unavailable. 503.
    Unavailable,
}

/// Signs, opens and revokes report links.
#[derive(Debug)]
pub(crate) struct Reports {
    pub(crate) records: Arc<dyn Records>,
    pub(crate) writer: Writer,
    pub(crate) product: ProductClient,
    pub(crate) addresses: Arc<ReportAddress>,
}

impl Reports {
    /// Returns a link to the report of a completed assessment.
    ///
    /// # Errors
    ///
    /// [`PartnerError::NotFound`] if the account has no completed assessment with this id;
    /// [`PartnerError::Product`]; [`PartnerError::Store`].
    pub(crate) async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<ReportLink, PartnerError> {
        let call = self
            .product
            .call(|product| product.assessment(account, assessment));
        match call.await.map_err(PartnerError::of_product)? {
            Some(found) if found.state == AssessmentState::Completed => {
                let url = self.address(account, assessment).await?;
                url.map(|url| ReportLink { url })
                    .ok_or(PartnerError::NotFound)
            }
            _ => Err(PartnerError::NotFound),
        }
    }

    /// Returns the public address of a report; `None` if the account has no signing keys.
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

    /// Returns `true` if the product has a report for the assessment, at an `http` or `https` URL.
    pub(crate) async fn exists(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<bool, PartnerError> {
        let call = self
            .product
            .call(|product| product.report_url(account, assessment));
        match call.await {
            Ok(url) => Ok(is_public(&url)),
            Err(
                PlatformError::NotFound { .. }
                | PlatformError::Refused { .. }
                | PlatformError::NotReady,
            ) => Ok(false),
            Err(error) => Err(PartnerError::of_product(error)),
        }
    }

    /// Responds to a browser that opens a signed link: with a redirect to the report, or with a
    /// plain page.
    pub(crate) async fn open(&self, assessment: &AssessmentId, token: &str) -> Response<Bytes> {
        page(self.find(assessment, token).await)
    }

    async fn find(&self, assessment: &AssessmentId, token: &str) -> Result<Url, ReportRefusal> {
        let now = self.writer.now();
        let verified = self.addresses.verify(token, now).await;
        let grant = match verified.map_err(|error| unavailable(&error))? {
            Ok(grant) if grant.assessment == *assessment => grant,
            Err(ReportLinkError::Expired) => return Err(ReportRefusal::Over),
            _ => return Err(ReportRefusal::Unknown),
        };
        let account = &grant.account;
        let access = self.records.report_access(account, assessment).await;
        let access = access.map_err(|error| unavailable(&error))?;
        let version = access.map_or(ReportAccess::FIRST_LINK_VERSION, |access| {
            access.link_version
        });
        if !grant.is_current(version) {
            return Err(ReportRefusal::Over);
        }
        let call = self
            .product
            .call(|product| product.report_url(account, assessment));
        match call.await {
            Ok(url) if is_public(&url) => Ok(url),
            Ok(_) | Err(PlatformError::NotFound { .. } | PlatformError::Refused { .. }) => {
                Err(ReportRefusal::Unknown)
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// [Revokes](Self::revoke) the links. Returns `false` if the product does not have the
    /// assessment.
    ///
    /// # Errors
    ///
    /// The errors of [`revoke`](Self::revoke).
    pub(crate) async fn revoke_known(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<bool, StoreError> {
        let call = self
            .product
            .call(|product| product.assessment(account, assessment));
        if matches!(call.await, Ok(None)) {
            return Ok(false);
        }
        self.revoke(account, assessment).await.map(|()| true)
    }

    /// Revokes all existing links to a report, and the product's URLs to which they redirect. New
    /// links still work. The sync log records the last revocation.
    ///
    /// Does not check that the assessment exists, so that links can be revoked while the product is
    /// unavailable.
    ///
    /// # Errors
    ///
    /// [`StoreError`]. Retrying is safe, because revoking twice is harmless.
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
            changes
                .log
                .push(revocation_entry(assessment, self.writer.now()));
            Ok::<_, StoreError>(Proposal::Write(changes, ()))
        });
        decided.await?;
        self.end_urls(account, assessment).await
    }

    /// Asks the product to revoke the URLs of a report. A failure is logged in the sync log.
    async fn end_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        let call = self
            .product
            .call(|product| product.revoke_report_urls(account, assessment));
        let reason = match call.await {
            // An assessment that the product does not have has no URLs.
            Ok(()) | Err(PlatformError::NotFound { .. }) => return Ok(()),
            Err(error) => {
                tracing::warn!(%account, %assessment, error = %chain(&error), "the product did not revoke the URLs of a report");
                texts::reason(&error)
            }
        };
        let mut entry = revocation_entry(assessment, self.writer.now());
        let (code, text) = sync_log::report_urls_not_ended(&reason).into_parts();
        (entry.code, entry.text, entry.status) = (code, text, LogStatus::Failed);
        let mut changes = Changes::none();
        changes.log.push(entry);
        self.writer.append(account, changes).await
    }
}

/// Logs the reason why a report cannot be opened now. The page does not show the reason.
fn unavailable(error: &(dyn Error + 'static)) -> ReportRefusal {
    tracing::warn!(error = %chain(error), "a report could not be opened");
    ReportRefusal::Unavailable
}

/// Returns `true` if a browser can open the address.
fn is_public(report: &Url) -> bool {
    matches!(report.scheme(), "http" | "https")
}

fn revocation_entry(assessment: &AssessmentId, now: DateTime<Utc>) -> LogEntry {
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::ReportLink);
    LogEntry::new(
        now,
        direction,
        subject,
        LogStatus::Done,
        sync_log::report_links_revoked(),
    )
    .about_assessment(assessment.clone())
    .keyed(LogKey::report_links(assessment))
}

/// Builds the response to a browser. It is not cached, and the report's site does not receive the
/// link as the referrer.
fn page(found: Result<Url, ReportRefusal>) -> Response<Bytes> {
    let location = found
        .and_then(|url| HeaderValue::from_str(url.as_str()).map_err(|_| ReportRefusal::Unknown));
    let mut response = match location {
        Ok(location) => {
            let mut response = answer::empty(StatusCode::FOUND);
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        Err(ReportRefusal::Over) => answer::text(StatusCode::GONE, report_page::EXPIRED.text),
        Err(ReportRefusal::Unknown) => {
            answer::text(StatusCode::NOT_FOUND, report_page::NOT_FOUND.text)
        }
        Err(ReportRefusal::Unavailable) => answer::text(
            StatusCode::SERVICE_UNAVAILABLE,
            report_page::UNAVAILABLE.text,
        ),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}
