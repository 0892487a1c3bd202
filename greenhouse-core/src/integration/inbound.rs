use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method, Response, request::Parts};

use super::PublicRoute;
use crate::answer;

/// Head of a request to a public endpoint, with a parsed path. Debug output hides all values of the
/// request.
#[derive(Clone)]
pub struct InboundHead {
    route: PublicRoute,
    parts: Parts,
}

impl InboundHead {
    /// Parses the path and checks the method.
    ///
    /// # Errors
    ///
    /// The response to send: 404 if the path is not a public endpoint, 405 if the endpoint does not
    /// accept the method.
    #[expect(clippy::result_large_err, reason = "the response is sent immediately")]
    pub fn parse(parts: Parts) -> Result<Self, Response<Bytes>> {
        let Some(route) = PublicRoute::parse(parts.uri.path()) else {
            return Err(answer::not_found());
        };
        if !route.accepts(&parts.method) {
            return Err(method_not_allowed(&route));
        }
        Ok(Self { route, parts })
    }

    /// The endpoint.
    pub fn route(&self) -> &PublicRoute {
        &self.route
    }

    /// HTTP method, which the endpoint accepts.
    pub fn method(&self) -> &Method {
        &self.parts.method
    }

    /// Returns `true` if the endpoint uses the body. A body of a GET or HEAD request has no meaning
    /// and is not read.
    pub fn has_body(&self) -> bool {
        self.route.method() == Method::POST
    }

    /// Headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Raw query string. Empty if absent.
    pub fn query(&self) -> &str {
        self.parts.uri.query().unwrap_or_default()
    }

    /// First query parameter with this name, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.query().as_bytes());
        let found = pairs.find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// Stores a value from the credential check, for the handler of the request.
    pub fn insert<T: Clone + Send + Sync + 'static>(&mut self, value: T) {
        self.parts.extensions.insert(value);
    }

    /// Returns the value of this type that was stored with [`insert`](Self::insert).
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.parts.extensions.get()
    }

    /// Adds the body.
    pub fn with_body(self, body: Bytes) -> InboundRequest {
        InboundRequest { head: self, body }
    }
}

impl fmt::Debug for InboundHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundHead")
            .field("route", &self.route.name())
            .field("method", &self.parts.method)
            .finish_non_exhaustive()
    }
}

/// Request to a public endpoint, with a parsed path. Debug output hides all values of the request.
#[derive(Clone)]
pub struct InboundRequest {
    head: InboundHead,
    body: Bytes,
}

impl InboundRequest {
    /// Parses the path and checks the method.
    ///
    /// # Errors
    ///
    /// The same as for [`InboundHead::parse`].
    #[expect(clippy::result_large_err, reason = "the response is sent immediately")]
    pub fn parse(request: http::Request<Bytes>) -> Result<Self, Response<Bytes>> {
        let (parts, body) = request.into_parts();
        Ok(InboundHead::parse(parts)?.with_body(body))
    }

    /// The head.
    pub fn head(&self) -> &InboundHead {
        &self.head
    }

    /// The endpoint.
    pub fn route(&self) -> &PublicRoute {
        self.head.route()
    }

    /// HTTP method, which the endpoint accepts.
    pub fn method(&self) -> &Method {
        self.head.method()
    }

    /// Headers.
    pub fn headers(&self) -> &HeaderMap {
        self.head.headers()
    }

    /// Raw query string. Empty if absent.
    pub fn query(&self) -> &str {
        self.head.query()
    }

    /// First query parameter with this name, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.head.parameter(name)
    }

    /// Body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl fmt::Debug for InboundRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboundRequest")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

fn method_not_allowed(route: &PublicRoute) -> Response<Bytes> {
    answer::method_not_allowed(match route.method() {
        Method::GET => &[Method::GET, Method::HEAD],
        _ => &[Method::POST],
    })
}
