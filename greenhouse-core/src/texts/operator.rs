//! Errors from the public and the operator endpoints. The text's code is also the error's code.

use crate::texts;

texts! {
    /// 404.
    pub(crate) fn not_found() = "not found";

    /// 405.
    pub(crate) fn method_not_allowed() = "method not allowed";

    /// 401: the host found no account for the request.
    pub(crate) fn unauthorized() = "an operator token is required";

    /// 400: the account id from the host is invalid.
    pub(crate) fn bad_account() = "the account id in the request is invalid";

    /// 400: a query parameter is invalid.
    pub(crate) fn bad_query(parameter: &str, expected: &str, got: &str) =
        "{parameter}: expected {expected}, got {got:?}";

    /// 400: a request that changes data has an unknown query parameter.
    pub(crate) fn unknown_query(parameter: &str, expected: &str) =
        "unknown query parameter {parameter:?}, expected one of {expected}";

    /// 409: the entry offers no retry.
    pub(crate) fn not_failed() = "only a failed push, notice or task can be retried";

    /// 409: no direction of this host can retry the entry.
    pub(crate) fn not_offered() =
        "this server does not run the direction of the entry, so it cannot retry the entry";

    /// 500.
    pub(crate) fn internal() = "the response could not be serialized";
}

/// 503: message and remedy if the store did not respond.
pub(crate) const NO_STORE: (&str, &str) = (
    "the database did not respond",
    "Try again in a minute. If the error remains, ask the operator to check the database.",
);
/// 503: message and remedy if a record cannot be read.
pub(crate) const CORRUPT_RECORD: (&str, &str) = (
    "a record in the database cannot be read",
    "Ask the operator to read the server's log and to repair the record.",
);

/// Remedy for settings that changed since they were read.
pub(crate) const READ_AGAIN: &str = "Read the settings again and repeat the change.";

/// Expected values of the query parameters of the sync log.
pub(crate) const ENTRY_ID: &str = "an entry id";
pub(crate) const DIRECTION: &str = "from_greenhouse or to_greenhouse";
pub(crate) const STATUS: &str = "pending, done, skipped or failed";
pub(crate) const TIME: &str = "a date (2026-11-30) or an RFC 3339 time (2026-11-30T08:15:00Z)";
pub(crate) const AFTER_FROM: &str = "a time after `from`";

/// Expected age of a result that was read before.
pub(crate) const AGE: &str = "a number of seconds from 0 to 3600";

/// Expected size of a page of the sync log, or number of days of its summary.
pub(crate) fn up_to(maximum: usize) -> String {
    format!("a number from 1 to {maximum}")
}
