//! Problems in the push settings, each with its remedy.

use greenhouse_core::{
    InterviewKitId, JobId, RejectionReasonId, SourceId, StageId, UserId,
    settings::SettingsProblem as Problem,
};

use super::{named, sentence};
use crate::AuthProblem;

/// Greenhouse does not accept the credential.
pub(crate) fn credential_refused(problem: AuthProblem) -> Problem {
    Problem::new(
        "credential",
        "credential_refused",
        rejected(problem),
        problem.remedy(),
    )
}

pub(crate) fn rejected(problem: AuthProblem) -> String {
    format!("Greenhouse rejected the Harvest credential: {problem}.")
}

pub(crate) fn scope_missing(scope: &'static str) -> Problem {
    Problem::new(
        "credential",
        "scope_missing",
        format!("The credential lacks the scope {scope}."),
        AuthProblem::MissingScope { scope }.remedy(),
    )
    .lacking(scope)
}

/// A list could not be read. `call` is the method and path of the request.
pub(crate) fn forbidden(member: &str, call: &str, problem: AuthProblem) -> Problem {
    Problem::new(
        member,
        "forbidden",
        format!(
            "This setting could not be checked, because Greenhouse refused {call} ({problem})."
        ),
        problem.remedy(),
    )
}

pub(crate) fn acting_user_unknown(user: UserId) -> Problem {
    Problem::new(
        "acting_user",
        "acting_user_unknown",
        format!("Greenhouse has no user {user}."),
        "Choose an active user under Candidate Push > Acting user.",
    )
}

pub(crate) fn acting_user_deactivated(name: Option<&str>, user: UserId) -> Problem {
    let user = sentence(&named("user", name, user));
    Problem::new(
        "acting_user",
        "acting_user_deactivated",
        format!("{user} is deactivated."),
        "Choose an active user, or activate this one in Greenhouse (Configure > Users).",
    )
}

pub(crate) fn acting_user_refused(
    name: Option<&str>,
    user: UserId,
    problem: AuthProblem,
) -> Problem {
    let user = named("user", name, user);
    Problem::new(
        "acting_user",
        "acting_user_refused",
        format!("The credential cannot act as {user}: {problem}."),
        "Choose an active user in the organization that owns the credential.",
    )
}

/// `role` is the acting user's role. In a partner's app, the acting user is the user who connected
/// the account.
pub(crate) fn acting_user_cannot_see(role: Option<&str>, is_partner: bool) -> Problem {
    let role = role.unwrap_or("unknown");
    let (member, text, remedy) = if is_partner {
        (
            "credential",
            format!(
                "The user who connected the account (role: {role}) does not see every record, so \
                 new candidates are not created."
            ),
            "Have a Site Admin connect the account, or make this user a Site Admin (Configure > \
             Users).",
        )
    } else {
        (
            "acting_user",
            format!(
                "Neither the acting user (role: {role}) nor the user who owns the credential is a \
                 Site Admin. A search could miss candidates, so new candidates are not created."
            ),
            "Choose a Site Admin as the acting user, or make this user a Site Admin (Configure > \
             Users).",
        )
    };
    Problem::new(member, "acting_user_cannot_see", text, remedy)
}

pub(crate) fn product_job_unknown(job: &str) -> Problem {
    Problem::new(
        format!("jobs.{job}"),
        PRODUCT_JOB_UNKNOWN,
        format!("The product has no job \"{job}\"."),
        "Remove the mapping, or correct the job id.",
    )
}

/// Code of [`product_job_unknown`].
pub(crate) const PRODUCT_JOB_UNKNOWN: &str = "product_job_unknown";

pub(crate) fn job_unknown(member: String, job: JobId) -> Problem {
    Problem::new(
        member,
        "job_unknown",
        format!("Greenhouse does not list job {job}. The job does not exist or is confidential."),
        "Map another job. If the job is confidential, add the acting user to its hiring team.",
    )
}

pub(crate) fn job_closed(member: String, name: Option<&str>, job: JobId) -> Problem {
    let job = sentence(&named("job", name, job));
    Problem::new(
        member,
        "job_closed",
        format!("{job} is closed."),
        "Map an open job, or reopen this one.",
    )
}

pub(crate) fn job_draft(member: String, name: Option<&str>, job: JobId) -> Problem {
    let job = sentence(&named("job", name, job));
    Problem::new(
        member,
        "job_draft",
        format!("{job} is a draft."),
        "Change the job's status to open in Greenhouse, or map an open job.",
    )
}

pub(crate) fn stage_unknown(member: String, stage: StageId) -> Problem {
    let remedy = stage_remedy(&member);
    Problem::new(
        member,
        "stage_unknown",
        format!(
            "Greenhouse does not list stage {stage}. The stage does not exist, or its job is \
                 hidden."
        ),
        remedy,
    )
}

pub(crate) fn stage_of_another_job(
    member: String,
    (name, stage): (Option<&str>, StageId),
    job: (Option<&str>, JobId),
) -> Problem {
    let stage = sentence(&named("stage", name, stage));
    let job = named("job", job.0, job.1);
    let remedy = stage_remedy(&member);
    Problem::new(
        member,
        "stage_of_another_job",
        format!("{stage} does not belong to {job}."),
        remedy,
    )
}

pub(crate) fn stage_inactive(
    member: String,
    (name, stage): (Option<&str>, StageId),
    job: (Option<&str>, JobId),
) -> Problem {
    let stage = sentence(&named("stage", name, stage));
    let job = named("job", job.0, job.1);
    let remedy = stage_remedy(&member);
    Problem::new(
        member,
        "stage_inactive",
        format!("{stage} of {job} is no longer active."),
        remedy,
    )
}

