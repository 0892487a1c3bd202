//! Health checks, each problem with its remedy. The name of a check is its code.

use greenhouse_core::{SecretProblem, health::Check};

use super::counted;

/// Name of the check of partner keys.
pub(crate) const PARTNER_KEY: &str = "partner_key";
/// Name of the check of webhooks.
pub(crate) const WEBHOOKS: &str = "webhooks";
/// Name of the check of webhooks that the host created.
pub(crate) const MANAGED_HOOKS: &str = "managed_hooks";

pub(crate) fn checks_failed(error: &str) -> Check {
    Check::problem(
        "store",
        format!("The health checks could not run: {error}."),
        "Check the database and the server's log.",
    )
}

pub(crate) fn partner_keys(valid: usize) -> Check {
    let name = PARTNER_KEY;
    match valid {
        0 => Check::problem(
            name,
            "No partner key is valid, so Greenhouse cannot send candidates.",
            "Create a partner key, and give it to Greenhouse together with the endpoint URLs.",
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
        "No completion credential is stored, so Greenhouse is not notified of results. A result \
         appears only when Greenhouse next checks the status.",
        "Ask Greenhouse for the completion credential, which is not the partner key. Enter the \
         credential under Assessments.",
    )
}

pub(crate) fn webhook_secret_defective(problem: SecretProblem) -> Check {
    Check::problem(
        "webhook_secret",
        format!(
            "A webhook secret of this account cannot be used. {}",
            problem.message()
        ),
        "Add a new random secret of at least 16 characters, for example from `openssl rand -hex \
         32`, before the old one. Enter the new secret in each webhook in Greenhouse under \
         Configure > Dev Center > Webhooks, then remove the old one here.",
    )
}

pub(crate) fn webhook_secret_short(expected: usize) -> Check {
    Check::warning(
        "webhook_secret",
        format!(
            "A webhook secret of this account has fewer than {expected} characters, so it is easy \
             to guess. Anyone who knows it can forge webhooks."
        ),
        "Add a new random secret, for example from `openssl rand -hex 32`, before the old one. \
         Enter the new secret in each webhook in Greenhouse under Configure > Dev Center > \
         Webhooks, then remove the old one here.",
    )
}

pub(crate) fn no_notice_failed() -> Check {
    Check::ok("notices", "No completion notices failed in the last day.")
}

/// `failed` is the number of notices that failed in the last day. `latest` is the text of the
/// latest failure.
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
    Check::ok("problems", "No problems in the last day.")
}

/// `found` is the number of problems in the last day. `latest` is the text of the latest problem.
pub(crate) fn problems(found: Count, latest: &str) -> Check {
    Check::warning(
        "problems",
        format!("{} in the last day. Latest: {latest}", found.of("problem")),
        "Review the failed entries in the sync log.",
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
        "The first comparison of pushed applications with Greenhouse will be scheduled within an \
         hour.",
    )
}

pub(crate) fn comparison_scheduled(at: &str) -> Check {
    Check::ok(
        "comparison",
        format!(
            "The next comparison of pushed applications with Greenhouse is scheduled for {at}."
        ),
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
            "The comparison of pushed applications with Greenhouse has been overdue since {since}. \
             Changes that webhooks missed are not being detected."
        ),
        "Check that a server is running the background tasks and can read from Greenhouse (see the \
         Harvest checks and the server's log). The comparison then resumes automatically.",
    )
}

pub(crate) fn no_webhook() -> Check {
    Check::warning(
        WEBHOOKS,
        "No webhook has been received yet.",
        "In Greenhouse, under Configure > Dev Center > Webhooks, create the webhooks with this \
         account's endpoint URL and secret. Greenhouse sends a ping for each webhook.",
    )
}

pub(crate) fn webhook_received(at: &str) -> Check {
    Check::ok(WEBHOOKS, format!("The last webhook was received at {at}."))
}

pub(crate) fn webhooks_silent(last: &str, silence: &str) -> Check {
    Check::warning(
        WEBHOOKS,
        format!(
            "No webhook has been received since {last} (more than {silence}), although candidates \
             were pushed."
        ),
        "In Greenhouse, under Configure > Dev Center > Webhooks, check that the webhooks are \
         enabled and use this account's endpoint URL and secret. Greenhouse disables a webhook \
         whose ping fails, and notifies only the error recipient. Save a webhook to send a ping. \
         If the ping does not appear here, check that the server can be reached from the internet.",
    )
}

/// Describes a refused webhook in a list. `label` is `None` if the event of the delivery is
/// unknown.
pub(crate) fn refused_hook(label: Option<&str>, at: &str) -> String {
    let label = label.unwrap_or("a webhook for another event");
    format!("{label} (last refused at {at})")
}

