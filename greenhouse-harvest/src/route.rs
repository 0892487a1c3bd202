use std::fmt;

use http::Method;

/// API call, with its method, path template and required scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    verb: Verb,
    template: &'static str,
    scope: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
    Patch,
    Put,
    Delete,
}

impl Route {
    /// Creates a route for `GET` requests to this path, which requires this scope (empty if none).
    /// A placeholder such as `{id}` is replaced by an id.
    pub const fn get(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Get, template, scope)
    }

    /// Creates a route for `POST` requests; see [`get`](Self::get).
    pub const fn post(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Post, template, scope)
    }

    /// Creates a route for `PATCH` requests; see [`get`](Self::get).
    pub const fn patch(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Patch, template, scope)
    }

    /// Creates a route for `PUT` requests; see [`get`](Self::get).
    pub const fn put(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Put, template, scope)
    }

    /// Creates a route for `DELETE` requests; see [`get`](Self::get).
    pub const fn delete(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Delete, template, scope)
    }

    const fn new(verb: Verb, template: &'static str, scope: &'static str) -> Self {
        Self {
            verb,
            template,
            scope,
        }
    }

    /// HTTP method.
    pub fn method(&self) -> Method {
        match self.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Patch => Method::PATCH,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        }
    }

    /// Path with placeholders for ids.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// Scope that the credential needs, such as `harvest:candidates:list`. Empty if none is needed.
    pub const fn scope(&self) -> &'static str {
        self.scope
    }

    pub(crate) fn writes(&self) -> bool {
        self.verb != Verb::Get
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method(), self.template)
    }
}