fn stage_remedy(member: &str) -> &'static str {
    if member.starts_with("stage_tests") {
        "Choose an active stage of this job under Candidate Push > Tests by stage, or remove the test."
    } else {
        "Choose an active stage of this job under Candidate Push > Job mapping, or leave the stage \
         empty."
    }
}

pub(crate) fn kit_unknown(member: String, kit: InterviewKitId) -> Problem {
    Problem::new(
        member,
        "kit_unknown",
        format!(
            "Greenhouse does not list interview kit {kit}. The kit does not exist, or its job is \
             hidden."
        ),
        "Choose an interview kit of this job under Candidate Push > Job mapping, or leave the kit \
         empty.",
    )
}

pub(crate) fn kit_of_another_job(
    member: String,
    kit: InterviewKitId,
    job: (Option<&str>, JobId),
) -> Problem {
    let job = named("job", job.0, job.1);
    Problem::new(
        member,
        "kit_of_another_job",
        format!("Interview kit {kit} does not belong to {job}."),
        "Choose an interview kit of this job under Candidate Push > Job mapping, or leave the kit \
         empty.",
    )
}

pub(crate) fn trait_blank(member: &str) -> Problem {
    Problem::new(
        member,
        "trait_blank",
        "A custom field is mapped to a trait without a name.",
        "Enter the trait's name as it appears in the product, or remove the mapping.",
    )
}

pub(crate) fn field_key_blank(member: &str) -> Problem {
    Problem::new(
        member,
        "field_key_blank",
        "The key of the custom field is empty.",
        "Enter the key (name_key) of a custom field, or remove the mapping.",
    )
}

pub(crate) fn field_twice(member: &str, key: &str, other: &str) -> Problem {
    Problem::new(
        member,
        "field_twice",
        format!("The custom field \"{key}\" is already mapped to {other}."),
        "Map each custom field only once. A field holds one value.",
    )
}

pub(crate) fn field_unknown(member: &str, key: &str, owner: &str) -> Problem {
    Problem::new(
        member,
        "field_unknown",
        format!("Greenhouse has no {owner} field \"{key}\"."),
        another_field(member),
    )
}

pub(crate) fn field_inactive(member: &str, key: &str, owner: &str) -> Problem {
    Problem::new(
        member,
        "field_inactive",
        format!("The {owner} field \"{key}\" is no longer active."),
        "Map another custom field, or activate this one in Greenhouse (Configure > Custom Options).",
    )
}

/// `found` is the field's type, or `None` for a prospect field, which candidate applications do not
/// have.
pub(crate) fn field_unsuitable(
    member: &str,
    key: &str,
    found: Option<&str>,
    expected: &[&str],
) -> Problem {
    let text = match found {
        Some(found) => format!(
            "The custom field \"{key}\" has the type {found}, which cannot hold this value. \
             Suitable types: {}.",
            expected.join(", ")
        ),
        None => format!(
            "The custom field \"{key}\" is for prospects only. Candidate applications do not have \
             this field."
        ),
    };
    Problem::new(member, "field_unsuitable", text, another_field(member))
}

/// Remedy for a field of this member.
fn another_field(member: &str) -> &'static str {
    if member.starts_with("fields.") {
        "Choose another custom field under Candidate Push > Scorecard mapping."
    } else {
        "Choose another custom field under Candidate Push > Results."
    }
}

pub(crate) fn field_options(member: &str, key: &str, missing: &[&str]) -> Problem {
    let missing = missing.join(", ");
    Problem::new(
        member,
        "field_options",
        format!("The custom field \"{key}\" lacks the options {missing}."),
        "Add these options to the field in Greenhouse (Configure > Custom Options), or map a text \
         field.",
    )
}

pub(crate) fn source_unknown(source: SourceId) -> Problem {
    Problem::new(
        "source",
        "source_unknown",
        format!("Greenhouse has no source {source}."),
        "Choose another source under Candidate Push > Scorecard mapping, or no source.",
    )
}

pub(crate) fn tag_blank(member: String) -> Problem {
    Problem::new(
        member,
        "tag_blank",
        "A tag is empty.",
        "Remove the empty tag.",
    )
}

pub(crate) fn tag_twice(member: String, tag: &str) -> Problem {
    Problem::new(
        member,
        "tag_twice",
        format!("The tag \"{tag}\" is listed twice."),
        "Remove one of the two entries.",
    )
}

pub(crate) fn rules_overlap() -> Problem {
    Problem::new(
        "rules",
        "rules_overlap",
        "Some scores are high enough for the move and low enough for the rejection.",
        "Reject only below the score from which applications are moved.",
    )
}

pub(crate) fn rule_without_stage() -> Problem {
    Problem::new(
        "rules.advance",
        "rule_without_stage",
        "No mapped job has a stage to which the rule moves applications.",
        "Choose the stage for at least one job under Candidate Push > Job mapping.",
    )
}

pub(crate) fn rejection_reason_unknown(reason: RejectionReasonId) -> Problem {
    Problem::new(
        "rules.reject.reason",
        "rejection_reason_unknown",
        format!("Greenhouse has no rejection reason {reason}."),
        "Choose another rejection reason under Candidate Push > Results.",
    )
}

pub(crate) fn stage_test_twice(member: String, stage: StageId) -> Problem {
    Problem::new(
        member,
        "stage_test_twice",
        format!("Stage {stage} has two tests."),
        "Remove one of the two tests. A stage has one test.",
    )
}

pub(crate) fn scenario_unknown(member: String, scenario: &str) -> Problem {
    Problem::new(
        member,
        "scenario_unknown",
        format!("The product has no test \"{scenario}\"."),
        "Choose another test under Candidate Push > Tests by stage, or remove it.",
    )
}
