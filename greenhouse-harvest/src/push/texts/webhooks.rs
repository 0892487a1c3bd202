//! Texts about the management of webhooks in Greenhouse.

use greenhouse_core::settings::SettingsProblem as Problem;

/// Tests by stage need webhooks.
pub(crate) fn webhooks_off() -> Problem {
    Problem::new(
        "stage_tests",
        "webhooks_off",
        "Webhooks are switched off, so no test is sent when an application enters a stage.",
        "Set up webhooks under Candidate Push > Bidirectional sync first, or remove the tests by \
         stage.",
    )
}

pub(crate) const CHECK_DATABASE: &str = "Check the database.";

/// Remedy if Greenhouse does not offer the calls.
pub(crate) const BY_HAND: &str =
    "Create the webhooks in Greenhouse under Configure > Dev Center > Webhooks.";

pub(crate) fn not_a_site_admin() -> String {
    "The acting user of the credential is not a Site Admin, so webhooks may be hidden from it."
        .to_owned()
}

pub(crate) fn not_offered() -> String {
    "Greenhouse does not offer webhook management to this credential.".to_owned()
}

pub(crate) fn scopes_missing(missing: &[&str]) -> String {
    format!(
        "The Harvest credential may not manage webhooks. It lacks {}: {}.",
        scopes(missing),
        missing.join(", ")
    )
}

pub(crate) fn grant_scopes(missing: &[&str]) -> String {
    format!(
        "Grant the credential the {} {} (API Credential Management > Manage Scopes), and try again \
         after an hour. A partner's app then needs a new consent. If Greenhouse does not offer the \
         scopes, create the webhooks in Greenhouse under Configure > Dev Center > Webhooks.",
        scopes(missing),
        missing.join(", ")
    )
}

fn scopes(missing: &[&str]) -> &'static str {
    if missing.len() == 1 {
        "scope"
    } else {
        "scopes"
    }
}
