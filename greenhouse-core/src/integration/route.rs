use http::Method;
use percent_encoding::percent_decode_str;
use url::Url;

use crate::{AssessmentId, HookKey};

/// Public endpoint that Greenhouse or a browser calls, with the values from its path.
///
/// [`InboundRequest::route`](super::InboundRequest::route) returns the route of a request.
///
/// ```
/// use greenhouse_core::integration::PublicRoute;
///
/// let route = PublicRoute::parse("/api/greenhouse/list-tests");
/// assert_eq!(route, Some(PublicRoute::ListTests));
/// assert_eq!(PublicRoute::parse("/other"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicRoute {
    /// `GET /api/greenhouse/list-tests`
    ListTests,
    /// `POST /api/greenhouse/send-test`
    SendTest,
    /// `GET /api/greenhouse/test-status`
    TestStatus,
    /// `GET /api/greenhouse/report/{assessment}`
    Report(AssessmentId),
    /// `POST /api/greenhouse/response-error`, also `response_error`, `request_errors` and
    /// `response_errors`
    ResponseError,
    /// `POST /api/webhooks/greenhouse/{hook key}`, or the path without a key
    Webhook(Option<HookKey>),
}

impl PublicRoute {
    /// Parses a path. Returns `None` if it is not a public endpoint. Ignores one trailing slash.
    pub fn parse(path: &str) -> Option<Self> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if let Some(rest) = path.strip_prefix(WEBHOOKS) {
            return match rest.strip_prefix('/') {
                None if rest.is_empty() => Some(Self::Webhook(None)),
                Some(key) => segment(key).map(HookKey::new).map(Some).map(Self::Webhook),
                None => None,
            };
        }
        match path.strip_prefix(ASSESSMENTS)? {
            LIST_TESTS => Some(Self::ListTests),
            SEND_TEST => Some(Self::SendTest),
            TEST_STATUS => Some(Self::TestStatus),
            RESPONSE_ERROR | "response_error" | "request_errors" | "response_errors" => {
                Some(Self::ResponseError)
            }
            rest => segment(rest.strip_prefix("report/")?)
                .map(AssessmentId::new)
                .map(Self::Report),
        }
    }

    /// Public URL of the endpoint on a host with this base URL. The inverse of
    /// [`parse`](Self::parse).
    pub fn url(&self, base: &Url) -> Url {
        let (folder, rest) = match self {
            Self::ListTests => (ASSESSMENTS, LIST_TESTS),
            Self::SendTest => (ASSESSMENTS, SEND_TEST),
            Self::TestStatus => (ASSESSMENTS, TEST_STATUS),
            Self::ResponseError => (ASSESSMENTS, RESPONSE_ERROR),
            Self::Report(assessment) => (REPORTS, assessment.as_str()),
            Self::Webhook(Some(key)) => (WEBHOOKS, key.as_str()),
            Self::Webhook(None) => (WEBHOOKS, ""),
        };
        let folder = folder.split('/').filter(|segment| !segment.is_empty());
        let last = Some(rest).filter(|segment| !segment.is_empty());
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(folder.chain(last));
        }
        url
    }

    /// HTTP method of the endpoint.
    pub fn method(&self) -> Method {
        match self {
            Self::ListTests | Self::TestStatus | Self::Report(_) => Method::GET,
            Self::SendTest | Self::ResponseError | Self::Webhook(_) => Method::POST,
        }
    }

    /// Operation of the OpenAPI document for this endpoint. The name of the path parameter is that of
    /// the id in the route.
    #[cfg(feature = "openapi")]
    pub fn operation(&self, summary: &'static str) -> crate::openapi::Operation {
        let path = match self {
            Self::Report(name) => format!("{REPORTS}{{{name}}}"),
            Self::Webhook(_) => format!("{WEBHOOKS}/{{hook_key}}"),
            _ => format!("{ASSESSMENTS}{}", self.name()),
        };
        crate::openapi::Operation::of_greenhouse(self.method(), path, summary)
    }

    /// Endpoints that read a body.
    pub(super) fn with_bodies() -> [Self; 3] {
        [Self::SendTest, Self::ResponseError, Self::Webhook(None)]
    }

    /// Name of the endpoint for logs and metrics, without values from the path.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ListTests => LIST_TESTS,
            Self::SendTest => SEND_TEST,
            Self::TestStatus => TEST_STATUS,
            Self::Report(_) => "report",
            Self::ResponseError => RESPONSE_ERROR,
            Self::Webhook(_) => "webhook",
        }
    }

    /// Returns `true` if the endpoint accepts this method. GET includes HEAD.
    pub fn accepts(&self, method: &Method) -> bool {
        let own = self.method();
        *method == own || (*method == Method::HEAD && own == Method::GET)
    }
}

