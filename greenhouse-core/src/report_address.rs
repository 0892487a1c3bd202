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

    /// What the public types before every path of this host.
    pub fn base(&self) -> &Url {
        &self.base
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Secret,
        report_link::ReportLinkKey,
        settings::{AccountSettings, FixedSettings},
    };

    /// Key ids may be the same in every account: what counts is the key.
    #[tokio::test]
    async fn an_address_opens_what_its_own_account_signed() {
        let (acme, zenith) = (AccountId::new("acme"), AccountId::new("zenith"));
        let accounts = [(&acme, 'a'), (&zenith, 'z')]
            .map(|(id, fill)| (id.clone(), AccountSettings::new(links(fill))));
        let settings = Arc::new(FixedSettings::new(accounts, None).unwrap());
        let base = "https://assess.example/prefix".parse().unwrap();
        let addresses = ReportAddress::new(base, settings).unwrap();

        let assessment = AssessmentId::new("as 17");
        let url = addresses.of(&acme, &assessment, None).await.unwrap();
        let url = url.unwrap();
        assert_eq!(url.path(), "/prefix/api/greenhouse/report/as%2017");
        let (_, token) = url.query_pairs().next().unwrap();
        let granted = addresses.verify(&token, DateTime::UNIX_EPOCH).await;
        let grant = ReportGrant::new(acme.clone(), assessment.clone(), 1);
        assert_eq!(granted.unwrap(), Ok(grant.clone()));

        let nobody = AccountId::new("nobody");
        let of_nobody = addresses.of(&nobody, &assessment, None).await;
        assert_eq!(of_nobody.unwrap(), None);
        let signed_for_nobody = ReportGrant::new(nobody, assessment, 1);
        for (token, error) in [
            (links('z').sign(&grant), ReportLinkError::BadSignature),
            (
                links('a').sign(&signed_for_nobody),
                ReportLinkError::UnknownKey,
            ),
            ("no token".to_owned(), ReportLinkError::Malformed),
        ] {
            let refused = addresses.verify(&token, DateTime::UNIX_EPOCH).await;
            assert_eq!(refused.unwrap(), Err(error));
        }
    }

    #[test]
    fn a_base_that_no_report_can_be_under_is_refused() {
        for base in ["ftp://a/", "https://a/?b", "https://a/#b"] {
            let settings = Arc::new(FixedSettings::default());
            assert!(ReportAddress::new(base.parse().unwrap(), settings).is_err());
        }
    }

    fn links(fill: char) -> ReportLinks {
        let secret = Secret::new(fill.to_string().repeat(32));
        ReportLinks::new(ReportLinkKey::new("1", secret).unwrap(), Vec::new())
    }
}
