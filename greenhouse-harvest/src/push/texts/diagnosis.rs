//! Texts of the health checks. Each problem has a remedy. The name of a check is its code.

use greenhouse_core::{JobId, StageId, UserId, health::Check};

use super::{named, reason, sentence};
use crate::{AuthProblem, Error};

pub(crate) fn switched_off() -> Check {
    Check::ok("push", "The push is switched off.")
}

pub(crate) fn store_failed(error: &str) -> Check {
    Check::problem(
        "push",
        format!("The database failed: {error}."),
        "Check the database.",
    )
}

pub(crate) fn product_failed(error: &str) -> Check {
    let error = reason(error);
    Check::warning(
        "product",
        format!("The product did not list its jobs: {error}."),
        "Check that the product responds.",
    )
}

/// `name` is the name of the check that the failure interrupted.
pub(crate) fn greenhouse_failed(name: &str, error: &Error) -> Check {
    let text = format!("The check in Greenhouse failed: {error}.");
    Check::problem(name, text, error.remedy())
}

pub(crate) fn pushes_waiting(count: u64) -> Check {
    Check::ok("push_backlog", waiting(count))
}

pub(crate) fn pushes_late(count: u64, since: &str) -> Check {
    let text = format!(
        "{} The oldest has been waiting since {since}.",
        waiting(count)
    );
    Check::warning(
        "push_backlog",
        text,
        "Check that a server runs the background tasks. The sync log shows what each push is \
         waiting for.",
    )
}

fn waiting(count: u64) -> String {
    match count {
        0 => "No push is waiting.".to_owned(),
        1 => "1 push is waiting or running.".to_owned(),
        many => format!("{many} pushes are waiting or running."),
    }
}

/// `count` is the number of failed pushes among the newest entries of the sync log.
pub(crate) fn failed_pushes(count: usize) -> Check {
    let text = match count {
        1 => "1 push failed.".to_owned(),
        many => format!("{many} pushes failed."),
    };
    Check::warning(
        "failed_pushes",
        text,
        "Open the sync log. For each failed push, correct the cause that its entry shows, then \
         retry the push.",
    )
}

pub(crate) fn last_push(at: &str) -> Check {
    Check::ok("last_push", format!("The last push finished at {at}."))
}

pub(crate) fn no_last_push() -> Check {
    Check::ok("last_push", "No push has finished recently.")
}

pub(crate) fn no_replay_waiting() -> Check {
    Check::ok(
        "push_look_back",
        "No pushed application is waiting for a check of earlier webhooks.",
    )
}

pub(crate) fn replays_late(count: u64, since: &str) -> Check {
    let applications = if count == 1 {
        "application is"
    } else {
        "applications are"
    };
    Check::warning(
        "push_look_back",
        format!(
            "{count} newly pushed {applications} waiting for a check of earlier webhooks. The \
             oldest has been waiting since {since}."
        ),
        "Check that a server runs the background tasks for webhooks on this database. If no server \
         receives webhooks, switch off the sync.",
    )
}

pub(crate) fn invited_results_written() -> Check {
    Check::ok(
        "invited_results",
        "The results of tests that Greenhouse sends are written to the applications.",
    )
}

pub(crate) fn no_invited_results() -> Check {
    Check::warning(
        "invited_results",
        "The results of tests that Greenhouse sends are to be written to the applications, but \
         Greenhouse cannot send tests, because assessments are switched off or not set up.",
        "Set up assessments, or switch off the results of tests that Greenhouse sends in the push \
         settings.",
    )
}

pub(crate) fn stage_tests_valid() -> Check {
    Check::ok("stage_tests", "The stages that have tests exist.")
}

pub(crate) fn stage_test_scenarios_exist() -> Check {
    Check::ok(
        "stage_test_scenarios",
        "The product has the tests of the stages.",
    )
}

pub(crate) fn stage_test_webhooks_off() -> Check {
    Check::problem(
        "stage_test_webhooks",
        "Webhooks are switched off, so no test is sent when an application enters a stage.",
        "Switch on webhooks under Candidate Push > Bidirectional sync, or remove the tests by stage.",
    )
}

pub(crate) fn no_stage_webhook() -> Check {
    Check::warning(
        "stage_test_webhooks",
        "Greenhouse has not sent a webhook about a stage change, so no test of a stage was sent.",
        "In Greenhouse, check that a webhook for \"Candidate has changed stage\" exists and is \
         active (Configure > Dev Center > Webhooks). If it does, nothing needs to be done until a \
         candidate changes stage.",
    )
}

pub(crate) fn stage_webhooks_arrive(last: &str) -> Check {
    Check::ok(
        "stage_test_webhooks",
        format!("Greenhouse last sent a webhook about a stage change at {last}."),
    )
}

pub(crate) fn status_field_suitable() -> Check {
    Check::ok(
        "status_field",
        "The custom field can show the status of the tests that Greenhouse sends.",
    )
}

pub(crate) fn statuses_written() -> Check {
    Check::ok(
        "status_writes",
        "The status of the tests that Greenhouse sends is written to a custom field.",
    )
}

pub(crate) fn no_statuses() -> Check {
    Check::warning(
        "status_writes",
        "The status of the tests that Greenhouse sends is to be written to a custom field, but \
         Greenhouse cannot send tests, because assessments are switched off or not set up.",
        "Set up assessments, or choose no custom field for the status in the push settings.",
    )
}

pub(crate) fn statuses_late(count: u64, since: &str) -> Check {
    let text = match count {
        1 => format!("The status of 1 test has been waiting to be written since {since}."),
        many => {
            format!("The statuses of {many} tests wait to be written, the oldest since {since}.")
        }
    };
    Check::warning(
        "status_writes",
        text,
        "Correct what the other checks report about Greenhouse and the credential. If they report \
         nothing, check that a server runs the background tasks. The statuses are then written by \
         themselves.",
    )
}

