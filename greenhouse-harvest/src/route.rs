use std::fmt;

use http::Method;

/// One call of the API: its method, the template of its path, and the scope that it needs.
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
    /// `GET` of this path; a placeholder such as `{id}` stands where an id goes.
    pub const fn get(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Get, template, scope)
    }

    /// `POST` to this path.
    pub const fn post(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Post, template, scope)
    }

    /// `PATCH` of this path.
    pub const fn patch(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Patch, template, scope)
    }

    /// `PUT` to this path.
    pub const fn put(template: &'static str, scope: &'static str) -> Self {
        Self::new(Verb::Put, template, scope)
    }

    /// `DELETE` of this path.
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

    /// The HTTP method.
    pub fn method(&self) -> Method {
        match self.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Patch => Method::PATCH,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        }
    }

    /// The path, with placeholders where ids go.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    /// The scope that the credential needs, such as `harvest:candidates:list`; empty for calls that need none.
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
