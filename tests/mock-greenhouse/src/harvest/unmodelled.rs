//! Official calls that the mock does not model. Their routes are derived from the names of the
//! scopes.

use http::StatusCode;

use crate::config::SCOPES;
use crate::harvest::{page, routes};
use crate::switches::{Switches, UnmodelledLists};
use crate::wire::Answer;

/// Returns the scope of an official call. Returns `None` if no scope matches the path and method,
/// or if a modelled route has the scope, because the call is then a misspelling of that route.
pub(super) fn scope(method: &str, path: &str) -> Option<&'static str> {
    let segments: Vec<&str> = path.strip_prefix("/v3/")?.split('/').collect();
    let is_id =
        |text: &str| text.parse::<i64>().is_ok() || (text.starts_with('{') && text.ends_with('}'));
    let (resource, action) = match (method, segments.as_slice()) {
        ("GET", [resource]) => (resource, "list"),
        ("POST", [resource] | [resource, "bulk"]) => (resource, "create"),
        ("PATCH", [resource, "bulk"]) => (resource, "update"),
        ("PATCH", [resource, id]) if is_id(id) => (resource, "update"),
        ("DELETE", [resource, id]) if is_id(id) => (resource, "destroy"),
        ("POST" | "PATCH" | "PUT", [resource, id, action]) if is_id(id) => (resource, *action),
        ("POST" | "PATCH", [resource, action, "bulk"]) => (resource, *action),
        _ => return None,
    };
    let scope = format!("harvest:{resource}:{action}");
    SCOPES
        .iter()
        .copied()
        .find(|known| *known == scope)
        .filter(|_| !routes::all().any(|route| route.scope() == scope))
}

/// Returns 501. Returns an empty list for a GET request if
/// [`unmodelled_lists`](Switches::unmodelled_lists) is [`Empty`](UnmodelledLists::Empty).
pub(super) fn answer(method: &str, path: &str, switches: &Switches) -> Answer {
    if method == "GET" && switches.unmodelled_lists == UnmodelledLists::Empty {
        return page::empty(switches);
    }
    let message = format!("{method} {path} is official and not modelled by this mock");
    Answer::message(StatusCode::NOT_IMPLEMENTED, &message)
}

#[cfg(test)]
mod tests {
    use super::scope;

    #[test]
    fn official_calls_are_told_from_misspelt_ones() {
        for (method, path, expected) in [
            ("GET", "/v3/offers", Some("harvest:offers:list")),
            ("PATCH", "/v3/offers/7", Some("harvest:offers:update")),
            ("POST", "/v3/users/bulk", Some("harvest:users:create")),
            (
                "POST",
                "/v3/users/7/activate",
                Some("harvest:users:activate"),
            ),
            (
                "POST",
                "/v3/users/activate/bulk",
                Some("harvest:users:activate"),
            ),
            (
                "DELETE",
                "/v3/job_notes/7",
                Some("harvest:job_notes:destroy"),
            ),
            ("GET", "/v3/offer", None),
            ("GET", "/v3/offers/7", None),
            ("DELETE", "/v3/offers/7", None),
            ("PATCH", "/v3/offers/seven", None),
            ("GET", "/offers", None),
            ("POST", "/v3/candidates/7/anonymize", None),
            ("PUT", "/v3/applications/7/move", None),
            ("POST", "/v3/candidates/bulk", None),
        ] {
            assert_eq!(scope(method, path), expected, "{method} {path}");
        }
    }
}
