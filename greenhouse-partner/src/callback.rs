use http::Uri;
use url::{Host, Url};

/// Addresses to which completion notices may be sent. A notice contains a credential, so it is sent
/// only to Greenhouse.
///
/// Greenhouse uses `app.greenhouse.io`, `app2.greenhouse.io` and regional hosts (reported), so the
/// policy allows suffixes. Redirects are never followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackPolicy(Allowed);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Allowed {
    Suffixes(Vec<String>),
    Loopback,
}

impl Default for CallbackPolicy {
    fn default() -> Self {
        Self(Allowed::Suffixes(vec![DEFAULT_SUFFIX.to_owned()]))
    }
}

impl CallbackPolicy {
    /// Allows https on the default port to hosts with one of these suffixes, such as
    /// `.greenhouse.io`.
    ///
    /// # Errors
    ///
    /// [`CallbackPolicyError`] if there are no suffixes, or if a suffix is not a dot followed by a
    /// domain of at least two labels, because a shorter suffix would allow unrelated hosts.
    pub fn suffixes(
        suffixes: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<Self, CallbackPolicyError> {
        let suffixes: Vec<String> = suffixes
            .into_iter()
            .map(|suffix| suffix.into().to_ascii_lowercase())
            .collect();
        if suffixes.is_empty() || !suffixes.iter().all(|suffix| is_suffix(suffix)) {
            return Err(CallbackPolicyError);
        }
        Ok(Self(Allowed::Suffixes(suffixes)))
    }

    /// Allows http and https to loopback addresses on any port. For demonstrations and tests.
    pub fn loopback() -> Self {
        Self(Allowed::Loopback)
    }

    /// Parses and checks an address that Greenhouse sent.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`] if the address is invalid or not allowed.
    pub fn parse(&self, text: &str) -> Result<Url, CallbackRefusal> {
        // Parsers disagree about these bytes, so the host that is checked might not be the host
        // that is called.
        let is_odd = |byte: u8| byte <= b' ' || byte == b'\\' || byte == 0x7f;
        if text.len() > MAX_LENGTH || text.bytes().any(is_odd) {
            return Err(CallbackRefusal::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| CallbackRefusal::NotAnAddress)?;
        self.check(&url)?;
        Ok(url)
    }

    /// Checks an address.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`] if the address is not allowed.
    pub fn check(&self, url: &Url) -> Result<(), CallbackRefusal> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err(CallbackRefusal::UserInfo);
        }
        self.allows(url)?;
        if url.as_str().len() > MAX_LENGTH || url.as_str().parse::<Uri>().is_err() {
            return Err(CallbackRefusal::NotAnAddress);
        }
        Ok(())
    }

    fn allows(&self, url: &Url) -> Result<(), CallbackRefusal> {
        match &self.0 {
            Allowed::Suffixes(suffixes) => {
                if url.scheme() != "https" {
                    return Err(CallbackRefusal::Scheme);
                }
                if url.port().is_some() {
                    return Err(CallbackRefusal::Port);
                }
                match url.host() {
                    Some(Host::Domain(host))
                        if suffixes.iter().any(|suffix| is_under(host, suffix)) =>
                    {
                        Ok(())
                    }
                    _ => Err(CallbackRefusal::Host),
                }
            }
            Allowed::Loopback => match (url.scheme(), url.host()) {
                ("http" | "https", Some(Host::Ipv4(ip))) if ip.is_loopback() => Ok(()),
                ("http" | "https", Some(Host::Ipv6(ip))) if ip.is_loopback() => Ok(()),
                ("http" | "https", _) => Err(CallbackRefusal::Host),
                _ => Err(CallbackRefusal::Scheme),
            },
        }
    }
}

/// Error for invalid suffixes of a [`CallbackPolicy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected each callback suffix to be a dot and a domain of at least two labels, for example \
     \".greenhouse.io\""
)]
pub struct CallbackPolicyError;

/// Reason why a callback address is not allowed. The message does not contain the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackRefusal {
    /// Not a valid URL, or too long.
    #[error("the callback address is not a valid URL of at most {max} bytes", max = MAX_LENGTH)]
    NotAnAddress,
    /// The scheme is not https.
    #[error("the callback address does not use https")]
    Scheme,
    /// Contains a user name or password.
    #[error("the callback address contains a user name or password")]
    UserInfo,
    /// Contains a port other than the default.
    #[error("the callback address does not use the default port")]
    Port,
    /// The host is not allowed.
    #[error("the host of the callback address is not allowed")]
    Host,
}

fn is_suffix(suffix: &str) -> bool {
    suffix
        .strip_prefix('.')
        .is_some_and(|domain| domain.contains('.') && is_domain(domain))
}

