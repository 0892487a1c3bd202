//! Entries of the sync log. They contain no personal data.

pub(crate) mod rules;
mod scorecard;
pub(crate) mod stage_tests;
pub(crate) mod status;

use std::time::Duration;

use greenhouse_core::{
    ApplicationId, CandidateId, JobId, Text,
    store::PushRemark::{self, FieldsNotKept, OtherName, ReportVisibility},
    texts,
};

pub(crate) use self::scorecard::{
    AS_SET_IN_SETTINGS, NO_ACTING_USER, NO_ATTRIBUTES, NO_JOB, NO_KIT, NOT_PERMITTED,
    RATINGS_HIDDEN, SCOPES_UNKNOWN, note, rated_scorecard, scope_missing, scorecard_as_text,
    scorecard_rejected,
};

/// Returns the text of a remark. It follows [`push_done`].
pub(crate) fn remark(remark: PushRemark) -> Text {
    match remark {
        OtherName => push_other_name(),
        ReportVisibility => push_report_visibility(),
        FieldsNotKept => push_fields_not_kept(),
        _ => push_remarked(),
    }
}

texts! {
    pub(crate) fn push_requested() = "Queued: a person requested the push.";

    pub(crate) fn push_triggered() = "Queued: the account's trigger requested the push.";

    pub(crate) fn push_of_invited_result() =
        "Queued: the result of a test that Greenhouse sent is written to the application.";

    pub(crate) fn push_of_backfill() =
        "Queued: a person requested to bring over past results.";

    pub(crate) fn push_running() = "The push is running.";

    pub(crate) fn push_done(
        candidate: CandidateId,
        application: ApplicationId,
        result: &str,
        scorecard: &str,
    ) = "Pushed: candidate {candidate}, application {application}, {result}, {scorecard}.";

    /// Follows [`push_done`].
    pub(crate) fn push_fields_set() = "The custom fields are set.";

    /// Follows [`push_done`].
    pub(crate) fn push_moved(stage: &str) = "The application was moved to {stage}.";

    /// Follows [`push_done`].
    pub(crate) fn push_not_moved() =
        "The application was not moved, because it is already at or past the mapped stage.";

    /// Follows [`push_done`].
    pub(crate) fn push_stage_gone() =
        "The application was not moved, because the job's interview plan no longer contains the mapped \
         stage. Map the job to another stage.";

    /// Follows [`push_done`].
    pub(crate) fn push_stage_not_in_plan() =
        "The application was not moved, because its current stage is not in the job's interview plan. If \
         necessary, move the application in Greenhouse.";

    /// Follows [`push_done`].
    pub(crate) fn push_other_name() =
        "The candidate with this email address has a different name in Greenhouse. Check that \
         the candidate is the assessed person. The note contains the person's name.";

    /// Follows [`push_done`].
    pub(crate) fn push_report_visibility() =
        "The report does not have the visibility from the push settings in Greenhouse. Check the \
         attachment in Greenhouse.";

    /// Follows [`push_done`].
    pub(crate) fn push_fields_not_kept() =
        "Greenhouse did not keep the value of every mapped custom field. Check the mapped fields in \
         the push settings and in Greenhouse.";

    /// Follows [`push_done`].
    pub(crate) fn push_remarked() = "Check the candidate in Greenhouse.";

    pub(crate) fn push_search_repeated(step: &str, at: &str) =
        "Waiting: the step \"{step}\" may have been carried out. The push searches Greenhouse \
         again at {at}, and repeats the step only if it was not carried out.";

    pub(crate) fn push_person_erased() =
        "Waiting: the candidate was anonymized in part in Greenhouse. The push starts again.";

    pub(crate) fn push_waits_for_lists(until: &str) =
        "Waiting until {until}: Greenhouse's lists may not show the latest changes yet.";

    pub(crate) fn push_waits_for_fields(until: &str) =
        "Waiting until {until}: another push for the same person has just changed the custom \
         fields, and Greenhouse may not show the new values yet.";

    pub(crate) fn push_waits_for_status(until: &str) =
        "Waiting until {until}: a write of the test's status to the application may still be \
         running.";

    pub(crate) fn push_crashed(retry_at: &str) =
        "The product or a step of the push crashed. The push will be retried at {retry_at}.";

    pub(crate) fn switched_off() =
        "The push is switched off. Switch it on in the push settings, then push again.";

    pub(crate) fn not_completed() =
        "The assessment is not complete. Push it when the candidate has finished.";

    pub(crate) fn no_email() =
        "The candidate has no email address, so the push cannot find out whether the person is \
         already in Greenhouse. Add the address in the product, then push again.";

    pub(crate) fn invalid_email(reason: &str) =
        "The candidate's email address is invalid: {reason}. Correct the address in the product, \
         then push again.";

    pub(crate) fn no_name() =
        "The candidate has no name, and Greenhouse requires one. Add the name in the product, then \
         push again.";

    pub(crate) fn no_mapping(job: &str) =
        "The product's job {job} is not mapped to a Greenhouse job. Map it in the push settings, \
         then push again.";

    pub(crate) fn erased() =
        "The candidate's data was erased in Greenhouse, so the candidate is not pushed again.";

    /// The outcome of a write with the earlier address is unknown.
    pub(crate) fn email_changed() =
        "The candidate's email address was changed in the product, and Greenhouse may have a \
         candidate with the earlier address. Restore the earlier address and push again. Then \
         correct the address in both places.";

    /// Greenhouse refused an operation for lack of a permission.
    pub(crate) fn forbidden(operation: &str, problem: &str, remedy: &str) =
        "Could not {operation}: Greenhouse refused the request ({problem}). {remedy}";

    /// The account is not connected to the partner's app.
    pub(crate) fn not_connected(operation: &str, problem: &str, remedy: &str) =
        "Could not {operation}: {problem}. {remedy}";

    /// Greenhouse rejected the credential.
    pub(crate) fn credential(operation: &str, problem: &str, remedy: &str) =
        "Could not {operation}: Greenhouse rejected the credential ({problem}). {remedy}";

    /// `reason` begins with a colon or a space, or is empty.
    pub(crate) fn refused(operation: &str, status: u16, reason: &str) =
        "Could not {operation}. Greenhouse rejected the request with status {status}{reason}. \
         Correct the cause, then retry.";

    pub(crate) fn rate_limited(operation: &str, seconds: u64) =
        "Could not {operation}: the credential's rate limit is used up for {seconds} s.";

    pub(crate) fn out_of_time() =
        "The time limit for the push was exceeded, because Greenhouse responded too slowly.";

    pub(crate) fn store(operation: &str) =
        "Could not {operation}: the database failed. Check the database.";

    pub(crate) fn unreachable(operation: &str) =
        "Could not {operation}: Greenhouse could not be reached.";

    pub(crate) fn failed(operation: &str, error: &str) =
        "Could not {operation}: {error}. Retry. If the push fails again, report the problem.";

    pub(crate) fn not_settled(step: &str, until: &str) =
        "The outcome of the step \"{step}\" is still unknown. Retry after {until}. The push then \
         searches Greenhouse, and repeats the step only if it was not carried out.";

    pub(crate) fn unknown_outcome(step: &str, until: &str) =
        "Greenhouse did not confirm the step \"{step}\". Retry after {until}. The push then \
         searches Greenhouse, and repeats the step only if it was not carried out.";

    pub(crate) fn product_not_found(what: &str) =
        "The product no longer has the {what}. Check the assessment in the product, then retry.";

    pub(crate) fn product_refused(reason: &str) =
        "The product refused the request: {reason}. Correct this in the product, then retry.";

    pub(crate) fn report_not_ready() = "The product has not finished the report.";

    pub(crate) fn product_unavailable() =
        "The product did not respond. Check that the product is running.";

    pub(crate) fn reader_blind(remedy: &str) =
        "Greenhouse returned no match, but neither the acting user nor the user who owns the \
         credential is known to see every record, so a match may be hidden. Nothing was written. \
         {remedy}";

    pub(crate) fn reader_unknown() =
        "Could not determine whether the acting user sees every record. Nothing was written. \
         Retry.";

    pub(crate) fn job_hidden(job: JobId) =
        "The acting user cannot see job {job}, so an application for the job may be hidden. \
         Nothing was written. Add the acting user to the job's hiring team, or map another job.";

    pub(crate) fn already_placed(choice: CandidateId, known: CandidateId) =
        "Candidate {choice} was chosen, but this person is already linked to candidate \
         {known}. Nothing more was written. Push again without choosing a candidate. If both are the \
         same person, merge them in Greenhouse first.";

    pub(crate) fn several_candidates(candidates: &str) =
        "Several candidates in Greenhouse have this person's email address (candidates \
         {candidates}). Nothing more was written. Choose one of them, or merge them in Greenhouse. \
         Then push again.";

    pub(crate) fn choice_not_found(choice: CandidateId, candidates: &str) =
        "Candidate {choice} was chosen, but has a different email address from the person who took \
         the assessment. Candidates with the person's address: {candidates}. Nothing was written. \
         Push again with another choice, or without one.";

    pub(crate) fn application_not_found(application: ApplicationId) =
        "Greenhouse does not show the invitation's application {application}. The application was \
         deleted, or the acting user is not allowed to see it. Nothing was written. Check the \
         application in Greenhouse, then retry.";

    pub(crate) fn application_deleted(application: ApplicationId) =
        "Application {application}, to which this assessment was pushed, was deleted in Greenhouse. \
         Nothing was written.";

    pub(crate) fn application_rejected(application: ApplicationId) =
        "Application {application} is already rejected in Greenhouse. Nothing more was written to it.";

    pub(crate) fn application_hired(application: ApplicationId) =
        "Application {application} is already hired in Greenhouse. Nothing more was written to it.";

    pub(crate) fn mapping_changed(earlier: i64, mapped: JobId) =
        "The last attempt may have created an application for job {earlier}, but the assessment is \
         now mapped to job {mapped}. Map job {earlier} again and retry. Change the mapping \
         afterwards.";

    pub(crate) fn stage_unknown() =
        "Greenhouse returned no current stage for the application, so the application was not \
         moved. Retry, or switch off \"Move existing applications to the mapped stage\" in the push \
         settings.";

    pub(crate) fn unknown_field(owner: &str, key: &str, member: &str) =
        "The push settings map fields.{member} to the custom field \"{key}\", but Greenhouse has \
         no active {owner} field with this key. Map another field, then retry.";

    pub(crate) fn unsuitable_field(member: &str, key: &str) =
        "The push settings map fields.{member} to the custom field \"{key}\", but a field of this \
         type cannot hold the value. Map another field, then retry.";

    pub(crate) fn unwritable_fields(error: &str) =
        "The custom fields could not be set without losing the values of other fields: {error}. \
         Remove the mapped fields from the push settings, or clear the other fields in Greenhouse, \
         then retry.";

    pub(crate) fn not_shown(what: &str) =
        "Greenhouse did not return the {what}. The record may have been created moments ago, or \
         deleted. Its custom fields and tags were not changed. Retry.";

    /// `place` is one of [`at_step`], [`after_step`] and [`BEFORE_FIRST_STEP`].
    pub(crate) fn interrupted(place: &str) =
        "The push was interrupted {place}. Retry. The push continues after the last step that is \
         known to be done.";

    pub(crate) fn product_panicked() =
        "The product or a step of the push crashed. Search the server's log for \"panicked\" and \
         fix the cause, then retry. The push continues after the last step that is known to be \
         done.";
}

