//! URLs of Greenhouse's pages and of the mock's own endpoints.

use std::fmt::Display;

/// Path of the completion call, followed by the id of a test.
pub(crate) const COMPLETION: &str = "/integrations/testing_partners/take_home_tests/";

/// Path of the webhook inbox.
pub(crate) const INBOX: &str = "/_mock/inbox";

/// Path of stored files, followed by the attachment's id.
pub(crate) const FILES: &str = "/_mock/files/";

/// Returns the URL of a stored file.
pub(crate) fn file(base_url: &str, attachment: i64) -> String {
    format!("{base_url}{FILES}{attachment}")
}

/// Returns the URL of a candidate's page.
pub(crate) fn candidate(candidate: i64) -> String {
    format!("{APP}/people/{candidate}")
}

/// Returns the URL of a candidate's page, opened at one application.
pub(crate) fn profile(candidate: i64, application: i64) -> String {
    format!("{APP}/people/{candidate}?application_id={application}")
}

/// Returns the URL of a job's page.
pub(crate) fn job(job: impl Display) -> String {
    format!("{APP}/sdash/{job}")
}

const APP: &str = "https://app.greenhouse.io";