/// Decodes one path segment. Returns `None` if it is empty, contains a slash, is not UTF-8 or is
/// longer than any valid identifier.
fn segment(text: &str) -> Option<String> {
    if text.contains('/') {
        return None;
    }
    let text = percent_decode_str(text).decode_utf8().ok()?;
    (!text.is_empty() && text.len() <= MAX_SEGMENT).then(|| text.into_owned())
}

const ASSESSMENTS: &str = "/api/greenhouse/";
const REPORTS: &str = "/api/greenhouse/report/";
const WEBHOOKS: &str = "/api/webhooks/greenhouse";
const LIST_TESTS: &str = "list-tests";
const SEND_TEST: &str = "send-test";
const TEST_STATUS: &str = "test-status";
const RESPONSE_ERROR: &str = "response-error";
const MAX_SEGMENT: usize = 255;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths() {
        let report = |id: &str| Some(PublicRoute::Report(AssessmentId::new(id)));
        let hook = |key: &str| Some(PublicRoute::Webhook(Some(HookKey::new(key))));
        let long = format!("/api/greenhouse/report/{}", "x".repeat(256));
        for (path, route) in [
            ("/api/greenhouse/list-tests", Some(PublicRoute::ListTests)),
            ("/api/greenhouse/list-tests/", Some(PublicRoute::ListTests)),
            ("/api/greenhouse/send-test", Some(PublicRoute::SendTest)),
            ("/api/greenhouse/test-status", Some(PublicRoute::TestStatus)),
            (
                "/api/greenhouse/response-error",
                Some(PublicRoute::ResponseError),
            ),
            (
                "/api/greenhouse/response_error",
                Some(PublicRoute::ResponseError),
            ),
            (
                "/api/greenhouse/request_errors",
                Some(PublicRoute::ResponseError),
            ),
            (
                "/api/greenhouse/response_errors",
                Some(PublicRoute::ResponseError),
            ),
            ("/api/greenhouse/report/as-1", report("as-1")),
            ("/api/greenhouse/report/a%2Fb", report("a/b")),
            ("/api/webhooks/greenhouse", Some(PublicRoute::Webhook(None))),
            (
                "/api/webhooks/greenhouse/",
                Some(PublicRoute::Webhook(None)),
            ),
            (
                "/api/webhooks/greenhouse/0123456789abcdef",
                hook("0123456789abcdef"),
            ),
            ("/api/webhooks/greenhousekeeper", None),
            ("/api/webhooks/greenhouse/a/b", None),
            ("/api/greenhouse/report", None),
            ("/api/greenhouse/report/", None),
            ("/api/greenhouse/report/a/b", None),
            ("/api/greenhouse/report/%ff", None),
            (&long, None),
            ("/api/greenhouse/list-tests//", None),
            ("/api/greenhouse/LIST-TESTS", None),
            ("/api/greenhouse", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(PublicRoute::parse(path), route, "{path}");
        }
    }

    #[test]
    fn name_contains_no_path_value() {
        for (path, name) in [
            ("/api/greenhouse/list-tests/", Some("list-tests")),
            ("/api/greenhouse/send-test", Some("send-test")),
            ("/api/greenhouse/test-status", Some("test-status")),
            ("/api/greenhouse/response_errors", Some("response-error")),
            ("/api/greenhouse/report/as-1", Some("report")),
            ("/api/webhooks/greenhouse", Some("webhook")),
            ("/api/webhooks/greenhouse/0123456789abcdef", Some("webhook")),
            ("/api/greenhouse/other", None),
        ] {
            assert_eq!(
                PublicRoute::parse(path).map(|route| route.name()),
                name,
                "{path}"
            );
        }
    }

    #[test]
    fn url_parses_back() {
        let hook = HookKey::new("0123456789abcdef");
        for route in [
            PublicRoute::ListTests,
            PublicRoute::SendTest,
            PublicRoute::TestStatus,
            PublicRoute::ResponseError,
            PublicRoute::Report(AssessmentId::new("a/b c")),
            PublicRoute::Webhook(None),
            PublicRoute::Webhook(Some(hook)),
        ] {
            for (base, prefix) in [
                ("https://host.example", ""),
                ("https://host.example/", ""),
                ("https://host.example/prefix", "/prefix"),
                ("https://host.example/prefix/", "/prefix"),
            ] {
                let url = route.url(&base.parse().unwrap());
                assert_eq!(url.host_str(), Some("host.example"));
                let path = url.path().strip_prefix(prefix).unwrap();
                assert_eq!(PublicRoute::parse(path).as_ref(), Some(&route), "{url}");
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(path in ".{0,80}") {
            let _ = PublicRoute::parse(&path);
        }
    }
}
