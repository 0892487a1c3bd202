//! Sync log: webhooks about pushed applications, and comparisons with Greenhouse.

use crate::{ApplicationId, CandidateId, JobId, Stage, Text, texts};

texts! {
    /// The application's status is `rejected`.
    pub(crate) fn application_rejected() = "The application was rejected in Greenhouse.";

    /// The application's status is `hired`.
    pub(crate) fn application_hired() = "The candidate was hired in Greenhouse.";

    /// The status changed back to `active`.
    pub(crate) fn application_active() = "The application is active again in Greenhouse.";

    /// The application has any other status.
    pub(crate) fn application_status(status: &str) =
        "The application has the status \"{status}\" in Greenhouse.";

    /// The application belongs to another job.
    pub(crate) fn application_transferred(job: JobId) =
        "The application was transferred to job {job} in Greenhouse.";

    /// The stage changed. `stage` is the result of [`stage`].
    pub(crate) fn stage_changed(stage: &str) = "The application moved to {stage} in Greenhouse.";

    /// A webhook changed neither status nor stage.
    pub(crate) fn application_updated() = "The application was updated in Greenhouse.";

    /// A webhook without a time changed nothing.
    pub(crate) fn nothing_changed() = "A webhook arrived. Status and stage are unchanged.";

    /// A webhook is older than the last applied one.
    pub(crate) fn webhook_outdated() =
        "A late webhook was skipped, because it is older than the known state of the application.";

    /// A hint reported the status, and a read is pending.
    pub(crate) fn status_reported(status: &str) =
        "A webhook reported the status \"{status}\". The application is being read from Greenhouse.";

    /// A hint reported the stage, and a read is pending. `stage` is the result of [`stage`].
    pub(crate) fn stage_reported(stage: &str) =
        "A webhook reported {stage}. The application is being read from Greenhouse.";

    /// A hint reported neither status nor stage, and a read is pending.
    pub(crate) fn change_reported() =
        "A webhook reported a change. The application is being read from Greenhouse.";

    /// A hint reported a deletion or a merge, and a read is pending.
    pub(crate) fn candidate_gone() =
        "The candidate was deleted or merged in Greenhouse. The application is being looked up.";

    /// It is unknown whether the application still exists, and the account has no reader.
    pub(crate) fn candidate_gone_unchecked() =
        "The candidate was deleted or merged in Greenhouse. The assessment stays linked, \
         because the application cannot be looked up without Harvest access.";

    /// It is unknown whether the application still exists, and the reader failed.
    pub(crate) fn candidate_gone_unread(error: &str) =
        "The candidate was deleted or merged in Greenhouse. The assessment stays linked, \
         because the application could not be looked up ({error}).";

    /// A read matches the known status.
    pub(crate) fn status_confirmed(status: &str) = "Greenhouse confirms the status \"{status}\".";

    /// Two reads contradict the reported change.
    pub(crate) fn change_contradicted(status: &str) =
        "The change was not confirmed. The application has the status \"{status}\" in Greenhouse.";

    /// The link was deleted or moved before the read.
    pub(crate) fn link_removed() =
        "The change was not applied, because the assessment is no longer linked to this application.";

    /// The application was deleted.
    pub(crate) fn application_deleted() =
        "The application was deleted in Greenhouse. Later webhooks about it are ignored.";

    /// The link moved to the winner of a merge.
    pub(crate) fn candidate_merged(winner: CandidateId) =
        "The candidate was merged into candidate {winner} in Greenhouse. The assessment is now \
         linked to candidate {winner}.";

    /// The link moved to the last winner in a chain of merges that arrived out of order.
    pub(crate) fn candidate_merged_in_chain(winner: CandidateId, end: CandidateId) =
        "The candidate was merged into candidate {winner} in Greenhouse, and candidate {winner} \
         into candidate {end}. The assessment is now linked to candidate {end}.";

    /// The link moved to the application that replaced a deleted one.
    pub(crate) fn application_replaced(application: ApplicationId) =
        "After a merge in Greenhouse, the assessment is now linked to application {application}.";

    /// The candidate was anonymized.
    pub(crate) fn candidate_anonymized() =
        "The candidate was anonymized in Greenhouse. The stored personal data was erased.";

    /// The candidate was anonymized in part.
    fn anonymized_in_part(words: &str, parts: &str) =
        "The candidate was anonymized in Greenhouse in part ({words}). Erased here: {parts}.";

    /// The candidate was anonymized in part, and none of the data is stored.
    fn anonymized_elsewhere(words: &str) =
        "The candidate was anonymized in Greenhouse in part ({words}). None of this data is stored here.";

    /// The order of an anonymization and a merge is unknown.
    pub(crate) fn anonymized_around_merge() =
        "The candidate was anonymized in Greenhouse, before or after the merge. The stored personal \
         data was erased.";

    /// A candidate was anonymized after the merge into the linked one.
    pub(crate) fn merged_candidate_anonymized(candidate: CandidateId) =
        "Candidate {candidate}, who was merged into this candidate, was anonymized in Greenhouse. \
         The data of the two cannot be told apart, so the stored personal data of both was erased.";

    /// A comparison does not find the application. A second read is due.
    pub(crate) fn comparison_found_none() =
        "A comparison did not find the application in Greenhouse. It is being looked up again.";

    /// A comparison finds a difference without a later time. A second read is due.
    pub(crate) fn comparison_differs() =
        "A comparison with Greenhouse found a difference. The application is being read again.";

    /// The second read of a comparison failed.
    pub(crate) fn comparison_unread(error: &str) =
        "A comparison with Greenhouse found a difference. Nothing was changed, because the \
         application could not be read again ({error}).";
}

