//! Public report URLs.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    AccountId, AssessmentId,
    plain::is_unseen,
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
    /// [`ReportAddressError`] if `base` is not an http or https URL, or has user info, a query or a
    /// fragment.
    pub fn new(base: Url, settings: Arc<dyn Settings>) -> Result<Self, ReportAddressError> {
        check(&base)?;
        Ok(Self { base, settings })
    }

    /// Parses the public URL of a host: scheme, host and, if any, path prefix.
    ///
    /// ```
    /// use greenhouse_core::{ReportAddress, ReportAddressError};
    ///
    /// let url = ReportAddress::parse_base("https://assess.example.com/prefix")?;
    /// assert_eq!(url.path(), "/prefix");
    /// let refused = ReportAddress::parse_base("https://me:secret@assess.example.com");
    /// assert_eq!(refused, Err(ReportAddressError::UserInfo));
    /// # Ok::<(), ReportAddressError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReportAddressError`] if `text` is not an http or https URL, or has user info, a query, a
    /// fragment, white space or an invisible character.
    pub fn parse_base(text: &str) -> Result<Url, ReportAddressError> {
        let refused = |c: char| c.is_whitespace() || c.is_control() || is_unseen(c);
        if text.chars().any(refused) {
            return Err(ReportAddressError::Hidden);
        }
        let (scheme, rest) = text.split_once("://").ok_or(ReportAddressError::Scheme)?;
        if !["https", "http"]
            .iter()
            .any(|web| scheme.eq_ignore_ascii_case(web))
        {
            return Err(ReportAddressError::Scheme);
        }
        // The parser would read the first segment of the path as the host.
        if rest.starts_with('/') || rest.contains('\\') {
            return Err(ReportAddressError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|_| ReportAddressError::NotAUrl)?;
        // An empty user name is not part of the parsed URL.
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(ReportAddressError::UserInfo);
        }
        check(&url)?;
        Ok(url)
    }

    /// Public URL of this host, to which the paths are appended.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Returns the signed URL of an assessment's report. Uses the link version of `access`, or the
    /// first version if `access` is `None`. Returns `None` if the account has no settings.
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

/// Reason why a public URL is invalid. Contains no part of the URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportAddressError {
    /// Not a URL, although it has the scheme of one.
    #[error("expected a URL such as https://assess.example.com, with a valid host and port")]
    NotAUrl,
    /// The scheme is missing, or is neither http nor https.
    #[error("expected a URL such as https://assess.example.com, with the scheme https or http")]
    Scheme,
    /// Contains a user name or a password, which would appear in every link.
    #[error(
        "expected a URL such as https://assess.example.com, without a user name or password, \
         because each link would contain them"
    )]
    UserInfo,
    /// Contains a query or a fragment.
    #[error("expected a URL such as https://assess.example.com, without a query or fragment")]
    QueryOrFragment,
    /// Contains a space, a line break or an invisible character.
    #[error(
        "expected a URL such as https://assess.example.com, without spaces, line breaks or \
         invisible characters"
    )]
    Hidden,
}

fn check(url: &Url) -> Result<(), ReportAddressError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(ReportAddressError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ReportAddressError::UserInfo);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(ReportAddressError::QueryOrFragment);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
        use ReportAddressError::{Hidden, NotAUrl, QueryOrFragment, Scheme, UserInfo};
        for (text, error) in [
            ("", Scheme),
            ("assess.example.com", Scheme),
            ("assess.example.com:8443", Scheme),
            ("localhost:8080", Scheme),
            ("//assess.example.com", Scheme),
            ("/prefix", Scheme),
            ("https:assess.example.com", Scheme),
            ("https:/assess.example.com", Scheme),
            ("ftp://a/", Scheme),
            ("ws://a/", Scheme),
            ("file:///etc", Scheme),
            ("javascript://a/", Scheme),
            ("https://", NotAUrl),
            ("https:///a", NotAUrl),
            ("https://a\\b", NotAUrl),
            ("https://a:99999", NotAUrl),
            ("https://me@a/", UserInfo),
            ("https://me:canary@a/", UserInfo),
            ("https://:canary@a/", UserInfo),
            ("https://@a/", UserInfo),
            ("https://a/?b", QueryOrFragment),
            ("https://a/?", QueryOrFragment),
            ("https://a/#b", QueryOrFragment),
            ("https://a/#", QueryOrFragment),
            ("https://a/\n", Hidden),
            (" https://a/", Hidden),
            ("https://a b/", Hidden),
            ("https://a\u{200b}.example/", Hidden),
            ("https://a/\u{202e}b", Hidden),
            ("https://a\t/", Hidden),
        ] {
            assert_eq!(ReportAddress::parse_base(text), Err(error), "{text:?}");
            assert!(!error.to_string().contains("canary"));
        }
        let texts = [NotAUrl, Scheme, UserInfo, QueryOrFragment, Hidden].map(|e| e.to_string());
        let distinct = BTreeSet::from(texts.clone());
        assert_eq!(distinct.len(), texts.len());
        assert!(texts[1].ends_with("with the scheme https or http"));
        for (text, error) in [
            ("ftp://a/", Scheme),
            ("assess.example.com:8443", Scheme),
            ("https://me@a/", UserInfo),
            ("https://:canary@a/", UserInfo),
            ("https://a/?b", QueryOrFragment),
            ("https://a/#b", QueryOrFragment),
        ] {
            let settings = Arc::new(FixedSettings::default());
            let refused = ReportAddress::new(text.parse().unwrap(), settings);
            assert_eq!(refused.err(), Some(error), "{text}");
        }
        for text in [
            "https://assess.example.com",
            "HTTPS://assess.example.com:8443/prefix/",
            "http://127.0.0.1:8080",
            "https://[::1]/a@b",
            "https://\u{fc}nal.example/",
        ] {
            assert!(ReportAddress::parse_base(text).is_ok(), "{text}");
        }
    }

    fn links(fill: char) -> ReportLinks {
        let secret = Secret::new(fill.to_string().repeat(32));
        ReportLinks::new(ReportLinkKey::new("1", secret).unwrap(), Vec::new())
    }
}
