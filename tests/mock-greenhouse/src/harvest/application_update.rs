use http::StatusCode;

use crate::harvest::members::Members;
use crate::harvest::{Writing, custom_fields};
use crate::rows::ApplicationStatus;
use crate::wire::Answer;

/// `PATCH /v3/applications/{id}`: 200, the row. A closed body without nulls (official
/// specification). Fires `application_updated`.
///
/// `rejected_at` changes the date of a rejection and does not reject. Pool and stage of a prospect
/// are accepted and discarded (both unknown).
pub(super) fn update(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let (source_id, referrer_id) = (body.integer("source_id"), body.integer("referrer_id"));
    let (recruiter_id, coordinator_id) =
        (body.integer("recruiter_id"), body.integer("coordinator_id"));
    body.number("prospect_pool_id");
    body.number("prospect_stage_id");
    let (rejected_at, created_at) = (body.date("rejected_at"), body.date("created_at"));
    let sent = custom_fields::read(&mut body, writing.state, "application", false);
    body.finish()?;

    let row = writing
        .state
        .applications
        .get(&writing.id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    let values = sent.map(|sent| {
        custom_fields::after(writing.state, "application", Some(&row.custom_fields), sent)
    });
    if let Some(row) = writing.state.applications.get_mut(&writing.id) {
        row.source_id = source_id.or(row.source_id);
        row.referrer_id = referrer_id.or(row.referrer_id);
        row.recruiter_id = recruiter_id.or(row.recruiter_id);
        row.coordinator_id = coordinator_id.or(row.coordinator_id);
        row.created_at = created_at.unwrap_or(row.created_at);
        if row.status == ApplicationStatus::Rejected {
            row.rejected_at = rejected_at.or(row.rejected_at);
        }
        if let Some(values) = values {
            row.custom_fields = values;
        }
    }
    let event = writing.state.update_application(writing.id, writing.now)?;
    writing.events.push(event);
    changed(writing)
}

/// `POST /v3/applications/{id}/convert_to_candidate`: 200, a row (official specification).
///
/// The prospect becomes `converted`. The answer is the row of a new application to the job
/// (inferred).
pub(super) fn convert_to_candidate(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let mut body = Members::read(writing.call)?;
    let job_id = body.required_integer("job_id");
    let stage_id = body.integer("to_job_interview_stage_id");
    body.finish()?;

    writing.id = writing
        .state
        .convert_to_candidate(writing.id, job_id, stage_id, writing.now)?;
    changed(writing)
}

/// `DELETE /v3/applications/{id}`: 200 with a message (official specification).
pub(super) fn delete(writing: &mut Writing<'_>) -> Result<Answer, Answer> {
    let events = writing.state.delete_application(writing.id)?;
    writing.events.extend(events);
    Ok(Answer::deleted("Application", writing.id))
}

fn changed(writing: &Writing<'_>) -> Result<Answer, Answer> {
    let row = writing
        .state
        .applications
        .get(&writing.id)
        .ok_or_else(|| Answer::no_record("Application"))?;
    Ok(Answer::json(StatusCode::OK, row))
}
