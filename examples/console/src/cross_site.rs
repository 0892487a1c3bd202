//! Refuses changing requests from other sites.

use http::{HeaderMap, Method, Request, header};
use url::Url;

/// Returns `true` if the request changes nothing or was sent by a page of this site.
///
/// Browsers send `Sec-Fetch-Site` with every request, which a page cannot change. Older browsers
/// send `Origin` with every `POST`, which must have the host of the request. A request with neither
/// header does not come from a browser, so it carries no foreign user's session.
pub(crate) fn is_allowed<B>(request: &Request<B>) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return true;
    }
    let headers = request.headers();
    match (text(headers, "sec-fetch-site"), text(headers, "origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_own(origin, headers),
        (None, None) => !headers.contains_key("sec-fetch-site") && !headers.contains_key("origin"),
    }
}

fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    let own = text(headers, header::HOST.as_str())
        .and_then(|host| Url::parse(&format!("{}://{host}/", origin.scheme())).ok());
    own.is_some_and(|own| own.origin() == origin.origin() && own.origin().is_tuple())
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_site_change_anything() {
        for (method, headers, expected) in [
            ("GET", vec![("sec-fetch-site", "cross-site")], true),
            ("POST", vec![("sec-fetch-site", "same-origin")], true),
            ("POST", vec![("sec-fetch-site", "same-site")], false),
            ("POST", vec![("sec-fetch-site", "cross-site")], false),
            ("POST", vec![("sec-fetch-site", "none")], false),
            (
                "POST",
                vec![
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://a.example"),
                ],
                false,
            ),
            ("POST", vec![("origin", "https://a.example")], true),
            ("POST", vec![("origin", "http://a.example")], true),
            ("POST", vec![("origin", "https://a.example:8443")], false),
            ("POST", vec![("origin", "https://evil.example")], false),
            ("POST", vec![("origin", "null")], false),
            ("POST", vec![], true),
            ("DELETE", vec![("sec-fetch-site", "cross-site")], false),
        ] {
            let mut request = Request::builder()
                .method(method)
                .header("host", "a.example");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let request = request.body(()).unwrap();
            assert_eq!(is_allowed(&request), expected, "{method} {headers:?}");
        }
    }
}
