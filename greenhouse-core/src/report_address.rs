//! Public report URLs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    AccountId, AssessmentId,
    report_link::{ReportGrant, ReportLinkError, ReportLinks},
    settings::Settings,
    store::{ReportAccess, StoreError},
};

/// Builds and verifies public report URLs:
/// `{base}/api/greenhouse/report/{assessment}?token={signed}`.
///
/// The URLs work without a login, because Greenhouse drops a result whose link is not publicly
/// accessible (reported). They do not expire, because Greenhouse keeps them for years. Each account
/// signs with its own keys.
#[derive(Debug)]
pub struct ReportAddress {
    base: Url,
    settings: Arc<dyn Settings>,
}

impl ReportAddress {
    /// Creates the URL builder for this host. `base` is the public URL: scheme, host and an
    /// optional path prefix. The keys come from the settings.
    ///
    /// # Errors
    ///
    /// [`ReportAddressError`] if `base` is not an http or https URL, or has a query or fragment.
    pub fn new(base: Url, settings: Arc<dyn Settings>) -> Result<Self, ReportAddressError> {
        let web = matches!(base.scheme(), "http" | "https");
        if !web || base.query().is_some() || base.fragment().is_some() {
            return Err(ReportAddressError);
        }
        Ok(Self { base, settings })
    }

    /// Public URL of this host, the prefix of every path.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Returns the URL of an assessment's report, with the link version of `access`. Returns `None`
    /// if the account has no settings.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the account's keys could not be read.
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

    /// Verifies a token and returns its grant. The inner error states why the token is invalid.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the account's keys could not be read.
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

/// The base URL is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public URL must be an http or https URL without a query or fragment")]
pub struct ReportAddressError;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Secret,
        report_link::ReportLinkKey,
        settings::{AccountSettings, FixedSettings},
    };

    /// Two accounts may use the same key id.
    #[tokio::test]
    async fn an_address_opens_only_with_its_own_accounts_signature() {
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

        let unknown = AccountId::new("unknown");
        let none = addresses.of(&unknown, &assessment, None).await;
        assert_eq!(none.unwrap(), None);
        let signed_for_unknown = ReportGrant::new(unknown, assessment, 1);
        for (token, error) in [
            (links('z').sign(&grant), ReportLinkError::BadSignature),
            (
                links('a').sign(&signed_for_unknown),
                ReportLinkError::UnknownKey,
            ),
            ("no token".to_owned(), ReportLinkError::Malformed),
        ] {
            let refused = addresses.verify(&token, DateTime::UNIX_EPOCH).await;
            assert_eq!(refused.unwrap(), Err(error));
        }
    }

    #[test]
    fn an_invalid_base_is_rejected() {
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
