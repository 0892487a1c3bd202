use bytes::Bytes;
use chrono::{DateTime, Utc};
use greenhouse_core::AccountId;
use http::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;

use crate::{
    api::{AccountState, Api},
    context::Context,
    form::Form,
    texts::Texts,
};

/// Path at which the console is mounted, such as `/settings/greenhouse`. Adapters insert it into
/// the request's extensions. Links on the pages begin with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MountPath(String);

impl MountPath {
    /// Creates the path of a mount point. Surrounding slashes are ignored.
    pub fn new(path: &str) -> Self {
        let path = path.trim_matches('/');
        Self(match path {
            "" => String::new(),
            path => format!("/{path}"),
        })
    }

    /// Returns the mount point of a request from its complete path and its path relative to the
    /// mount point.
    pub fn between(complete: &str, relative: &str) -> Self {
        let relative = relative.trim_start_matches('/');
        Self::new(complete.strip_suffix(relative).unwrap_or(complete))
    }

    /// Path of the mount point of a request. Empty if the adapter has not inserted it.
    pub(crate) fn of<B>(request: &Request<B>) -> String {
        let mount = request.extensions().get::<Self>();
        mount.map_or_else(String::new, |mount| mount.as_str().to_owned())
    }

    /// The path without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A request to a page, parsed.
pub(crate) struct ConsoleRequest<'a> {
    pub(crate) context: &'a Context,
    /// The operator endpoints of the user's account.
    pub(crate) api: Api<'a>,
    pub(crate) account: &'a AccountId,
    pub(crate) method: Method,
    pub(crate) query: Form,
    /// Fields of the submitted form. Empty for a `GET` request.
    pub(crate) form: Form,
    /// `true` if the script asks for the page without the document around it.
    pub(crate) is_fragment: bool,
    /// `true` if the account is switched off.
    pub(crate) is_account_off: bool,
    mount: String,
    segments: Vec<String>,
}

impl<'a> ConsoleRequest<'a> {
    pub(crate) fn new(
        context: &'a Context,
        account: &'a AccountId,
        request: Request<Bytes>,
    ) -> Self {
        let mount = MountPath::of(&request);
        let (head, body) = request.into_parts();
        let segments = head.uri.path().split('/').filter(|part| !part.is_empty());
        let decoded = segments.map(|part| percent_decode_str(part).decode_utf8_lossy());
        Self {
            context,
            api: Api::new(&context.greenhouse, account),
            account,
            segments: decoded.map(|part| part.into_owned()).collect(),
            query: Form::parse(head.uri.query().unwrap_or_default().as_bytes()),
            form: Form::parse(&body),
            is_fragment: is_fragment(&head.headers),
            method: head.method,
            is_account_off: false,
            mount,
        }
    }

    /// Reads if the account is switched off, for the notice on the settings pages. An account that
    /// cannot be read counts as switched on; the page itself then shows the failure.
    pub(crate) async fn read_account(&mut self) {
        if self.path().first() != Some(&"button") {
            let account = self.api.get::<AccountState>("account").await;
            self.is_account_off = account.is_ok_and(|account| !account.enabled);
        }
    }

    /// Path of a list of Greenhouse, such as `choices/jobs`, which can be as old as the request
    /// accepts.
    pub(crate) fn list(&self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}max_age={}", self.accepted_age())
    }

    /// Age in seconds up to which lists and checks of Greenhouse are shown again: a minute, or 0 if
    /// the user has asked to load them again.
    pub(crate) fn accepted_age(&self) -> u64 {
        if self.is_refreshed() { 0 } else { RECENT }
    }

    /// Address of a part of this page that the script loads, with lists of the same age.
    pub(crate) fn part(&self, path: &str) -> String {
        let refresh = if self.is_refreshed() {
            "?refresh=1"
        } else {
            ""
        };
        format!("{}{refresh}", self.link(path))
    }

    fn is_refreshed(&self) -> bool {
        ["refresh", "check"]
            .iter()
            .any(|name| self.query.get(name).is_some())
    }

    /// Segments of the path after the mount point, decoded.
    pub(crate) fn path(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// Returns `true` for a `GET` or `HEAD` request.
    pub(crate) fn is_read(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }

    /// Path of the mount point, without a slash at the end.
    pub(crate) fn mount(&self) -> &str {
        &self.mount
    }

    /// Address of a page of the console, such as `push#jobs`.
    pub(crate) fn link(&self, page: &str) -> String {
        format!("{}/{page}", self.mount)
    }

    pub(crate) fn texts(&self) -> &'static Texts {
        self.context.texts
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.context.greenhouse.ports().clock().now()
    }
}

/// Age in seconds up to which a page shows a list or a check of Greenhouse again. A page is loaded
/// much more often than these change, and Greenhouse limits the number of calls.
pub(crate) const RECENT: u64 = 60;

/// Returns `true` if the script asks for the page without the document around it.
pub(crate) fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key(FRAGMENT_HEADER)
}

/// Header with which the script asks for a fragment.
const FRAGMENT_HEADER: &str = "x-greenhouse-fragment";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_point_is_what_precedes_the_relative_path() {
        for (complete, relative, mount) in [
            ("/settings/greenhouse/push", "/push", "/settings/greenhouse"),
            ("/settings/greenhouse/push", "push", "/settings/greenhouse"),
            ("/settings/greenhouse", "/", "/settings/greenhouse"),
            ("/settings/greenhouse/", "/", "/settings/greenhouse"),
            ("/push", "/push", ""),
            ("/", "/", ""),
        ] {
            let found = MountPath::between(complete, relative);
            assert_eq!(found.as_str(), mount, "{complete} {relative}");
        }
    }
}
