//! Where the public finds a report.

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    AccountId, AssessmentId,
    report_link::{ReportGrant, ReportLinkError, ReportLinks},
    store::ReportAccess,
};

/// Makes and checks the public addresses of reports: `{base}/api/greenhouse/report/{assessment}?token={signed}`.
///
/// They open without a log-in, since Greenhouse drops a result whose link the public cannot open (reported), and carry
/// no expiry, since Greenhouse keeps them for years.
#[derive(Debug)]
pub struct ReportAddress {
    base: Url,
    links: ReportLinks,
}

impl ReportAddress {
    /// Addresses on this host. `base` is what the public types: scheme, host, and a path prefix if there is one.
    ///
    /// # Errors
    ///
    /// [`ReportAddressError`] where `base` is not an http or https URL, or carries a query or fragment.
    pub fn new(base: Url, links: ReportLinks) -> Result<Self, ReportAddressError> {
        let web = matches!(base.scheme(), "http" | "https");
        if !web || base.query().is_some() || base.fragment().is_some() {
            return Err(ReportAddressError);
        }
        Ok(Self { base, links })
    }

    /// The address of an assessment's report, valid as `access` says.
    pub fn of(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        access: Option<&ReportAccess>,
    ) -> Url {
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
            .append_pair("token", &self.links.sign(&grant));
        url
    }

    /// What a token grants.
    ///
    /// # Errors
    ///
    /// [`ReportLinkError`] where it was not signed here, or is past its expiry.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<ReportGrant, ReportLinkError> {
        self.links.verify(token, now)
    }
}

/// A base address that no report can be under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public address must be an http or https URL without query and fragment")]
pub struct ReportAddressError;
