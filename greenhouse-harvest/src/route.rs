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
}

impl Route {
    pub(crate) const fn get(template: &'static str, scope: &'static str) -> Self {
        Self {
            verb: Verb::Get,
            template,
            scope,
        }
    }

    pub(crate) const fn post(template: &'static str, scope: &'static str) -> Self {
        Self {
            verb: Verb::Post,
            template,
            scope,
        }
    }

    /// The HTTP method.
    pub fn method(&self) -> Method {
        match self.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
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
