//! Partner key in the `Authorization` header.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use greenhouse_core::Secret;
use http::{HeaderMap, header};

/// Reads the partner key: Basic auth with the key as the username and an empty password
/// (documented).
///
/// The password begins after the last colon, so that a key may contain colons. A non-empty password
/// is refused, because it may be the end of a key that contains a colon and was sent without the
/// final colon.
pub(crate) fn partner_key(headers: &HeaderMap) -> Result<Secret, BasicError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(BasicError::Missing)?;
    if values.next().is_some() || value.len() > MAX_HEADER {
        return Err(BasicError::Malformed);
    }
    let value = value.as_bytes();
    let (scheme, rest) = value.split_at(
        value
            .iter()
            .position(|byte| *byte == b' ')
            .unwrap_or(value.len()),
    );
    if !scheme.eq_ignore_ascii_case(b"basic") {
        return Err(BasicError::Scheme);
    }
    let credentials = STANDARD
        .decode(rest.trim_ascii())
        .map_err(|_| BasicError::Malformed)?;
    let credentials = String::from_utf8(credentials).map_err(|_| BasicError::Malformed)?;
    match credentials.rsplit_once(':') {
        Some(("", _)) | None => Err(BasicError::Malformed),
        Some((_, password)) if !password.is_empty() => Err(BasicError::Password),
        Some((key, _)) => Ok(Secret::new(key)),
    }
}

/// Returns the parts of a refused header that may be a misplaced key: the username and the
/// password, the credentials without a colon, or a bearer token, each without surrounding
/// whitespace.
pub(crate) fn misplaced_keys(headers: &HeaderMap) -> Vec<Secret> {
    let value = headers.get(header::AUTHORIZATION);
    let value = value.filter(|value| value.len() <= MAX_HEADER);
    let Some((scheme, rest)) = value
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.trim().split_once(' '))
    else {
        return Vec::new();
    };
    let rest = rest.trim();
    let mut texts = Vec::new();
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = STANDARD.decode(rest).ok();
        let Some(decoded) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return vec![Secret::new(rest)];
        };
        match decoded.rsplit_once(':') {
            Some((user, password)) => texts.extend([user.to_owned(), password.to_owned()]),
            None => texts.push(decoded),
        }
    } else {
        texts.push(rest.to_owned());
    }
    let texts = texts.iter().map(|text| text.trim());
    texts
        .filter(|text| !text.is_empty())
        .map(Secret::new)
        .collect()
}

/// Reason why a request contains no partner key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BasicError {
    /// The header is missing.
    #[error("the request has no authorization header")]
    Missing,
    /// The header does not use the Basic scheme.
    #[error("the authorization header does not use the Basic scheme")]
    Scheme,
    /// The header is not base64 of `key:`, or is repeated or too long.
    #[error("the authorization header is malformed")]
    Malformed,
    /// The password is not empty.
    #[error("send the partner key as the Basic auth username with an empty password")]
    Password,
}

/// Greenhouse accepts keys shorter than 171 characters (documented), which have at most 232
/// characters in base64.
const MAX_HEADER: usize = 512;

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(value: &[u8]) -> Result<String, BasicError> {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_bytes(value).unwrap(),
        );
        partner_key(&headers).map(|key| key.expose().to_owned())
    }

    fn basic(credentials: &str) -> Result<String, BasicError> {
        read(format!("Basic {}", STANDARD.encode(credentials)).as_bytes())
    }

    #[test]
    fn reads_the_key_from_the_username() {
        for (credentials, key) in [
            (
                "0d031d8227eafa61dc375a6c2e067e24:",
                "0d031d8227eafa61dc375a6c2e067e24",
            ),
            ("a:b:", "a:b"),
            ("a::", "a:"),
            ("schl\u{fc}ssel:", "schl\u{fc}ssel"),
        ] {
            assert_eq!(basic(credentials), Ok(key.to_owned()));
        }
        assert_eq!(read(b"bAsIc   YTo= "), Ok("a".to_owned()));
    }

    #[test]
    fn refuses_other_headers() {
        use BasicError::{Malformed, Missing, Password, Scheme};
        assert_eq!(partner_key(&HeaderMap::new()).map(|_| ()), Err(Missing));
        for (credentials, error) in [
            ("", Malformed),
            (":", Malformed),
            ("key", Malformed),
            (":key", Malformed),
            ("key:password", Password),
        ] {
            assert_eq!(basic(credentials), Err(error), "{credentials}");
        }
        let long = format!("Basic {}", STANDARD.encode("x".repeat(400) + ":"));
        for (value, error) in [
            (&b""[..], Scheme),
            (b"Bearer YTo=", Scheme),
            (b"BasicYTo=", Scheme),
            (b"Basic", Malformed),
            (b"Basic YTo", Malformed),
            (b"Basic Y!o=", Malformed),
            (b"Basic YTp=", Malformed),
            (b"Basic YT o=", Malformed),
            (b"Basic /zo=", Malformed),
            (b"\xff\xfe", Scheme),
            (long.as_bytes(), Malformed),
        ] {
            assert_eq!(read(value), Err(error), "{value:?}");
        }
        let mut twice = HeaderMap::new();
        twice.append(
            header::AUTHORIZATION,
            HeaderValue::from_static("Basic YTo="),
        );
        twice.append(
            header::AUTHORIZATION,
            HeaderValue::from_static("Basic YTo="),
        );
        assert_eq!(partner_key(&twice).map(|_| ()), Err(Malformed));
    }

    proptest! {
        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                let mut headers = HeaderMap::new();
                headers.insert(header::AUTHORIZATION, value);
                let _ = partner_key(&headers);
            }
        }

        #[test]
        fn reads_every_key(key in "[ -~]{1,170}") {
            prop_assert_eq!(basic(&format!("{key}:")), Ok(key));
        }
    }
}
