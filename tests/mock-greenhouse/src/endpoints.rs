//! Checks that the endpoint of a fault exists.

use crate::faults::{Fault, FaultKind, When};
use crate::harvest;
use crate::urls;

/// Returns the reason why a fault can never occur, or `None` for a valid fault.
pub(crate) fn problem_of(fault: &Fault) -> Option<String> {
    let Fault {
        method,
        path,
        when,
        kind,
        ..
    } = fault;
    if let FaultKind::Status { status, .. } = kind
        && !(400..=599).contains(status)
    {
        return Some(format!("expected a status from 400 to 599, got {status}"));
    }
    if matches!(when, When::Nth(0) | When::Next(0)) {
        return Some("expected a number of at least 1 in `when`, got 0".to_owned());
    }
    if method != "*" && !METHODS.contains(&method.as_str()) {
        return Some(format!(
            "unknown method {method}, expected * or one of {}",
            METHODS.join(", ")
        ));
    }
    let known = path == "*" || harvest::has_endpoint(method, path) || is_other(method, path);
    (!known).then(|| format!("no endpoint {method} {path}"))
}

/// Returns `true` for an endpoint that does not belong to Harvest.
fn is_other(method: &str, path: &str) -> bool {
    OTHERS
        .iter()
        .any(|(one, other)| *other == path && (method == "*" || *one == method))
        || (matches!(method, "*" | "PATCH") && path.starts_with(urls::COMPLETION))
}

const METHODS: [&str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];
const OTHERS: [(&str, &str); 3] = [
    ("GET", "/authorize"),
    ("POST", "/token"),
    ("POST", "/introspect"),
];