pub(crate) fn webhooks_not_signed(hooks: &str) -> Check {
    Check::problem(
        WEBHOOKS,
        format!(
            "Webhooks are refused, because their signature does not match this account's secret: \
             {hooks}."
        ),
        "In Greenhouse, under Configure > Dev Center > Webhooks, open each of these webhooks, \
         enter this account's webhook secret, and save the webhook. Greenhouse then sends a ping, which \
         appears here.",
    )
}

/// The bodies of these webhooks are not read, so the text cannot list the webhooks.
pub(crate) fn webhooks_unsigned(last: &str) -> Check {
    Check::problem(
        WEBHOOKS,
        format!(
            "Webhooks are refused, because they have no valid Signature header (last refused at \
             {last})."
        ),
        "In Greenhouse, under Configure > Dev Center > Webhooks, open each webhook that is not \
         received here, enter this account's webhook secret, and save the webhook. Greenhouse then \
         sends a ping, which appears here.",
    )
}

pub(crate) fn webhooks_too_large(hooks: &str) -> Check {
    Check::problem(
        WEBHOOKS,
        format!("Webhooks are refused, because their body is larger than the limit: {hooks}."),
        "Ask the operator to raise the limit for webhook bodies (webhook_body_limit). Greenhouse retries a refused \
         webhook for several hours.",
    )
}

/// The bodies of these webhooks are not read, so the text cannot list the webhooks.
pub(crate) fn webhooks_switched_off(last: &str) -> Check {
    Check::warning(
        WEBHOOKS,
        format!(
            "Webhooks are refused, because they are switched off for this account (last refused at \
             {last})."
        ),
        "Switch them on in the sync settings, or delete the webhooks in Greenhouse under Configure \
         > Dev Center > Webhooks.",
    )
}

/// Replaces [`no_webhook`] if the server refused a webhook to an unknown address.
pub(crate) fn no_webhook_but_unknown(at: &str) -> Check {
    Check::warning(
        WEBHOOKS,
        format!(
            "No webhook has been received yet. The server refused a webhook to an unknown address \
             at {at}, which may have been meant for this account."
        ),
        "In Greenhouse, under Configure > Dev Center > Webhooks, compare the endpoint URL of each \
         webhook with the set-up steps of this account.",
    )
}

/// Detail line of the check of webhooks.
pub(crate) fn unknown_hook_line(at: &str) -> String {
    format!("Webhook to an unknown address: last refused at {at}")
}

pub(crate) fn managed_hooks_ok(count: usize, checked: &str) -> Check {
    Check::ok(
        MANAGED_HOOKS,
        format!(
            "The {count} webhooks that this server created in Greenhouse were enabled at {checked}."
        ),
    )
}

/// The lines of the check list the defects.
pub(crate) fn managed_hooks_defective() -> Check {
    Check::problem(
        MANAGED_HOOKS,
        "Webhooks that this server created in Greenhouse have to be repaired.",
        "Repair the webhooks under Candidate Push > Bidirectional sync, or with POST hooks.",
    )
}

pub(crate) fn managed_hooks_unchecked(message: &str, remedy: &str) -> Check {
    Check::warning(
        MANAGED_HOOKS,
        format!(
            "The webhooks that this server created in Greenhouse could not be checked. {message}"
        ),
        remedy,
    )
}

pub(crate) fn managed_hooks_left(count: usize) -> Check {
    Check::warning(
        MANAGED_HOOKS,
        format!(
            "Webhooks are switched off, but {count} webhooks that this server created still exist \
             in Greenhouse."
        ),
        "Delete them in Greenhouse under Configure > Dev Center > Webhooks, or send POST hooks with \
         the action remove.",
    )
}

/// Detail line about a webhook whose creation has an unknown outcome.
pub(crate) fn hook_unconfirmed(label: &str) -> String {
    format!("{label}: it is not known whether the webhook was created")
}

/// Joins the texts and remedies of two checks of the same name.
pub(crate) fn joined(mut first: Check, second: Check) -> Check {
    first.text = [first.text, second.text].join(" ");
    first.remedy = match (first.remedy, second.remedy) {
        (Some(first), Some(second)) => Some([first, second].join(" ")),
        (first, second) => first.or(second),
    };
    first
}

pub(crate) fn unknown_key_refused(at: &str) -> Check {
    Check::warning(
        PARTNER_KEY,
        format!(
            "Greenhouse has not used a partner key of this account yet. The server refused a \
             request without a partner key or with an unknown partner key at {at}, which may have \
             been meant for this account."
        ),
        "If Greenhouse does not show the tests of this account, give Greenhouse a new partner key.",
    )
}

/// Detail line of the check of partner keys.
pub(crate) fn unknown_key_line(at: &str) -> String {
    format!("Request with a missing or unknown partner key: last refused at {at}")
}

/// Appended to the text of a check. Lists the webhooks that have not been received yet, which is
/// not a problem because their events may not have occurred.
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
    format!("Ping for another event: last received at {at}")
}

/// Number of log entries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) entries: usize,
    /// `true` if there may be more entries.
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