/// The candidate was anonymized in part. `parts` is empty if none of the data is stored.
pub(crate) fn candidate_anonymized_in_part(words: &str, parts: &str) -> Text {
    if parts.is_empty() {
        anonymized_elsewhere(words)
    } else {
        anonymized_in_part(words, parts)
    }
}

/// Returns a stage in the middle of a sentence: by name, or by id if the name is unknown.
pub(crate) fn stage(stage: &Stage) -> String {
    match (&stage.name, stage.id) {
        (Some(name), _) => format!("stage \"{name}\""),
        (None, Some(id)) => format!("stage {id}"),
        (None, None) => "another stage".to_owned(),
    }
}

/// Sentence: the current stage. Empty if unknown.
pub(crate) fn at_stage(known: Option<&Stage>) -> String {
    let known = known.filter(|stage| stage.name.is_some() || stage.id.is_some());
    let known = known.map(|known| format!("It is at {}.", stage(known)));
    known.unwrap_or_default()
}

/// Sentence: a reported change could not be confirmed, because the read failed.
pub(crate) fn unconfirmed(error: &str) -> String {
    format!("This is not confirmed, because the application could not be read ({error}).")
}

/// Sentence: the webhook lacks a status or a stage. Empty if the webhook has both.
pub(crate) fn incomplete(has_status: bool, has_stage: bool) -> &'static str {
    match (has_status, has_stage) {
        (true, true) => "",
        (true, false) => "The webhook contained no stage, so the known stage may be outdated.",
        (false, true) => "The webhook contained no status, so the known status may be outdated.",
        (false, false) => {
            "The webhook contained no status and no stage, so the known ones may be outdated."
        }
    }
}

/// Sentence: a webhook changed neither status nor stage.
pub(crate) const UNCHANGED: &str = "Status and stage are unchanged.";
/// Sentence: a hint was applied without a read, because the account has no reader.
pub(crate) const ORDER_OF_ARRIVAL: &str = "This is not confirmed. Without Harvest access, \
     webhooks are applied in order of arrival.";

/// Sentence: a comparison found the change.
pub(crate) const FOUND_BY_COMPARISON: &str =
    "A comparison with Greenhouse found this; no webhook reported it.";
/// Sentence: the change is copied from another link to the same application.
pub(crate) const SAME_APPLICATION: &str = "This was already known from another assessment of the \
     same application.";
