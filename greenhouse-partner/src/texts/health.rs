//! Health checks, each problem with its remedy. The name of a check is its code.

use greenhouse_core::health::Check;

use super::counted;

pub(crate) fn checks_failed(error: &str) -> Check {
    Check::problem(
        "store",
        format!("The checks failed: {error}."),
        "Check the database and the server's log.",
    )
}

pub(crate) fn partner_keys(valid: usize) -> Check {
    let name = "partner_key";
    match valid {
        0 => Check::problem(
            name,
            "There is no valid partner key, so Greenhouse cannot send candidates.",
            "Create a partner key and give it to Greenhouse together with the addresses of the \
             endpoints.",
        ),
        1 => Check::ok(name, "1 partner key is valid."),
        keys => Check::ok(name, format!("{keys} partner keys are valid.")),
    }
}

pub(crate) fn completion_credential_stored() -> Check {
    Check::ok(
        "completion_credential",
        "The completion credential is stored.",
    )
}

pub(crate) fn no_completion_credential() -> Check {
    Check::warning(
        "completion_credential",
        "There is no completion credential, so Greenhouse is not notified of results. It shows a \
         result only after it asks for it.",
        "Ask Greenhouse for the credential of the completion call (it is not the partner key). Enter \
         it under Assessments.",
    )
}

pub(crate) fn no_notice_failed() -> Check {
    Check::ok("notices", "No completion notice failed in the last day.")
}

/// `failed` counts the notices of the last day, and `latest` is the text of the latest.
pub(crate) fn notices_failed(failed: Count, latest: &str) -> Check {
    Check::problem(
        "notices",
        format!(
            "{} failed in the last day. Latest: {latest}",
            failed.of("completion notice")
        ),
        "Check the completion credential, then retry the failed notices in the sync log.",
    )
}

pub(crate) fn no_problem() -> Check {
    Check::ok("problems", "No problem in the last day.")
}

/// `found` counts the problems of the last day, and `latest` is the text of the latest.
pub(crate) fn problems(found: Count, latest: &str) -> Check {
    Check::warning(
        "problems",
        format!("{} in the last day. Latest: {latest}", found.of("problem")),
        "Read the failed entries of the sync log.",
    )
}

pub(crate) fn comparison_off() -> Check {
    Check::ok(
        "comparison",
        "Pushed applications are not compared with Greenhouse, because this server does not read \
         from Greenhouse.",
    )
}

pub(crate) fn comparison_unscheduled() -> Check {
    Check::ok(
        "comparison",
        "The first comparison of pushed applications with Greenhouse is scheduled within an hour.",
    )
}

pub(crate) fn comparison_scheduled(at: &str) -> Check {
    Check::ok(
        "comparison",
        format!("The next comparison of pushed applications with Greenhouse is at {at}."),
    )
}

pub(crate) fn comparison_running(since: &str) -> Check {
    Check::ok(
        "comparison",
        format!(
            "Pushed applications are being compared with Greenhouse. The current batch started at \
             {since}."
        ),
    )
}

pub(crate) fn comparison_late(since: &str) -> Check {
    Check::warning(
        "comparison",
        format!(
            "The comparison of pushed applications with Greenhouse has been overdue since {since}. Changes \
             that webhooks missed are not found."
        ),
        "Check that a server runs the background tasks and can read from Greenhouse (see the Harvest \
         checks and the server's log). The comparison then resumes without further action.",
    )
}

pub(crate) fn no_webhook() -> Check {
    Check::warning(
        "webhooks",
        "No webhook was ever received.",
        "In Greenhouse, under Configure > Dev Center > Web Hooks, create the webhooks with the \
         endpoint URL and secret of this account. Greenhouse sends a ping for each.",
    )
}

pub(crate) fn webhook_received(at: &str) -> Check {
    Check::ok(
        "webhooks",
        format!("The last webhook was received at {at}."),
    )
}

pub(crate) fn webhooks_silent(last: &str, silence: &str) -> Check {
    Check::warning(
        "webhooks",
        format!(
            "No webhook was received since {last}, for more than {silence}, although candidates were \
             pushed."
        ),
        "In Greenhouse, under Configure > Dev Center > Web Hooks, check that the webhooks are enabled \
         and have the endpoint URL and secret of this account. Greenhouse disables a webhook whose \
         ping fails, and reports that only to the error recipient. Save a webhook to send a ping. If \
         the ping does not show here, check that the server is reachable from the internet.",
    )
}

/// Follows the text of a check: webhooks that sent nothing yet. That is no fault, because their
/// events may not have happened.
pub(crate) fn never_received(labels: &str) -> String {
    format!(" Not received yet, which is normal for rare events: {labels}.")
}

pub(crate) fn event_received(label: &str, at: &str) -> String {
    format!("{label}: last received at {at}")
}

pub(crate) fn event_never_received(label: &str) -> String {
    format!("{label}: never received")
}

pub(crate) fn other_ping_received(at: &str) -> String {
    format!("Ping of another event: last received at {at}")
}

/// Number of entries, or of those on a full page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) entries: usize,
    /// There may be more.
    pub(crate) at_least: bool,
}

impl Count {
    fn of(self, noun: &str) -> String {
        let entries = self.entries;
        if self.at_least {
            return format!("{entries} or more {noun}s");
        }
        counted(u64::try_from(entries).unwrap_or(u64::MAX), noun)
    }
}