fn is_under(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix).is_some_and(is_domain)
}

/// Returns `true` if all labels consist of letters, digits and hyphens. A resolver might map other
/// characters to another name.
fn is_domain(text: &str) -> bool {
    text.split('.').all(|label| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

const DEFAULT_SUFFIX: &str = ".greenhouse.io";
const MAX_LENGTH: usize = 2048;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn allows_greenhouse() {
        let policy = CallbackPolicy::default();
        for url in [
            "https://app.greenhouse.io/integrations/testing_partners/take_home_tests/12345",
            "https://app2.greenhouse.io:443/x/1",
            "HTTPS://APP.eu.Greenhouse.IO/x?y=1",
        ] {
            assert!(policy.parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn refuses_other_addresses() {
        use CallbackRefusal::{Host, NotAnAddress, Port, Scheme, UserInfo};
        let long = format!("https://app.greenhouse.io/{}", "x".repeat(2048));
        for (url, refusal) in [
            ("", NotAnAddress),
            ("/take_home_tests/1", NotAnAddress),
            ("https://", NotAnAddress),
            (" https://app.greenhouse.io/1", NotAnAddress),
            ("https://app.green\nhouse.io/1", NotAnAddress),
            (r"https://evil.example\@app.greenhouse.io/1", NotAnAddress),
            (r"https://app.greenhouse.io\@evil.example/1", NotAnAddress),
            (&long, NotAnAddress),
            ("http://app.greenhouse.io/1", Scheme),
            ("ftp://app.greenhouse.io/1", Scheme),
            ("file:///etc/passwd", Scheme),
            ("javascript:alert(1)", Scheme),
            ("https://user@app.greenhouse.io/1", UserInfo),
            ("https://app.greenhouse.io:pw@evil.example/1", UserInfo),
            ("https://:pw@app.greenhouse.io/1", UserInfo),
            ("https://app.greenhouse.io:8443/1", Port),
            ("https://app.greenhouse.io:80/1", Port),
            ("https://greenhouse.io/1", Host),
            ("https://evilgreenhouse.io/1", Host),
            ("https://app.greenhouse.io.evil.example/1", Host),
            ("https://app.greenhouse.io./1", Host),
            ("https://app.greenhouse.co/1", Host),
            ("https://evil.example/app.greenhouse.io", Host),
            ("https://evil.example/?x=.greenhouse.io", Host),
            ("https://evil.example#.greenhouse.io", Host),
            ("https://app.gr\u{435}enhouse.io/1", Host),
            ("https://127.0.0.1/1", Host),
            ("https://2130706433/1", Host),
            ("https://[::1]/1", Host),
            ("https://169.254.169.254/latest/meta-data", Host),
            ("https://localhost/1", Host),
        ] {
            let answer = CallbackPolicy::default().parse(url);
            assert_eq!(answer, Err(refusal), "{url}");
        }
    }

    #[test]
    fn loopback_allows_only_loopback_addresses() {
        let policy = CallbackPolicy::loopback();
        for url in [
            "http://127.0.0.1:4711/x/1",
            "http://[::1]:80/x/1",
            "https://127.1.2.3/1",
        ] {
            assert!(policy.parse(url).is_ok(), "{url}");
        }
        for url in [
            "http://localhost:1/1",
            "http://10.0.0.1/1",
            "https://app.greenhouse.io/1",
            "http://0.0.0.0/1",
        ] {
            assert_eq!(policy.parse(url), Err(CallbackRefusal::Host), "{url}");
        }
    }

    #[test]
    fn refuses_suffixes_that_allow_unrelated_hosts() {
        assert!(CallbackPolicy::suffixes([".greenhouse.io", ".Example.com"]).is_ok());
        assert!(CallbackPolicy::suffixes(Vec::<String>::new()).is_err());
        for suffix in [
            "",
            ".",
            ".io",
            "greenhouse.io",
            ".greenhouse.",
            "..io",
            ".green house.io",
        ] {
            assert_eq!(
                CallbackPolicy::suffixes([suffix]),
                Err(CallbackPolicyError),
                "{suffix}"
            );
        }
    }

    proptest! {
        #[test]
        fn allowed_addresses_have_the_suffix(text in "(https?:/?/?)?[a-z.@:/\\\\#?%0-9\\[\\]]{0,24}(\\.greenhouse\\.io)?[a-z.@:/\\\\#?%]{0,12}") {
            if let Ok(url) = CallbackPolicy::default().parse(&text) {
                prop_assert!(url.host_str().unwrap().ends_with(".greenhouse.io"));
                prop_assert!(url.scheme() == "https" && url.port().is_none() && url.username().is_empty());
            }
        }
    }
}