/// Codes of failures about a mapped custom field.
pub(crate) const FIELD_CODES: [&str; 2] = ["unknown_field", "unsuitable_field"];

/// Text for a push that waits for the reason in `cause`. Has the code of the cause.
pub(crate) fn push_waits(cause: &Text, retry_at: &str, end: &str) -> Text {
    Text::new(
        cause.code().to_owned(),
        format!(
            "Waiting for the next attempt at {retry_at}. The last attempt is at {end}. Nothing was \
             written. {cause}"
        ),
    )
}

/// Text for a push that waited as long as configured. Has the code of the cause.
pub(crate) fn waited_in_vain(cause: &Text, patience: Duration) -> Text {
    let minutes = patience.as_secs().div_ceil(60);
    Text::new(
        cause.code().to_owned(),
        format!("Failed after waiting for {minutes} min. {cause}"),
    )
}

/// Follows the reason if a push failed because Greenhouse, the product or the report was
/// unavailable.
pub(crate) const RETRY: &str = "Retry. The push continues after the last finished step.";

/// Result in [`push_done`].
pub(crate) fn recommendation(recommendation: &str, score: &str) -> String {
    format!("recommendation {recommendation} ({score})")
}

/// Result in [`push_done`] of an assessment without a score.
pub(crate) const WITHOUT_SCORE: &str = "completed without a score";

