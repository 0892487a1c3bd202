use http::Uri;
use url::{Host, Url};

/// Where completion notices may go: to nobody but Greenhouse, since they carry a credential.
///
/// Greenhouse calls from `app.greenhouse.io`, `app2.greenhouse.io` and regional hosts (reported), so a suffix is allowed
/// rather than a list of hosts. Redirects are never followed.
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
    /// Allows https, on the default port, to the hosts that end with one of these suffixes, such as `.greenhouse.io`.
    ///
    /// # Errors
    ///
    /// [`CallbackPolicyError`] where there is none, or one does not begin with a dot or is not a domain of at least two
    /// labels: it would open the door to strangers.
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

    /// Allows http and https to this machine alone, on any port. For demonstrations and tests.
    pub fn loopback() -> Self {
        Self(Allowed::Loopback)
    }

    /// Reads an address that Greenhouse sent.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`] where it is no address, or one that notices may not go to.
    pub fn parse(&self, text: &str) -> Result<Url, CallbackRefusal> {
        // Parsers disagree about these, so what was checked might not be what is called.
        let odd = |byte: u8| byte <= b' ' || byte == b'\\' || byte == 0x7f;
        if text.len() > MAX_LENGTH || text.bytes().any(odd) {
            return Err(CallbackRefusal::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| CallbackRefusal::NotAnAddress)?;
        self.check(&url)?;
        Ok(url)
    }

    /// Whether a notice may go to this address.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`] where it may not.
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

/// A suffix that is not one: it must be a dot and a domain of at least two labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a callback suffix is a dot and a domain of at least two labels, such as \".greenhouse.io\""
)]
pub struct CallbackPolicyError;

/// Why a notice may not go to an address. Does not repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackRefusal {
    /// It is no address, or a malformed or overlong one.
    #[error("the url is not an address")]
    NotAnAddress,
    /// It is not https.
    #[error("the url is not https")]
    Scheme,
    /// It carries a user or password.
    #[error("the url carries user information")]
    UserInfo,
    /// It names a port.
    #[error("the url names a port")]
    Port,
    /// The host is not one of Greenhouse's.
    #[error("the url is not on a host that belongs to greenhouse")]
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

/// Labels of letters, digits and hyphens. A URL's host may hold more, which a resolver might read as another name.
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
    fn goes_to_greenhouse() {
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
    fn goes_to_nobody_else() {
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
    fn loopback_is_this_machine_alone() {
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
    fn suffixes_that_open_the_door_are_refused() {
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
        fn whatever_is_allowed_is_under_the_suffix(text in "(https?:/?/?)?[a-z.@:/\\\\#?%0-9\\[\\]]{0,24}(\\.greenhouse\\.io)?[a-z.@:/\\\\#?%]{0,12}") {
            if let Ok(url) = CallbackPolicy::default().parse(&text) {
                prop_assert!(url.host_str().unwrap().ends_with(".greenhouse.io"));
                prop_assert!(url.scheme() == "https" && url.port().is_none() && url.username().is_empty());
            }
        }
    }
}
