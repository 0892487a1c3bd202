//! Where the public finds a report.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    AccountId, AssessmentId,
    report_link::{ReportGrant, ReportLinkError, ReportLinks},
    settings::Settings,
    store::{ReportAccess, StoreError},
};

/// Makes and checks the public addresses of reports: `{base}/api/greenhouse/report/{assessment}?token={signed}`.
///
/// They open without a log-in, since Greenhouse drops a result whose link the public cannot open (reported), and carry
/// no expiry, since Greenhouse keeps them for years. Each account signs with keys of its own.
#[derive(Debug)]
pub struct ReportAddress {
    base: Url,
    settings: Arc<dyn Settings>,
}

impl ReportAddress {
    /// Addresses on this host. `base` is what the public types: scheme, host, and a path prefix if there is one. The keys
    /// come from the settings.
    ///
    /// # Errors
    ///
    /// [`ReportAddressError`] where `base` is not an http or https URL, or carries a query or fragment.
    pub fn new(base: Url, settings: Arc<dyn Settings>) -> Result<Self, ReportAddressError> {
        let web = matches!(base.scheme(), "http" | "https");
        if !web || base.query().is_some() || base.fragment().is_some() {
            return Err(ReportAddressError);
        }
        Ok(Self { base, settings })
    }

    /// The address of an assessment's report, valid as `access` says; none where the account has no settings.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the account's keys could not be read.
    pub async fn of(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        access: Option<&ReportAccess>,
    ) -> Result<Option<Url>, StoreError> {
        let Some(links) = self.settings.report_links(account).await? else {
            return Ok(None);
        };
        let version = access.map_or(ReportAccess::FIRST_LINK_VERSION, |access| {
            access.link_version
        });
        let grant = ReportGrant::new(account.clone(), assessment.clone(), version);
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty()
                .extend(["api", "greenhouse", "report", assessment.as_str()]);
        }
        url.query_pairs_mut()
            .append_pair("token", &links.sign(&grant));
        Ok(Some(url))
    }

    /// What a token grants: [`ReportLinkError`] inside where it was not signed for its account, or is past its expiry.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the account's keys could not be read.
    pub async fn verify(
        &self,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<ReportGrant, ReportLinkError>, StoreError> {
        let Some(account) = ReportLinks::account_of(token) else {
            return Ok(Err(ReportLinkError::Malformed));
        };
        let links = self.settings.report_links(&account).await?;
        Ok(links.map_or(Err(ReportLinkError::UnknownKey), |links| {
            links.verify(token, now)
        }))
    }
}

/// A base address that no report can be under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public address must be an http or https URL without query and fragment")]
pub struct ReportAddressError;