/// Value of custom fields for an assessment without a score.
pub(crate) const COMPLETED: &str = "Completed";

/// Variant of [`no_mapping`] for an assessment without a job.
pub(crate) fn no_job() -> Text {
    Text::new(
        "no_mapping",
        "The assessment has no job in the product, so its Greenhouse job is unknown. Add the job in \
         the product, then push again.",
    )
}

/// Variant of [`email_changed`] for a push that was queued with the earlier address.
pub(crate) fn email_changed_while_queued() -> Text {
    Text::new(
        "email_changed",
        "The candidate's email address was changed in the product after the push was requested. \
         Push again.",
    )
}

/// Variant of [`application_not_found`] for an application without a candidate.
pub(crate) fn application_without_candidate(application: ApplicationId) -> Text {
    Text::new(
        "application_not_found",
        format!(
            "Greenhouse returned the invitation's application {application} without its candidate. \
             Nothing was written. Retry."
        ),
    )
}

/// Variant of [`unsuitable_field`] for a select field without this option.
pub(crate) fn field_without_option(member: &str, key: &str, option: &str) -> Text {
    Text::new(
        "unsuitable_field",
        format!(
            "The push settings map fields.{member} to the custom field \"{key}\", which has no \
             option \"{option}\". Add the option in Greenhouse, then retry."
        ),
    )
}

/// Text for [`choice_not_found`] if no candidate has the address.
pub(crate) const NO_CANDIDATE: &str = "none";

/// Place of an interruption during a step.
pub(crate) fn at_step(step: &str) -> String {
    format!("at the step \"{step}\"")
}

/// Place of an interruption between two steps.
pub(crate) fn after_step(step: &str) -> String {
    format!("after the step \"{step}\"")
}

/// Place of an interruption before the first step.
pub(crate) const BEFORE_FIRST_STEP: &str = "before its first step";

/// Place of an interruption, with the stop of the server as its cause.
pub(crate) fn by_stop(place: &str) -> String {
    format!("{place} because the server was stopped")
}