/// `count` is the number of failed writes among the newest entries of the sync log.
pub(crate) fn statuses_failed(count: usize) -> Check {
    let text = match count {
        1 => "The status of 1 test could not be written to its custom field.".to_owned(),
        many => format!("The statuses of {many} tests could not be written to their custom field."),
    };
    Check::warning(
        "status_writes",
        text,
        "Open the sync log. For each failed status, correct the cause that its entry shows, then \
         retry the entry.",
    )
}

pub(crate) fn rules_valid() -> Check {
    Check::ok("rules", "The rules by score are valid.")
}

pub(crate) fn rules_in_dry_run() -> Check {
    Check::ok(
        "rules_today",
        "The rules by score are in dry-run mode: the sync log shows what they would do.",
    )
}

/// `begun` is the number of moves and rejections that rules have begun today (UTC).
pub(crate) fn rules_acted(begun: u32) -> Check {
    let text = match begun {
        1 => "The rules by score have acted once today.".to_owned(),
        times => format!("The rules by score have acted {times} times today."),
    };
    Check::ok("rules_today", text)
}

/// `held` is the number of applications that the limit has excluded today.
pub(crate) fn rules_at_limit(limit: u32, held: u32) -> Check {
    Check::warning(
        "rules_today",
        format!(
            "The rules by score have reached the daily limit of {limit}. Applications left as they \
             are: {held}."
        ),
        "Decide on these applications in Greenhouse. Their entries in the sync log name the limit. \
         If the number is expected, raise the limit in the push settings.",
    )
}

pub(crate) fn tags_valid() -> Check {
    Check::ok("tags", "The tags are valid.")
}

pub(crate) fn credential_valid() -> Check {
    Check::ok("harvest_credential", "The Harvest credential is valid.")
}

/// The account is not connected to the partner's app yet. The settings must be saved before a user
/// can consent to the app, so this is a health check and not a problem of the settings.
pub(crate) fn not_connected(problem: AuthProblem) -> Check {
    Check::problem(
        "harvest_credential",
        super::settings::rejected(problem),
        problem.remedy(),
    )
}

pub(crate) fn scopes_complete() -> Check {
    Check::ok(
        "harvest_scopes",
        "The credential has every scope that a push needs.",
    )
}

pub(crate) fn scopes_unknown(needed: &[&str]) -> Check {
    let needed = needed.join(", ");
    Check::warning(
        "harvest_scopes",
        "Greenhouse did not report which scopes the credential has.",
        format!("Under Manage Scopes, check that the credential has these scopes: {needed}."),
    )
}

pub(crate) fn scopes_missing(missing: &[&str]) -> Check {
    let scopes = if missing.len() == 1 {
        "scope"
    } else {
        "scopes"
    };
    let text = format!("The credential lacks the {scopes} {}.", missing.join(", "));
    Check::problem(
        "harvest_scopes",
        text,
        "Grant what is missing under Configure > Dev Center > API Credential Management > Manage \
         Scopes.",
    )
}

/// Harvest has no call that returns whether the reader has permission to see private candidates.
/// That private candidates are hidden from users without this permission is inferred.
pub(crate) fn reader_sees_all(acting_user_reads: bool) -> Check {
    let reader = if acting_user_reads {
        "The acting user is a Site Admin and sees every record that is not private."
    } else {
        "The acting user is not a Site Admin. The user who owns the credential is a Site Admin and \
         reads the records instead."
    };
    let text = format!(
        "{reader} Also give this user permission to see private candidates. Without this \
         permission, a private candidate is not found, so a duplicate is created."
    );
    Check::ok("harvest_reader", text)
}

pub(crate) fn acting_user_active(name: Option<&str>, id: UserId) -> Check {
    let user = sentence(&named("user", name, id));
    Check::ok("acting_user", format!("{user} is active."))
}

pub(crate) fn acting_user_unchecked(id: UserId, error: &Error) -> Check {
    let text = format!("User {id} could not be checked: {error}.");
    Check::warning("acting_user", text, error.remedy())
}

pub(crate) fn another_user_acts(id: UserId) -> Check {
    Check::warning(
        "acting_user",
        format!(
            "User {id} is set as the acting user, but the push acts as the user who connected the \
             account."
        ),
        "Remove the acting user from the push settings, or have user {id} connect the account.",
    )
}

pub(crate) fn no_job_mapped() -> Check {
    Check::warning(
        "mapped_jobs",
        "No job is mapped yet.",
        "Map each job of the product to a Greenhouse job in the push settings.",
    )
}

pub(crate) fn mapped_jobs_unread(problem: AuthProblem) -> Check {
    let text = format!("The mapped jobs could not be read: {problem}.");
    Check::problem("mapped_jobs", text, problem.remedy())
}

/// `stage` is the mapped stage, if any.
pub(crate) fn mapped_job_open(
    product_job: &str,
    job: (Option<&str>, JobId),
    stage: Option<(Option<&str>, StageId)>,
) -> Check {
    let job = sentence(&named("job", job.0, job.1));
    let text = match stage {
        Some((name, id)) => format!("{job} is open and has the {}.", named("stage", name, id)),
        None => format!("{job} is open. New applications start at its first stage."),
    };
    Check::ok(format!("mapped_job:{product_job}"), text)
}

pub(crate) fn fields_suitable() -> Check {
    Check::ok(
        "mapped_fields",
        "The mapped custom fields can hold their values.",
    )
}

pub(crate) fn source_exists(name: Option<&str>) -> Check {
    let text = match name {
        Some(name) => format!("The source {name} exists."),
        None => "The source exists.".to_owned(),
    };
    Check::ok("source", text)
}
