use http::{HeaderMap, header};

/// Cookie that contains the sealed session. Sent only by pages of the same site, and not readable
/// by scripts.
#[derive(Debug, Clone, Copy)]
pub(super) struct SessionCookie {
    is_secure: bool,
}

impl SessionCookie {
    /// `is_secure` if browsers reach the host over https. The name of the cookie then has the
    /// prefix `__Host-`, with which no other host of the domain can set it.
    pub(super) fn new(is_secure: bool) -> Self {
        Self { is_secure }
    }

    fn name(self) -> &'static str {
        match self.is_secure {
            true => "__Host-greenhouse-console",
            false => "greenhouse-console",
        }
    }

    /// Value of `Set-Cookie` for a session that lasts this many seconds.
    pub(super) fn set(self, sealed: &str, seconds: i64) -> String {
        let secure = if self.is_secure { "; Secure" } else { "" };
        let name = self.name();
        format!("{name}={sealed}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
    }

    /// Value of `Set-Cookie` that removes the cookie.
    pub(super) fn cleared(self) -> String {
        self.set("", 0)
    }

    /// Values of the cookies with this name.
    pub(super) fn values_in(self, headers: &HeaderMap) -> impl Iterator<Item = &str> {
        let values = headers.get_all(header::COOKIE).into_iter();
        let texts = values.filter_map(|value| value.to_str().ok());
        let cookies = texts.flat_map(|text| text.split(';'));
        cookies.filter_map(move |cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == self.name()).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_cookie_over_https_is_bound_to_the_host() {
        let secure = SessionCookie::new(true).set("sealed", 43_200);
        assert_eq!(
            secure,
            "__Host-greenhouse-console=sealed; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure"
        );
        let plain = SessionCookie::new(false).cleared();
        assert_eq!(
            plain,
            "greenhouse-console=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        );
    }

    #[test]
    fn only_cookies_of_the_name_are_read() {
        let mut headers = HeaderMap::new();
        for value in [
            "other=1; greenhouse-console=a; greenhouse-consoles=2",
            "greenhouse-console=b=c;greenhouse-console",
            "__Host-greenhouse-console=d",
        ] {
            headers.append(header::COOKIE, HeaderValue::from_static(value));
        }
        let values = |is_secure| {
            let cookie = SessionCookie::new(is_secure);
            cookie.values_in(&headers).collect::<Vec<_>>()
        };
        assert_eq!(values(false), ["a", "b=c"]);
        assert_eq!(values(true), ["d"]);
    }
}
