use http::Uri;
use url::{Host, Url};

use super::BuildError;

/// Greenhouse environment for outbound calls. Determines the Harvest endpoints and the hosts to
/// which completion notices may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Environment {
    sandbox: Option<Url>,
}

impl Environment {
    /// The production environment.
    pub fn production() -> Self {
        Self::default()
    }

    /// A mock of Greenhouse on this machine, for development and tests. All outbound calls go to
    /// the mock.
    ///
    /// # Errors
    ///
    /// [`BuildError`] unless `url` is an http or https URL with a loopback address and without user
    /// info, a query or a fragment, for example `http://127.0.0.1:4010`.
    pub fn sandbox(url: impl AsRef<str>) -> Result<Self, BuildError> {
        let refused = || BuildError::new("sandbox", "expected a URL such as http://127.0.0.1:4010");
        let url = Url::parse(url.as_ref()).map_err(|error| refused().with_source(error))?;
        let loopback = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        };
        BuildError::ensure(
            loopback,
            "sandbox",
            || "expected a loopback address such as http://127.0.0.1:4010",
        )?;
        let web = matches!(url.scheme(), "http" | "https");
        let user = !url.username().is_empty() || url.password().is_some();
        if !web || user || url.query().is_some() || url.fragment().is_some() {
            return Err(refused());
        }
        Ok(Self { sandbox: Some(url) })
    }

    /// URL whose responses have the header `Date`, even for requests without a credential.
    pub(crate) fn time_source(&self) -> Option<Uri> {
        match &self.sandbox {
            Some(url) => url.as_str().parse().ok(),
            None => Some(Uri::from_static("https://app.greenhouse.io/")),
        }
    }

    /// URL of the mock. `None` in production.
    pub fn sandbox_url(&self) -> Option<&Url> {
        self.sandbox.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sandbox_accepts_only_loopback() {
        for url in [
            "http://127.0.0.1:4010",
            "http://[::1]:4010/base/",
            "https://127.1.2.3",
        ] {
            assert!(Environment::sandbox(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "127.0.0.1:4010",
            "http://localhost:4010",
            "http://10.0.0.1:4010",
            "https://harvest.greenhouse.io",
            "ftp://127.0.0.1",
            "http://me@127.0.0.1",
            "http://127.0.0.1?a=b",
            "http://127.0.0.1#a",
        ] {
            let refused = Environment::sandbox(url).unwrap_err();
            assert_eq!(refused.setting(), "sandbox", "{url}");
        }
        assert_eq!(Environment::production().sandbox_url(), None);
        let url = "http://127.0.0.1:4010";
        let source = Environment::sandbox(url).unwrap().time_source().unwrap();
        assert_eq!(source.authority().unwrap(), "127.0.0.1:4010");
    }
}
