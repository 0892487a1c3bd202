use std::fmt::Display;

use greenhouse_core::Environment;
use url::{Host, Url};

/// Base URLs of Harvest v3 and its token host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarvestEndpoints {
    api: Url,
    auth: Url,
}

impl HarvestEndpoints {
    /// Creates endpoints on hosts other than Greenhouse's own, for tests and demos. `/v3/...` is
    /// appended to `api`, `/token` and `/introspect` to `auth`.
    ///
    /// # Errors
    ///
    /// [`EndpointsError`] if a URL is not https (or http on a loopback address), or contains user
    /// info, a query or a fragment.
    pub fn new(api: Url, auth: Url) -> Result<Self, EndpointsError> {
        for url in [&api, &auth] {
            check(url)?;
        }
        Ok(Self { api, auth })
    }

    /// Returns the endpoints for this environment.
    pub fn of(environment: &Environment) -> Self {
        match environment.sandbox_url() {
            Some(url) => Self {
                api: url.clone(),
                auth: url.clone(),
            },
            None => Self::default(),
        }
    }

    /// Base URL of the API.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// Base URL of the token host.
    pub fn auth(&self) -> &Url {
        &self.auth
    }

    /// Returns the URL for a path whose placeholders are filled with these ids in order.
    pub(crate) fn api_url(&self, template: &str, ids: &[&dyn Display]) -> Url {
        let mut url = self.api.clone();
        let mut ids = ids.iter();
        // Always succeeds, because the base is http or https.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty();
            for segment in template.split('/').skip(1) {
                let id = segment.starts_with('{').then(|| ids.next()).flatten();
                match id {
                    Some(id) => segments.push(&id.to_string()),
                    None => segments.push(segment),
                };
            }
        }
        url
    }

    pub(crate) fn auth_url(&self, path: &str) -> Url {
        let mut url = self.auth.clone();
        let prefix = self.auth.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{path}"));
        url
    }
}

/// Greenhouse's own hosts (official description, March 2026).
impl Default for HarvestEndpoints {
    #[expect(clippy::expect_used, reason = "two constants, which a test parses")]
    fn default() -> Self {
        Self {
            api: Url::parse(API).expect("the constant is a valid URL"),
            auth: Url::parse(AUTH).expect("the constant is a valid URL"),
        }
    }
}

/// Error for a URL to which a credential must not be sent.
///
/// Contains the URL, with `...` instead of user info, query and fragment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointsError {
    /// The URL is neither https nor http on a loopback address.
    #[error("expected an https URL for a Harvest endpoint, or http on a loopback address, got {0}")]
    NotSecure(String),
    /// The URL is not a valid base URL.
    #[error("expected a Harvest endpoint without user info, query and fragment, got {0}")]
    NotABase(String),
}

/// Returns the URL with `...` instead of user info, query and fragment, which may be secret.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // The setters fail only for a URL without a host, which has no user info.
    if !url.username().is_empty() || url.password().is_some() {
        let _ = url.set_password(None);
        let _ = url.set_username(HIDDEN);
    }
    if url.query().is_some() {
        url.set_query(Some(HIDDEN));
    }
    if url.fragment().is_some() {
        url.set_fragment(Some(HIDDEN));
    }
    url.into()
}

fn check(url: &Url) -> Result<(), EndpointsError> {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(EndpointsError::NotSecure(shown(url))),
    }
    let user = !url.username().is_empty() || url.password().is_some();
    if user || url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointsError::NotABase(shown(url)));
    }
    Ok(())
}

const HIDDEN: &str = "...";
const API: &str = "https://harvest.greenhouse.io";
const AUTH: &str = "https://auth.greenhouse.io";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_greenhouse() {
        let endpoints = HarvestEndpoints::default();
        assert_eq!(
            endpoints.api_url("/v3/jobs", &[]).as_str(),
            "https://harvest.greenhouse.io/v3/jobs"
        );
        assert_eq!(
            endpoints.auth_url("/token").as_str(),
            "https://auth.greenhouse.io/token"
        );
    }

    #[test]
    fn refuses_urls_to_which_a_credential_must_not_be_sent() {
        let good = Url::parse("https://gh.example/base/").unwrap();
        let not_secure = |url: &str| EndpointsError::NotSecure(url.to_owned());
        let not_a_base = |url: &str| EndpointsError::NotABase(url.to_owned());
        for (bad, why) in [
            ("http://gh.example", not_secure("http://gh.example/")),
            ("ftp://127.0.0.1", not_secure("ftp://127.0.0.1/")),
            (
                "http://me:canary@gh.example",
                not_secure("http://...@gh.example/"),
            ),
            (
                "https://canary@gh.example",
                not_a_base("https://...@gh.example/"),
            ),
            (
                "https://:canary@gh.example",
                not_a_base("https://...@gh.example/"),
            ),
            (
                "https://gh.example/b?a=canary#canary",
                not_a_base("https://gh.example/b?...#..."),
            ),
        ] {
            let bad = Url::parse(bad).unwrap();
            let refused = HarvestEndpoints::new(good.clone(), bad.clone());
            let text = why.to_string();
            assert_eq!(refused, Err(why), "{bad}");
            assert!(text.contains(", got ") && !text.contains("canary"));
        }
        let local = Url::parse("http://127.0.0.1:4000").unwrap();
        let endpoints = HarvestEndpoints::new(good, local).unwrap();
        assert_eq!(
            endpoints.api_url("/v3/jobs", &[]).as_str(),
            "https://gh.example/base/v3/jobs"
        );
        assert_eq!(
            endpoints.api_url("/v3/a/{id}/b", &[&"1/2?"]).as_str(),
            "https://gh.example/base/v3/a/1%2F2%3F/b"
        );
    }
}
